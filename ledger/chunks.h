#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensChunks:
 * Structures of one size, numbered from 0 in the order they were made, that stay where they are.
 *
 * For what there may be millions of: one allocation of a few kB holds many, nothing is copied
 * when there are more, and all go at once.
 */
typedef struct
{
  GPtrArray *chunks;
  gsize size; /* octets of one */
  guint32 n;
  guint bits; /* 1 << bits of them are in one allocation */
} LensChunks;

/* @size: a multiple of what the structure is aligned to. */
void lens_chunks_init (LensChunks *chunks, gsize size);
void lens_chunks_clear (LensChunks *chunks);

/* A new one, all zero: number @chunks->n before the call. */
gpointer lens_chunks_add (LensChunks *chunks);

static inline gpointer
lens_chunks_at (const LensChunks *chunks, guint32 number)
{
  guint8 *chunk = g_ptr_array_index (chunks->chunks, number >> chunks->bits);

  return chunk + (number & ((1u << chunks->bits) - 1)) * chunks->size;
}

G_END_DECLS
