#include "ledger/h264-slices.h"

enum
{
  KEPT = 256 * 1024, /* octets of buffer kept between slices */
  MB_COST = 4,       /* macroblocks that are walked in the time of an octet */
};

/* Where the slice that waits must end. */
typedef enum
{
  AT_PICTURE_END,
  AT_NEXT_SLICE,
  NOT_KNOWN, /* packets are missing: at the end of the picture, or it is not told */
} Bound;

void
lens_h264_reach_clear (LensH264Reach *reach)
{
  g_clear_pointer (&reach->walker, lens_h264_walker_free);
}

void
lens_h264_slices_clear (LensH264Slices *slices)
{
  lens_h264_watch_clear (&slices->watch);
  g_clear_pointer (&slices->octets, g_byte_array_unref);
  g_clear_pointer (&slices->pieces, g_array_unref);
}

gboolean
lens_h264_slices_sound (const LensH264Slices *slices)
{
  return lens_walks_are_sound (slices->whole, slices->broken);
}

static void
walk (LensH264Slices *slices, LensH264Reach *reach, guint32 end_mb, LensH264Walk *result)
{
  if (reach->walker == NULL)
    reach->walker = lens_h264_walker_new ();
  lens_h264_walker_walk (reach->walker, &slices->slice, slices->octets->data, slices->octets->len,
                         end_mb, result);
  lens_walk_budget_spend (&reach->budget, slices->octets->len + result->n_macroblocks / MB_COST);
}

/* Walks the slice that waits, which must end @bound: there @end_mb is the next slice's first. */
static void
settle (LensH264Slices *slices, LensH264Reach *reach, LensLedger *ledger, LensTrack *track,
        Bound bound, guint32 end_mb, LensH264SliceFunc func, gpointer user)
{
  if (!slices->waits)
    return;
  LensH264Walk result;
  const LensH264Slice *slice = &slices->slice;
  guint32 picture = lens_h264_slice_picture_size (slice) / (slice->mbaff ? 2 : 1);
  guint32 expected = bound == AT_NEXT_SLICE ? end_mb : picture;
  slices->waits = FALSE;
  walk (slices, reach, bound == AT_NEXT_SLICE ? end_mb : 0, &result);
  if (result.status == LENS_H264_WALK_UNSUPPORTED)
    return;
  if (result.status != LENS_H264_WALK_WHOLE || result.next_mb != expected)
    {
      slices->broken += bound != NOT_KNOWN;
      return;
    }
  slices->whole++;
  const LensUnit unit
      = { .kind = LENS_UNIT_NAL,
          .time_ns = slices->time_ns,
          .side = slices->side,
          .track = track,
          .view = { slices->octets->data, slices->octets->len,
                    (const LensPiece *)(gconstpointer)slices->pieces->data, slices->pieces->len },
          .nal = &slices->nal };
  if (func (ledger, slices, &unit, &result, user))
    lens_walk_budget_raise (&reach->budget);
}

static gboolean
is_wanted (const LensH264Slices *slices, LensH264Reach *reach, gsize length)
{
  const LensH264Slice *slice = &slices->watch.slice;
  gboolean may = lens_walk_budget_take (&reach->budget, slices->watch.pictures, length);

  return may && slice->valid && slice->nal_type != 2 && slice->redundant_pic_cnt == 0;
}

/* Copies what the walk will need. */
static void
keep (LensH264Slices *slices, const LensUnit *unit)
{
  if (slices->octets != NULL && slices->octets->len > KEPT)
    {
      g_clear_pointer (&slices->octets, g_byte_array_unref);
      g_clear_pointer (&slices->pieces, g_array_unref);
    }
  if (slices->octets == NULL)
    {
      slices->octets = g_byte_array_new ();
      slices->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
    }
  g_byte_array_set_size (slices->octets, 0);
  g_byte_array_append (slices->octets, unit->view.octets, (guint)unit->view.length);
  g_array_set_size (slices->pieces, 0);
  g_array_append_vals (slices->pieces, unit->view.pieces, (guint)unit->view.n_pieces);
  slices->time_ns = unit->time_ns;
  slices->side = unit->side;
  slices->nal = *unit->nal;
  slices->slice = slices->watch.slice;
  slices->slice.data.octets = slices->octets->data;
  slices->picture = slices->watch.pictures;
  slices->waits = TRUE;
}

void
lens_h264_slices_take (LensH264Slices *slices, LensH264Reach *reach, LensLedger *ledger,
                       const LensUnit *unit, LensH264SliceFunc func, gpointer user)
{
  LensH264Watch *watch = &slices->watch;
  guint8 type = unit->nal->type;
  Bound bound = AT_PICTURE_END;

  /* New sets come between pictures, and take the place of those that the slice was read by. */
  if (type == LENS_H264_SPS || type == LENS_H264_PPS)
    settle (slices, reach, ledger, unit->track, NOT_KNOWN, 0, func, user);
  lens_h264_watch_take (watch, unit);
  slices->run += watch->lost;
  if (watch->lost)
    bound = NOT_KNOWN;
  else if (watch->is_slice && !watch->new_picture && watch->slice.valid)
    bound = watch->slice.first_mb > slices->slice.first_mb ? AT_NEXT_SLICE : NOT_KNOWN;
  if (watch->is_slice || watch->lost)
    settle (slices, reach, ledger, unit->track, bound, watch->slice.first_mb, func, user);
  if (!watch->is_slice)
    return;
  if (is_wanted (slices, reach, unit->view.length))
    keep (slices, unit);
}
