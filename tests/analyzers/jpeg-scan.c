#include "tests/analyzers/jpeg-scan.h"

typedef struct
{
  GByteArray *octets;
  guint8 octet;
  guint n; /* bits of it */
} Bits;

static void
put (Bits *bits, guint value, guint n)
{
  for (guint i = n; i > 0; i--)
    {
      bits->octet = (guint8)(bits->octet << 1 | (value >> (i - 1) & 1));
      if (++bits->n < 8)
        continue;
      g_byte_array_append (bits->octets, (const guint8[]){ bits->octet, 0 },
                           bits->octet == 0xff ? 2 : 1);
      bits->n = 0;
    }
}

/* T.81 F.1.2.3: ones up to the end of the octet. */
static void
pad (Bits *bits)
{
  while (bits->n > 0)
    put (bits, 1, 1);
}

/* T.81 tables K.3 to K.6: a difference of 0 to 2 bits, then up to three coefficients of
 * four bits (of luminance), then the end of the block. */
static void
put_block (Bits *bits, gboolean luminance, guint32 lot)
{
  static const struct
  {
    guint code, length;
  } differences[2][3] = { { { 0, 2 }, { 1, 2 }, { 2, 2 } }, { { 0, 2 }, { 2, 3 }, { 3, 3 } } };
  guint size = lot % 3;

  put (bits, differences[luminance][size].code, differences[luminance][size].length);
  put (bits, lot >> 8 & 3, size);
  for (guint i = 0; luminance && i < (lot >> 16 & 3); i++)
    {
      put (bits, 11, 4);
      put (bits, lot >> (18 + 4 * i) & 15, 4);
    }
  put (bits, luminance ? 10 : 0, luminance ? 4 : 2);
}

GByteArray *
jpeg_scan_new (guint units, guint interval, GRand *random)
{
  Bits bits = { .octets = g_byte_array_new () };

  for (guint unit = 0; unit < units; unit++)
    {
      if (interval > 0 && unit > 0 && unit % interval == 0)
        {
          guint8 marker = (guint8)(0xd0 | ((unit / interval - 1) & 7));
          pad (&bits);
          g_byte_array_append (bits.octets, (const guint8[]){ 0xff, marker }, 2);
        }
      for (guint block = 0; block < 6; block++)
        put_block (&bits, block < 4, g_rand_int (random));
    }
  pad (&bits);
  return bits.octets;
}

/* --- frames over RTP --- */

static void
put_word (GByteArray *into, guint value)
{
  const guint8 octets[] = { (guint8)(value >> 8), (guint8)value };

  g_byte_array_append (into, octets, sizeof octets);
}

GByteArray *
jpeg_payload_new (const JpegFrame *frame, guint offset, const guint8 *scan, gsize length)
{
  GByteArray *payload = g_byte_array_new ();
  guint n_tables = frame->tables != NULL ? frame->tables->len : 0;
  const guint8 head[] = { frame->type_specific,
                          (guint8)(offset >> 16),
                          (guint8)(offset >> 8),
                          (guint8)offset,
                          frame->type,
                          frame->q,
                          (guint8)(frame->width / 8),
                          (guint8)(frame->height / 8) };
  const guint8 tables_head[] = { frame->mbz, frame->precision };

  g_byte_array_append (payload, head, sizeof head);
  if (frame->type >= 64)
    {
      put_word (payload, frame->interval);
      put_word (payload, 0xffff);
    }
  if (frame->q >= 128 && offset == 0)
    {
      g_byte_array_append (payload, tables_head, sizeof tables_head);
      put_word (payload, n_tables);
      if (n_tables > 0)
        g_byte_array_append (payload, frame->tables->data, n_tables);
    }
  g_byte_array_append (payload, scan, (guint)length);
  return payload;
}
