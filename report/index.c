#include "report/index.h"

#include "report/emit.h"
#include "report/escape.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/words.h"

#include <string.h>

#define SCHEMA "lenscap-batch/1"

static const char script[] =
#include "report/index.js.inc"
    ;

void
lens_index_row_free (LensIndexRow *row)
{
  if (row == NULL)
    return;
  g_free (row->name);
  g_free (row->device);
  g_free (row->channel);
  g_free (row->problem);
  g_free (row);
}

/* --- order --- */

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const LensIndexRow *const *)a)->name, (*(const LensIndexRow *const *)b)->name);
}

static guint64
beyond (const LensIndexRow *row)
{
  return row->hidden_octets + row->undeclared_octets + row->unexplained_octets;
}

static gint
descending (guint64 a, guint64 b)
{
  return a < b ? 1 : a > b ? -1 : 0;
}

static gint
by_gravity (gconstpointer a, gconstpointer b)
{
  const LensIndexRow *one = *(const LensIndexRow *const *)a;
  const LensIndexRow *other = *(const LensIndexRow *const *)b;
  gint order = descending (one->verdict, other->verdict);

  if (order == 0)
    order = descending (one->worst, other->worst);
  if (order == 0)
    order = descending (beyond (one), beyond (other));
  return order != 0 ? order : by_name (a, b);
}

static GPtrArray *
sorted (const GPtrArray *rows, GCompareFunc order)
{
  GPtrArray *sorted = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (rows, i));
  g_ptr_array_sort (sorted, order);
  return sorted;
}

/* --- the page --- */

static void
put_input (GString *page, const LensIndexRow *row)
{
  g_autofree char *path = g_strconcat (row->name, ".case/report.html", NULL);
  g_autofree char *address = g_uri_escape_string (path, "/", FALSE);

  g_string_append (page, "<td class=\"w\">");
  if (row->is_kept)
    g_string_append_printf (page, "<a href=\"%s\">", address);
  lens_page_text (page, row->name);
  if (row->is_kept)
    g_string_append (page, "</a>");
  g_string_append (page, "</td>");
}

static void
put_verdict (GString *page, const LensIndexRow *row)
{
  g_string_append_printf (page,
                          "<td class=\"v-%s\" data-rank=\"%u\"><span class=\"tone\">%s</span>",
                          lens_verdict_name (row->verdict), row->verdict,
                          row->failed ? "Not evaluated" : lens_facts_badge (row->verdict));
  if (row->problem != NULL)
    {
      g_string_append (page, "<br><span class=\"small soft\">");
      lens_page_text (page, row->problem);
      g_string_append (page, "</span>");
    }
  g_string_append (page, "</td>");
}

static void
put_worst (GString *page, const LensIndexRow *row)
{
  g_string_append_printf (page, "<td data-rank=\"%u\">", row->worst);
  if (row->worst == 0)
    g_string_append (page, "–");
  else
    {
      const char *severity = lens_severity_name ((LensSeverity)(row->worst - 1));
      g_string_append_printf (page, "<span class=\"severity s-%s\">%s</span> <code>", severity,
                              severity);
      lens_page_name (page, row->channel);
      g_string_append (page, "</code>");
    }
  g_string_append (page, "</td>");
}

static void
put_number (GString *page, guint64 number)
{
  g_string_append_printf (page, "<td class=\"n\" data-rank=\"%" G_GUINT64_FORMAT "\">", number);
  lens_words_count (page, number);
  g_string_append (page, "</td>");
}

static void
put_row (GString *page, const LensIndexRow *row)
{
  g_string_append (page, "<tr>");
  put_input (page, row);
  g_string_append (page, "<td class=\"d\">");
  lens_page_name (page, row->device);
  g_string_append (page, "</td>");
  put_verdict (page, row);
  put_worst (page, row);
  put_number (page, row->findings);
  put_number (page, row->undeclared_octets);
  put_number (page, row->hidden_octets);
  put_number (page, row->total_octets);
  g_string_append (page, "</tr>\n");
}

