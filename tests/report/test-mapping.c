#include "report/mapping.h"

#include "sample.h"

#include <string.h>

#define HEAD "selector\tscheme\tversion\tidentifier\ttitle\trelation\tnote\n"

static void
assert_refused (const char *rows, const char *complaint)
{
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (lens_mapping_extend (mapping, rows, strlen (rows), &error));
  g_assert_error (error, LENS_MAPPING_ERROR, LENS_MAPPING_ERROR_MALFORMED);
  if (!g_str_has_prefix (error->message, complaint))
    g_error ("%s\nis not: %s", error->message, complaint);
}

static void
the_rows_that_come_with_it_are_well_formed (void)
{
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  gboolean has_verdict = FALSE;

  g_assert_cmpuint (lens_mapping_length (mapping), >, 0);
  for (guint i = 0; i < lens_mapping_length (mapping); i++)
    has_verdict |= lens_mapping_is_of_verdict (lens_mapping_row (mapping, i));
  g_assert_true (has_verdict);
}

static void
what_is_wrong_is_named_with_its_line (void)
{
  assert_refused ("", "line 1: the file has no line");
  assert_refused ("# only words\n", "line 1: the file has no line");
  assert_refused ("selector\tscheme\n", "line 1: the first line must name the columns");
  assert_refused (HEAD "finding\tOurs\t1\n", "line 2: 7 cells are needed");
  assert_refused (HEAD "\nfinding\t Ours\t1\tA\tB\tsupports\t\n", "line 3: scheme must not be");
  assert_refused (HEAD "finding\tOurs\t1\t\tB\tsupports\t\n", "line 2: identifier must not be");
  assert_refused (HEAD "rtp-paddding\tOurs\t1\tA\tB\tsupports\t\n", "line 2: selector must be");
  assert_refused (HEAD "layer:rt\tOurs\t1\tA\tB\tsupports\t\n", "line 2: selector must be");
  assert_refused (HEAD "technique:T1\tOurs\t1\tA\tB\tsupports\t\n", "line 2: selector must be");
  assert_refused (HEAD "finding\tOurs\t1\tA\tB\tproves\t\n", "line 2: relation must be");
  assert_refused (HEAD "finding\tO\t1\tA\tB\tsupports\t\nfinding\tO\t1\tA\tB\tsupports\tmore\n",
                  "line 3: this selector has this item");
  assert_refused (HEAD "finding\tO\xff\t1\tA\tB\tsupports\t\n", "line 1: the file is not UTF-8");
}

/* How many of the rows of @text speak of @finding. */
static guint
count_rows (const char *text, const LensFindingRow *finding)
{
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GError) error = NULL;
  const guint first = lens_mapping_length (mapping);
  guint count = 0;

  g_assert_true (lens_mapping_extend (mapping, text, strlen (text), &error));
  g_assert_no_error (error);
  for (guint i = first; i < lens_mapping_length (mapping); i++)
    count += lens_mapping_is_of_finding (lens_mapping_row (mapping, i), finding);
  return count;
}

static void
a_selector_picks_by_channel_layer_technique_or_kind (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  static const char rows[] = HEAD "rtp-padding-content\tO\t1\ta\tA\tsupports\t\n"
                                  "rtp-csrc\tO\t1\tb\tB\tsupports\t\n"
                                  "layer:rtp\tO\t1\tc\tC\tsupports\t\r\n"
                                  "layer:rtcp\tO\t1\td\tD\tsupports\t\n"
                                  "technique:T1001.002\tO\t1\te\tE\tsupports\t\n"
                                  "technique:T1001\tO\t1\tf\tF\tsupports\t\n"
                                  "finding\tO\t1\tg\tG\tdoes not prove\tas it is\n"
                                  "verdict\tO\t1\th\tH\tsupports\t\n";
  static const char kinds[] = HEAD "finding:hidden\tO\t1\ta\tA\tsupports\t\n"
                                   "finding:undeclared\tO\t1\tb\tB\tsupports\t\n"
                                   "finding:undeclared\tO\t1\tc\tC\tsupports\t\n"
                                   "finding:room\tO\t1\td\tD\tsupports\t\n"
                                   "finding:room\tO\t1\te\tE\tsupports\t\n"
                                   "finding:room\tO\t1\tf\tF\tsupports\t\n";

  finding->channel = g_strdup ("rtp-padding-content");
  finding->severity = LENS_SEVERITY_HIGH;
  finding->hides = TRUE;
  g_assert_cmpuint (count_rows (rows, finding), ==, 4);
  g_assert_cmpuint (count_rows (kinds, finding), ==, 1);
  finding->hides = FALSE;
  g_assert_cmpuint (count_rows (kinds, finding), ==, 2);
  finding->severity = LENS_SEVERITY_INFO;
  g_assert_cmpuint (count_rows (kinds, finding), ==, 3);
  g_assert_cmpuint (count_rows (rows, finding), ==, 1);
  finding->severity = LENS_SEVERITY_LOW;
  g_free (finding->channel);
  finding->channel = g_strdup ("of-another-version");
  g_assert_cmpuint (count_rows (rows, finding), ==, 1);
}

static void
an_item_is_said_once_and_a_scheme_too (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GString) words = g_string_new (NULL);
  static const char rows[] = HEAD "rtp-csrc\tOurs\t1\tA-1\tA\tsupports\t\n"
                                  "rtp-csrc\tOurs\t1\tA-2\tA\tsupports\t\n"
                                  "layer:rtp\tOurs\t2\tA-1\tA\tsupports\t\n"
                                  "rtp-csrc\tTheirs\t1\tB\tB\tsupports\t\n"
                                  "rtp-csrc\tTheirs\t1\tC\tC\tdoes not prove\t\n";

  finding->severity = LENS_SEVERITY_LOW;
  finding->channel = g_strdup ("rtp-csrc");
  g_assert_true (lens_mapping_extend (mapping, rows, strlen (rows), NULL));
  g_assert_cmpuint (lens_mapping_words (words, mapping, finding, LENS_MAPPING_SUPPORTS), >=, 3);
  g_assert_nonnull (strstr (words->str, "Ours A-1, A-2; Theirs B"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/mapping/the-rows-that-come-with-it-are-well-formed",
                   the_rows_that_come_with_it_are_well_formed);
  g_test_add_func ("/report/mapping/what-is-wrong-is-named-with-its-line",
                   what_is_wrong_is_named_with_its_line);
  g_test_add_func ("/report/mapping/a-selector-picks-by-channel-layer-technique-or-kind",
                   a_selector_picks_by_channel_layer_technique_or_kind);
  g_test_add_func ("/report/mapping/an-item-is-said-once-and-a-scheme-too",
                   an_item_is_said_once_and_a_scheme_too);
  return g_test_run ();
}
