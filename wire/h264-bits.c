#include "wire/h264-bits.h"

enum
{
  PADDING = 8, /* zeros behind the RBSP, so that a peek stays inside */
};

void
lens_h264_bits_init (LensH264Bits *bits)
{
  *bits = (LensH264Bits){ .octets = g_byte_array_new (),
                          .emulations = g_array_new (FALSE, FALSE, sizeof (guint32)) };
}

void
lens_h264_bits_clear (LensH264Bits *bits)
{
  g_byte_array_unref (bits->octets);
  g_array_unref (bits->emulations);
}

void
lens_h264_bits_let_go (LensH264Bits *bits)
{
  g_free (g_byte_array_steal (bits->octets, NULL));
  g_free (g_array_steal (bits->emulations, NULL));
  bits->length = 0;
}

static void
unescape (LensH264Bits *bits, const guint8 *nal, gsize length)
{
  guint8 *to = bits->octets->data;
  guint zeros = 0;

  for (guint32 i = 1; i < length; i++)
    {
      if (zeros >= 2 && nal[i] == 3)
        {
          g_array_append_val (bits->emulations, i);
          zeros = 0;
          continue;
        }
      zeros = nal[i] == 0 ? zeros + 1 : 0;
      *to++ = nal[i];
    }
  bits->length = (gsize)(to - bits->octets->data);
  for (guint i = 0; i < PADDING; i++)
    to[i] = 0;
}

static gsize
last_bit (const LensH264Bits *bits)
{
  gsize end = bits->length;

  while (end > 0 && bits->octets->data[end - 1] == 0)
    end--;
  return end == 0 ? 0 : 8 * end - 1 - (gsize)__builtin_ctz (bits->octets->data[end - 1]);
}

/* How many emulation octets lie before octet @offset of the NAL unit. */
static guint
emulations_before (const LensH264Bits *bits, gsize offset)
{
  guint low = 0, high = bits->emulations->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (g_array_index (bits->emulations, guint32, middle) < offset)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
lens_h264_bits_take (LensH264Bits *bits, const guint8 *nal, gsize length, gsize offset, guint bit)
{
  g_byte_array_set_size (bits->octets, (guint)(length + PADDING));
  g_array_set_size (bits->emulations, 0);
  unescape (bits, nal, length);
  bits->stop = last_bit (bits);
  offset = MAX (offset, 1);
  bits->position = 8 * (offset - 1 - emulations_before (bits, offset)) + bit;
}

gsize
lens_h264_bits_nal_offset (const LensH264Bits *bits, gsize index)
{
  guint low = 0, high = bits->emulations->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (g_array_index (bits->emulations, guint32, middle) - 1 - middle <= index)
        low = middle + 1;
      else
        high = middle;
    }
  return index + 1 + low;
}

guint32
lens_h264_bits_ue (LensH264Bits *bits)
{
  guint32 next = lens_h264_bits_peek (bits);

  if (next == 0)
    {
      bits->position = 8 * bits->length + 1; /* no code: more zeros than ue(v) has */
      return 0;
    }
  guint zeros = (guint)__builtin_clz (next);
  bits->position += zeros;
  return lens_h264_bits_u (bits, zeros + 1) - 1;
}
