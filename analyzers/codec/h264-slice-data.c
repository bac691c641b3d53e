/* h264-slice-data: does a slice hold anything but the coded picture?
 *
 * ITU-T H.264 (08/2021) 7.3.4: where the data of a slice end is known only to those who decode
 * its entropy coding.  A player stops there and reads nothing that follows.
 *
 *   behind the end   7.3.2.11; zeros up to 8 in a number that is foreseen are room (Annex B has
 *                    trailing_zero_8bits), other octets use, 8 bits each
 *   alignment        the bits behind the stop bit ought to be zeros.  x264 sets the last one behind
 *                    CABAC slices of some pictures, always by the same 32; other bits are use
 *   zero words       cabac_zero_words (7.3.2.10) must be so many that the bins are not too many for
 *                    the octets (7.4.2.10); more are use, the bits of the number that is too large
 *   samples          I_PCM macroblocks (7.3.5) hold samples as they are, any octets.  Encoders
 *                    choose them where that is shorter, at the finest steps: room there, else use
 *
 * Walks that lose their way say nothing: data were lost, or an encoder is broken.
 */
#include "ledger/by-track.h"
#include "ledger/h264-slices.h"
#include "ledger/seed-bed.h"
#include "ledger/zeros.h"

#include <string.h>

enum
{
  FEW_ZEROS = 8,      /* that some encoders leave */
  FEW_SURPRISES = 12, /* of alignment bits: pictures dropped behind the encoder make some */
  FINE_QP = 12,       /* up to which noise is shorter as samples */
  BINS_PER_WORD = 32, /* that one more cabac_zero_word permits */
};

#define BEHIND "slices"
#define ZEROS "zeros behind slices"
#define ALIGNMENT "alignment bits"

/* The pictures, counted modulo 32, behind which x264 sets the last bit. */
#define X264_PATTERN 0x35a4e4f5u

/* Which explanations of the alignment bits are left: that this picture is number i of x264's
 * pattern (bit i), or that there are only zeros. */
typedef struct
{
  guint32 phases;
  gboolean zeros;
  gboolean started;
  guint64 run, picture;
  guint seen, surprises;
} Alignment;

typedef struct
{
  LensH264Slices slices;
  LensZeros zeros;
  Alignment alignment;
} Track;

typedef struct
{
  LensByTrack tracks;
  LensH264Reach reach;
} State;

static const LensChannelText channels[] = {
  { .id = "h264-bytes-after-trailing",
    .summary = "Octets lie behind the end of the video's units, where no decoder reads.",
    .room = "Zeros lie behind the end of the video's units; data could lie there.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.11 and 7.4.2.11",
    .hides = TRUE,
    .unit = LENS_UNIT_ENDED },
  { .id = "h264-cabac-zero-words",
    .summary = "Slices are filled up with more zero words than they need; their number speaks.",
    .room = "Slices are filled up with zero words; their number could speak.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.10 and 7.4.2.10",
    .hides = TRUE,
    .unit = LENS_UNIT_SLICE },
  { .id = "h264-ipcm",
    .summary = "Parts of the picture are sent as plain samples where no encoder would do so; any "
               "octets can lie there.",
    .room = "Parts of very fine pictures are sent as plain samples; any octets could lie there.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.5",
    .hides = TRUE,
    .unit = LENS_UNIT_SLICE },
  { NULL },
};

/* --- behind the end --- */

/* Whether octets lie there that are none of those zeros. */
static gboolean
see_behind (LensLedger *ledger, Track *track, const LensUnit *unit, const LensH264Walk *walk)
{
  const guint8 *octets = unit->view.octets;
  gsize rest = walk->rest, length = unit->view.length, last = length;

  while (last > rest && octets[last - 1] == 0)
    last--;
  gboolean foreseen = lens_zeros_take (&track->zeros, 0, last, length - last);
  if (rest == length)
    return FALSE;
  gboolean plain = last == rest && length - rest <= FEW_ZEROS;
  LensCarrier *carrier
      = lens_ledger_carrier (ledger, "h264-bytes-after-trailing", unit, plain ? ZEROS : BEHIND);
  lens_ledger_room (ledger, carrier, unit, plain ? 3 : 8 * (length - rest));
  if (plain && !foreseen)
    lens_ledger_use (ledger, carrier, unit, 3, rest, length - rest);
  else if (!plain && last > rest)
    lens_ledger_use (ledger, carrier, unit, 8 * (last - rest), rest, last - rest);
  else if (!plain)
    lens_ledger_use (ledger, carrier, unit, g_bit_storage (length - rest), rest, length - rest);
  return !plain;
}

/* --- alignment --- */

