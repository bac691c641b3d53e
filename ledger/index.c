#include "ledger/index.h"

#define FEWEST_BITS 6

static guint32
first_slot (const LensIndex *index, guint32 hash)
{
  return (hash * 0x9e3779b1u) >> (32 - index->bits);
}

static void
put (LensIndex *index, guint32 hash, guint32 number)
{
  guint32 mask = (1u << index->bits) - 1, at = first_slot (index, hash);

  while (index->slots[at] != 0)
    at = (at + 1) & mask;
  index->slots[at] = number + 1;
}

static void
grow (LensIndex *index, const LensIndexWays *ways, gconstpointer data)
{
  LensIndex larger = { .n = index->n, .bits = MAX (index->bits + 1, FEWEST_BITS) };

  larger.slots = g_new0 (guint32, (gsize)1 << larger.bits);
  for (gsize i = 0; index->slots != NULL && i < (gsize)1 << index->bits; i++)
    if (index->slots[i] != 0)
      put (&larger, ways->hash_of (data, index->slots[i] - 1), index->slots[i] - 1);
  g_free (index->slots);
  *index = larger;
}

guint32
lens_index_find (const LensIndex *index, const LensIndexWays *ways, gconstpointer data,
                 guint32 hash, gconstpointer key)
{
  if (index->slots == NULL)
    return LENS_INDEX_NONE;
  guint32 mask = (1u << index->bits) - 1;
  for (guint32 at = first_slot (index, hash); index->slots[at] != 0; at = (at + 1) & mask)
    if (ways->is (data, index->slots[at] - 1, key))
      return index->slots[at] - 1;
  return LENS_INDEX_NONE;
}

void
lens_index_add (LensIndex *index, const LensIndexWays *ways, gconstpointer data, guint32 hash,
                guint32 number)
{
  if (index->slots == NULL || index->n >= 1u << (index->bits - 1))
    grow (index, ways, data);
  put (index, hash, number);
  index->n++;
}

gsize
lens_index_n_slots (const LensIndex *index)
{
  return index->slots != NULL ? (gsize)1 << index->bits : 0;
}

guint32
lens_index_at (const LensIndex *index, gsize slot)
{
  return index->slots[slot] > 0 ? index->slots[slot] - 1 : LENS_INDEX_NONE;
}

void
lens_index_clear (LensIndex *index)
{
  g_free (index->slots);
  *index = (LensIndex){ 0 };
}
