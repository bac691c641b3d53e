/* A comparison for a terminal and for mail. */
#include "report/comparison-parts.h"

#include "report/escape.h"
#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_TEXT = 400, /* characters of a stranger's string */
  MAX_NAME = 80,
  MAX_ROWS = 200, /* of a section */
  MAX_LIMITS = 50,
  NAME_COLUMNS = 18,
};

static void
say (GString *page, const char *stranger, gsize most)
{
  if (stranger == NULL || *stranger == '\0')
    g_string_append (page, "–");
  else
    lens_escape_text (page, stranger, most);
}

static void
put_case (GString *page, const LensComparedCase *one, const char *which)
{
  g_string_append_printf (page, "  %-8s", which);
  say (page, one->title, MAX_NAME);
  g_string_append (page, ", ");
  say (page, one->input, MAX_NAME);
  g_string_append_printf (page, "\n          %s: %s\n          ", lens_verdict_name (one->verdict),
                          lens_facts_badge (one->verdict));
  if (one->has_times)
    {
      lens_words_time (page, one->first);
      g_string_append (page, ", for ");
      lens_words_duration (page, (gint64)((guint64)one->last - (guint64)one->first));
    }
  else
    g_string_append (page, "no packet");
  g_string_append (page, "\n          sha256 ");
  say (page, one->sha256, MAX_NAME);
  g_string_append_c (page, '\n');
}

static void
put_limits (GString *page, const LensComparison *comparison)
{
  if (comparison->limits->len == 0)
    return;
  g_string_append (page, "\nWhat limits this comparison\n");
  for (guint i = 0; i < MIN (comparison->limits->len, MAX_LIMITS); i++)
    {
      g_string_append (page, "  - ");
      say (page, comparison->limits->pdata[i], MAX_TEXT);
      g_string_append_c (page, '\n');
    }
}

/* "first -> second"; of what is in one only, that one. */
static void
put_value (GString *page, const LensComparison *comparison, LensChange change,
           const LensComparedValue *value)
{
  const guint from = change == LENS_CHANGE_NEW ? 1 : 0;
  const guint to = change == LENS_CHANGE_GONE ? 0 : 1;

  g_string_append_printf (page, "      %-*s", NAME_COLUMNS, value->name);
  for (guint side = from; side <= to; side++)
    {
      g_autoptr (GString) words = g_string_new (NULL);
      g_autoptr (GString) hourly = g_string_new (NULL);
      lens_compared_words (words, value, side);
      g_string_append (page, side > from ? " -> " : "");
      say (page, words->str, MAX_TEXT);
      if (lens_compared_hourly (comparison, value, side, hourly))
        g_string_append_printf (page, " (%s)", hourly->str);
    }
  g_string_append_c (page, '\n');
}

static void
put_part (GString *page, const char *stranger)
{
  say (page, stranger, MAX_NAME);
}

static void
put_row (GString *page, const LensComparison *comparison, const LensComparedSection *section,
         const LensComparedRow *row)
{
  g_string_append_printf (page, "  %-8s", lens_change_name (row->change));
  lens_compared_name (page, section, row, put_part);
  g_string_append_c (page, '\n');
  for (guint i = 0; i < row->values->len; i++)
    {
      const LensComparedValue *value = &g_array_index (row->values, LensComparedValue, i);
      if (row->change != LENS_CHANGE_CHANGED || value->differs)
        put_value (page, comparison, row->change, value);
    }
}

static void
put_section (GString *page, const LensComparison *comparison, const LensComparedSection *section)
{
  guint shown = 0, left_out = 0;

  g_string_append_printf (page, "\n%s: ", section->title);
  for (guint i = 0; i < LENS_N_CHANGES; i++)
    {
      g_string_append (page, i == 0 ? "" : ", ");
      lens_words_count (page, section->n[i]);
      g_string_append_printf (page, " %s", lens_change_name ((LensChange)i));
    }
  g_string_append_c (page, '\n');
  for (guint i = 0; i < section->rows->len; i++)
    {
      const LensComparedRow *row = section->rows->pdata[i];
      if (row->change == LENS_CHANGE_SAME)
        continue;
      if (shown++ < MAX_ROWS)
        put_row (page, comparison, section, row);
      else
        left_out++;
    }
  if (left_out > 0)
    g_string_append_printf (page, "  and %u more: see --format json\n", left_out);
}

GBytes *
lens_comparison_text (const LensComparison *comparison)
{
  GString *page = g_string_new ("Two evaluations compared: ");

  g_string_append (page, comparison->same ? "the same\n\n" : "they differ\n\n");
  put_case (page, &comparison->cases[0], "first");
  put_case (page, &comparison->cases[1], "second");
  put_limits (page, comparison);
  for (guint i = 0; i < comparison->sections->len; i++)
    put_section (page, comparison, comparison->sections->pdata[i]);
  return g_string_free_to_bytes (page);
}
