#include "wire/piece.h"

static void
a_slice_keeps_its_place_in_the_frames (void)
{
  const LensPiece pieces[] = { { 7, 54, 10 }, { 9, 54, 20 }, { 9, 74, 5 } };
  const guint8 octets[35] = { 0 };
  const LensView view = { octets, sizeof octets, pieces, G_N_ELEMENTS (pieces) };
  g_auto (LensPieces) scratch = { 0 };

  LensView slice = lens_view_slice (&view, 8, 25, &scratch);
  g_assert_true (slice.octets == octets + 8);
  g_assert_cmpuint (slice.n_pieces, ==, 2);
  g_assert_cmpuint (slice.pieces[0].frame, ==, 7);
  g_assert_cmpuint (slice.pieces[0].offset, ==, 62);
  g_assert_cmpuint (slice.pieces[0].length, ==, 2);
  g_assert_cmpuint (slice.pieces[1].frame, ==, 9);
  g_assert_cmpuint (slice.pieces[1].offset, ==, 54);
  g_assert_cmpuint (slice.pieces[1].length, ==, 23);
}

static void
an_empty_slice_has_no_pieces (void)
{
  const LensPiece piece = { 1, 14, 4 };
  const guint8 octets[4] = { 0 };
  const LensView view = { octets, 4, &piece, 1 };
  g_auto (LensPieces) scratch = { 0 };

  g_assert_cmpuint (lens_view_slice (&view, 4, 0, &scratch).n_pieces, ==, 0);
}

static void
what_was_unpacked_lies_in_all_pieces (void)
{
  const LensPiece pieces[] = { { 1, 14, 4 }, { 2, 14, 3 } };
  const guint8 octets[100] = { 0 };
  const LensView view = { octets, sizeof octets, pieces, 2, TRUE };
  g_auto (LensPieces) scratch = { 0 };
  g_auto (LensPieces) again = { 0 };
  LensView slice = lens_view_slice (&view, 90, 10, &scratch);

  g_assert_true (slice.octets == octets + 90);
  g_assert_cmpuint (slice.n_pieces, ==, 2);
  g_assert_cmpuint (slice.pieces[1].length, ==, 3);
  g_assert_cmpuint (lens_view_slice (&slice, 9, 1, &again).n_pieces, ==, 2);
  g_assert_cmpuint (lens_view_slice (&view, 9, 0, &again).n_pieces, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/piece/a-slice-keeps-its-place-in-the-frames",
                   a_slice_keeps_its_place_in_the_frames);
  g_test_add_func ("/wire/piece/an-empty-slice-has-no-pieces", an_empty_slice_has_no_pieces);
  g_test_add_func ("/wire/piece/what-was-unpacked-lies-in-all-pieces",
                   what_was_unpacked_lies_in_all_pieces);
  return g_test_run ();
}
