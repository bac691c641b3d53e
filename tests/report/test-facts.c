#include "report/facts.h"

#include <string.h>

#include "report/html.h"
#include "report/run.h"
#include "report/text.h"
#include "sample.h"

static void
the_sentence_names_what_hides (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autofree char *sentence = lens_facts_sentence (evaluation);

  g_assert_cmpstr (sentence, ==,
                   "Data leaves this device in hiding: 3 findings at medium severity or above "
                   "(F001, F002, F003).");
}

static void
every_verdict_has_one_sentence (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  for (guint i = LENS_VERDICT_CONFORMS; i <= LENS_VERDICT_CONCEALED; i++)
    {
      evaluation->verdict = (LensVerdict)i;
      g_autofree char *sentence = lens_facts_sentence (evaluation);
      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_null (g_strstr_len (sentence, -1, ". "));
    }
}

static void
a_flow_that_hides_is_told_from_hidden_octets (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensLedgerPart *part = lens_evaluation_add_part (evaluation);

  part->direction = g_strdup ("from");
  evaluation->verdict = LENS_VERDICT_UNDECLARED;
  g_assert_null (lens_facts_bridge (evaluation));
  evaluation->verdict = LENS_VERDICT_CONCEALED;
  g_autofree char *act = lens_facts_bridge (evaluation);
  g_assert_nonnull (strstr (act, "no octets of its own"));
  part->classes[LENS_CLASS_UNDECLARED].bytes = 9;
  g_autofree char *flow = lens_facts_bridge (evaluation);
  g_assert_nonnull (strstr (flow, "counted under Undeclared"));
  part->classes[LENS_CLASS_HIDDEN].bytes = 1;
  g_assert_null (lens_facts_bridge (evaluation));
}

static void
an_input_that_was_not_read_says_why (void)
{
  g_autoptr (LensEvaluation) failed = sample_failed ();
  g_autoptr (LensEvaluation) clean = sample_clean ();
  g_autofree char *problem = lens_facts_problem (failed);

  g_assert_cmpstr (problem, ==, "The input could not be read: offset 0: neither pcap nor pcapng.");
  g_assert_null (lens_facts_problem (clean));
}

static void
codes_of_the_record_become_words (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  evaluation->verdict = LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY;
  g_ptr_array_add (evaluation->reasons, g_strdup ("no-declaration"));
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  g_assert_nonnull (strstr (sentence, "nobody declared what this device may do"));
  g_assert_null (strstr (sentence, "no-declaration"));
  g_assert_cmpstr (lens_facts_reason ("1 packet was lost"), ==, "1 packet was lost");
}

static void
every_verdict_is_explained (void)
{
  for (guint i = LENS_VERDICT_CONFORMS; i <= LENS_VERDICT_CONCEALED; i++)
    {
      g_assert_true (g_str_has_suffix (lens_facts_meaning ((LensVerdict)i), "."));
      for (guint n = 0; n < i; n++)
        g_assert_cmpstr (lens_facts_meaning ((LensVerdict)i), !=,
                         lens_facts_meaning ((LensVerdict)n));
    }
}

static void
the_short_list_fits_a_first_page (void)
{
  g_autoptr (LensEvaluation) rich = sample_rich ();
  rich->input.truncated_packets = 7;
  rich->tool.limits = FALSE;
  g_autoptr (GPtrArray) lines = lens_facts_unseen_in_short (rich);
  gboolean tells_loss = FALSE, tells_gaps = FALSE;

  g_assert_cmpuint (lines->len, <=, 7);
  for (guint i = 0; i < lines->len; i++)
    {
      g_assert_cmpuint (strlen (lines->pdata[i]), <, 100);
      tells_loss |= strstr (lines->pdata[i], "7 cut short") != NULL;
      tells_gaps |= strstr (lines->pdata[i], "2 of 7 known") != NULL
                    && strstr (lines->pdata[i], "2 others not present") != NULL;
    }
  g_assert_true (tells_loss && tells_gaps);
}

static gboolean
tells (const GPtrArray *sentences, const char *part)
{
  for (guint i = 0; i < sentences->len; i++)
    if (g_strstr_len (sentences->pdata[i], -1, part) != NULL)
      return TRUE;
  return FALSE;
}

static void
what_could_not_be_seen_follows_the_record (void)
{
  g_autoptr (LensEvaluation) rich = sample_rich ();
  g_autoptr (LensEvaluation) failed = sample_failed ();
  rich->input.truncated_packets = 7;
  g_autoptr (GPtrArray) of_rich = lens_facts_unseen (rich);
  g_autoptr (GPtrArray) of_failed = lens_facts_unseen (failed);

  g_assert_true (tells (of_rich, "7 cut short"));
  g_assert_true (tells (of_rich, "tls-record-length"));
  g_assert_true (tells (of_rich, "0.27 bit/s"));
  g_assert_false (tells (of_rich, "--limits"));
  g_assert_true (tells (of_failed, "--limits"));
  g_assert_true (tells (of_failed, "Neither a profile nor a MUD file"));
}

