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
  LensTeller teller;
  gint64 first, until; /* from the first answer to the end of the last one's life, ns */
  gint64 life;         /* the longest, ns */
} Name;

/* What a CNAME record said: @name is an alias. */
typedef struct
{
  char *name;
  LensTeller teller;
} Alias;

#define SECOND G_GINT64_CONSTANT (1000000000)
/* Clients keep addresses longer than they may. */
#define KEPT (3600 * SECOND)
#define RECENT 256
#define MAX_NAMES (LENS_HOSTS_MAX / 2)
#define MAX_ALIASES 64    /* of one name */
#define MAX_NAMES_AT 1024 /* of one address */
#define MAX_CHAIN 256

struct LensHosts
{
  GArray *at;            /* Pair */
  GArray *senders;       /* Pair */
  GArray *servers;       /* Server */
  GArray *names;         /* Name */
  GHashTable *known;     /* GBytes: what is listed already */
  GHashTable *n_senders; /* MAC as a number -> how many addresses it sent; with a version on top:
                            of that one, without link-local ones */
  GHashTable *names_at;  /* LensAddress -> GArray of indices into @names */
  GHashTable *aliases;   /* target -> GPtrArray of the names that are aliases of it */
  GHashTable *asked;     /* type and name -> LensAsked */
  GHashTable *lacking;   /* pattern -> LensAsked, as long as nothing new is asked */
  guint n_aliases;
  gboolean capped;
  Pair recent[RECENT]; /* senders asked for lately, by their hash */
};

static guint
address_hash (gconstpointer address)
{
  return lens_address_hash (address);
}

static gboolean
address_equal (gconstpointer a, gconstpointer b)
{
  return lens_address_equal (a, b);
}

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
  hosts->n_senders = g_hash_table_new_full (lens_mac_number_hash, g_int64_equal, g_free, NULL);
  hosts->names_at
      = g_hash_table_new_full (address_hash, address_equal, g_free, (GDestroyNotify)g_array_unref);
  hosts->aliases
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  hosts->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  hosts->lacking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
  g_hash_table_unref (hosts->n_senders);
  g_hash_table_unref (hosts->names_at);
  g_hash_table_unref (hosts->aliases);
  g_hash_table_unref (hosts->asked);
  g_hash_table_unref (hosts->lacking);
  g_free (hosts);
}

static GBytes *
fact_octets (char sort, gconstpointer fact, gsize length)
{
  guint8 octets[sizeof (Server) + 1];

  octets[0] = (guint8)sort;
  memcpy (octets + 1, fact, length);
  return g_bytes_new (octets, length + 1);
}

/* Whether a fact of this sort and these octets is new; it is then remembered. */
static gboolean
is_new (LensHosts *hosts, char sort, gconstpointer fact, gsize length)
{
  return g_hash_table_add (hosts->known, fact_octets (sort, fact, length));
}

static gboolean
is_known (const LensHosts *hosts, char sort, gconstpointer fact, gsize length)
{
  g_autoptr (GBytes) octets = fact_octets (sort, fact, length);

  return g_hash_table_contains (hosts->known, octets);
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

static guint64
of_version (const guint8 mac[6], guint8 version)
{
  return (guint64)version << 48 | lens_mac_number (mac);
}

static guint
n_counted (const LensHosts *hosts, guint64 number)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (hosts->n_senders, &number));
}

static void
count_sender (LensHosts *hosts, guint64 number)
{
  guint count = n_counted (hosts, number);

  g_hash_table_insert (hosts->n_senders, g_memdup2 (&number, sizeof number),
                       GUINT_TO_POINTER (count + 1));
}

static gboolean
has_room (LensHosts *hosts, const GArray *facts)
{
  hosts->capped |= facts->len >= LENS_HOSTS_MAX;
  return facts->len < LENS_HOSTS_MAX;
}

void
lens_hosts_sends (LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  Pair made = pair (mac, address);
  Pair *recent = &hosts->recent[(lens_address_hash (address) ^ mac[5]) % RECENT];

  if (memcmp (recent, &made, sizeof made) == 0 || lens_address_is_unspecified (address))
    return;
  memcpy (recent, &made, sizeof made);
  if (!has_room (hosts, hosts->senders) || !is_new (hosts, 's', &made, sizeof made))
    return;
  g_array_append_val (hosts->senders, made);
  count_sender (hosts, lens_mac_number (mac));
  if (address->version != 0 && !lens_address_is_link_local (address))
    count_sender (hosts, of_version (mac, address->version));
}

void
lens_hosts_at (LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  Pair made = pair (mac, address);

  if (has_room (hosts, hosts->at) && !lens_address_is_unspecified (address)
      && is_new (hosts, 'a', &made, sizeof made))
    g_array_append_val (hosts->at, made);
}

static Server
server_fact (const guint8 mac[6], LensServerSort sort, const LensAddress *server)
{
  Server made;

  memset (&made, 0, sizeof made);
  memcpy (made.mac, mac, 6);
  made.sort = (guint8)sort;
  made.server = *server;
  return made;
}

