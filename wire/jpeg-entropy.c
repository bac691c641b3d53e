#include "wire/jpeg-entropy.h"

#include <string.h>

enum
{
  QUICK_BITS = 9,
  LONGEST_CODE = 16,
  COEFFICIENTS = 64,
  RST0 = 0xd0,
};

/* --- tables --- */

gboolean
lens_jpeg_huffman_init (LensJpegHuffman *table, const guint8 counts[16], const guint8 *values,
                        gsize n_values)
{
  gint32 code = 0;
  guint index = 0;

  memset (table, 0, sizeof *table);
  for (guint length = 1; length <= LONGEST_CODE; length++)
    {
      guint n = counts[length - 1];
      table->shift[length] = (gint32)index - code;
      table->last_code[length] = n > 0 ? code + (gint32)n - 1 : -1;
      if (code + (gint32)n > 1 << length || index + n > n_values || index + n > 256)
        return FALSE;
      for (guint i = 0; i < n && length <= QUICK_BITS; i++)
        for (guint rest = 0; rest < 1u << (QUICK_BITS - length); rest++)
          table->quick[((guint)code + i) << (QUICK_BITS - length) | rest]
              = (guint16)(length << 8 | values[index + i]);
      index += n;
      code = (code + (gint32)n) << 1;
    }
  memcpy (table->values, values, index);
  table->present = TRUE;
  return TRUE;
}

/* T.81 tables K.3 to K.6. */
static const guint8 dc_values[]
    = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b };
static const guint8 ac_luminance[]
    = { 0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61,
        0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52,
        0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25,
        0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45,
        0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64,
        0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
        0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
        0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
        0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3,
        0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8,
        0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa };
static const guint8 ac_chrominance[]
    = { 0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61,
        0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33,
        0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18,
        0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44,
        0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63,
        0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
        0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
        0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4,
        0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
        0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
        0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa };
static const guint8 dc_luminance_counts[16] = { 0, 1, 5, 1, 1, 1, 1, 1, 1 };
static const guint8 dc_chrominance_counts[16] = { 0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
static const guint8 ac_luminance_counts[16] = { 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125 };
static const guint8 ac_chrominance_counts[16]
    = { 0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119 };

void
lens_jpeg_entropy_init_standard (LensJpegEntropy *entropy)
{
  (void)lens_jpeg_huffman_init (&entropy->dc[0], dc_luminance_counts, dc_values, sizeof dc_values);
  (void)lens_jpeg_huffman_init (&entropy->dc[1], dc_chrominance_counts, dc_values,
                                sizeof dc_values);
  (void)lens_jpeg_huffman_init (&entropy->ac[0], ac_luminance_counts, ac_luminance,
                                sizeof ac_luminance);
  (void)lens_jpeg_huffman_init (&entropy->ac[1], ac_chrominance_counts, ac_chrominance,
                                sizeof ac_chrominance);
}

void
lens_jpeg_entropy_set_layout (LensJpegEntropy *entropy, guint vertical)
{
  entropy->n_blocks = 2 * vertical + 2;
  for (guint i = 0; i < entropy->n_blocks; i++)
    entropy->dc_of[i] = entropy->ac_of[i] = i < 2 * vertical ? 0 : 1;
}

/* --- bits --- */

/* The bits of one restart interval, the next one on top. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize start;    /* of the interval */
  gsize position; /* the next octet to take in */
  guint64 bits;
  gint count; /* of @bits; negative: more was read than there is */
  guint64 consumed;
} Bits;

static void
start_interval (Bits *bits, gsize at)
{
  bits->start = bits->position = at;
  bits->bits = 0;
  bits->count = 0;
  bits->consumed = 0;
}

/* Takes in octets up to a marker (B.1.1.5: 0xFF is one unless a zero octet follows). */
static void
fill (Bits *bits)
{
  while (bits->count <= 56 && bits->count >= 0 && bits->position < bits->length)
    {
      guint8 octet = bits->octets[bits->position];
      if (octet == 0xff
          && (bits->position + 1 == bits->length || bits->octets[bits->position + 1] != 0))
        return;
      bits->bits |= (guint64)octet << (56 - bits->count);
      bits->count += 8;
      bits->position += octet == 0xff ? 2 : 1;
    }
}

static void
skip (Bits *bits, guint n)
{
  bits->bits = n < 64 ? bits->bits << n : 0;
  bits->count -= (gint)n;
  bits->consumed += n;
}

/* Where the interval's last octet ends, by the bits consumed. */
static gsize
end_of_interval (const Bits *bits)
{
  guint64 left = (bits->consumed + 7) / 8;
  gsize at = bits->start;

  while (left > 0)
    {
      const guint8 *mark = memchr (bits->octets + at, 0xff, MIN (left, bits->length - at));
      guint64 plain = mark != NULL ? (guint64)(mark - (bits->octets + at)) : left;
      at += plain;
      left -= plain;
      if (mark == NULL)
        break;
      at += 2;
      left--;
    }
  return at;
}

