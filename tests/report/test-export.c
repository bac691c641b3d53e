#include "report/export.h"

#include <string.h>

#include "report/escape.h"
#include "report/json.h"
#include "report/record.h"
#include "sample.h"

static const char *const samples[] = { "rich", "hostile", "extreme", "failed", "clean" };

static void
keep (const char *file, GBytes *octets, gpointer data)
{
  /* No file twice. */
  g_assert_true (g_hash_table_insert (data, g_strdup (file), g_bytes_ref (octets)));
}

/* The files of a render by name: GBytes. */
static GHashTable *
render (const char *sample, const char *const *formats)
{
  GHashTable *files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  g_autoptr (LensEvaluation) evaluation = sample_named (sample);
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = g_strnfill (64, 'a');
  const LensExportSource source = { record, NULL, mapping, hash, hash };

  g_assert_true (lens_export (formats, &source, keep, files, &error));
  g_assert_no_error (error);
  return files;
}

static char *
text_of (GHashTable *files, const char *file)
{
  GBytes *octets = g_hash_table_lookup (files, file);

  g_assert_nonnull (octets);
  return g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
}

static void
each_format_has_the_files_it_says (void)
{
  const char *const *formats = lens_export_formats ();

  for (guint i = 0; formats[i] != NULL; i++)
    {
      const char *const one[] = { formats[i], NULL };
      g_autoptr (GHashTable) files = render ("rich", one);
      const char *const *names = lens_export_files (formats[i]);

      g_assert_cmpuint (g_hash_table_size (files), ==, g_strv_length ((GStrv)names));
      for (guint n = 0; names[n] != NULL; n++)
        g_assert_true (g_hash_table_contains (files, names[n]));
    }
  g_assert_null (lens_export_files ("pdf"));
}

static void
two_renders_are_the_same_octets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GHashTable) one = render (samples[i], lens_export_formats ());
      g_autoptr (GHashTable) other = render (samples[i], lens_export_formats ());
      GHashTableIter iter;
      gpointer file, octets;

      g_hash_table_iter_init (&iter, one);
      while (g_hash_table_iter_next (&iter, &file, &octets))
        g_assert_true (g_bytes_equal (octets, g_hash_table_lookup (other, file)));
    }
}

/* What a terminal or an editor would obey: in JSON it is escaped, elsewhere written out. */
static void
nothing_that_acts_is_in_any_file (void)
{
  g_autoptr (GHashTable) files = render ("hostile", lens_export_formats ());
  GHashTableIter iter;
  gpointer file, octets;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &file, &octets))
    {
      g_autofree char *text = text_of (files, file);
      const gboolean is_sheet = g_str_has_suffix (file, ".csv");

      g_assert_true (g_utf8_validate (text, -1, NULL));
      for (const char *at = text; *at != '\0';)
        {
          gunichar c;
          at = lens_escape_next (at, &c);
          g_assert_true (c == '\n' || (c == '\r' && is_sheet && *at == '\n')
                         || !lens_escape_is_hidden (c));
        }
    }
}

/* RFC 4180: cells of one line of CSV. */
static GPtrArray *
cells_of (const char **at)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  GString *cell = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; **at != '\0' && (quoted || !g_str_has_prefix (*at, "\r\n")); (*at)++)
    if (**at == '"' && quoted && (*at)[1] == '"')
      g_string_append_c (cell, *(*at)++);
    else if (**at == '"')
      quoted = !quoted;
    else if (**at == ',' && !quoted)
      {
        g_ptr_array_add (cells, g_string_free (cell, FALSE));
        cell = g_string_new (NULL);
      }
    else
      g_string_append_c (cell, **at);
  g_assert_false (quoted);
  g_assert_true (g_str_has_prefix (*at, "\r\n"));
  *at += 2;
  g_ptr_array_add (cells, g_string_free (cell, FALSE));
  return cells;
}

