#include "report/reasons.h"

#include "sample.h"

/* A finding of @severity with one place: @length octets from @offset of @frame. */
static LensFindingRow *
add (LensEvaluation *evaluation, LensSeverity severity, gboolean hides, double capacity,
     guint64 frame, guint32 offset)
{
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  const LensPiece piece = { frame, offset, 10 };

  finding->id = g_strdup_printf ("F%03u", evaluation->findings->len);
  finding->severity = severity;
  finding->hides = hides;
  finding->capacity_bps = capacity;
  g_array_append_val (finding->octets, piece);
  return finding;
}

static void
severity_comes_before_use_and_use_before_capacity (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_auto (LensReasons) reasons = { 0 };

  add (evaluation, LENS_SEVERITY_INFO, TRUE, 1e6, 1, 0)->used_bits = 1000000;
  add (evaluation, LENS_SEVERITY_HIGH, TRUE, 1640, 2, 0)->used_bits = 2;
  add (evaluation, LENS_SEVERITY_HIGH, FALSE, 3, 3, 0)->used_bits = 4000;
  add (evaluation, LENS_SEVERITY_CRITICAL, FALSE, 1, 4, 0);
  lens_reasons_pick (&reasons, evaluation);
  g_assert_cmpuint (reasons.n_reasons, ==, 3);
  g_assert_cmpuint (reasons.reasons[0].finding, ==, 3);
  g_assert_cmpuint (reasons.reasons[1].finding, ==, 2);
  g_assert_cmpuint (reasons.reasons[2].finding, ==, 1);
  g_assert_cmpuint (reasons.reasons[2].rank, ==, 2);
  g_assert_cmpuint (reasons.left_out, ==, 0);
}

static void
what_hides_is_among_the_reasons (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_auto (LensReasons) reasons = { 0 };

  for (guint i = 0; i < 4; i++)
    add (evaluation, LENS_SEVERITY_HIGH, FALSE, 500, i + 1, 0);
  add (evaluation, LENS_SEVERITY_MEDIUM, TRUE, 3, 9, 0);
  lens_reasons_pick (&reasons, evaluation);
  g_assert_cmpuint (reasons.n_reasons, ==, LENS_REASONS_MAX);
  g_assert_cmpuint (reasons.reasons[1].finding, ==, 1);
  g_assert_cmpuint (reasons.reasons[2].finding, ==, 4);
  g_assert_cmpuint (reasons.reasons[2].rank, ==, 4);
  g_assert_cmpuint (reasons.left_out, ==, 2);
}

static void
of_the_same_octets_what_hides_is_told (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_auto (LensReasons) reasons = { 0 };

  add (evaluation, LENS_SEVERITY_HIGH, FALSE, 910, 7, 60);
  add (evaluation, LENS_SEVERITY_HIGH, TRUE, 900, 7, 60);
  add (evaluation, LENS_SEVERITY_MEDIUM, TRUE, 800, 7, 60); /* less grave: folded */
  lens_reasons_pick (&reasons, evaluation);
  g_assert_cmpuint (reasons.n_reasons, ==, 1);
  g_assert_cmpuint (reasons.reasons[0].finding, ==, 1);
  g_assert_cmpuint (reasons.reasons[0].also_count, ==, 2);
  g_assert_true (reasons.reasons[0].also->pdata[0] == evaluation->findings->pdata[0]);
}

static void
findings_of_the_same_octets_are_one_reason (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_auto (LensReasons) reasons = { 0 };

  add (evaluation, LENS_SEVERITY_HIGH, TRUE, 900, 7, 60);
  add (evaluation, LENS_SEVERITY_HIGH, FALSE, 900, 7, 69); /* its last octet */
  add (evaluation, LENS_SEVERITY_HIGH, FALSE, 800, 7, 70); /* the next one */
  add (evaluation, LENS_SEVERITY_HIGH, FALSE, 700, 8, 60); /* of another frame */
  lens_reasons_pick (&reasons, evaluation);
  g_assert_cmpuint (reasons.n_reasons, ==, 3);
  g_assert_cmpuint (reasons.reasons[0].also_count, ==, 1);
  g_assert_true (reasons.reasons[0].also->pdata[0] == evaluation->findings->pdata[1]);
  /* 70 to 79 overlaps with no leader: what 69 told was folded away. */
  g_assert_cmpuint (reasons.reasons[1].finding, ==, 2);
  g_assert_cmpuint (reasons.reasons[2].finding, ==, 3);
}

static void
what_no_reason_names_is_counted (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_auto (LensReasons) reasons = { 0 };

  for (guint i = 0; i < 9; i++)
    add (evaluation, LENS_SEVERITY_MEDIUM, FALSE, 1, i + 1, 0);
  add (evaluation, LENS_SEVERITY_LOW, FALSE, 1, 20, 0);
  lens_reasons_pick (&reasons, evaluation);
  g_assert_cmpuint (reasons.n_reasons, ==, LENS_REASONS_MAX);
  g_assert_cmpuint (reasons.left_out, ==, 6);
}

static void
the_order_has_every_finding_once (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autoptr (GArray) order = lens_reasons_order (evaluation);
  guint sum = 0;

  g_assert_cmpuint (order->len, ==, evaluation->findings->len);
  for (guint i = 0; i < order->len; i++)
    sum += 1u << g_array_index (order, guint, i);
  g_assert_cmpuint (sum, ==, (1u << order->len) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/reasons/severity-comes-before-use-and-use-before-capacity",
                   severity_comes_before_use_and_use_before_capacity);
  g_test_add_func ("/report/reasons/what-hides-is-among-the-reasons",
                   what_hides_is_among_the_reasons);
  g_test_add_func ("/report/reasons/of-the-same-octets-what-hides-is-told",
                   of_the_same_octets_what_hides_is_told);
  g_test_add_func ("/report/reasons/findings-of-the-same-octets-are-one-reason",
                   findings_of_the_same_octets_are_one_reason);
  g_test_add_func ("/report/reasons/what-no-reason-names-is-counted",
                   what_no_reason_names_is_counted);
  g_test_add_func ("/report/reasons/the-order-has-every-finding-once",
                   the_order_has_every_finding_once);
  return g_test_run ();
}
