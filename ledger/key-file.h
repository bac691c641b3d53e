#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest text that is read, in octets. */
#define LENS_KEY_FILE_MAX (1024 * 1024)

/**
 * lens_key_file_load:
 * A GKeyFile from @text (@length octets), or NULL when GKeyFile would have read something
 * else than what a person sees: it joins groups of one name, keeps the last of two keys of
 * one name, drops translated keys, and stops at a zero octet.
 *
 * Errors are of the domain G_KEY_FILE_ERROR and name the line, and the group and key where
 * there are any.  They never quote a value or a line: it may hold a secret.
 */
GKeyFile *lens_key_file_load (const char *text, gsize length, GError **error);

G_END_DECLS
