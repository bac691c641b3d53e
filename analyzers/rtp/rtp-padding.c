/* rtp-padding: what is in the octets that a receiver is told to throw away?
 *
 * RFC 3550 section 5.1: when P is set the packet ends in padding octets; the last one counts
 * them, itself included.  Their content is unspecified, so a sender may write anything there
 * and every player discards it.
 *
 *   room   8 x (count - 1) bits of each padded packet
 *   use    8 bits for each octet before the count that is not zero (a floor: zeros may speak)
 *
 * The count itself may speak where the padding is zero: padding is what fills up to a boundary
 * of 4, 8 or 16 octets (which ciphers and payload formats ask for), or always as long.  What
 * neither explains is use, 8 bits a count, when it happens more often than by accident.
 *
 * Where there is use, the whole padding is named, its count included: over TCP the count may
 * lie alone in the next frame, and it is there that other programs show the packet.
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include <string.h>

#define COUNTS "counts"
#define LEAST 6 /* counts that nothing explains */

typedef struct
{
  LensHabit counts, alignments[3]; /* of the packet's end: to 4, 8, 16 octets */
} Padding;

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

/* Whether the count is always the same, or always the least that reaches a boundary. */
static gboolean
explains_count (Padding *padding, const LensRange *range)
{
  gboolean explained = lens_habit_take (&padding->counts, range->length);

  for (guint i = 0; i < G_N_ELEMENTS (padding->alignments); i++)
    {
      gsize boundary = (gsize)4 << i;
      gboolean fits = range->length <= boundary && lens_range_end (*range) % boundary == 0;
      explained |= lens_habit_take (&padding->alignments[i], fits) && fits;
    }
  return explained;
}

static void
see_count (LensLedger *ledger, LensByTrack *tracks, const LensUnit *unit)
{
  Padding *padding = lens_by_track (tracks, unit->track, sizeof *padding);
  const LensRange *range = &unit->rtp->padding;

  if (explains_count (padding, range))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-padding-content", unit, COUNTS);
  lens_ledger_room (ledger, carrier, unit, 8);
  lens_ledger_use (ledger, carrier, unit, 8, range->offset, range->length);
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
  if (padding->length == 0)
    return;
  const guint8 *octets = unit->view.octets + padding->offset;
  gsize count = padding->length - 1, used = 0;
  for (gsize i = 0; i < count; i++)
    used += octets[i] != 0;
  if (used == 0)
    see_count (ledger, state, unit);
  if (count == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-padding-content", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * count);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, padding->offset, padding->length);
}

static gboolean
is_about_counts (const LensCarrier *carrier)
{
  return g_strcmp0 (carrier->subject, COUNTS) == 0;
}

/* Whether the counts of the carrier's track spoke. */
static gboolean
counts_spoke (LensCarriers *carriers, const LensCarrier *carrier)
{
  const LensCarrier *counts = lens_carriers_get (carriers, "rtp-padding", "rtp-padding-content",
                                                 carrier->side, carrier->track, COUNTS);

  return counts->uses >= LEAST;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0, n = lens_carriers_n (carriers); i < n; i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "rtp-padding"))
        continue;
      gboolean counts = is_about_counts (carrier);
      if (counts ? carrier->uses >= LEAST : carrier->uses > 0)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          counts              ? "The lengths of the padding follow no rule."
                          : carrier->constant ? "Every use had the same content."
                                              : NULL);
      else if (!counts && !counts_spoke (carriers, carrier))
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
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
  .only = LENS_TRAIT_PADDING,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
