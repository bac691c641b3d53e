#include "report/record.h"

#include <locale.h>
#include <string.h>

#include "report/html.h"
#include "report/json.h"
#include "report/text.h"
#include "sample.h"

static const char *const names[] = { "rich", "hostile", "failed", "clean", "long", "extreme" };

static LensEvaluation *
read_octets (GBytes *octets)
{
  g_autoptr (GError) error = NULL;
  LensEvaluation *evaluation
      = lens_record_read (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets), &error);

  g_assert_no_error (error);
  return evaluation;
}

static void
what_is_read_is_written_again (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (LensEvaluation) evaluation = sample_named (names[i]);
      g_autoptr (GBytes) once = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
      g_autoptr (LensEvaluation) again = read_octets (once);
      g_autoptr (GBytes) twice = lens_record_octets (again, LENS_EMIT_PRETTY);

      g_assert_true (g_bytes_equal (once, twice));
      g_assert_true (lens_evaluation_adds_up (again));
    }
}

static void
both_layouts_say_the_same (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autoptr (GBytes) pretty = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  g_autoptr (GBytes) compact = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  const gsize size = g_bytes_get_size (compact);
  const char *text = g_bytes_get_data (compact, NULL);
  g_autoptr (LensJson) one
      = lens_json_parse (g_bytes_get_data (pretty, NULL), g_bytes_get_size (pretty), NULL);
  g_autoptr (LensJson) other = lens_json_parse ((const guint8 *)text, size, NULL);

  g_assert_null (lens_json_first_difference (one, other));
  g_assert_true (memchr (text, '\n', size) == text + size - 1);
}

static void
a_locale_changes_nothing (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autoptr (GBytes) before = lens_record_octets (evaluation, LENS_EMIT_PRETTY);

  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL && setlocale (LC_ALL, "C.UTF-8") == NULL)
    {
      g_test_skip ("no other locale here");
      return;
    }
  g_autoptr (GBytes) after = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  setlocale (LC_ALL, "C");
  g_assert_true (g_bytes_equal (before, after));
}

static void
whatever_a_stranger_sent_the_record_is_utf8_and_harmless (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_hostile ();
  g_autoptr (GBytes) octets = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  const char *text = g_bytes_get_data (octets, NULL);
  const gsize size = g_bytes_get_size (octets);

  g_assert_true (g_utf8_validate (text, (gssize)size, NULL));
  for (gsize i = 0; i + 1 < size; i++)
    g_assert_false (g_ascii_iscntrl (text[i]));
  g_assert_null (g_strstr_len (text, (gssize)size, "\xe2\x80\xae"));
  g_assert_null (g_strstr_len (text, (gssize)size, "\xc2\x9b"));
}

static LensFindingRow *
finding_with (LensEvaluation *evaluation, guint64 count, guint n, const LensFrameRange *ranges)
{
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);

  finding->frame_count = count;
  g_array_append_vals (finding->ranges, ranges, n);
  return finding;
}

static void
the_filter_selects_exactly_the_frames (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  const LensFrameRange ranges[] = { { 1, 3 }, { 5, 5 } };
  g_autofree char *filter = lens_record_filter (finding_with (evaluation, 4, 2, ranges));
  g_autofree char *partial = lens_record_filter (finding_with (evaluation, 9, 2, ranges));
  g_autofree char *none = lens_record_filter (finding_with (evaluation, 0, 0, NULL));

  g_assert_cmpstr (filter, ==, "frame.number in {1..3,5}");
  g_assert_null (partial);
  g_assert_null (none);
}

static void
beyond_a_thousand_ranges_there_is_no_filter (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensFindingRow *finding = finding_with (evaluation, 1001, 0, NULL);

  for (guint64 i = 0; i < 1001; i++)
    {
      const LensFrameRange range = { 2 * i + 1, 2 * i + 1 };
      g_array_append_val (finding->ranges, range);
    }
  g_assert_null (lens_record_filter (finding));
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read ((const guint8 *)text, strlen (text), &error);

  g_assert_null (evaluation);
  g_assert_error (error, LENS_RECORD_ERROR, LENS_RECORD_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

/* The sample with @before, which is in it, replaced once. */
static char *
with (const char *before, const char *after)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autoptr (GBytes) octets = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  GString *text
      = g_string_new_len (g_bytes_get_data (octets, NULL), (gssize)g_bytes_get_size (octets));

  g_assert_cmpuint (g_string_replace (text, before, after, 1), ==, 1);
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *before, *after, *message;
} Bent;

static void
assert_each_refused (const Bent *bent, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = with (bent[i].before, bent[i].after);
      assert_refused (text, bent[i].message);
    }
}

