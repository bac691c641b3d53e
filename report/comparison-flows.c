/* The sections of a comparison that are about peers: findings and flows. */
#include "report/comparison-parts.h"

#include <string.h>

enum
{
  PRIVILEGED = 1024, /* ports below are servers' */
  EPHEMERAL = 32768, /* ports above are drawn by those who ask, RFC 6335 section 6 and Linux */
  MAX_APPLICATIONS = 8,
};

/* One end of a flow, as it lasts from run to run. */
typedef struct
{
  const char *device;    /* NULL: neither end is one */
  const char *direction; /* "from" or "to" the device, of the src; where none is, the src */
  const char *peer;
  char *service; /* "tcp 443"; owned */
} Ends;

static gboolean
is_media (LensClass class_)
{
  return class_ == LENS_CLASS_DECLARED_VIDEO || class_ == LENS_CLASS_DECLARED_AUDIO
         || class_ == LENS_CLASS_DECLARED_METADATA || class_ == LENS_CLASS_MEDIA_OVERHEAD;
}

/* The port that stays: src opened the flow, unless the capture began amid it.  0: neither. */
static guint16
server_port (guint16 sport, guint16 dport)
{
  gboolean src_is_server
      = (sport < PRIVILEGED && dport >= PRIVILEGED) || (sport < EPHEMERAL && dport >= EPHEMERAL);

  return sport != 0 && src_is_server ? sport : dport;
}

/* @negotiated: its ports were agreed on for this session only. */
static char *
service_text (const char *proto, guint16 port, gboolean negotiated)
{
  if (negotiated)
    return g_strdup_printf ("%s media", proto);
  return port != 0 ? g_strdup_printf ("%s %u", proto, port) : g_strdup (proto);
}

static const char *
peer_of (const LensComparedPair *pair, guint side, const char *address)
{
  const char *name = address != NULL ? g_hash_table_lookup (pair->names[side], address) : NULL;

  return name != NULL ? name : address;
}

static void
ends_fill (Ends *ends, const LensComparedPair *pair, guint side, const char *src, const char *dst)
{
  const char *from = src != NULL ? g_hash_table_lookup (pair->hosts[side], src) : NULL;
  const char *to = dst != NULL ? g_hash_table_lookup (pair->hosts[side], dst) : NULL;

  ends->device = from != NULL ? from : to;
  ends->direction = from != NULL ? "from" : to != NULL ? "to" : NULL;
  ends->peer = peer_of (pair, side, from != NULL || to == NULL ? dst : src);
}

/* --- flows --- */

/* Flows between the same ends with the same service, on one side. */
typedef struct
{
  Ends ends;
  guint64 flows, packets[2], octets[2]; /* from, to the device (or the first end) */
  guint classes;                        /* bit by LensClass */
  GPtrArray *applications;              /* const char* */
  guint64 rank;
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->ends.service);
  g_ptr_array_unref (group->applications);
  g_free (group);
}

static Group *
group_of (GHashTable *groups, GPtrArray *order, Ends *ends, const char *other_end)
{
  g_autofree char *key = g_strjoin ("\n",
                                    ends->device != NULL ? ends->device
                                    : other_end != NULL  ? other_end
                                                         : "",
                                    ends->direction != NULL ? ends->direction : "",
                                    ends->peer != NULL ? ends->peer : "", ends->service, NULL);
  Group *group = g_hash_table_lookup (groups, key);

  if (group != NULL)
    {
      g_free (ends->service);
      return group;
    }
  group = g_new0 (Group, 1);
  group->ends = *ends;
  group->applications = g_ptr_array_new ();
  /* Others than the devices come last. */
  group->rank = order->len + (ends->device == NULL ? G_MAXUINT32 : 0);
  g_ptr_array_add (order, group);
  g_hash_table_insert (groups, g_steal_pointer (&key), group);
  return group;
}

static gint
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_application (Group *group, const char *application)
{
  if (application == NULL || group->applications->len == MAX_APPLICATIONS)
    return;
  for (guint i = 0; i < group->applications->len; i++)
    if (g_str_equal (group->applications->pdata[i], application))
      return;
  g_ptr_array_add (group->applications, (gpointer)application);
}

static void
add_flow (const LensComparedPair *pair, guint side, const LensFlowRow *flow, GHashTable *groups,
          GPtrArray *order)
{
  const gboolean udp = g_strcmp0 (flow->proto, "udp") == 0;
  Ends ends = { NULL };

  ends_fill (&ends, pair, side, flow->src, flow->dst);
  ends.service
      = service_text (flow->proto != NULL ? flow->proto : "",
                      server_port (flow->sport, flow->dport), udp && is_media (flow->class_));
  if (ends.device == NULL)
    ends.direction = flow->src;
  Group *group = group_of (groups, order, &ends, flow->src);
  const guint out = group->ends.device != NULL && g_str_equal (group->ends.direction, "to");
  group->flows++;
  group->packets[out] += flow->packets_out;
  group->octets[out] += flow->bytes_out;
  group->packets[!out] += flow->packets_in;
  group->octets[!out] += flow->bytes_in;
  group->classes |= 1u << flow->class_;
  add_application (group, flow->application);
}

static char *
class_names (guint classes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if ((classes >> i & 1) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              lens_class_name ((LensClass)i));
  return g_string_free (text, FALSE);
}

