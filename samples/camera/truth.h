#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensTruth:
 * The camera's own log: one JSON object a line, each flushed as soon as it is written.
 *
 * What the camera hid stands under "implant", what any honest camera does under "honest".
 * Values are those on the wire, so that each line can be found in a capture.  "time" is
 * seconds since 1970 taken just before the octets are handed down.  Any thread may write.
 */
typedef struct LensTruth LensTruth;

/* Opens @path for writing, "-" for standard output; NULL @path keeps no log. */
LensTruth *lens_truth_new (const char *path, GError **error);
void lens_truth_free (LensTruth *truth);

/* A line begins with its "time" and with @kind ("implant" or "honest"): @name. */
GString *lens_truth_begin (const char *kind, const char *name);
void lens_truth_add_text (GString *line, const char *key, const char *value);
void lens_truth_add_number (GString *line, const char *key, guint64 value);
void lens_truth_add_hex (GString *line, const char *key, const guint8 *octets, gsize length);

/* Writes and frees @line. */
void lens_truth_end (LensTruth *truth, GString *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensTruth, lens_truth_free)

G_END_DECLS
