#include "ledger/carrier.h"

#include "wire/octets.h"

#include <string.h>

typedef struct
{
  const char *analyzer;
  const char *channel;
  LensTrack *track;
  char *subject;
  LensAddress src, dst;
  guint8 src_mac[6], dst_mac[6];
} Key;

struct LensCarriers
{
  LensBook *book;
  GPtrArray *list; /* LensCarrier */
  GHashTable *by_key;
  GHashTable *last; /* channel -> its last carrier */
  guint most;
  guint64 left_out;
};

static guint
hash_octets (guint hash, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * 16777619u;
  return hash;
}

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;
  guint hash = g_str_hash (key->channel) ^ g_direct_hash (key->track);

  hash = hash_octets (hash, (const guint8 *)&key->src, sizeof key->src);
  hash = hash_octets (hash, (const guint8 *)&key->dst, sizeof key->dst);
  hash = hash_octets (hash, key->src_mac, sizeof key->src_mac);
  hash = hash_octets (hash, key->dst_mac, sizeof key->dst_mac);
  return key->subject != NULL ? hash ^ g_str_hash (key->subject) : hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;

  return g_str_equal (x->channel, y->channel) && g_str_equal (x->analyzer, y->analyzer)
         && x->track == y->track && g_strcmp0 (x->subject, y->subject) == 0
         && lens_address_equal (&x->src, &y->src) && lens_address_equal (&x->dst, &y->dst)
         && memcmp (x->src_mac, y->src_mac, sizeof x->src_mac) == 0
         && memcmp (x->dst_mac, y->dst_mac, sizeof x->dst_mac) == 0;
}

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->subject);
  g_free (key);
}

static void
carrier_free (gpointer data)
{
  LensCarrier *carrier = data;

  g_free (carrier->subject);
  lens_frame_set_clear (&carrier->frames);
  g_array_unref (carrier->octets);
  g_byte_array_unref (carrier->excerpt);
  g_free (carrier->histogram);
  g_free (carrier);
}

LensCarriers *
lens_carriers_new (LensBook *book, guint most)
{
  LensCarriers *carriers = g_new0 (LensCarriers, 1);

  carriers->book = book;
  carriers->most = MIN (most, LENS_CARRIERS_MAX);
  carriers->list = g_ptr_array_new_with_free_func (carrier_free);
  carriers->by_key = g_hash_table_new_full (key_hash, key_equal, key_free, NULL);
  carriers->last = g_hash_table_new (g_str_hash, g_str_equal);
  return carriers;
}

void
lens_carriers_free (LensCarriers *carriers)
{
  if (carriers == NULL)
    return;
  g_hash_table_unref (carriers->by_key);
  g_hash_table_unref (carriers->last);
  g_ptr_array_unref (carriers->list);
  g_free (carriers);
}

/* Hosts are told apart by address, and by link address only where they have none (yet). */
static Key
key_for (const char *analyzer, const char *channel, const LensSide *side, LensTrack *track,
         const char *subject)
{
  Key key
      = { .analyzer = analyzer, .channel = channel, .track = track, .subject = (char *)subject };

  key.src = side->key.src;
  key.dst = side->key.dst;
  if (side->key.src.version == 0 || lens_address_is_unspecified (&side->key.src))
    {
      memcpy (key.src_mac, side->key.src_mac, sizeof key.src_mac);
      memcpy (key.dst_mac, side->key.dst_mac, sizeof key.dst_mac);
    }
  return key;
}

LensCarrier *
lens_carriers_get (LensCarriers *carriers, const char *analyzer, const char *channel,
                   LensSide *side, LensTrack *track, const char *subject)
{
  Key key = key_for (analyzer, channel, side, track, subject);
  LensCarrier *carrier = g_hash_table_lookup (carriers->by_key, &key);

  if (carrier == NULL && carriers->list->len >= carriers->most)
    {
      carrier = g_hash_table_lookup (carriers->last, channel);
      /* The first of a channel is always made: there is no other to take it. */
      carriers->left_out += carrier != NULL;
      if (carrier != NULL)
        carrier->shared = TRUE;
    }
  if (carrier != NULL)
    {
      if (carrier->side->flow != side->flow)
        carrier->one_flow = FALSE;
      if (carrier->side->key.dport != side->key.dport)
        carrier->one_port = FALSE;
      return carrier;
    }
  carrier = g_new0 (LensCarrier, 1);
  carrier->index = carriers->list->len;
  carrier->channel = channel;
  carrier->analyzer = analyzer;
  carrier->side = side;
  carrier->track = track;
  carrier->subject = g_strdup (subject);
  carrier->one_flow = carrier->one_port = TRUE;
  carrier->octets = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  carrier->excerpt = g_byte_array_new ();
  g_ptr_array_add (carriers->list, carrier);
  g_hash_table_insert (carriers->last, (gpointer)channel, carrier);
  Key *kept = g_memdup2 (&key, sizeof key);
  kept->subject = g_strdup (subject);
  g_hash_table_insert (carriers->by_key, kept, carrier);
  return carrier;
}

