#include "wire/jpeg.h"

#include <string.h>

#include "wire/cursor.h"

enum
{
  DHT = 0xc4,
  JPG = 0xc8,
  DAC = 0xcc,
  RST0 = 0xd0,
  RST7 = 0xd7,
  SOI = 0xd8,
  EOI = 0xd9,
  SOS = 0xda,
  DQT = 0xdb,
  DNL = 0xdc,
  DRI = 0xdd,
  APP0 = 0xe0,
  APP15 = 0xef,
  COM = 0xfe,
};

static gboolean
is_frame (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
}

static gboolean
is_lossless (guint8 marker)
{
  return (marker & 3) == 3;
}

gboolean
lens_jpeg_is_checked (guint8 marker)
{
  return is_frame (marker) || marker == DHT || marker == DAC || (marker >= SOS && marker <= DRI);
}

gboolean
lens_jpeg_is_free (guint8 marker)
{
  return (marker >= APP0 && marker <= APP15) || marker == COM;
}

gboolean
lens_jpeg_is_segment (guint8 marker)
{
  return lens_jpeg_is_checked (marker) || lens_jpeg_is_free (marker);
}

/* B.2.4.1: any number of tables, each precision and number, then 64 elements. */
static gboolean
take_quantization (LensJpegHeader *header, LensCursor *cursor)
{
  while (lens_cursor_left (cursor) > 0)
    {
      guint8 head = lens_cursor_u8 (cursor);
      if (head >> 4 > 1 || (head & 0x0f) > 3)
        return FALSE;
      lens_cursor_skip (cursor, head >> 4 == 0 ? 64 : 128);
      header->has_quantization = !cursor->short_read;
    }
  return header->has_quantization;
}

/* B.2.4.2: class and number, how many codes of each length, the values.  Codes must fit
 * (annex C). */
static gboolean
take_huffman (LensCursor *cursor)
{
  gboolean any = FALSE;

  while (lens_cursor_left (cursor) > 0)
    {
      guint8 head = lens_cursor_u8 (cursor);
      guint codes = 0;
      guint values = 0;
      if (head >> 4 > 1 || (head & 0x0f) > 3)
        return FALSE;
      for (guint length = 1; length <= 16; length++)
        {
          guint n = lens_cursor_u8 (cursor);
          codes = codes * 2 + n;
          values += n;
          if (codes > 1u << length)
            return FALSE;
        }
      if (values == 0 || values > 256)
        return FALSE;
      lens_cursor_skip (cursor, values);
      any = TRUE;
    }
  return any && !cursor->short_read;
}

/* B.2.2: precision, lines, samples, components with sampling factors and tables. */
static gboolean
take_frame (LensJpegHeader *header, guint8 marker, LensCursor *cursor)
{
  guint8 precision = lens_cursor_u8 (cursor);
  guint height = lens_cursor_u16 (cursor);
  guint width = lens_cursor_u16 (cursor);
  guint8 components = lens_cursor_u8 (cursor);

  if (header->frame != 0 || width == 0 || components == 0 || components > 4)
    return FALSE;
  if (is_lossless (marker) ? precision < 2 || precision > 16 : precision != 8 && precision != 12)
    return FALSE;
  for (guint i = 0; i < components; i++)
    {
      header->ids[i] = lens_cursor_u8 (cursor);
      guint8 sampling = lens_cursor_u8 (cursor);
      guint8 table = lens_cursor_u8 (cursor);
      if (sampling >> 4 < 1 || sampling >> 4 > 4 || (sampling & 0x0f) < 1 || (sampling & 0x0f) > 4
          || table > 3)
        return FALSE;
    }
  header->frame = marker;
  header->components = components;
  header->width = width;
  header->height = height;
  return !cursor->short_read;
}

/* B.2.3: components of the frame, spectral selection, approximation. */
static gboolean
take_scan (const LensJpegHeader *header, LensCursor *cursor)
{
  guint8 components = lens_cursor_u8 (cursor);

  if (header->frame == 0 || (!header->has_quantization && !is_lossless (header->frame)))
    return FALSE;
  if (components == 0 || components > header->components)
    return FALSE;
  for (guint i = 0; i < components; i++)
    {
      guint8 id = lens_cursor_u8 (cursor);
      guint8 tables = lens_cursor_u8 (cursor);
      if (memchr (header->ids, id, header->components) == NULL || tables >> 4 > 3
          || (tables & 0x0f) > 3)
        return FALSE;
    }
  guint8 first = lens_cursor_u8 (cursor);
  guint8 last = lens_cursor_u8 (cursor);
  guint8 approximation = lens_cursor_u8 (cursor);
  return first <= 63 && last <= 63 && approximation >> 4 <= 13;
}

/* B.2.4.3: table class and number, one value. */
static gboolean
take_conditioning (LensCursor *cursor)
{
  while (lens_cursor_left (cursor) > 0)
    {
      guint8 head = lens_cursor_u8 (cursor);
      if (head >> 4 > 1 || (head & 0x0f) > 3)
        return FALSE;
      lens_cursor_skip (cursor, 1);
    }
  return !cursor->short_read;
}

