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

/* Overwrites memory that held a secret; never optimised away. */
void lens_secret_forget (gpointer memory, gsize length);

G_END_DECLS
