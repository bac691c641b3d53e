#include "harness/draft-mud.h"

#include "report/emit.h"
#include "wire/address.h"

#include <string.h>

#define MAX_ENTRIES 1000
#define CACHE_HOURS 48 /* cache-validity, RFC 8520 section 3.5 */

/* How access lists are kept apart (RFC 8519 section 4.1). */
typedef enum
{
  SORT_IPV4,
  SORT_IPV6,
  SORT_LINK,
  N_SORTS,
} Sort;

static const char *const sort_names[] = { "ipv4", "ipv6", "ethernet" };

/* One conversation that may go on: whom with, and what for. */
typedef struct
{
  char *key; /* of all that follows */
  char *peer;
  Sort sort;
  gboolean is_name, by_device;
  char *ethertype; /* SORT_LINK */
  guint8 protocol;
  gboolean has_ports;
  guint16 port; /* of the server: the peer where the device opens, else the device */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->peer);
  g_free (entry->ethertype);
  g_free (entry);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *const *x = a, *const *y = b;

  return strcmp ((*x)->key, (*y)->key);
}

/* By its network address, or by that of its link. */
static gboolean
is_end (const LensDeviceRow *device, const char *address)
{
  return g_strcmp0 (device->mac, address) == 0
         || g_ptr_array_find_with_equal_func (device->addresses, address, g_str_equal, NULL);
}

/* --- what is acceptable --- */

static gboolean
same_ends (const LensFlowRow *flow, const LensFlowName *name)
{
  gboolean forth = g_strcmp0 (flow->src, name->src) == 0 && g_strcmp0 (flow->dst, name->dst) == 0;
  gboolean back = g_strcmp0 (flow->src, name->dst) == 0 && g_strcmp0 (flow->dst, name->src) == 0;

  return g_strcmp0 (flow->proto, name->proto) == 0 && (forth || back);
}

/* What a finding is about: the flow it names, or all of them between its ends where its ports
 * are of another. */
static gboolean
is_suspect (const LensEvaluation *evaluation, const LensFlowRow *flow)
{
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      if (finding->severity >= LENS_SEVERITY_MEDIUM && finding->flow != NULL
          && same_ends (flow, finding->flow))
        return TRUE;
    }
  return FALSE;
}

static gint
protocol_number (const char *proto)
{
  static const struct
  {
    const char *name;
    gint number;
  } known[] = { { "tcp", 6 }, { "udp", 17 }, { "icmp", 1 }, { "icmpv6", 58 } };
  char *end;

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (proto, known[i].name))
      return known[i].number;
  gint64 number = g_ascii_strtoll (proto, &end, 10);
  return *end == '\0' && number >= 0 && number <= G_MAXUINT8 ? (gint)number : -1;
}

static Entry *
link_entry (const LensFlowRow *flow, gboolean by_device)
{
  const char *peer = by_device ? flow->dst : flow->src;
  guint8 mac[6];

  if (!g_str_has_prefix (flow->proto, "0x") || !lens_mac_parse (peer, mac))
    return NULL;
  Entry *entry = g_new0 (Entry, 1);
  entry->sort = SORT_LINK;
  entry->peer = g_strdup (peer);
  entry->by_device = by_device;
  entry->ethertype = g_strdup (flow->proto);
  entry->key = g_strdup_printf ("%d %s %s %d", SORT_LINK, flow->proto, peer, by_device);
  return entry;
}

static Entry *
entry_of (const LensFlowRow *flow, gboolean by_device)
{
  const char *peer = by_device ? flow->dst : flow->src;
  gint protocol = protocol_number (flow->proto);
  LensAddress address;

  if (protocol < 0 || !lens_address_parse (peer, &address))
    return link_entry (flow, by_device);
  Entry *entry = g_new0 (Entry, 1);
  entry->sort = address.version == 6 ? SORT_IPV6 : SORT_IPV4;
  entry->is_name = flow->name != NULL && *flow->name != '\0' && by_device;
  entry->peer = g_strdup (entry->is_name ? flow->name : peer);
  entry->by_device = by_device;
  entry->protocol = (guint8)protocol;
  entry->has_ports = protocol == 6 || protocol == 17;
  entry->port = flow->dport;
  entry->key = g_strdup_printf ("%d %03d %s %05u %d", entry->sort, protocol, entry->peer,
                                entry->has_ports ? entry->port : 0, by_device);
  return entry;
}

static GPtrArray *
find_entries (const LensEvaluation *evaluation, const LensDeviceRow *device)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < evaluation->flows->len && entries->len < MAX_ENTRIES; i++)
    {
      const LensFlowRow *flow = g_ptr_array_index (evaluation->flows, i);
      gboolean by_device = is_end (device, flow->src);
      if ((!by_device && !is_end (device, flow->dst)) || is_suspect (evaluation, flow))
        continue;
      Entry *entry = entry_of (flow, by_device);
      if (entry != NULL && g_hash_table_add (known, entry->key))
        g_ptr_array_add (entries, entry);
      else if (entry != NULL)
        entry_free (entry);
    }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

/* --- as a MUD file --- */

static void
emit_port (LensEmit *emit, const char *end, guint16 port)
{
  lens_emit_begin_object (emit, end, LENS_EMIT_ROW);
  lens_emit_string (emit, "operator", "eq");
  lens_emit_uint (emit, "port", port);
  lens_emit_end_object (emit);
}