/* "2 conceal data, 1 not evaluated" as a list, the worst first. */
static void
put_counts (GString *page, const GPtrArray *rows)
{
  guint64 counts[LENS_VERDICT_CONCEALED + 1] = { 0 }, failed = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const LensIndexRow *row = g_ptr_array_index (rows, i);
      if (row->failed)
        failed++;
      else
        counts[row->verdict]++;
    }
  g_string_append (page, "<dl class=\"tiles\">\n");
  for (gint verdict = LENS_VERDICT_CONCEALED; verdict >= 0; verdict--)
    if (counts[verdict] > 0)
      {
        g_string_append_printf (page, "<div><dt>%s</dt><dd>",
                                lens_facts_badge ((LensVerdict)verdict));
        lens_words_count (page, counts[verdict]);
        g_string_append_printf (page, "</dd><dd>%s</dd></div>\n",
                                lens_facts_meaning ((LensVerdict)verdict));
      }
  if (failed > 0)
    {
      g_string_append (page, "<div><dt>Not evaluated</dt><dd>");
      lens_words_count (page, failed);
      g_string_append (page, "</dd><dd>The capture could not be read to its end.</dd></div>\n");
    }
  g_string_append (page, "</dl>\n");
}

GBytes *
lens_index_html (const GPtrArray *rows)
{
  static const char *const columns[]
      = { "Input",   "Device",  "Verdict", "Worst finding", "#Findings", "#Undeclared",
          "#Hidden", "#Octets", NULL };
  g_autoptr (GPtrArray) order = sorted (rows, by_gravity);
  GString *page = g_string_new (NULL);

  lens_page_head (page, "Index of a batch", NULL, script);
  g_string_append (page, "<header>\n<div class=\"top\"><span>Evaluations of network cameras</span>"
                         "</div>\n<h1>");
  lens_words_some (page, rows->len, "capture");
  g_string_append (page, "</h1>\n</header>\n");
  lens_page_begin_main (page);
  put_counts (page, rows);
  lens_page_begin_table (
      page,
      "Each capture, the worst first; how much was undeclared, hidden and captured, in octets",
      columns);
  for (guint i = 0; i < order->len; i++)
    put_row (page, g_ptr_array_index (order, i));
  lens_page_end_table (page);
  lens_page_end (page, NULL, NULL, script);
  return g_string_free_to_bytes (page);
}

/* --- the record --- */

static void
write_row (LensEmit *emit, const LensIndexRow *row)
{
  g_autofree char *path = g_strconcat (row->name, ".case", NULL);

  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "case", row->is_kept ? path : NULL);
  lens_emit_string (emit, "input", row->name);
  lens_emit_string (emit, "device", row->device);
  lens_emit_string (emit, "verdict", lens_verdict_name (row->verdict));
  lens_emit_string (emit, "worst",
                    row->worst > 0 ? lens_severity_name ((LensSeverity)(row->worst - 1)) : NULL);
  lens_emit_string (emit, "channel", row->channel);
  lens_emit_uint (emit, "findings", row->findings);
  lens_emit_uint (emit, "packets", row->packets);
  lens_emit_uint (emit, "total_bytes", row->total_octets);
  lens_emit_uint (emit, "undeclared", row->undeclared_octets);
  lens_emit_uint (emit, "hidden", row->hidden_octets);
  lens_emit_uint (emit, "unexplained", row->unexplained_octets);
  lens_emit_boolean (emit, "failed", row->failed);
  lens_emit_string (emit, "problem", row->problem);
  lens_emit_end_object (emit);
}

GBytes *
lens_index_json (const GPtrArray *rows)
{
  g_autoptr (GPtrArray) order = sorted (rows, by_name);
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&emit, "schema", SCHEMA);
  lens_emit_begin_array (&emit, "captures", LENS_EMIT_TALL);
  for (guint i = 0; i < order->len; i++)
    write_row (&emit, g_ptr_array_index (order, i));
  lens_emit_end_array (&emit);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}
