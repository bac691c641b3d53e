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

/* Inline, for every header of every packet is read by it. */

static inline LensCursor
lens_cursor_over (const guint8 *octets, gsize length)
{
  return (LensCursor){ .octets = octets, .length = length };
}

/* Octets not yet read; 0 after a short read. */
static inline gsize
lens_cursor_left (const LensCursor *cursor)
{
  return cursor->short_read ? 0 : cursor->length - cursor->position;
}

/* The next @length octets as a view into the borrowed octets, or NULL. */
static inline const guint8 *
lens_cursor_take (LensCursor *cursor, gsize length)
{
  if (cursor->short_read || length > cursor->length - cursor->position)
    {
      cursor->short_read = TRUE;
      return NULL;
    }
  const guint8 *taken = cursor->octets + cursor->position;
  cursor->position += length;
  return taken;
}

/* Passes over @length octets. */
static inline void
lens_cursor_skip (LensCursor *cursor, gsize length)
{
  (void)lens_cursor_take (cursor, length);
}

/* Big endian (network order), as all protocols here have it unless the name says _le. */
static inline guint8
lens_cursor_u8 (LensCursor *cursor)
{
  const guint8 *octets = lens_cursor_take (cursor, 1);

  return octets != NULL ? octets[0] : 0;
}

static inline guint16
lens_cursor_u16 (LensCursor *cursor)
{
  const guint8 *octets = lens_cursor_take (cursor, 2);

  return octets != NULL ? (guint16)(octets[0] << 8 | octets[1]) : 0;
}

static inline guint32
lens_cursor_u32 (LensCursor *cursor)
{
  const guint8 *octets = lens_cursor_take (cursor, 4);

  return octets != NULL ? (guint32)octets[0] << 24 | (guint32)octets[1] << 16
                              | (guint32)octets[2] << 8 | octets[3]
                        : 0;
}

guint32 lens_cursor_u24 (LensCursor *cursor);
guint64 lens_cursor_u64 (LensCursor *cursor);
guint16 lens_cursor_u16_le (LensCursor *cursor);
guint32 lens_cursor_u32_le (LensCursor *cursor);
guint64 lens_cursor_u64_le (LensCursor *cursor);

G_END_DECLS
