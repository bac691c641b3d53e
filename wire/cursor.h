#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensCursor:
 * A reader that walks borrowed octets from front to back and cannot leave them.
 *
 * The first read past the end sets @short_read and yields 0 (or NULL); every later read
 * does the same.  So a parser reads straight through and asks once, at the end.
 */
typedef struct
{
  const guint8 *octets;
  gsize length;   /* octets */
  gsize position; /* octets from @octets */
  gboolean short_read;
} LensCursor;

LensCursor lens_cursor_over (const guint8 *octets, gsize length);

/* Octets not yet read; 0 after a short read. */
gsize lens_cursor_left (const LensCursor *cursor);

/* Big endian (network order), as all protocols here have it unless the name says _le. */
guint8 lens_cursor_u8 (LensCursor *cursor);
guint16 lens_cursor_u16 (LensCursor *cursor);
guint32 lens_cursor_u24 (LensCursor *cursor);
guint32 lens_cursor_u32 (LensCursor *cursor);
guint64 lens_cursor_u64 (LensCursor *cursor);
guint16 lens_cursor_u16_le (LensCursor *cursor);
guint32 lens_cursor_u32_le (LensCursor *cursor);
guint64 lens_cursor_u64_le (LensCursor *cursor);

/* The next @length octets as a view into the borrowed octets, or NULL. */
const guint8 *lens_cursor_take (LensCursor *cursor, gsize length);

/* Passes over @length octets. */
void lens_cursor_skip (LensCursor *cursor, gsize length);

G_END_DECLS
