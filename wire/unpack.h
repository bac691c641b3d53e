#pragma once

#include "wire/capture-file.h"

G_BEGIN_DECLS

/* Compressed files, read front to back: gzip (RFC 1952) and Zstandard (RFC 8878). */

typedef enum
{
  LENS_PACKING_NONE,
  LENS_PACKING_GZIP,
  LENS_PACKING_ZSTD,
} LensPacking;

/* What the first octets of a file say: 2 tell gzip, 4 Zstandard (a skippable frame, with which
 * pzstd begins, is one). */
LensPacking lens_packing_of (const guint8 *octets, gsize length);

/* "gzip", "Zstandard", or NULL. */
const char *lens_packing_name (LensPacking packing);

/**
 * LensUnpack:
 * Unpacks what a LensReadFunc yields: all members of a gzip file, all frames of a Zstandard
 * file, one after the other.  Zero octets behind the last member are padding (tapes have it);
 * anything else there is a problem.
 *
 * Holds 64 KiB of input and the decoder's window: 32 KiB, for Zstandard at most 128 MiB, the
 * limit of zstd(1).  However much comes out, nothing grows.
 */
typedef struct _LensUnpack LensUnpack;

/* @first: octets that were read already, at most LENS_UNPACK_FIRST_MAX, copied.
 * @read is called until it has filled the room, so that nothing depends on its steps. */
#define LENS_UNPACK_FIRST_MAX (64 * 1024)
LensUnpack *lens_unpack_new (LensPacking packing, const guint8 *first, gsize length,
                             LensReadFunc read, gpointer data);
void lens_unpack_free (LensUnpack *unpack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensUnpack, lens_unpack_free)

/**
 * lens_unpack_read:
 * A LensReadFunc: fills @room unless the end comes first.  Octets that came before damage are
 * good and are handed over; then it yields 0, and lens_unpack_problem() says what is wrong.
 * What goes wrong in @read is passed on.
 */
gssize lens_unpack_read (gpointer unpack, guint8 *into, gsize room);

/* A sentence (no capital, no full stop), or NULL: all is well so far. */
const char *lens_unpack_problem (const LensUnpack *unpack);

/* Compressed octets taken; after damage, about where it lies. */
guint64 lens_unpack_offset (const LensUnpack *unpack);

G_END_DECLS
