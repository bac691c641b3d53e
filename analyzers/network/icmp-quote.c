/* icmp-quote: are the packets that ICMP errors quote those that were sent?
 *
 * RFC 792, RFC 4443 section 2.4: an error quotes the packet that it is about, as much of it as the
 * transport header at least.  What else its head has room for is zero, or says how much is quoted
 * (RFC 4884) or how much fits (RFC 1191).
 *
 * Benign: a quote from before the capture, or whose packet is no longer remembered; checksums that
 * the sender's interface filled in.
 *
 *   room   8 bits per octet of a quote whose packet is no longer remembered
 *   use    8 bits per octet of quotes of packets never seen, and from where a quote differs from
 *          its packet; 1 per bit that the head has no use for
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/icmp.h"
#include "wire/transport.h"

#include <string.h>

#define CHANNEL "icmp-error-quote"

enum
{
  RING = 512, /* packets remembered */
  KEPT = 128, /* octets of each, from the transport header on */
};

/* An error so soon after the capture began may quote a packet from before. */
#define START_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

typedef struct
{
  LensAddress source, destination;
  guint16 ip_id;
  guint8 protocol, length;
  guint8 octets[KEPT];
} Packet;

typedef struct
{
  Packet *ring;
  guint64 n_packets;
  gint64 first; /* time of the capture's first packet, ns */
} IcmpQuote;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Error messages quote packets that were never sent.",
    .room = "Error messages quote packets that can no longer be compared.",
    .filter_hint = "icmp.type in {3, 4, 5, 11, 12} || icmpv6.type < 128",
    .reference = "RFC 792; RFC 4443 section 2.4",
    .hides = TRUE,
    .unit = LENS_UNIT_ICMP },
  { NULL },
};

static void
remember_packet (IcmpQuote *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->ip_version == 0 || layers->fragment || layers->payload.length < 8)
    return;
  Packet *packet = &state->ring[state->n_packets++ % RING];
  packet->source = layers->source;
  packet->destination = layers->destination;
  packet->ip_id = layers->ip_id;
  packet->protocol = layers->protocol;
  packet->length = (guint8)MIN (layers->payload.length, KEPT);
  memcpy (packet->octets, unit->view.octets + layers->payload.offset, packet->length);
}

/* The transport checksum: a sender's own capture has it before the interface filled it in. */
static gboolean
is_checksum (guint8 protocol, gsize offset)
{
  gsize at = protocol == LENS_PROTOCOL_TCP ? 16 : protocol == LENS_PROTOCOL_UDP ? 6 : 2;

  return offset == at || offset == at + 1;
}

/* The octets that @packet and the quote share before the first that differs. */
static gsize
common (const Packet *packet, const guint8 *quoted, gsize length)
{
  gsize n = 0;

  while (n < length && (packet->octets[n] == quoted[n] || is_checksum (packet->protocol, n)))
    n++;
  return n;
}

typedef enum
{
  QUOTE_TRUE,
  QUOTE_ALTERED,
  QUOTE_FORGOTTEN, /* its flow was seen, the packet is no longer remembered; or it may lie before
                      the capture */
  QUOTE_UNSEEN,
} Quote;

static gboolean
is_flow_seen (LensLedger *ledger, const LensUnit *unit, const LensIcmpQuote *quote)
{
  LensSideKey key;

  memset (&key, 0, sizeof key);
  key.tunnel = unit->side->key.tunnel;
  key.src = quote->source;
  key.dst = quote->destination;
  key.protocol = quote->protocol;
  key.sport = quote->has_ports ? quote->source_port : 0;
  key.dport = quote->has_ports ? quote->destination_port : 0;
  return lens_flows_find (lens_ledger_flows (ledger), &key) != NULL;
}

/* @same: octets behind the IP header of the quote that are those of the packet. */
static Quote
compare (LensLedger *ledger, const IcmpQuote *state, const LensUnit *unit,
         const LensIcmpQuote *quote, gsize *same)
{
  const guint8 *octets = unit->view.octets;
  gboolean found = FALSE;

  if (quote->version == 0)
    return QUOTE_UNSEEN;
  const guint8 *header = octets + quote->header.offset;
  guint16 id = quote->version == 4 ? (guint16)(header[4] << 8 | header[5]) : 0;
  *same = 0;
  for (guint64 i = 0; i < MIN (state->n_packets, RING); i++)
    {
      const Packet *packet = &state->ring[(state->n_packets - 1 - i) % RING];
      if (packet->protocol != quote->protocol || packet->ip_id != id
          || !lens_address_equal (&packet->source, &quote->source)
          || !lens_address_equal (&packet->destination, &quote->destination))
        continue;
      gsize length = MIN (packet->length, quote->rest.length);
      gsize n = common (packet, octets + quote->rest.offset, length);
      if (n == length)
        return QUOTE_TRUE;
      *same = MAX (*same, n);
      found = TRUE;
    }
  /* Without an identification (IPv6, or 0) it may be another packet of the flow. */
  if (found && id != 0)
    return QUOTE_ALTERED;
  if (unit->time_ns - state->first < START_NS)
    return QUOTE_FORGOTTEN;
  return is_flow_seen (ledger, unit, quote) ? QUOTE_FORGOTTEN : QUOTE_UNSEEN;
}

