/* h265-trailing: do NAL units end where their syntax ends?
 *
 * ITU-T H.265 (08/2021) 7.3.2.11: behind the last field stand a bit 1 and zeros up to the next
 * octet.  What follows them is read by nobody.  Parameter sets, delimiters and SEI are read to
 * their end; end of sequence and of bitstream have no octet behind their header (7.3.2.6, 7.3.2.7).
 * Slice data end where their entropy decoding says so (7.3.8); behind them an encoder may put
 * cabac_zero_words (7.3.2.10), 0x0000 03 each, as many as the rate demands; and no NAL unit ends
 * in 0x00 (7.4.2).
 * Behind two zeros stands 0x03 where a decoder takes it out unread, and nowhere else.
 *
 * Benign: a zero octet at the end, left from the start code of four octets that parts pictures;
 * more of them, as long as their number is a habit (ledger/zeros.h); sets that end in something
 * else than trailing bits, as some encoders' VUI does.  Walks through slices that lose their way
 * say nothing, and none is believed where they often do.
 *
 *   room   8 bits per octet behind the end
 *   use    8 bits per octet behind the end that is not zero; for zeros and cabac_zero_words, whose
 *          number speaks, the bits of that number; 1 for each 0x03 that is missing or not needed
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h265-slices.h"
#include "ledger/seed-bed.h"
#include "ledger/zeros.h"

#include "wire/sei.h"

#define CHANNEL "h265-rbsp-trailing-cabac-zero"
#define ZEROS "zeros behind units"
#define SLICES "slices"

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Units of the video go on behind their end; decoders never look there.",
    .room = "Units of the video are followed by zeros; their number could say something.",
    .filter_hint = "h265",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.10 and 7.3.2.11",
    .hides = TRUE,
    .unit = LENS_UNIT_ENDED },
  { NULL },
};

typedef struct
{
  LensH265Watch watch;
  LensH265Slices walks;
  LensZeros slices, others;
} Ends;

typedef struct
{
  LensByTrack tracks;
  LensWalkBudget budget;
} State;

static void
take (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 room, guint64 used,
      gsize from)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, subject);

  lens_ledger_room (ledger, carrier, unit, room);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, used, from, unit->view.length - from);
}

/* Zeros, and cabac_zero_words with the octets of prevention between them: how many octets. */
static gsize
zeros_at_end (const guint8 *octets, gsize length)
{
  gsize count = 0;

  for (;; count++)
    {
      if (length <= count + 3)
        return 0;
      const guint8 *last = octets + length - count - 1;
      if (*last != 0 && !(*last == 3 && last[-1] == 0 && last[-2] == 0))
        return count;
    }
}

#define NOT_TOLD G_MAXSIZE

/* The first octet behind the syntax. */
static gsize
end_of (const LensUnit *unit, gsize length)
{
  const guint8 *octets = unit->view.octets;
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;
  LensSei sei;
  LensSeiMessage message;
  gboolean proper;

  switch (unit->hevc->type)
    {
    case LENS_H265_VPS:
      lens_h265_vps_parse (&vps, octets, length);
      return vps.valid && !vps.end.odd && !vps.end.short_read ? vps.end.end : NOT_TOLD;
    case LENS_H265_SPS:
      lens_h265_sps_parse (&sps, octets, length);
      return sps.valid && !sps.end.odd && !sps.end.short_read ? sps.end.end : NOT_TOLD;
    case LENS_H265_PPS:
      lens_h265_pps_parse (&pps, octets, length);
      return pps.valid && !pps.end.odd && !pps.end.short_read ? pps.end.end : NOT_TOLD;
    case LENS_H265_AUD: /* pic_type, and bits that must be 10000 */
      return length < 3 ? NOT_TOLD : (octets[2] & 0x1f) == 0x10 ? 3 : 2;
    case LENS_H265_EOS:
    case LENS_H265_EOB:
      return LENS_H265_HEADER;
    case LENS_H265_PREFIX_SEI:
    case LENS_H265_SUFFIX_SEI:
      sei = lens_sei_over (octets, length, LENS_H265_HEADER);
      while (lens_sei_next (&sei, &message))
        if (message.cut)
          return NOT_TOLD;
      LensRange rest = lens_sei_rest (&sei, &proper);
      return proper ? length : rest.offset;
    default:
      return NOT_TOLD;
    }
}

