/* tcp-overlap: does a segment say something else than the one it repeats?
 *
 * RFC 9293 section 3.8: what was sent and is sent again has the same octets.  A receiver keeps one
 * copy and never looks at the other.  Section 3.8.4: a keep-alive may carry one garbage octet
 * before the next sequence number (MAY-6), which should not be there (SHLD-12).
 *
 * Benign: segments cut in another way than before; the octet of a keep-alive that is zero, or the
 * last one again, or the same each time; a segment that was damaged on its way, as its checksum
 * says; what came by two ways, with another host between them.
 *
 *   room   8 bits per octet that is sent again
 *   use    8 bits per octet that differs, from the first of a segment to the last
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/seed-bed.h"
#include "wire/checksum.h"

#define DAMAGED 2    /* segments that may well be */
#define KEEPALIVES 3 /* that have garbage by neglect */
#define SAMPLES 4    /* segments whose checksums tell whether a sender makes them */

/* One direction of a connection. */
typedef struct
{
  const LensSide *side; /* the way of its first segments */
  guint8 sampled, right;
} Talk;

typedef struct
{
  LensByTalk talks; /* Talk */
} TcpOverlapState;

/* Why a difference may be no message. */
static const char damaged[] = "wrong checksum", other_way[] = "another way",
                  early[] = "a keep-alive ahead of its octet";

static const LensChannelText channels[] = {
  { .id = "tcp-retransmission-different",
    .summary = "Data was sent twice over TCP, and the two copies differ; a receiver sees only "
               "one of them.",
    .reference = "RFC 9293 section 3.8",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { .id = "tcp-keepalive-byte",
    .summary = "TCP keep-alives carry changing octets; receivers discard them.",
    .filter_hint = "tcp.analysis.keep_alive",
    .reference = "RFC 9293 section 3.8.4",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

/* The sum over a whole segment is zero where the field is right. */
static gboolean
sum_holds (const LensUnit *unit)
{
  const LensSideKey *key = &unit->side->key;
  guint32 sum = lens_checksum_pseudo (&key->src, &key->dst, LENS_PROTOCOL_TCP, unit->view.length);

  return lens_checksum_end (lens_checksum_add (sum, unit->view.octets, unit->view.length)) == 0;
}

/* Captured on the sending host, no segment has its checksum yet: the card makes it. */
static void
sample (Talk *talk, const LensUnit *unit)
{
  if (talk->side == NULL)
    talk->side = unit->side;
  if (talk->sampled >= SAMPLES || unit->segment->cut || unit->segment->header.payload.length == 0)
    return;
  talk->sampled++;
  talk->right += sum_holds (unit);
}

/* NULL: there is no excuse. */
static const char *
excuse_of (const Talk *talk, const LensUnit *unit, LensRange octets)
{
  const LensRange *payload = &unit->segment->header.payload;

  if (talk != NULL && talk->side != unit->side)
    return other_way;
  if (octets.length == 1 && payload->length > 1
      && lens_range_end (octets) == lens_range_end (*payload))
    return early;
  /* The capture has not all of it: then its sum says nothing. */
  if (unit->segment->cut || sum_holds (unit))
    return NULL;
  return talk != NULL && talk->right > 0 ? damaged : NULL;
}

static void
take_different (LensLedger *ledger, const Talk *talk, const LensUnit *unit, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "tcp-retransmission-different", unit,
                                              excuse_of (talk, unit, octets));

  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

static void
take_keepalive (LensLedger *ledger, const LensUnit *unit, const LensSegmentOverlap *overlap)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "tcp-keepalive-byte", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8);
  if (!overlap->last_octet && unit->view.octets[overlap->octets.offset] != 0)
    lens_ledger_use (ledger, carrier, unit, 8, overlap->octets.offset, 1);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TcpOverlapState *state = data;
  const LensSegment *segment = unit->segment;

  if (segment->stream == NULL || segment->header.payload.length == 0)
    return;
  Talk *talk = lens_by_talk (&state->talks, segment, sizeof (Talk));
  if (talk != NULL)
    sample (talk, unit);
  for (guint i = 0; i < segment->n_overlaps; i++)
    {
      const LensSegmentOverlap *overlap = &segment->overlaps[i];
      if (overlap->how == LENS_TCP_OVERLAP_DIFFERENT)
        take_different (ledger, talk, unit, overlap->octets);
      else if (overlap->how == LENS_TCP_OVERLAP_KEEPALIVE)
        take_keepalive (ledger, unit, overlap);
    }
}

/* --- the end --- */

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses == 0)
        continue;
      if (g_str_equal (carrier->channel, "tcp-keepalive-byte"))
        {
          if (carrier->uses < KEEPALIVES)
            lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                              "One garbage octet is allowed in a keep-alive, and there were few.");
        }
      else if (!g_str_equal (carrier->channel, "tcp-retransmission-different"))
        continue;
      else if (g_strcmp0 (carrier->subject, other_way) == 0)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "The copies came by different ways: a host between may have changed "
                          "one.");
      else if (g_strcmp0 (carrier->subject, early) == 0 && carrier->uses < KEEPALIVES)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "Only the last octet differs, as of a keep-alive with garbage that was "
                          "captured before the segment.");
      else if (g_strcmp0 (carrier->subject, damaged) == 0 && carrier->uses <= DAMAGED)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "A copy has a wrong checksum: it was damaged on its way.");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  TcpOverlapState *state = data;

  lens_by_talk_clear (&state->talks, NULL);
}

/* --- seeds --- */

/* The first octets of the segment at hand once more, with another content. */
static void
seed_copy (LensSeedBed *bed, guint32 sequence, gsize length)
{
  guint8 octets[64];
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, length));

  if (count > 0)
    lens_seed_bed_send_segment (bed, LENS_TCP_ACK | LENS_TCP_PSH, sequence, octets, count);
}

/* A keep-alive with an octet that is neither zero nor @last. */
static void
seed_keepalive (LensSeedBed *bed, guint32 next, guint8 last)
{
  guint8 octet;

  if (lens_seed_bed_take (bed, &octet, 1) == 0)
    return;
  octet = (guint8)((octet & 0x7e) | 1 | (~last & 0x80));
  lens_seed_bed_send_segment (bed, LENS_TCP_ACK, next - 1, &octet, 1);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean copy = g_str_equal (channel, "tcp-retransmission-different");
  LensSeedPlace place;
  LensTransport header;

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      const guint8 *octets = place.octets + place.start;
      lens_transport_parse (LENS_PROTOCOL_TCP, octets, place.end - place.start, &header);
      if (header.payload.length < 8 || (header.tcp_flags & ~(LENS_TCP_PSH | LENS_TCP_ACK)) != 0)
        continue;
      if (copy)
        seed_copy (bed, header.sequence, header.payload.length);
      else
        seed_keepalive (bed, header.sequence + (guint32)header.payload.length,
                        octets[lens_range_end (header.payload) - 1]);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_overlap = {
  .name = "tcp-overlap",
  .question = "Do TCP segments repeat what was sent, octet for octet?",
  .source = "RFC 9293 sections 3.8 and 3.8.4",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpOverlapState),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
