#include "report/record.h"

#include <locale.h>
#include <string.h>

#include "report/html.h"
#include "report/json.h"
#include "report/text.h"
#include "sample.h"

static const char *const names[] = { "rich", "hostile", "failed", "clean" };

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

#define RECORD(rest) "{\"schema\": \"lenscap-evaluation/1\", \"verdict\": \"conforms\"" rest "}"

static void
a_record_that_lies_about_types_is_refused_by_name (void)
{
  assert_refused ("[]", "schema is not lenscap-evaluation/1");
  assert_refused ("{\"schema\": \"lenscap-evaluation/1\"}",
                  "verdict is missing or has an unknown value");
  assert_refused (RECORD (", \"findings\": [{\"severity\": 3}]"),
                  "findings[0].severity is not a string");
  assert_refused (RECORD (", \"findings\": [7]"),
                  "findings[0].severity is missing or has an unknown value");
  assert_refused (RECORD (", \"ledger\": {\"classes\": [{\"class\": \"x\"}]}"),
                  "ledger.classes[0].class is missing or has an unknown value");
  assert_refused (RECORD (", \"ledger\": {\"timeline\": {\"bins\": 4000000000}}"),
                  "ledger.timeline.bins is out of range");
  assert_refused (RECORD (", \"input\": {\"first\": \"1.0000000000\"}"),
                  "input.first is not a time in seconds since the epoch");
  assert_refused (RECORD (", \"flows\": [{\"sport\": 65536, \"class\": \"hidden\"}]"),
                  "flows[0].sport is out of range");
  assert_refused (RECORD (", \"devices\": {}"), "devices is not a list");
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
a_record_with_little_in_it_reads (void)
{
  static const char text[] = RECORD (", \"new\": {\"unknown\": []}");
  g_autoptr (GBytes) octets = g_bytes_new_static (text, strlen (text));
  g_autoptr (LensEvaluation) evaluation = read_octets (octets);

  g_assert_cmpint (evaluation->verdict, ==, LENS_VERDICT_CONFORMS);
  g_assert_cmpuint (evaluation->findings->len, ==, 0);
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
  g_test_add_func ("/report/record/a-record-with-little-in-it-reads",
                   a_record_with_little_in_it_reads);
  g_test_add_func ("/report/record/a-damaged-record-does-no-harm", a_damaged_record_does_no_harm);
  return g_test_run ();
}
