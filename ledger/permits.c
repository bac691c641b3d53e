/* Which flows beside the streams the declaration permits: the profile's services, the rules of a
 * MUD file, and the small default. */
#include "ledger/inside.h"

#include "ledger/mud.h"
#include "ledger/profile.h"

#include <netinet/in.h>
#include <string.h>

/* Who opened a flow is known when its start was seen.  Else the side that speaks first in the
 * capture may be either, and so the port that was asked for. */
typedef struct
{
  LensLedger *ledger;
  const LensDevice *device;
  const LensFlow *flow;
  const LensAddress *peer;
  gboolean device_is_source;
  gboolean device_opens; /* unless @either */
  gboolean either;
  guint16 own_port, peer_port;
} FlowView;

static FlowView
view_of (LensLedger *ledger, const LensDevice *device, const LensFlow *flow,
         gboolean device_is_source)
{
  const LensSideKey *key = flow->key;

  return (FlowView){ .ledger = ledger,
                     .device = device,
                     .flow = flow,
                     .peer = device_is_source ? &key->dst : &key->src,
                     .device_is_source = device_is_source,
                     .device_opens = device_is_source != flow->opened_back,
                     .either = !flow->opened,
                     .own_port = device_is_source ? key->sport : key->dport,
                     .peer_port = device_is_source ? key->dport : key->sport };
}

/* --- the profile --- */

static gboolean
peer_matches (const FlowView *view, const GPtrArray *to)
{
  const LensSelf self = { view->device->macs, view->device->addresses };

  for (guint i = 0; i < to->len; i++)
    {
      const LensPeer *allowed = g_ptr_array_index (to, i);
      if (allowed->name != NULL
              ? lens_hosts_resolved (view->ledger->hosts, allowed->name, view->peer, &self)
              : lens_network_contains (&allowed->network, view->peer))
        return TRUE;
    }
  return to->len == 0;
}

/* Whether the flow goes to @port of the peer (@outward) or of the device. */
static gboolean
asks_for (const FlowView *view, gboolean outward, gint port)
{
  return (view->either || view->device_opens == outward)
         && (port < 0 || (outward ? view->peer_port : view->own_port) == port);
}

/* All but whom with. */
static gboolean
service_asks_for (const FlowView *view, const LensDeclaredService *service)
{
  if (service->protocol != view->flow->key->protocol)
    return FALSE;
  return ((service->direction & LENS_DIRECTION_OUT) && asks_for (view, TRUE, service->port))
         || ((service->direction & LENS_DIRECTION_IN) && asks_for (view, FALSE, service->port));
}

static gboolean
service_matches (const FlowView *view, const LensDeclaredService *service)
{
  return service_asks_for (view, service) && peer_matches (view, service->to);
}

/* A name of its peers was asked for, and the answer is not in the capture. */
static gboolean
service_may_match (const FlowView *view, const LensDeclaredService *service)
{
  if (!service_asks_for (view, service))
    return FALSE;
  for (guint i = 0; i < service->to->len; i++)
    {
      const LensPeer *peer = g_ptr_array_index (service->to, i);
      if (peer->name != NULL
          && lens_hosts_is_unanswered (view->ledger->hosts, peer->name, view->ledger->lossy))
        return TRUE;
    }
  return FALSE;
}

static const LensDeclaredService *
service_for (const FlowView *view)
{
  const LensProfile *profile = view->device->profile;

  for (guint i = 0; profile != NULL && i < profile->services->len; i++)
    if (service_matches (view, g_ptr_array_index (profile->services, i)))
      return g_ptr_array_index (profile->services, i);
  return NULL;
}

/* --- the default: DNS and NTP to the servers that DHCP named to the device --- */

static gboolean
is_named (const FlowView *view, LensServerSort sort)
{
  return lens_hosts_named (view->ledger->hosts, view->device->macs->data,
                           view->device->macs->len / 6, sort, view->peer);
}

static gboolean
by_default (const FlowView *view)
{
  guint8 protocol = view->flow->key->protocol;

  if ((protocol == IPPROTO_UDP || protocol == IPPROTO_TCP) && asks_for (view, TRUE, 53))
    return is_named (view, LENS_SERVER_DNS);
  return protocol == IPPROTO_UDP && asks_for (view, TRUE, 123) && is_named (view, LENS_SERVER_NTP);
}