static void
only_plain_names_enter_a_shell_line (void)
{
  g_assert_cmpstr (lens_facts_shell_word ("a-b_1.pcapng", "X"), ==, "a-b_1.pcapng");
  g_assert_cmpstr (lens_facts_shell_word ("a b", "X"), ==, "X");
  g_assert_cmpstr (lens_facts_shell_word ("$(reboot)", "X"), ==, "X");
  g_assert_cmpstr (lens_facts_shell_word ("-rf", "X"), ==, "X");
  g_assert_cmpstr (lens_facts_shell_word ("", "X"), ==, "X");
  g_assert_cmpstr (lens_facts_shell_word (NULL, "X"), ==, "X");
}

static void
a_run_reads_as_it_was_written (void)
{
  g_autoptr (LensRun) run = sample_run ();
  g_autoptr (GBytes) once = lens_run_octets (run);
  g_autoptr (LensRun) again
      = lens_run_read (g_bytes_get_data (once, NULL), g_bytes_get_size (once), NULL);
  g_assert_nonnull (again);
  g_autoptr (GBytes) twice = lens_run_octets (again);

  g_assert_true (g_bytes_equal (once, twice));
  g_assert_cmpuint (again->files->len, ==, 1);
  g_assert_cmpint (((LensRunFile *)again->files->pdata[0])->modified, ==,
                   ((LensRunFile *)run->files->pdata[0])->modified);
  g_assert_null (lens_run_read ((const guint8 *)"{\"host\": 1}", 11, NULL));
  g_assert_null (lens_run_read ((const guint8 *)"{}", 2, NULL));
  g_assert_null (lens_run_read ((const guint8 *)"null", 4, NULL));
}

static gboolean
says (GBytes *page, const char *words)
{
  return g_strstr_len (g_bytes_get_data (page, NULL), (gssize)g_bytes_get_size (page), words)
         != NULL;
}

/* Whatever run.json lacks of it, no page says that all was in force. */
static void
confinement_that_nobody_tells_is_not_known (void)
{
  static const char *const runs[] = {
    "{}",
    "null",
    "{\"schema\": \"lenscap-run/2\"}",
    "{\"schema\": \"lenscap-run/1\"}",
    "{\"schema\": \"lenscap-run/1\", \"confinement\": {}}",
    "{\"schema\": \"lenscap-run/1\", \"confinement\": {\"in_force\": [], \"missing\": []}}",
  };
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autoptr (LensMapping) mapping = lens_mapping_new ();

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (GBytes) run = g_bytes_new_static (runs[i], strlen (runs[i]));
      g_autoptr (GBytes) html = lens_html_page (evaluation, run, mapping);
      g_autoptr (GBytes) text = lens_text_page (evaluation, run, mapping, FALSE);

      g_assert_true (says (html, "processes of this run were confined is not known"));
      g_assert_true (says (text, "confinement       not known"));
      g_assert_false (says (html, "layer was missing"));
      g_assert_false (says (text, "no layer is missing"));
    }
}

static void
what_is_beyond_says_which_way_it_went (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensLedgerPart *to = lens_evaluation_add_part (evaluation);
  LensLedgerPart *from = lens_evaluation_add_part (evaluation);

  to->direction = g_strdup ("to");
  from->direction = g_strdup ("from");
  evaluation->ledger.total_bytes = 1000;
  g_autofree char *none = lens_facts_balance (evaluation);
  g_assert_cmpstr (none, ==, "Nothing was hidden, undeclared or unexplained.");
  to->classes[LENS_CLASS_UNDECLARED].bytes = 30;
  evaluation->ledger.classes[LENS_CLASS_UNDECLARED].bytes = 30;
  g_autofree char *received = lens_facts_balance (evaluation);
  g_assert_nonnull (strstr (received, "3.0 % of the capture"));
  g_assert_nonnull (strstr (received, "all of it sent to the device"));
  from->classes[LENS_CLASS_HIDDEN].bytes = 90;
  evaluation->ledger.classes[LENS_CLASS_HIDDEN].bytes = 90;
  g_autofree char *both = lens_facts_balance (evaluation);
  g_assert_nonnull (strstr (both, "25.0 % of that sent to the device"));
  to->classes[LENS_CLASS_UNDECLARED].bytes = 0;
  g_autofree char *sent = lens_facts_balance (evaluation);
  g_assert_null (strstr (sent, "to the device"));
}