static guint32
rotated (guint32 phases, guint64 by)
{
  guint turn = (guint)(by % 32);

  return turn == 0 ? phases : phases << turn | phases >> (32 - turn);
}

/* Whether the bits agree with an explanation that all before agreed with. */
static gboolean
is_explained (Alignment *alignment, const LensH264Slices *slices, guint8 bits, gboolean cabac)
{
  guint32 agree = !cabac || bits > 1 ? 0 : bits == 1 ? X264_PATTERN : ~X264_PATTERN;

  if (!alignment->started || slices->run != alignment->run)
    {
      alignment->phases = 0xffffffff;
      alignment->zeros = TRUE;
    }
  else
    alignment->phases = rotated (alignment->phases, slices->picture - alignment->picture);
  alignment->started = TRUE;
  alignment->run = slices->run;
  alignment->picture = slices->picture;
  alignment->phases &= agree;
  alignment->zeros &= bits == 0;
  if (alignment->phases != 0 || alignment->zeros)
    return TRUE;
  alignment->phases = agree;
  alignment->zeros = bits == 0;
  return FALSE;
}

static void
see_alignment (LensLedger *ledger, Track *track, const LensUnit *unit, const LensH264Walk *walk)
{
  guint free_bits = 7 - walk->stop_bit;

  if (free_bits == 0)
    return;
  track->alignment.seen++;
  if (is_explained (&track->alignment, &track->slices, walk->alignment, walk->bins > 0))
    return;
  track->alignment.surprises++;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-bytes-after-trailing", unit, ALIGNMENT);
  lens_ledger_room (ledger, carrier, unit, free_bits);
  lens_ledger_use (ledger, carrier, unit, free_bits, walk->stop, 1);
}

static gboolean
is_odd (const Alignment *alignment)
{
  return alignment->surprises >= FEW_SURPRISES && alignment->surprises >= alignment->seen / 50;
}

/* --- zero words --- */

/* 7.4.2.10 for the slice's part of the picture, which asks for no less than the picture does. */
static guint64
needed_words (const LensH264Slice *slice, const LensH264Walk *walk)
{
  const LensH264Sps *sps = slice->sps;
  static const guint16 chroma_samples[] = { 0, 128, 256, 512 };
  guint64 raw = 256 * sps->bit_depth_luma
                + chroma_samples[lens_h264_sps_chroma_array_type (sps)] * sps->bit_depth_chroma;
  guint64 allowed = 32 * (guint64)walk->end / 3 + raw * walk->n_macroblocks / 32;

  return walk->bins > allowed ? (walk->bins - allowed + BINS_PER_WORD - 1) / BINS_PER_WORD : 0;
}

/* Whether there are too many. */
static gboolean
see_words (LensLedger *ledger, Track *track, const LensUnit *unit, const LensH264Walk *walk)
{
  if (walk->n_zero_words == 0)
    return FALSE;
  guint64 needed = needed_words (&track->slices.slice, walk);
  gsize excess = walk->n_zero_words > needed ? (gsize)(walk->n_zero_words - needed) : 0;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-cabac-zero-words", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, g_bit_storage (walk->n_zero_words));
  /* Whoever needs words may round their number up. */
  if (excess <= (needed > 0 ? 1 : 0))
    return FALSE;
  lens_ledger_use (ledger, carrier, unit, g_bit_storage (excess), walk->rest - 3 * excess,
                   3 * excess);
  return TRUE;
}

/* --- samples --- */

/* Whether there are some where no encoder has them. */
static gboolean
see_samples (LensLedger *ledger, Track *track, const LensUnit *unit, const LensH264Walk *walk)
{
  gboolean fine = track->slices.slice.slice_qp <= FINE_QP;

  if (walk->n_pcm == 0)
    return FALSE;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-ipcm", unit, NULL);
  for (guint i = 0; i < walk->n_pcm; i++)
    {
      guint64 bits = 8 * walk->pcm[i].length;
      lens_ledger_room (ledger, carrier, unit, bits);
      if (!fine)
        lens_ledger_use (ledger, carrier, unit, bits, walk->pcm[i].offset, walk->pcm[i].length);
    }
  return !fine;
}

static gboolean
see_slice (LensLedger *ledger, LensH264Slices *slices, const LensUnit *unit,
           const LensH264Walk *walk, gpointer user)
{
  Track *track = user;

  g_assert (slices == &track->slices);
  if (lens_h264_slices_sound (slices))
    {
      lens_ledger_count (ledger, unit, LENS_UNIT_SLICE);
      lens_ledger_count (ledger, unit, LENS_UNIT_ENDED);
    }
  see_alignment (ledger, track, unit, walk);
  gboolean spoke = see_words (ledger, track, unit, walk);
  spoke |= see_behind (ledger, track, unit, walk);
  spoke |= see_samples (ledger, track, unit, walk);
  return spoke;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  State *state = data;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof (Track));

  lens_h264_slices_take (&track->slices, &state->reach, ledger, unit, see_slice, track);
}

