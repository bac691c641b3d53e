/* tls-given: do TLS clients bring back only what a server gave them?
 *
 * A cookie is sent after a HelloRetryRequest alone, as that gave it (RFC 8446 section 4.2.2).
 * Tickets (RFC 5077 section 3.1) and sessions (RFC 5246 section 7.4.1.2) of TLS 1.2 were given in
 * clear by an earlier connection.  What no server gave is read by none.
 *
 * Benign: what was given before the capture or in a connection of which not all was captured; a
 * session that a client made up to go with a ticket (RFC 5077 section 3.4), or for TLS 1.3, where
 * it is random; a cookie in a connection that was already open.
 *
 *   use    8 bits for each octet of what nobody gave
 *
 * Identities of TLS 1.3 (pre_shared_key) are given inside encryption: a bound.
 */
#include "ledger/analyzer.h"
#include "ledger/marks.h"
#include "ledger/seed-bed.h"
#include "ledger/seed-tls.h"
#include "wire/octets.h"
#include "wire/tls-extension.h"
#include "wire/tls-hello.h"
#include "wire/tls-record.h"

#include <string.h>

enum
{
  PORT = 443,
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  SESSION_TICKET_MESSAGE = 4,
  TICKET_HEAD = 4 + 4 + 2, /* of the message: its head, a lifetime, a length */

  MAX_FLOWS = 65536,
  MAX_TALKS = 4096,
  MAX_VALUES = 65536,
  /* Things that nobody gave, of one client for one server: more than those from before. */
  LEAST_STRANGE = 3,
};

/* Connections of one client to one server. */
typedef struct
{
  guint greeted, answered; /* connections: with a client's hello; with all that is in clear */
  LensMarks *strange;      /* tickets and sessions that nobody gave */
  LensMarks *cookies;
} Talk;

typedef struct
{
  const LensSide *client; /* never looked into */
  Talk *talk;
  guint hellos; /* of the client */
  gboolean heard, answered;
  guint64 cookie; /* hash of the one that was given, or 0 */
} Flow;

typedef struct
{
  GHashTable *flows;    /* LensFlow -> Flow; never looked into */
  GHashTable *by_hosts; /* hash of both addresses -> Talk, of @talks */
  GPtrArray *talks;
  GHashTable *values; /* hashes of what was given, or seen once */
} TlsGiven;

static const char channel_id[] = "tls-hello-extensions";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The greetings of TLS connections bring back what no server gave: they carry data.",
    .filter_hint = "tls.handshake.extension.type == 35 || tls.handshake.extension.type == 44 || "
                   "tls.handshake.session_id_length > 0",
    .reference = "RFC 8446 section 4.2.2; RFC 5077 section 3.1; RFC 5246 section 7.4.1.2",
    .hides = TRUE,
    .unit = LENS_UNIT_TLS },
  { NULL },
};

static guint64
hash_of (const LensUnit *unit, LensRange range)
{
  return lens_octets_hash (LENS_HASH_START, unit->view.octets + range.offset, range.length);
}

/* --- who speaks with whom --- */

static void
talk_free (gpointer data)
{
  Talk *talk = data;

  lens_marks_free (talk->strange);
  lens_marks_free (talk->cookies);
  g_free (talk);
}

static void
begin (TlsGiven *state)
{
  if (state->flows != NULL)
    return;
  state->flows = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  state->by_hosts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  state->talks = g_ptr_array_new_with_free_func (talk_free);
  state->values = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static Talk *
talk_of (LensLedger *ledger, TlsGiven *state, const LensSide *side)
{
  const LensSideKey *key = &side->key;
  guint64 who = lens_octets_hash (LENS_HASH_START, key->src.octets, sizeof key->src.octets);

  who = lens_octets_hash (who, key->dst.octets, sizeof key->dst.octets);
  Talk *talk = g_hash_table_lookup (state->by_hosts, &who);
  if (talk != NULL || !lens_ledger_has_room (ledger, side, state->talks->len, MAX_TALKS))
    return talk;
  talk = g_new0 (Talk, 1);
  talk->strange = lens_marks_new ();
  talk->cookies = lens_marks_new ();
  g_ptr_array_add (state->talks, talk);
  g_hash_table_insert (state->by_hosts, g_memdup2 (&who, sizeof who), talk);
  return talk;
}

/* That of a client's hello; NULL: too many. */
static Flow *
greet (LensLedger *ledger, TlsGiven *state, const LensUnit *unit)
{
  Flow *flow = g_hash_table_lookup (state->flows, unit->side->flow);

  if (flow == NULL)
    {
      Talk *talk
          = lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->flows), MAX_FLOWS)
                ? talk_of (ledger, state, unit->side)
                : NULL;
      if (talk == NULL)
        return NULL;
      talk->greeted++;
      flow = g_new0 (Flow, 1);
      flow->client = unit->side;
      flow->talk = talk;
      g_hash_table_insert (state->flows, unit->side->flow, flow);
    }
  flow->hellos++;
  return flow;
}

/* --- what was given --- */

/* Whether it was not there before; when there is no room to know, it was. */
static gboolean
is_new (LensLedger *ledger, TlsGiven *state, const LensUnit *unit, LensRange range)
{
  guint64 value = hash_of (unit, range);

  if (g_hash_table_contains (state->values, &value)
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->values), MAX_VALUES))
    return FALSE;
  return g_hash_table_add (state->values, g_memdup2 (&value, sizeof value));
}

