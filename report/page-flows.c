/* Whom the devices talked to, and each conversation. */
#include "report/page.h"

#include "report/chart.h"
#include "report/facts.h"
#include "report/flow-marks.h"
#include "report/words.h"

enum
{
  MAX_FLOWS = 50,
  MAX_CONSIDERED = 10000, /* for the peers: as many as our own records have */
  MAX_PEERS = 50,
  MAX_SERVICES = 4, /* of one peer, named */
  MAX_MARKS = 4,    /* findings of one flow, named */
};

/* All flows between the devices under test and one address. */
typedef struct
{
  const char *address;
  const char *name;       /* the first that a flow has, or NULL */
  GPtrArray *services;    /* char*: "tcp 443", each once */
  guint classes;          /* bits by LensClass */
  guint64 sent, received; /* by the devices, headers included */
  guint64 beyond;         /* of both, in flows of a class that an honest device leaves empty */
  guint64 n_flows;
} Peer;

static void
free_peer (gpointer data)
{
  Peer *peer = data;

  g_ptr_array_unref (peer->services);
  g_free (peer);
}

static GHashTable *
own_addresses (const GPtrArray *devices)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < devices->len; i++)
    {
      const LensDeviceRow *device = devices->pdata[i];

      for (guint n = 0; n < device->addresses->len; n++)
        if (device->addresses->pdata[n] != NULL)
          g_hash_table_add (set, device->addresses->pdata[n]);
    }
  return set;
}

static Peer *
peer_of (GPtrArray *peers, GHashTable *index, const char *address)
{
  Peer *peer = g_hash_table_lookup (index, address);

  if (peer != NULL)
    return peer;
  peer = g_new0 (Peer, 1);
  peer->address = address;
  peer->services = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (peers, peer);
  g_hash_table_insert (index, (gpointer)address, peer);
  return peer;
}

static void
add_service (Peer *peer, const LensFlowRow *flow, gboolean opened_by_device)
{
  const char *proto = flow->proto != NULL ? flow->proto : "?";
  g_autofree char *service = flow->dport == 0
                                 ? g_strdup (proto)
                                 : g_strdup_printf ("%s %u%s", proto, flow->dport,
                                                    opened_by_device ? "" : " of the device");

  if (peer->services->len <= MAX_SERVICES
      && !g_ptr_array_find_with_equal_func (peer->services, service, g_str_equal, NULL))
    g_ptr_array_add (peer->services, g_steal_pointer (&service));
}

static void
add_flow (GPtrArray *peers, GHashTable *index, GHashTable *own, const LensFlowRow *flow)
{
  const gboolean opened_by_device = flow->src != NULL && g_hash_table_contains (own, flow->src);
  const char *address = opened_by_device ? flow->dst : flow->src;

  if (address == NULL
      || (!opened_by_device && g_hash_table_size (own) > 0 && flow->dst != NULL
          && !g_hash_table_contains (own, flow->dst)))
    return;
  Peer *peer = peer_of (peers, index, address);
  peer->sent += opened_by_device ? flow->bytes_out : flow->bytes_in;
  peer->received += opened_by_device ? flow->bytes_in : flow->bytes_out;
  peer->n_flows++;
  peer->classes |= 1u << flow->class_;
  if (peer->name == NULL)
    peer->name = flow->name;
  if (lens_facts_is_beyond (flow->class_))
    peer->beyond += flow->bytes_out + flow->bytes_in;
  add_service (peer, flow, opened_by_device);
}

static gint
descending (guint64 a, guint64 b)
{
  return a < b ? 1 : a > b ? -1 : 0;
}

static gint
by_weight (gconstpointer a, gconstpointer b)
{
  const Peer *one = *(const Peer *const *)a, *other = *(const Peer *const *)b;
  gint order = descending (one->beyond, other->beyond);

  if (order == 0)
    order = descending (one->sent + one->received, other->sent + other->received);
  return order != 0 ? order : g_strcmp0 (one->address, other->address);
}

static void
put_peer (GString *page, const Peer *peer)
{
  g_string_append (page, "<tr><td class=\"a\">");
  lens_page_address (page, peer->address);
  g_string_append (page, "</td>");
  lens_page_cell (page, peer->name);
  g_string_append (page, "<td>");
  for (guint i = 0; i < MIN (peer->services->len, MAX_SERVICES); i++)
    {
      g_string_append (page, i > 0 ? ", " : "");
      lens_page_name (page, peer->services->pdata[i]);
    }
  g_string_append (page, peer->services->len > MAX_SERVICES ? " …</td><td>" : "</td><td>");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if ((peer->classes & 1u << i) != 0)
      {
        g_string_append (page, "<span class=\"class\">");
        lens_chart_swatch (page, (LensClass)i);
        g_string_append_printf (page, "%s</span> ", lens_class_name ((LensClass)i));
      }
  g_string_append (page, "</td>");
  lens_page_count_cell (page, peer->n_flows);
  lens_page_size_cell (page, peer->sent);
  lens_page_size_cell (page, peer->received);
  g_string_append (page, "</tr>\n");
}