/* --- conclude --- */

/* Uses that are told only when there are too many of them. */
static gboolean
is_silent (const Track *track, const LensCarrier *carrier)
{
  if (g_strcmp0 (carrier->subject, ZEROS) == 0)
    return !lens_zeros_is_broken (&track->zeros);
  return g_strcmp0 (carrier->subject, ALIGNMENT) == 0 && !is_odd (&track->alignment);
}

static const char *
detail_of (const LensCarrier *carrier)
{
  if (g_strcmp0 (carrier->subject, ZEROS) == 0)
    return "The number of zeros varies.";
  if (g_strcmp0 (carrier->subject, ALIGNMENT) == 0)
    return "The bits between the end of slices and the next octet are no filler.";
  return carrier->constant ? "Every use had the same content." : NULL;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const State *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "h264-slice-data"))
        continue;
      const Track *track = lens_by_track_peek (&state->tracks, carrier->track);
      if (track == NULL || !lens_h264_slices_sound (&track->slices))
        continue;
      if (carrier->uses > 0 && !is_silent (track, carrier))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          detail_of (carrier));
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
track_clear (gpointer data)
{
  lens_h264_slices_clear (&((Track *)data)->slices);
}

static void
clear (gpointer data)
{
  State *state = data;

  lens_by_track_clear (&state->tracks, track_clear);
  lens_h264_reach_clear (&state->reach);
}

/* --- seed --- */

/* The slice of one picture that others refer to or not, by the sets that the places named so far,
 * one after another. */
static gboolean
take_slice (LensH264Sets *sets, const LensSeedPlace *place, LensH264Slice *slice)
{
  const guint8 *octets = place->octets + place->start;
  gsize length = place->end - place->start;

  lens_h264_sets_take (sets, octets, length);
  return (octets[0] & 0x1f) == 1 && lens_h264_slice_parse (slice, sets, octets, length);
}

/* Zero words behind CABAC slices, 0 to 15 by four bits of the message. */
static gboolean
seed_words (LensSeedBed *bed)
{
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensH264Slice slice;
  LensSeedPlace place;
  guint32 count;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!take_slice (sets, &place, &slice) || !slice.pps->entropy_coding_mode
          || !lens_seed_bed_is_single_nal (bed) || place.spare < 45
          || lens_seed_bed_take_bits (bed, &count, 4) == 0)
        continue;
      for (guint i = 0; i < count; i++)
        lens_seed_bed_insert (bed, place.end, (const guint8 *)"\0\0\3", 3, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

/* Octets behind slices; what is written ends in no zero. */
static gboolean
seed_behind (LensSeedBed *bed)
{
  static const guint8 last = 0x80;
  LensSeedPlace place;
  guint8 octets[40];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || (place.octets[place.start] & 0x1f) != 1
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

static gboolean
is_whole (LensH264Walker *walker, const LensSeedPlace *place, const LensH264Slice *slice)
{
  LensH264Walk walk;

  lens_h264_walker_walk (walker, slice, place->octets + place->start, place->end - place->start, 0,
                         &walk);
  return walk.status == LENS_H264_WALK_WHOLE
         && walk.next_mb == lens_h264_slice_picture_size (slice);
}

/* The message as the first samples of a macroblock, in a slice before the picture's own, which
 * then covers it.  Only in video that can be read: elsewhere nothing is said of samples. */
static gboolean
seed_samples (LensSeedBed *bed)
{
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
  LensH264Slice slice;
  LensSeedPlace place;
  guint8 samples[LENS_SEED_PCM];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!take_slice (sets, &place, &slice) || !lens_seed_bed_can_put_pcm (bed, &slice)
          || place.spare < 2 * sizeof samples || !is_whole (walker, &place, &slice))
        continue;
      memset (samples, 0x80, sizeof samples);
      if (lens_seed_bed_take (bed, samples, 32) > 0)
        lens_seed_bed_put_pcm (bed, &slice, lens_seed_bed_below (bed, 99), samples);
    }
  return lens_seed_bed_written (bed);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  if (g_str_equal (channel, "h264-ipcm"))
    return seed_samples (bed);
  if (g_str_equal (channel, "h264-cabac-zero-words"))
    return seed_words (bed);
  return g_str_equal (channel, "h264-bytes-after-trailing") && seed_behind (bed);
}

const LensAnalyzer lens_analyzer_h264_slice_data = {
  .name = "h264-slice-data",
  .question = "Does a slice hold anything but the coded picture?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.10, 7.3.2.11, 7.3.4 and 7.3.5",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (State),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