void
lens_hosts_server (LensHosts *hosts, const guint8 mac[6], LensServerSort sort,
                   const LensAddress *server)
{
  Server made = server_fact (mac, sort, server);

  if (has_room (hosts, hosts->servers) && is_new (hosts, 'd', &made, sizeof made))
    g_array_append_val (hosts->servers, made);
}

static gboolean
same_teller (const LensTeller *a, const LensTeller *b)
{
  return memcmp (a->mac, b->mac, 6) == 0 && lens_address_equal (&a->address, &b->address);
}

static void
alias_free (gpointer data)
{
  Alias *alias = data;

  g_free (alias->name);
  g_free (alias);
}

void
lens_hosts_alias (LensHosts *hosts, const char *name, const char *target, const LensTeller *teller)
{
  GPtrArray *aliases = g_hash_table_lookup (hosts->aliases, target);

  for (guint i = 0; aliases != NULL && i < aliases->len; i++)
    {
      const Alias *alias = g_ptr_array_index (aliases, i);
      if (same_teller (&alias->teller, teller) && g_str_equal (alias->name, name))
        return;
    }
  if (hosts->n_aliases >= MAX_NAMES || (aliases != NULL && aliases->len >= MAX_ALIASES))
    {
      hosts->capped = TRUE;
      return;
    }
  if (aliases == NULL)
    {
      aliases = g_ptr_array_new_with_free_func (alias_free);
      g_hash_table_insert (hosts->aliases, g_strdup (target), aliases);
    }
  Alias *made = g_new0 (Alias, 1);
  made->name = g_strdup (name);
  made->teller = *teller;
  g_ptr_array_add (aliases, made);
  hosts->n_aliases++;
}

static Name *
find_name (LensHosts *hosts, const char *name, const LensAddress *address, const LensTeller *teller)
{
  const GArray *indices = g_hash_table_lookup (hosts->names_at, address);

  for (guint i = 0; indices != NULL && i < indices->len; i++)
    {
      Name *known = &g_array_index (hosts->names, Name, g_array_index (indices, guint, i));
      if (same_teller (&known->teller, teller) && g_str_equal (known->name, name))
        return known;
    }
  return NULL;
}

static void
list_name (LensHosts *hosts, const Name *made)
{
  GArray *indices = g_hash_table_lookup (hosts->names_at, &made->address);
  guint index = hosts->names->len;

  g_array_append_val (hosts->names, *made);
  if (indices == NULL)
    {
      indices = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (hosts->names_at, g_memdup2 (&made->address, sizeof made->address),
                           indices);
    }
  g_array_append_val (indices, index);
}

void
lens_hosts_name (LensHosts *hosts, const char *name, const LensAddress *address,
                 const LensTeller *teller, gint64 now, guint32 ttl)
{
  Name *known = find_name (hosts, name, address, teller);
  gint64 life = (gint64)ttl * SECOND;

  if (known != NULL)
    {
      known->until = MAX (known->until, now + life);
      known->life = MAX (known->life, life);
      return;
    }
  const GArray *indices = g_hash_table_lookup (hosts->names_at, address);
  if (hosts->names->len >= MAX_NAMES || (indices != NULL && indices->len >= MAX_NAMES_AT))
    {
      hosts->capped = TRUE;
      return;
    }
  const Name made = { *address, g_strdup (name), *teller, now, now + life, life };
  list_name (hosts, &made);
}

void
lens_hosts_asked (LensHosts *hosts, const char *name, guint16 type, LensAsked asked)
{
  g_autofree char *question = g_strdup_printf ("%05u %s", type, name);
  gpointer known;

  if (g_hash_table_lookup_extended (hosts->asked, question, NULL, &known)
          ? GPOINTER_TO_INT (known) >= (gint)asked
          : g_hash_table_size (hosts->asked) >= MAX_NAMES)
    return;
  g_hash_table_replace (hosts->asked, g_steal_pointer (&question), GINT_TO_POINTER (asked));
  g_hash_table_remove_all (hosts->lacking);
}

/* What the capture has of the questions for names of @pattern, at its poorest: LENS_CUT_SHORT,
 * else LENS_ASKED, else LENS_ANSWERED. */
static LensAsked
poorest (const LensHosts *hosts, const char *pattern)
{
  GHashTableIter iter;
  gpointer question, asked;
  LensAsked found = LENS_ANSWERED;

  g_hash_table_iter_init (&iter, hosts->asked);
  while (g_hash_table_iter_next (&iter, &question, &asked))
    {
      LensAsked state = (LensAsked)GPOINTER_TO_INT (asked);
      if (state == LENS_ANSWERED || !lens_dns_name_in (strchr (question, ' ') + 1, pattern))
        continue;
      if (state == LENS_CUT_SHORT)
        return LENS_CUT_SHORT;
      found = LENS_ASKED;
    }
  return found;
}

gboolean
lens_hosts_is_unanswered (const LensHosts *hosts, const char *pattern, gboolean lossy)
{
  gpointer known;

  /* Patterns are the owner's and few, questions a stranger's and many. */
  if (!g_hash_table_lookup_extended (hosts->lacking, pattern, NULL, &known))
    {
      known = GINT_TO_POINTER (poorest (hosts, pattern));
      g_hash_table_insert (hosts->lacking, g_strdup (pattern), known);
    }
  return GPOINTER_TO_INT (known) == LENS_CUT_SHORT
         || (lossy && GPOINTER_TO_INT (known) == LENS_ASKED);
}

