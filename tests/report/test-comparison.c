#include "report/comparison.h"

#include <string.h>

#include "report/record.h"
#include "sample.h"

/* Compares what was written of both: as two cases that came from elsewhere. */
static LensComparison *
compared (const LensEvaluation *one, const LensEvaluation *other, double tolerance)
{
  g_autoptr (GBytes) first = lens_record_octets (one, LENS_EMIT_COMPACT);
  g_autoptr (GBytes) second = lens_record_octets (other, LENS_EMIT_COMPACT);
  g_autoptr (GError) error = NULL;
  LensComparison *comparison = lens_comparison_from_records (first, second, tolerance, &error);

  g_assert_no_error (error);
  return comparison;
}

static const LensComparedSection *
section_of (const LensComparison *comparison, const char *id)
{
  for (guint i = 0; i < comparison->sections->len; i++)
    {
      const LensComparedSection *section = comparison->sections->pdata[i];
      if (g_str_equal (section->id, id))
        return section;
    }
  g_assert_not_reached ();
}

/* The rows of @id that @change has: how many. */
static guint64
n_of (const LensComparison *comparison, const char *id, LensChange change)
{
  return section_of (comparison, id)->n[change];
}

static void
assert_all_same_in (const LensComparison *comparison, const char *id)
{
  const LensComparedSection *section = section_of (comparison, id);

  g_assert_cmpuint (section->n[LENS_CHANGE_SAME], ==, section->rows->len);
}

static void
a_record_is_the_same_as_itself (void)
{
  static const char *const names[] = { "rich", "hostile", "extreme", "failed", "clean" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (LensEvaluation) evaluation = sample_named (names[i]);
      g_autoptr (LensComparison) comparison = compared (evaluation, evaluation, 0);
      g_assert_true (comparison->same);
      g_assert_cmpuint (section_of (comparison, "verdicts")->rows->len, >=, 1);
    }
}

static void
what_only_one_has_is_new_or_gone (void)
{
  g_autoptr (LensEvaluation) rich = sample_rich (), fewer = sample_rich ();

  g_ptr_array_remove_index (fewer->findings, 1);
  for (guint i = 0; i < fewer->findings->len; i++)
    {
      LensFindingRow *finding = fewer->findings->pdata[i];
      g_free (finding->id);
      finding->id = g_strdup_printf ("F%03u", i + 1);
    }
  g_autoptr (LensComparison) gone = compared (rich, fewer, 0);
  g_autoptr (LensComparison) new = compared (fewer, rich, 0);
  g_assert_false (gone->same);
  g_assert_cmpuint (n_of (gone, "findings", LENS_CHANGE_GONE), ==, 1);
  g_assert_cmpuint (n_of (gone, "findings", LENS_CHANGE_NEW), ==, 0);
  g_assert_cmpuint (n_of (new, "findings", LENS_CHANGE_NEW), ==, 1);
  assert_all_same_in (gone, "ledger");
  assert_all_same_in (gone, "flows");
}

static const LensComparedValue *
value_of (const LensComparedRow *row, const char *name)
{
  for (guint i = 0; i < row->values->len; i++)
    if (g_str_equal (g_array_index (row->values, LensComparedValue, i).name, name))
      return &g_array_index (row->values, LensComparedValue, i);
  g_assert_not_reached ();
}

static void
what_changed_has_both_numbers (void)
{
  g_autoptr (LensEvaluation) one = sample_rich (), other = sample_rich ();
  LensFindingRow *finding = other->findings->pdata[0];
  const guint64 before = finding->used_bits;

  finding->used_bits = before + 8;
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  g_assert_cmpuint (n_of (comparison, "findings", LENS_CHANGE_CHANGED), ==, 1);
  const LensComparedRow *row = section_of (comparison, "findings")->rows->pdata[0];
  g_assert_cmpstr (row->parts[0], ==, finding->channel);
  g_assert_cmpuint (value_of (row, "used")->count[0], ==, before);
  g_assert_cmpuint (value_of (row, "used")->count[1], ==, before + 8);
  g_assert_true (value_of (row, "used")->differs);
  g_assert_false (value_of (row, "severity")->differs);
}

/* What makes a finding weigh, and how far a capture can be trusted, are no less than its numbers.
 */
