#include "report/chart.h"

#include "report/escape.h"
#include "report/facts.h"
#include "report/reasons.h"
#include "report/words.h"

/* The plane of the drawing in its own units. */
enum
{
  WIDTH = 960,
  LEFT = 88,
  RIGHT = 946,
  TOP = 40,
  ALL_HEIGHT = 180,
  BEYOND_HEIGHT = 80,
  GAP = 44,
  AXIS_HEIGHT = 26,
  LANE_HEIGHT = 17,
  MAX_LANES = 12,
  MAX_MARKS = 60,
  MAX_PHASES = 40,
  MAX_STIMULI = 200,
  PHASE_NAME = 24, /* characters */
  BAR_WIDTH = 1000,
  BAR_HEIGHT = 30,
};

typedef struct
{
  GString *into;
  const LensEvaluation *evaluation;
  const LensLedgerSection *ledger;
  double start, span; /* seconds */
} Chart;

static void
put (GString *into, double value)
{
  g_string_append_c (into, ' ');
  lens_words_decimal (into, CLAMP (value, -10000, 10000), 1);
}

static void
attribute (GString *into, const char *name, double value)
{
  g_string_append_printf (into, " %s=\"", name);
  lens_words_decimal (into, CLAMP (value, -10000, 10000), 1);
  g_string_append_c (into, '"');
}

/* The look of a class is a plain colour, or one of these; so that it is the same in grey, the
 * plain colours differ in lightness and no two classes share a pattern. */
static const struct
{
  LensClass class_;
  const char *transform;
  const char *shape; /* without its class, which names the colour of the foreground */
} patterns[] = {
  { LENS_CLASS_DECLARED_AUDIO, "", "rect width=\"3\" height=\"6\"" },
  { LENS_CLASS_DECLARED_METADATA, "", "path d=\"M0 0h6v2h-4v4h-2z\"" },
  { LENS_CLASS_MEDIA_OVERHEAD, "", "rect width=\"6\" height=\"2\"" },
  { LENS_CLASS_DECLARED_SERVICE, " patternTransform=\"rotate(45)\"",
    "path d=\"M0 0h6v2h-4v4h-2z\"" },
  { LENS_CLASS_UNDECLARED, " patternTransform=\"rotate(-45)\"", "rect width=\"2\" height=\"6\"" },
  { LENS_CLASS_HIDDEN, " patternTransform=\"rotate(45)\"", "rect width=\"3\" height=\"6\"" },
  { LENS_CLASS_UNEXPLAINED, "", "circle cx=\"3\" cy=\"3\" r=\"1.8\"" },
};

void
lens_chart_patterns (GString *into)
{
  g_string_append (into, "<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\" "
                         "focusable=\"false\"><defs>");
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      const char *name = lens_class_name (patterns[i].class_);

      g_string_append_printf (into,
                              "<pattern id=\"p-%s\" width=\"6\" height=\"6\" "
                              "patternUnits=\"userSpaceOnUse\"%s><rect class=\"b-%s\" width=\"6\" "
                              "height=\"6\"/><%s class=\"f-%s\"/></pattern>\n",
                              name, patterns[i].transform, name, patterns[i].shape, name);
    }
  g_string_append (into, "</defs></svg>\n");
}

void
lens_chart_swatch (GString *into, LensClass class_)
{
  g_string_append_printf (into,
                          "<svg class=\"swatch\" viewBox=\"0 0 14 14\" aria-hidden=\"true\" "
                          "focusable=\"false\"><rect class=\"c-%s\" width=\"14\" height=\"14\"/>"
                          "</svg>",
                          lens_class_name (class_));
}

/* Shares that could not be seen are drawn a little wide; the rest gives way. */
static double
bar_length (const LensLedgerSection *ledger, guint class_, double unit)
{
  const double share = (double)ledger->classes[class_].bytes / (double)MAX (ledger->total_bytes, 1);

  return ledger->classes[class_].bytes == 0 ? 0 : MAX (share * unit, 6);
}

