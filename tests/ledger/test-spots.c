#include "ledger/spots.h"

#include <string.h>

static LensSpot
draw (GRand *random, LensSide *sides[2])
{
  LensSpot spot = { .time_ns = (gint64)(g_rand_int (random)) << (g_rand_int (random) % 31),
                    .side = sides[g_rand_int (random) % 2],
                    .frame = (guint64)g_rand_int (random) << (g_rand_int (random) % 32),
                    .offset = g_rand_int (random),
                    .rest_frame = (gint16)g_rand_int (random),
                    .rest_offset = (guint16)g_rand_int (random),
                    .length = (guint8)g_rand_int_range (random, 0, 5),
                    .in_first = (guint8)g_rand_int_range (random, 0, 5),
                    .in_rest = (guint8)g_rand_int_range (random, 0, 5) };
  const guint32 octets = g_rand_int (random);

  memcpy (spot.octets, &octets, sizeof octets);
  return spot;
}

static void
assert_same (const LensSpot *a, const LensSpot *b)
{
  g_assert_cmpint (a->time_ns, ==, b->time_ns);
  g_assert_true (a->side == b->side);
  g_assert_cmpuint (a->frame, ==, b->frame);
  g_assert_cmpuint (a->offset, ==, b->offset);
  g_assert_cmpmem (a->octets, 4, b->octets, 4);
  g_assert_cmpint (a->rest_frame, ==, b->rest_frame);
  g_assert_cmpuint (a->rest_offset, ==, b->rest_offset);
  g_assert_cmpuint (a->length, ==, b->length);
  g_assert_cmpuint (a->in_first, ==, b->in_first);
  g_assert_cmpuint (a->in_rest, ==, b->in_rest);
}

static void
whatever_is_added_is_read_again (void)
{
  static const gint64 numbers[]
      = { 0, 1, -1, 63, 64, -64, -65, G_MAXINT32, G_MININT32, G_MAXINT64, G_MININT64 };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  LensSide *sides[] = { (LensSide *)(gpointer)&random, NULL };
  LensSpot drawn[500];
  LensSpots spots = { 0 };

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (drawn); i++)
        {
          drawn[i] = i % 3 > 0 ? drawn[i - 1] : draw (random, sides);
          if (i % 3 > 0)
            drawn[i].frame += i % 11;
          lens_spots_add (&spots, &drawn[i]);
          lens_spots_add_number (&spots, numbers[i % G_N_ELEMENTS (numbers)]);
        }
      g_assert_cmpuint (spots.n, ==, G_N_ELEMENTS (drawn));
      LensSpotsReader reader = lens_spots_reader (&spots);
      for (guint i = 0; i < G_N_ELEMENTS (drawn); i++)
        {
          LensSpot spot = lens_spots_next (&reader);
          assert_same (&spot, &drawn[i]);
          g_assert_cmpint (lens_spots_next_number (&reader), ==,
                           numbers[i % G_N_ELEMENTS (numbers)]);
        }
      g_assert_cmpuint (reader.octets, ==, spots.length);
      lens_spots_clear (&spots);
      g_assert_cmpuint (spots.n, ==, 0);
    }
}

static void
packets_of_a_burst_take_three_octets_each (void)
{
  LensSpots spots = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      const LensSpot spot = { .time_ns = G_GINT64_CONSTANT (1700000000000000000) + 90000 * i,
                              .frame = 1000000 + 2 * i,
                              .offset = 46,
                              .octets = { 1, 2, 3, 4 },
                              .length = 4,
                              .in_first = 4 };
      lens_spots_add (&spots, &spot);
    }
  g_assert_cmpuint (spots.length, <=, 1000 * 3 + sizeof (LensSpot));
  lens_spots_clear (&spots);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/spots/whatever-is-added-is-read-again",
                   whatever_is_added_is_read_again);
  g_test_add_func ("/ledger/spots/packets-of-a-burst-take-three-octets-each",
                   packets_of_a_burst_take_three_octets_each);
  return g_test_run ();
}
