/* Filler that fills up to a size, and filler that does not. */
#include "ledger/fill-sizes.h"

/* At a constant bit rate: what is missing to 341 or 342 octets. */
static void
a_rate_fills_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  LensFillSizes sizes = { 0 };

  for (guint i = 0; i < 2000; i++)
    {
      gsize sound = (gsize)g_rand_int_range (random, 200, 480), size = 341 + i % 2;
      lens_fill_sizes_take (&sizes, MAX (sound, size), sound < size ? size - sound : 0);
    }
  g_assert_cmpuint (sizes.surprises, <=, 4);
  g_assert_false (lens_fill_sizes_speak (&sizes));
}

/* A reservoir that is not full yet takes part of what is missing. */
static void
a_reservoir_fills_up_to_less (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  LensFillSizes sizes = { 0 };
  gint reservoir = 0;

  for (guint i = 0; i < 4000; i++)
    {
      gint sound = g_rand_int_range (random, 100, 560), fill = 0;
      reservoir += 341 - sound;
      if (reservoir > 400)
        {
          fill = reservoir - 400;
          reservoir = 400;
        }
      lens_fill_sizes_take (&sizes, (gsize)(sound + fill), (gsize)fill);
    }
  g_assert_cmpuint (sizes.surprises, >, 100);
  g_assert_false (lens_fill_sizes_speak (&sizes));
}

static void
sizes_rounded_up_do_not_speak (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  LensFillSizes sizes = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      gsize sound = (gsize)g_rand_int_range (random, 100, 600), size = (sound + 7) & ~(gsize)7;
      lens_fill_sizes_take (&sizes, size, size - sound);
    }
  g_assert_false (lens_fill_sizes_speak (&sizes));
}

static void
sizes_that_somebody_chose_speak (void)
{
  for (guint constant = 0; constant < 2; constant++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (4);
      LensFillSizes sizes = { 0 };
      for (guint i = 0; i < 500; i++)
        {
          gsize sound = constant ? 341 : (gsize)g_rand_int_range (random, 200, 480);
          gsize fill = (gsize)g_rand_int_range (random, 0, 64);
          lens_fill_sizes_take (&sizes, sound + fill, fill);
        }
      g_assert_true (lens_fill_sizes_speak (&sizes));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/fill-sizes/" name, function)
  CASE ("a-rate-fills-up", a_rate_fills_up);
  CASE ("a-reservoir-fills-up-to-less", a_reservoir_fills_up_to_less);
  CASE ("sizes-rounded-up-do-not-speak", sizes_rounded_up_do_not_speak);
  CASE ("sizes-that-somebody-chose-speak", sizes_that_somebody_chose_speak);
  return g_test_run ();
}
