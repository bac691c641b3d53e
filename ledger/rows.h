#pragma once

#include "ledger/chunks.h"

G_BEGIN_DECLS

/**
 * LensRows:
 * What is remembered of things that have a number (tracks, sides, directions of connections):
 * zeroed structures of one size, made when they are first asked for.  Zero to begin with.
 */
typedef struct
{
  guint32 *places; /* by number: 1 + where its structure is among @rows, 0: none */
  guint32 n, room; /* of @places */
  LensChunks rows; /* in the order they were asked for */
} LensRows;

/* The structure of number @index; NULL where nothing is remembered. */
static inline gpointer
lens_rows_peek (const LensRows *rows, guint index)
{
  return index < rows->n && rows->places[index] > 0
             ? lens_chunks_at (&rows->rows, rows->places[index] - 1)
             : NULL;
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

/* Numbers from here on have nothing. */
guint lens_rows_n (const LensRows *rows);
/* @clear (or NULL) frees what a structure holds. */
void lens_rows_clear (LensRows *rows, GDestroyNotify clear);

G_END_DECLS
