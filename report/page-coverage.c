/* What was looked for: every channel of the catalogue, and what became of it in this run. */
#include "report/page.h"

#include <string.h>

#include "ledger/channels.h"
#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_CHANNELS = 2000,
  MAX_DEVICES = 50, /* of one channel, where they differ */
};

static const struct
{
  const char *mark, *title, *meaning;
} states[] = {
  [LENS_COVERAGE_EXAMINED] = { "●", "Examined", "Had it been there, it would have been seen." },
  [LENS_COVERAGE_NOT_PRESENT] = { "○", "Not present", "Nothing in this traffic could carry it." },
  [LENS_COVERAGE_NOT_EXAMINABLE]
  = { "▲", "Not examinable", "It could have been there, and nobody could look." },
  [LENS_COVERAGE_NOT_IMPLEMENTED] = { "×", "Not implemented", "This version does not look." },
};

static void
put_rate_cell (GString *page, double rate)
{
  g_string_append (page, "<td class=\"n\">");
  if (rate < 0)
    g_string_append (page, "–");
  else
    lens_words_rate (page, rate);
  g_string_append (page, "</td>");
}

static void
put_note (GString *page, const LensCoverageRow *row)
{
  g_string_append (page, "<td class=\"w\">");
  if (row->note != NULL)
    lens_page_text (page, row->note);
  for (guint i = 0; i < MIN (row->devices->len, MAX_DEVICES); i++)
    {
      const LensCoverageDevice *device = row->devices->pdata[i];

      g_string_append (page, i > 0 || row->note != NULL ? "<br>" : "");
      lens_page_name (page, device->device);
      g_string_append_printf (page, ": %s", lens_coverage_status_name (device->status));
    }
  g_string_append (page, "</td>");
}

static void
put_channel (GString *page, const LensCoverageRow *row)
{
  g_string_append (page, "<tr><th scope=\"row\"><code>");
  lens_page_name (page, row->channel);
  g_string_append_printf (page, "</code></th><td class=\"u\">%s %s</td>", states[row->status].mark,
                          lens_coverage_status_name (row->status));
  lens_page_count_cell (page, row->examined);
  put_rate_cell (page, row->limit_bps);
  put_rate_cell (page, row->bound_bps);
  put_note (page, row);
  g_string_append (page, "</tr>\n");
}

/* The layer that the catalogue has it under; records of other versions may name other channels. */
static const char *
layer_of (const LensCoverageRow *row)
{
  const LensChannel *channel = row->channel != NULL ? lens_channel_find (row->channel) : NULL;

  return channel != NULL ? channel->layer : "not in this version's catalogue";
}

static void
put_channels (GString *page, const GPtrArray *coverage)
{
  static const char *const columns[] = {
    "Channel", "State", "#Units", "#Limit of detec&shy;tion", "#Residual bound", "Note", NULL
  };
  const char *layer = "";

  g_string_append (page, "<div class=\"dense\">\n");
  lens_page_begin_table (page, "Every channel of the catalogue, by layer", columns);
  for (guint i = 0; i < MIN (coverage->len, MAX_CHANNELS); i++)
    {
      const LensCoverageRow *row = coverage->pdata[i];

      if (strcmp (layer, layer_of (row)) != 0)
        {
          layer = layer_of (row);
          g_string_append_printf (page,
                                  "%s<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"6\">"
                                  "%s</th></tr>\n",
                                  i > 0 ? "</tbody>\n<tbody>\n" : "", layer);
        }
      put_channel (page, row);
    }
  lens_page_end_table (page);
  g_string_append (page, "</div>\n");
}

void
lens_page_coverage (GString *page, const LensEvaluation *evaluation)
{
  g_string_append (page, "<h2 id=\"coverage\">What was looked for</h2>\n<dl class=\"tiles\">\n");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_string_append_printf (page, "<div><dt>%s %s</dt><dd>", states[i].mark, states[i].title);
      lens_words_count (page, lens_facts_count_status (evaluation, (LensCoverageStatus)i));
      g_string_append_printf (page, "</dd><dd>%s</dd></div>\n", states[i].meaning);
    }
  g_string_append (page,
                   "</dl>\n<p class=\"small\">What a channel is and how it is looked for: "
                   "<code>lenscap explain CHANNEL</code>. A limit is the lowest rate that was "
                   "found in 95 of 100 trials with this very capture; a bound is what could "
                   "pass where nobody can test.</p>\n");
  if (evaluation->coverage->len == 0)
    g_string_append (page, "<p>The record names no channel.</p>\n");
  else
    put_channels (page, evaluation->coverage);
}
