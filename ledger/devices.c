/* Who is under test: the hosts of the profiles, the host that was asked for, those that serve
 * media, or everybody.  Resolved after the last packet, so that no answer depends on the order
 * of what told it. */
#include "ledger/inside.h"

#include "ledger/profile.h"

#define MAX_DEVICES 1000
/* A link address that more senders than this use is a router's: what it forwards comes from
 * hosts that are not on the link. */
#define ROUTER_SENDERS 4

void
lens_device_free (gpointer data)
{
  LensDevice *device = data;

  g_free (device->name);
  g_byte_array_unref (device->macs);
  g_array_unref (device->addresses);
  g_free (device);
}

static LensDevice *
device_new (LensLedger *ledger)
{
  LensDevice *device = g_new0 (LensDevice, 1);

  device->macs = g_byte_array_new ();
  device->addresses = g_array_new (FALSE, FALSE, sizeof (LensAddress));
  g_ptr_array_add (ledger->devices, device);
  return device;
}

static void
give_address (LensLedger *ledger, guint index, const LensAddress *address)
{
  LensDevice *device = g_ptr_array_index (ledger->devices, index);

  if (g_hash_table_contains (ledger->device_by_address, address))
    return;
  g_hash_table_insert (ledger->device_by_address, g_memdup2 (address, sizeof *address),
                       GUINT_TO_POINTER (index));
  g_array_append_val (device->addresses, *address);
}

static void
give_mac (LensLedger *ledger, guint index, const guint8 mac[6])
{
  LensDevice *device = g_ptr_array_index (ledger->devices, index);
  guint64 number = lens_mac_number (mac);

  if (number == 0 || g_hash_table_contains (ledger->device_by_mac, &number))
    return;
  g_hash_table_insert (ledger->device_by_mac, g_memdup2 (&number, sizeof number),
                       GUINT_TO_POINTER (index));
  g_byte_array_append (device->macs, mac, 6);
}

/* What the capture says about a device known by some of its addresses. */
static void
complete (LensLedger *ledger, guint index)
{
  LensDevice *device = g_ptr_array_index (ledger->devices, index);

  for (guint i = 0; i < device->addresses->len; i++)
    {
      const LensAddress address = g_array_index (device->addresses, LensAddress, i);
      g_autoptr (GByteArray) macs = lens_hosts_macs_of (ledger->hosts, &address);
      for (guint m = 0; m + 6 <= macs->len; m += 6)
        give_mac (ledger, index, macs->data + m);
    }
  for (guint m = 0; m + 6 <= device->macs->len; m += 6)
    {
      g_autoptr (GArray) addresses
          = lens_hosts_addresses_of (ledger->hosts, device->macs->data + m);
      for (guint i = 0; i < addresses->len; i++)
        give_address (ledger, index, &g_array_index (addresses, LensAddress, i));
    }
}

static void
devices_of_profiles (LensLedger *ledger)
{
  for (guint p = 0; p < ledger->options.profiles->len; p++)
    {
      const LensProfile *profile = g_ptr_array_index (ledger->options.profiles, p);
      LensDevice *device = device_new (ledger);
      device->name = g_strdup (profile->name);
      device->profile = profile;
      for (guint i = 0; i < profile->addresses->len; i++)
        give_address (ledger, p, &g_array_index (profile->addresses, LensAddress, i));
      if (profile->has_mac)
        give_mac (ledger, p, profile->mac);
    }
  for (guint p = 0; p < ledger->devices->len; p++)
    complete (ledger, p);
}

static void
device_of_option (LensLedger *ledger, const char *text)
{
  LensAddress address;
  guint8 mac[6];
  LensDevice *device = device_new (ledger);

  device->name = g_strdup (text);
  if (lens_mac_parse (text, mac))
    give_mac (ledger, 0, mac);
  else if (lens_address_parse (text, &address))
    give_address (ledger, 0, &address);
  complete (ledger, 0);
}

static gboolean
has_room (LensLedger *ledger)
{
  ledger->capped |= ledger->devices->len >= MAX_DEVICES;
  return ledger->devices->len < MAX_DEVICES;
}

static void
device_of_address (LensLedger *ledger, const LensAddress *address)
{
  if (address->version == 0 || g_hash_table_contains (ledger->device_by_address, address)
      || !has_room (ledger))
    return;
  LensDevice *device = device_new (ledger);
  device->name = lens_address_dup_text (address);
  give_address (ledger, ledger->devices->len - 1, address);
  complete (ledger, ledger->devices->len - 1);
}

