#include "wire/gzip.h"

#include "wire/cursor.h"

#include <string.h>
#include <zlib.h>

enum
{
  FHCRC = 1 << 1,
  FEXTRA = 1 << 2,
  FNAME = 1 << 3,
  FCOMMENT = 1 << 4,
};

/* Up to a zero, with it. */
static LensRange
take_text (LensCursor *cursor)
{
  gsize left = lens_cursor_left (cursor);
  LensRange range = { cursor->position, 0 };
  const guint8 *zero = left > 0 ? memchr (cursor->octets + cursor->position, 0, left) : NULL;

  range.length = zero != NULL ? (gsize)(zero - cursor->octets) + 1 - range.offset : left + 1;
  lens_cursor_skip (cursor, range.length); /* a short read where no zero is */
  return range;
}

gboolean
lens_gzip_parse (const guint8 *octets, gsize length, LensGzip *gzip)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  *gzip = (LensGzip){ 0 };
  if (lens_cursor_u16 (&cursor) != 0x1f8b)
    return FALSE;
  gzip->method = lens_cursor_u8 (&cursor);
  gzip->flags = lens_cursor_u8 (&cursor);
  gzip->mtime = lens_cursor_u32_le (&cursor);
  gzip->extra_flags = lens_cursor_u8 (&cursor);
  gzip->system = lens_cursor_u8 (&cursor);
  gzip->extra.offset = cursor.position;
  if ((gzip->flags & FEXTRA) != 0)
    {
      gzip->extra.length = 2u + lens_cursor_u16_le (&cursor);
      lens_cursor_skip (&cursor, gzip->extra.length - 2);
    }
  gzip->name.offset = cursor.position;
  if ((gzip->flags & FNAME) != 0)
    gzip->name = take_text (&cursor);
  gzip->comment.offset = cursor.position;
  if ((gzip->flags & FCOMMENT) != 0)
    gzip->comment = take_text (&cursor);
  gzip->header_check.offset = cursor.position;
  if ((gzip->flags & FHCRC) != 0)
    {
      gzip->header_check.length = 2;
      guint16 check = lens_cursor_u16_le (&cursor);
      gzip->header_differs
          = !cursor.short_read
            && check != (crc32 (0, octets, (uInt)gzip->header_check.offset) & 0xffff);
    }
  gzip->data = (LensRange){ cursor.position, lens_cursor_left (&cursor) };
  return !cursor.short_read;
}

/* CRC32 and ISIZE, lowest octet first (RFC 1952 section 2.3.1). */
static void
read_trailer (const guint8 *octets, gsize length, gsize at, const GByteArray *unpacked,
              LensGunzip *end)
{
  LensCursor cursor = lens_cursor_over (octets + at, length - at);
  guint32 check = lens_cursor_u32_le (&cursor);
  guint32 size = lens_cursor_u32_le (&cursor);

  if (cursor.short_read)
    return;
  end->whole = TRUE;
  end->differs = check != crc32 (0, unpacked->data, unpacked->len) || size != unpacked->len;
  end->trailer = (LensRange){ at, 8 };
  end->behind = (LensRange){ at + 8, length - at - 8 };
}

void
lens_gzip_unpack (const guint8 *octets, gsize length, const LensGzip *gzip, gsize max,
                  GByteArray *into, LensGunzip *end)
{
  /* zlib only reads what next_in points to. */
  z_stream stream = { .next_in = (Bytef *)(guintptr)(octets + gzip->data.offset),
                      .avail_in = (uInt)gzip->data.length };

  *end = (LensGunzip){ 0 };
  g_byte_array_set_size (into, 0);
  if (max == 0 || inflateInit2 (&stream, -MAX_WBITS) != Z_OK) /* the header has been read */
    return;
  g_byte_array_set_size (into, (guint)max);
  stream.next_out = into->data;
  stream.avail_out = (uInt)max;
  int status = inflate (&stream, Z_FINISH);
  g_byte_array_set_size (into, (guint)stream.total_out);
  end->capped = status == Z_BUF_ERROR && stream.avail_out == 0;
  if (status == Z_STREAM_END)
    read_trailer (octets, length, gzip->data.offset + stream.total_in, into, end);
  end->broken = !end->whole && !end->capped;
  (void)inflateEnd (&stream);
}
