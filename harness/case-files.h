#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* char*: paths of the captures that a case itself holds, in their order; none: an empty list. */
GPtrArray *lens_case_captures (const char *folder);

/* char*: paths of the profiles in a case, in their order. */
GPtrArray *lens_case_profiles (const char *folder);

/**
 * lens_case_stranger:
 * @given: LensJobGiven bits: what the record says it was made with.
 * @own_capture: whether its capture lies in it: a live one, or one from standard input.
 *
 * The name of the first file in a case that is part of none, or not of one that was made so;
 * NULL: there is none.  What lies in evidence/ is not looked at.  Caller frees.
 */
char *lens_case_stranger (const char *folder, guint32 given, gboolean own_capture);

/* SHA-256 of the regular file at @path, in hexadecimal; NULL: it cannot be read.  Caller frees. */
char *lens_case_hash (const char *path);

G_END_DECLS
