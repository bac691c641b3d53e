#include "ledger/chunks.h"
#include "ledger/flow.h"
#include "ledger/index.h"

#include <netinet/in.h>
#include <string.h>

#define REST_MAX 65536        /* sides */
#define REST_ETHERTYPE 0xffff /* reserved: no frame of a flow that is told apart has it */
#define RECENT_BITS 10        /* accounts asked for lately, by what they are of */

/* What accounts of many sides have in common. */
typedef struct
{
  LensTrack *track;
  guint32 detail;
  guint16 phase;
  guint8 kind;
} Content;

/* A LensAccountRow, as small as it can be: there may be millions. */
typedef struct
{
  guint32 side;
  guint32 content; /* its place among LensFlows.contents */
} Account;

struct LensFlows
{
  LensBook *book;
  LensIndex sides_by_key, flows_by_key;
  LensChunks sides, flows;
  LensChunks accounts; /* Account */
  LensChunks contents; /* Content, each once */
  LensIndex by_content;
  guint16 phase;
  LensSide *last;
  guint32 recent[1 << RECENT_BITS]; /* accounts */
  guint64 most, left_out;
  guint64 left_out_frame; /* the last of them */
  guint n_rest;           /* sides that stand for more than one */
};

const LensSideRare lens_side_plain;
static const LensFlowRare plain_flow;

LensSideRare *
lens_side_rare (LensSide *side)
{
  if (side->rare == &lens_side_plain)
    side->rare = g_new0 (LensSideRare, 1);
  return (LensSideRare *)side->rare;
}

LensFlowRare *
lens_flow_rare (LensFlow *flow)
{
  if (flow->rare == &plain_flow)
    flow->rare = g_new0 (LensFlowRare, 1);
  return (LensFlowRare *)flow->rare;
}

/* --- keys --- */

static guint64
mix (guint64 hash, guint64 word)
{
  hash = (hash ^ word) * 0xff51afd7ed558ccdu;
  return hash ^ hash >> 32;
}

static guint64
mix_octets (guint64 hash, gconstpointer octets, gsize count)
{
  guint64 word = 0;

  memcpy (&word, octets, count);
  return mix (hash, word);
}

/* Whether a network address names an end: there is one, and it is not that of a host that has none
 * yet (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2), which all such hosts use. */
static gboolean
names_an_end (const LensAddress *address)
{
  return address->version != 0 && !lens_address_is_unspecified (address);
}

static guint64
end_hash (const LensAddress *address, const guint8 *mac, guint16 port)
{
  guint64 hash = mix (0x9e3779b97f4a7c15u, (guint64)port << 8 | address->version);

  if (!names_an_end (address))
    return mix_octets (hash, mac, 6);
  hash = mix_octets (hash, address->octets, 8);
  return address->version == 4 ? hash : mix_octets (hash, address->octets + 8, 8);
}

/* Alike in either direction, and whatever the link addresses where network ones name the ends. */
static guint32
flow_hash (const LensSideKey *key)
{
  guint64 hash = end_hash (&key->src, key->src_mac, key->sport)
                 + end_hash (&key->dst, key->dst_mac, key->dport);

  return (guint32)mix (hash,
                       (guint64)key->ethertype << 32 | (guint64)key->tunnel << 8 | key->protocol);
}

static guint32
side_hash (const LensSideKey *key)
{
  guint64 hash = mix_octets (end_hash (&key->src, key->src_mac, key->sport), key->src_mac, 6);

  hash = mix_octets (hash + end_hash (&key->dst, key->dst_mac, key->dport), key->dst_mac, 6);
  return (guint32)mix (hash,
                       (guint64)key->ethertype << 32 | (guint64)key->tunnel << 8 | key->protocol);
}

/* Once a packet and more: without a call. */
static gboolean
key_equal (const LensSideKey *a, const LensSideKey *b)
{
  guint64 one[sizeof *a / 8], other[sizeof *b / 8], differ = 0;

  memcpy (one, a, sizeof one);
  memcpy (other, b, sizeof other);
  for (gsize i = 0; i < G_N_ELEMENTS (one); i++)
    differ |= one[i] ^ other[i];
  return differ == 0;
}

G_STATIC_ASSERT (sizeof (LensSideKey) % 8 == 0);

/* Link addresses name a flow only where network ones do not. */
static gboolean
same_way (const LensSideKey *a, const LensSideKey *b)
{
  const gsize start = G_STRUCT_OFFSET (LensSideKey, src);
  const gsize end = G_STRUCT_OFFSET (LensSideKey, has_mac);

  return memcmp ((const guint8 *)a + start, (const guint8 *)b + start, end - start) == 0
         && (a->src.version != 0 || (memcmp (a, b, start) == 0 && a->has_mac == b->has_mac))
         && (names_an_end (&a->src) || memcmp (a->src_mac, b->src_mac, sizeof a->src_mac) == 0)
         && (names_an_end (&a->dst) || memcmp (a->dst_mac, b->dst_mac, sizeof a->dst_mac) == 0);
}

