#include "ledger/chunks.h"

#define CHUNK 8192 /* octets */

void
lens_chunks_init (LensChunks *chunks, gsize size)
{
  chunks->chunks = g_ptr_array_new_with_free_func (g_free);
  chunks->size = size;
  chunks->n = 0;
  chunks->bits = 0;
  while (size << (chunks->bits + 1) <= CHUNK)
    chunks->bits++;
}

void
lens_chunks_clear (LensChunks *chunks)
{
  g_clear_pointer (&chunks->chunks, g_ptr_array_unref);
  chunks->n = 0;
}

gpointer
lens_chunks_add (LensChunks *chunks)
{
  if ((chunks->n & ((1u << chunks->bits) - 1)) == 0)
    g_ptr_array_add (chunks->chunks, g_malloc0 (chunks->size << chunks->bits));
  return lens_chunks_at (chunks, chunks->n++);
}
