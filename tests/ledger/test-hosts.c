/* What a capture tells of names: where they are, for how long, and what it lacks. */
#include "ledger/hosts.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define HOUR (3600 * SECOND)

static const LensTeller teller = { { 2, 0, 0, 0, 0, 1 }, { 4, { 192, 0, 2, 1 } } };
static const LensAddress cloud = { 4, { 198, 51, 100, 7 } };

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensHosts, lens_hosts_free)

static gboolean
is_there (const LensHosts *hosts, gint64 start, gint64 when)
{
  return lens_hosts_resolved_at (hosts, "cloud.example", &cloud, NULL, start, when);
}

static void
an_answer_holds_for_its_life_and_an_hour (void)
{
  g_autoptr (LensHosts) hosts = lens_hosts_new ();

  lens_hosts_name (hosts, "cloud.example", &cloud, &teller, 10 * HOUR, 60);
  g_assert_true (is_there (hosts, 0, 10 * HOUR));
  g_assert_true (is_there (hosts, 0, 11 * HOUR));
  g_assert_false (is_there (hosts, 0, 11 * HOUR + 61 * SECOND));
  /* Without a time it holds for ever. */
  g_assert_true (lens_hosts_resolved (hosts, "*.example", &cloud, NULL));
}

static void
an_answer_from_before_the_capture_may_hold_in_it (void)
{
  g_autoptr (LensHosts) hosts = lens_hosts_new ();

  lens_hosts_name (hosts, "cloud.example", &cloud, &teller, 10 * HOUR, 60);
  g_assert_true (is_there (hosts, 9 * HOUR, 9 * HOUR + SECOND));
  g_assert_false (is_there (hosts, 0, 9 * HOUR));
}

static void
a_later_answer_prolongs_it (void)
{
  g_autoptr (LensHosts) hosts = lens_hosts_new ();

  lens_hosts_name (hosts, "cloud.example", &cloud, &teller, 0, 60);
  lens_hosts_name (hosts, "cloud.example", &cloud, &teller, 10 * HOUR, 60);
  g_assert_true (is_there (hosts, 0, 10 * HOUR + 30 * SECOND));
  g_assert_true (is_there (hosts, 0, 5 * HOUR));
}

static void
a_question_without_an_answer_is_known (void)
{
  g_autoptr (LensHosts) hosts = lens_hosts_new ();

  lens_hosts_asked (hosts, "a.example", 1, LENS_ASKED);
  g_assert_false (lens_hosts_is_unanswered (hosts, "a.example", FALSE));
  g_assert_true (lens_hosts_is_unanswered (hosts, "a.example", TRUE));
  lens_hosts_asked (hosts, "a.example", 1, LENS_CUT_SHORT);
  g_assert_true (lens_hosts_is_unanswered (hosts, "*.example", FALSE));
  lens_hosts_asked (hosts, "a.example", 28, LENS_ANSWERED); /* of another type */
  g_assert_true (lens_hosts_is_unanswered (hosts, "a.example", FALSE));
  lens_hosts_asked (hosts, "a.example", 1, LENS_ANSWERED);
  lens_hosts_asked (hosts, "a.example", 1, LENS_ASKED);
  g_assert_false (lens_hosts_is_unanswered (hosts, "a.example", TRUE));
  g_assert_false (lens_hosts_is_unanswered (hosts, "b.example", TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/hosts/an answer holds for its life and an hour",
                   an_answer_holds_for_its_life_and_an_hour);
  g_test_add_func ("/ledger/hosts/an answer from before the capture may hold in it",
                   an_answer_from_before_the_capture_may_hold_in_it);
  g_test_add_func ("/ledger/hosts/a later answer prolongs it", a_later_answer_prolongs_it);
  g_test_add_func ("/ledger/hosts/a question without an answer is known",
                   a_question_without_an_answer_is_known);
  return g_test_run ();
}
