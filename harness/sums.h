#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_SUMS_ERROR_MISSING, /* there is no SHA256SUMS, or what it names of the input is not there */
  LENS_SUMS_ERROR_CHANGED, /* a file is not what it was, or the list is none */
} LensSumsError;

#define LENS_SUMS_ERROR (lens_sums_error_quark ())
GQuark lens_sums_error_quark (void);

/* Files beside SHA256SUMS that sign it, in the order in which they are spoken of; ends with NULL.
 */
extern const char *const lens_sums_signatures[];

/**
 * lens_sums_check:
 * Whether every file that SHA256SUMS of a case names has its hash; FALSE with @error, the first
 * that has not.  Only regular files inside the case are opened.
 */
gboolean lens_sums_check (const char *folder, GError **error);

/**
 * lens_sums_check_whole:
 * @n_files: receives how many files the list names.
 *
 * The same, and whether the case holds nothing else but signatures of that list: no other file,
 * no other folder, and no symbolic link.
 */
gboolean lens_sums_check_whole (const char *folder, guint *n_files, GError **error);

/* The SHA-256 of SHA256SUMS itself; NULL with @error.  Caller frees. */
char *lens_sums_hash (const char *folder, GError **error);

G_END_DECLS
