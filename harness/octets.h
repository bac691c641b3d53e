#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Octets in and out of descriptors, whole. */

/* "a file", "a folder", "a pipe" and so on: what st_mode says that it is. */
const char *lens_octets_kind (mode_t mode);

/* Opens a regular file for reading; -1 with @error.  Anything else, which could keep us waiting
 * or never end, is refused. */
int lens_octets_open (const char *path, GError **error);

/* A memory file that holds @octets, open for reading from its start; nobody can write it any more,
 * whoever else is handed it.  -1 with @error. */
int lens_octets_to_fd (const guint8 *octets, gsize length, GError **error);

/* All that @fd still yields, at most @most octets; NULL with @error. */
GBytes *lens_octets_from_fd (int fd, gsize most, GError **error);

/* All of a regular file, of at most 1 GiB; NULL with @error. */
GBytes *lens_octets_read (const char *path, GError **error);

/* The same of @name in @folder; an error names it. */
GBytes *lens_octets_read_in (const char *folder, const char *name, GError **error);

/* Writes all; FALSE with @error. */
gboolean lens_octets_write (int fd, const guint8 *octets, gsize length, GError **error);

/* When a file was changed last, in ns since the epoch. */
gint64 lens_octets_modified (const struct stat *status);

G_END_DECLS