void
lens_chart_ledger_bar (GString *into, const LensLedgerSection *ledger)
{
  double total = 0, x = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    total += bar_length (ledger, i, BAR_WIDTH);
  if (total == 0)
    return;
  g_string_append_printf (into,
                          "<svg class=\"bar\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
                          "role=\"img\" aria-labelledby=\"bar-title bar-desc\">"
                          "<title id=\"bar-title\">Octets by class</title><desc id=\"bar-desc\">",
                          BAR_WIDTH, BAR_HEIGHT);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (ledger->classes[i].bytes > 0)
      {
        g_string_append_printf (into, "%s ", lens_class_name ((LensClass)i));
        lens_words_share (into, ledger->classes[i].bytes, ledger->total_bytes);
        g_string_append (into, "; ");
      }
  g_string_append (into, "the table below has the numbers.</desc>\n");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      const double length = bar_length (ledger, i, BAR_WIDTH) * BAR_WIDTH / total;

      if (length == 0)
        continue;
      g_string_append_printf (into, "<rect class=\"c-%s seam\" y=\"0\" height=\"%d\"",
                              lens_class_name ((LensClass)i), BAR_HEIGHT);
      attribute (into, "x", x);
      attribute (into, "width", length);
      g_string_append (into, "/>\n");
      x += length;
    }
  g_string_append (into, "</svg>\n");
}

static double
x_at_bin (const Chart *chart, guint bin)
{
  return LEFT + (double)(RIGHT - LEFT) * bin / chart->ledger->n_bins;
}

static double
x_at (const Chart *chart, gint64 ns)
{
  const double seconds = (double)ns / 1e9 - chart->start;

  return LEFT + (RIGHT - LEFT) * CLAMP (seconds / chart->span, 0, 1);
}

static void
label (Chart *chart, double x, double y, const char *anchor, const char *class_)
{
  g_string_append_printf (chart->into, "<text class=\"%s\" text-anchor=\"%s\"", class_, anchor);
  attribute (chart->into, "x", x);
  attribute (chart->into, "y", y);
  g_string_append_c (chart->into, '>');
}

static void
draw_phases (Chart *chart, double bottom)
{
  const GPtrArray *phases = chart->evaluation->phases;

  for (guint i = 0; i < MIN (phases->len, MAX_PHASES); i++)
    {
      const LensPhaseRow *phase = phases->pdata[i];
      const double from = x_at (chart, phase->first), to = x_at (chart, phase->last);

      g_string_append_printf (chart->into, "<rect class=\"phase-%u\"", i % 2);
      attribute (chart->into, "x", from);
      attribute (chart->into, "y", TOP - 22);
      attribute (chart->into, "width", MAX (to - from, 0));
      attribute (chart->into, "height", bottom - TOP + 22);
      g_string_append (chart->into, "/>\n");
      if (to - from < 30)
        continue;
      label (chart, from + 5, TOP - 8, "start", "phase-name");
      lens_escape_html (chart->into, phase->name, PHASE_NAME);
      g_string_append (chart->into, "</text>\n");
    }
}

/* The next round number at or above @value, at least 1. */
static double
round_up (double value)
{
  static const double steps[] = { 1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10 };
  double decade = 1;
  guint i = 0;

  while (decade * 10 < value)
    decade *= 10;
  while (i + 1 < G_N_ELEMENTS (steps) && decade * steps[i] < value)
    i++;
  return decade * steps[i];
}

/* A range of classes stacked in one panel. */
typedef struct
{
  double top, height, peak; /* peak: octets in a bin at the upper edge */
  gboolean beyond_only;
} Panel;

static guint64
stacked (const Chart *chart, const Panel *panel, guint bin, guint up_to)
{
  guint64 sum = 0;

  for (guint i = 0; i < up_to; i++)
    if (!panel->beyond_only || lens_facts_is_beyond ((LensClass)i))
      sum += chart->ledger->timeline[i][bin];
  return sum;
}

