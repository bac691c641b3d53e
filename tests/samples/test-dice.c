#include "samples/camera/payload.h"

#include <string.h>

/* The reference output of SplitMix64 for the state 1234567 (prng.di.unimi.it). */
static void
rolls_what_splitmix64_rolls (void)
{
  LensDice dice = { .state = 1234567 };

  g_assert_cmpuint (lens_dice_roll (&dice), ==, G_GUINT64_CONSTANT (6457827717110365317));
  g_assert_cmpuint (lens_dice_roll (&dice), ==, G_GUINT64_CONSTANT (3203168211198807973));
  g_assert_cmpuint (lens_dice_roll (&dice), ==, G_GUINT64_CONSTANT (9817491932198370423));
}

static void
stays_within_its_bounds (void)
{
  LensDice dice = lens_dice_for (1, "bounds");
  gboolean low = FALSE, high = FALSE;

  for (int i = 0; i < 1000; i++)
    {
      guint number = lens_dice_between (&dice, 3, 5);
      g_assert_cmpuint (number, >=, 3);
      g_assert_cmpuint (number, <=, 5);
      low |= number == 3;
      high |= number == 5;
    }
  g_assert_true (low && high);
  g_assert_cmpuint (lens_dice_between (&dice, G_MAXUINT, G_MAXUINT), ==, G_MAXUINT);
}

static void
purposes_do_not_share_a_stream (void)
{
  LensDice first = lens_dice_for (9, "padding");
  LensDice second = lens_dice_for (9, "dns");
  LensDice neighbour = lens_dice_for (10, "padding");
  guint64 roll = lens_dice_roll (&first);

  g_assert_cmpuint (roll, !=, lens_dice_roll (&second));
  g_assert_cmpuint (roll, !=, lens_dice_roll (&neighbour));
}

static void
take (guint64 seed, gsize step, guint8 octets[240])
{
  LensPayload payload;

  lens_payload_init (&payload, seed, "test");
  for (gsize at = 0; at < 240; at += step)
    lens_payload_take (&payload, octets + at, step);
  lens_payload_clear (&payload);
}

static void
a_payload_is_one_text_however_it_is_cut (void)
{
  guint8 whole[240], pieces[240], other[240];

  take (5, 240, whole);
  take (5, 8, pieces);
  take (6, 240, other);
  g_assert_cmpmem (whole, 240, pieces, 240);
  g_assert_cmpint (memcmp (whole, other, 240), !=, 0);
}

static void
some_payloads_are_plain_and_some_whitened (void)
{
  guint plain = 0;

  for (guint64 seed = 0; seed < 100; seed++)
    {
      guint8 octets[240];
      gboolean readable = TRUE;
      take (seed, 240, octets);
      for (gsize i = 0; i < 240; i++)
        readable &= g_ascii_isprint (octets[i]);
      plain += readable;
    }
  g_assert_cmpuint (plain, >, 20);
  g_assert_cmpuint (plain, <, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samples/dice/rolls-what-splitmix64-rolls", rolls_what_splitmix64_rolls);
  g_test_add_func ("/samples/dice/stays-within-its-bounds", stays_within_its_bounds);
  g_test_add_func ("/samples/dice/purposes-do-not-share-a-stream", purposes_do_not_share_a_stream);
  g_test_add_func ("/samples/payload/is-one-text-however-it-is-cut",
                   a_payload_is_one_text_however_it_is_cut);
  g_test_add_func ("/samples/payload/some-are-plain-and-some-whitened",
                   some_payloads_are_plain_and_some_whitened);
  return g_test_run ();
}
