#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* NAL units in a description: sprop-parameter-sets (RFC 6184 section 8.1), sprop-vps, sprop-sps,
 * sprop-pps and sprop-sei (RFC 7798 section 7.1), units in Base64 (RFC 4648 section 4) with
 * commas between them. */

/**
 * lens_sprop_next:
 * From @at on, the next value of parameter @name ("sprop-sps=") in a description's text, as
 * @value: up to a semicolon, a blank or the end of the line.  FALSE when there is none.
 */
gboolean lens_sprop_next (const guint8 *text, gsize length, const char *name, gsize *at,
                          LensRange *value);

/* One unit of a value; FALSE when @text is not the one way to write these octets.  What could be
 * read is in @into (emptied). */
gboolean lens_sprop_decode (const guint8 *text, gsize length, GByteArray *into);

/* Behind the start code of Annex B that some servers leave before the unit: its octets. */
gsize lens_sprop_start (const guint8 *octets, gsize length);

/* Whether two NAL units say the same but for emulation prevention and zeros at the end. */
gboolean lens_sprop_same (const guint8 *a, gsize a_length, const guint8 *b, gsize b_length);

G_END_DECLS
