#include "ledger/chunks.h"
#include "ledger/flow.h"

#include <netinet/in.h>
#include <string.h>

#define REST_MAX 65536        /* sides */
#define REST_ETHERTYPE 0xffff /* reserved: no frame of a flow that is told apart has it */

struct LensFlows
{
  LensBook *book;
  GHashTable *sides_by_key; /* LensSideKey in LensSide */
  GHashTable *flows_by_key; /* LensSideKey in LensFlow; alike in either direction */
  LensChunks sides, flows;
  LensChunks accounts; /* LensAccountRow */
  guint16 phase;
  LensSide *last;
  guint64 most, left_out;
  guint64 left_out_frame; /* the last of them */
  guint n_rest;           /* sides that stand for more than one */
};

static guint
key_hash (gconstpointer data)
{
  const LensSideKey *key = data;
  guint64 hash = 0x9e3779b97f4a7c15u;
  const guint8 *octets = data;

  for (gsize i = 0; i + 8 <= sizeof *key; i += 8)
    {
      guint64 word;
      memcpy (&word, octets + i, 8);
      hash = (hash ^ word) * 0xff51afd7ed558ccdu;
      hash ^= hash >> 32;
    }
  for (gsize i = sizeof *key & ~(gsize)7; i < sizeof *key; i++)
    hash = (hash ^ octets[i]) * 0xff51afd7ed558ccdu;
  return (guint)(hash ^ hash >> 32);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (LensSideKey)) == 0;
}

/* The key that names a flow: without link addresses where there are network ones. */
static LensSideKey
flow_key (const LensSideKey *side)
{
  LensSideKey key;

  memcpy (&key, side, sizeof key);
  if (key.src.version != 0)
    {
      memset (key.src_mac, 0, sizeof key.src_mac);
      memset (key.dst_mac, 0, sizeof key.dst_mac);
      key.has_mac = 0;
    }
  return key;
}

static LensSideKey
turned (const LensSideKey *key)
{
  LensSideKey other;

  memcpy (&other, key, sizeof other);
  memcpy (other.src_mac, key->dst_mac, sizeof other.src_mac);
  memcpy (other.dst_mac, key->src_mac, sizeof other.dst_mac);
  other.src = key->dst;
  other.dst = key->src;
  other.sport = key->dport;
  other.dport = key->sport;
  other.has_mac = (guint8)((key->has_mac & 1) << 1 | key->has_mac >> 1);
  return other;
}

/* A flow is found by the key of either direction; the key is its first field. */
static guint
flow_hash (gconstpointer data)
{
  LensSideKey other = turned (data);

  return key_hash (data) ^ key_hash (&other);
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  if (key_equal (a, b))
    return TRUE;
  LensSideKey other = turned (b);
  return key_equal (a, &other);
}

G_STATIC_ASSERT (G_STRUCT_OFFSET (LensFlow, key) == 0);

static void
side_clear (LensSide *side)
{
  if (side->n_accounts > G_N_ELEMENTS (side->accounts.few))
    g_free (side->accounts.many);
  lens_rtp_guess_free (side->guess);
  g_free (side->units);
}

LensFlows *
lens_flows_new (LensBook *book, guint64 most)
{
  LensFlows *flows = g_new0 (LensFlows, 1);

  flows->most = most;
  flows->book = book;
  flows->sides_by_key = g_hash_table_new (key_hash, key_equal);
  flows->flows_by_key = g_hash_table_new (flow_hash, flow_equal);
  lens_chunks_init (&flows->sides, sizeof (LensSide));
  lens_chunks_init (&flows->flows, sizeof (LensFlow));
  lens_chunks_init (&flows->accounts, sizeof (LensAccountRow));
  return flows;
}

