#include "wire/opus.h"

#include "wire/cursor.h"

enum
{
  MOST_FRAME = 1275, /* octets (3.4 R2) */
  MOST_DURATION = 5760,
};

/* Samples of a frame at 48 kHz by the configuration number (3.1). */
static guint
frame_samples (guint8 config)
{
  static const guint silk[] = { 480, 960, 1920, 2880 }, hybrid[] = { 480, 960 },
                     celt[] = { 120, 240, 480, 960 };

  if (config < 12)
    return silk[config % 4];
  return config < 16 ? hybrid[config % 2] : celt[config % 4];
}

/* A frame's length of one or two octets (3.2.1). */
static gsize
read_length (LensCursor *cursor)
{
  gsize first = lens_cursor_u8 (cursor);

  return first < 252 ? first : first + 4 * (gsize)lens_cursor_u8 (cursor);
}

/* Octets of padding: 255 stands for 254 and more to come (3.2.5). */
static gsize
read_padding (LensCursor *cursor)
{
  gsize padding = 0;
  guint8 part;

  do
    {
      part = lens_cursor_u8 (cursor);
      padding += part == 255 ? 254 : part;
    }
  while (part == 255);
  return padding;
}

/* Of @frames frames all but the last tell their length, if they vary; whether those that do not
 * are alike. */
static gboolean
fits (LensCursor *cursor, const LensOpus *opus, gsize padding, gboolean vbr)
{
  gsize told = 0, largest = 0;

  for (guint frame = 1; vbr && frame < opus->frames; frame++)
    {
      gsize length = read_length (cursor);
      told += length;
      largest = MAX (largest, length);
    }
  gsize left = lens_cursor_left (cursor);
  if (cursor->short_read || padding > left || told > left - padding)
    return FALSE;
  gsize rest = left - padding - told;
  if (vbr)
    return MAX (largest, rest) <= MOST_FRAME;
  return rest % opus->frames == 0 && rest / opus->frames <= MOST_FRAME;
}

gboolean
lens_opus_parse (const guint8 *octets, gsize length, LensOpus *opus)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  guint8 toc = lens_cursor_u8 (&cursor);
  gsize padding = 0;

  *opus = (LensOpus){ .config = toc >> 3, .stereo = (toc & 4) != 0, .code = toc & 3 };
  opus->frames = opus->code == 0 ? 1 : 2;
  gboolean vbr = opus->code == 2;
  if (opus->code == 3)
    {
      guint8 count = lens_cursor_u8 (&cursor);
      vbr = opus->vbr = (count & 0x80) != 0;
      opus->has_padding = (count & 0x40) != 0;
      opus->frames = count & 0x3f;
      padding = opus->has_padding ? read_padding (&cursor) : 0;
    }
  opus->duration = opus->frames * frame_samples (opus->config);
  if (cursor.short_read || opus->frames == 0 || opus->duration > MOST_DURATION
      || !fits (&cursor, opus, padding, vbr))
    return FALSE;
  opus->head = (LensRange){ 0, cursor.position };
  opus->data = (LensRange){ cursor.position, length - padding - cursor.position };
  opus->padding = (LensRange){ length - padding, padding };
  return TRUE;
}
