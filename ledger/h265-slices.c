#include "ledger/h265-slices.h"

enum
{
  CTB_COST = 8, /* octets that are walked in the time of a skipped tree unit */
};

void
lens_h265_slices_clear (LensH265Slices *slices)
{
  g_clear_pointer (&slices->walker, lens_h265_walker_free);
}

gboolean
lens_h265_slices_sound (const LensH265Slices *slices)
{
  return lens_walks_are_sound (slices->whole, slices->broken);
}

gboolean
lens_h265_slices_walk (LensH265Slices *slices, LensWalkBudget *budget, const LensH265Watch *watch,
                       const LensUnit *unit, LensH265Walk *walk)
{
  gsize length = unit->view.length;
  LensH265Slice slice;

  if (slices->walker == NULL)
    slices->walker = lens_h265_walker_new ();
  slices->pictures += watch->new_timestamp;
  if (watch->lost)
    lens_h265_walker_skip (slices->walker);
  if (!lens_walk_budget_take (budget, slices->pictures, length)
      || !lens_h265_slice_parse (&slice, watch->sets, unit->view.octets, length))
    {
      lens_h265_walker_skip (slices->walker);
      return FALSE;
    }
  lens_h265_walker_walk (slices->walker, &slice, unit->view.octets, length, walk);
  lens_walk_budget_spend (budget, length + CTB_COST * walk->n_ctbs);
  slices->whole += walk->status == LENS_H265_WALK_WHOLE;
  slices->broken += walk->status == LENS_H265_WALK_BROKEN;
  return walk->status == LENS_H265_WALK_WHOLE;
}
