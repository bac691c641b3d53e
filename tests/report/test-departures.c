#include "report/departures.h"

#include "sample.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

static LensEvaluation *
run_of (gint64 seconds)
{
  LensEvaluation *evaluation = lens_evaluation_new ();

  evaluation->input.has_times = TRUE;
  evaluation->input.last = seconds * SECOND;
  return evaluation;
}

static LensLedgerPart *
add_part (LensEvaluation *evaluation, const char *direction)
{
  LensLedgerPart *part = lens_evaluation_add_part (evaluation);

  part->device = g_strdup ("camera");
  part->direction = g_strdup (direction);
  return part;
}

static void
only_what_was_sent_leaves (void)
{
  g_autoptr (LensEvaluation) evaluation = run_of (86400);
  LensDeparture departures[LENS_N_DEPARTURES];

  add_part (evaluation, "from")->classes[LENS_CLASS_HIDDEN].bytes = 70;
  add_part (evaluation, "from")->classes[LENS_CLASS_HIDDEN].bytes = 7;
  add_part (evaluation, "to")->classes[LENS_CLASS_HIDDEN].bytes = 1000;
  add_part (evaluation, "from")->classes[LENS_CLASS_OTHER_HOST].bytes = 1000;
  lens_departures_sum (evaluation, departures);
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    g_assert_cmpuint (departures[i].octets, ==, departures[i].class_ == LENS_CLASS_HIDDEN ? 77 : 0);
}

/* A session without a packet of media sends no picture. */
static void
what_carries_media_is_no_picture (void)
{
  g_autoptr (LensEvaluation) evaluation = run_of (60);
  LensDeparture departures[LENS_N_DEPARTURES];
  LensLedgerPart *part = add_part (evaluation, "from");

  part->classes[LENS_CLASS_MEDIA_OVERHEAD].bytes = 900;
  part->classes[LENS_CLASS_DECLARED_AUDIO].bytes = 30;
  part->classes[LENS_CLASS_DECLARED_METADATA].bytes = 5;
  lens_departures_sum (evaluation, departures);
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    g_assert_cmpuint (departures[i].octets, ==,
                      departures[i].class_ == LENS_CLASS_DECLARED_VIDEO   ? 35
                      : departures[i].class_ == LENS_CLASS_MEDIA_OVERHEAD ? 900
                                                                          : 0);
}

static void
a_day_goes_on_like_the_run (void)
{
  g_autoptr (LensEvaluation) evaluation = run_of (60);
  LensDeparture departures[LENS_N_DEPARTURES];

  add_part (evaluation, "from")->classes[LENS_CLASS_DECLARED_AUDIO].bytes = 500;
  lens_departures_sum (evaluation, departures);
  g_assert_cmpuint (departures[0].per_day, ==, 500 * 1440);
}

static void
no_day_is_reckoned_from_a_moment (void)
{
  static const struct
  {
    gint64 ns;
    guint64 per_day;
  } runs[] = { { 0, 0 }, { 6224000000, 0 }, { 9999999999, 0 }, { 10 * SECOND, 86400 } };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (LensEvaluation) evaluation = run_of (0);
      LensDeparture departures[LENS_N_DEPARTURES];

      evaluation->input.last = runs[i].ns;
      add_part (evaluation, "from")->classes[LENS_CLASS_DECLARED_VIDEO].bytes = 10;
      g_assert_cmpint (lens_departures_sum (evaluation, departures), ==, runs[i].per_day > 0);
      g_assert_cmpuint (departures[0].octets, ==, 10);
      g_assert_cmpuint (departures[0].per_day, ==, runs[i].per_day);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/departures/only-what-was-sent-leaves", only_what_was_sent_leaves);
  g_test_add_func ("/report/departures/what-carries-media-is-no-picture",
                   what_carries_media_is_no_picture);
  g_test_add_func ("/report/departures/a-day-goes-on-like-the-run", a_day_goes_on_like_the_run);
  g_test_add_func ("/report/departures/no-day-is-reckoned-from-a-moment",
                   no_day_is_reckoned_from_a_moment);
  return g_test_run ();
}
