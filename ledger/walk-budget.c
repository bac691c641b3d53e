#include "ledger/walk-budget.h"

#include "wire/octets.h"

enum
{
  WHOLE = 4 * 1024 * 1024,   /* octets of which every slice is walked */
  SAMPLE_BITS = 8,           /* one picture of 2^8 is walked from then on ... */
  SHARE = 256,               /* ... and at most this part of the octets */
  LONGEST = 2 * 1024 * 1024, /* octets of a slice that is walked */
  MAX_RAISED = 4,
  SOUND = 20, /* whole walks for each broken one */
};

/* By chance, so that no length of a group of pictures fits it; but each time the same ones. */
static gboolean
is_drawn (guint64 picture)
{
  return lens_octets_mix (picture * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> (64 - SAMPLE_BITS)
         == 0;
}

static guint64
until (const LensWalkBudget *budget)
{
  return MAX (budget->until, WHOLE);
}

gboolean
lens_walk_budget_take (LensWalkBudget *budget, guint64 picture, gsize length)
{
  budget->seen += length;
  return length <= LONGEST
         && budget->spent < until (budget) + (is_drawn (picture) ? budget->seen / SHARE : 0);
}

void
lens_walk_budget_spend (LensWalkBudget *budget, guint64 octets)
{
  budget->spent += octets;
}

void
lens_walk_budget_raise (LensWalkBudget *budget)
{
  if (budget->spent < until (budget) || budget->raised >= MAX_RAISED)
    return;
  budget->raised++;
  budget->until = budget->spent + WHOLE;
}

gboolean
lens_walks_are_sound (guint64 whole, guint64 broken)
{
  return whole >= SOUND * broken && whole > 0;
}