/* Emulation prevention that is missing or not needed: it is where it stands that speaks. */
static void
see_emulation (LensLedger *ledger, const LensUnit *unit, gsize length)
{
  gsize next = CLAMP (unit->zeros, LENS_H265_HEADER - 1, length);

  for (gsize at; (at = lens_nal_odd_zeros (unit->view.octets, length, next, &next)) < length;)
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);
      lens_ledger_room (ledger, carrier, unit, 1);
      lens_ledger_use (ledger, carrier, unit, 1, at - 2, MIN (4, length - at + 2));
    }
}

/* Whether so many zeros were to be expected; a single one may be left from a start code. */
static gboolean
is_foreseen (Ends *ends, guint8 type, gsize end, gsize zeros)
{
  gboolean slice = lens_h265_is_slice (type);
  guint context = slice ? (lens_h265_is_irap (type) ? 1 : 0) : type - (guint)LENS_H265_VPS;

  return lens_zeros_take (slice ? &ends->slices : &ends->others, context, end, zeros) || zeros <= 1;
}

/* What lies between the end of slice data and the zeros behind it. */
static void
see_slice (LensLedger *ledger, State *state, Ends *ends, const LensUnit *unit, gsize length)
{
  LensH265Walk walk;

  if (!lens_h265_slices_walk (&ends->walks, &state->budget, &ends->watch, unit, &walk))
    return;
  if (lens_h265_slices_sound (&ends->walks))
    lens_ledger_count (ledger, unit, LENS_UNIT_ENDED);
  if (walk.end < length)
    {
      lens_walk_budget_raise (&state->budget);
      take (ledger, unit, SLICES, 8 * (length - walk.end), 8 * (length - walk.end), walk.end);
    }
  else if (walk.alignment != 0)
    take (ledger, unit, SLICES, 7 - walk.stop_bit, 7 - walk.stop_bit, walk.stop);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  State *state = data;
  gsize length = unit->view.length;

  if (!lens_h265_is_base (nal))
    return;
  Ends *ends = lens_by_track (&state->tracks, unit->track, sizeof (Ends));
  lens_h265_watch_take (&ends->watch, unit);
  if (nal->type == LENS_H265_FILLER)
    return;
  gsize zeros = zeros_at_end (unit->view.octets, length);
  gboolean foreseen = is_foreseen (ends, nal->type, length - zeros, zeros);
  gsize end = end_of (unit, length - zeros);
  if (end != NOT_TOLD)
    lens_ledger_count (ledger, unit, LENS_UNIT_ENDED);
  if (end < length - zeros)
    take (ledger, unit, NULL, 8 * (length - end), 8 * (length - end), end);
  else if (zeros > 0)
    take (ledger, unit, ZEROS, 8 * zeros, foreseen ? 0 : (guint64)g_bit_storage (zeros),
          length - zeros);
  if (lens_h265_is_slice (nal->type))
    see_slice (ledger, state, ends, unit, length - zeros);
  see_emulation (ledger, unit, MIN (end, length - zeros));
}

/* --- conclude --- */

/* Uses that are not to be believed, or as few as chance makes. */
static gboolean
is_silent (const Ends *ends, const LensCarrier *carrier)
{
  if (g_strcmp0 (carrier->subject, SLICES) == 0)
    return !lens_h265_slices_sound (&ends->walks);
  return g_strcmp0 (carrier->subject, ZEROS) == 0 && !lens_zeros_is_broken (&ends->slices)
         && !lens_zeros_is_broken (&ends->others);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const State *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, CHANNEL))
        continue;
      const Ends *ends = lens_by_track_peek (&state->tracks, carrier->track);
      gboolean silent = ends == NULL || is_silent (ends, carrier);
      if (carrier->uses > 0 && !silent)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          g_strcmp0 (carrier->subject, ZEROS) == 0 ? "The number of zeros varies."
                          : carrier->constant ? "Every use had the same content."
                                              : NULL);
      else if (g_strcmp0 (carrier->subject, SLICES) != 0)
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear_ends (gpointer data)
{
  Ends *ends = data;

  lens_h265_watch_clear (&ends->watch);
  lens_h265_slices_clear (&ends->walks);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((State *)data)->tracks, clear_ends);
}

/* Delimiters with the message behind their trailing bits, each in one packet with a unit that was
 * alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[1 + 100 + 1] = { 0x50 };

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 1, 100);
      if (count == 0)
        continue;
      octets[1 + count] = 0x80;
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_AUD, octets, count + 2);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_trailing = {
  .name = "h265-trailing",
  .question = "Do H.265 NAL units end where their syntax ends?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.6, 7.3.2.7, 7.3.2.10, 7.3.2.11 and 7.3.8",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (State),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
