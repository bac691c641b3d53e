#include "wire/fragments.h"

#include <string.h>

/* Octets of a datagram that came in one fragment and in no earlier one. */
typedef struct
{
  guint32 offset; /* in the datagram */
  guint32 length;
  guint32 at; /* in Datagram.octets */
  guint64 frame;
  guint32 frame_offset;
} Part;

typedef struct
{
  LensFragmentKey key;
  gint64 first_ns;
  GByteArray *octets; /* in order of arrival */
  GArray *parts;      /* of Part, in order of offset, without overlap */
  guint32 held;       /* octets in all parts */
  gboolean has_end;
  guint32 end; /* octets of the whole datagram, when @has_end */
  GList link;  /* in LensFragments.oldest_first */
} Datagram;

struct _LensFragments
{
  LensFragmentsEvents events;
  gpointer data;
  guint pending_max;
  guint64 octets_max, octets; /* that wait */
  gint64 timeout_ns;
  GHashTable *by_key; /* Datagram.key to Datagram, owned */
  GQueue oldest_first;
  GByteArray *whole;
  GArray *pieces; /* of LensPiece */
  LensView view;
};

static guint
key_hash (gconstpointer data)
{
  const LensFragmentKey *key = data;

  return lens_address_hash (&key->source) * 31u + lens_address_hash (&key->destination)
         + key->id * 2654435761u + key->link * 40503u + key->protocol;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const LensFragmentKey *one = a, *other = b;

  return one->id == other->id && one->link == other->link && one->protocol == other->protocol
         && lens_address_equal (&one->source, &other->source)
         && lens_address_equal (&one->destination, &other->destination);
}

static void
datagram_free (gpointer data)
{
  Datagram *datagram = data;

  g_byte_array_unref (datagram->octets);
  g_array_unref (datagram->parts);
  g_free (datagram);
}

static Datagram *
datagram_new (LensFragments *fragments, const LensFragmentKey *key, gint64 time_ns)
{
  Datagram *datagram = g_new0 (Datagram, 1);

  datagram->key = *key;
  datagram->first_ns = time_ns;
  datagram->octets = g_byte_array_new ();
  datagram->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  datagram->link.data = datagram;
  g_queue_push_tail_link (&fragments->oldest_first, &datagram->link);
  g_hash_table_insert (fragments->by_key, &datagram->key, datagram);
  return datagram;
}

static void
forget (LensFragments *fragments, Datagram *datagram)
{
  fragments->octets -= datagram->octets->len;
  g_queue_unlink (&fragments->oldest_first, &datagram->link);
  g_hash_table_remove (fragments->by_key, &datagram->key);
}

static void
hand_back (LensFragments *fragments, const LensFragmentKey *key, guint32 offset,
           const guint8 *octets, LensPiece piece, LensFragmentsReason reason)
{
  const LensView view = { octets, piece.length, &piece, 1 };

  if (piece.length > 0)
    fragments->events.left (fragments->data, key, offset, &view, reason);
}

static void
give_up (LensFragments *fragments, Datagram *datagram, LensFragmentsReason reason)
{
  for (guint i = 0; i < datagram->parts->len; i++)
    {
      const Part *part = &g_array_index (datagram->parts, Part, i);
      const LensPiece piece = { part->frame, part->frame_offset, part->length };
      hand_back (fragments, &datagram->key, part->offset, datagram->octets->data + part->at, piece,
                 reason);
    }
  forget (fragments, datagram);
}

static void
expire (LensFragments *fragments, gint64 time_ns)
{
  for (Datagram *oldest; (oldest = g_queue_peek_head (&fragments->oldest_first)) != NULL;)
    {
      if (time_ns < oldest->first_ns
          || (guint64)time_ns - (guint64)oldest->first_ns <= (guint64)fragments->timeout_ns)
        return;
      give_up (fragments, oldest, LENS_FRAGMENTS_EXPIRED);
    }
}

/* The oldest go, but not the one that is being put together. */
static void
make_room (LensFragments *fragments, const Datagram *datagram, guint32 length)
{
  Datagram *oldest;

  while (fragments->octets + length > fragments->octets_max
         && (oldest = g_queue_peek_head (&fragments->oldest_first)) != datagram)
    give_up (fragments, oldest, LENS_FRAGMENTS_HEAVY);
}

/* A fragment on its way into a datagram: what of it is still to be placed. */
typedef struct
{
  guint32 offset;
  const guint8 *octets;
  LensPiece piece;
} Rest;

static void
advance (Rest *rest, guint32 length)
{
  rest->offset += length;
  rest->octets += length;
  rest->piece.offset += length;
  rest->piece.length -= length;
}

static void
insert (Datagram *datagram, guint index, const Rest *rest, guint32 length)
{
  const Part part = {
    .offset = rest->offset,
    .length = length,
    .at = datagram->octets->len,
    .frame = rest->piece.frame,
    .frame_offset = rest->piece.offset,
  };

  g_byte_array_append (datagram->octets, rest->octets, length);
  g_array_insert_val (datagram->parts, index, part);
  datagram->held += length;
}