/* The octet that holds the last bit: a stuffed one is 0xFF. */
static guint8
last_octet (const Bits *bits, gsize end, gsize *at)
{
  *at = end - 1;
  if (end >= bits->start + 2 && bits->octets[end - 1] == 0 && bits->octets[end - 2] == 0xff)
    --*at;
  return bits->octets[*at];
}

/* --- units --- */

/* The next code's value, or -1. */
static gint
decode (Bits *bits, const LensJpegHuffman *table)
{
  guint entry = table->quick[bits->bits >> (64 - QUICK_BITS)];

  if (entry != 0)
    {
      skip (bits, entry >> 8);
      return entry & 0xff;
    }
  for (guint length = QUICK_BITS + 1; length <= LONGEST_CODE; length++)
    {
      gint32 code = (gint32)(bits->bits >> (64 - length));
      if (code > table->last_code[length])
        continue;
      skip (bits, length);
      return table->values[(code + table->shift[length]) & 0xff];
    }
  return -1;
}

/* F.2.2.1 and F.2.2.2: a difference, then runs of zeros and sizes up to the end of the block. */
static LensJpegEntropyVerdict
walk_block (Bits *bits, const LensJpegHuffman *dc, const LensJpegHuffman *ac)
{
  fill (bits);
  gint size = decode (bits, dc);
  if (size < 0 || size > 11)
    return LENS_JPEG_ENTROPY_BROKEN;
  skip (bits, (guint)size);
  for (guint k = 1; k < COEFFICIENTS; k++)
    {
      if (bits->count < 32)
        fill (bits);
      gint value = decode (bits, ac);
      if (value < 0)
        return bits->count <= 0 ? LENS_JPEG_ENTROPY_SHORT : LENS_JPEG_ENTROPY_BROKEN;
      if (value == 0)
        break;
      k += (guint)value >> 4;
      if (k >= COEFFICIENTS || ((value & 0x0f) == 0 && value != 0xf0))
        return LENS_JPEG_ENTROPY_BROKEN;
      skip (bits, (guint)value & 0x0f);
    }
  return bits->count < 0 ? LENS_JPEG_ENTROPY_SHORT : LENS_JPEG_ENTROPY_WHOLE;
}

static LensJpegEntropyVerdict
walk_unit (const LensJpegEntropy *entropy, Bits *bits)
{
  LensJpegEntropyVerdict verdict = LENS_JPEG_ENTROPY_WHOLE;

  for (guint i = 0; i < entropy->n_blocks && verdict == LENS_JPEG_ENTROPY_WHOLE; i++)
    verdict = walk_block (bits, &entropy->dc[entropy->dc_of[i]], &entropy->ac[entropy->ac_of[i]]);
  if (verdict == LENS_JPEG_ENTROPY_BROKEN && bits->count < 0)
    verdict = LENS_JPEG_ENTROPY_SHORT;
  return verdict;
}

static void
close_interval (const Bits *bits, LensJpegEntropyEnd *end)
{
  end->end = end_of_interval (bits);
  end->pad_bits = (guint)(-bits->consumed & 7);
  end->pad = end->pad_bits > 0
                 ? last_octet (bits, end->end, &end->pad_at) & (guint8)((1 << end->pad_bits) - 1)
                 : 0;
}

/* Padding, fill and the marker between two intervals. */
static gboolean
pass_restart (Bits *bits, LensJpegEntropyEnd *end)
{
  close_interval (bits, end);
  gsize at = end->end;
  if (end->pad != (1 << end->pad_bits) - 1)
    {
      if (end->zero_pads++ == 0)
        end->zero_pad_at = end->pad_at;
    }
  while (at + 1 < bits->length && bits->octets[at] == 0xff && bits->octets[at + 1] == 0xff)
    {
      end->fills++;
      at++;
    }
  if (at + 1 >= bits->length || bits->octets[at] != 0xff || bits->octets[at + 1] >> 3 != RST0 >> 3)
    return FALSE;
  if ((bits->octets[at + 1] & 7) != end->restarts % 8 && end->wrong++ == 0)
    end->wrong_at = at + 1;
  end->restarts++;
  start_interval (bits, at + 2);
  return TRUE;
}

LensJpegEntropyEnd
lens_jpeg_entropy_walk (const LensJpegEntropy *entropy, const guint8 *octets, gsize length,
                        guint64 units, guint interval)
{
  LensJpegEntropyEnd end = { .verdict = LENS_JPEG_ENTROPY_WHOLE };
  Bits bits = { .octets = octets, .length = length };

  while (end.units < units && end.verdict == LENS_JPEG_ENTROPY_WHOLE)
    {
      if (interval > 0 && end.units > 0 && end.units % interval == 0 && !pass_restart (&bits, &end))
        {
          end.verdict = LENS_JPEG_ENTROPY_SHORT;
          return end;
        }
      end.verdict = walk_unit (entropy, &bits);
      end.units += end.verdict == LENS_JPEG_ENTROPY_WHOLE;
    }
  if (end.verdict == LENS_JPEG_ENTROPY_WHOLE)
    close_interval (&bits, &end);
  else
    end.end = MIN (bits.position, length);
  return end;
}
