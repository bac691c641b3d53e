#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_credentials_read:
 * The secret that a profile's credentials= names: "env:NAME", "file:PATH" (its first line) or
 * "ask" (a prompt on the terminal, without echo; @stream is named in it).  "user:password", as
 * the puller takes it; a value without a colon is the password of "admin".  NULL with @error,
 * which never quotes the secret.  Free with lens_credentials_free().
 */
char *lens_credentials_read (const char *source, const char *stream, GError **error);
void lens_credentials_free (char *secret);

G_END_DECLS
