/* rtp-padding: what is in the octets that a receiver is told to throw away?
 *
 * RFC 3550 section 5.1: when P is set the packet ends in padding octets; the last one counts
 * them, itself included.  Their content is unspecified, so a sender may write anything there
 * and every player discards it.
 *
 *   room   8 x (count - 1) bits of each padded packet
 *   use    8 bits for each octet before the count that is not zero (a floor: zeros may speak)
 *
 * Where there is use, the whole padding is named, its count included: over TCP the count may
 * lie alone in the next frame, and it is there that other programs show the packet.
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "rtp-padding-content",
    .summary = "Data travels in padding octets of media packets, which every player discards.",
    .filter_hint = "rtp.padding == 1",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

/* P is set, and the last octet counts what cannot be: players do as they like with it. */
static void
see_impossible_count (LensLedger *ledger, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-padding-content", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8);
  lens_ledger_use (ledger, carrier, unit, 8, unit->view.length - 1, 1);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRange *padding = &unit->rtp->padding;

  if (unit->rtp->odd & (LENS_RTP_PADDING_ZERO | LENS_RTP_PADDING_BEYOND))
    {
      see_impossible_count (ledger, unit);
      return;
    }
  if (padding->length < 2)
    return;
  const guint8 *octets = unit->view.octets + padding->offset;
  gsize count = padding->length - 1, used = 0;
  for (gsize i = 0; i < count; i++)
    used += octets[i] != 0;

  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-padding-content", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * count);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, padding->offset, padding->length);
}

/* The message before a count octet, behind packets that have no padding of their own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[255];
  gsize most = 1 + lens_seed_bed_below (bed, sizeof octets - 1);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gboolean padded = (place.octets[place.start] & 0x20) != 0;
      if (padded || place.spare < 2)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, MIN (most, place.spare - 1));
      if (count == 0)
        continue;
      octets[count] = (guint8)(count + 1);
      lens_seed_bed_set (bed, place.start, 0x20, 0x20);
      lens_seed_bed_insert (bed, place.end, octets, count + 1, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_padding = {
  .name = "rtp-padding",
  .question = "Do RTP padding octets carry anything but padding?",
  .source = "RFC 3550 section 5.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .see = see,
  .seed = seed,
};