static void
emit_network (LensEmit *emit, const Entry *entry, gboolean from_device)
{
  gboolean is_v6 = entry->sort == SORT_IPV6;

  lens_emit_begin_object (emit, sort_names[entry->sort], LENS_EMIT_ROW);
  lens_emit_uint (emit, "protocol", entry->protocol);
  if (entry->is_name)
    lens_emit_string (emit, from_device ? "ietf-acldns:dst-dnsname" : "ietf-acldns:src-dnsname",
                      entry->peer);
  else
    {
      g_autofree char *network = g_strdup_printf ("%s/%u", entry->peer, is_v6 ? 128 : 32);
      g_autofree char *key = g_strdup_printf (
          "%s-ipv%c-network", from_device ? "destination" : "source", is_v6 ? '6' : '4');
      lens_emit_string (emit, key, network);
    }
  lens_emit_end_object (emit);
}

static void
emit_link (LensEmit *emit, const Entry *entry, gboolean from_device)
{
  lens_emit_begin_object (emit, "eth", LENS_EMIT_ROW);
  lens_emit_string (emit, from_device ? "destination-mac-address" : "source-mac-address",
                    entry->peer);
  lens_emit_string (emit, "ethertype", entry->ethertype);
  lens_emit_end_object (emit);
}

static void
emit_transport (LensEmit *emit, const Entry *entry, gboolean from_device)
{
  /* The server's port is the destination of what goes to the server. */
  gboolean to_server = from_device == entry->by_device;

  lens_emit_begin_object (emit, entry->protocol == 6 ? "tcp" : "udp", LENS_EMIT_ROW);
  if (entry->protocol == 6)
    lens_emit_string (emit, "ietf-mud:direction-initiated",
                      entry->by_device ? "from-device" : "to-device");
  emit_port (emit, to_server ? "destination-port" : "source-port", entry->port);
  lens_emit_end_object (emit);
}

static void
emit_ace (LensEmit *emit, const Entry *entry, gboolean from_device, guint number)
{
  g_autofree char *name = g_strdup_printf ("seen-%u", number);

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "name", name);
  lens_emit_begin_object (emit, "matches", LENS_EMIT_TALL);
  if (entry->sort == SORT_LINK)
    emit_link (emit, entry, from_device);
  else
    emit_network (emit, entry, from_device);
  if (entry->has_ports)
    emit_transport (emit, entry, from_device);
  lens_emit_end_object (emit);
  lens_emit_begin_object (emit, "actions", LENS_EMIT_ROW);
  lens_emit_string (emit, "forwarding", "accept");
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
}

static char *
acl_name (gboolean from_device, Sort sort)
{
  return g_strdup_printf ("%s-device-%s", from_device ? "from" : "to", sort_names[sort]);
}

static void
emit_acl (LensEmit *emit, const GPtrArray *entries, gboolean from_device, Sort sort)
{
  g_autofree char *name = acl_name (from_device, sort);
  g_autofree char *type = g_strdup_printf ("%s-acl-type", sort_names[sort]);

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "name", name);
  lens_emit_string (emit, "type", type);
  lens_emit_begin_object (emit, "aces", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "ace", LENS_EMIT_TALL);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (entries, i);
      if (entry->sort == sort)
        emit_ace (emit, entry, from_device, i + 1);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
}

static void
emit_policy (LensEmit *emit, gboolean from_device)
{
  lens_emit_begin_object (emit, from_device ? "from-device-policy" : "to-device-policy",
                          LENS_EMIT_TALL);
  lens_emit_begin_object (emit, "access-lists", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "access-list", LENS_EMIT_TALL);
  for (Sort sort = SORT_IPV4; sort < N_SORTS; sort++)
    {
      g_autofree char *name = acl_name (from_device, sort);
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "name", name);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
}

/* The time of the last packet: a draft of the same capture is the same. */
static char *
time_text (const LensEvaluation *evaluation)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (
      evaluation->input.has_times ? evaluation->input.last / (1000 * 1000 * 1000) : 0);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ")
                      : g_strdup ("1970-01-01T00:00:00Z");
}

static void
emit_mud (LensEmit *emit, const LensEvaluation *evaluation, const LensDeviceRow *device)
{
  g_autofree char *time = time_text (evaluation);
  g_autofree char *told
      = g_strdup_printf ("%s, as it was seen in %s", device->name, evaluation->input.name);

  lens_emit_begin_object (emit, "ietf-mud:mud", LENS_EMIT_TALL);
  lens_emit_uint (emit, "mud-version", 1);
  /* Who publishes it knows where (RFC 2606: no such host). */
  lens_emit_string (emit, "mud-url", "https://draft.invalid/mud.json");
  lens_emit_string (emit, "last-update", time);
  lens_emit_uint (emit, "cache-validity", CACHE_HOURS);
  lens_emit_boolean (emit, "is-supported", TRUE);
  lens_emit_string (emit, "systeminfo", told);
  emit_policy (emit, TRUE);
  emit_policy (emit, FALSE);
  lens_emit_end_object (emit);
}

GBytes *
lens_draft_mud (const LensEvaluation *evaluation)
{
  const LensDeviceRow *device = NULL;
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *row = g_ptr_array_index (evaluation->devices, i);
      if (row->addresses->len == 0)
        continue;
      if (device != NULL)
        {
          g_byte_array_unref (octets);
          return NULL;
        }
      device = row;
    }
  if (device == NULL)
    {
      g_byte_array_unref (octets);
      return NULL;
    }
  g_autoptr (GPtrArray) entries = find_entries (evaluation, device);
  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  emit_mud (&emit, evaluation, device);
  lens_emit_begin_object (&emit, "ietf-access-control-list:acls", LENS_EMIT_TALL);
  lens_emit_begin_array (&emit, "acl", LENS_EMIT_TALL);
  for (guint list = 0; list < 2 * N_SORTS; list++)
    emit_acl (&emit, entries, list < N_SORTS, (Sort)(list % N_SORTS));
  lens_emit_end_array (&emit);
  lens_emit_end_object (&emit);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}
