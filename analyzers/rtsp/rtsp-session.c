/* rtsp-session: do session identifiers and nonces stay what they are for?
 *
 * RFC 2326 sections 3.4 and 12.37: the server chooses a session's identifier at SETUP, opaque and
 * hard to guess, and says it again in each reply about that session.  RFC 7616 section 3.3: the
 * nonce and the opaque of a challenge are the server's own as well.  Both are random by design:
 * what one of them says cannot be told from noise, and the coverage states the bound.
 *
 *   room   8 bits per octet of each new identifier, nonce or opaque; told only with use, since
 *          every server has it
 *   use    the same of an identifier other than the one that the request names, of a new one in a
 *          session that has one, and of any longer than LONGEST
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rtsp-shape.h"

#include <string.h>

enum
{
  LONGEST = 128, /* octets; servers in the field have 4 to 64 */
  MAX_IDS = 64,  /* of one connection */
  LEAST_CHANGES = 2,
};

typedef struct
{
  GHashTable *flows;  /* LensFlow -> GArray of guint64: hashes of identifiers */
  GHashTable *spoken; /* LensCarrier -> number of changes; at least LEAST_CHANGES when too long */
} RtspSession;

static const LensChannelText channels[] = {
  { .id = "rtsp-session-nonce",
    .summary = "The control connection's session identifier changes within a session, or is far "
               "too long.",
    .room = "Session identifiers and nonces are random by design; they could hold data.",
    .filter_hint = "rtsp.session",
    .reference = "RFC 2326 sections 3.4 and 12.37; RFC 7616 section 3.3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static GArray *
ids_of (RtspSession *state, LensFlow *flow)
{
  if (state->flows == NULL)
    state->flows = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
  GArray *ids = g_hash_table_lookup (state->flows, flow);
  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_hash_table_insert (state->flows, flow, ids);
    }
  return ids;
}

static gboolean
is_known (const GArray *ids, guint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint64, i) == id)
      return TRUE;
  return FALSE;
}

static void
say (LensLedger *ledger, RtspSession *state, const LensUnit *unit, LensRange octets, gboolean spoke)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-session-nonce", unit, NULL);
  guint64 bits = 8 * octets.length;

  lens_ledger_room (ledger, carrier, unit, bits);
  if (!spoke && octets.length <= LONGEST)
    return;
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
  if (state->spoken == NULL)
    state->spoken = g_hash_table_new (NULL, NULL);
  guint changes = GPOINTER_TO_UINT (g_hash_table_lookup (state->spoken, carrier));
  changes = octets.length > LONGEST ? LEAST_CHANGES : changes + (changes < LEAST_CHANGES);
  g_hash_table_insert (state->spoken, carrier, GUINT_TO_POINTER (changes));
}

/* The hash of the session that a request names; 0: none. */
static guint64
asked_id (const LensRtspAsked *asked)
{
  LensRange id;
  guint64 timeout;

  if (asked == NULL || !lens_rtsp_session (asked->octets, asked->headers, &id, &timeout))
    return 0;
  return lens_rtsp_hash (LENS_RTSP_HASH_START, asked->octets, id, FALSE);
}

static void
see_session (LensLedger *ledger, RtspSession *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensRange range;
  guint64 timeout;

  if (!lens_rtsp_session (octets, unit->rtsp->headers, &range, &timeout) || range.length == 0)
    return;
  GArray *ids = ids_of (state, unit->side->flow);
  guint64 id = lens_rtsp_hash (LENS_RTSP_HASH_START, octets, range, FALSE);
  guint64 asked = asked_id (unit->asked);
  gboolean sets_up = unit->asked == NULL || g_str_equal (unit->asked->method, "SETUP");
  gboolean known = is_known (ids, id);

  if (known && (asked == 0 || asked == id))
    return;
  /* Where the session began before the capture, the request is the first to name it. */
  gboolean is_asked = asked == id;
  gboolean is_new = asked == 0 && (sets_up || ids->len == 0);
  say (ledger, state, unit, range, !is_asked && !is_new);
  if (!known && ids->len < MAX_IDS && (is_asked || is_new))
    g_array_append_val (ids, id);
}

/* A quoted value in a challenge. */
static gboolean
find_quoted (const guint8 *octets, LensRange value, const char *name, LensRange *quoted)
{
  const guint8 *start = memmem (octets + value.offset, value.length, name, strlen (name));

  if (start == NULL)
    return FALSE;
  gsize offset = (gsize)(start - octets) + strlen (name);
  const guint8 *end = memchr (octets + offset, '"', lens_range_end (value) - offset);
  if (end == NULL)
    return FALSE;
  *quoted = (LensRange){ offset, (gsize)(end - octets) - offset };
  return TRUE;
}

static void
see_challenges (LensLedger *ledger, RtspSession *state, const LensUnit *unit)
{
  static const char *const names[] = { "nonce=\"", "opaque=\"" };
  const guint8 *octets = unit->view.octets;
  LensRange value, quoted;

  for (guint nth = 0;
       lens_rtsp_header_find (octets, unit->rtsp->headers, "WWW-Authenticate", nth, &value); nth++)
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (find_quoted (octets, value, names[i], &quoted) && quoted.length > 0)
        say (ledger, state, unit, quoted, FALSE);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->rtsp->kind != LENS_RTSP_RESPONSE)
    return;
  see_session (ledger, state, unit);
  if (unit->rtsp->status == 401)
    see_challenges (ledger, state, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  RtspSession *state = data;

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "rtsp-session-nonce"))
        continue;
      guint changes = state->spoken != NULL
                          ? GPOINTER_TO_UINT (g_hash_table_lookup (state->spoken, carrier))
                          : 0;
      if (changes >= LEAST_CHANGES)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else if (carrier->uses > 0)
        lens_ledger_find_room (ledger, carrier, "It changed once.");
    }
}

static void
clear (gpointer data)
{
  RtspSession *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
  g_clear_pointer (&state->spoken, g_hash_table_unref);
}

/* Letters before the identifier of a session that has one. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensRtspUnit reply;
  LensRange id;
  guint64 timeout;
  char text[100];
  gboolean has_session = FALSE;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTSP, &place))
    {
      LensRtspFramer framer = { FALSE };
      const guint8 *octets = place.octets + place.start;
      lens_rtsp_next (&framer, octets, place.end - place.start, TRUE, &reply);
      if (reply.kind != LENS_RTSP_RESPONSE || place.spare < sizeof text
          || !lens_rtsp_session (octets, reply.headers, &id, &timeout))
        continue;
      gsize count = has_session ? lens_seed_bed_take_text (bed, text, sizeof text) : 0;
      has_session = TRUE;
      if (count > 0)
        lens_seed_bed_insert (bed, place.start + id.offset, (const guint8 *)text, count,
                              LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtsp_session = {
  .name = "rtsp-session",
  .question = "Do session identifiers stay the same within a session?",
  .source = "RFC 2326 sections 3.4 and 12.37; RFC 7616 section 3.3",
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (RtspSession),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