static void
what_hides_and_what_was_lost_are_told (void)
{
  g_autoptr (LensEvaluation) one = sample_rich (), hiding = sample_rich (), losing = sample_rich (),
                             cut = sample_rich (), silent = sample_rich ();

  ((LensFindingRow *)hiding->findings->pdata[3])->hides = TRUE; /* for information only */
  ((LensInterfaceRow *)losing->input.interfaces->pdata[0])->dropped = 1000000;
  ((LensInterfaceRow *)silent->input.interfaces->pdata[0])->dropped = -1;
  cut->input.truncated_packets = 500;
  g_autoptr (LensComparison) of_hiding = compared (one, hiding, 0);
  g_autoptr (LensComparison) of_losing = compared (one, losing, 0);
  g_autoptr (LensComparison) of_silent = compared (one, silent, 0);
  g_autoptr (LensComparison) of_cut = compared (one, cut, 0);

  g_assert_false (of_hiding->same);
  g_assert_cmpuint (n_of (of_hiding, "findings", LENS_CHANGE_CHANGED), ==, 1);
  const LensComparedRow *finding = section_of (of_hiding, "findings")->rows->pdata[0];
  g_assert_cmpstr (value_of (finding, "hides")->text[0], ==, "no");
  g_assert_cmpstr (value_of (finding, "hides")->text[1], ==, "yes");
  g_assert_cmpuint (n_of (of_losing, "capture", LENS_CHANGE_CHANGED), ==, 1);
  const LensComparedRow *lost = section_of (of_losing, "capture")->rows->pdata[0];
  g_assert_cmpuint (value_of (lost, "lost")->count[1], ==, 1000000);
  const LensComparedRow *unknown = section_of (of_silent, "capture")->rows->pdata[0];
  g_assert_false (value_of (unknown, "lost")->has[1]);
  g_assert_false (of_silent->same);
  g_assert_cmpuint (n_of (of_cut, "capture", LENS_CHANGE_CHANGED), ==, 1);
  const LensComparedRow *short_of = section_of (of_cut, "capture")->rows->pdata[0];
  g_assert_cmpuint (value_of (short_of, "cut short")->count[1], ==, 500);
}

/* A viewer connects again from another port; the server's stays. */
static void
ports_drawn_for_a_connection_do_not_count (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();
  LensEvaluation *both[] = { one, other };

  for (guint i = 0; i < 2; i++)
    {
      LensFlowRow *flow = lens_evaluation_add_flow (both[i]);
      flow->proto = g_strdup ("tcp");
      flow->src = g_strdup ("203.0.113.9");
      flow->dst = g_strdup ("203.0.113.10");
      flow->sport = i == 0 ? 40000 : 50000;
      flow->dport = 8554;
    }
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  assert_all_same_in (comparison, "flows");
  ((LensFlowRow *)other->flows->pdata[other->flows->len - 1])->dport = 8555;
  g_autoptr (LensComparison) moved = compared (one, other, 0);
  g_assert_cmpuint (n_of (moved, "flows", LENS_CHANGE_NEW), ==, 1);
  g_assert_cmpuint (n_of (moved, "flows", LENS_CHANGE_GONE), ==, 1);
}

static void
a_peer_that_moves_keeps_its_name (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();
  LensEvaluation *both[] = { one, other };

  for (guint i = 0; i < 2; i++)
    {
      LensFlowRow *flow = lens_evaluation_add_flow (both[i]);
      flow->proto = g_strdup ("tcp");
      flow->src = g_strdup ("203.0.113.9");
      flow->dst = g_strdup (i == 0 ? "198.51.100.1" : "198.51.100.2");
      flow->dport = 443;
      flow->name = g_strdup ("cloud.example.net");
    }
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  assert_all_same_in (comparison, "flows");
}

static void
a_device_that_was_renamed_is_the_same_one (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();
  LensDeviceRow *device = other->devices->pdata[0];

  g_free (device->name);
  device->name = g_strdup ("Another name");
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  assert_all_same_in (comparison, "verdicts");
  g_assert_cmpuint (n_of (comparison, "identity", LENS_CHANGE_CHANGED), ==, 1);
}

static void
a_new_firmware_is_told (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();
  LensDeviceRow *device = other->devices->pdata[0];

  g_free (device->firmware);
  device->firmware = g_strdup ("V9.9.9");
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  g_autoptr (GBytes) text = lens_comparison_text (comparison);
  g_assert_nonnull (
      g_strstr_len (g_bytes_get_data (text, NULL), (gssize)g_bytes_get_size (text), "firmware"));
  g_assert_nonnull (
      g_strstr_len (g_bytes_get_data (text, NULL), (gssize)g_bytes_get_size (text), "V9.9.9"));
}

/* Twice as long, twice as much: the same an hour. */
static void
tolerance_looks_at_what_happens_an_hour (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();

  other->input.last = other->input.first + 2 * (one->input.last - one->input.first);
  other->ledger.total_bytes *= 2;
  other->ledger.total_packets *= 2;
  other->input.packets *= 2;
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      other->ledger.classes[i].bytes *= 2;
      other->ledger.classes[i].packets *= 2;
    }
  g_ptr_array_set_size (one->ledger.parts, 0);
  g_ptr_array_set_size (other->ledger.parts, 0);
  g_autoptr (LensComparison) exact = compared (one, other, 0);
  g_autoptr (LensComparison) near = compared (one, other, 0.01);
  g_assert_cmpuint (n_of (exact, "ledger", LENS_CHANGE_CHANGED), >, 0);
  assert_all_same_in (near, "ledger");
}