static void
a_record_that_lies_about_types_is_refused_by_name (void)
{
  static const Bent bent[] = {
    { "\"severity\": \"high\"", "\"severity\": 3", "findings[0].severity is not a string" },
    { "\"severity\": \"high\"", "\"severity\": \"x\"",
      "findings[0].severity is missing or has an unknown value" },
    { "\"findings\": [", "\"findings\": [7,", "findings[0] is not an object" },
    { "\"phases\": [", "\"phases\": [[],", "phases[0] is not an object" },
    { "\"stimuli\": [", "\"stimuli\": [null,", "stimuli[0] is not an object" },
    { "{\"class\": \"declared-video\"", "{\"class\": \"x\"",
      "ledger.classes[0].class is missing or has an unknown value" },
    { "\"bins\": ", "\"bins\": 4000000000, \"bans\": ", "ledger.timeline.bins is out of range" },
    { "\"first\": \"1767225600.123456789\"", "\"first\": \"1.0000000000\"",
      "input.first is not a time in seconds since the epoch" },
    { "\"flows\": [", "\"flows\": [{\"sport\": 65536, \"class\": \"hidden\"},",
      "flows[0].sport is out of range" },
    { "\"devices\": [", "\"devices\": {}, \"machines\": [", "devices is not a list" },
    { "\"filter\": \"frame", "\"filter\": [], \"sieve\": \"frame",
      "findings[0].filter is not a string" },
  };

  assert_refused ("[]", "schema is not lenscap-evaluation/1");
  assert_each_refused (bent, G_N_ELEMENTS (bent));
}

static void
a_record_without_a_part_that_all_have_is_refused_by_name (void)
{
  static const char *const parts[]
      = { "tool",     "input",  "report",   "reasons",   "devices",
          "declared", "phases", "stimuli",  "witnesses", "ledger",
          "findings", "leads",  "coverage", "flows",     "flows_rest" };
  static const Bent bent[] = {
    { "\"status\": \"complete\"", "\"status\": null", "input.status is missing" },
    { "\"total_bytes\": ", "\"all_bytes\": ", "ledger.total_bytes is missing" },
    { "\"frames\": {\"count\"", "\"frames\": {\"number\"", "findings[0].frames.count is missing" },
    { "\"capacity_bps\": ", "\"bps\": ", "findings[0].capacity_bps is missing" },
    { "\"hides\": ", "\"hidden\": ", "findings[0].hides is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *before = g_strdup_printf ("\n  \"%s\": ", parts[i]);
      g_autofree char *after = g_strdup_printf ("\n  \"%s\": null, \"other\": ", parts[i]);
      g_autofree char *text = with (before, after);
      g_autofree char *message = g_strdup_printf ("%s is missing", parts[i]);
      assert_refused (text, message);
    }
  assert_refused ("{\"schema\": \"lenscap-evaluation/1\"}", "tool is missing");
  assert_each_refused (bent, G_N_ELEMENTS (bent));
}

static void
a_record_that_contradicts_itself_is_refused_by_name (void)
{
  static const Bent bent[] = {
    { "\"bytes\": 18209460", "\"bytes\": 18209459",
      "ledger.classes add up to less than total_bytes" },
    { "\"bytes\": 18209460", "\"bytes\": 9223372036854775807",
      "ledger.classes add up to more than total_bytes" },
    { "\"total_bytes\": ", "\"total_bytes\": 1, \"some_bytes\": ",
      "ledger.classes add up to more than total_bytes" },
    { "{\"class\": \"declared-audio\"", "{\"class\": \"declared-video\"",
      "ledger.classes[1].class stands twice" },
    { "\"total_packets\": ", "\"total_packets\": 7, \"some_packets\": ",
      "ledger.classes[0].packets is more than there is" },
    { "\"id\": \"F002\"", "\"id\": \"F001\"", "findings[1].id is not its number in the list" },
    { "\"id\": \"F001\"", "\"id\": \"../../F001\"",
      "findings[0].id is not its number in the list" },
    { "\"id\": \"L001\"", "\"id\": \"F001\"", "leads[0].id is not its number in the list" },
    { "\"capacity_bps\": ", "\"capacity_bps\": -3, \"bps\": ",
      "findings[0].capacity_bps is out of range" },
    { "\"confidence\": 1,", "\"confidence\": 1.5,", "findings[0].confidence is out of range" },
    { "\"p_value\": null", "\"p_value\": -0.5", "findings[0].p_value is out of range" },
    { "\"used_bits\": ", "\"used_bits\": 9000000000000000000, \"bits\": ",
      "findings[0].used_bits is more than room_bits" },
    { "{\"count\": 210, ", "{\"count\": 209, ",
      "findings[0].frames.ranges hold more frames than count says" },
    { "{\"count\": 210, ", "{\"count\": 211, ", "findings[0].filter is not that of its frames" },
    { "[[1204, 1204], [1241", "[[1241, 1241], [1241",
      "findings[0].frames.ranges[1] is not a range of frames" },
    { "\"filter\": \"frame.number in {1204,", "\"filter\": \"frame.number in {1205,",
      "findings[0].filter is not that of its frames" },
    { "\"verdict\": \"concealed\"", "\"verdict\": \"conforms\"",
      "verdict is milder than that of a device" },
  };

  assert_each_refused (bent, G_N_ELEMENTS (bent));
}

