/* h264-empty-pictures: are there pictures that nobody would miss?
 *
 * ITU-T H.264 (08/2021) 7.4.1: a picture whose nal_ref_idc is 0 is no reference.  If all its
 * macroblocks are skipped besides, it shows the picture before once more, and a player that drops
 * it looks the same.  Such pictures can come at any time, and what quality their slices claim
 * (7.4.3) has no effect.
 *
 * Benign: temporal layers over a scene where nothing moves have such pictures too, but each takes
 * the time of a picture, and has the quality of its neighbours.
 *
 *   use    8 bits, of time and quality, for each empty picture that comes between two others which
 *          lie no further apart than any, or whose quality is far from theirs
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  FEW = 12,       /* odd ones that are no finding */
  QP_APART = 5,   /* that rate control does not go and come back at once */
  FEW_OCTETS = 4, /* of slice data in which all macroblocks can be skipped, */
  SKIPPED = 256,  /* and one more for so many */
  MAX_OCTETS = 256,
};

typedef struct
{
  gboolean known, empty;
  guint32 timestamp;
  gint32 qp;
  gint64 time_ns;
  LensPiece piece; /* of an empty one's first slice */
  guint8 octets[MAX_OCTETS];
} Picture;

typedef struct
{
  const LensH264Watch *watch;
  Picture before, last; /* the last two pictures */
  LensHabit pace;       /* time stamps between neighbours that are not empty */
  gboolean has_b;       /* time stamps do not follow each other */
  guint empty, odd;
} Pictures;

#define DROPPED "h264-redundant-pic-dropped"

static const LensChannelText channels[] = {
  { .id = DROPPED,
    .summary = "Between the video's pictures come others that show nothing new, out of time or of "
               "odd quality.",
    .filter_hint = "h264.nal_ref_idc == 0 && h264.nal_unit_type == 1",
    .reference = "ITU-T H.264 (08/2021) 7.4.1 and 7.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static gboolean
is_empty (const LensH264Slice *slice, gsize length)
{
  gsize data = length - MIN (length, lens_rbsp_offset (&slice->data));

  return slice->slice_type == LENS_H264_P && slice->ref_idc == 0 && !slice->field_pic
         && length <= MAX_OCTETS
         && data <= FEW_OCTETS + lens_h264_slice_picture_size (slice) / SKIPPED;
}

static Picture
picture_of (const LensH264Slice *slice, const LensUnit *unit)
{
  Picture picture = { .known = slice->valid && unit->view.n_pieces > 0,
                      .timestamp = unit->nal->timestamp,
                      .qp = slice->slice_qp,
                      .time_ns = unit->time_ns };

  picture.empty = picture.known && is_empty (slice, unit->view.length);
  if (picture.empty)
    {
      picture.piece = unit->view.pieces[0];
      picture.piece.length = MIN (picture.piece.length, unit->view.length);
      memcpy (picture.octets, unit->view.octets, picture.piece.length);
    }
  return picture;
}

/* Whether the last picture is one too many between its neighbours. */
static gboolean
is_extra (const Pictures *pictures, const Picture *next)
{
  guint64 step = pictures->pace.seen > 0 ? MIN (pictures->pace.common, pictures->pace.last) : 0;
  guint64 across = next->timestamp - pictures->before.timestamp;
  guint64 early = MIN (pictures->last.timestamp - pictures->before.timestamp,
                       next->timestamp - pictures->last.timestamp);

  return step > 0 && 2 * across <= 3 * step && 4 * early < 3 * step;
}

static gboolean
is_of_odd_quality (const Pictures *pictures, const Picture *next)
{
  return ABS (pictures->last.qp - pictures->before.qp) > QP_APART
         && ABS (pictures->last.qp - next->qp) > QP_APART;
}

static void
use (LensLedger *ledger, const LensUnit *now, const Picture *picture)
{
  LensUnit unit = *now;
  gsize length = picture->piece.length;

  unit.time_ns = picture->time_ns;
  unit.view = (LensView){ picture->octets, length, &picture->piece, 1 };
  LensCarrier *carrier = lens_ledger_carrier (ledger, DROPPED, &unit, NULL);
  lens_ledger_room (ledger, carrier, &unit, 8);
  lens_ledger_use (ledger, carrier, &unit, 8, 0, length);
}

static void
see_picture (LensLedger *ledger, Pictures *pictures, const LensUnit *unit)
{
  Picture next = picture_of (&pictures->watch->slice, unit);
  const Picture *before = &pictures->before, *last = &pictures->last;

  if (last->known && last->empty)
    {
      pictures->empty++;
      if (before->known && next.known && !before->empty && !next.empty
          && (is_extra (pictures, &next) || is_of_odd_quality (pictures, &next)))
        {
          pictures->odd++;
          use (ledger, unit, last);
        }
    }
  else if (last->known && next.known && !next.empty)
    lens_habit_take (&pictures->pace, next.timestamp - last->timestamp);
  pictures->before = pictures->last;
  pictures->last = next;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Pictures *pictures = lens_by_track (state, unit->track, sizeof (Pictures));
  const LensH264Slice *slice = &unit->h264->slice;

  pictures->watch = unit->h264;
  if (pictures->watch->lost)
    pictures->before.known = pictures->last.known = FALSE;
  if (!pictures->watch->is_slice)
    return;
  pictures->has_b |= slice->slice_type_sent % 5 == LENS_H264_B;
  if (pictures->watch->new_picture)
    see_picture (ledger, pictures, unit);
  else
    pictures->last.empty &= slice->valid && is_empty (slice, unit->view.length);
}

static LensSeverity
severity (LensLedger *ledger, const LensCarrier *carrier)
{
  return MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier));
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, DROPPED))
        continue;
      const Pictures *pictures = lens_by_track_peek (state, carrier->track);
      if (pictures != NULL && !pictures->has_b && pictures->odd >= FEW
          && pictures->odd >= pictures->empty / 2)
        lens_ledger_find (ledger, carrier, severity (ledger, carrier), NULL, NULL);
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* --- seed --- */

