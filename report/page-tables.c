/* What was declared, and what two witnesses saw of it. */
#include "report/page.h"

#include "report/words.h"

enum
{
  MAX_STREAMS = 200,
  MAX_SERVICES = 500,
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