static void
put_group (LensCompared *compared, guint side, Group *group)
{
  const Ends *ends = &group->ends;
  const char *parts[] = { ends->device, ends->direction, ends->peer, ends->service };
  LensComparedRow *row = lens_compared_row (compared, side, group->rank, parts);
  g_autofree char *classes = class_names (group->classes);
  GString *applications = g_string_new (NULL);

  g_ptr_array_sort (group->applications, by_text);
  for (guint i = 0; i < group->applications->len; i++)
    g_string_append_printf (applications, "%s%s", i == 0 ? "" : ", ",
                            (const char *)group->applications->pdata[i]);
  lens_compared_text (row, side, "class", classes);
  lens_compared_text (row, side, "application", applications->str);
  lens_compared_count (row, side, LENS_COMPARED_COUNT, "flows", group->flows);
  lens_compared_count (row, side, LENS_COMPARED_OCTETS, "octets sent", group->octets[0]);
  lens_compared_count (row, side, LENS_COMPARED_OCTETS, "octets received", group->octets[1]);
  lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets sent", group->packets[0]);
  lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets received", group->packets[1]);
  g_string_free (applications, TRUE);
}

static void
put_flows (const LensComparedPair *pair, LensCompared *compared, guint side)
{
  const GPtrArray *flows = pair->evaluation[side]->flows;
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) order = g_ptr_array_new_with_free_func (group_free);

  for (guint i = 0; i < flows->len; i++)
    add_flow (pair, side, flows->pdata[i], groups, order);
  for (guint i = 0; i < order->len; i++)
    put_group (compared, side, order->pdata[i]);
}

void
lens_compared_flows (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const names[] = { "device", "direction", "peer", "service", NULL };
  LensCompared *compared = lens_compared_begin ("flows", "Flows", names);

  put_flows (pair, compared, 0);
  put_flows (pair, compared, 1);
  lens_compared_end (compared, comparison);
}

/* --- findings --- */

/* "udp 192.0.2.1 5000 192.0.2.100 5002": whose ports were agreed on for a session. */
static char *
ports_key (const char *proto, const char *src, guint16 sport, const char *dst, guint16 dport)
{
  return g_strdup_printf ("%s %s %u %s %u", proto, src, sport, dst, dport);
}

static GHashTable *
media_ports (const LensEvaluation *evaluation)
{
  GHashTable *ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      const LensFlowRow *row = evaluation->flows->pdata[i];
      if (g_strcmp0 (row->proto, "udp") != 0 || !is_media (row->class_) || row->src == NULL
          || row->dst == NULL)
        continue;
      g_hash_table_add (ports, ports_key (row->proto, row->src, row->sport, row->dst, row->dport));
      g_hash_table_add (ports, ports_key (row->proto, row->dst, row->dport, row->src, row->sport));
    }
  return ports;
}

static void
put_finding (const LensComparedPair *pair, LensCompared *compared, guint side,
             const LensFindingRow *finding, GHashTable *media)
{
  const LensFlowName *flow = finding->flow;
  const char *device = lens_compared_device (pair, side, finding->device);
  Ends ends = { NULL };

  if (flow != NULL && flow->proto != NULL && flow->src != NULL && flow->dst != NULL)
    {
      g_autofree char *key
          = ports_key (flow->proto, flow->src, flow->sport, flow->dst, flow->dport);
      ends_fill (&ends, pair, side, flow->src, flow->dst);
      ends.service = service_text (flow->proto, server_port (flow->sport, flow->dport),
                                   g_hash_table_contains (media, key));
    }
  const char *parts[] = { finding->channel, device, ends.direction, ends.peer, ends.service };
  LensComparedRow *row
      = lens_compared_row (compared, side, LENS_SEVERITY_CRITICAL - finding->severity, parts);
  lens_compared_text (row, side, "severity", lens_severity_name (finding->severity));
  lens_compared_text (row, side, "hides", finding->hides ? "yes" : "no");
  lens_compared_text (row, side, "summary", finding->summary);
  lens_compared_count (row, side, LENS_COMPARED_BITS, "used", finding->used_bits);
  lens_compared_count (row, side, LENS_COMPARED_BITS, "room", finding->room_bits);
  lens_compared_rate (row, side, "capacity", finding->capacity_bps);
  lens_compared_count (row, side, LENS_COMPARED_COUNT, "frames", finding->frame_count);
  g_free (ends.service);
}

static void
put_rows (const LensComparedPair *pair, LensComparison *comparison, const char *id,
          const char *title, gboolean leads)
{
  static const char *const names[] = { "channel", "device", "direction", "peer", "service", NULL };
  LensCompared *compared = lens_compared_begin (id, title, names);

  for (guint side = 0; side < 2; side++)
    {
      const LensEvaluation *evaluation = pair->evaluation[side];
      const GPtrArray *rows = leads ? evaluation->leads : evaluation->findings;
      g_autoptr (GHashTable) media = media_ports (evaluation);
      for (guint i = 0; i < rows->len; i++)
        put_finding (pair, compared, side, rows->pdata[i], media);
    }
  lens_compared_end (compared, comparison);
}

void
lens_compared_findings (const LensComparedPair *pair, LensComparison *comparison)
{
  put_rows (pair, comparison, "findings", "Findings", FALSE);
  put_rows (pair, comparison, "leads", "Leads (too weak to be findings)", TRUE);
}