/* Octets 4 to 7 that the error has no use for, which senders set to zero: RFC 792; RFC 1191
 * section 4 (two octets of MTU); RFC 4884 section 3 (one that counts the quote); RFC 4443 section
 * 3.  */
static guint32
unused_bits (guint8 version, const LensIcmp *icmp)
{
  guint32 counted = icmp->extensions.length > 0 ? (version == 4 ? 0x00ff0000 : 0xff000000) : 0;

  if (version == 6)
    return icmp->type == 1 || icmp->type == 3 ? icmp->word & ~counted : 0;
  switch (icmp->type)
    {
    case 3:
      return icmp->word & ~counted & (icmp->code == 4 ? 0xffff0000 : 0xffffffff);
    case 11:
      return icmp->word & ~counted;
    case 12:
      return icmp->word & ~counted & 0x00ffffff;
    default:
      return icmp->type == 4 ? icmp->word : 0;
    }
}

static void
see_word (LensLedger *ledger, const LensUnit *unit, const LensIcmp *icmp)
{
  guint32 bits = unused_bits (unit->side->key.src.version, icmp);
  guint used = 0;

  for (guint i = 0; i < 32; i++)
    used += bits >> i & 1;
  if (used == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 32);
  lens_ledger_use (ledger, carrier, unit, used, 4, 4);
}

static void
see_error (LensLedger *ledger, const IcmpQuote *state, const LensUnit *unit, const LensIcmp *icmp)
{
  LensRange speaks = icmp->quoted;
  gsize same = 0;
  Quote quote = compare (ledger, state, unit, &icmp->quote, &same);

  if (speaks.length == 0 || quote == QUOTE_TRUE)
    return;
  if (quote == QUOTE_ALTERED)
    {
      speaks.offset = icmp->quote.rest.offset + same;
      speaks.length = lens_range_end (icmp->quoted) - speaks.offset;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * speaks.length);
  if (quote != QUOTE_FORGOTTEN)
    lens_ledger_use (ledger, carrier, unit, 8 * speaks.length, speaks.offset, speaks.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  IcmpQuote *state = data;
  LensIcmp icmp;

  if (state->ring == NULL)
    {
      state->ring = g_new0 (Packet, RING);
      state->first = unit->time_ns;
    }
  if (unit->kind == LENS_UNIT_FRAME)
    {
      remember_packet (state, unit);
      return;
    }
  if (!lens_icmp_parse (unit->side->key.src.version, unit->view.octets, unit->view.length, &icmp)
      || icmp.kind != LENS_ICMP_ERROR)
    return;
  see_word (ledger, unit, &icmp);
  see_error (ledger, state, unit, &icmp);
}

static void
clear (gpointer data)
{
  IcmpQuote *state = data;

  g_clear_pointer (&state->ring, g_free);
}

/* --- seeds --- */

/* "Port unreachable" about a UDP datagram that the peer never sent. */
static void
seed_error (LensSeedBed *bed, const LensSeedPlace *place, const guint8 *octets, gsize length)
{
  const LensLayers *layers = place->layers;
  guint8 quote[20 + 8 + 64] = { 0x45, 0, 0, (guint8)(28 + length) };

  lens_seed_bed_fill (bed, quote + 4, 2);
  quote[8] = (guint8)(32 + lens_seed_bed_below (bed, 96));
  quote[9] = LENS_PROTOCOL_UDP;
  memcpy (quote + 12, layers->destination.octets, 4);
  memcpy (quote + 16, layers->source.octets, 4);
  /* Ports that no session uses: both above 49151 (RFC 6335). */
  lens_seed_bed_fill (bed, quote + 20, 4);
  quote[20] |= 0xc0;
  quote[22] |= 0xc0;
  quote[25] = (guint8)(8 + length);
  memcpy (quote + 28, octets, length);
  lens_seed_bed_send_icmp (bed, NULL, 3, 3, 0, quote, 28 + length);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gsize length = 24 + lens_seed_bed_below (bed, 41);
  gint64 first = G_MAXINT64;
  LensSeedPlace place;
  guint8 octets[64];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      first = MIN (first, place.time_ns);
      /* What is quoted at first may have been sent before the capture. */
      if (place.time_ns - first <= START_NS || !lens_seed_bed_can_send (bed)
          || place.layers->ip_version != 4)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, length);
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, octets + count, length - count);
      seed_error (bed, &place, octets, length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_icmp_quote = {
  .name = "icmp-quote",
  .question = "Are the packets that ICMP errors quote those that were sent?",
  .source = "RFC 792; RFC 4443 section 2.4; RFC 4884 section 3",
  .units = LENS_UNIT_ICMP | LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (IcmpQuote),
  .see = see,
  .clear = clear,
  .seed = seed,
};
