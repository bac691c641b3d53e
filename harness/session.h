#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensSession:
 * A case while it is written: a folder under a temporary name beside its final one, renamed
 * when it is whole.  A final name means finished.
 */
typedef struct _LensSession LensSession;

/* @path: the case's final name; its parent is made.  NULL with @error. */
LensSession *lens_session_new (const char *path, GError **error);
/* Removes what was not sealed. */
void lens_session_free (LensSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensSession, lens_session_free)

/* Where its files lie now; its final name. */
const char *lens_session_folder (const LensSession *session);
const char *lens_session_path (const LensSession *session);

/* Opens @name (one or two components, "evidence/F001.pcapng") for writing, at its end if it
 * is there; -1 with @error. */
int lens_session_open (LensSession *session, const char *name, GError **error);
gboolean lens_session_write (LensSession *session, const char *name, GBytes *octets,
                             GError **error);
/* All of a file; NULL with @error. */
GBytes *lens_session_read (const LensSession *session, const char *name, GError **error);

/**
 * lens_session_seal:
 * Writes SHA256SUMS of all files, and renames the folder to its final name; a case that was
 * there before is replaced only then.
 */
gboolean lens_session_seal (LensSession *session, GError **error);

/**
 * lens_session_sweep:
 * @paths: char*, final names of cases
 *
 * Removes what a killed process left of these cases under temporary names.  Only folders that are
 * named as ours are, belong to this user, hold nothing but files of a case and no capture, and
 * that no living process locks.
 */
void lens_session_sweep (const GPtrArray *paths);

/* Removes a folder and all in it. */
void lens_session_remove (const char *folder);

/* Leaves the folder where it is, under its temporary name, which it returns: something went
 * wrong, and what was captured must not be lost. */
const char *lens_session_abandon (LensSession *session);

G_END_DECLS