guint64
lens_carriers_left_out (const LensCarriers *carriers)
{
  return carriers->left_out;
}

static void
note_time (LensCarrier *carrier, gint64 time_ns, gboolean start)
{
  carrier->first = start ? time_ns : MIN (carrier->first, time_ns);
  carrier->last = start ? time_ns : MAX (carrier->last, time_ns);
}

void
lens_carrier_room (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                   const LensView *view)
{
  carrier->units++;
  carrier->room_bits += bits;
  if (carrier->uses > 0 || bits == 0)
    return;
  note_time (carrier, time_ns, carrier->frames.count == 0);
  for (gsize i = 0; view != NULL && i < view->n_pieces; i++)
    lens_frame_set_add (&carrier->frames, view->pieces[i].frame);
}

static guint64
content_hash (const LensView *view)
{
  return lens_octets_hash (LENS_HASH_START ^ view->length, view->octets,
                           view->octets != NULL ? view->length : 0);
}

static const LensPiece *
place_at (const LensCarrier *carrier, guint index)
{
  return &g_array_index (carrier->octets, LensPiece, index);
}

static gboolean
is_shown (const LensCarrier *carrier, guint64 frame)
{
  for (guint i = carrier->octets->len; i > 0; i--)
    if (place_at (carrier, i - 1)->frame == frame)
      return TRUE;
  return FALSE;
}

/* How many of the first places the excerpt is of. */
static guint
excerpt_places (const LensCarrier *carrier)
{
  guint64 octets = 0;
  guint n = 0;

  while (n < carrier->octets->len && octets < LENS_CARRIER_EXCERPT)
    octets += place_at (carrier, n++)->length;
  return n;
}

/* The last place that is not the first of its frame, nor in the excerpt.  FALSE: there is none. */
static gboolean
give_way (LensCarrier *carrier)
{
  const guint kept = excerpt_places (carrier);

  for (guint i = carrier->octets->len; i > kept; i--)
    for (guint n = i - 1; n > 0; n--)
      if (place_at (carrier, n - 1)->frame == place_at (carrier, i - 1)->frame)
        {
          g_array_remove_index (carrier->octets, i - 1);
          carrier->spare_places--;
          return TRUE;
        }
  carrier->spare_places = 0;
  return FALSE;
}

static void
add_place (LensCarrier *carrier, const LensPiece *piece)
{
  const gboolean full = carrier->octets->len >= LENS_CARRIER_OCTETS;

  carrier->place_octets += piece->length;
  if (piece->length == 0 || (full && carrier->spare_places == 0))
    return;
  const gboolean shown = is_shown (carrier, piece->frame);
  if (full && (shown || !give_way (carrier)))
    return;
  carrier->spare_places += shown;
  g_array_append_val (carrier->octets, *piece);
}

void
lens_carrier_add_places (LensCarrier *carrier, const LensPiece *pieces, gsize n_pieces)
{
  for (gsize i = 0; i < n_pieces; i++)
    add_place (carrier, &pieces[i]);
}

static void
use (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
     const LensView *view, gboolean claim)
{
  guint64 content = content_hash (view);

  if (carrier->uses == 0)
    {
      lens_frame_set_clear (&carrier->frames);
      carrier->content = content;
    }
  else
    carrier->constant = content == carrier->content && (carrier->uses == 1 || carrier->constant);
  note_time (carrier, time_ns, carrier->uses == 0);
  carrier->uses++;
  carrier->used_bits += bits;
  for (gsize i = 0; i < view->n_pieces; i++)
    {
      lens_frame_set_add (&carrier->frames, view->pieces[i].frame);
      if (claim)
        lens_book_claim (carriers->book, carrier->index, &view->pieces[i]);
    }
  lens_carrier_add_places (carrier, view->pieces, view->n_pieces);
  gsize want = view->octets != NULL ? LENS_CARRIER_EXCERPT - carrier->excerpt->len : 0;
  g_byte_array_append (carrier->excerpt, view->octets, (guint)MIN (want, view->length));
  if (view->octets == NULL)
    return;
  if (carrier->histogram == NULL)
    carrier->histogram = g_new0 (LensHistogram, 1);
  lens_histogram_add (carrier->histogram, view->octets, view->length);
}

void
lens_carrier_use (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                  const LensView *view)
{
  use (carriers, carrier, time_ns, bits, view, TRUE);
}

void
lens_carrier_note (LensCarriers *carriers, LensCarrier *carrier, gint64 time_ns, guint64 bits,
                   const LensView *view)
{
  use (carriers, carrier, time_ns, bits, view, FALSE);
}

guint32
lens_carriers_n (const LensCarriers *carriers)
{
  return carriers->list->len;
}

LensCarrier *
lens_carriers_at (const LensCarriers *carriers, guint32 index)
{
  return g_ptr_array_index (carriers->list, index);
}
