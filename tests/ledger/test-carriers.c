/* Where use lies: what is kept to be shown. */
#include "ledger/carrier.h"

static void
add (LensCarrier *carrier, guint64 frame, guint32 offset)
{
  const LensPiece piece = { frame, offset, 10 };

  lens_carrier_add_places (carrier, &piece, 1);
}

static guint
count_of (const LensCarrier *carrier, guint64 frame)
{
  guint count = 0;

  for (guint i = 0; i < carrier->octets->len; i++)
    count += g_array_index (carrier->octets, LensPiece, i).frame == frame;
  return count;
}

/* Sixty frames with two places each, and a hundred with one: none without, as far as they fit; but
 * the first seven places, of which the excerpt is, stay. */
static void
each_frame_has_a_place_before_one_has_two (void)
{
  static const struct
  {
    guint frames, each, with;
  } rows[] = { { 60, 2, 60 }, { 100, 1, 100 }, { 99, 7, 94 }, { 200, 3, 96 }, { 1, 300, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LensCarrier carrier = { .octets = g_array_new (FALSE, FALSE, sizeof (LensPiece)) };
      guint with = 0;

      for (guint frame = 1; frame <= rows[i].frames; frame++)
        for (guint n = 0; n < rows[i].each; n++)
          add (&carrier, frame, 20 * n);
      for (guint frame = 1; frame <= rows[i].frames; frame++)
        with += count_of (&carrier, frame) > 0;
      g_assert_cmpuint (with, ==, rows[i].with);
      g_assert_cmpuint (carrier.octets->len, ==, LENS_CARRIER_OCTETS);
      g_assert_cmpuint (carrier.place_octets, ==, 10 * rows[i].frames * rows[i].each);
      g_array_unref (carrier.octets);
    }
}

/* Three places in each frame, one octet each. */
static void
the_excerpt_keeps_its_places (void)
{
  LensCarrier carrier = { .octets = g_array_new (FALSE, FALSE, sizeof (LensPiece)) };

  for (guint i = 0; i < 600; i++)
    {
      const LensPiece piece = { 1 + i / 3, 50 + i % 3, 1 };
      lens_carrier_add_places (&carrier, &piece, 1);
    }
  for (guint i = 0; i < LENS_CARRIER_EXCERPT; i++)
    {
      const LensPiece *piece = &g_array_index (carrier.octets, LensPiece, i);
      g_assert_cmpuint (piece->frame, ==, 1 + i / 3);
      g_assert_cmpuint (piece->offset, ==, 50 + i % 3);
    }
  g_assert_cmpuint (count_of (&carrier, 30), ==, 1);
  g_assert_cmpuint (carrier.octets->len, ==, LENS_CARRIER_OCTETS);
  g_array_unref (carrier.octets);
}

static void
a_place_is_shown_once_its_frame_comes_late (void)
{
  LensCarrier carrier = { .octets = g_array_new (FALSE, FALSE, sizeof (LensPiece)) };

  for (guint i = 0; i < 150; i++) /* two frames, in turn */
    add (&carrier, 7 + i % 2, i);
  add (&carrier, 3, 0);
  add (&carrier, 9, 0);
  g_assert_cmpuint (count_of (&carrier, 3), ==, 1);
  g_assert_cmpuint (count_of (&carrier, 9), ==, 1);
  g_assert_cmpuint (count_of (&carrier, 7) + count_of (&carrier, 8), ==, LENS_CARRIER_OCTETS - 2);
  g_array_unref (carrier.octets);
}

/* No octets lie there. */
static void
an_empty_place_is_none (void)
{
  LensCarrier carrier = { .octets = g_array_new (FALSE, FALSE, sizeof (LensPiece)) };
  const LensPiece empty = { 5, 54, 0 };

  lens_carrier_add_places (&carrier, &empty, 1);
  g_assert_cmpuint (carrier.octets->len, ==, 0);
  g_array_unref (carrier.octets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/carriers/" name, function)
  CASE ("each-frame-has-a-place-before-one-has-two", each_frame_has_a_place_before_one_has_two);
  CASE ("the-excerpt-keeps-its-places", the_excerpt_keeps_its_places);
  CASE ("a-place-is-shown-once-its-frame-comes-late", a_place_is_shown_once_its_frame_comes_late);
  CASE ("an-empty-place-is-none", an_empty_place_is_none);
  return g_test_run ();
}