/* The first part that ends behind @offset. */
static guint
first_part_behind (const GArray *parts, guint32 offset)
{
  guint low = 0, high = parts->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Part *part = &g_array_index (parts, Part, middle);
      if (part->offset + part->length <= offset)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Fills the holes; what repeats earlier octets is compared and reported. */
static void
place (LensFragments *fragments, Datagram *datagram, Rest rest)
{
  guint index = first_part_behind (datagram->parts, rest.offset);

  while (rest.piece.length > 0)
    {
      const Part *part
          = index < datagram->parts->len ? &g_array_index (datagram->parts, Part, index) : NULL;
      if (part == NULL || rest.offset < part->offset)
        {
          guint32 hole = part != NULL ? part->offset - rest.offset : G_MAXUINT32;
          guint32 length = MIN (hole, rest.piece.length);
          insert (datagram, index, &rest, length);
          advance (&rest, length);
        }
      else
        {
          guint32 within = rest.offset - part->offset;
          guint32 length = MIN (part->length - within, rest.piece.length);
          const guint8 *earlier = datagram->octets->data + part->at + within;
          LensPiece repeated = rest.piece;
          repeated.length = length;
          fragments->events.overlap (fragments->data, &datagram->key, repeated,
                                     memcmp (earlier, rest.octets, length) == 0);
          advance (&rest, length);
        }
      index++;
    }
}

static const LensView *
assemble (LensFragments *fragments, Datagram *datagram)
{
  g_byte_array_set_size (fragments->whole, 0);
  g_array_set_size (fragments->pieces, 0);
  for (guint i = 0; i < datagram->parts->len; i++)
    {
      const Part *part = &g_array_index (datagram->parts, Part, i);
      const LensPiece piece = { part->frame, part->frame_offset, part->length };
      g_byte_array_append (fragments->whole, datagram->octets->data + part->at, part->length);
      g_array_append_val (fragments->pieces, piece);
    }
  forget (fragments, datagram);
  fragments->view = (LensView){
    .octets = fragments->whole->data,
    .length = fragments->whole->len,
    .pieces = &g_array_index (fragments->pieces, LensPiece, 0),
    .n_pieces = fragments->pieces->len,
  };
  return &fragments->view;
}

/* Whether a fragment agrees with what is known of the datagram's end.  The first end stays. */
static gboolean
fits (const Datagram *datagram, guint32 end, gboolean more)
{
  if (datagram->has_end)
    return end <= datagram->end && (more || end == datagram->end);
  if (more || datagram->parts->len == 0)
    return TRUE;
  const Part *last = &g_array_index (datagram->parts, Part, datagram->parts->len - 1);
  return last->offset + last->length <= end;
}

const LensView *
lens_fragments_feed (LensFragments *fragments, const LensFragmentKey *key, gint64 time_ns,
                     guint32 offset, gboolean more, const guint8 *octets, LensPiece piece)
{
  expire (fragments, time_ns);
  if (offset > LENS_FRAGMENTS_DATAGRAM_MAX || piece.length > LENS_FRAGMENTS_DATAGRAM_MAX - offset)
    {
      hand_back (fragments, key, offset, octets, piece, LENS_FRAGMENTS_REFUSED);
      return NULL;
    }
  Datagram *datagram = g_hash_table_lookup (fragments->by_key, key);
  if (datagram == NULL)
    {
      if (piece.length == 0)
        return NULL;
      if (g_hash_table_size (fragments->by_key) >= fragments->pending_max)
        give_up (fragments, g_queue_peek_head (&fragments->oldest_first), LENS_FRAGMENTS_CROWDED);
      datagram = datagram_new (fragments, key, time_ns);
    }
  make_room (fragments, datagram, piece.length);
  guint32 end = offset + piece.length;
  if (!fits (datagram, end, more) || datagram->parts->len >= LENS_FRAGMENTS_PARTS_MAX)
    {
      hand_back (fragments, &datagram->key, offset, octets, piece, LENS_FRAGMENTS_REFUSED);
      return NULL;
    }
  if (!more)
    {
      datagram->has_end = TRUE;
      datagram->end = end;
    }
  guint before = datagram->octets->len;
  place (fragments, datagram, (Rest){ offset, octets, piece });
  fragments->octets += datagram->octets->len - before;
  return datagram->has_end && datagram->held == datagram->end ? assemble (fragments, datagram)
                                                              : NULL;
}

LensFragments *
lens_fragments_new (const LensFragmentsEvents *events, gpointer data, guint pending_max,
                    gint64 timeout_ns)
{
  g_assert (pending_max > 0 && timeout_ns >= 0);
  LensFragments *fragments = g_new0 (LensFragments, 1);

  fragments->events = *events;
  fragments->data = data;
  fragments->pending_max = pending_max;
  fragments->octets_max = G_MAXUINT64;
  fragments->timeout_ns = timeout_ns;
  fragments->by_key = g_hash_table_new_full (key_hash, key_equal, NULL, datagram_free);
  g_queue_init (&fragments->oldest_first);
  fragments->whole = g_byte_array_new ();
  fragments->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  return fragments;
}

void
lens_fragments_set_octets_max (LensFragments *fragments, guint64 most)
{
  fragments->octets_max = most;
}

void
lens_fragments_free (LensFragments *fragments)
{
  if (fragments == NULL)
    return;
  g_hash_table_unref (fragments->by_key);
  g_byte_array_unref (fragments->whole);
  g_array_unref (fragments->pieces);
  g_free (fragments);
}

void
lens_fragments_flush (LensFragments *fragments)
{
  Datagram *oldest;

  while ((oldest = g_queue_peek_head (&fragments->oldest_first)) != NULL)
    give_up (fragments, oldest, LENS_FRAGMENTS_FLUSHED);
}

guint
lens_fragments_pending (const LensFragments *fragments)
{
  return g_hash_table_size (fragments->by_key);
}
