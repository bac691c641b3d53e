#include "wire/h264-cavlc.h"

#include "wire/h264-cavlc-tables.h"

#include <string.h>

enum
{
  MAX_PREFIX = 25, /* of level_prefix: levels of 14 bit samples have no more (9.2.2.1) */
};

/* @code, a string of bits, means @value. */
static void
add_code (LensH264Vlc *vlc, const char *code, guint8 value)
{
  guint length = (guint)strlen (code);
  guint zeros = (guint)strspn (code, "0");

  if (zeros == length)
    {
      /* Nothing but zeros: whatever follows. */
      for (guint i = zeros; i < G_N_ELEMENTS (vlc->entry); i++)
        for (guint j = 0; j < 8; j++)
          {
            vlc->entry[i][j].length = (guint8)length;
            vlc->entry[i][j].value = value;
          }
      return;
    }
  guint behind = length - zeros - 1, first = 0;
  g_assert (behind <= 3 && zeros < G_N_ELEMENTS (vlc->entry));
  for (guint i = 0; i < behind; i++)
    first |= (guint)(code[zeros + 1 + i] == '1') << (2 - i);
  for (guint i = first; i < first + (8u >> behind); i++)
    {
      vlc->entry[zeros][i].length = (guint8)length;
      vlc->entry[zeros][i].value = value;
    }
}

/* A row of @count codes whose values are 0, 1, 2 ... */
static void
add_row (LensH264Vlc *vlc, const char *const *codes, guint count)
{
  for (guint i = 0; i < count; i++)
    if (codes[i] != NULL)
      add_code (vlc, codes[i], (guint8)i);
}

/* Rows of four: the value is 4 * TotalCoeff + TrailingOnes. */
static void
add_tokens (LensH264Vlc *vlc, const char *const (*codes)[4], guint rows)
{
  for (guint i = 0; i < rows; i++)
    for (guint j = 0; j < 4; j++)
      if (codes[i][j] != NULL)
        add_code (vlc, codes[i][j], (guint8)(4 * i + j));
}

void
lens_h264_cavlc_init (LensH264Cavlc *cavlc)
{
  memset (cavlc, 0, sizeof *cavlc);
  for (guint i = 0; i < 3; i++)
    add_tokens (&cavlc->coeff_token[i], lens_h264_coeff_token[i], 17);
  add_tokens (&cavlc->coeff_token_dc, lens_h264_coeff_token_dc, 5);
  add_tokens (&cavlc->coeff_token_dc_422, lens_h264_coeff_token_dc_422, 9);
  for (guint i = 0; i < 15; i++)
    add_row (&cavlc->total_zeros[i], lens_h264_total_zeros[i], 16);
  for (guint i = 0; i < 3; i++)
    add_row (&cavlc->total_zeros_dc[i], lens_h264_total_zeros_dc[i], 4);
  for (guint i = 0; i < 7; i++)
    add_row (&cavlc->total_zeros_dc_422[i], lens_h264_total_zeros_dc_422[i], 8);
  for (guint i = 0; i < 7; i++)
    add_row (&cavlc->run_before[i], lens_h264_run_before[i], 15);
}

/* The value of the next code, or -1. */
static gint
read_vlc (const LensH264Vlc *vlc, LensH264Bits *bits)
{
  guint32 next = lens_h264_bits_peek (bits) | 1u << 15; /* at most 16 zeros */
  guint zeros = (guint)__builtin_clz (next);
  guint behind = (guint)((guint64)next << (zeros + 1) >> 29 & 7);

  if (zeros == 16)
    behind = 0;
  bits->position += vlc->entry[zeros][behind].length;
  return vlc->entry[zeros][behind].length != 0 ? vlc->entry[zeros][behind].value : -1;
}

static gint
read_token (const LensH264Cavlc *cavlc, LensH264Bits *bits, gint nc)
{
  if (nc == LENS_H264_NC_DC)
    return read_vlc (&cavlc->coeff_token_dc, bits);
  if (nc == LENS_H264_NC_DC_422)
    return read_vlc (&cavlc->coeff_token_dc_422, bits);
  if (nc < 8)
    return read_vlc (&cavlc->coeff_token[nc < 2 ? 0 : nc < 4 ? 1 : 2], bits);
  /* Six bits: TotalCoeff - 1 and TrailingOnes; 000011 is none. */
  guint32 code = lens_h264_bits_u (bits, 6);
  return code == 3 ? 0 : (gint)(code + 4);
}

/* The levels (9.2.2); FALSE where a prefix is none. */
static gboolean
read_levels (LensH264Bits *bits, guint total, guint ones)
{
  guint suffix_length = total > 10 && ones < 3 ? 1 : 0;

  bits->position += ones; /* their signs */
  for (guint i = ones; i < total; i++)
    {
      guint32 next = lens_h264_bits_peek (bits);
      guint prefix = next != 0 ? (guint)__builtin_clz (next) : 32;
      if (prefix > MAX_PREFIX)
        return FALSE;
      bits->position += prefix + 1;
      guint size = prefix == 14 && suffix_length == 0 ? 4
                   : prefix >= 15                     ? prefix - 3
                                                      : suffix_length;
      guint32 code = (MIN (15, prefix) << suffix_length) + lens_h264_bits_u (bits, size);
      if (prefix >= 15 && suffix_length == 0)
        code += 15;
      if (prefix >= 16)
        code += (1u << (prefix - 3)) - 4096;
      if (i == ones && ones < 3)
        code += 2;
      if (suffix_length == 0)
        suffix_length = 1;
      if ((code + 2) / 2 > 3u << (suffix_length - 1) && suffix_length < 6)
        suffix_length++;
    }
  return TRUE;
}

/* total_zeros and the run_befores (9.2.3). */
static gboolean
read_runs (const LensH264Cavlc *cavlc, LensH264Bits *bits, guint total, guint most)
{
  if (total == most)
    return TRUE;
  const LensH264Vlc *table = most == 4   ? &cavlc->total_zeros_dc[total - 1]
                             : most == 8 ? &cavlc->total_zeros_dc_422[total - 1]
                                         : &cavlc->total_zeros[total - 1];
  gint left = read_vlc (table, bits);
  if (left < 0 || total + (guint)left > most)
    return FALSE;
  for (guint i = 1; i < total && left > 0; i++)
    {
      gint run = read_vlc (&cavlc->run_before[MIN (left, 7) - 1], bits);
      if (run < 0 || run > left)
        return FALSE;
      left -= run;
    }
  return TRUE;
}

gint
lens_h264_cavlc_block (const LensH264Cavlc *cavlc, LensH264Bits *bits, gint nc, guint most)
{
  gint token = read_token (cavlc, bits, nc);

  if (token <= 0)
    return token;
  guint total = (guint)token >> 2, ones = (guint)token & 3;
  if (total > most || ones > total)
    return -1;
  if (!read_levels (bits, total, ones) || !read_runs (cavlc, bits, total, most))
    return -1;
  return (gint)total;
}
