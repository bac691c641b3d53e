#include "report/export-parts.h"

#include <string.h>

#include "report/html.h"
#include "report/record.h"
#include "report/stamp.h"
#include "report/text.h"

enum
{
  MAX_FILES = 3
};

static GBytes *
html_of (const LensExport *export)
{
  return lens_html_page (export->evaluation, export->source->run, export->source->mapping);
}

static GBytes *
text_of (const LensExport *export)
{
  return lens_text_page (export->evaluation, export->source->run, export->source->mapping, FALSE);
}

typedef struct
{
  const char *name;
  const char *files[MAX_FILES + 1];
  GBytes *(*one) (const LensExport *export); /* the only file; NULL: several */
} Format;

static const Format formats[] = {
  { "html", { "report.html" }, html_of },
  { "text", { "report.txt" }, text_of },
  { "csv", { "findings.csv", "flows.csv", "ledger.csv" }, NULL },
  { "eve", { "eve.json" }, lens_export_eve },
  { "stix", { "stix-bundle.json" }, lens_export_stix },
  { "oscal", { "oscal-assessment-results.json" }, lens_export_oscal },
  { "in-toto", { "in-toto-test-result.json" }, lens_export_in_toto },
};

static const char *const names[]
    = { "html", "text", "csv", "eve", "stix", "oscal", "in-toto", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (names) == G_N_ELEMENTS (formats) + 1);

const char *const *
lens_export_formats (void)
{
  return names;
}

static const Format *
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].name, name))
      return &formats[i];
  return NULL;
}

const char *const *
lens_export_files (const char *format)
{
  const Format *found = find (format);

  return found != NULL ? found->files : NULL;
}

void
lens_export_uuid (const LensExport *export, const char *kind, const char *key,
                  char text[LENS_UUID_TEXT])
{
  g_autofree char *name
      = g_strdup_printf ("urn:lenscap:%s:%s:%s", export->source->record_sha256, kind, key);
  const LensUuid uuid = lens_uuid_of_name (&lens_uuid_url, name);

  lens_uuid_text (&uuid, text);
}

gint64
lens_export_time (const LensExport *export)
{
  return export->evaluation->input.has_times ? export->evaluation->input.last : 0;
}

void
lens_export_stamp (LensEmit *emit, const char *key, gint64 ns, guint digits)
{
  g_autoptr (GString) stamp = g_string_new (NULL);

  lens_stamp (stamp, MAX (ns, 0), digits, "Z");
  lens_emit_string (emit, key, stamp->str);
}

static void
render (const Format *format, const LensExport *export, LensExportSink sink, gpointer data)
{
  if (format->one == NULL)
    {
      lens_export_csv (export, sink, data);
      return;
    }
  g_autoptr (GBytes) octets = format->one (export);
  sink (format->files[0], octets, data);
}

gboolean
lens_export (const char *const *wanted, const LensExportSource *source, LensExportSink sink,
             gpointer data, GError **error)
{
  gsize length;
  const guint8 *record = g_bytes_get_data (source->record, &length);
  g_autoptr (LensEvaluation) evaluation = lens_record_read_of_case (record, length, error);

  if (evaluation == NULL)
    return FALSE;
  const LensExport export = { source, evaluation };
  for (guint i = 0; wanted[i] != NULL; i++)
    render (find (wanted[i]), &export, sink, data);
  return TRUE;
}
