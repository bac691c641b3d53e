#include "ledger/index.h"

#define FEWEST_BITS 6

static guint32
first_slot (const LensIndex *index, guint32 hash)
{
  return (hash * 0x9e3779b1u) >> (32 - index->bits);
}

/* What a slot has above the number: most others need not be looked at. */
static guint32
tag_of (const LensIndex *index, guint32 hash)
{
  return index->width < 32 ? hash << index->width : 0;
}

static guint32
number_mask (const LensIndex *index)
{
  return index->width < 32 ? (1u << index->width) - 1 : G_MAXUINT32;
}

static void
put (LensIndex *index, guint32 hash, guint32 number)
{
  guint32 mask = (1u << index->bits) - 1, at = first_slot (index, hash);

  while (index->slots[at] != 0)
    at = (at + 1) & mask;
  index->slots[at] = tag_of (index, hash) | (number + 1);
}

gsize
lens_index_n_slots (const LensIndex *index)
{
  return index->slots != NULL ? (gsize)1 << index->bits : 0;
}

guint32
lens_index_at (const LensIndex *index, gsize slot)
{
  guint32 number = index->slots[slot] & number_mask (index);

  return number > 0 ? number - 1 : LENS_INDEX_NONE;
}

/* With @bits for the slots and room for @number. */
static void
rebuild (LensIndex *index, const LensIndexWays *ways, gconstpointer data, guint bits,
         guint32 number)
{
  LensIndex larger = { .n = index->n, .bits = bits };

  larger.width = MAX (index->width, MAX (bits, g_bit_storage (number + 1)));
  larger.slots = g_new0 (guint32, (gsize)1 << bits);
  for (gsize i = 0; i < lens_index_n_slots (index); i++)
    if (index->slots[i] != 0)
      {
        guint32 known = lens_index_at (index, i);
        put (&larger, ways->hash_of (data, known), known);
      }
  g_free (index->slots);
  *index = larger;
}

guint32
lens_index_find (const LensIndex *index, const LensIndexWays *ways, gconstpointer data,
                 guint32 hash, gconstpointer key)
{
  if (index->slots == NULL)
    return LENS_INDEX_NONE;
  guint32 mask = (1u << index->bits) - 1, numbers = number_mask (index);
  guint32 tag = tag_of (index, hash);
  for (guint32 at = first_slot (index, hash); index->slots[at] != 0; at = (at + 1) & mask)
    {
      guint32 slot = index->slots[at];
      if ((slot & ~numbers) == tag && ways->is (data, (slot & numbers) - 1, key))
        return (slot & numbers) - 1;
    }
  return LENS_INDEX_NONE;
}

void
lens_index_add (LensIndex *index, const LensIndexWays *ways, gconstpointer data, guint32 hash,
                guint32 number)
{
  if (index->slots == NULL || index->n >= 1u << (index->bits - 1))
    rebuild (index, ways, data, MAX (index->bits + 1, FEWEST_BITS), number);
  else if (number + 1 > number_mask (index))
    rebuild (index, ways, data, index->bits, number);
  put (index, hash, number);
  index->n++;
}

void
lens_index_clear (LensIndex *index)
{
  g_free (index->slots);
  *index = (LensIndex){ 0 };
}
