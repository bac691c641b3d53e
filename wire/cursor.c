#include "wire/cursor.h"

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

guint32
lens_cursor_u24 (LensCursor *cursor)
{
  return (guint32)big_endian (cursor, 3);
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