void
lens_flows_free (LensFlows *flows)
{
  if (flows == NULL)
    return;
  g_hash_table_unref (flows->sides_by_key);
  g_hash_table_unref (flows->flows_by_key);
  for (guint32 i = 0; i < flows->sides.n; i++)
    side_clear (lens_chunks_at (&flows->sides, i));
  for (guint32 i = 0; i < flows->flows.n; i++)
    g_free (lens_flows_at (flows, i)->server_name);
  lens_chunks_clear (&flows->sides);
  lens_chunks_clear (&flows->flows);
  lens_chunks_clear (&flows->accounts);
  g_free (flows);
}

static LensFlow *
flow_for (LensFlows *flows, const LensSideKey *side, guint64 frame, gint64 time_ns)
{
  LensSideKey key = flow_key (side);
  LensFlow *flow = g_hash_table_lookup (flows->flows_by_key, &key);

  if (flow != NULL)
    return flow;
  guint32 index = flows->flows.n;
  flow = lens_chunks_add (&flows->flows);
  memcpy (&flow->key, &key, sizeof key);
  flow->index = index;
  flow->first_frame = frame;
  flow->first = flow->last = time_ns;
  g_hash_table_add (flows->flows_by_key, flow);
  return flow;
}

static LensSide *
side_new (LensFlows *flows, const LensSideKey *key, guint64 frame, gint64 time_ns)
{
  guint32 index = flows->sides.n;
  LensSide *side = lens_chunks_add (&flows->sides);

  memcpy (&side->key, key, sizeof *key);
  side->flow = flow_for (flows, key, frame, time_ns);
  LensSideKey named = flow_key (key);
  side->reverse = !key_equal (&named, &side->flow->key);
  side->index = index;
  side->first_frame = frame;
  g_hash_table_add (flows->sides_by_key, side);
  return side;
}

/* One flow may be seen between any number of link addresses: so sides are bounded too. */
static gboolean
is_full (const LensFlows *flows, const LensSideKey *key)
{
  if (flows->sides.n >= 2 * flows->most)
    return TRUE;
  if (flows->flows.n < flows->most)
    return FALSE;
  LensSideKey named = flow_key (key);
  return !g_hash_table_contains (flows->flows_by_key, &named);
}

/* Who sends to whom is kept as long as it can be. */
static LensSide *
rest_side (LensFlows *flows, const LensSideKey *key, guint64 frame, gint64 time_ns)
{
  LensSideKey shared;

  if (frame != flows->left_out_frame)
    flows->left_out++;
  flows->left_out_frame = frame;
  memcpy (&shared, key, sizeof shared);
  shared.sport = shared.dport = 0;
  shared.ethertype = REST_ETHERTYPE;
  LensSide *side = g_hash_table_lookup (flows->sides_by_key, &shared);
  if (side != NULL)
    return side;
  if (flows->n_rest >= REST_MAX)
    {
      memset (&shared, 0, sizeof shared);
      shared.ethertype = REST_ETHERTYPE;
      if ((side = g_hash_table_lookup (flows->sides_by_key, &shared)) != NULL)
        return side;
    }
  flows->n_rest++;
  side = side_new (flows, &shared, frame, time_ns);
  side->flow->of_rest = TRUE;
  return side;
}

LensSide *
lens_flows_side (LensFlows *flows, const LensSideKey *key, guint64 frame, gint64 time_ns)
{
  LensSide *side = flows->last;

  if (side != NULL && key_equal (&side->key, key))
    return side;
  side = g_hash_table_lookup (flows->sides_by_key, key);
  if (side == NULL)
    side = is_full (flows, key) ? rest_side (flows, key, frame, time_ns)
                                : side_new (flows, key, frame, time_ns);
  flows->last = side;
  return side;
}

guint64
lens_flows_left_out (const LensFlows *flows)
{
  return flows->left_out;
}

LensFlow *
lens_flows_find (const LensFlows *flows, const LensSideKey *key)
{
  LensSideKey named = flow_key (key);

  return g_hash_table_lookup (flows->flows_by_key, &named);
}