static void
put_peers (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Address", "Name",        "Service",   "Class of the payload",
          "#Flows",  "#Sent to it", "#Received", NULL };
  g_autoptr (GHashTable) own = own_addresses (evaluation->devices);
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (free_peer);

  for (guint i = 0; i < MIN (evaluation->flows->len, MAX_CONSIDERED); i++)
    add_flow (peers, index, own, evaluation->flows->pdata[i]);
  if (peers->len == 0)
    return;
  g_ptr_array_sort (peers, by_weight);
  lens_page_begin_table (page, "Peers of the devices under test, those nobody declared first",
                         columns);
  for (guint i = 0; i < MIN (peers->len, MAX_PEERS); i++)
    put_peer (page, peers->pdata[i]);
  lens_page_end_table (page);
  if (peers->len > MAX_PEERS)
    g_string_append_printf (page, "<p class=\"small soft\">%u more peers in evaluation.json.</p>\n",
                            peers->len - MAX_PEERS);
}

static void
put_end_cell (GString *page, const char *address, guint16 port)
{
  g_string_append (page, "<td class=\"a\">");
  lens_page_address (page, address);
  if (port != 0)
    g_string_append_printf (page, " : %u", port);
  g_string_append (page, "</td>");
}

/* A flow with the findings that are about it. */
typedef struct
{
  const LensFlowRow *flow;
  GArray *marks; /* LensFlowMark */
  gboolean hides;
  guint index;
} Row;

static void
clear_row (gpointer data)
{
  g_array_unref (((Row *)data)->marks);
}

/* The order of the record is by payload. */
static gint
by_hiding (gconstpointer a, gconstpointer b)
{
  const Row *one = a, *other = b;

  return one->hides != other->hides ? other->hides - one->hides
                                    : (one->index > other->index) - (one->index < other->index);
}

static GArray *
rows_of (const GPtrArray *flows, const LensFlowMarks *marks)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));

  g_array_set_clear_func (rows, clear_row);
  for (guint i = 0; i < MIN (flows->len, MAX_CONSIDERED); i++)
    {
      GArray *of_flow = lens_flow_marks_of (marks, flows->pdata[i]);
      const Row row = { flows->pdata[i], of_flow, lens_flow_marks_hide (marks, of_flow), i };

      g_array_append_val (rows, row);
    }
  g_array_sort (rows, by_hiding);
  return rows;
}

/* "hides data: F004, F001 and 3 more" */
static void
put_marks_cell (GString *page, const LensEvaluation *evaluation, const Row *row)
{
  g_string_append (page, row->hides ? "<td><b>hides data:</b> " : "<td>");
  for (guint i = 0; i < MIN (row->marks->len, MAX_MARKS); i++)
    {
      const LensFlowMark *mark = &g_array_index (row->marks, LensFlowMark, i);

      g_string_append (page, i > 0 ? ", " : "");
      lens_page_finding_link (page, evaluation->findings->pdata[mark->finding], mark->finding,
                              mark->rank);
    }
  if (row->marks->len > MAX_MARKS)
    g_string_append_printf (page, " and %u more", row->marks->len - MAX_MARKS);
  g_string_append (page, row->marks->len == 0 ? "–</td>" : "</td>");
}

static void
put_row (GString *page, const LensEvaluation *evaluation, const Row *row)
{
  const LensFlowRow *flow = row->flow;

  g_string_append (page, "<tr>");
  lens_page_cell (page, flow->proto);
  put_end_cell (page, flow->src, flow->sport);
  put_end_cell (page, flow->dst, flow->dport);
  lens_page_cell (page, flow->name);
  lens_page_cell (page, flow->application);
  g_string_append (page, "<td>");
  g_string_append (page, "<span class=\"class\">");
  lens_chart_swatch (page, flow->class_);
  g_string_append_printf (page, "%s</span></td>", lens_class_name (flow->class_));
  put_marks_cell (page, evaluation, row);
  lens_page_size_cell (page, flow->bytes_out);
  lens_page_size_cell (page, flow->bytes_in);
  g_string_append (page, "</tr>\n");
}

static void
put_flows (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[] = { "Protocol", "From",     "To",   "Name",  "Application",
                                         "Class",    "Findings", "#Out", "#Back", NULL };
  g_autoptr (LensFlowMarks) marks = lens_flow_marks_new (evaluation);
  g_autoptr (GArray) rows = rows_of (evaluation->flows, marks);

  lens_page_begin_table (page,
                         "Flows: those in which something hides first, then most payload. A "
                         "finding about several flows of two hosts is named at each of them",
                         columns);
  for (guint i = 0; i < MIN (rows->len, MAX_FLOWS); i++)
    put_row (page, evaluation, &g_array_index (rows, Row, i));
  lens_page_end_table (page);
}

void
lens_page_flows (GString *page, const LensEvaluation *evaluation)
{
  const GPtrArray *flows = evaluation->flows;
  const guint64 rest = evaluation->flows_rest_count + flows->len - MIN (flows->len, MAX_FLOWS);

  g_string_append (page, "<h2 id=\"peers\">Whom it talked to</h2>\n");
  if (flows->len == 0)
    {
      g_string_append (page, "<p>None.</p>\n");
      return;
    }
  put_peers (page, evaluation);
  put_flows (page, evaluation);
  if (rest > 0)
    {
      g_string_append (page, "<p class=\"small soft\">");
      lens_words_some (page, rest, "more flow");
      g_string_append (page, " in evaluation.json.</p>\n");
    }
}