gboolean
lens_hosts_is_at (const LensHosts *hosts, const guint8 mac[6], const LensAddress *address)
{
  const Pair wanted = pair (mac, address);

  return is_known (hosts, 'a', &wanted, sizeof wanted);
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
  return n_counted (hosts, lens_mac_number (mac));
}

gboolean
lens_hosts_is_one (const LensHosts *hosts, const guint8 mac[6])
{
  return lens_hosts_n_senders (hosts, mac) > 0 && n_counted (hosts, of_version (mac, 4)) <= 1
         && n_counted (hosts, of_version (mac, 6)) <= 1;
}

gboolean
lens_hosts_named (const LensHosts *hosts, const guint8 *macs, guint n_macs, LensServerSort sort,
                  const LensAddress *server)
{
  for (guint m = 0; m < n_macs; m++)
    {
      const Server wanted = server_fact (macs + 6 * m, sort, server);
      if (is_known (hosts, 'd', &wanted, sizeof wanted))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_self (const LensTeller *teller, const LensSelf *self)
{
  static const guint8 unknown[6];

  for (guint i = 0; self != NULL && i < self->addresses->len; i++)
    if (lens_address_equal (&g_array_index (self->addresses, LensAddress, i), &teller->address))
      return TRUE;
  if (memcmp (teller->mac, unknown, 6) == 0)
    return FALSE;
  for (guint i = 0; self != NULL && i + 6 <= self->macs->len; i += 6)
    if (memcmp (self->macs->data + i, teller->mac, 6) == 0)
      return TRUE;
  return FALSE;
}

/* @name, and what is an alias of it, and so on: at most MAX_CHAIN names. */
static GPtrArray *
chain_of (const LensHosts *hosts, const char *name, const LensSelf *self)
{
  GPtrArray *chain = g_ptr_array_new ();

  g_ptr_array_add (chain, (gpointer)name);
  for (guint i = 0; i < chain->len; i++)
    {
      const GPtrArray *aliases = g_hash_table_lookup (hosts->aliases, g_ptr_array_index (chain, i));
      for (guint n = 0; aliases != NULL && n < aliases->len && chain->len < MAX_CHAIN; n++)
        {
          const Alias *alias = g_ptr_array_index (aliases, n);
          if (!is_self (&alias->teller, self)
              && !g_ptr_array_find_with_equal_func (chain, alias->name, g_str_equal, NULL))
            g_ptr_array_add (chain, alias->name);
        }
    }
  return chain;
}

const char *
lens_hosts_name_of (const LensHosts *hosts, const LensAddress *address)
{
  const GArray *indices = g_hash_table_lookup (hosts->names_at, address);

  if (indices == NULL)
    return NULL;
  guint last = g_array_index (indices, guint, indices->len - 1);
  g_autoptr (GPtrArray) chain
      = chain_of (hosts, g_array_index (hosts->names, Name, last).name, NULL);
  return g_ptr_array_index (chain, chain->len - 1);
}

static gboolean
is_called (const LensHosts *hosts, const Name *known, const char *pattern, const LensSelf *self)
{
  g_autoptr (GPtrArray) chain = chain_of (hosts, known->name, self);

  for (guint n = 0; n < chain->len; n++)
    if (lens_dns_name_in (g_ptr_array_index (chain, n), pattern))
      return TRUE;
  return FALSE;
}

/* Whether the answer may have been what a client went by at @when. */
static gboolean
holds_at (const Name *known, gint64 start, gint64 when)
{
  gboolean before = when < known->first && when - start > known->life + KEPT;

  return !before && when <= known->until + KEPT;
}

gboolean
lens_hosts_resolved_at (const LensHosts *hosts, const char *pattern, const LensAddress *address,
                        const LensSelf *self, gint64 start, gint64 when)
{
  const GArray *indices = g_hash_table_lookup (hosts->names_at, address);

  for (guint i = 0; indices != NULL && i < indices->len; i++)
    {
      const Name *known = &g_array_index (hosts->names, Name, g_array_index (indices, guint, i));
      if (!is_self (&known->teller, self) && holds_at (known, start, when)
          && is_called (hosts, known, pattern, self))
        return TRUE;
    }
  return FALSE;
}

gboolean
lens_hosts_resolved (const LensHosts *hosts, const char *pattern, const LensAddress *address,
                     const LensSelf *self)
{
  const GArray *indices = g_hash_table_lookup (hosts->names_at, address);

  for (guint i = 0; indices != NULL && i < indices->len; i++)
    {
      const Name *known = &g_array_index (hosts->names, Name, g_array_index (indices, guint, i));
      if (!is_self (&known->teller, self) && is_called (hosts, known, pattern, self))
        return TRUE;
    }
  return FALSE;
}

gboolean
lens_hosts_capped (const LensHosts *hosts)
{
  return hosts->capped;
}
