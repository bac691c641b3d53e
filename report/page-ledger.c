/* Where every octet went, and when. */
#include "report/page.h"

#include "report/chart.h"
#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_PARTS = 200,
  MAX_PHASES = 100,
  MAX_STIMULI = 200,
};

static void
put_class_row (GString *page, const LensLedgerSection *ledger, guint class_)
{
  const LensClassRow *row = &ledger->classes[class_];

  g_string_append (page, "<tr><th scope=\"row\">");
  lens_chart_swatch (page, (LensClass)class_);
  g_string_append_printf (page, "%s</th>", lens_class_name ((LensClass)class_));
  lens_page_count_cell (page, row->bytes);
  g_string_append (page, "<td class=\"n\">");
  lens_words_share (page, row->bytes, ledger->total_bytes);
  g_string_append (page, "</td>");
  lens_page_count_cell (page, row->packets);
  g_string_append_printf (page, "<td class=\"w soft about\">%s</td></tr>\n",
                          lens_class_sentence ((LensClass)class_));
}

static guint64
sum_of (const LensClassRow classes[LENS_N_CLASSES], gboolean beyond_only)
{
  guint64 sum = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (!beyond_only || lens_facts_is_beyond ((LensClass)i))
      sum += classes[i].bytes;
  return sum;
}

/* What the columns of the table of parts are called. */
static const char *const short_names[LENS_N_CLASSES] = {
  [LENS_CLASS_DECLARED_VIDEO] = "#Video",
  [LENS_CLASS_DECLARED_AUDIO] = "#Audio",
  [LENS_CLASS_DECLARED_METADATA] = "#Meta&shy;data",
  [LENS_CLASS_MEDIA_OVERHEAD] = "#Media over&shy;head",
  [LENS_CLASS_NETWORK_OVERHEAD] = "#Network over&shy;head",
  [LENS_CLASS_LOCAL_DISCOVERY] = "#Local disco&shy;very",
  [LENS_CLASS_DECLARED_SERVICE] = "#Declared service",
  [LENS_CLASS_OTHER_HOST] = "#Other host",
  [LENS_CLASS_UNDECLARED] = "#Un&shy;declared",
  [LENS_CLASS_HIDDEN] = "#Hidden",
  [LENS_CLASS_UNEXPLAINED] = "#Un&shy;explained",
};

/* Bits by class.  A column that holds nothing is left out, unless the question is whether it holds
 * nothing. */
static guint
wanted_columns (const LensLedgerSection *ledger)
{
  guint wanted = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (lens_facts_is_beyond ((LensClass)i))
      wanted |= 1u << i;
  for (guint i = 0; i < ledger->parts->len; i++)
    for (guint n = 0; n < LENS_N_CLASSES; n++)
      if (((const LensLedgerPart *)ledger->parts->pdata[i])->classes[n].bytes > 0)
        wanted |= 1u << n;
  return wanted;
}

static gboolean
is_sent (const LensLedgerPart *part)
{
  return g_strcmp0 (part->direction, "from") == 0;
}

static void
put_part (GString *page, const LensLedgerPart *part, guint wanted)
{
  g_string_append_printf (page, "<tr><th scope=\"row\">%s", is_sent (part) ? "sent" : "received");
  if (part->phase != NULL)
    {
      g_string_append (page, ", ");
      lens_page_name (page, part->phase);
    }
  g_string_append (page, "</th>");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if ((wanted & 1u << i) != 0)
      lens_page_count_cell (page, part->classes[i].bytes);
  lens_page_count_cell (page, sum_of (part->classes, FALSE));
  g_string_append (page, "</tr>\n");
}

static const LensLedgerPart *
part_at (const LensLedgerSection *ledger, guint index)
{
  return ledger->parts->pdata[index];
}

/* All parts of the device of part @first: what it sent, then what it received. */
static void
put_parts_of_device (GString *page, const LensLedgerSection *ledger, guint first, guint n_parts,
                     guint wanted, guint n_columns)
{
  const char *device = part_at (ledger, first)->device;

  for (guint i = 0; i < first; i++)
    if (g_strcmp0 (part_at (ledger, i)->device, device) == 0)
      return;
  g_string_append_printf (page, "%s<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"%u\">",
                          first > 0 ? "</tbody>\n<tbody>\n" : "", n_columns);
  lens_page_name (page, device);
  g_string_append (page, "</th></tr>\n");
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = first; i < n_parts; i++)
      if (is_sent (part_at (ledger, i)) == (pass == 0)
          && g_strcmp0 (part_at (ledger, i)->device, device) == 0)
        put_part (page, part_at (ledger, i), wanted);
}