static double
y_at (const Panel *panel, guint64 octets)
{
  return panel->top + panel->height - panel->height * MIN ((double)octets / panel->peak, 1);
}

/* The upper edge of the classes below @up_to in a bin.  What no declaration explains is never
 * thinner than can be seen, however much of another class stands beside it. */
static double
edge (const Chart *chart, const Panel *panel, guint bin, guint up_to)
{
  double thickness = 0;

  if (panel->beyond_only)
    for (guint i = 0; i < up_to; i++)
      if (lens_facts_is_beyond ((LensClass)i) && chart->ledger->timeline[i][bin] > 0)
        thickness += 1.5;
  return y_at (panel, stacked (chart, panel, bin, up_to)) - thickness;
}

static void
find_peak (const Chart *chart, Panel *panel)
{
  guint64 most = 0;

  for (guint bin = 0; bin < chart->ledger->n_bins; bin++)
    most = MAX (most, stacked (chart, panel, bin, LENS_N_CLASSES));
  const double bin_seconds = MAX ((double)chart->ledger->timeline_bin / 1e9, 1e-9);
  panel->peak = round_up (8 * (double)most / bin_seconds) * bin_seconds / 8;
}

static void
draw_scale (Chart *chart, const Panel *panel, guint parts)
{
  const double bin_seconds = MAX ((double)chart->ledger->timeline_bin / 1e9, 1e-9);

  for (guint i = 0; i <= parts; i++)
    {
      const double y = panel->top + panel->height - panel->height * i / parts;

      g_string_append (chart->into, "<line class=\"grid\"");
      attribute (chart->into, "x1", LEFT);
      attribute (chart->into, "x2", RIGHT);
      attribute (chart->into, "y1", y);
      attribute (chart->into, "y2", y);
      g_string_append (chart->into, "/>");
      label (chart, LEFT - 6, y + 4, "end", "scale");
      lens_words_rate (chart->into, 8 * panel->peak / bin_seconds * i / parts);
      g_string_append (chart->into, "</text>\n");
    }
}

/* One class in one run of bins where it has octets: along its upper edge, back on its lower. */
static void
draw_run (Chart *chart, const Panel *panel, guint class_, guint from, guint to)
{
  g_string_append_c (chart->into, 'M');
  for (guint bin = from; bin < to; bin++)
    {
      const double y = edge (chart, panel, bin, class_ + 1);

      put (chart->into, x_at_bin (chart, bin));
      put (chart->into, y);
      put (chart->into, x_at_bin (chart, bin + 1));
      put (chart->into, y);
    }
  for (guint bin = to; bin > from; bin--)
    {
      const double y = edge (chart, panel, bin - 1, class_);

      put (chart->into, x_at_bin (chart, bin));
      put (chart->into, y);
      put (chart->into, x_at_bin (chart, bin - 1));
      put (chart->into, y);
    }
  g_string_append_c (chart->into, 'Z');
}

static void
draw_class (Chart *chart, const Panel *panel, guint class_)
{
  const guint64 *bins = chart->ledger->timeline[class_];
  const gsize before = chart->into->len;
  gboolean any = FALSE;

  g_string_append_printf (chart->into, "<path class=\"c-%s\" d=\"",
                          lens_class_name ((LensClass)class_));
  for (guint bin = 0; bin < chart->ledger->n_bins; bin++)
    {
      guint end = bin;

      while (end < chart->ledger->n_bins && bins[end] > 0)
        end++;
      if (end == bin)
        continue;
      draw_run (chart, panel, class_, bin, end);
      any = TRUE;
      bin = end;
    }
  if (any)
    g_string_append (chart->into, "\"/>\n");
  else
    g_string_truncate (chart->into, before);
}