/* --- what no honest record can say --- */

static LensFindingRow *
first_finding (LensEvaluation *evaluation)
{
  return evaluation->findings->pdata[0];
}

static LensDeviceRow *
only_device (LensEvaluation *evaluation)
{
  return evaluation->devices->pdata[0];
}

static void
set_text (char **text, const char *to)
{
  g_free (*text);
  *text = g_strdup (to);
}

static void
set_verdicts (LensEvaluation *evaluation, LensVerdict verdict)
{
  evaluation->verdict = only_device (evaluation)->verdict = verdict;
}

static void
say_it_conforms (LensEvaluation *evaluation)
{
  set_verdicts (evaluation, LENS_VERDICT_CONFORMS);
  g_ptr_array_set_size (evaluation->reasons, 0);
  g_ptr_array_set_size (only_device (evaluation)->reasons, 0);
}

static void
hide_nothing (LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->findings->len; i++)
    ((LensFindingRow *)evaluation->findings->pdata[i])->hides = FALSE;
}

static void
find_nothing (LensEvaluation *evaluation)
{
  g_ptr_array_set_size (evaluation->findings, 0);
}

static void
find_nothing_and_conform (LensEvaluation *evaluation)
{
  find_nothing (evaluation);
  set_verdicts (evaluation, LENS_VERDICT_CONFORMS); /* with a bound above 0 */
}

static void
lose_packets_and_conform (LensEvaluation *evaluation)
{
  find_nothing (evaluation);
  set_verdicts (evaluation, LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY);
  ((LensInterfaceRow *)evaluation->input.interfaces->pdata[0])->dropped = 9;
}

static void
be_worse_than_all (LensEvaluation *evaluation)
{
  find_nothing (evaluation);
  only_device (evaluation)->verdict = LENS_VERDICT_INCONCLUSIVE;
}

static void
give_no_reason (LensEvaluation *evaluation)
{
  g_ptr_array_set_size (evaluation->reasons, 0);
}

static void
blame_a_stranger (LensEvaluation *evaluation)
{
  set_text (&first_finding (evaluation)->device, "Another");
}

static void
blame_nobody (LensEvaluation *evaluation)
{
  set_text (&first_finding (evaluation)->device, NULL);
}

static void
forget_the_devices (LensEvaluation *evaluation)
{
  g_ptr_array_set_size (evaluation->devices, 0);
}

static void
fail (LensEvaluation *evaluation)
{
  set_text (&evaluation->input.status, "failed");
  set_text (&evaluation->input.problem, "no reason at all");
}

static void
be_cut (LensEvaluation *evaluation)
{
  set_text (&evaluation->input.status, "truncated");
}

static void
have_a_problem (LensEvaluation *evaluation)
{
  set_text (&evaluation->input.problem, "the end is missing");
}

static void
be_in_another_state (LensEvaluation *evaluation)
{
  have_a_problem (evaluation);
  set_text (&evaluation->input.status, "fine");
}

static void
count_one_packet (LensEvaluation *evaluation)
{
  evaluation->input.packets = 1;
}

static void
end_before_it_begins (LensEvaluation *evaluation)
{
  evaluation->input.last = 1000;
}

static void
find_backwards (LensEvaluation *evaluation)
{
  first_finding (evaluation)->last = first_finding (evaluation)->first - 1;
}

static void
point_elsewhere (LensEvaluation *evaluation)
{
  g_array_index (first_finding (evaluation)->octets, LensPiece, 7).frame++;
}

static void
look_at_nothing (LensEvaluation *evaluation)
{
  g_ptr_array_set_size (evaluation->coverage, 0);
}