static void
every_line_of_a_sheet_has_all_columns_and_no_formula (void)
{
  static const char *const formats[] = { "csv", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GHashTable) files = render (samples[i], formats);
      const char *const *names = lens_export_files ("csv");

      for (guint n = 0; names[n] != NULL; n++)
        {
          g_autofree char *text = text_of (files, names[n]);
          const char *at = text;
          g_autoptr (GPtrArray) head = cells_of (&at);

          g_assert_cmpuint (head->len, >=, 7);
          while (*at != '\0')
            {
              g_autoptr (GPtrArray) cells = cells_of (&at);
              g_assert_cmpuint (cells->len, ==, head->len);
              for (guint c = 0; c < cells->len; c++)
                {
                  const char *cell = cells->pdata[c];
                  g_assert_true (*cell == '\0' || strchr ("=+@\t\r", *cell) == NULL);
                  /* A minus is one of a number only. */
                  g_assert_true (*cell != '-'
                                 || strspn (cell + 1, "0123456789.") == strlen (cell + 1));
                }
            }
        }
    }
}

static void
a_formula_is_made_text (void)
{
  static const char *const formats[] = { "csv", NULL };
  g_autoptr (LensEvaluation) evaluation = sample_clean ();
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  LensDeviceRow *device = evaluation->devices->pdata[0];
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GHashTable) files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);

  finding->id = g_strdup ("F001");
  finding->channel = g_strdup ("rtp-csrc");
  finding->analyzer = g_strdup ("rtp-csrc");
  finding->device = g_strdup ("=HYPERLINK(\"http://198.51.100.1/\",\"x\")");
  g_free (device->name);
  device->name = g_strdup (finding->device);
  finding->summary = g_strdup ("  +1+1");
  finding->detail = g_strdup ("'quoted', \nand a line");
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  const LensExportSource source = { record, NULL, mapping, "", NULL };
  g_assert_true (lens_export (formats, &source, keep, files, NULL));
  g_autofree char *text = text_of (files, "findings.csv");
  g_assert_nonnull (strstr (text, ",\"'=HYPERLINK(\"\"http://198.51.100.1/\"\",\"\"x\"\")\","));
  g_assert_nonnull (strstr (text, ",'  +1+1,"));
  g_assert_nonnull (strstr (text, ",\"''quoted', \\u000Aand a line\","));
}

static void
every_line_of_eve_is_a_document (void)
{
  static const char *const formats[] = { "eve", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GHashTable) files = render (samples[i], formats);
      g_autoptr (LensEvaluation) evaluation = sample_named (samples[i]);
      g_autofree char *text = text_of (files, "eve.json");
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      const guint n = g_strv_length (lines) - 1;

      g_assert_cmpuint (n, ==, evaluation->flows->len + evaluation->findings->len + 1);
      g_assert_cmpstr (lines[n], ==, "");
      for (guint line = 0; line < n; line++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (LensJson) json
              = lens_json_parse ((const guint8 *)lines[line], strlen (lines[line]), &error);
          g_assert_no_error (error);
          g_assert_nonnull (lens_json_text (json, lens_json_root (json), "event_type"));
        }
    }
}

#define FINDING                                                                                    \
  "\"channel\":\"\",\"analyzer\":\"\",\"severity\":\"low\",\"hides\":false,\"confidence\":0,"      \
  "\"frames\":{\"count\":0,\"ranges\":[]},\"octets\":[],\"excerpt\":\"\",\"first\":\"0\","         \
  "\"last\":\"0\",\"room_bits\":0,\"used_bits\":0,\"capacity_bps\":0,\"summary\":\"\","            \
  "\"references\":[]"

