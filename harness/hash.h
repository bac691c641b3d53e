#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensHash:
 * SHA-256 of octets as they pass (FIPS 180-4).  harness/hash.c is the one file that knows the
 * library.
 */
typedef struct _LensHash LensHash;

LensHash *lens_hash_new (void);
void lens_hash_free (LensHash *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensHash, lens_hash_free)

void lens_hash_feed (LensHash *hash, const guint8 *octets, gsize length);
/* 64 hexadecimal digits; the hash takes no more octets.  Caller frees. */
char *lens_hash_end (LensHash *hash);

/* Of octets at hand, and of what @fd still holds (NULL with errno set). */
char *lens_hash_octets (const guint8 *octets, gsize length);
char *lens_hash_fd (int fd);
/* NULL for NULL. */
char *lens_hash_bytes (GBytes *bytes);

/* "nettle 3.8".  Caller frees. */
char *lens_hash_library (void);

G_END_DECLS
