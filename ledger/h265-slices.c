#include "ledger/h265-slices.h"

enum
{
  BUDGET = 32 * 1024 * 1024, /* octets of which every segment is walked */
  SAMPLE = 16,               /* one picture of so many is walked from then on ... */
  SHARE = 8,                 /* ... and at most this part of the octets */
  LONGEST = 2 * 1024 * 1024, /* octets of a segment that is walked */
  CTB_COST = 8,              /* octets that are walked in the time of a skipped tree unit */
  SOUND = 20,                /* whole walks for each broken one */
};

void
lens_h265_slices_clear (LensH265Slices *slices)
{
  g_clear_pointer (&slices->walker, lens_h265_walker_free);
}

gboolean
lens_h265_slices_sound (const LensH265Slices *slices)
{
  return slices->whole >= SOUND * slices->broken && slices->whole > 0;
}

gboolean
lens_h265_slices_walk (LensH265Slices *slices, LensH265Reach *reach, const LensH265Watch *watch,
                       const LensUnit *unit, LensH265Walk *walk)
{
  gsize length = unit->view.length;
  LensH265Slice slice;

  if (slices->walker == NULL)
    slices->walker = lens_h265_walker_new ();
  slices->pictures += watch->new_timestamp;
  reach->seen += length;
  if (watch->lost)
    lens_h265_walker_skip (slices->walker);
  gboolean sampled = slices->pictures % SAMPLE == 0;
  if (length > LONGEST || reach->spent >= BUDGET + (sampled ? reach->seen / SHARE : 0)
      || !lens_h265_slice_parse (&slice, watch->sets, unit->view.octets, length))
    {
      lens_h265_walker_skip (slices->walker);
      return FALSE;
    }
  lens_h265_walker_walk (slices->walker, &slice, unit->view.octets, length, walk);
  reach->spent += length + CTB_COST * walk->n_ctbs;
  slices->whole += walk->status == LENS_H265_WALK_WHOLE;
  slices->broken += walk->status == LENS_H265_WALK_BROKEN;
  return walk->status == LENS_H265_WALK_WHOLE;
}
