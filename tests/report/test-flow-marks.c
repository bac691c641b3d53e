/* Which findings are about which flow. */
#include "report/flow-marks.h"

#include "report/html.h"
#include "sample.h"

#include <string.h>

static LensFlowRow *
add_flow (LensEvaluation *evaluation, const char *src, guint16 sport, const char *dst,
          guint16 dport)
{
  LensFlowRow *flow = lens_evaluation_add_flow (evaluation);

  flow->proto = g_strdup ("udp");
  flow->src = g_strdup (src);
  flow->dst = g_strdup (dst);
  flow->sport = sport;
  flow->dport = dport;
  return flow;
}

static LensFindingRow *
add_finding (LensEvaluation *evaluation, const char *src, guint16 sport, const char *dst,
             guint16 dport)
{
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  const LensFlowName name = { g_strdup ("udp"), g_strdup (src), g_strdup (dst), sport, dport };

  finding->flow = g_memdup2 (&name, sizeof name);
  finding->severity = LENS_SEVERITY_MEDIUM;
  return finding;
}

static guint
count (const LensEvaluation *evaluation, const LensFlowRow *flow)
{
  g_autoptr (LensFlowMarks) marks = lens_flow_marks_new (evaluation);
  g_autoptr (GArray) of_flow = lens_flow_marks_of (marks, flow);

  return of_flow->len;
}

static void
a_finding_is_about_flows_of_its_hosts_and_ports (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  const LensFlowRow *flow = add_flow (evaluation, "a", 1000, "b", 53);

  add_finding (evaluation, "a", 1000, "b", 53); /* this one */
  g_assert_cmpuint (count (evaluation, flow), ==, 1);
  add_finding (evaluation, "b", 53, "a", 1000); /* its other direction */
  g_assert_cmpuint (count (evaluation, flow), ==, 2);
  add_finding (evaluation, "a", 0, "b", 53); /* several, with one port */
  add_finding (evaluation, "b", 0, "a", 0);  /* several */
  g_assert_cmpuint (count (evaluation, flow), ==, 4);
  add_finding (evaluation, "a", 1001, "b", 53);
  add_finding (evaluation, "a", 0, "b", 54);
  add_finding (evaluation, "a", 53, "b", 1000);
  add_finding (evaluation, "a", 1000, "c", 53);
  g_free (add_finding (evaluation, "a", 1000, "b", 53)->flow->proto);
  LensFindingRow *other = g_ptr_array_index (evaluation->findings, evaluation->findings->len - 1);
  other->flow->proto = g_strdup ("tcp");
  g_assert_cmpuint (count (evaluation, flow), ==, 4);
}

static void
only_use_that_hides_marks_a_flow_as_hiding (void)
{
  static const struct
  {
    LensSeverity severity;
    guint64 used_bits;
    gboolean hides, marked;
  } rows[] = { { LENS_SEVERITY_INFO, 8, TRUE, FALSE },
               { LENS_SEVERITY_HIGH, 8, FALSE, FALSE },
               { LENS_SEVERITY_LOW, 8, TRUE, TRUE },
               { LENS_SEVERITY_LOW, 0, TRUE, FALSE },
               { LENS_SEVERITY_MEDIUM, 0, TRUE, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
      const LensFlowRow *flow = add_flow (evaluation, "a", 1000, "b", 53);
      LensFindingRow *finding = add_finding (evaluation, "a", 1000, "b", 53);

      finding->severity = rows[i].severity;
      finding->used_bits = rows[i].used_bits;
      finding->hides = rows[i].hides;
      g_autoptr (LensFlowMarks) marks = lens_flow_marks_new (evaluation);
      g_autoptr (GArray) of_flow = lens_flow_marks_of (marks, flow);
      g_assert_cmpint (lens_flow_marks_hide (marks, of_flow), ==, rows[i].marked);
    }
}

/* The small flow that hides comes before sixty large ones, with a word and a link. */
static void
the_page_names_them_in_words_and_links (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_clean ();

  add_flow (evaluation, "44:19:b6:00:00:01", 0, "192.0.2.1", 0)->bytes_out = 10000000;
  for (guint i = 0; i < 60; i++)
    add_flow (evaluation, "192.0.2.100", 2000, "192.0.2.1", 9000)->bytes_out = 1000000 - i;
  add_flow (evaluation, "192.0.2.100", 2000, "198.51.100.7", 53)->bytes_out = 1;
  LensFindingRow *finding = add_finding (evaluation, "192.0.2.100", 0, "198.51.100.7", 53);
  finding->id = g_strdup ("F900");
  finding->hides = TRUE;
  g_autofree char *link = g_strdup_printf (
      "<b>hides data:</b> <a href=\"#finding-%u\">F900</a></td>", evaluation->findings->len);
  g_autoptr (GBytes) octets = lens_html_page (evaluation, NULL, NULL);
  g_autofree char *page = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  const char *table = strstr (page, "<caption>Flows: ");
  g_assert_nonnull (table);
  /* Addresses of a link, as those of IPv4, are one word. */
  g_assert_nonnull (strstr (table, "<span class=\"u\">44:19:b6:00:00:01</span>"));
  const char *marked = strstr (table, link);
  g_assert_nonnull (marked);
  g_assert_true (marked < strstr (table, "</tr>\n<tr><td>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/report/flow-marks/" name, function)
  CASE ("a-finding-is-about-flows-of-its-hosts-and-ports",
        a_finding_is_about_flows_of_its_hosts_and_ports);
  CASE ("only-use-that-hides-marks-a-flow-as-hiding", only_use_that_hides_marks_a_flow_as_hiding);
  CASE ("the-page-names-them-in-words-and-links", the_page_names_them_in_words_and_links);
  return g_test_run ();
}
