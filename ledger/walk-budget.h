#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensWalkBudget:
 * How many slices are walked, of all tracks of a ledger: entropy decoding is slow.  Behind a fixed
 * number of octets one picture of 256 is walked, drawn by its number, and never more than an
 * 256th of what there is; where a slice speaks that should not, all are walked again for as long,
 * a few times.  Zero to begin with.
 */
typedef struct
{
  guint64 spent; /* octets that were walked, and what takes as long */
  guint64 seen;  /* octets of slices */
  guint64 until; /* what may be spent before pictures are drawn; 0: as at the beginning */
  guint raised;
} LensWalkBudget;

/* A slice of @length octets came, of picture number @picture.  Whether it may be walked. */
gboolean lens_walk_budget_take (LensWalkBudget *budget, guint64 picture, gsize length);
void lens_walk_budget_spend (LensWalkBudget *budget, guint64 octets);
/* A slice that was walked spoke. */
void lens_walk_budget_raise (LensWalkBudget *budget);

/* Whether walks can be believed: hardly one was @broken. */
gboolean lens_walks_are_sound (guint64 whole, guint64 broken);

G_END_DECLS
