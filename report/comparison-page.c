/* A comparison as a page: both evaluations in columns, one file without scripts. */
#include "report/comparison-parts.h"

#include "report/escape.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/words.h"

enum
{
  MAX_ROWS = 1000, /* of a section, of each kind of change */
  MAX_LIMITS = 100,
};

static void
put_case (GString *page, const LensComparedCase *one, const char *which)
{
  g_string_append_printf (page, "<div class=\"v-%s\"><h3>%s</h3>\n<dl class=\"pairs\">",
                          lens_verdict_name (one->verdict), which);
  lens_page_pair (page, "Device");
  lens_page_text (page, one->title);
  g_string_append (page, "</dd>");
  lens_page_pair (page, "Verdict");
  g_string_append_printf (page, "<span class=\"tone\">%s</span> (%s)</dd>",
                          lens_facts_badge (one->verdict), lens_verdict_name (one->verdict));
  lens_page_pair (page, "Capture");
  lens_page_text (page, one->input);
  g_string_append (page, "</dd>");
  lens_page_pair (page, "SHA-256");
  g_string_append (page, "<code>");
  lens_page_name (page, one->sha256);
  g_string_append (page, "</code></dd>");
  lens_page_pair (page, "Time");
  if (one->has_times)
    {
      lens_words_time (page, one->first);
      g_string_append (page, ", for ");
      lens_words_duration (page, (gint64)((guint64)one->last - (guint64)one->first));
    }
  else
    g_string_append (page, "no packet");
  g_string_append (page, "</dd></dl></div>\n");
}

static void
put_limits (GString *page, const LensComparison *comparison)
{
  if (comparison->limits->len == 0)
    return;
  g_string_append (page, "<h2>What limits this comparison</h2>\n<ul class=\"notice\">\n");
  for (guint i = 0; i < MIN (comparison->limits->len, MAX_LIMITS); i++)
    {
      g_string_append (page, "<li>");
      lens_page_text (page, comparison->limits->pdata[i]);
      g_string_append (page, "</li>\n");
    }
  g_string_append (page, "</ul>\n");
}

/* --- rows --- */

static void
put_side (GString *page, const LensComparison *comparison, const LensComparedValue *value,
          guint side)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GString) hourly = g_string_new (NULL);

  lens_compared_words (words, value, side);
  g_string_append (page, "<td>");
  lens_page_text (page, words->str);
  if (lens_compared_hourly (comparison, value, side, hourly))
    g_string_append_printf (page, "<br><span class=\"small soft\">%s</span>", hourly->str);
  g_string_append (page, "</td>");
}

/* One line for each value; of what changed only those that did. */
static void
put_row (GString *page, const LensComparison *comparison, const LensComparedSection *section,
         const LensComparedRow *row)
{
  gboolean first = TRUE;

  for (guint i = 0; i < row->values->len; i++)
    {
      const LensComparedValue *value = &g_array_index (row->values, LensComparedValue, i);
      if (row->change == LENS_CHANGE_CHANGED && !value->differs)
        continue;
      g_string_append (page, "<tr><td class=\"u\">");
      if (first)
        g_string_append (page, lens_change_name (row->change));
      g_string_append (page, "</td><td class=\"w\">");
      if (first)
        lens_compared_name (page, section, row, lens_page_name);
      g_string_append_printf (page, "</td><td class=\"u\">%s</td>", value->name);
      put_side (page, comparison, value, 0);
      put_side (page, comparison, value, 1);
      g_string_append (page, "</tr>\n");
      first = FALSE;
    }
}

/* Rows that are shown together. */
typedef enum
{
  TOLD,   /* at once */
  COUNTS, /* folded: only counts differ, which they do from run to run */
  SAME,   /* folded: nothing does */
} Lot;

static Lot
lot_of (const LensComparedSection *section, const LensComparedRow *row)
{
  if (section->whole)
    return TOLD;
  if (row->change == LENS_CHANGE_SAME)
    return SAME;
  return section->folds && lens_compared_counts_only (row) ? COUNTS : TOLD;
}

static guint
size_of (const LensComparedSection *section, Lot lot)
{
  guint n = 0;

  for (guint i = 0; i < section->rows->len; i++)
    n += lot_of (section, section->rows->pdata[i]) == lot;
  return n;
}

static void
put_table (GString *page, const LensComparison *comparison, const LensComparedSection *section,
           Lot lot)
{
  static const char *const columns[]
      = { "Change", "What", "Value", "In the first", "In the second", NULL };
  guint shown = 0, left_out = 0;

  lens_page_begin_table (page, section->title, columns);
  for (guint i = 0; i < section->rows->len; i++)
    {
      const LensComparedRow *row = section->rows->pdata[i];
      if (lot_of (section, row) != lot)
        continue;
      if (shown++ < MAX_ROWS)
        put_row (page, comparison, section, row);
      else
        left_out++;
    }
  lens_page_end_table (page);
  if (left_out > 0)
    g_string_append_printf (page, "<p class=\"soft\">and %u more: see --format json</p>\n",
                            left_out);
}

static void
put_folded (GString *page, const LensComparison *comparison, const LensComparedSection *section,
            Lot lot)
{
  const guint n = size_of (section, lot);

  if (n == 0)
    return;
  g_string_append (page, "<details><summary>");
  if (lot == SAME)
    g_string_append (page, "The same in both");
  else
    {
      g_string_append (page, "Only counts differ in ");
      lens_words_some (page, n, "row");
    }
  g_string_append (page, "</summary>\n");
  put_table (page, comparison, section, lot);
  g_string_append (page, "</details>\n");
}

static void
put_section (GString *page, const LensComparison *comparison, const LensComparedSection *section)
{
  g_string_append_printf (page, "<section id=\"%s\">\n<h2>%s</h2>\n<p>", section->id,
                          section->title);
  for (guint i = 0; i < LENS_N_CHANGES; i++)
    {
      g_string_append (page, i == 0 ? "" : ", ");
      lens_words_count (page, section->n[i]);
      g_string_append_printf (page, " %s", lens_change_name ((LensChange)i));
    }
  g_string_append (page, ".</p>\n");
  if (size_of (section, TOLD) > 0 || section->whole)
    put_table (page, comparison, section, TOLD);
  put_folded (page, comparison, section, COUNTS);
  put_folded (page, comparison, section, SAME);
  g_string_append (page, "</section>\n");
}

GBytes *
lens_comparison_html (const LensComparison *comparison)
{
  GString *page = g_string_new (NULL);

  lens_page_head (page, "Comparison: ", comparison->cases[1].title, NULL);
  lens_page_begin_main (page);
  g_string_append_printf (page, "<h1>Two evaluations compared: %s</h1>\n",
                          comparison->same ? "the same" : "they differ");
  g_string_append (page, "<nav aria-label=\"Sections\">");
  for (guint i = 0; i < comparison->sections->len; i++)
    {
      const LensComparedSection *section = comparison->sections->pdata[i];
      g_string_append_printf (page, "<a href=\"#%s\">%s</a> ", section->id, section->title);
    }
  g_string_append (page, "</nav>\n");
  put_case (page, &comparison->cases[0], "The first");
  put_case (page, &comparison->cases[1], "The second");
  put_limits (page, comparison);
  for (guint i = 0; i < comparison->sections->len; i++)
    put_section (page, comparison, comparison->sections->pdata[i]);
  lens_page_end (page, NULL, NULL, NULL);
  return g_string_free_to_bytes (page);
}