/* --- the MUD file --- */

/* On the link: reached by its own link address, not by a router's.  Where the capture has no link
 * addresses, one that no router forwards. */
static gboolean
is_local (const FlowView *view)
{
  const LensSideKey key = lens_flow_key (view->flow);
  gboolean has_mac = (key.has_mac & (view->device_is_source ? 2 : 1)) != 0;
  const guint8 *mac = view->device_is_source ? key.dst_mac : key.src_mac;

  if (lens_address_is_multicast (view->peer) || lens_address_is_broadcast (view->peer)
      || lens_address_is_link_local (view->peer))
    return TRUE;
  if (!has_mac)
    return lens_address_is_private (view->peer);
  return lens_hosts_is_at (view->ledger->hosts, mac, view->peer)
         || lens_hosts_is_one (view->ledger->hosts, mac);
}

static gboolean
rule_names_peer (const FlowView *view, const LensMudRule *rule)
{
  const LensSelf self = { view->device->macs, view->device->addresses };
  const LensSideKey key = lens_flow_key (view->flow);

  switch (rule->peer)
    {
    case LENS_MUD_ANYBODY:
      return TRUE;
    case LENS_MUD_NETWORK:
      return lens_network_contains (&rule->network, view->peer);
    case LENS_MUD_NAME:
      return lens_hosts_resolved_at (view->ledger->hosts, rule->peer_name, view->peer, &self,
                                     view->ledger->first, view->flow->first);
    case LENS_MUD_LOCAL:
      return is_local (view);
    case LENS_MUD_DNS_SERVER:
      return is_named (view, LENS_SERVER_DNS);
    case LENS_MUD_NTP_SERVER:
      return is_named (view, LENS_SERVER_NTP);
    case LENS_MUD_GATEWAY:
      return is_named (view, LENS_SERVER_ROUTER);
    case LENS_MUD_MAC:
      return memcmp (view->device_is_source ? key.dst_mac : key.src_mac, rule->mac, 6) == 0;
    }
  return FALSE;
}

static gboolean
in_range (const LensPortRange *range, guint16 port)
{
  return port >= range->first && port <= range->last;
}

static gboolean
rule_fits (const FlowView *view, const LensMudRule *rule)
{
  const LensSideKey *key = view->flow->key;
  gboolean by_device = rule->initiator == LENS_MUD_BY_DEVICE;

  if (rule->ip_version != view->peer->version)
    return FALSE;
  if (rule->ip_version == 0)
    return (rule->ethertype < 0 || rule->ethertype == key->ethertype)
           && rule_names_peer (view, rule);
  if (rule->protocol >= 0 && rule->protocol != key->protocol)
    return FALSE;
  if (!in_range (&rule->device_ports, view->own_port)
      || !in_range (&rule->peer_ports, view->peer_port))
    return FALSE;
  if (rule->initiator != LENS_MUD_BY_EITHER && !view->either && by_device != view->device_opens)
    return FALSE;
  return rule_names_peer (view, rule);
}

/* The first that fits decides (RFC 8519 section 2); where none does, nothing is permitted. */
static const LensMudRule *
rule_for (const FlowView *view, gboolean from_device)
{
  const LensMud *mud = view->ledger->options.mud;

  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    {
      const LensMudRule *rule = g_ptr_array_index (mud->rules, i);
      if (rule->from_device == from_device && rule_fits (view, rule))
        return rule->accept ? rule : NULL;
    }
  return NULL;
}

/* What leaves is asked of the rules for it; a flow in which the device says nothing, of those for
 * what comes. */
static const LensMudRule *
rule_of (const FlowView *view)
{
  gboolean speaks = view->flow->payload[view->device_is_source ? 0 : 1] > 0;
  const LensMudRule *rule = rule_for (view, TRUE);

  return rule != NULL || speaks ? rule : rule_for (view, FALSE);
}

/* --- the whole --- */

