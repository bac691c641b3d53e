#include "wire/rbsp.h"

/* Finds the last bit that is set, before cabac_zero_words (0x0000 03, 7.3.2.10). */
static void
find_stop (LensRbsp *rbsp, gsize start)
{
  const guint8 *octets = rbsp->octets;
  gsize end = rbsp->length;

  while (end > start)
    {
      gboolean emulation = octets[end - 1] == 3 && end >= start + 3 && octets[end - 2] == 0
                           && octets[end - 3] == 0;
      if (octets[end - 1] != 0 && !emulation)
        break;
      end--;
    }
  if (end == start)
    {
      rbsp->stop = start;
      return;
    }
  rbsp->stop = end - 1;
  rbsp->stop_bit = 7 - (guint)__builtin_ctz (octets[end - 1]);
}

LensRbsp
lens_rbsp_over (const guint8 *octets, gsize length, gsize start)
{
  LensRbsp rbsp = { .octets = octets, .length = length, .position = MIN (start, length) };

  while (rbsp.zeros < 2 && rbsp.position > rbsp.zeros
         && octets[rbsp.position - rbsp.zeros - 1] == 0)
    rbsp.zeros++;
  find_stop (&rbsp, rbsp.position);
  return rbsp;
}

gsize
lens_rbsp_offset (const LensRbsp *rbsp)
{
  gboolean emulation = rbsp->bit == 0 && rbsp->zeros >= 2 && rbsp->position < rbsp->length
                       && rbsp->octets[rbsp->position] == 3;

  return rbsp->position + (emulation ? 1 : 0);
}

/* Passes over an emulation prevention octet; FALSE at the end. */
static gboolean
settle (LensRbsp *rbsp)
{
  gsize offset = lens_rbsp_offset (rbsp);

  if (offset != rbsp->position)
    rbsp->zeros = 0;
  rbsp->position = offset;
  return offset < rbsp->length;
}

static void
advance (LensRbsp *rbsp)
{
  rbsp->zeros = rbsp->octets[rbsp->position] == 0 ? rbsp->zeros + 1 : 0;
  rbsp->position++;
  rbsp->bit = 0;
}

guint32
lens_rbsp_u (LensRbsp *rbsp, guint bits)
{
  guint64 value = 0;

  g_assert (bits <= 32);
  while (bits > 0)
    {
      if (rbsp->short_read || !settle (rbsp))
        {
          rbsp->short_read = TRUE;
          return 0;
        }
      guint take = MIN (bits, 8 - rbsp->bit);
      guint octet = rbsp->octets[rbsp->position];
      value = value << take | (octet >> (8 - rbsp->bit - take) & ((1u << take) - 1));
      rbsp->bit += take;
      bits -= take;
      if (rbsp->bit == 8)
        advance (rbsp);
    }
  return (guint32)value;
}

gboolean
lens_rbsp_flag (LensRbsp *rbsp)
{
  return lens_rbsp_u (rbsp, 1) != 0;
}

guint32
lens_rbsp_ue (LensRbsp *rbsp)
{
  guint zeros = 0;

  while (lens_rbsp_u (rbsp, 1) == 0)
    {
      zeros++;
      if (rbsp->short_read || zeros == 32)
        {
          rbsp->short_read = TRUE;
          return 0;
        }
    }
  guint32 suffix = lens_rbsp_u (rbsp, zeros);
  return rbsp->short_read ? 0 : (guint32)((G_GUINT64_CONSTANT (1) << zeros) - 1) + suffix;
}

gint32
lens_rbsp_se (LensRbsp *rbsp)
{
  gint64 code = lens_rbsp_ue (rbsp);

  return (gint32)(code % 2 != 0 ? (code + 1) / 2 : -(code / 2));
}

gboolean
lens_rbsp_skip (LensRbsp *rbsp, gsize octets)
{
  g_assert (rbsp->bit == 0);
  for (; octets > 0; octets--)
    {
      if (rbsp->short_read || !settle (rbsp))
        {
          rbsp->short_read = TRUE;
          return FALSE;
        }
      advance (rbsp);
    }
  return TRUE;
}

gboolean
lens_rbsp_more_data (const LensRbsp *rbsp)
{
  gsize offset = lens_rbsp_offset (rbsp);

  return !rbsp->short_read
         && (offset < rbsp->stop || (offset == rbsp->stop && rbsp->bit < rbsp->stop_bit));
}

LensRange
lens_rbsp_range (const LensRbsp *rbsp, gsize from)
{
  gsize end = rbsp->position + (rbsp->bit > 0 ? 1 : 0);

  return (LensRange){ from, end > from ? end - from : 0 };
}

LensRbspEnd
lens_rbsp_end (LensRbsp *rbsp)
{
  LensRbspEnd end = { .end = rbsp->length, .short_read = rbsp->short_read };

  if (end.short_read)
    return end;
  gsize last = lens_rbsp_offset (rbsp);
  guint left = 8 - rbsp->bit;
  end.odd = lens_rbsp_u (rbsp, left) != 1u << (left - 1) || rbsp->short_read;
  if (!end.odd)
    end.end = last + 1;
  return end;
}

gsize
lens_rbsp_filler_difference (const guint8 *octets, gsize length, gsize from)
{
  gsize at = from;

  while (at + 1 < length && octets[at] == 0xff)
    at++;
  if (at + 1 == length && octets[at] == 0x80)
    at++;
  return MIN (at, length);
}
