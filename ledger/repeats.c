/* Identical frames: a mirror port shows each frame twice, the interface "any" too.  The
 * octets themselves are compared, never only a hash: whoever could make two frames collide
 * could have the second one booked as overhead. */
#include "ledger/inside.h"

#include "wire/octets.h"

#include <string.h>

#define WINDOW_NS (100 * 1000 * 1000)
#define SLOTS 16384   /* a power of two */
#define CACHE_LINE 64 /* octets */
#define WAYS 4        /* slots beside each other that a frame may take, so that others stay known */

/* Octets of recent frames kept for comparison: more when the link is so fast that fewer do not
 * last for the window. */
#define LEAST_STORE (1024u * 1024u)
#define MOST_STORE (8u * 1024u * 1024u)
#define CHUNK (64u * 1024u)

/* Octets that choose the slot: headers, with what counts packets and their checksums, and the end.
 * Frames that differ elsewhere alone take one slot, so that the later one is known. */
#define FRONT 96
#define BACK 32

typedef struct
{
  guint64 hash;
  guint64 start; /* position among all octets ever stored */
  gint64 time_ns;
  guint32 interface;
  guint32 length; /* 0: empty */
} Slot;

struct LensRepeats
{
  gpointer room; /* that of @slots */
  Slot *slots;   /* where a line of the cache begins */
  guint8 *store;
  gsize size;
  guint64 base;                     /* the position that lay at the front of the store first */
  guint64 end;                      /* octets ever stored */
  gint64 times[MOST_STORE / CHUNK]; /* when a chunk was last written */
  gboolean used[MOST_STORE / CHUNK];
};

LensRepeats *
lens_repeats_new (void)
{
  LensRepeats *repeats = g_new0 (LensRepeats, 1);

  /* g_aligned_alloc0 would write the zeros, which the kernel has ready. */
  repeats->room = g_malloc0 (SLOTS * sizeof (Slot) + CACHE_LINE);
  repeats->slots
      = (Slot *)(((guintptr)repeats->room + CACHE_LINE - 1) & ~(guintptr)(CACHE_LINE - 1));
  repeats->size = LEAST_STORE;
  repeats->store = g_malloc (LEAST_STORE);
  return repeats;
}

void
lens_repeats_free (LensRepeats *repeats)
{
  if (repeats == NULL)
    return;
  g_free (repeats->room);
  g_free (repeats->store);
  g_free (repeats);
}

static gsize
place_of (const LensRepeats *repeats, guint64 position)
{
  return (position - repeats->base) % repeats->size;
}

/* Whether the slot's octets are still stored and equal. */
static gboolean
equal (const LensRepeats *repeats, const Slot *slot, const guint8 *octets, gsize length)
{
  return repeats->end - slot->start <= MIN (repeats->size, repeats->end - repeats->base)
         && memcmp (repeats->store + place_of (repeats, slot->start), octets, length) == 0;
}

/* The clock of a capture may step back a little. */
static gboolean
is_near (gint64 a, gint64 b)
{
  return a < b ? (guint64)b - (guint64)a <= WINDOW_NS : (guint64)a - (guint64)b <= WINDOW_NS;
}

/* Twice the store, with what it holds in its front half, the oldest first. */
static void
grow (LensRepeats *repeats, gint64 time_ns)
{
  gsize place = place_of (repeats, repeats->end), old = repeats->size;
  guint8 *store = g_malloc (2 * old);

  memcpy (store, repeats->store + place, old - place);
  memcpy (store + old - place, repeats->store, place);
  g_free (repeats->store);
  repeats->store = store;
  repeats->size = 2 * old;
  repeats->base = repeats->end - old;
  for (gsize chunk = 0; chunk < old / CHUNK; chunk++)
    {
      repeats->times[chunk] = time_ns;
      repeats->used[chunk] = TRUE;
    }
}

/* A frame lies in one run: what is left at the store's end is passed over. */
static gsize
place_for (const LensRepeats *repeats, gsize length)
{
  gsize place = place_of (repeats, repeats->end);

  return place + length > repeats->size ? 0 : place;
}

/* Whether the next @length octets would overwrite what may still be repeated. */
static gboolean
is_too_small (const LensRepeats *repeats, gsize length, gint64 time_ns)
{
  if (length > repeats->size / 4)
    return TRUE;
  gsize place = place_for (repeats, length);
  /* The chunk at hand was asked about when it began. */
  for (gsize chunk = (place + CHUNK - 1) / CHUNK; chunk * CHUNK < place + length; chunk++)
    if (repeats->used[chunk] && is_near (repeats->times[chunk], time_ns))
      return TRUE;
  return FALSE;
}

/* Where they are from now on. */
static guint64
keep (LensRepeats *repeats, const guint8 *octets, gsize length, gint64 time_ns)
{
  while (repeats->size < MOST_STORE && is_too_small (repeats, length, time_ns))
    grow (repeats, time_ns);
  gsize place = place_for (repeats, length);
  if (place < place_of (repeats, repeats->end))
    repeats->end += repeats->size - place_of (repeats, repeats->end);
  guint64 start = repeats->end;
  memcpy (repeats->store + place, octets, length);
  for (gsize chunk = place / CHUNK; chunk * CHUNK < place + length; chunk++)
    {
      repeats->times[chunk] = time_ns;
      repeats->used[chunk] = TRUE;
    }
  repeats->end += length;
  return start;
}

static guint64
slot_hash (const guint8 *octets, gsize length)
{
  gsize front = length <= FRONT + BACK ? length : FRONT;
  guint64 hash = lens_octets_hash_whole (LENS_HASH_START ^ length, octets, front);

  return front == length ? hash : lens_octets_hash_whole (hash, octets + length - BACK, BACK);
}

/* The slots that such a frame may take. */
static Slot *
slots_of (const LensRepeats *repeats, guint64 hash)
{
  return repeats->slots + hash % SLOTS / WAYS * WAYS;
}

/* Whether the octets that the slot stands for are still stored, and are those of @like. */
static gboolean
holds (const LensRepeats *repeats, const Slot *slot, const Slot *like, const guint8 *octets)
{
  return slot->hash == like->hash && slot->length == like->length
         && slot->interface == like->interface && is_near (slot->time_ns, like->time_ns)
         && equal (repeats, slot, octets, slot->length);
}

/* The one whose frame was seen the longest ago. */
static Slot *
oldest (Slot *slots)
{
  Slot *found = slots;

  for (guint i = 0; i < WAYS; i++)
    if (slots[i].length == 0 || (found->length > 0 && slots[i].time_ns < found->time_ns))
      found = &slots[i];
  return found;
}

guint64
lens_repeats_expect (const LensRepeats *repeats, const guint8 *octets, gsize length)
{
  guint64 hash = slot_hash (octets, length);

  const Slot *slots = slots_of (repeats, hash);
  __builtin_prefetch (slots, 1);
  __builtin_prefetch (slots + WAYS / 2, 1);
  return hash;
}

gboolean
lens_repeats_seen (LensRepeats *repeats, guint64 hash, guint32 interface, gint64 time_ns,
                   const guint8 *octets, gsize length)
{
  if (length == 0 || length > MOST_STORE / 4)
    return FALSE;
  Slot now = { hash, 0, time_ns, interface, (guint32)length };
  Slot *slots = slots_of (repeats, hash);

  for (guint i = 0; i < WAYS; i++)
    if (holds (repeats, &slots[i], &now, octets))
      {
        slots[i].time_ns = time_ns;
        return TRUE;
      }
  now.start = keep (repeats, octets, length, time_ns);
  *oldest (slots) = now;
  return FALSE;
}
