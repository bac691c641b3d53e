#include "ledger/frame-set.h"

static void
neighbours_join_and_nothing_counts_twice (void)
{
  LensFrameSet set = { 0 };
  const guint64 frames[] = { 5, 7, 6, 6, 1, 10, 9, 5, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    lens_frame_set_add (&set, frames[i]);
  g_assert_cmpuint (set.count, ==, 7);
  g_assert_cmpuint (lens_frame_set_n (&set), ==, 3);
  const LensFrameSpan *spans = lens_frame_set_at (&set, 0);
  g_assert_cmpuint (spans[0].first, ==, 1);
  g_assert_cmpuint (spans[0].last, ==, 2);
  g_assert_cmpuint (spans[1].first, ==, 5);
  g_assert_cmpuint (spans[1].last, ==, 7);
  g_assert_cmpuint (spans[2].first, ==, 9);
  g_assert_cmpuint (spans[2].last, ==, 10);
  lens_frame_set_clear (&set);
}

static void
a_full_set_goes_on_counting (void)
{
  LensFrameSet set = { 0 };

  for (guint64 frame = 1; frame <= 3 * LENS_FRAME_SET_RANGES; frame++)
    lens_frame_set_add (&set, 2 * frame);
  g_assert_cmpuint (lens_frame_set_n (&set), ==, LENS_FRAME_SET_RANGES);
  g_assert_cmpuint (set.count, ==, 3 * LENS_FRAME_SET_RANGES);
  g_assert_cmpuint (lens_frame_set_first (&set), ==, 2);
  lens_frame_set_clear (&set);
}

static void
joined_sets_have_the_frames_of_both_once (void)
{
  LensFrameSet set = { 0 }, more = { 0 };

  for (guint64 frame = 1; frame <= 4; frame++)
    lens_frame_set_add (&set, 2 * frame);
  for (guint64 frame = 7; frame <= 12; frame++)
    lens_frame_set_add (&more, frame);
  lens_frame_set_add (&more, 1);
  lens_frame_set_join (&set, &more);
  g_assert_cmpuint (set.count, ==, 10); /* 1 2, 4, 6 to 12 */
  g_assert_cmpuint (lens_frame_set_n (&set), ==, 3);
  g_assert_cmpuint (lens_frame_set_at (&set, 2)->first, ==, 6);
  g_assert_cmpuint (lens_frame_set_at (&set, 2)->last, ==, 12);
  lens_frame_set_clear (&set);
  lens_frame_set_clear (&more);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/frame-set/neighbours-join-and-nothing-counts-twice",
                   neighbours_join_and_nothing_counts_twice);
  g_test_add_func ("/ledger/frame-set/joined-sets-have-the-frames-of-both-once",
                   joined_sets_have_the_frames_of_both_once);
  g_test_add_func ("/ledger/frame-set/a-full-set-goes-on-counting", a_full_set_goes_on_counting);
  return g_test_run ();
}
