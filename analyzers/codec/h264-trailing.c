/* h264-trailing: does anything lie behind the end of a NAL unit that is no slice?
 *
 * ITU-T H.264 (08/2021) 7.3.2.11: a unit ends in a bit that is set and zeros up to the next octet.
 * Parameter sets (7.3.2.1, 7.3.2.2), SEI (7.3.2.3), access unit delimiters (7.3.2.4) and the ends
 * of sequence and stream (7.3.2.5, 7.3.2.6) say themselves where that is; a decoder reads no
 * further.  RFC 6184 has no zeros behind a unit (Annex B does: trailing_zero_8bits).
 *
 * Benign: zeros whose number stays the same for a type of unit, or rounds lengths up to 2, 4 or 8
 * octets.
 *
 *   room   3 bits for zeros that are foreseen
 *   use    8 bits per octet, from the first that is no zero on; 3 bits for zeros in a number that
 *          is not foreseen
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/seed-bed.h"
#include "ledger/zeros.h"

#include "wire/sei.h"

enum
{
  HEADER = 1,
  END_OF_SEQUENCE = 10,
  END_OF_STREAM = 11,
  STOP = 0x80,
};

#define ZEROS "zeros"

typedef struct
{
  LensH264Sets *sets;
  LensZeros zeros;
} Ends;

static const LensChannelText channels[] = {
  { .id = "h264-bytes-after-trailing",
    .summary = "Octets lie behind the end of the video's units, where no decoder reads.",
    .room = "Zeros lie behind the end of the video's units; data could lie there.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.11 and 7.4.2.11",
    .hides = TRUE,
    .unit = LENS_UNIT_ENDED },
  { NULL },
};

/* --- where a unit ends: the first octet behind it, NOT_TOLD where nobody can tell --- */

#define NOT_TOLD G_MAXSIZE

static gsize
sps_end (const LensUnit *unit)
{
  LensH264Sps sps;

  lens_h264_sps_parse (&sps, unit->view.octets, unit->view.length);
  return sps.valid ? sps.end.end : NOT_TOLD;
}

static gsize
pps_end (Ends *ends, const LensUnit *unit)
{
  const LensH264Pps *pps = lens_h264_sets_take (ends->sets, unit->view.octets, unit->view.length);

  return pps != NULL && pps->valid ? pps->end.end : NOT_TOLD;
}

/* What lies behind the trailing bits reads as one more message, of type 128, that does not fit. */
static gsize
sei_end (const LensUnit *unit)
{
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  LensSeiMessage message;
  gboolean proper;

  while (lens_sei_next (&sei, &message))
    if (message.cut)
      return message.payload_type == STOP ? message.head.offset + 1 : NOT_TOLD;
  LensRange rest = lens_sei_rest (&sei, &proper);
  if (rest.length > 0 && unit->view.octets[rest.offset] == STOP)
    return rest.offset + 1;
  return NOT_TOLD;
}

static gsize
end_of (Ends *ends, const LensUnit *unit)
{
  gsize length = unit->view.length;

  switch (unit->nal->type)
    {
    case LENS_H264_SPS:
      lens_h264_sets_take (ends->sets, unit->view.octets, length);
      return sps_end (unit);
    case LENS_H264_PPS:
      return pps_end (ends, unit);
    case LENS_H264_SEI:
      return sei_end (unit);
    case LENS_H264_AUD:
      return MIN (HEADER + 1, length);
    case END_OF_SEQUENCE:
    case END_OF_STREAM:
      return HEADER;
    default:
      return 0;
    }
}

/* --- zeros --- */

static void
see_zeros (LensLedger *ledger, Ends *ends, const LensUnit *unit, gsize end)
{
  gsize zeros = unit->view.length - end;
  gboolean foreseen = lens_zeros_take (&ends->zeros, unit->nal->type & 15, end, zeros);

  if (zeros == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-bytes-after-trailing", unit, ZEROS);
  lens_ledger_room (ledger, carrier, unit, 3);
  if (!foreseen)
    lens_ledger_use (ledger, carrier, unit, 3, end, zeros);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->nal->type < LENS_H264_SEI || unit->nal->type > END_OF_STREAM)
    return;
  Ends *ends = lens_by_track (state, unit->track, sizeof (Ends));
  if (ends->sets == NULL)
    ends->sets = lens_h264_sets_new ();
  gsize end = end_of (ends, unit), last = unit->view.length;
  if (end == NOT_TOLD)
    return;
  lens_ledger_count (ledger, unit, LENS_UNIT_ENDED);
  while (last > end && unit->view.octets[last - 1] == 0)
    last--;
  if (last == end)
    {
      see_zeros (ledger, ends, unit, end);
      return;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-bytes-after-trailing", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * (unit->view.length - end));
  lens_ledger_use (ledger, carrier, unit, 8 * (last - end), end, last - end);
}

static void
find (LensLedger *ledger, const Ends *ends, LensCarrier *carrier)
{
  gboolean zeros = carrier->subject != NULL;
  gboolean broken = zeros && lens_zeros_is_broken (&ends->zeros);

  if (zeros && !broken)
    lens_ledger_find_room (ledger, carrier, NULL);
  else if (carrier->uses > 0)
    lens_ledger_find (ledger, carrier,
                      zeros ? LENS_SEVERITY_MEDIUM : lens_ledger_severity (ledger, carrier), NULL,
                      zeros ? "The number of zeros varies." : NULL);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Ends *ends = carrier->track != NULL ? lens_by_track_peek (state, carrier->track) : NULL;
      if (ends != NULL && g_str_equal (carrier->analyzer, "h264-trailing"))
        find (ledger, ends, carrier);
    }
}

static void
ends_clear (gpointer data)
{
  lens_h264_sets_free (((Ends *)data)->sets);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, ends_clear);
}

static gboolean
has_end (guint8 header)
{
  guint type = header & 0x1f;

  return type >= LENS_H264_SEI && type <= LENS_H264_AUD;
}

/* Behind parameter sets, SEI and delimiters; what is written ends in no zero. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 last = STOP;
  LensSeedPlace place;
  guint8 octets[40];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || !has_end (place.octets[place.start])
          || place.spare < sizeof octets + 1)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_UNIT);
      lens_seed_bed_insert (bed, place.end, &last, 1, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_trailing = {
  .name = "h264-trailing",
  .question = "Do units that are no slices end where they say?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.11",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
