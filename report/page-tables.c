#include "report/page.h"

#include "report/chart.h"
#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_STREAMS = 200,
  MAX_SERVICES = 500,
  MAX_FLOWS = 50,
  MAX_WITNESSES = 200,
  MAX_SENTENCES = 200,
};

static void
put_port_cell (GString *page, gint port)
{
  if (port < 0)
    g_string_append (page, "<td class=\"n\">any</td>");
  else
    g_string_append_printf (page, "<td class=\"n\">%d</td>", port);
}

static void
put_track (GString *page, const LensStreamRow *stream, const LensTrackRow *track)
{
  g_string_append (page, "<tr>");
  lens_page_cell (page, stream->name);
  lens_page_code_cell (page, stream->url);
  lens_page_cell (page, stream->transport);
  lens_page_cell (page, stream->origin);
  lens_page_cell (page, track != NULL ? track->media : NULL);
  lens_page_cell (page, track != NULL ? track->codec : NULL);
  lens_page_count_cell (page, track != NULL ? track->packets : 0);
  lens_page_size_cell (page, track != NULL ? track->octets : 0);
  g_string_append_printf (page, "<td>%s</td></tr>\n", stream->seen ? "yes" : "no");
}

static void
put_streams (GString *page, const GPtrArray *streams)
{
  static const char *const columns[] = { "Stream", "URL",      "Transport", "Declared by", "Track",
                                         "Codec",  "#Packets", "#Octets",   "Seen",        NULL };

  if (streams->len == 0)
    {
      g_string_append (page, "<p>No stream was declared.</p>\n");
      return;
    }
  lens_page_begin_table (page, "Declared streams and their tracks", columns);
  for (guint i = 0; i < MIN (streams->len, MAX_STREAMS); i++)
    {
      const LensStreamRow *stream = streams->pdata[i];

      for (guint n = 0; n < MIN (stream->tracks->len, MAX_STREAMS); n++)
        put_track (page, stream, stream->tracks->pdata[n]);
      if (stream->tracks->len == 0)
        put_track (page, stream, NULL);
    }
  lens_page_end_table (page);
}

static const char *
opener (const char *direction)
{
  return g_strcmp0 (direction, "out") == 0  ? "the device"
         : g_strcmp0 (direction, "in") == 0 ? "the peer"
                                            : "either";
}

static void
put_services (GString *page, const GPtrArray *services)
{
  static const char *const columns[]
      = { "Service", "Protocol",           "#Port", "With", "Opened by", "Declared by",
          "Seen",    "#Octets sent by it", NULL };

  if (services->len == 0)
    {
      g_string_append (page, "<p>No other service was declared.</p>\n");
      return;
    }
  lens_page_begin_table (page, "Declared services", columns);
  for (guint i = 0; i < MIN (services->len, MAX_SERVICES); i++)
    {
      const LensServiceRow *service = services->pdata[i];

      g_string_append (page, "<tr>");
      lens_page_cell (page, service->name);
      lens_page_cell (page, service->proto);
      put_port_cell (page, service->port);
      lens_page_cell (page, service->anybody ? "anybody" : service->to);
      lens_page_cell (page, opener (service->direction));
      lens_page_cell (page, service->origin);
      g_string_append_printf (page, "<td>%s</td>", service->seen ? "yes" : "no");
      lens_page_size_cell (page, service->octets);
      g_string_append (page, "</tr>\n");
    }
  lens_page_end_table (page);
}

static void
put_sentences (GString *page, const char *title, const GPtrArray *sentences)
{
  if (sentences->len == 0)
    return;
  g_string_append_printf (page, "<h3>%s</h3>\n<ul>\n", title);
  for (guint i = 0; i < MIN (sentences->len, MAX_SENTENCES); i++)
    {
      g_string_append (page, "<li>");
      lens_page_text (page, sentences->pdata[i]);
      g_string_append (page, "</li>\n");
    }
  g_string_append (page, "</ul>\n");
}

void
lens_page_declared (GString *page, const LensEvaluation *evaluation)
{
  g_string_append (page, "<h2 id=\"declared\">What was declared</h2>\n");
  put_streams (page, evaluation->streams);
  put_services (page, evaluation->services);
  put_sentences (page, "Declared and never seen", evaluation->never_seen);
  put_sentences (page, "Declarations that cannot be followed", evaluation->unusable);
}

void
lens_page_witnesses (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[] = { "Stream",
                                         "Track",
                                         "#Wire, packets",
                                         "#Wire, octets",
                                         "#Viewer, packets",
                                         "#Viewer, octets",
                                         "#Connection, octets",
                                         "#Overhead",
                                         "#Unexplained",
                                         NULL };

  g_string_append (page, "<h2 id=\"witnesses\">Two witnesses</h2>\n");
  if (evaluation->witnesses->len == 0)
    {
      g_string_append (page, "<p>The stream was not pulled in this run: there is no second "
                             "witness.</p>\n");
      return;
    }
  g_string_append (page, "<p>A viewer pulled the stream while the wire was captured. What the "
                         "wire carried and the viewer did not receive has to be explained.</p>\n");
  lens_page_begin_table (page, "The wire and the viewer, track by track", columns);
  for (guint i = 0; i < MIN (evaluation->witnesses->len, MAX_WITNESSES); i++)
    {
      const LensWitnessRow *row = evaluation->witnesses->pdata[i];

      g_string_append (page, "<tr>");
      lens_page_cell (page, row->stream);
      lens_page_cell (page, row->track);
      lens_page_count_cell (page, row->wire_packets);
      lens_page_count_cell (page, row->wire_octets);
      lens_page_count_cell (page, row->puller_packets);
      lens_page_count_cell (page, row->puller_octets);
      lens_page_count_cell (page, row->connection_octets);
      lens_page_count_cell (page, row->overhead_octets);
      g_string_append_printf (page, "<td class=\"n\">%" G_GINT64_FORMAT "</td></tr>\n",
                              row->unexplained);
    }
  lens_page_end_table (page);
}