gboolean
lens_ledger_service_matches (LensLedger *ledger, const LensDevice *device, const LensFlow *flow,
                             gboolean device_is_source, const LensDeclaredService *service)
{
  const FlowView view = view_of (ledger, device, flow, device_is_source);

  return service_matches (&view, service);
}

gboolean
lens_ledger_permits_flow (LensLedger *ledger, const LensDevice *device, const LensFlow *flow,
                          gboolean device_is_source, LensPermit *permit)
{
  const FlowView view = view_of (ledger, device, flow, device_is_source);
  LensPermit given = { NULL, NULL };
  gboolean granted;

  given.service = service_for (&view);
  if (given.service == NULL)
    given.rule = rule_of (&view);
  granted = given.service != NULL || given.rule != NULL || by_default (&view);
  if (granted && permit != NULL)
    *permit = given;
  return granted;
}

/* --- permissions that permit anybody --- */

gboolean
lens_ledger_has_wildcards (const LensLedger *ledger)
{
  const LensMud *mud = ledger->options.mud;

  for (guint p = 0; p < ledger->options.profiles->len; p++)
    {
      const LensProfile *profile = g_ptr_array_index (ledger->options.profiles, p);
      for (guint i = 0; i < profile->services->len; i++)
        if (((const LensDeclaredService *)g_ptr_array_index (profile->services, i))->to->len == 0)
          return TRUE;
    }
  for (guint i = 0; mud != NULL && i < mud->rules->len; i++)
    if (lens_mud_rule_is_wildcard (g_ptr_array_index (mud->rules, i)))
      return TRUE;
  return FALSE;
}

static gboolean
permit_for (LensLedger *ledger, const LensFlow *flow, gboolean device_is_source, LensPermit *permit)
{
  gint index = device_is_source ? lens_ledger_flow_source (ledger, flow)
                                : lens_ledger_flow_destination (ledger, flow);

  return index >= 0
         && lens_ledger_permits_flow (ledger, g_ptr_array_index (ledger->devices, index), flow,
                                      device_is_source, permit);
}

const LensDeclaredService *
lens_ledger_service_of (LensLedger *ledger, const LensFlow *flow)
{
  LensPermit permit;

  if (permit_for (ledger, flow, TRUE, &permit) && permit.service != NULL)
    return permit.service;
  return permit_for (ledger, flow, FALSE, &permit) ? permit.service : NULL;
}

static char *
wildcard_for (LensLedger *ledger, const LensFlow *flow, gboolean device_is_source)
{
  LensPermit permit;

  if (!permit_for (ledger, flow, device_is_source, &permit))
    return NULL;
  if (permit.service != NULL && permit.service->to->len == 0)
    return g_strdup_printf ("service %s", permit.service->name);
  if (permit.rule != NULL && lens_mud_rule_is_wildcard (permit.rule))
    return g_strdup_printf ("MUD entry %s/%s", permit.rule->acl, permit.rule->name);
  return NULL;
}

char *
lens_ledger_wildcard_of (LensLedger *ledger, const LensFlow *flow)
{
  char *name = wildcard_for (ledger, flow, TRUE);

  return name != NULL ? name : wildcard_for (ledger, flow, FALSE);
}

/* --- what the capture is too poor to tell --- */

static const LensDeclaredService *
may_be_for (LensLedger *ledger, const LensFlow *flow, gboolean device_is_source)
{
  gint index = device_is_source ? lens_ledger_flow_source (ledger, flow)
                                : lens_ledger_flow_destination (ledger, flow);
  const LensDevice *device = index >= 0 ? g_ptr_array_index (ledger->devices, index) : NULL;

  if (device == NULL || device->profile == NULL)
    return NULL;
  const FlowView view = view_of (ledger, device, flow, device_is_source);
  for (guint i = 0; i < device->profile->services->len; i++)
    if (service_may_match (&view, g_ptr_array_index (device->profile->services, i)))
      return g_ptr_array_index (device->profile->services, i);
  return NULL;
}

const LensDeclaredService *
lens_ledger_may_be_service (LensLedger *ledger, const LensFlow *flow)
{
  const LensDeclaredService *service = may_be_for (ledger, flow, TRUE);

  return service != NULL ? service : may_be_for (ledger, flow, FALSE);
}