static void
see_server_hello (LensLedger *ledger, TlsGiven *state, Flow *flow, const LensUnit *unit)
{
  LensRange left = unit->hello->extensions, data;
  guint16 type;

  if (unit->hello->session.length > 0)
    is_new (ledger, state, unit, unit->hello->session);
  flow->heard = TRUE;
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    if (type == LENS_TLS_COOKIE)
      flow->cookie = hash_of (unit, data);
}

static void
see_server (LensLedger *ledger, TlsGiven *state, Flow *flow, const LensUnit *unit)
{
  const LensTlsPart *part = unit->tls;

  if (part->kind == LENS_TLS_PART_RECORD)
    {
      /* What is in clear ends with the change of ciphers. */
      flow->talk->answered += !flow->answered;
      flow->answered = TRUE;
    }
  else if (part->message_type == SERVER_HELLO && unit->hello != NULL)
    see_server_hello (ledger, state, flow, unit);
  else if (part->message_type == SESSION_TICKET_MESSAGE && unit->view.length > TICKET_HEAD)
    is_new (ledger, state, unit, (LensRange){ TICKET_HEAD, unit->view.length - TICKET_HEAD });
}

/* --- what is brought back --- */

static void
see_cookie (Flow *flow, const LensUnit *unit, LensRange data)
{
  if (flow->hellos > 1 && (!flow->heard || flow->cookie == hash_of (unit, data)))
    return;
  lens_marks_add (flow->talk->cookies, unit, 8 * data.length, data);
}

static void
see_strange (LensLedger *ledger, TlsGiven *state, Flow *flow, const LensUnit *unit, LensRange data)
{
  if (data.length > 0 && is_new (ledger, state, unit, data))
    lens_marks_add (flow->talk->strange, unit, 8 * data.length, data);
}

static void
see_client_hello (LensLedger *ledger, TlsGiven *state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  LensRange left = hello->extensions, data;
  Flow *flow = greet (ledger, state, unit);
  gboolean free = FALSE; /* the session may be made up */
  guint16 type;

  if (flow == NULL)
    return;
  while (lens_tls_extension_next (unit->view.octets, &left, &type, &data))
    if (type == LENS_TLS_COOKIE)
      see_cookie (flow, unit, data);
    else if (type == LENS_TLS_SESSION_TICKET)
      {
        free |= data.length > 0;
        see_strange (ledger, state, flow, unit, data);
      }
    else if (type == LENS_TLS_KEY_SHARE) /* of TLS 1.3 */
      free = TRUE;
  if (!free)
    see_strange (ledger, state, flow, unit, hello->session);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TlsGiven *state = data;

  begin (state);
  if (unit->tls->kind == LENS_TLS_PART_MESSAGE && unit->tls->message_type == CLIENT_HELLO
      && unit->hello != NULL)
    {
      see_client_hello (ledger, state, unit);
      return;
    }
  Flow *flow = g_hash_table_lookup (state->flows, unit->side->flow);
  if (flow != NULL && flow->client != unit->side)
    see_server (ledger, state, flow, unit);
}

/* --- the end --- */

static void
conclude (LensLedger *ledger, gpointer data)
{
  const TlsGiven *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->talks != NULL && i < state->talks->len; i++)
    {
      const Talk *talk = state->talks->pdata[i];
      guint unheard = talk->greeted - MIN (talk->greeted, talk->answered);
      if (lens_marks_n (talk->strange) >= LEAST_STRANGE + (guint64)unheard)
        lens_marks_use (talk->strange, ledger, channel_id, "given");
      /* One may be of a connection whose beginning was not captured. */
      if (lens_marks_n (talk->cookies) > 1)
        lens_marks_use (talk->cookies, ledger, channel_id, "cookie");
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (lens_ledger_owns (ledger, carrier) && carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_field_severity (ledger, carrier),
                          g_str_equal (carrier->subject, "cookie")
                              ? "The greetings of TLS connections have cookies that no server gave."
                              : NULL,
                          NULL);
    }
}

static void
clear (gpointer data)
{
  TlsGiven *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
  g_clear_pointer (&state->by_hosts, g_hash_table_unref);
  g_clear_pointer (&state->talks, g_ptr_array_unref);
  g_clear_pointer (&state->values, g_hash_table_unref);
}

/* One connection for each part of the message, to a host that is not on the link: a cookie. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x4000));

  (void)channel;
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 40));
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 random[32], cookie[2 + 100] = { 0 };
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, cookie + 2, sizeof cookie - 2);
      if (count == 0)
        continue;
      cookie[1] = (guint8)count;
      lens_seed_bed_fill (bed, random, sizeof random);
      g_autoptr (GByteArray) hello
          = lens_seed_client_hello (random, "a.example", LENS_TLS_COOKIE, cookie, 2 + count);
      lens_seed_bed_send_tcp (bed, &stranger, sport++, PORT, 1, hello->data, hello->len);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tls_given = {
  .name = "tls-given",
  .question = "Do TLS clients bring back only what a server gave them?",
  .source = "RFC 8446 section 4.2.2; RFC 5077 section 3.1, 3.4; RFC 5246 section 7.4.1.2",
  .severity = LENS_SEVERITY_RULE_FIELD,
  .units = LENS_UNIT_TLS,
  .channels = channels,
  .state_size = sizeof (TlsGiven),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
