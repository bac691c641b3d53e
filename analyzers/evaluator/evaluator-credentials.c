/* evaluator-credentials: does the camera draw the viewer's password out of it?
 *
 * RFC 7617 section 4: Basic sends the password in clear; RFC 7616 section 5.13: a server that asks
 * for nothing else, though the password was meant for Digest, has it.  RFC 2326 section 16: a
 * viewer that was sent to another host answers that host's challenge with the password of this one;
 * libavformat does.
 *
 * Benign: Digest, alone or beside Basic; Basic where the profile says allow-basic = yes, or where
 * no profile says anything.
 *
 *   use    8 bits per octet of a challenge
 */
#include "ledger/analyzer.h"

#include "wire/rtsp-header.h"
#include "wire/url-host.h"

#include <string.h>

#define BASIC "Basic alone"

enum
{
  MAX_CHALLENGES = 32, /* fields of one message */
  MAX_SENT = 1024,     /* redirects that are remembered */
};

/* Where a viewer was sent to, and by whom. */
typedef struct
{
  LensAddress viewer, other;
  LensSide *side;
} Sent;

typedef struct
{
  GArray *sent; /* Sent; NULL: none */
} EvaluatorCredentials;

static const LensChannelText channels[] = {
  { .id = "evaluator-credentials",
    .summary = "The camera draws the viewer's password out of it.",
    .filter_hint = "rtsp.status == 401 || rtsp.status == 407",
    .reference = "RFC 2326 section 16; RFC 7617 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static void
note_redirect (LensLedger *ledger, EvaluatorCredentials *state, const LensUnit *unit)
{
  LensRange location;
  LensUrlHost host;

  if (!lens_rtsp_header_find (unit->view.octets, unit->rtsp->headers, "Location", 0, &location)
      || !lens_url_host_of (unit->view.octets, location, &host) || host.address.version == 0
      || lens_address_equal (&host.address, &unit->side->key.src))
    return;
  if (state->sent == NULL)
    state->sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  const Sent sent = { unit->side->key.dst, host.address, unit->side };
  if (lens_ledger_has_room (ledger, unit->side, state->sent->len, MAX_SENT))
    g_array_append_val (state->sent, sent);
}

/* A challenge of a host that another one sent the viewer to: it is that one's doing. */
static void
see_third (LensLedger *ledger, EvaluatorCredentials *state, const LensUnit *unit,
           LensRange challenge)
{
  for (guint i = 0; state->sent != NULL && i < state->sent->len; i++)
    {
      const Sent *sent = &g_array_index (state->sent, Sent, i);
      if (!lens_address_equal (&sent->other, &unit->side->key.src)
          || !lens_address_equal (&sent->viewer, &unit->side->key.dst))
        continue;
      char text[LENS_ADDRESS_TEXT];
      LensCarriers *carriers = lens_ledger_carriers (ledger);
      LensCarrier *carrier
          = lens_carriers_get (carriers, "evaluator-credentials", "evaluator-credentials",
                               sent->side, NULL, lens_address_text (&sent->other, text));
      lens_carrier_note (carriers, carrier, unit->time_ns, 8 * challenge.length, &unit->view);
      return;
    }
}

static gboolean
has_scheme (const guint8 *octets, LensRange challenge, const char *scheme)
{
  gsize length = strlen (scheme);

  return challenge.length >= length
         && g_ascii_strncasecmp ((const char *)octets + challenge.offset, scheme, length) == 0
         && (challenge.length == length || octets[challenge.offset + length] == ' ');
}

static void
see_challenges (LensLedger *ledger, EvaluatorCredentials *state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensRange challenge, basic = { 0, 0 };
  gboolean digest = FALSE;
  guint nth = 0;
  /* A proxy's challenge (RFC 9110 section 11.7.1) draws the same password. */
  const char *field = unit->rtsp->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";

  for (; nth < MAX_CHALLENGES
         && lens_rtsp_header_find (octets, unit->rtsp->headers, field, nth, &challenge);
       nth++)
    {
      if (has_scheme (octets, challenge, "Basic"))
        basic = challenge;
      /* Schemes may share a field (RFC 9110 section 11.6.1). */
      digest |= g_strstr_len ((const char *)octets + challenge.offset, (gssize)challenge.length,
                              "Digest ")
                != NULL;
    }
  if (nth > 0)
    see_third (ledger, state, unit, challenge);
  if (basic.length == 0 || digest)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "evaluator-credentials", unit, BASIC);
  lens_ledger_room (ledger, carrier, unit, 8 * basic.length);
  lens_ledger_use (ledger, carrier, unit, 8 * basic.length, basic.offset, basic.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  EvaluatorCredentials *state = data;

  if (unit->rtsp->kind != LENS_RTSP_RESPONSE)
    return;
  if (unit->rtsp->status >= 300 && unit->rtsp->status < 400)
    note_redirect (ledger, state, unit);
  else if (unit->rtsp->status == 401 || unit->rtsp->status == 407)
    see_challenges (ledger, state, unit);
}

/* Whether the profile has streams there, and all of them keep the password to themselves. */
static gboolean
forbids_basic (LensLedger *ledger, const LensSide *side)
{
  gint index = lens_ledger_profile_of (ledger, side);
  const LensProfile *profile = index >= 0 ? lens_ledger_profile (ledger, (guint)index) : NULL;
  gboolean forbids = FALSE;

  for (guint i = 0; profile != NULL && i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      if (stream->port != side->key.sport)
        continue;
      if (stream->allow_basic)
        return FALSE;
      forbids = TRUE;
    }
  return forbids;
}

static void
judge (LensLedger *ledger, LensCarrier *carrier)
{
  LensAddress third;

  if (!lens_address_parse (carrier->subject, &third))
    {
      if (forbids_basic (ledger, carrier->side))
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_CRITICAL,
                          "The camera asks for the password in clear (Basic), which its profile "
                          "does not allow.",
                          NULL);
      return;
    }
  if (lens_ledger_is_own_address (ledger, carrier->side, &third))
    return;
  g_autofree char *summary = g_strdup_printf (
      "The camera sent its viewer to %s, which asked for the password.", carrier->subject);
  lens_ledger_find (ledger, carrier, LENS_SEVERITY_CRITICAL, summary, NULL);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    if (lens_ledger_owns (ledger, lens_carriers_at (carriers, i)))
      judge (ledger, lens_carriers_at (carriers, i));
}

static void
clear (gpointer data)
{
  EvaluatorCredentials *state = data;

  g_clear_pointer (&state->sent, g_array_unref);
}

const LensAnalyzer lens_analyzer_evaluator_credentials = {
  .name = "evaluator-credentials",
  .question = "Does the camera draw the viewer's password out of it?",
  .source = "RFC 2326 section 16; RFC 7617 section 4; RFC 7616 section 5.13",
  .severity = LENS_SEVERITY_RULE_ATTACK,
  .units = LENS_UNIT_RTSP,
  .channels = channels,
  .state_size = sizeof (EvaluatorCredentials),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
