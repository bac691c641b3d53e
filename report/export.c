#include "report/export-parts.h"

#include <string.h>

#include "report/html.h"
#include "report/record.h"
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
};

static const char *const names[] = { "html", "text", "csv", "eve", NULL };

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

gboolean
lens_export_is_grave (const LensFindingRow *finding)
{
  return finding->severity >= LENS_SEVERITY_MEDIUM;
}

/* A page that reads the record itself. */
static GBytes *
page_of (const char *name, const LensExportSource *source, GError **error)
{
  return g_str_equal (name, "html")
             ? lens_html_from_record (source->record, source->run, error)
             : lens_text_from_record (source->record, source->run, FALSE, error);
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
