#include "wire/aac-channel.h"

#include "wire/aac-tables.h"

enum
{
  EIGHT_SHORT = 2,
  ZERO_HCB = 0,
  ESC_HCB = 11,
  RESERVED_HCB = 12,
  NOISE_HCB = 13,
  MAIN = 1,
  LTP = 4,
  MAX_LTP_BANDS = 40,
  ESCAPE_VALUE = 16,
};

/* --- code words --- */

/* The next symbol of @book; -1 where the octets end inside it. */
static gint
read_symbol (LensBits *bits, const LensAacCodebook *book)
{
  guint32 window = lens_bits_peek (bits, LENS_AAC_CODE_LENGTHS - 1);
  guint32 first = 0, before = 0;

  for (guint length = 1; length < LENS_AAC_CODE_LENGTHS; length++)
    {
      guint32 code = window >> (LENS_AAC_CODE_LENGTHS - 1 - length);
      first <<= 1;
      if (code - first < book->counts[length])
        {
          lens_bits_skip (bits, length);
          return bits->short_read ? -1 : book->symbols[before + code - first];
        }
      first += book->counts[length];
      before += book->counts[length];
    }
  bits->short_read = TRUE;
  return -1;
}

gboolean
lens_aac_scale_factor_skip (LensBits *bits)
{
  return read_symbol (bits, &lens_aac_scale_factors) >= 0;
}

/* A value of 16 stands for more: as many ones as bits follow beyond four, a zero, the bits
 * (4.6.3.3).  More than eight of them no decoder takes. */
static gboolean
skip_escape (LensBits *bits)
{
  guint ones = 0;

  while (lens_bits_u (bits, 1) != 0)
    if (++ones > 8)
      return FALSE;
  lens_bits_skip (bits, ones + 4);
  return !bits->short_read;
}

/* One code word of spectral data with its signs and escapes. */
static gboolean
skip_lines (LensBits *bits, const LensAacCodebook *book, gboolean escapes)
{
  gint symbol = read_symbol (bits, book);
  guint signs = 0, large = 0;

  if (symbol < 0)
    return FALSE;
  if (!book->is_unsigned)
    return TRUE;
  for (guint i = 0; i < book->dimension; i++, symbol /= book->modulus)
    {
      signs += symbol % book->modulus != 0;
      large += symbol % book->modulus == ESCAPE_VALUE;
    }
  lens_bits_skip (bits, signs);
  for (; escapes && large > 0; large--)
    if (!skip_escape (bits))
      return FALSE;
  return TRUE;
}

/* --- side information --- */

static void
read_groups (LensBits *bits, LensAacIcs *ics)
{
  ics->max_sfb = (guint8)lens_bits_u (bits, 4);
  guint32 grouping = lens_bits_u (bits, 7);
  ics->n_groups = 1;
  ics->group_lengths[0] = 1;
  for (gint bit = 6; bit >= 0; bit--)
    if ((grouping >> bit & 1) != 0)
      ics->group_lengths[ics->n_groups - 1]++;
    else
      ics->group_lengths[ics->n_groups++] = 1;
}

static void
skip_ltp (LensBits *bits, const LensAacIcs *ics)
{
  if (lens_bits_u (bits, 1) == 0)
    return;
  lens_bits_skip (bits, 11 + 3);
  lens_bits_skip (bits, MIN (ics->max_sfb, MAX_LTP_BANDS));
}

/* predictor_data of Main, ltp_data of LTP; LC and SSR have none (4.4.2.1). */
static gboolean
skip_prediction (LensBits *bits, const LensAacConfig *config, gboolean common,
                 const LensAacIcs *ics)
{
  if (lens_bits_u (bits, 1) == 0)
    return TRUE;
  if (config->object_type == MAIN)
    {
      if (lens_bits_u (bits, 1) != 0)
        lens_bits_skip (bits, 5);
      lens_bits_skip (bits, MIN (ics->max_sfb, lens_aac_prediction_bands[config->sampling_index]));
      return TRUE;
    }
  if (config->object_type != LTP)
    return FALSE;
  skip_ltp (bits, ics);
  if (common)
    skip_ltp (bits, ics);
  return TRUE;
}

static guint8
count_bands (const guint16 *bands, guint16 n_lines)
{
  guint8 n = 0;

  while (bands[n] < n_lines)
    n++;
  return n;
}

gboolean
lens_aac_ics_info_read (LensBits *bits, const LensAacConfig *config, gboolean common,
                        LensAacIcs *ics)
{
  ics->reserved_at = bits->position;
  ics->reserved = lens_bits_u (bits, 1) != 0;
  ics->window_sequence = (guint8)lens_bits_u (bits, 2);
  lens_bits_skip (bits, 1); /* window_shape */
  gboolean is_short = ics->window_sequence == EIGHT_SHORT;
  ics->bands = is_short ? lens_aac_short_bands[config->sampling_index]
                        : lens_aac_long_bands[config->sampling_index];
  ics->n_lines = (guint16)((is_short ? 128 : 1024) * (config->short_frames ? 15 : 16) / 16);
  ics->n_bands = count_bands (ics->bands, ics->n_lines);
  if (is_short)
    read_groups (bits, ics);
  else
    {
      ics->n_groups = 1;
      ics->group_lengths[0] = 1;
      ics->max_sfb = (guint8)lens_bits_u (bits, 6);
      if (!skip_prediction (bits, config, common, ics))
        return FALSE;
    }
  return ics->max_sfb <= ics->n_bands;
}