static void
look_twice (LensEvaluation *evaluation)
{
  LensCoverageRow *row = evaluation->coverage->pdata[3];
  set_text (&row->channel, ((LensCoverageRow *)evaluation->coverage->pdata[1])->channel);
}

static void
flow_with_more_than_all (LensEvaluation *evaluation)
{
  ((LensFlowRow *)evaluation->flows->pdata[1])->bytes_out = G_MAXINT64;
}

static void
flow_backwards (LensEvaluation *evaluation)
{
  ((LensFlowRow *)evaluation->flows->pdata[2])->last = 0;
}

static void
what_no_honest_record_says_is_refused_by_name (void)
{
  static const struct
  {
    void (*bend) (LensEvaluation *);
    const char *message;
  } lies[] = {
    { say_it_conforms, "devices[0].verdict is not that of the findings" },
    { hide_nothing, "devices[0].verdict is not that of the findings" },
    { find_nothing, "devices[0].verdict is not that of the findings" },
    { find_nothing_and_conform, "devices[0].verdict is milder than the run allows" },
    { lose_packets_and_conform, "devices[0].verdict is milder than the run allows" },
    { be_worse_than_all, "verdict is that of no device" },
    { give_no_reason, "reasons are missing: the verdict has some" },
    { blame_a_stranger, "findings[0].device is none of the devices" },
    { blame_nobody, "findings[0].device is none of the devices" },
    { forget_the_devices, "findings[0].device is none of the devices" },
    { fail, "input.status is failed, and yet there are packets" },
    { be_cut, "input.problem is missing: the input is not complete" },
    { have_a_problem, "input.problem is named, and yet the input is complete" },
    { be_in_another_state, "input.status has an unknown value" },
    { count_one_packet, "input.packets is not total_packets of the ledger" },
    { end_before_it_begins, "input.last is before first" },
    { find_backwards, "findings[0].last is before first" },
    { point_elsewhere, "findings[0].octets lie in a frame that is not the finding's" },
    { look_at_nothing, "coverage is empty: every catalogue has channels" },
    { look_twice, "coverage[3].channel stands twice" },
    { flow_with_more_than_all, "flows[1] has more octets than the capture" },
    { flow_backwards, "flows[2].last is before first" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (LensEvaluation) evaluation = sample_rich ();
      lies[i].bend (evaluation);
      g_autoptr (GBytes) octets = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
      g_autofree char *text
          = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
      assert_refused (text, lies[i].message);
    }
}

/* What looks odd and is not: all of these are written. */
static void
what_an_honest_record_may_say_is_read (void)
{
  g_autoptr (LensEvaluation) crashed = sample_failed ();
  LensFindingRow *crash = lens_evaluation_add_finding (crashed);
  const LensFrameRange last = { 7, 9 };

  crash->id = g_strdup ("F001");
  crash->channel = g_strdup ("evaluator-crash");
  crash->analyzer = g_strdup ("supervisor");
  crash->device = g_strdup ("The declared one");
  crash->summary = g_strdup ("The reader broke.");
  crash->severity = LENS_SEVERITY_CRITICAL;
  crash->hides = TRUE;
  g_array_append_val (crash->ranges, last);
  crash->frame_count = 3;
  crashed->verdict = LENS_VERDICT_CONCEALED;
  g_autoptr (GBytes) once = lens_record_octets (crashed, LENS_EMIT_COMPACT);
  g_autoptr (LensEvaluation) read = read_octets (once);
  g_assert_cmpint (read->verdict, ==, LENS_VERDICT_CONCEALED);

  /* frames beyond the packets (custom blocks have numbers), a flow inside itself, a finding of
   * many ranges whose octets lie in one that is not listed, a device of no finding */
  g_autoptr (LensEvaluation) odd = sample_rich ();
  LensFindingRow *many = odd->findings->pdata[1];
  LensFlowRow *flow = odd->flows->pdata[1];
  LensDeviceRow *quiet = lens_evaluation_add_device (odd);
  g_array_index (many->octets, LensPiece, 7).frame = odd->input.packets + 9;
  flow->bytes_out = 2 * odd->ledger.total_bytes;
  flow->bytes_in = 2 * odd->ledger.total_bytes;
  quiet->name = g_strdup ("Quiet");
  quiet->verdict = LENS_VERDICT_INCONCLUSIVE;
  g_ptr_array_add (quiet->reasons, g_strdup ("no packet of the device was seen"));
  g_autoptr (GBytes) twice = lens_record_octets (odd, LENS_EMIT_COMPACT);
  g_autoptr (LensEvaluation) again = read_octets (twice);
  g_assert_cmpuint (again->devices->len, ==, 2);
}

static void
every_time_reads_as_it_was_written (void)
{
  static const struct
  {
    const char *text;
    gint64 ns;
    gboolean good;
  } times[] = {
    { "0.000000000", 0, TRUE },
    { "1700000000.000000001", G_GINT64_CONSTANT (1700000000000000001), TRUE },
    { "-0.500000000", -500000000, TRUE },
    { "9223372036.854775807", G_MAXINT64, TRUE },
    { "-9223372036.854775808", G_MININT64, TRUE },
    { "9223372036.854775808", 0, FALSE },
    { "99999999999", 0, FALSE },
    { "", 0, FALSE },
    { "-", 0, FALSE },
    { ".", 0, FALSE },
    { "1.2.3", 0, FALSE },
    { "1e3", 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gint64 ns = 0;
      g_assert_true (lens_record_parse_time (times[i].text, &ns) == times[i].good);
      if (times[i].good)
        g_assert_cmpint (ns, ==, times[i].ns);
    }
}

static void
unknown_keys_are_passed_over (void)
{
  g_autofree char *text = with ("\"schema\": ", "\"new\": {\"unknown\": []}, \"schema\": ");
  g_autoptr (GBytes) octets = g_bytes_new_static (text, strlen (text));
  g_autoptr (LensEvaluation) evaluation = read_octets (octets);

  g_assert_cmpint (evaluation->verdict, ==, LENS_VERDICT_CONCEALED);
  g_assert_cmpuint (evaluation->findings->len, >, 0);
}

/* Cut or bent anywhere, a record is shown or refused, never worse. */
static void
a_damaged_record_does_no_harm (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_ptr_array_set_size (evaluation->findings, 1);
  evaluation->ledger.n_bins = 3;
  g_autoptr (GBytes) octets = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  const gsize size = g_bytes_get_size (octets);

  for (gsize at = 0; at < size; at += 211)
    {
      g_autofree guint8 *bent = g_memdup2 (g_bytes_get_data (octets, NULL), size);
      bent[at] ^= 0x11;
      g_autoptr (LensEvaluation) cut = lens_record_read (bent, at, NULL);
      g_autoptr (GBytes) whole = g_bytes_new (bent, size);
      g_autoptr (GBytes) page = lens_html_from_record (whole, whole, NULL, NULL);
      g_autoptr (GBytes) text = lens_text_from_record (whole, whole, NULL, FALSE, NULL);
      g_assert_null (cut);
      g_assert_true ((page == NULL) == (text == NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/record/what-is-read-is-written-again", what_is_read_is_written_again);
  g_test_add_func ("/report/record/both-layouts-say-the-same", both_layouts_say_the_same);
  g_test_add_func ("/report/record/a-locale-changes-nothing", a_locale_changes_nothing);
  g_test_add_func ("/report/record/whatever-a-stranger-sent-the-record-is-utf8-and-harmless",
                   whatever_a_stranger_sent_the_record_is_utf8_and_harmless);
  g_test_add_func ("/report/record/the-filter-selects-exactly-the-frames",
                   the_filter_selects_exactly_the_frames);
  g_test_add_func ("/report/record/beyond-a-thousand-ranges-there-is-no-filter",
                   beyond_a_thousand_ranges_there_is_no_filter);
  g_test_add_func ("/report/record/a-record-that-lies-about-types-is-refused-by-name",
                   a_record_that_lies_about_types_is_refused_by_name);
  g_test_add_func ("/report/record/every-time-reads-as-it-was-written",
                   every_time_reads_as_it_was_written);
  g_test_add_func ("/report/record/a-record-without-a-part-that-all-have-is-refused-by-name",
                   a_record_without_a_part_that_all_have_is_refused_by_name);
  g_test_add_func ("/report/record/a-record-that-contradicts-itself-is-refused-by-name",
                   a_record_that_contradicts_itself_is_refused_by_name);
  g_test_add_func ("/report/record/what-no-honest-record-says-is-refused-by-name",
                   what_no_honest_record_says_is_refused_by_name);
  g_test_add_func ("/report/record/what-an-honest-record-may-say-is-read",
                   what_an_honest_record_may_say_is_read);
  g_test_add_func ("/report/record/unknown-keys-are-passed-over", unknown_keys_are_passed_over);
  g_test_add_func ("/report/record/a-damaged-record-does-no-harm", a_damaged_record_does_no_harm);
  return g_test_run ();
}
