#include "ledger/hosts.h"

#include "wire/dns.h"

#include <string.h>

typedef struct
{
  guint8 mac[6];
  LensAddress address;
} Pair;

typedef struct
{
  guint8 mac[6];
  guint8 sort;
  LensAddress server;
} Server;

typedef struct
{
  LensAddress address;
  char *name;
} Name;

struct LensHosts
{
  GArray *at;          /* Pair */
  GArray *senders;     /* Pair */
  GArray *servers;     /* Server */
  GArray *names;       /* Name */
  GHashTable *known;   /* GBytes: what is listed already */
  GHashTable *aliases; /* target -> name */
  LensAddress last_address;
  guint8 last_mac[6];
};

static void
name_clear (gpointer data)
{
  g_free (((Name *)data)->name);
}

LensHosts *
lens_hosts_new (void)
{
  LensHosts *hosts = g_new0 (LensHosts, 1);

  hosts->at = g_array_new (FALSE, FALSE, sizeof (Pair));
  hosts->senders = g_array_new (FALSE, FALSE, sizeof (Pair));
  hosts->servers = g_array_new (FALSE, FALSE, sizeof (Server));
  hosts->names = g_array_new (FALSE, FALSE, sizeof (Name));
  g_array_set_clear_func (hosts->names, name_clear);
  hosts->known
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  hosts->aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return hosts;
}

void
lens_hosts_free (LensHosts *hosts)
{
  if (hosts == NULL)
    return;
  g_array_unref (hosts->at);
  g_array_unref (hosts->senders);
  g_array_unref (hosts->servers);
  g_array_unref (hosts->names);
  g_hash_table_unref (hosts->known);
  g_hash_table_unref (hosts->aliases);
  g_free (hosts);
}

/* Whether a fact of this sort and these octets is new; it is then remembered. */
static gboolean
is_new (LensHosts *hosts, char sort, gconstpointer fact, gsize length)
{
  guint8 octets[sizeof (Server) + 1];

  octets[0] = (guint8)sort;
  memcpy (octets + 1, fact, length);
  GBytes *bytes = g_bytes_new (octets, length + 1);
  return g_hash_table_add (hosts->known, bytes);
}

static Pair
pair (const guint8 mac[6], const LensAddress *address)
{
  Pair made;

  memset (&made, 0, sizeof made);
  memcpy (made.mac, mac, 6);
  made.address = *address;
  return made;
}

void
lens_hosts_sends (LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  if (lens_address_equal (address, &hosts->last_address) && memcmp (mac, hosts->last_mac, 6) == 0)
    return;
  hosts->last_address = *address;
  memcpy (hosts->last_mac, mac, 6);
  Pair made = pair (mac, address);
  if (hosts->senders->len < LENS_HOSTS_MAX && !lens_address_is_unspecified (address)
      && is_new (hosts, 's', &made, sizeof made))
    g_array_append_val (hosts->senders, made);
}

void
lens_hosts_at (LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  Pair made = pair (mac, address);

  if (hosts->at->len < LENS_HOSTS_MAX && !lens_address_is_unspecified (address)
      && is_new (hosts, 'a', &made, sizeof made))
    g_array_append_val (hosts->at, made);
}

void
lens_hosts_server (LensHosts *hosts, const guint8 mac[6], LensServerSort sort,
                   const LensAddress *server)
{
  Server made;

  memset (&made, 0, sizeof made);
  memcpy (made.mac, mac, 6);
  made.sort = (guint8)sort;
  made.server = *server;
  if (hosts->servers->len < LENS_HOSTS_MAX && is_new (hosts, 'd', &made, sizeof made))
    g_array_append_val (hosts->servers, made);
}

void
lens_hosts_alias (LensHosts *hosts, const char *name, const char *target)
{
  if (g_hash_table_size (hosts->aliases) < LENS_HOSTS_MAX
      && !g_hash_table_contains (hosts->aliases, target))
    g_hash_table_insert (hosts->aliases, g_strdup (target), g_strdup (name));
}

void
lens_hosts_name (LensHosts *hosts, const char *name, const LensAddress *address)
{
  const char *asked = name;

  for (guint hops = 0; hops < 16; hops++)
    {
      const char *before = g_hash_table_lookup (hosts->aliases, asked);
      if (before == NULL)
        break;
      asked = before;
    }
  if (hosts->names->len >= LENS_HOSTS_MAX / 8)
    return;
  g_autofree char *text = lens_address_dup_text (address);
  g_autofree char *fact = g_strconcat (text, " ", asked, NULL);
  GBytes *bytes = g_bytes_new (fact, strlen (fact));
  if (!g_hash_table_add (hosts->known, bytes))
    return;
  Name made = { *address, g_strdup (asked) };
  g_array_append_val (hosts->names, made);
}

gboolean
lens_hosts_is_at (const LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  for (guint i = 0; i < hosts->at->len; i++)
    {
      const Pair *known = &g_array_index (hosts->at, Pair, i);
      if (memcmp (known->mac, mac, 6) == 0 && lens_address_equal (&known->address, address))
        return TRUE;
    }
  return FALSE;
}

GByteArray *
lens_hosts_macs_of (const LensHosts *hosts, const LensAddress *address)
{
  GByteArray *macs = g_byte_array_new ();

  for (guint i = 0; i < hosts->at->len; i++)
    {
      const Pair *known = &g_array_index (hosts->at, Pair, i);
      if (lens_address_equal (&known->address, address))
        g_byte_array_append (macs, known->mac, 6);
    }
  return macs;
}

GArray *
lens_hosts_addresses_of (const LensHosts *hosts, const guint8 mac[6])
{
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (LensAddress));

  for (guint i = 0; i < hosts->at->len; i++)
    {
      const Pair *known = &g_array_index (hosts->at, Pair, i);
      if (memcmp (known->mac, mac, 6) == 0)
        g_array_append_val (addresses, known->address);
    }
  return addresses;
}

guint
lens_hosts_n_senders (const LensHosts *hosts, const guint8 mac[6])
{
  guint count = 0;

  for (guint i = 0; i < hosts->senders->len; i++)
    count += memcmp (g_array_index (hosts->senders, Pair, i).mac, mac, 6) == 0;
  return count;
}

gboolean
lens_hosts_named (const LensHosts *hosts, const guint8 *macs, guint n_macs, LensServerSort sort,
                  const LensAddress *server)
{
  for (guint i = 0; i < hosts->servers->len; i++)
    {
      const Server *known = &g_array_index (hosts->servers, Server, i);
      if (known->sort != sort || !lens_address_equal (&known->server, server))
        continue;
      for (guint m = 0; m < n_macs; m++)
        if (memcmp (known->mac, macs + 6 * m, 6) == 0)
          return TRUE;
    }
  return FALSE;
}

const char *
lens_hosts_name_of (const LensHosts *hosts, const LensAddress *address)
{
  for (guint i = hosts->names->len; i > 0; i--)
    {
      const Name *known = &g_array_index (hosts->names, Name, i - 1);
      if (lens_address_equal (&known->address, address))
        return known->name;
    }
  return NULL;
}

gboolean
lens_hosts_resolved (const LensHosts *hosts, const char *pattern, const LensAddress *address)
{
  for (guint i = 0; i < hosts->names->len; i++)
    {
      const Name *known = &g_array_index (hosts->names, Name, i);
      if (lens_address_equal (&known->address, address) && lens_dns_name_in (known->name, pattern))
        return TRUE;
    }
  return FALSE;
}