const LensAccountId *
lens_side_accounts (const LensSide *side)
{
  return side->n_accounts > G_N_ELEMENTS (side->accounts.few) ? side->accounts.many
                                                              : side->accounts.few;
}

static void
note_account (LensSide *side, LensAccountId id)
{
  guint32 n = side->n_accounts++;

  if (n < G_N_ELEMENTS (side->accounts.few))
    {
      side->accounts.few[n] = id;
      return;
    }
  /* Room for a power of two of them. */
  if (n == G_N_ELEMENTS (side->accounts.few))
    {
      LensAccountId *many = g_new (LensAccountId, 2 * n);
      memcpy (many, side->accounts.few, sizeof side->accounts.few);
      side->accounts.many = many;
    }
  else if ((n & (n - 1)) == 0)
    side->accounts.many = g_renew (LensAccountId, side->accounts.many, 2 * n);
  side->accounts.many[n] = id;
}

LensAccountId
lens_flows_account (LensFlows *flows, LensSide *side, LensKind kind, LensTrack *track,
                    guint32 detail)
{
  const LensAccountId *known = lens_side_accounts (side);

  for (guint32 i = side->n_accounts; i > 0; i--)
    {
      LensAccountId id = known[i - 1];
      const LensAccountRow *row = lens_chunks_at (&flows->accounts, id);
      if (row->kind == kind && row->phase == flows->phase && row->detail == detail
          && row->track == track)
        return id;
    }
  LensAccountId id = lens_book_account (flows->book);
  LensAccountRow *row = lens_chunks_add (&flows->accounts);
  *row = (LensAccountRow){ side, track, detail, kind, flows->phase };
  note_account (side, id);
  g_assert (flows->accounts.n == id + 1);
  return id;
}

void
lens_flows_set_phase (LensFlows *flows, guint16 phase)
{
  flows->phase = phase;
}

guint32
lens_flows_n_accounts (const LensFlows *flows)
{
  return flows->accounts.n;
}

const LensAccountRow *
lens_flows_account_row (const LensFlows *flows, LensAccountId account)
{
  return lens_chunks_at (&flows->accounts, account);
}

guint32
lens_flows_n (const LensFlows *flows)
{
  return flows->flows.n;
}

LensFlow *
lens_flows_at (const LensFlows *flows, guint32 index)
{
  return lens_chunks_at (&flows->flows, index);
}

guint32
lens_flows_n_sides (const LensFlows *flows)
{
  return flows->sides.n;
}

LensSide *
lens_flows_side_at (const LensFlows *flows, guint32 index)
{
  return lens_chunks_at (&flows->sides, index);
}

char *
lens_side_key_proto (const LensSideKey *key)
{
  if (key->src.version == 0)
    return g_strdup_printf ("0x%04x", key->ethertype);
  switch (key->protocol)
    {
    case IPPROTO_UDP:
      return g_strdup ("udp");
    case IPPROTO_TCP:
      return g_strdup ("tcp");
    case IPPROTO_ICMP:
      return g_strdup ("icmp");
    case IPPROTO_ICMPV6:
      return g_strdup ("icmpv6");
    default:
      return g_strdup_printf ("%u", key->protocol);
    }
}

gboolean
lens_flow_is_webrtc (const LensFlow *flow)
{
  const guint keyed = LENS_MEDIA_MUX_STUN | LENS_MEDIA_MUX_DTLS;

  return (flow->mux & keyed) == keyed;
}

guint
lens_side_hosts_hash (gconstpointer data)
{
  const LensSideKey *key = data;

  return lens_address_hash (&key->src) * 31 + lens_address_hash (&key->dst);
}

gboolean
lens_side_hosts_equal (gconstpointer a, gconstpointer b)
{
  const LensSideKey *one = a, *other = b;

  return lens_address_equal (&one->src, &other->src) && lens_address_equal (&one->dst, &other->dst);
}