static gboolean
other_way (const LensSideKey *a, const LensSideKey *b)
{
  LensSideKey other;

  if (a->sport != b->dport || a->dport != b->sport)
    return FALSE;
  memcpy (&other, b, sizeof other);
  memcpy (other.src_mac, b->dst_mac, sizeof other.src_mac);
  memcpy (other.dst_mac, b->src_mac, sizeof other.dst_mac);
  other.src = b->dst;
  other.dst = b->src;
  other.sport = b->dport;
  other.dport = b->sport;
  other.has_mac = (guint8)((b->has_mac & 1) << 1 | b->has_mac >> 1);
  return same_way (a, &other);
}

static guint32
hash_of_side (gconstpointer data, guint32 number)
{
  return side_hash (&lens_flows_side_at (data, number)->key);
}

static gboolean
is_side (gconstpointer data, guint32 number, gconstpointer key)
{
  return key_equal (&lens_flows_side_at (data, number)->key, key);
}

static guint32
hash_of_flow (gconstpointer data, guint32 number)
{
  return flow_hash (lens_flows_at (data, number)->key);
}

static gboolean
is_flow (gconstpointer data, guint32 number, gconstpointer key)
{
  const LensSideKey *known = lens_flows_at (data, number)->key;

  return same_way (known, key) || other_way (known, key);
}

static const LensIndexWays side_ways = { hash_of_side, is_side };
static const LensIndexWays flow_ways = { hash_of_flow, is_flow };

static LensSide *
find_side (const LensFlows *flows, const LensSideKey *key)
{
  guint32 number = lens_index_find (&flows->sides_by_key, &side_ways, flows, side_hash (key), key);

  return number != LENS_INDEX_NONE ? lens_flows_side_at (flows, number) : NULL;
}

LensFlow *
lens_flows_find (const LensFlows *flows, const LensSideKey *key)
{
  guint32 number = lens_index_find (&flows->flows_by_key, &flow_ways, flows, flow_hash (key), key);

  return number != LENS_INDEX_NONE ? lens_flows_at (flows, number) : NULL;
}

/* --- sides and flows --- */

guint64
lens_flow_first_frame (const LensFlow *flow)
{
  const guint8 *side = (const guint8 *)flow->key - G_STRUCT_OFFSET (LensSide, key);

  return ((const LensSide *)(gconstpointer)side)->first_frame;
}

LensSideKey
lens_flow_key (const LensFlow *flow)
{
  LensSideKey key;

  memcpy (&key, flow->key, sizeof key);
  if (key.src.version != 0)
    {
      memset (key.src_mac, 0, sizeof key.src_mac);
      memset (key.dst_mac, 0, sizeof key.dst_mac);
      key.has_mac = 0;
    }
  return key;
}

static void
side_clear (LensSide *side)
{
  if (side->n_accounts > G_N_ELEMENTS (side->accounts.few))
    g_free (side->accounts.many);
  if (side->rare == &lens_side_plain)
    return;
  lens_rtp_guess_free (side->rare->guess);
  g_free (side->rare->units);
  g_free ((gpointer)side->rare);
}

static void
flow_clear (LensFlow *flow)
{
  if (flow->rare == &plain_flow)
    return;
  g_free (flow->rare->server_name);
  g_free ((gpointer)flow->rare);
}

LensFlows *
lens_flows_new (LensBook *book, guint64 most)
{
  LensFlows *flows = g_new0 (LensFlows, 1);

  flows->most = most;
  flows->book = book;
  lens_chunks_init (&flows->sides, sizeof (LensSide));
  lens_chunks_init (&flows->flows, sizeof (LensFlow));
  lens_chunks_init (&flows->accounts, sizeof (Account));
  lens_chunks_init (&flows->contents, sizeof (Content));
  return flows;
}

void
lens_flows_free (LensFlows *flows)
{
  if (flows == NULL)
    return;
  lens_index_clear (&flows->sides_by_key);
  lens_index_clear (&flows->flows_by_key);
  for (guint32 i = 0; i < flows->sides.n; i++)
    side_clear (lens_chunks_at (&flows->sides, i));
  for (guint32 i = 0; i < flows->flows.n; i++)
    flow_clear (lens_flows_at (flows, i));
  lens_chunks_clear (&flows->sides);
  lens_chunks_clear (&flows->flows);
  lens_chunks_clear (&flows->accounts);
  lens_chunks_clear (&flows->contents);
  lens_index_clear (&flows->by_content);
  g_free (flows);
}

