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
  const LensFrameSpan spans[]
      = { lens_frame_set_at (&set, 0), lens_frame_set_at (&set, 1), lens_frame_set_at (&set, 2) };
  g_assert_cmpuint (spans[0].first, ==, 1);
  g_assert_cmpuint (spans[0].last, ==, 2);
  g_assert_cmpuint (spans[1].first, ==, 5);
  g_assert_cmpuint (spans[1].last, ==, 7);
  g_assert_cmpuint (spans[2].first, ==, 9);
  g_assert_cmpuint (spans[2].last, ==, 10);
  lens_frame_set_clear (&set);
}

static void
a_full_set_lists_the_first_and_the_last_and_goes_on_counting (void)
{
  const guint64 n = 50 * LENS_FRAME_SET_RANGES;
  LensFrameSet set = { 0 };

  for (guint64 frame = 1; frame <= n; frame++)
    {
      lens_frame_set_add (&set, 2 * frame);
      g_assert_cmpuint (lens_frame_set_n (&set), <, LENS_FRAME_SET_RANGES);
    }
  g_assert_cmpuint (set.count, ==, n);
  for (guint i = 0; i < LENS_FRAME_SET_FIRST; i++)
    g_assert_cmpuint (lens_frame_set_at (&set, i).first, ==, 2 * (i + 1));
  for (guint i = 0; i < LENS_FRAME_SET_LAST; i++)
    g_assert_cmpuint (lens_frame_set_at (&set, lens_frame_set_n (&set) - 1 - i).last, ==,
                      2 * (n - i));
  lens_frame_set_add (&set, n);     /* seen and forgotten */
  lens_frame_set_add (&set, 2 * n); /* listed */
  g_assert_cmpuint (set.count, ==, n);
  lens_frame_set_add (&set, 2 * n - 1); /* between listed ones */
  lens_frame_set_add (&set, 1);
  g_assert_cmpuint (set.count, ==, n + 2);
  g_assert_cmpuint (lens_frame_set_first (&set), ==, 1);
  lens_frame_set_clear (&set);
}

static void
full_sets_that_are_joined_count_all_of_both (void)
{
  const guint64 n = 3 * LENS_FRAME_SET_RANGES;
  LensFrameSet set = { 0 }, more = { 0 };

  for (guint64 frame = 1; frame <= n; frame++)
    {
      lens_frame_set_add (&set, 4 * frame);
      lens_frame_set_add (&more, 4 * frame + 2);
    }
  lens_frame_set_join (&set, &more);
  g_assert_cmpuint (set.count, ==, 2 * n);
  for (guint i = 0; i < LENS_FRAME_SET_FIRST; i++)
    g_assert_cmpuint (lens_frame_set_at (&set, i).first, ==, 2 * (i + 2));
  g_assert_cmpuint (lens_frame_set_at (&set, lens_frame_set_n (&set) - 1).last, ==, 4 * n + 2);
  lens_frame_set_clear (&set);
  lens_frame_set_clear (&more);
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
  g_assert_cmpuint (lens_frame_set_at (&set, 2).first, ==, 6);
  g_assert_cmpuint (lens_frame_set_at (&set, 2).last, ==, 12);
  lens_frame_set_clear (&set);
  lens_frame_set_clear (&more);
}

/* By the hundred in any order: those of 32 bits, and, half of the time, longer ones. */
static void
numbers_of_any_length_are_kept_as_they_are (void)
{
  const guint64 base = G_MAXUINT32 - G_GUINT64_CONSTANT (300);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 40; round++)
    {
      const guint64 reach = round % 2 == 0 ? 300 : 700;
      g_autofree gboolean *there = g_new0 (gboolean, reach + 1);
      LensFrameSet set = { 0 };
      for (guint i = 0; i < 10 * (round + 1); i++)
        {
          guint64 at = g_rand_int (random) % reach;
          there[at] = TRUE;
          lens_frame_set_add (&set, base + at);
        }
      guint64 count = 0;
      guint n = 0;
      for (guint64 at = 0; at < reach; at++)
        {
          count += there[at] ? 1 : 0;
          if (!there[at] || there[at + 1])
            continue;
          g_assert_cmpuint (n, <, lens_frame_set_n (&set));
          g_assert_cmpuint (lens_frame_set_at (&set, n++).last, ==, base + at);
        }
      g_assert_cmpuint (lens_frame_set_n (&set), ==, n);
      g_assert_cmpuint (set.count, ==, count);
      lens_frame_set_clear (&set);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/frame-set/neighbours-join-and-nothing-counts-twice",
                   neighbours_join_and_nothing_counts_twice);
  g_test_add_func ("/ledger/frame-set/joined-sets-have-the-frames-of-both-once",
                   joined_sets_have_the_frames_of_both_once);
  g_test_add_func ("/ledger/frame-set/a-full-set-lists-the-first-and-the-last-and-goes-on-counting",
                   a_full_set_lists_the_first_and_the_last_and_goes_on_counting);
  g_test_add_func ("/ledger/frame-set/full-sets-that-are-joined-count-all-of-both",
                   full_sets_that_are_joined_count_all_of_both);
  g_test_add_func ("/ledger/frame-set/numbers-of-any-length-are-kept-as-they-are",
                   numbers_of_any_length_are_kept_as_they_are);
  return g_test_run ();
}
