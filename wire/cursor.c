#include "wire/cursor.h"

LensCursor
lens_cursor_over (const guint8 *octets, gsize length)
{
  return (LensCursor){ .octets = octets, .length = length };
}

gsize
lens_cursor_left (const LensCursor *cursor)
{
  return cursor->short_read ? 0 : cursor->length - cursor->position;
}

const guint8 *
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

void
lens_cursor_skip (LensCursor *cursor, gsize length)
{
  (void)lens_cursor_take (cursor, length);
}

static guint64
big_endian (LensCursor *cursor, gsize length)
{
  const guint8 *octets = lens_cursor_take (cursor, length);
  guint64 value = 0;

  for (gsize i = 0; octets != NULL && i < length; i++)
    value = value << 8 | octets[i];
  return value;
}

static guint64
little_endian (LensCursor *cursor, gsize length)
{
  const guint8 *octets = lens_cursor_take (cursor, length);
  guint64 value = 0;

  for (gsize i = length; octets != NULL && i > 0; i--)
    value = value << 8 | octets[i - 1];
  return value;
}

guint8
lens_cursor_u8 (LensCursor *cursor)
{
  return (guint8)big_endian (cursor, 1);
}

guint16
lens_cursor_u16 (LensCursor *cursor)
{
  return (guint16)big_endian (cursor, 2);
}

guint32
lens_cursor_u24 (LensCursor *cursor)
{
  return (guint32)big_endian (cursor, 3);
}

guint32
lens_cursor_u32 (LensCursor *cursor)
{
  return (guint32)big_endian (cursor, 4);
}

guint64
lens_cursor_u64 (LensCursor *cursor)
{
  return big_endian (cursor, 8);
}

guint16
lens_cursor_u16_le (LensCursor *cursor)
{
  return (guint16)little_endian (cursor, 2);
}

guint32
lens_cursor_u32_le (LensCursor *cursor)
{
  return (guint32)little_endian (cursor, 4);
}

guint64
lens_cursor_u64_le (LensCursor *cursor)
{
  return little_endian (cursor, 8);
}
