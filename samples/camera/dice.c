#include "samples/camera/dice.h"

#define GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

/* FNV-1a, 64 bits (draft-eastlake-fnv). */
static guint64
hash_of (const char *text)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *text != '\0'; text++)
    hash = (hash ^ (guint8)*text) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

LensDice
lens_dice_for (guint64 seed, const char *purpose)
{
  LensDice dice = { .state = seed };

  /* One roll first: neighbouring seeds must not start as neighbouring states. */
  dice.state = lens_dice_roll (&dice) ^ hash_of (purpose);
  return dice;
}

guint64
lens_dice_roll (LensDice *dice)
{
  guint64 mixed = dice->state += GOLDEN_GAMMA;

  mixed = (mixed ^ (mixed >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  mixed = (mixed ^ (mixed >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return mixed ^ (mixed >> 31);
}

guint
lens_dice_between (LensDice *dice, guint low, guint high)
{
  g_assert (low <= high);
  return low + (guint)(lens_dice_roll (dice) % ((guint64)high - low + 1));
}

void
lens_dice_word (LensDice *dice, GString *to, guint syllables)
{
  static const char consonants[] = "bcdfghklmnprstvwz";
  static const char vowels[] = "aeiouy";

  for (guint i = 0; i < syllables; i++)
    {
      g_string_append_c (to, consonants[lens_dice_between (dice, 0, sizeof consonants - 2)]);
      g_string_append_c (to, vowels[lens_dice_between (dice, 0, sizeof vowels - 2)]);
      if (lens_dice_between (dice, 0, 3) == 0)
        g_string_append_c (to, consonants[lens_dice_between (dice, 0, sizeof consonants - 2)]);
    }
}
