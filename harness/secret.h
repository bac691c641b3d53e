#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_secret_mask:
 * Overwrites with '*', in place, each place where @text holds @secret: as it is,
 * percent-encoded, in base64 (as the end of "user:secret", hence at any of three alignments)
 * or in hexadecimal of either case.  Secrets under 4 octets are masked as they are only, for
 * their encodings would be found everywhere.  Returns how many places there were.
 */
guint lens_secret_mask (char *text, const char *secret);

/**
 * lens_secret_mask_record:
 * The same in @record, evaluation.json as a worker wrote it: in its free text and in its
 * excerpts of packets, and nowhere else, so that it stays a record whatever the secret is.
 * Reads it as text; nothing in it is trusted.
 */
void lens_secret_mask_record (char *record, const char *secret);

/**
 * lens_secret_is_masked:
 * Whether @masked, @length octets, is the record @plain with some places of it overwritten as
 * lens_secret_mask_record() does: who verifies a record does not know the secret any more.
 */
gboolean lens_secret_is_masked (const char *masked, const char *plain, gsize length);

/* Overwrites memory that held a secret; never optimised away. */
void lens_secret_forget (gpointer memory, gsize length);

G_END_DECLS