static gboolean
take_checked (LensJpegHeader *header, guint8 marker, LensCursor *cursor)
{
  switch (marker)
    {
    case DQT:
      return take_quantization (header, cursor);
    case DHT:
      return take_huffman (cursor);
    case DAC:
      return take_conditioning (cursor);
    case DRI:
      header->restart_interval = lens_cursor_u16 (cursor);
      return TRUE;
    case DNL:
      if (!header->has_scan)
        return FALSE;
      header->height = lens_cursor_u16 (cursor);
      return TRUE;
    case SOS:
      return take_scan (header, cursor);
    default:
      return take_frame (header, marker, cursor);
    }
}

gboolean
lens_jpeg_take_segment (LensJpegHeader *header, guint8 marker, const guint8 *content, gsize length)
{
  LensCursor cursor = lens_cursor_over (content, length);

  if (!lens_jpeg_is_checked (marker))
    return lens_jpeg_is_segment (marker);
  gboolean valid = take_checked (header, marker, &cursor) && !cursor.short_read
                   && lens_cursor_left (&cursor) == 0;
  if (valid && marker == SOS)
    header->has_scan = TRUE;
  return valid;
}

LensJpeg
lens_jpeg_over (const guint8 *octets, gsize length)
{
  return (LensJpeg){ .octets = octets, .length = length };
}

static LensJpegVerdict
give_part (LensJpeg *jpeg, LensJpegPart *part, guint8 marker, gsize end)
{
  *part = (LensJpegPart){ marker, { jpeg->position, end - jpeg->position } };
  jpeg->position = end;
  return LENS_JPEG_PART;
}

static void
count_restart (LensJpeg *jpeg, guint8 marker)
{
  if (jpeg->header.restart_interval == 0 || (marker & 7) != jpeg->restarts % 8)
    jpeg->restarts_odd = TRUE;
  jpeg->restarts++;
}

LensRange
lens_jpeg_content (const guint8 *octets, const LensJpegPart *part)
{
  gsize mark = part->whole.offset;

  while (mark < lens_range_end (part->whole) && octets[mark] == 0xff)
    mark++;
  gsize start = MIN (mark + 3, lens_range_end (part->whole));
  return (LensRange){ start, lens_range_end (part->whole) - start };
}

/* Entropy-coded data up to the next marker that is neither stuffing nor restart (B.1.1.5). */
static LensJpegVerdict
next_scan (LensJpeg *jpeg, LensJpegPart *part)
{
  gsize at = jpeg->position;

  while (at < jpeg->length)
    {
      const guint8 *found = memchr (jpeg->octets + at, 0xff, jpeg->length - at);
      if (found == NULL)
        break;
      gsize start = (gsize)(found - jpeg->octets);
      for (at = start + 1; at < jpeg->length && jpeg->octets[at] == 0xff;)
        at++;
      if (at == jpeg->length)
        break;
      guint8 marker = jpeg->octets[at++];
      if (marker >= RST0 && marker <= RST7)
        count_restart (jpeg, marker);
      else if (marker != 0)
        {
          jpeg->in_scan = FALSE;
          return start > jpeg->position ? give_part (jpeg, part, 0, start) : LENS_JPEG_NOT;
        }
    }
  return LENS_JPEG_MORE;
}

/* A marker and, if it has one, its segment. */
static LensJpegVerdict
next_segment (LensJpeg *jpeg, LensJpegPart *part)
{
  gsize at = jpeg->position;

  while (at < jpeg->length && jpeg->octets[at] == 0xff)
    at++;
  if (at == jpeg->length)
    return LENS_JPEG_MORE;
  if (at == jpeg->position)
    return LENS_JPEG_NOT;

  guint8 marker = jpeg->octets[at];
  if (marker == EOI && jpeg->header.has_scan)
    {
      jpeg->ended = TRUE;
      return give_part (jpeg, part, marker, at + 1);
    }
  if (!lens_jpeg_is_segment (marker))
    return LENS_JPEG_NOT;
  if (jpeg->length - at < 3)
    return LENS_JPEG_MORE;
  gsize length = (gsize)jpeg->octets[at + 1] << 8 | jpeg->octets[at + 2];
  if (length < 2 || (lens_jpeg_is_checked (marker) && length > LENS_JPEG_MAX_TABLES))
    return LENS_JPEG_NOT;
  if (length > jpeg->length - at - 1)
    return LENS_JPEG_MORE;
  if (!lens_jpeg_take_segment (&jpeg->header, marker, jpeg->octets + at + 3, length - 2))
    return LENS_JPEG_NOT;
  jpeg->in_scan = marker == SOS;
  jpeg->restarts = 0;
  return give_part (jpeg, part, marker, at + 1 + length);
}

LensJpegVerdict
lens_jpeg_next (LensJpeg *jpeg, LensJpegPart *part)
{
  if (jpeg->ended)
    return LENS_JPEG_COMPLETE;
  if (jpeg->position > 0)
    return jpeg->in_scan ? next_scan (jpeg, part) : next_segment (jpeg, part);
  if (jpeg->length > 0 && jpeg->octets[0] != 0xff)
    return LENS_JPEG_NOT;
  if (jpeg->length > 1 && jpeg->octets[1] != SOI)
    return LENS_JPEG_NOT;
  return jpeg->length > 1 ? give_part (jpeg, part, SOI, 2) : LENS_JPEG_MORE;
}

LensJpegVerdict
lens_jpeg_walk (LensJpeg *jpeg)
{
  LensJpegPart part;
  LensJpegVerdict verdict;

  do
    verdict = lens_jpeg_next (jpeg, &part);
  while (verdict == LENS_JPEG_PART);
  return verdict;
}
