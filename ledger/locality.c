/* What is on the link, and what leaves it.  Address ranges say little: cameras have public
 * addresses at home, and servers private ones elsewhere.  Link addresses say more. */
#include "ledger/inside.h"

#include <string.h>

static gboolean
is_loopback (const LensAddress *address)
{
  static const guint8 own[16] = { [15] = 1 };

  return address->version == 4 ? address->octets[0] == 127
                               : memcmp (address->octets, own, sizeof own) == 0;
}

static gboolean
same_net (const LensAddress *a, const LensAddress *b)
{
  return a->version == b->version && memcmp (a->octets, b->octets, a->version == 4 ? 3 : 8) == 0;
}

gboolean
lens_ledger_is_named (LensLedger *ledger, const char *name, const LensAddress *address)
{
  return lens_hosts_resolved (ledger->hosts, name, address, NULL);
}

gboolean
lens_ledger_has_name (LensLedger *ledger, const LensAddress *address)
{
  return lens_hosts_name_of (ledger->hosts, address) != NULL;
}

const char *
lens_ledger_name_of (LensLedger *ledger, const LensAddress *address)
{
  return lens_hosts_name_of (ledger->hosts, address);
}

gboolean
lens_ledger_is_server (LensLedger *ledger, const LensSide *side)
{
  for (LensServerSort sort = LENS_SERVER_ROUTER; sort <= LENS_SERVER_DHCP; sort++)
    if (lens_hosts_named (ledger->hosts, side->key.src_mac, 1, sort, &side->key.dst))
      return TRUE;
  return FALSE;
}

LensSeverity
lens_ledger_field_severity (LensLedger *ledger, const LensCarrier *carrier)
{
  LensSeverity severity = lens_ledger_severity (ledger, carrier);

  return lens_ledger_permits (ledger, carrier->side->flow)
                 || lens_ledger_has_declaration (ledger, carrier->side)
             ? severity
             : MIN (severity, LENS_SEVERITY_LOW);
}

LensSeverity
lens_ledger_media_severity (LensLedger *ledger, const LensCarrier *carrier)
{
  /* What a permitted service encrypts may be media as well as anything else. */
  if (lens_ledger_permits (ledger, carrier->side->flow)
      && (carrier->track == NULL || carrier->track->encrypted))
    return LENS_SEVERITY_INFO;
  if (carrier->track != NULL)
    return LENS_SEVERITY_HIGH;
  return carrier->side->reverse && !lens_ledger_has_declaration (ledger, carrier->side)
             ? LENS_SEVERITY_LOW
             : LENS_SEVERITY_HIGH;
}

gboolean
lens_ledger_leaves_link (LensLedger *ledger, const LensSide *side)
{
  const LensSideKey *key = &side->key;

  if (key->dst.version == 0 || lens_address_is_multicast (&key->dst)
      || lens_address_is_broadcast (&key->dst) || lens_address_is_link_local (&key->dst)
      || lens_address_is_unspecified (&key->dst) || is_loopback (&key->dst))
    return FALSE;
  if ((key->has_mac & 2) != 0)
    {
      if (lens_hosts_is_at (ledger->hosts, key->dst_mac, &key->dst))
        return FALSE;
      /* The link address is somebody else's: a router's. */
      g_autoptr (GArray) others = lens_hosts_addresses_of (ledger->hosts, key->dst_mac);
      if (others->len > 0 || lens_hosts_n_senders (ledger->hosts, key->dst_mac) > 2)
        return TRUE;
    }
  if (same_net (&key->src, &key->dst))
    return FALSE;
  return !lens_address_is_private (&key->dst);
}