static gboolean
limits_say (const LensComparison *comparison, const char *words)
{
  for (guint i = 0; i < comparison->limits->len; i++)
    if (strstr (comparison->limits->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
what_limits_it_is_said_and_is_no_difference (void)
{
  g_autoptr (LensEvaluation) one = sample_clean (), other = sample_clean ();

  g_free (other->tool.version);
  g_free (other->tool.profile_sha256);
  g_free (other->tool.only);
  other->tool.version = g_strdup ("9.9");
  other->tool.profile_sha256 = g_strdup ("0000");
  other->tool.only = g_strdup ("rtp-padding");
  g_autoptr (LensComparison) comparison = compared (one, other, 0);
  g_assert_true (limits_say (comparison, "9.9"));
  g_assert_true (limits_say (comparison, "The profile differs"));
  g_assert_true (limits_say (comparison, "rtp-padding"));
  g_assert_true (comparison->same);
}

static void
the_error_says_which_record_is_none (void)
{
  g_autoptr (LensEvaluation) clean = sample_clean ();
  g_autoptr (GBytes) good = lens_record_octets (clean, LENS_EMIT_COMPACT);
  g_autoptr (GBytes) bad = g_bytes_new_static ("{\"schema\": 1}", 13);
  g_autoptr (GError) error = NULL, other_error = NULL;

  g_assert_null (lens_comparison_from_records (bad, good, 0, &error));
  g_assert_nonnull (strstr (error->message, "the first record"));
  g_assert_null (lens_comparison_from_records (good, bad, 0, &other_error));
  g_assert_nonnull (strstr (other_error->message, "the second record"));
}

/* No octet of the page acts on a terminal or is markup that we did not write. */
static void
strangers_are_escaped_on_every_face (void)
{
  g_autoptr (LensEvaluation) hostile = sample_hostile (), clean = sample_clean ();
  g_autoptr (LensComparison) comparison = compared (clean, hostile, 0);
  g_autoptr (GBytes) text = lens_comparison_text (comparison);
  g_autoptr (GBytes) html = lens_comparison_html (comparison);
  g_autoptr (GBytes) json = lens_comparison_json (comparison);
  GBytes *pages[] = { text, html, json };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gsize length;
      const char *page = g_bytes_get_data (pages[i], &length);
      g_assert_true (g_utf8_validate (page, (gssize)length, NULL));
      for (gsize at = 0; at < length; at++)
        g_assert_true ((guchar)page[at] >= 0x20 || page[at] == '\n');
      g_assert_null (g_strstr_len (page, (gssize)length, "\xe2\x80\xae")); /* U+202E */
    }
  g_assert_null (
      g_strstr_len (g_bytes_get_data (html, NULL), (gssize)g_bytes_get_size (html), "<script"));
}

static void
the_same_records_give_the_same_octets (void)
{
  g_autoptr (LensEvaluation) rich = sample_rich (), clean = sample_clean ();
  g_autoptr (LensComparison) one = compared (rich, clean, 0);
  g_autoptr (LensComparison) again = compared (rich, clean, 0);
  g_autoptr (GBytes) first = lens_comparison_json (one);
  g_autoptr (GBytes) second = lens_comparison_json (again);

  g_assert_true (g_bytes_equal (first, second));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/comparison/a-record-is-the-same-as-itself",
                   a_record_is_the_same_as_itself);
  g_test_add_func ("/report/comparison/what-only-one-has-is-new-or-gone",
                   what_only_one_has_is_new_or_gone);
  g_test_add_func ("/report/comparison/what-changed-has-both-numbers",
                   what_changed_has_both_numbers);
  g_test_add_func ("/report/comparison/what-hides-and-what-was-lost-are-told",
                   what_hides_and_what_was_lost_are_told);
  g_test_add_func ("/report/comparison/ports-drawn-for-a-connection-do-not-count",
                   ports_drawn_for_a_connection_do_not_count);
  g_test_add_func ("/report/comparison/a-peer-that-moves-keeps-its-name",
                   a_peer_that_moves_keeps_its_name);
  g_test_add_func ("/report/comparison/a-device-that-was-renamed-is-the-same-one",
                   a_device_that_was_renamed_is_the_same_one);
  g_test_add_func ("/report/comparison/a-new-firmware-is-told", a_new_firmware_is_told);
  g_test_add_func ("/report/comparison/tolerance-looks-at-what-happens-an-hour",
                   tolerance_looks_at_what_happens_an_hour);
  g_test_add_func ("/report/comparison/what-limits-it-is-said-and-is-no-difference",
                   what_limits_it_is_said_and_is_no_difference);
  g_test_add_func ("/report/comparison/the-error-says-which-record-is-none",
                   the_error_says_which_record_is_none);
  g_test_add_func ("/report/comparison/strangers-are-escaped-on-every-face",
                   strangers_are_escaped_on_every_face);
  g_test_add_func ("/report/comparison/the-same-records-give-the-same-octets",
                   the_same_records_give_the_same_octets);
  return g_test_run ();
}