/* Every host that serves RTSP or sends RTP. */
static void
devices_of_media (LensLedger *ledger)
{
  for (guint i = 0; i < lens_sessions_n_streams (ledger->sessions); i++)
    device_of_address (ledger, &lens_sessions_stream_at (ledger->sessions, i)->server);
  for (guint32 i = 0; i < lens_flows_n (ledger->flows); i++)
    {
      const LensFlow *flow = lens_flows_at (ledger->flows, i);
      if (flow->service == LENS_SERVICE_RTSP)
        device_of_address (ledger,
                           flow->server == LENS_SERVER_SOURCE ? &flow->key->src : &flow->key->dst);
    }
  for (guint i = 0; i < lens_sessions_n_tracks (ledger->sessions); i++)
    {
      const LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      if (track->packets > 0 && track->side != NULL)
        device_of_address (ledger, &track->side->key.src);
    }
}

/* Every host: a link address where that is one host's, else an address. */
static void
devices_of_all (LensLedger *ledger)
{
  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSideKey *key = &lens_flows_side_at (ledger->flows, i)->key;
      gboolean has_mac = (key->has_mac & 1) != 0 && lens_mac_number (key->src_mac) != 0;
      gboolean is_host = key->src.version != 0 && !lens_address_is_unspecified (&key->src)
                         && !lens_address_is_multicast (&key->src);
      if (is_host
          && (!has_mac || lens_hosts_n_senders (ledger->hosts, key->src_mac) <= ROUTER_SENDERS
              || lens_hosts_is_at (ledger->hosts, key->src_mac, &key->src)))
        device_of_address (ledger, &key->src);
    }
  /* Link addresses of those, and only then hosts that have nothing else: what a host says first
   * need not be IP. */
  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSideKey *key = &lens_flows_side_at (ledger->flows, i)->key;
      gint at = (key->has_mac & 1) != 0 ? lens_ledger_source_device (ledger, key) : -1;
      if (at >= 0 && lens_hosts_n_senders (ledger->hosts, key->src_mac) <= ROUTER_SENDERS)
        give_mac (ledger, (guint)at, key->src_mac);
    }
  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSideKey *key = &lens_flows_side_at (ledger->flows, i)->key;
      if ((key->has_mac & 1) == 0 || lens_mac_number (key->src_mac) == 0 || key->src.version != 0
          || lens_ledger_source_device (ledger, key) >= 0 || !has_room (ledger))
        continue;
      LensDevice *device = device_new (ledger);
      device->name = lens_mac_dup_text (key->src_mac);
      give_mac (ledger, ledger->devices->len - 1, key->src_mac);
    }
}

/* Asked of each side many times from here on. */
static void
remember_ends (LensLedger *ledger)
{
  guint32 n = lens_flows_n_sides (ledger->flows);

  if (ledger->devices->len > G_MAXINT16)
    return;
  GArray *ends = g_array_sized_new (FALSE, FALSE, sizeof (LensSideEnds), n);
  for (guint32 i = 0; i < n; i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      const LensSideEnds both = { (gint16)lens_ledger_side_source (ledger, side),
                                  (gint16)lens_ledger_side_destination (ledger, side) };
      g_array_append_val (ends, both);
    }
  ledger->ends = ends;
}

static void
measure_devices (LensLedger *ledger)
{
  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      gint from = lens_ledger_side_source (ledger, side);
      gint to = lens_ledger_side_destination (ledger, side);
      for (guint end = 0; end < 2; end++)
        {
          gint index = end == 0 ? from : to;
          if (index < 0 || side->packets == 0)
            continue;
          LensDevice *device = g_ptr_array_index (ledger->devices, index);
          device->first = device->has_times ? MIN (device->first, side->first) : side->first;
          device->last = device->has_times ? MAX (device->last, side->last) : side->last;
          device->has_times = TRUE;
          *(end == 0 ? &device->packets_from : &device->packets_to) += side->packets;
          device->truncated += side->rare->truncated;
          device->sealed += side->rare->sealed;
          device->lost |= side->flow->lost;
        }
    }
}

void
lens_ledger_resolve (LensLedger *ledger)
{
  const char *option = ledger->options.device;

  ledger->devices = g_ptr_array_new_with_free_func (lens_device_free);
  ledger->device_by_address = lens_address_table_new (g_free, NULL);
  ledger->device_by_mac = g_hash_table_new_full (lens_mac_number_hash, g_int64_equal, g_free, NULL);
  if (ledger->options.profiles->len > 0)
    devices_of_profiles (ledger);
  else if (option != NULL && !g_str_equal (option, "all"))
    device_of_option (ledger, option);
  else
    {
      if (option == NULL)
        devices_of_media (ledger);
      if (ledger->devices->len == 0)
        devices_of_all (ledger);
    }
  remember_ends (ledger);
  measure_devices (ledger);
  ledger->permissions = g_array_new (FALSE, TRUE, sizeof (gint8));
  g_array_set_size (ledger->permissions, lens_flows_n (ledger->flows));
}

