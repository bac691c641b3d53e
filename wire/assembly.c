#include "wire/assembly.h"

/* Octets of buffer kept between uses: what many streams with large pictures now and then keep for
 * good adds up. */
#define KEPT_LENGTH (16 * 1024)

void
lens_assembly_init (LensAssembly *assembly)
{
  assembly->octets = g_byte_array_new ();
  assembly->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
}

void
lens_assembly_clear (LensAssembly *assembly)
{
  g_byte_array_unref (assembly->octets);
  g_array_unref (assembly->pieces);
}

void
lens_assembly_append (LensAssembly *assembly, const LensView *view, gsize offset, gsize length)
{
  if (length == 0) /* then @view may have no octets at all */
    return;
  g_byte_array_append (assembly->octets, view->octets + offset, (guint)length);
  lens_view_pieces (view, offset, length, assembly->pieces);
}

LensView
lens_assembly_view (const LensAssembly *assembly)
{
  return (LensView){
    .octets = assembly->octets->data,
    .length = assembly->octets->len,
    .pieces = (const LensPiece *)(gconstpointer)assembly->pieces->data,
    .n_pieces = assembly->pieces->len,
  };
}

void
lens_assembly_empty (LensAssembly *assembly)
{
  if (assembly->octets->len > KEPT_LENGTH)
    {
      g_free (g_byte_array_steal (assembly->octets, NULL));
      g_free (g_array_steal (assembly->pieces, NULL));
    }
  g_byte_array_set_size (assembly->octets, 0);
  g_array_set_size (assembly->pieces, 0);
}