static void
draw_panel (Chart *chart, Panel *panel, const char *title, guint parts)
{
  find_peak (chart, panel);
  label (chart, LEFT, panel->top - 6, "start", "panel-title");
  g_string_append_printf (chart->into, "%s</text>\n", title);
  draw_scale (chart, panel, parts);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (!panel->beyond_only || lens_facts_is_beyond ((LensClass)i))
      draw_class (chart, panel, i);
}

/* Seconds between ticks, so that there are about eight of them. */
static double
time_step (double span)
{
  static const double steps[]
      = { 0.001, 0.01, 0.1,  0.5,  1,     2,     5,     10,  15,  30,  60,  120, 300, 600,
          900,   1800, 3600, 7200, 14400, 28800, 86400, 2e5, 1e6, 2e6, 1e7, 1e8, 1e9 };
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (steps) && steps[i] * 10 < span)
    i++;
  return steps[i];
}

/* "90 s", "1:30 min", "2:00 h", "3 d" */
static void
put_tick (GString *into, double seconds, double span)
{
  const guint whole = (guint)CLAMP (seconds + 0.5, 0, 4e9);

  if (span < 120)
    {
      lens_words_decimal (into, seconds, span < 5 ? 1 : 0);
      g_string_append (into, " s");
    }
  else if (span < 7200)
    g_string_append_printf (into, "%u:%02u min", whole / 60, whole % 60);
  else if (span < 4 * 86400)
    g_string_append_printf (into, "%u:%02u h", whole / 3600, whole / 60 % 60);
  else
    g_string_append_printf (into, "%u d", whole / 86400);
}

static void
draw_time_axis (Chart *chart, double y)
{
  const double step = time_step (chart->span);

  for (guint i = 0; i * step <= chart->span && i < 20; i++)
    {
      const double x = LEFT + (RIGHT - LEFT) * i * step / chart->span;

      g_string_append (chart->into, "<line class=\"tick\"");
      attribute (chart->into, "x1", x);
      attribute (chart->into, "x2", x);
      attribute (chart->into, "y1", y);
      attribute (chart->into, "y2", y + 5);
      g_string_append (chart->into, "/>");
      label (chart, x, y + 18, i == 0 ? "start" : x > RIGHT - 20 ? "end" : "middle", "scale");
      put_tick (chart->into, i * step, chart->span);
      g_string_append (chart->into, "</text>\n");
    }
}

/* The lowest lane that is free from @x on. */
static guint
free_lane (double ends[MAX_LANES], double x)
{
  for (guint lane = 0; lane < MAX_LANES; lane++)
    if (ends[lane] <= x)
      return lane;
  return MAX_LANES;
}

static void
draw_mark (Chart *chart, const char *class_, double x, double y, double width)
{
  g_string_append_printf (chart->into, "<rect class=\"%s\"", class_);
  attribute (chart->into, "x", x);
  attribute (chart->into, "y", y);
  attribute (chart->into, "width", width);
  attribute (chart->into, "height", LANE_HEIGHT - 8);
  g_string_append (chart->into, "/>");
}

/* Number of the lane it took and 1, 0 for none. */
static guint
draw_finding (Chart *chart, const LensFindingRow *finding, double top, double ends[MAX_LANES])
{
  const double from = MIN (x_at (chart, finding->first), RIGHT - 6);
  const double to = MAX (x_at (chart, finding->last), from + 6);
  const gboolean label_left = to > RIGHT - 48 && from > LEFT + 60;
  const guint lane = free_lane (ends, label_left ? from - 46 : from);
  g_autofree char *class_ = g_strdup_printf ("mark s-%s", lens_severity_name (finding->severity));

  if (lane == MAX_LANES)
    return 0;
  const double y = top + lane * LANE_HEIGHT;
  draw_mark (chart, class_, from, y + 3, to - from);
  if (label_left)
    label (chart, from - 4, y + 12, "end", "mark-name");
  else if (to > RIGHT - 48)
    label (chart, LEFT - 6, y + 12, "end", "mark-name");
  else
    label (chart, to + 4, y + 12, "start", "mark-name");
  lens_escape_html (chart->into, finding->id, 8);
  g_string_append (chart->into, "</text>\n");
  ends[lane] = to > RIGHT - 48 ? WIDTH : to + 46;
  return lane + 1;
}

