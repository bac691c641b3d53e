/* tcp-syn: does the first segment of a connection carry data?
 *
 * RFC 9293 section 3.5 lets it, but a receiver must not hand it to a program before the connection
 * stands, and usual stacks drop it.  RFC 7413: with TCP Fast Open a client shows the cookie that
 * the server gave it before, and may then send data at once.
 *
 * Benign: data with TCP Fast Open, and the answer to it; a cookie that stays, or that the server
 * has given in the capture.
 *
 *   room   8 bits per octet of data, and of a cookie
 *   use    data without TCP Fast Open; a cookie that is new each time
 */
#include "ledger/analyzer.h"
#include "ledger/constancy.h"
#include "ledger/seed-bed.h"
#include "wire/tcp-options.h"

#define NEW_COOKIES 3 /* that nobody was seen to give */

typedef struct
{
  LensConstancy *cookies; /* of a client for a server */
  GHashTable *given;      /* hashes of cookies, as keys */
} TcpSyn;

static const char channel_id[] = "tcp-syn-data-tfo", cookie_text[] = "cookie";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The first segment of a TCP connection carries data that programs do not receive.",
    .room = "TCP Fast Open: the first segment carries a cookie, and data.",
    .filter_hint = "tcp.flags.syn == 1 && (tcp.len > 0 || tcp.options.tfo)",
    .reference = "RFC 9293 section 3.5; RFC 7413 sections 2 and 4",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

static guint64
hash_octets (guint64 hash, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * 0x100000001b3u;
  return hash;
}

/* The cookie of the options, from the first octet of the segment; length 0: none. */
static LensRange
cookie_of (const LensUnit *unit)
{
  const LensRange *range = &unit->segment->header.tcp_options;
  const guint8 *octets = unit->view.octets + range->offset;
  LensTcpOption option;
  gsize position = 0;

  while (lens_tcp_option_next (octets, range->length, &position, &option)
         && option.kind != LENS_TCP_OPTION_END)
    if (option.kind == LENS_TCP_OPTION_FAST_OPEN && !option.bad_length)
      return (LensRange){ range->offset + option.data.offset, option.data.length };
  return (LensRange){ 0, 0 };
}

static void
look_at_cookie (LensLedger *ledger, TcpSyn *state, const LensUnit *unit, LensRange cookie)
{
  const LensSideKey *key = &unit->side->key;
  guint64 value = hash_octets (0, unit->view.octets + cookie.offset, cookie.length);
  guint64 pair = hash_octets (hash_octets (1, key->src.octets, sizeof key->src.octets),
                              key->dst.octets, sizeof key->dst.octets);

  if (state->cookies == NULL)
    {
      state->cookies = lens_constancy_new ();
      state->given = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  if ((unit->segment->header.tcp_flags & LENS_TCP_ACK) != 0)
    {
      if (!g_hash_table_contains (state->given, &value)
          && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->given),
                                   LENS_CONSTANCY_MAX))
        g_hash_table_add (state->given, g_memdup2 (&value, sizeof value));
      return;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, cookie_text);
  lens_ledger_room (ledger, carrier, unit, 8 * cookie.length);
  if (!g_hash_table_contains (state->given, &value)
      && lens_constancy_take (state->cookies, pair, value, unit, cookie.offset, cookie.length)
             == LENS_CONSTANCY_CHANGED)
    lens_ledger_use (ledger, carrier, unit, 8 * cookie.length, cookie.offset, cookie.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  const LensTransport *header = &segment->header;
  LensTcpOptions options;

  if (segment->stream == NULL || (header->tcp_flags & LENS_TCP_SYN) == 0)
    return;
  lens_tcp_options_parse (unit->view.octets + header->tcp_options.offset,
                          header->tcp_options.length, &options);
  LensRange cookie = cookie_of (unit);
  if (cookie.length > 0)
    look_at_cookie (ledger, data, unit, cookie);
  if (header->payload.length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * header->payload.length);
  if (!options.has_fast_open
      && !((header->tcp_flags & LENS_TCP_ACK) != 0 && segment->peer.fast_open))
    lens_ledger_use (ledger, carrier, unit, 8 * header->payload.length, header->payload.offset,
                     header->payload.length);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, channel_id) || carrier->subject == NULL
          || carrier->uses == 0)
        continue;
      if (carrier->uses < NEW_COOKIES)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, channels[0].room, NULL);
      else
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier),
                          "Cookies of TCP Fast Open change with each connection, and no server was "
                          "seen to give them.",
                          NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  TcpSyn *state = data;

  g_clear_pointer (&state->cookies, lens_constancy_free);
  g_clear_pointer (&state->given, g_hash_table_unref);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[200];

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      LensTransport header;
      lens_transport_parse (LENS_PROTOCOL_TCP, place.octets + place.start, place.end - place.start,
                            &header);
      if ((header.tcp_flags & LENS_TCP_SYN) == 0)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place.spare));
      octets[0] |= 0x80; /* no protocol that is told by its text begins so */
      if (count > 0)
        lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_PAYLOAD);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_syn = {
  .name = "tcp-syn",
  .question = "Does the first segment of a TCP connection carry data?",
  .source = "RFC 9293 section 3.5; RFC 7413 sections 2 and 4",
  .units = LENS_UNIT_SEGMENT,
  .only = LENS_TRAIT_SYN,
  .channels = channels,
  .state_size = sizeof (TcpSyn),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