static void
put_end_cell (GString *page, const char *address, guint16 port)
{
  g_string_append (page, "<td>");
  lens_page_name (page, address);
  if (port != 0)
    g_string_append_printf (page, " : %u", port);
  g_string_append (page, "</td>");
}

void
lens_page_flows (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Protocol", "From", "To", "Name", "Application", "Class", "#Out", "#Back", NULL };
  const GPtrArray *flows = evaluation->flows;
  const guint64 rest = evaluation->flows_rest_count + flows->len - MIN (flows->len, MAX_FLOWS);

  g_string_append (page, "<h2 id=\"flows\">Flows</h2>\n");
  if (flows->len == 0)
    {
      g_string_append (page, "<p>None.</p>\n");
      return;
    }
  lens_page_begin_table (page, "Flows, most payload first", columns);
  for (guint i = 0; i < MIN (flows->len, MAX_FLOWS); i++)
    {
      const LensFlowRow *flow = flows->pdata[i];

      g_string_append (page, "<tr>");
      lens_page_cell (page, flow->proto);
      put_end_cell (page, flow->src, flow->sport);
      put_end_cell (page, flow->dst, flow->dport);
      lens_page_cell (page, flow->name);
      lens_page_cell (page, flow->application);
      g_string_append (page, "<td>");
      lens_chart_swatch (page, flow->class_);
      g_string_append_printf (page, "%s</td>", lens_class_name (flow->class_));
      lens_page_size_cell (page, flow->bytes_out);
      lens_page_size_cell (page, flow->bytes_in);
      g_string_append (page, "</tr>\n");
    }
  lens_page_end_table (page);
  if (rest > 0)
    {
      g_string_append (page, "<p class=\"small soft\">");
      lens_words_some (page, rest, "more flow");
      g_string_append (page, " in evaluation.json.</p>\n");
    }
}

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
put_channel (GString *page, const LensCoverageRow *row)
{
  g_string_append (page, "<tr>");
  lens_page_code_cell (page, row->channel);
  lens_page_count_cell (page, row->examined);
  put_rate_cell (page, row->limit_bps);
  put_rate_cell (page, row->bound_bps);
  g_string_append (page, "<td class=\"w\">");
  lens_page_text (page, row->note);
  for (guint i = 0; i < row->devices->len; i++)
    {
      const LensCoverageDevice *device = row->devices->pdata[i];

      g_string_append (page, "<br>");
      lens_page_name (page, device->device);
      g_string_append_printf (page, ": %s", lens_coverage_status_name (device->status));
    }
  g_string_append (page, "</td></tr>\n");
}

static void
put_channel_table (GString *page, const GPtrArray *coverage, LensCoverageStatus status,
                   const char *caption)
{
  static const char *const columns[]
      = { "Channel", "#Units looked at", "#Limit of detection", "#Residual bound", "Note", NULL };

  lens_page_begin_table (page, caption, columns);
  for (guint i = 0; i < coverage->len; i++)
    {
      const LensCoverageRow *row = coverage->pdata[i];
      if (row->status == status)
        put_channel (page, row);
    }
  lens_page_end_table (page);
}

static void
put_channel_names (GString *page, const GPtrArray *coverage, LensCoverageStatus status)
{
  g_string_append (page, "<p class=\"channels\">");
  for (guint i = 0; i < coverage->len; i++)
    {
      const LensCoverageRow *row = coverage->pdata[i];

      if (row->status != status)
        continue;
      g_string_append (page, "<code>");
      lens_page_name (page, row->channel);
      g_string_append (page, "</code> ");
    }
  g_string_append (page, "</p>\n");
}

void
lens_page_coverage (GString *page, const LensEvaluation *evaluation)
{
  static const struct
  {
    const char *title, *meaning;
    gboolean names_only;
  } groups[] = {
    [LENS_COVERAGE_EXAMINED] = { "Examined", "Had it been there, it would have been seen.", FALSE },
    [LENS_COVERAGE_NOT_PRESENT]
    = { "Not present", "Nothing in this traffic could carry it.", TRUE },
    [LENS_COVERAGE_NOT_EXAMINABLE]
    = { "Not examinable", "It could have been there, and nobody could look.", FALSE },
    [LENS_COVERAGE_NOT_IMPLEMENTED] = { "Not implemented", "This version does not look.", TRUE },
  };

  g_string_append (page, "<h2 id=\"coverage\">What was examined</h2>\n<dl class=\"tiles\">\n");
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_string_append_printf (page, "<div><dt>%s</dt><dd>", groups[i].title);
      lens_words_count (page, lens_facts_count_status (evaluation, (LensCoverageStatus)i));
      g_string_append_printf (page, "</dd><dd>%s</dd></div>\n", groups[i].meaning);
    }
  g_string_append (page, "</dl>\n");
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      const LensCoverageStatus status = (LensCoverageStatus)i;

      if (lens_facts_count_status (evaluation, status) == 0)
        continue;
      g_string_append_printf (page, "<h3>%s</h3>\n", groups[i].title);
      if (groups[i].names_only)
        put_channel_names (page, evaluation->coverage, status);
      else
        put_channel_table (page, evaluation->coverage, status, groups[i].meaning);
    }
}
