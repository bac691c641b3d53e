/* tcp-header: do the fields of a TCP header speak that receivers pass over?
 *
 * RFC 9293 section 3.1: reserved bits are zero; the urgent pointer counts only with URG, the
 * acknowledgment number only with ACK.  The bits CWR and ECE belong to ECN (RFC 3168 section
 * 6.1), AE to AccECN (RFC 9768 section 3.1), once both ends have agreed on it as they opened.
 *
 * Benign: every offer and answer of ECN and AccECN; hosts that return the bits of a SYN as they
 * came (RFC 3168 section 6.1.1.1); ECE and CWR where packets were marked or the other end slowed
 * down; a connection whose start was not seen, as long as its bits stay what they are; a RST
 * without ACK that repeats a number of its connection; urgent data where its pointer ends with
 * the segment, and on ports of protocols that have it (FTP, Telnet, rlogin).
 *
 *   room   reserved: 3 bits of a segment; urgent pointer: 16 bits; acknowledgment: 32 bits
 *   use    the same where the field is not zero
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/habit.h"
#include "ledger/presence.h"
#include "ledger/seed-bed.h"

/* Offsets in the header (RFC 9293 section 3.1). */
enum
{
  ACKNOWLEDGEMENT = 8,
  BITS = 12,
  URGENT = 18,
};

#define ECN_BITS (LENS_TCP_AE | LENS_TCP_CWR | LENS_TCP_ECE)
#define SURPRISES 8 /* that an honest life of a connection does not have */

typedef enum
{
  ECN_OFF,     /* both ends opened without it */
  ECN_ON,      /* agreed on, or may be */
  ECN_UNKNOWN, /* the start was not seen */
} Ecn;

typedef struct
{
  LensPresence presence;
  LensByTalk habits; /* LensHabit, of the three bits */
} TcpHeader;

static const LensChannelText channels[] = {
  { .id = "tcp-reserved-bits",
    .summary = "Bits of TCP headers that mean nothing here are set; receivers pass over them.",
    .filter_hint = "tcp.flags",
    .reference = "RFC 9293 section 3.1; RFC 3168 section 6.1; RFC 9768 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { .id = "tcp-urgent-no-urg",
    .summary = "The urgent pointer of TCP holds a number although nothing is urgent; receivers "
               "pass over it.",
    .filter_hint = "tcp.urgent_pointer != 0",
    .reference = "RFC 9293 sections 3.1 and 3.8.5",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { .id = "tcp-ack-no-ackflag",
    .summary = "Segments that acknowledge nothing carry an acknowledgment number; receivers pass "
               "over it.",
    .filter_hint = "tcp.flags.ack == 0 && tcp.ack_raw != 0",
    .reference = "RFC 9293 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

/* Sorts of segments, for the message that lies in which of them speak. */
static guint
sort_of (const LensSegment *segment)
{
  if ((segment->header.tcp_flags & LENS_TCP_SYN) != 0)
    return 0;
  return segment->header.payload.length > 0 ? 1 : 2;
}

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, guint64 bits, gsize offset,
     gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, offset, length);
}

/* --- reserved bits and those of ECN --- */

static Ecn
ecn_of (const LensSegment *segment)
{
  guint16 own = segment->own.flags, peer = segment->peer.flags;

  if ((own & LENS_TCP_SYN) == 0 || (peer & LENS_TCP_SYN) == 0)
    return ECN_UNKNOWN;
  return (own & ECN_BITS) != 0 && (peer & ECN_BITS) != 0 ? ECN_ON : ECN_OFF;
}

/* Of a SYN: whether the three bits are no offer and no answer to one. */
static gboolean
opens_oddly (const LensSegment *segment)
{
  guint16 flags = segment->header.tcp_flags, bits = flags & ECN_BITS;

  if ((flags & LENS_TCP_ACK) == 0)
    return bits != 0 && bits != (LENS_TCP_CWR | LENS_TCP_ECE) && bits != ECN_BITS;
  if ((segment->peer.flags & LENS_TCP_SYN) == 0)
    return FALSE;
  guint16 offer = segment->peer.flags & ECN_BITS;
  if (offer == ECN_BITS)
    return FALSE; /* each answer means something (RFC 9768 section 3.1.1) */
  return bits != 0 && bits != offer && !(bits == LENS_TCP_ECE && offer != 0);
}

/* ECE answers marks, CWR answers ECE or a loss: where nothing is marked they are habits. */
static gboolean
surprises (TcpHeader *state, const LensSegment *segment)
{
  guint16 bits = segment->header.tcp_flags & ECN_BITS;

  /* Packets may be marked behind the place of the capture: then only the other end knows. */
  if (segment->own.got_ce || segment->peer.cwr || segment->peer.ece)
    return FALSE;
  LensHabit *habit = lens_by_talk (&state->habits, segment, sizeof (LensHabit));
  return habit != NULL && !lens_habit_take (habit, bits);
}

static void
look_at_bits (LensLedger *ledger, TcpHeader *state, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  guint16 flags = segment->header.tcp_flags;
  Ecn ecn = ecn_of (segment);
  gboolean odd = (flags & LENS_TCP_RESERVED) != 0;

  if ((flags & LENS_TCP_SYN) != 0)
    odd |= opens_oddly (segment);
  else if (ecn == ECN_OFF)
    odd |= (flags & ECN_BITS) != 0;
  else if (surprises (state, segment))
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, "tcp-reserved-bits", unit, "ecn");
      lens_ledger_use (ledger, carrier, unit, 1, BITS, 2);
    }
  lens_presence_pass (&state->presence, unit->side, sort_of (segment));
  if (!odd)
    return;
  use (ledger, "tcp-reserved-bits", unit, 3, BITS, (flags & (LENS_TCP_CWR | LENS_TCP_ECE)) ? 2 : 1);
  lens_presence_use (&state->presence,
                     lens_ledger_carrier (ledger, "tcp-reserved-bits", unit, NULL),
                     sort_of (segment));
}

