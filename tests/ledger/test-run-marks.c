/* What the marks of a live run become: phases, and blocks of stimuli. */
#include "tests/ledger/scene.h"

#include <string.h>

static void
blocks_stand_in_the_record_with_their_shams (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");

  scene_mark (scene, "lenscap phase stream start");
  scene_mark (scene, "lenscap stimulus start bright light");
  guint64 frame = scene_udp_text (scene, &camera, &router, 514, 514, "one");
  scene_mark (scene, "lenscap stimulus end bright light");
  scene_mark (scene, "lenscap stimulus sham bright light");
  scene_mark (scene, "lenscap phase stream end");
  const LensEvaluation *evaluation = scene_conclude (scene);

  g_assert_cmpuint (frame, ==, 1);
  g_assert_cmpuint (evaluation->phases->len, ==, 1);
  g_assert_cmpuint (evaluation->stimuli->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const LensStimulusRow *row = g_ptr_array_index (evaluation->stimuli, i);
      g_assert_cmpstr (row->name, ==, "bright light");
      g_assert_cmpint (row->sham, ==, i == 1);
      g_assert_cmpint (row->last, >=, row->first);
    }
}

static gboolean
says (const LensEvaluation *evaluation, const char *words)
{
  for (guint i = 0; i < evaluation->reasons->len; i++)
    if (strstr (g_ptr_array_index (evaluation->reasons, i), words) != NULL)
      return TRUE;
  return FALSE;
}

/* Of a live run it is known what should be there. */
static void
blocks_that_were_not_given_withhold_a_pass (void)
{
  static const struct
  {
    const char *last; /* how the second of two blocks ends */
    gboolean live, whole;
  } cases[] = {
    { "lenscap stimulus end light", TRUE, TRUE },
    { "lenscap stimulus failed light", TRUE, FALSE },
    { "lenscap stimulus failed light", FALSE, TRUE },
    { "not a mark", TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera ("[stimulus light]\ncommand = ask\nblocks = 1\n"
                                                 "[phases]\nidle = 0\nstream = 1\nafter = 0\n");
      scene->options.live = cases[i].live;
      scene_mark (scene, "lenscap phase stream start");
      scene_mark (scene, "lenscap stimulus sham light");
      scene_udp_text (scene, &camera, &router, 514, 514, "one");
      scene_mark (scene, "lenscap stimulus end light");
      scene_mark (scene, "lenscap stimulus start light");
      scene_mark (scene, cases[i].last);
      scene_mark (scene, "lenscap phase stream end");
      const LensEvaluation *evaluation = scene_conclude (scene);
      g_assert_cmpint (says (evaluation, "stimulus light: only 1 of 2 blocks"), ==,
                       !cases[i].whole);
    }
}

/* A capture from elsewhere may say anything. */
static void
odd_marks_are_bounded_and_take_no_name_from_anything (void)
{
  static const char *const odd[]
      = { "lenscap stimulus ",           "lenscap stimulus start", "lenscap stimulus start ",
          "lenscap stimulus end nobody", "lenscap stimulus sham",  "lenscap stimulus  x" };
  g_autofree char *name = g_strnfill (5000, 'n');
  g_autofree char *long_one = g_strdup_printf ("lenscap stimulus start %s", name);
  g_autoptr (Scene) scene = scene_of_camera ("");

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    scene_mark (scene, odd[i]);
  scene_mark (scene, long_one);
  scene_udp_text (scene, &camera, &router, 514, 514, "one");
  g_assert_cmpuint (scene_conclude (scene)->stimuli->len, ==, 0);
}

static void
too_many_phases_are_told (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  gboolean told = FALSE;

  for (guint i = 0; i < 150; i++)
    scene_mark (scene, "lenscap phase idle start");
  scene_udp_text (scene, &camera, &router, 514, 514, "one");
  const LensEvaluation *evaluation = scene_conclude (scene);
  g_assert_cmpuint (evaluation->phases->len, ==, 100);
  for (guint i = 0; i < evaluation->caps_reached->len; i++)
    {
      const LensReachedRow *row = g_ptr_array_index (evaluation->caps_reached, i);
      told |= g_str_equal (row->name, "memory") && row->left_out == 50;
    }
  g_assert_true (told);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/ledger/run-marks/" name, test)
  ADD ("blocks-stand-in-the-record-with-their-shams", blocks_stand_in_the_record_with_their_shams);
  ADD ("blocks-that-were-not-given-withhold-a-pass", blocks_that_were_not_given_withhold_a_pass);
  ADD ("odd-marks-are-bounded-and-take-no-name-from-anything",
       odd_marks_are_bounded_and_take_no_name_from_anything);
  ADD ("too-many-phases-are-told", too_many_phases_are_told);
  return g_test_run ();
}