static void
put_parts (GString *page, const LensLedgerSection *ledger)
{
  const guint n_parts = MIN (ledger->parts->len, MAX_PARTS), wanted = wanted_columns (ledger);
  const char *columns[LENS_N_CLASSES + 3] = { "Part" };
  guint n_columns = 1;

  if (n_parts == 0)
    return;
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if ((wanted & 1u << i) != 0)
      columns[n_columns++] = short_names[i];
  columns[n_columns++] = "#Sum";
  g_string_append (page, "<div class=\"dense\">\n");
  lens_page_begin_table (page, "The same by device, direction and phase, in octets", columns);
  for (guint i = 0; i < n_parts; i++)
    put_parts_of_device (page, ledger, i, n_parts, wanted, n_columns);
  lens_page_end_table (page);
  g_string_append (page, "</div>\n");
  if (ledger->parts->len > MAX_PARTS)
    g_string_append_printf (page, "<p class=\"small soft\">%u more rows in evaluation.json.</p>\n",
                            ledger->parts->len - MAX_PARTS);
}

void
lens_page_ledger (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Class", "#Octets", "#Share", "#Packets", "What it is", NULL };
  const LensLedgerSection *ledger = &evaluation->ledger;
  const guint64 sum = sum_of (ledger->classes, FALSE);

  g_string_append (page, "<h2 id=\"ledger\">The ledger</h2>\n<p>Every captured octet lies in "
                         "exactly one class.</p>\n");
  lens_chart_ledger_bar (page, ledger);
  g_string_append (page, "<div class=\"keep\">\n");
  lens_page_begin_table (page, "Octets by class", columns);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    put_class_row (page, ledger, i);
  g_string_append (page, "</tbody>\n<tfoot><tr><th scope=\"row\">Sum</th>");
  lens_page_count_cell (page, sum);
  g_string_append (page, "<td class=\"n\"></td>");
  lens_page_count_cell (page, ledger->total_packets);
  g_string_append_printf (page,
                          "<td class=\"about\">%s</td></tr></tfoot>\n</table>\n</div>\n</div>\n",
                          sum == ledger->total_bytes ? "equals the octets captured" : "");
  if (sum != ledger->total_bytes)
    {
      g_string_append (page, "<p class=\"notice\">The classes of this record do not add up: the "
                             "capture has ");
      lens_words_some (page, ledger->total_bytes, "octet");
      g_string_append (page, ". Do not rely on this record.</p>\n");
    }
  put_parts (page, ledger);
}

static void
put_span (GString *page, gint64 from, gint64 to)
{
  g_string_append (page, "<td class=\"u\">");
  lens_words_time (page, from);
  g_string_append (page, "</td><td class=\"n\">");
  if (to < from)
    g_string_append (page, "–");
  else
    lens_words_duration (page, (gint64)MIN ((guint64)to - (guint64)from, (guint64)G_MAXINT64));
  g_string_append (page, "</td>");
}

static void
put_phases (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[] = { "Phase or stimulus", "From", "#For", NULL };
  const GPtrArray *phases = evaluation->phases, *stimuli = evaluation->stimuli;

  if (phases->len + stimuli->len == 0)
    return;
  lens_page_begin_table (page, "Phases and stimuli of the run", columns);
  for (guint i = 0; i < MIN (phases->len, MAX_PHASES); i++)
    {
      const LensPhaseRow *phase = phases->pdata[i];

      g_string_append (page, "<tr><td>phase ");
      lens_page_name (page, phase->name);
      g_string_append (page, "</td>");
      put_span (page, phase->first, phase->last);
      g_string_append (page, "</tr>\n");
    }
  for (guint i = 0; i < MIN (stimuli->len, MAX_STIMULI); i++)
    {
      const LensStimulusRow *stimulus = stimuli->pdata[i];

      g_string_append (page, "<tr><td>stimulus ");
      lens_page_name (page, stimulus->name);
      g_string_append_printf (page, "%s</td>", stimulus->sham ? " (sham: nothing was done)" : "");
      put_span (page, stimulus->first, stimulus->last);
      g_string_append (page, "</tr>\n");
    }
  lens_page_end_table (page);
}

static void
put_drawing (GString *page, const LensEvaluation *evaluation)
{
  g_string_append (page, "<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                         "aria-label=\"Traffic over time\">\n");
  lens_chart_timeline (page, evaluation);
  g_string_append (page, "</div>\n<figcaption>Traffic over time, from ");
  lens_words_time (page, evaluation->ledger.timeline_start);
  g_string_append (page, ". Phases are shaded; below the axis stand the stimuli and when each "
                         "finding was seen. The tables here and under Findings say the same."
                         "</figcaption>\n</figure>\n");
}

void
lens_page_timeline (GString *page, const LensEvaluation *evaluation)
{
  g_string_append (page, "<h2 id=\"time\">Time line</h2>\n");
  if (lens_chart_has_timeline (&evaluation->ledger))
    put_drawing (page, evaluation);
  else
    g_string_append (page, "<p>The record has none.</p>\n");
  put_phases (page, evaluation);
}
