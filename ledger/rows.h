#pragma once

#include "ledger/chunks.h"

G_BEGIN_DECLS

#define LENS_ROWS_PAGE 512u /* numbers */

/**
 * LensRows:
 * What is remembered of things that have a number (tracks, sides, directions of connections):
 * zeroed structures of one size, made when they are first asked for.  Zero to begin with.
 */
typedef struct
{
  guint32 **pages;         /* of places by number: 1 + where its structure is among @rows, 0: none;
                              NULL: a page of nothing else */
  guint32 n, n_pages;      /* numbers from @n on have nothing */
  LensChunks rows;         /* in the order they were asked for */
  guint32 *spare, n_spare; /* places of structures that were dropped */
} LensRows;

/* The structure of number @index; NULL where nothing is remembered. */
static inline gpointer
lens_rows_peek (const LensRows *rows, guint index)
{
  if (index >= rows->n || rows->pages[index / LENS_ROWS_PAGE] == NULL)
    return NULL;
  guint32 place = rows->pages[index / LENS_ROWS_PAGE][index % LENS_ROWS_PAGE];
  return place > 0 ? lens_chunks_at (&rows->rows, place - 1) : NULL;
}

/* A new one where there is none, of @size octets; the same @size in each call. */
gpointer lens_rows_add (LensRows *rows, guint index, gsize size);

/* The one that there is, or a new one. */
static inline gpointer
lens_rows_at (LensRows *rows, guint index, gsize size)
{
  gpointer row = lens_rows_peek (rows, index);

  return row != NULL ? row : lens_rows_add (rows, index, size);
}

/* Forgets what is remembered of number @index: its structure, which holds nothing to be freed any
 * more, is zeroed and becomes the next one's. */
void lens_rows_drop (LensRows *rows, guint index);
/* Numbers from here on have nothing. */
guint lens_rows_n (const LensRows *rows);
/* @clear (or NULL) frees what a structure holds. */
void lens_rows_clear (LensRows *rows, GDestroyNotify clear);

G_END_DECLS