/* --- the urgent pointer --- */

static gboolean
has_urgent_data (const LensTransport *header)
{
  static const guint16 ports[] = { 21, 23, 513, 514, 1521 };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (header->source_port == ports[i] || header->destination_port == ports[i])
      return TRUE;
  /* RFC 6093 section 2: it points behind the urgent octet, or at it. */
  return header->urgent == header->payload.length || header->urgent + 1u == header->payload.length;
}

static void
look_at_urgent (LensLedger *ledger, const LensUnit *unit)
{
  const LensTransport *header = &unit->segment->header;

  if (header->urgent == 0 || ((header->tcp_flags & LENS_TCP_URG) != 0 && has_urgent_data (header)))
    return;
  use (ledger, "tcp-urgent-no-urg", unit, 16, URGENT, 2);
}

/* --- the acknowledgment number --- */

/* A number that the connection has: where either direction is or was acknowledged to. */
static gboolean
is_known (const LensSegment *segment, guint32 number)
{
  const LensTcpStream *streams[] = { segment->peer_stream, segment->stream };

  if (number == segment->header.sequence)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      const LensTcpStream *stream = streams[i];
      if (stream == NULL || !stream->started)
        continue;
      gint64 position = lens_tcp_stream_position (stream, number);
      if (position == stream->next || position == stream->next + 1 || position == stream->acked
          || position == 0 || position == -1)
        return TRUE;
    }
  return FALSE;
}

static void
look_at_acknowledgement (LensLedger *ledger, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  const LensTransport *header = &segment->header;

  if ((header->tcp_flags & LENS_TCP_ACK) != 0 || header->acknowledgement == 0
      || ((header->tcp_flags & LENS_TCP_RST) != 0 && is_known (segment, header->acknowledgement)))
    return;
  use (ledger, "tcp-ack-no-ackflag", unit, 32, ACKNOWLEDGEMENT, 4);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  if (unit->segment->stream == NULL)
    return;
  look_at_bits (ledger, data, unit);
  look_at_urgent (ledger, unit);
  look_at_acknowledgement (ledger, unit);
}

/* --- the end --- */

static void
conclude (LensLedger *ledger, gpointer data)
{
  TcpHeader *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_strcmp0 (carrier->subject, "ecn") != 0
          || !g_str_equal (carrier->channel, "tcp-reserved-bits"))
        continue;
      if (carrier->uses < SURPRISES)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "The bits of congestion notification changed a few times.");
      else
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_MEDIUM,
                          "The bits of congestion notification change although nothing was "
                          "marked.",
                          NULL);
    }
  lens_presence_find_used (&state->presence, ledger, "tcp-reserved-bits");
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  TcpHeader *state = data;

  lens_presence_clear (&state->presence);
  lens_by_talk_clear (&state->habits, NULL);
}

/* --- seeds --- */

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean reserved = g_str_equal (channel, "tcp-reserved-bits");
  gboolean urgent = g_str_equal (channel, "tcp-urgent-no-urg");
  LensSeedPlace place;
  guint8 octets[4];
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      guint8 flags = place.octets[place.start + BITS + 1];
      gsize at = place.start + (urgent ? URGENT : ACKNOWLEDGEMENT), count = 0;
      guint bits = reserved ? lens_seed_bed_take_bits (bed, &value, 3) : 0;
      if (bits > 0)
        lens_seed_bed_set_bits (bed, place.start + BITS, 4, value, bits);
      else if (urgent && (flags & LENS_TCP_URG) == 0)
        count = lens_seed_bed_take (bed, octets, 2);
      else if (!reserved && !urgent && (flags & LENS_TCP_ACK) == 0)
        count = lens_seed_bed_take (bed, octets, 4);
      if (count > 0)
        lens_seed_bed_replace (bed, at, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_header = {
  .name = "tcp-header",
  .question = "Are the fields of TCP headers zero that mean nothing here?",
  .source = "RFC 9293 section 3.1; RFC 3168 section 6.1; RFC 9768 section 3.1",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpHeader),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
