#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensIndex:
 * Finds things that have a number (their place in a LensChunks, say) by what they are: a table of
 * nothing but numbers, for there may be millions.  Zero to begin with.
 */
typedef struct
{
  guint32 *slots; /* number + 1, and above it bits of the hash; 0: empty; half of them at most are
                     taken */
  guint32 n;      /* numbers */
  guint bits;     /* 1 << bits slots */
  guint width;    /* bits of a slot for the number */
} LensIndex;

#define LENS_INDEX_NONE G_MAXUINT32

/* How numbers are told apart, all the same in each call for one index. */
typedef struct
{
  guint32 (*hash_of) (gconstpointer data, guint32 number);
  gboolean (*is) (gconstpointer data, guint32 number, gconstpointer key);
} LensIndexWays;

/* The number of what has @key, whose hash is @hash; or LENS_INDEX_NONE. */
guint32 lens_index_find (const LensIndex *index, const LensIndexWays *ways, gconstpointer data,
                         guint32 hash, gconstpointer key);
/* A number that is not there yet. */
void lens_index_add (LensIndex *index, const LensIndexWays *ways, gconstpointer data, guint32 hash,
                     guint32 number);
/* All numbers, in no order: at slots below lens_index_n_slots(); LENS_INDEX_NONE: an empty one. */
gsize lens_index_n_slots (const LensIndex *index);
guint32 lens_index_at (const LensIndex *index, gsize slot);
void lens_index_clear (LensIndex *index);

G_END_DECLS
