#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensDice:
 * The simulated camera's only source of choice: SplitMix64 (Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 18).
 *
 * The state advances by the golden gamma 0x9e3779b97f4a7c15; each output is the state
 * mixed twice.  Dice cast for different purposes start at different states (the seed and
 * the FNV-1a hash of the purpose's name), so switching one implant on never changes what
 * another does.  Good enough to vary a test, worthless for secrets.
 */
typedef struct
{
  guint64 state;
} LensDice;

LensDice lens_dice_for (guint64 seed, const char *purpose);

guint64 lens_dice_roll (LensDice *dice);

/* A number from @low to @high, both included.  The bias is below 2^-32. */
guint lens_dice_between (LensDice *dice, guint low, guint high);

/* Appends a pronounceable lower-case word of @syllables syllables. */
void lens_dice_word (LensDice *dice, GString *to, guint syllables);

G_END_DECLS