static void
a_reason_of_some_devices_names_them (void)
{
  static const char lost[] = "1 packet was lost by the capture", all[] = "partial";
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  g_autoptr (LensMapping) mapping = lens_mapping_new ();

  for (guint i = 0; i < 5; i++)
    {
      LensDeviceRow *device = lens_evaluation_add_device (evaluation);

      device->name = g_strdup_printf ("<%u>", i);
      g_ptr_array_add (device->reasons, g_strdup (all));
      if (i > 0)
        g_ptr_array_add (device->reasons, g_strdup (lost));
      g_autofree char *whose = lens_facts_whose_reason (evaluation, lost);
      g_autofree char *of_all = lens_facts_whose_reason (evaluation, all);
      g_assert_cmpstr (of_all, ==, all);
      g_assert_cmpstr (whose, ==,
                       i == 0   ? lost
                       : i == 1 ? "1 packet was lost by the capture (<1>)"
                       : i == 2 ? "1 packet was lost by the capture (<1>, <2>)"
                       : i == 3 ? "1 packet was lost by the capture (<1>, <2>, <3>)"
                                : "1 packet was lost by the capture (<1>, <2>, <3> and 1 more)");
    }
  g_ptr_array_add (evaluation->reasons, g_strdup (lost));
  g_autoptr (GBytes) page = lens_html_page (evaluation, NULL, mapping);
  g_autoptr (GBytes) text = lens_text_page (evaluation, NULL, mapping, FALSE);
  g_autofree char *html = g_strndup (g_bytes_get_data (page, NULL), g_bytes_get_size (page));
  g_autofree char *plain = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_assert_nonnull (strstr (html, "the capture (&lt;1&gt;, &lt;2&gt;, &lt;3&gt; and 1 more)"));
  g_assert_nonnull (strstr (plain, "the capture (<1>, <2>, <3> and 1 more)"));
}

static LensStreamRow *
add_stream (LensEvaluation *evaluation, const char *name, gboolean seen)
{
  LensStreamRow *stream = lens_evaluation_add_stream (evaluation);

  stream->name = g_strdup (name);
  stream->seen = seen;
  return stream;
}

static void
streams_that_never_came_are_told (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  g_assert_null (lens_facts_lost_streams (evaluation));
  LensStreamRow *main_stream = add_stream (evaluation, "main", FALSE);
  add_stream (evaluation, NULL, FALSE);
  g_autofree char *none = lens_facts_lost_streams (evaluation);
  g_assert_nonnull (strstr (none, "of any declared stream"));
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GBytes) page = lens_html_page (evaluation, NULL, mapping);
  g_autoptr (GBytes) text = lens_text_page (evaluation, NULL, mapping, FALSE);
  g_autofree char *html = g_strndup (g_bytes_get_data (page, NULL), g_bytes_get_size (page));
  g_autofree char *plain = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_assert_nonnull (strstr (html, none));
  g_assert_nonnull (strstr (plain, none));
  add_stream (evaluation, "sub", TRUE);
  g_autofree char *some = lens_facts_lost_streams (evaluation);
  g_assert_cmpstr (some, ==, "Nothing was seen of 1 of the 2 streams of the profile.");
  main_stream->seen = TRUE;
  g_assert_null (lens_facts_lost_streams (evaluation));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/facts/the-sentence-names-what-hides", the_sentence_names_what_hides);
  g_test_add_func ("/report/facts/confinement-that-nobody-tells-is-not-known",
                   confinement_that_nobody_tells_is_not_known);
  g_test_add_func ("/report/facts/every-verdict-has-one-sentence", every_verdict_has_one_sentence);
  g_test_add_func ("/report/facts/a-flow-that-hides-is-told-from-hidden-octets",
                   a_flow_that_hides_is_told_from_hidden_octets);
  g_test_add_func ("/report/facts/an-input-that-was-not-read-says-why",
                   an_input_that_was_not_read_says_why);
  g_test_add_func ("/report/facts/codes-of-the-record-become-words",
                   codes_of_the_record_become_words);
  g_test_add_func ("/report/facts/every-verdict-is-explained", every_verdict_is_explained);
  g_test_add_func ("/report/facts/the-short-list-fits-a-first-page",
                   the_short_list_fits_a_first_page);
  g_test_add_func ("/report/facts/what-could-not-be-seen-follows-the-record",
                   what_could_not_be_seen_follows_the_record);
  g_test_add_func ("/report/facts/only-plain-names-enter-a-shell-line",
                   only_plain_names_enter_a_shell_line);
  g_test_add_func ("/report/facts/what-is-beyond-says-which-way-it-went",
                   what_is_beyond_says_which_way_it_went);
  g_test_add_func ("/report/facts/a-reason-of-some-devices-names-them",
                   a_reason_of_some_devices_names_them);
  g_test_add_func ("/report/facts/streams-that-never-came-are-told",
                   streams_that_never_came_are_told);
  g_test_add_func ("/report/facts/a-run-reads-as-it-was-written", a_run_reads_as_it_was_written);
  return g_test_run ();
}
