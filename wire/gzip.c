#include "wire/gzip.h"

#include "wire/cursor.h"

#include <string.h>

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
  if ((gzip->flags & FHCRC) != 0)
    lens_cursor_skip (&cursor, 2);
  gzip->data = (LensRange){ cursor.position, lens_cursor_left (&cursor) };
  return !cursor.short_read;
}