static void
append (guint8 *octets, guint *at, guint32 value, guint bits)
{
  for (; bits > 0; bits--, (*at)++)
    if (value >> (bits - 1) & 1)
      octets[*at / 8] |= 0x80 >> *at % 8;
}

/* ue(v), 9.1; below 2^16. */
static void
append_ue (guint8 *octets, guint *at, guint32 value)
{
  guint bits = g_bit_storage (value + 1);

  append (octets, at, 0, bits - 1);
  append (octets, at, value + 1, bits);
}

/* The slice of a picture whose macroblocks are all skipped, for parameter sets of a simple kind
 * (CAVLC, pic_order_cnt_type 2); returns its octets, trailing bits included. */
static gsize
write_slice (guint8 *octets, const LensH264Slice *like, guint32 quality)
{
  guint at = 0;

  append_ue (octets, &at, 0);
  append_ue (octets, &at, 5); /* P, as all slices */
  append_ue (octets, &at, like->pps_id);
  append (octets, &at, like->frame_num, like->sps->log2_max_frame_num);
  append (octets, &at, 0, 2); /* nothing is overridden or reordered */
  append_ue (octets, &at, quality);
  if (like->pps->deblocking_filter_control_present)
    append_ue (octets, &at, 1);
  append_ue (octets, &at, lens_h264_slice_picture_size (like));
  append (octets, &at, 1, 1);
  return (at + 7) / 8;
}

static gboolean
is_simple (const LensH264Slice *slice)
{
  return slice->nal_type == 1 && slice->slice_type == LENS_H264_P && slice->ref_idc != 0
         && slice->sps->frame_mbs_only && slice->sps->pic_order_cnt_type == 2
         && !slice->pps->entropy_coding_mode && !slice->pps->redundant_pic_cnt_present
         && !slice->pps->weighted_pred && slice->pps->num_slice_groups == 1;
}

/* Before pictures that are alone in their packets, when a few have shown the clock; the quality
 * speaks. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autofree LensH264Slice *slice = g_new0 (LensH264Slice, 1);
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensSeedPlace place;
  guint32 quality;
  guint seen = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      const guint8 *octets = place.octets + place.start;
      gsize length = place.end - place.start;
      guint8 rbsp[32] = { 0 };
      lens_h264_sets_take (sets, octets, length);
      if (!lens_seed_bed_is_single_nal (bed) || !lens_h264_slice_parse (slice, sets, octets, length)
          || !is_simple (slice) || ++seen <= FEW || place.spare < sizeof rbsp
          || lens_seed_bed_take_bits (bed, &quality, 4) == 0)
        continue;
      lens_seed_bed_put_nal (bed, 1, rbsp, write_slice (rbsp, slice, 12 + quality));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_empty_pictures = {
  .name = "h264-empty-pictures",
  .question = "Do pictures come that show nothing new and could be dropped?",
  .source = "ITU-T H.264 (08/2021) 7.4.1 and 7.4.3",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
