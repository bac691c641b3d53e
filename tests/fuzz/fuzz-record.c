/* A record that a stranger mailed: read, its pages and other faces made, and written again.  What
 * was read and written once is then the same for ever.  fuzz: at most 16384 octets */
#include "tests/fuzz/fuzz.h"

#include "report/export.h"
#include "report/html.h"
#include "report/json.h"
#include "report/record.h"
#include "report/text.h"

#include <string.h>

FUZZ_READS_JSON

static void
check_pages (GBytes *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) html = lens_html_from_record (record, record, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) text = lens_text_from_record (record, NULL, NULL, TRUE, &error);
  g_assert_no_error (error);
  fuzz_touch (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_autofree char *page = g_strndup (g_bytes_get_data (html, NULL), g_bytes_get_size (html));
  g_assert_true (g_utf8_validate (page, -1, NULL));
  g_assert_null (strcasestr (page, "<script"));
}

static void
check_file (const char *file, GBytes *octets, gpointer data)
{
  gsize length;
  const char *text = g_bytes_get_data (octets, &length);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_utf8_validate (text, (gssize)length, NULL));
  if (!g_str_has_suffix (file, ".json") || g_str_equal (file, "eve.json"))
    return;
  g_autoptr (LensJson) json = lens_json_parse ((const guint8 *)text, length, &error);
  g_assert_no_error (error);
  g_assert_nonnull (lens_json_root (json));
}

static void
check_exports (GBytes *record)
{
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GError) error = NULL;
  const LensExportSource source
      = { .record = record, .run = record, .mapping = mapping, .record_sha256 = "" };

  g_assert_true (lens_export (lens_export_formats (), &source, check_file, NULL, &error));
  g_assert_no_error (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = lens_record_read (octets, length, &error);

  g_assert_true ((evaluation == NULL) == (error != NULL));
  if (evaluation == NULL)
    return 0;
  for (guint i = 0; i < evaluation->findings->len; i++)
    g_free (lens_record_filter (g_ptr_array_index (evaluation->findings, i)));
  g_autoptr (GBytes) record = g_bytes_new (octets, length);
  check_pages (record);
  check_exports (record);
  g_autoptr (GBytes) once = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  g_autoptr (LensEvaluation) read
      = lens_record_read (g_bytes_get_data (once, NULL), g_bytes_get_size (once), &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) twice = lens_record_octets (read, LENS_EMIT_PRETTY);
  g_assert_true (g_bytes_equal (once, twice));
  return 0;
}