/* A stranger leaves out what may be left out. */
static void
what_a_record_lacks_is_lacking_there (void)
{
  static const char sparse[]
      = "{\"schema\":\"lenscap-evaluation/1\",\"verdict\":\"inconclusive\",\"reasons\":[\"\"],"
        "\"tool\":{\"version\":\"\",\"options\":{\"caps\":{\"\":1}}},"
        "\"input\":{\"name\":\"\",\"bytes\":0,\"packets\":0,\"wire_bytes\":0,\"interfaces\":[{}],"
        "\"status\":\"truncated\",\"problem\":\"\"},"
        "\"report\":{},\"declared\":{\"streams\":[{}],\"services\":[{}]},"
        "\"phases\":[{}],\"stimuli\":[{}],\"witnesses\":[{}],"
        "\"ledger\":{\"total_bytes\":0,\"total_packets\":0,\"classes\":[],\"parts\":[{}],"
        "\"timeline\":{}},"
        "\"devices\":[{\"verdict\":\"inconclusive\",\"reasons\":[\"\"],"
        "\"addresses\":[\"192.0.2.1\",\"\"]},{\"verdict\":\"inconclusive\",\"reasons\":[\"\"]}],"
        "\"findings\":[{\"id\":\"F001\",\"flow\":{}," FINDING "},{\"id\":\"F002\"," FINDING "}],"
        "\"leads\":[{\"id\":\"L001\"," FINDING "}],"
        "\"coverage\":[{\"channel\":\"\",\"status\":\"examined\",\"examined\":0}],"
        "\"flows\":[{\"class\":\"undeclared\"},"
        "{\"class\":\"undeclared\",\"src\":\"192.0.2.1\",\"dst\":\"198.51.100.1\"},"
        "{\"class\":\"undeclared\",\"proto\":\"t\\\"p\",\"src\":\"192.0.2.1\","
        "\"dst\":\"198.51.100.1\",\"name\":\"-.example\"}],\"flows_rest\":{}}";
  g_autoptr (GBytes) record = g_bytes_new_static (sparse, sizeof sparse - 1);
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GHashTable) files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  const LensExportSource source = { record, NULL, mapping, "", NULL };
  static const char *const documents[]
      = { "stix-bundle.json", "oscal-assessment-results.json", "in-toto-test-result.json" };
  g_autoptr (GError) error = NULL;

  gboolean done = lens_export (lens_export_formats (), &source, keep, files, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autofree char *text = text_of (files, documents[i]);
      g_autoptr (LensJson) json = lens_json_parse ((const guint8 *)text, strlen (text), &error);
      g_assert_no_error (error);
      g_assert_nonnull (lens_json_root (json));
      g_assert_null (strstr (text, "(null)"));
    }
  g_autofree char *stix = text_of (files, "stix-bundle.json");
  g_assert_nonnull (strstr (stix, "[ipv4-addr:value = '198.51.100.1']"));
  g_assert_null (strstr (stix, "domain-name"));
}

/* Where all hosts are under test, those of the Internet are devices, and peers all the same. */
static void
a_peer_that_is_under_test_is_observed (void)
{
  static const char *const formats[] = { "stix", NULL };
  static const char *const hosts[] = { "192.168.10.204", "47.90.240.160" };
  g_autoptr (LensEvaluation) evaluation = sample_clean ();
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GHashTable) files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      LensDeviceRow *device = lens_evaluation_add_device (evaluation);
      device->name = g_strdup (hosts[i]);
      g_ptr_array_add (device->addresses, g_strdup (hosts[i]));
    }
  LensFlowRow *flow = lens_evaluation_add_flow (evaluation);
  flow->proto = g_strdup ("udp");
  flow->src = g_strdup (hosts[0]);
  flow->dst = g_strdup (hosts[1]);
  flow->class_ = LENS_CLASS_UNDECLARED;
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  const LensExportSource source = { record, NULL, mapping, "", NULL };
  g_autoptr (GError) error = NULL;
  lens_export (formats, &source, keep, files, &error);
  g_assert_no_error (error);
  g_autofree char *stix = text_of (files, "stix-bundle.json");
  g_assert_nonnull (strstr (stix, "[ipv4-addr:value = '47.90.240.160']"));
  g_assert_null (strstr (stix, "[ipv4-addr:value = '192.168.10.204']"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/export/each-format-has-the-files-it-says",
                   each_format_has_the_files_it_says);
  g_test_add_func ("/report/export/two-renders-are-the-same-octets",
                   two_renders_are_the_same_octets);
  g_test_add_func ("/report/export/nothing-that-acts-is-in-any-file",
                   nothing_that_acts_is_in_any_file);
  g_test_add_func ("/report/export/every-line-of-a-sheet-has-all-columns-and-no-formula",
                   every_line_of_a_sheet_has_all_columns_and_no_formula);
  g_test_add_func ("/report/export/a-formula-is-made-text", a_formula_is_made_text);
  g_test_add_func ("/report/export/every-line-of-eve-is-a-document",
                   every_line_of_eve_is_a_document);
  g_test_add_func ("/report/export/what-a-record-lacks-is-lacking-there",
                   what_a_record_lacks_is_lacking_there);
  g_test_add_func ("/report/export/a-peer-that-is-under-test-is-observed",
                   a_peer_that_is_under_test_is_observed);
  return g_test_run ();
}