/* Height of the lanes that were used. */
static double
draw_findings (Chart *chart, double top)
{
  g_autoptr (GArray) order = lens_reasons_order (chart->evaluation);
  double ends[MAX_LANES] = { 0 };
  guint lanes = 0;

  for (guint i = 0; i < MIN (order->len, MAX_MARKS); i++)
    {
      const guint index = g_array_index (order, guint, i);
      const guint used = draw_finding (chart, chart->evaluation->findings->pdata[index], top, ends);
      lanes = MAX (lanes, used);
    }
  return (double)lanes * LANE_HEIGHT;
}

/* One lane: filled where something was done, an outline where nothing was (a sham block). */
static double
draw_stimuli (Chart *chart, double top)
{
  const GPtrArray *stimuli = chart->evaluation->stimuli;

  if (stimuli->len == 0)
    return 0;
  label (chart, LEFT - 6, top + 12, "end", "mark-name");
  g_string_append (chart->into, "stimuli</text>\n");
  for (guint i = 0; i < MIN (stimuli->len, MAX_STIMULI); i++)
    {
      const LensStimulusRow *stimulus = stimuli->pdata[i];
      const double from = MIN (x_at (chart, stimulus->first), RIGHT - 4);
      const double to = MAX (x_at (chart, stimulus->last), from + 4);

      draw_mark (chart, stimulus->sham ? "stimulus sham" : "stimulus", from, top + 3, to - from);
      g_string_append_c (chart->into, '\n');
    }
  return LANE_HEIGHT;
}

static void
describe (Chart *chart)
{
  g_string_append (chart->into, "<title id=\"time-title\">Traffic over time by class</title>"
                                "<desc id=\"time-desc\">Stacked rates of all classes over ");
  lens_words_duration (chart->into, (gint64)CLAMP (chart->span * 1e9, 0, 9e18));
  g_string_append (chart->into, "; below, on a scale of its own, what no declaration explains; "
                                "below that, the stimuli and when each finding was seen.</desc>\n");
}

gboolean
lens_chart_has_timeline (const LensLedgerSection *ledger)
{
  if (ledger->n_bins == 0 || ledger->timeline_bin <= 0)
    return FALSE;
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (ledger->timeline[i] == NULL)
      return FALSE;
  return TRUE;
}

void
lens_chart_timeline (GString *into, const LensEvaluation *evaluation)
{
  const LensLedgerSection *ledger = &evaluation->ledger;
  g_autoptr (GString) body = g_string_new (NULL);

  if (!lens_chart_has_timeline (ledger))
    return;
  Chart chart = { body, evaluation, ledger, (double)ledger->timeline_start / 1e9,
                  (double)ledger->timeline_bin / 1e9 * ledger->n_bins };
  Panel all = { TOP + 18, ALL_HEIGHT, 0, FALSE };
  Panel beyond = { all.top + ALL_HEIGHT + GAP, BEYOND_HEIGHT, 0, TRUE };
  double bottom = beyond.top + BEYOND_HEIGHT;

  describe (&chart);
  draw_phases (&chart, bottom);
  draw_panel (&chart, &all, "All traffic", 4);
  draw_panel (&chart, &beyond, "Hidden, undeclared, unexplained (own scale)", 2);
  draw_time_axis (&chart, bottom);
  bottom += AXIS_HEIGHT;
  bottom += draw_stimuli (&chart, bottom);
  bottom += draw_findings (&chart, bottom);

  g_string_append_printf (into,
                          "<svg class=\"timeline\" viewBox=\"0 0 %d %d\" role=\"img\" "
                          "aria-labelledby=\"time-title time-desc\">",
                          WIDTH, (int)bottom + 4);
  g_string_append_len (into, body->str, (gssize)body->len);
  g_string_append (into, "</svg>\n");
}