/* The flow of a new side. */
static LensFlow *
flow_for (LensFlows *flows, const LensSide *side, gint64 time_ns)
{
  guint32 hash = flow_hash (&side->key);
  guint32 number = lens_index_find (&flows->flows_by_key, &flow_ways, flows, hash, &side->key);

  if (number != LENS_INDEX_NONE)
    return lens_flows_at (flows, number);
  LensFlow *flow = lens_chunks_add (&flows->flows);
  flow->key = &side->key;
  flow->rare = &plain_flow;
  flow->index = flows->flows.n - 1;
  flow->first = flow->last = time_ns;
  lens_index_add (&flows->flows_by_key, &flow_ways, flows, hash, flow->index);
  return flow;
}

static LensSide *
side_new (LensFlows *flows, const LensSideKey *key, guint64 frame, gint64 time_ns)
{
  LensSide *side = lens_chunks_add (&flows->sides);

  memcpy (&side->key, key, sizeof *key);
  side->rare = &lens_side_plain;
  side->index = flows->sides.n - 1;
  side->first_frame = frame;
  side->flow = flow_for (flows, side, time_ns);
  side->reverse = !same_way (key, side->flow->key);
  lens_index_add (&flows->sides_by_key, &side_ways, flows, side_hash (key), side->index);
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
  return lens_flows_find (flows, key) == NULL;
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
  LensSide *side = find_side (flows, &shared);
  if (side != NULL)
    return side;
  if (flows->n_rest >= REST_MAX)
    {
      memset (&shared, 0, sizeof shared);
      shared.ethertype = REST_ETHERTYPE;
      if ((side = find_side (flows, &shared)) != NULL)
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
  side = find_side (flows, key);
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

static guint32
content_hash (const Content *content)
{
  guint64 hash = mix (content->detail, (guint64)content->phase << 8 | content->kind);

  return (guint32)mix (hash, GPOINTER_TO_SIZE (content->track));
}

static gboolean
content_equal (const Content *a, const Content *b)
{
  return a->kind == b->kind && a->phase == b->phase && a->detail == b->detail
         && a->track == b->track;
}

static Content *
content_at (const LensFlows *flows, guint32 number)
{
  return lens_chunks_at (&flows->contents, number);
}

static guint32
hash_of_content (gconstpointer data, guint32 number)
{
  return content_hash (content_at (data, number));
}

static gboolean
is_content (gconstpointer data, guint32 number, gconstpointer key)
{
  return content_equal (content_at (data, number), key);
}

static const LensIndexWays content_ways = { hash_of_content, is_content };

static guint32
content_number (LensFlows *flows, const Content *content)
{
  guint32 hash = content_hash (content);
  guint32 number = lens_index_find (&flows->by_content, &content_ways, flows, hash, content);

  if (number != LENS_INDEX_NONE)
    return number;
  *(Content *)lens_chunks_add (&flows->contents) = *content;
  number = flows->contents.n - 1;
  lens_index_add (&flows->by_content, &content_ways, flows, hash, number);
  return number;
}

/* Most octets go where others of their kind went lately. */
static guint32 *
recent_of (LensFlows *flows, const LensSide *side, const Content *content)
{
  guint32 hash = side->index * 32 + content->kind
                 + (guint32)(GPOINTER_TO_SIZE (content->track) >> 4) + content->detail * 257;

  return &flows->recent[hash * 0x9e3779b1u >> (32 - RECENT_BITS)];
}

LensAccountId
lens_flows_account (LensFlows *flows, LensSide *side, LensKind kind, LensTrack *track,
                    guint32 detail)
{
  const LensAccountId *known = lens_side_accounts (side);
  const Content content = { track, detail, flows->phase, (guint8)kind };
  guint32 *recent = recent_of (flows, side, &content);

  if (*recent < flows->accounts.n)
    {
      const Account *row = lens_chunks_at (&flows->accounts, *recent);
      if (row->side == side->index && content_equal (content_at (flows, row->content), &content))
        return *recent;
    }
  for (guint32 i = side->n_accounts; i > 0; i--)
    {
      LensAccountId id = known[i - 1];
      const Account *row = lens_chunks_at (&flows->accounts, id);
      if (content_equal (content_at (flows, row->content), &content))
        return *recent = id;
    }
  LensAccountId id = lens_book_account (flows->book);
  Account *row = lens_chunks_add (&flows->accounts);
  *row = (Account){ side->index, content_number (flows, &content) };
  note_account (side, id);
  g_assert (flows->accounts.n == id + 1);
  return *recent = id;
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

LensAccountRow
lens_flows_account_row (const LensFlows *flows, LensAccountId account)
{
  const Account *row = lens_chunks_at (&flows->accounts, account);
  const Content *content = content_at (flows, row->content);

  return (LensAccountRow){ .side = lens_flows_side_at (flows, row->side),
                           .track = content->track,
                           .detail = content->detail,
                           .kind = content->kind,
                           .phase = content->phase };
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
