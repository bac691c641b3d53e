#pragma once

#include "wire/piece.h"

G_BEGIN_DECLS

/**
 * LensAssembly:
 * Something on its way from several views: its octets and where they lie.  Zeroed is not usable:
 * init and clear.  Knows no caps; the caller does.
 */
typedef struct
{
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
} LensAssembly;

void lens_assembly_init (LensAssembly *assembly);
void lens_assembly_clear (LensAssembly *assembly);
void lens_assembly_append (LensAssembly *assembly, const LensView *view, gsize offset,
                           gsize length);
/* All of it; valid until the next change. */
LensView lens_assembly_view (const LensAssembly *assembly);
/* Forgets the octets, and a buffer that has become large. */
void lens_assembly_empty (LensAssembly *assembly);

G_END_DECLS