static gboolean
read_sections (LensBits *bits, LensAacIcs *ics)
{
  guint length_bits = ics->window_sequence == EIGHT_SHORT ? 3 : 5;
  guint escape = (1u << length_bits) - 1;

  for (guint group = 0; group < ics->n_groups; group++)
    for (guint band = 0; band < ics->max_sfb;)
      {
        guint8 codebook = (guint8)lens_bits_u (bits, 4);
        guint more, length = 0;
        do
          {
            more = lens_bits_u (bits, length_bits);
            length += more;
          }
        while (more == escape && length <= ics->max_sfb);
        if (bits->short_read || codebook == RESERVED_HCB || length > ics->max_sfb - band
            || length == 0)
          return FALSE;
        for (; length > 0; length--)
          ics->codebooks[group][band++] = codebook;
      }
  return TRUE;
}

/* The first noise energy of a stream is 9 bits, all else a code word (4.6.13). */
static gboolean
skip_scale_factors (LensBits *bits, const LensAacIcs *ics)
{
  gboolean noise_seen = FALSE;

  for (guint group = 0; group < ics->n_groups; group++)
    for (guint band = 0; band < ics->max_sfb; band++)
      {
        guint8 codebook = ics->codebooks[group][band];
        if (codebook == ZERO_HCB)
          continue;
        if (codebook == NOISE_HCB && !noise_seen)
          {
            noise_seen = TRUE;
            lens_bits_skip (bits, 9);
          }
        else if (!lens_aac_scale_factor_skip (bits))
          return FALSE;
      }
  return TRUE;
}

/* pulse_data(): not allowed with short windows. */
static gboolean
skip_pulses (LensBits *bits, const LensAacIcs *ics)
{
  if (lens_bits_u (bits, 1) == 0)
    return TRUE;
  if (ics->window_sequence == EIGHT_SHORT)
    return FALSE;
  guint count = lens_bits_u (bits, 2) + 1;
  lens_bits_skip (bits, 6 + 9 * count);
  return TRUE;
}

static void
skip_noise_shaping (LensBits *bits, const LensAacIcs *ics)
{
  gboolean is_short = ics->window_sequence == EIGHT_SHORT;

  if (lens_bits_u (bits, 1) == 0)
    return;
  for (guint window = 0; window < (is_short ? 8 : 1); window++)
    {
      guint filters = lens_bits_u (bits, is_short ? 1 : 2);
      guint resolution = filters > 0 ? lens_bits_u (bits, 1) : 0;
      for (; filters > 0; filters--)
        {
          lens_bits_skip (bits, is_short ? 4 : 6);
          guint order = lens_bits_u (bits, is_short ? 3 : 5);
          if (order == 0)
            continue;
          lens_bits_skip (bits, 1);
          guint compress = lens_bits_u (bits, 1);
          lens_bits_skip (bits, order * (3 + resolution - compress));
        }
    }
}

/* gain_control_data() of the scalable sampling rate profile (4.4.2.7). */
static void
skip_gain_control (LensBits *bits, const LensAacIcs *ics)
{
  static const struct
  {
    guint8 windows, first_bits, other_bits;
  } by_sequence[] = { { 1, 5, 5 }, { 2, 4, 2 }, { 8, 2, 2 }, { 2, 4, 5 } };

  if (lens_bits_u (bits, 1) == 0)
    return;
  guint windows = by_sequence[ics->window_sequence].windows;
  for (guint bands = lens_bits_u (bits, 2); bands > 0; bands--)
    for (guint window = 0; window < windows; window++)
      {
        guint location = window == 0 ? by_sequence[ics->window_sequence].first_bits
                                     : by_sequence[ics->window_sequence].other_bits;
        guint adjustments = lens_bits_u (bits, 3);
        lens_bits_skip (bits, adjustments * (4 + location));
      }
}

static gboolean
skip_spectrum (LensBits *bits, const LensAacIcs *ics)
{
  for (guint group = 0; group < ics->n_groups; group++)
    for (guint band = 0; band < ics->max_sfb; band++)
      {
        guint8 number = ics->codebooks[group][band];
        if (number == ZERO_HCB || number > ESC_HCB)
          continue;
        const LensAacCodebook *book = &lens_aac_spectrum[number - 1];
        guint lines = MIN (ics->bands[band + 1], ics->n_lines) - ics->bands[band];
        for (guint left = lines * ics->group_lengths[group]; left > 0; left -= book->dimension)
          if (!skip_lines (bits, book, number == ESC_HCB))
            return FALSE;
      }
  return TRUE;
}

gboolean
lens_aac_channel_read (LensBits *bits, const LensAacConfig *config, gboolean common,
                       LensAacIcs *ics)
{
  lens_bits_skip (bits, 8); /* global_gain */
  if (!common && !lens_aac_ics_info_read (bits, config, FALSE, ics))
    return FALSE;
  if (!read_sections (bits, ics) || !skip_scale_factors (bits, ics) || !skip_pulses (bits, ics))
    return FALSE;
  skip_noise_shaping (bits, ics);
  skip_gain_control (bits, ics);
  return skip_spectrum (bits, ics) && !bits->short_read;
}