gint
lens_ledger_device_at (LensLedger *ledger, const LensAddress *address, const guint8 *mac)
{
  gpointer index;

  if (address->version != 0
      && g_hash_table_lookup_extended (ledger->device_by_address, address, NULL, &index))
    return (gint)GPOINTER_TO_UINT (index);
  if (mac != NULL)
    {
      guint64 number = lens_mac_number (mac);
      if (g_hash_table_lookup_extended (ledger->device_by_mac, &number, NULL, &index))
        return (gint)GPOINTER_TO_UINT (index);
    }
  return -1;
}

gint
lens_ledger_source_device (LensLedger *ledger, const LensSideKey *key)
{
  return lens_ledger_device_at (ledger, &key->src, key->has_mac & 1 ? key->src_mac : NULL);
}

gint
lens_ledger_destination_device (LensLedger *ledger, const LensSideKey *key)
{
  return lens_ledger_device_at (ledger, &key->dst, key->has_mac & 2 ? key->dst_mac : NULL);
}

gint
lens_ledger_flow_source (LensLedger *ledger, const LensFlow *flow)
{
  const LensSideKey key = lens_flow_key (flow);

  return lens_ledger_source_device (ledger, &key);
}

gint
lens_ledger_flow_destination (LensLedger *ledger, const LensFlow *flow)
{
  const LensSideKey key = lens_flow_key (flow);

  return lens_ledger_destination_device (ledger, &key);
}

/* NULL: they are not known yet, or it is no side of a flow. */
static const LensSideEnds *
ends_of (const LensLedger *ledger, const LensSide *side)
{
  if (ledger->ends == NULL || side->index >= ledger->ends->len
      || lens_flows_side_at (ledger->flows, side->index) != side)
    return NULL;
  return &g_array_index (ledger->ends, LensSideEnds, side->index);
}

gint
lens_ledger_side_source (LensLedger *ledger, const LensSide *side)
{
  const LensSideEnds *ends = ends_of (ledger, side);

  if (ends != NULL)
    return ends->source;
  gint index = lens_ledger_source_device (ledger, &side->key);

  while (index < 0 && side->rare->outer != NULL)
    {
      side = side->rare->outer;
      index = lens_ledger_source_device (ledger, &side->key);
    }
  return index;
}

gint
lens_ledger_side_destination (LensLedger *ledger, const LensSide *side)
{
  const LensSideEnds *ends = ends_of (ledger, side);

  if (ends != NULL)
    return ends->destination;
  gint index = lens_ledger_destination_device (ledger, &side->key);

  while (index < 0 && side->rare->outer != NULL)
    {
      side = side->rare->outer;
      index = lens_ledger_destination_device (ledger, &side->key);
    }
  return index;
}

gboolean
lens_ledger_side_is_of_device (LensLedger *ledger, guint32 index)
{
  if (ledger->ends != NULL && index < ledger->ends->len)
    {
      const LensSideEnds *ends = &g_array_index (ledger->ends, LensSideEnds, index);
      return ends->source >= 0 || ends->destination >= 0;
    }
  const LensSide *side = lens_flows_side_at (ledger->flows, index);
  return lens_ledger_side_source (ledger, side) >= 0
         || lens_ledger_side_destination (ledger, side) >= 0;
}

gboolean
lens_ledger_is_own_address (LensLedger *ledger, const LensSide *side, const LensAddress *address)
{
  gint index = lens_ledger_side_source (ledger, side);

  return lens_address_equal (address, &side->key.src)
         || (index >= 0 && lens_ledger_device_at (ledger, address, NULL) == index);
}

gboolean
lens_ledger_is_one_way (LensLedger *ledger, const LensSide *side)
{
  gint index = lens_ledger_side_source (ledger, side);

  return index >= 0
         && ((const LensDevice *)g_ptr_array_index (ledger->devices, index))->packets_to == 0;
}

/* A host on the link sends from a few addresses: its own of both versions. */
gboolean
lens_ledger_is_routed (LensLedger *ledger, const LensSide *side)
{
  const LensSideKey *key = &side->key;

  if ((key->has_mac & 1) == 0 || lens_mac_number (key->src_mac) == 0)
    return !lens_address_is_private (&key->src);
  if (lens_hosts_is_at (ledger->hosts, key->src_mac, &key->src))
    return FALSE;
  guint senders = lens_hosts_n_senders (ledger->hosts, key->src_mac);
  return senders > ROUTER_SENDERS || (senders > 1 && !lens_address_is_private (&key->src));
}
