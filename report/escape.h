#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Strings that a stranger sent, made safe to show.
 *
 * Whatever could move a terminal's cursor, turn the direction of the text, hide or pile up is
 * written out as `\u202E`; octets that are not UTF-8 as `\xHH`.  What is legible stays as it is.
 */

/* What lens_escape_next gives for an octet that is not UTF-8. */
#define LENS_ESCAPE_INVALID ((gunichar)-1)

/**
 * lens_escape_next:
 * Takes one character from the NUL-terminated @at and returns where the next one starts.
 * @character is LENS_ESCAPE_INVALID when the octet *@at (then alone taken) is not UTF-8.
 */
const char *lens_escape_next (const char *at, gunichar *character);

/**
 * lens_escape_is_hidden:
 * Whether @character acts on the reader instead of being read: controls, marks of direction,
 * characters without width, tags, noncharacters.  A fixed list: the same on every machine,
 * whatever its GLib knows of Unicode.
 */
gboolean lens_escape_is_hidden (gunichar character);

/* Appends @text for a terminal, at most @limit characters of it (0: all); NULL adds nothing. */
void lens_escape_text (GString *into, const char *text, gsize limit);

/* The same for HTML text and double-quoted attributes. */
void lens_escape_html (GString *into, const char *text, gsize limit);

/* Columns that UTF-8 takes on a terminal. */
guint lens_escape_columns (const char *text);

G_END_DECLS
