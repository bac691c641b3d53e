/* Identical frames: a mirror port shows each frame twice, the interface "any" too.  The
 * octets themselves are compared, never only a hash: whoever could make two frames collide
 * could have the second one booked as overhead. */
#include "ledger/inside.h"

#include <string.h>

#define WINDOW_NS (100 * 1000 * 1000)
#define SLOTS 16384                /* a power of two */
#define STORE (8u * 1024u * 1024u) /* octets of recent frames kept for comparison */

typedef struct
{
  guint64 hash;
  guint64 start; /* position in the endless store */
  gint64 time_ns;
  guint32 interface;
  guint32 length; /* 0: empty */
} Slot;

struct LensRepeats
{
  Slot *slots;
  guint8 *store;
  guint64 end; /* octets ever stored */
};

LensRepeats *
lens_repeats_new (void)
{
  LensRepeats *repeats = g_new0 (LensRepeats, 1);

  repeats->slots = g_new0 (Slot, SLOTS);
  repeats->store = g_malloc (STORE);
  return repeats;
}

void
lens_repeats_free (LensRepeats *repeats)
{
  if (repeats == NULL)
    return;
  g_free (repeats->slots);
  g_free (repeats->store);
  g_free (repeats);
}

static guint64
stir (guint64 hash, const guint8 *octets)
{
  guint64 word;

  memcpy (&word, octets, 8);
  hash = (hash ^ word) * 0xff51afd7ed558ccdu;
  return hash ^ hash >> 29;
}

/* Four words side by side: the processor need not wait for one product before the next. */
static guint64
hash_of (const guint8 *octets, gsize length)
{
  guint64 hash = 0x9e3779b97f4a7c15u ^ length;
  gsize i = 0;

  if (length >= 32)
    {
      guint64 lanes[4] = { hash, hash ^ 1, hash ^ 2, hash ^ 3 };
      for (; i + 32 <= length; i += 32)
        for (guint lane = 0; lane < 4; lane++)
          lanes[lane] = stir (lanes[lane], octets + i + 8 * lane);
      for (guint lane = 0; lane < 4; lane++)
        hash = stir (hash, (const guint8 *)&lanes[lane]);
    }
  for (; i + 8 <= length; i += 8)
    hash = stir (hash, octets + i);
  for (; i < length; i++)
    hash = (hash ^ octets[i]) * 0xff51afd7ed558ccdu;
  return hash ^ hash >> 32;
}

/* Whether the slot's octets are still stored and equal. */
static gboolean
equal (const LensRepeats *repeats, const Slot *slot, const guint8 *octets, gsize length)
{
  return repeats->end - slot->start <= STORE
         && memcmp (repeats->store + slot->start % STORE, octets, length) == 0;
}

/* The clock of a capture may step back a little. */
static gboolean
is_near (gint64 a, gint64 b)
{
  return a < b ? (guint64)b - (guint64)a <= WINDOW_NS : (guint64)a - (guint64)b <= WINDOW_NS;
}

static void
keep (LensRepeats *repeats, Slot *slot, const guint8 *octets, gsize length)
{
  /* A frame lies in one run: what is left at the store's end is passed over. */
  if (repeats->end % STORE + length > STORE)
    repeats->end += STORE - repeats->end % STORE;
  slot->start = repeats->end;
  memcpy (repeats->store + slot->start % STORE, octets, length);
  repeats->end += length;
}

gboolean
lens_repeats_seen (LensRepeats *repeats, guint32 interface, gint64 time_ns, const guint8 *octets,
                   gsize length)
{
  if (length == 0 || length > STORE / 4)
    return FALSE;
  guint64 hash = hash_of (octets, length);
  Slot *slot = &repeats->slots[hash % SLOTS];

  if (slot->hash == hash && slot->length == length
      && slot->interface == interface && is_near (slot->time_ns, time_ns)
      && equal (repeats, slot, octets, length))
    {
      slot->time_ns = time_ns;
      return TRUE;
    }
  keep (repeats, slot, octets, length);
  slot->hash = hash;
  slot->length = (guint32)length;
  slot->interface = interface;
  slot->time_ns = time_ns;
  return FALSE;
}
