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

typedef struct
{
  const char *name;
  const char *files[MAX_FILES + 1];
  GBytes *(*one) (const LensExport *export); /* the only file; NULL: written by hand below */
} Format;

static const Format formats[] = {
  { "html", { "report.html" }, NULL },
  { "text", { "report.txt" }, NULL },
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

/* A page that reads the record itself. */
static GBytes *
page_of (const char *name, const LensExportSource *source, GError **error)
{
  return g_str_equal (name, "html")
             ? lens_html_from_record (source->record, source->run, source->mapping, error)
             : lens_text_from_record (source->record, source->run, source->mapping, FALSE, error);
}

static gboolean
render (const Format *format, const LensExport *export, LensExportSink sink, gpointer data,
        GError **error)
{
  if (g_str_equal (format->name, "csv"))
    {
      lens_export_csv (export, sink, data);
      return TRUE;
    }
  g_autoptr (GBytes) octets
      = format->one != NULL ? format->one (export) : page_of (format->name, export->source, error);
  if (octets != NULL)
    sink (format->files[0], octets, data);
  return octets != NULL;
}

gboolean
lens_export (const char *const *wanted, const LensExportSource *source, LensExportSink sink,
             gpointer data, GError **error)
{
  gsize length;
  const guint8 *record = g_bytes_get_data (source->record, &length);
  g_autoptr (LensEvaluation) evaluation = lens_record_read (record, length, error);

  if (evaluation == NULL)
    return FALSE;
  const LensExport export = { source, evaluation };
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!render (find (wanted[i]), &export, sink, data, error))
      return FALSE;
  return TRUE;
}
