#include "wire/aac-config.h"

#include "wire/aac-tables.h"

enum
{
  MAIN = 1,
  SSR = 3,
  LTP = 4,
  SBR = 5,
  SCALABLE = 6,
  ER_LC = 17,
  ER_SCALABLE = 20,
  ER_BSAC = 22,
  ER_LD = 23,
  PS = 29,
  ESCAPE = 31,
  RATE_SPELT_OUT = 15,
  SYNC_EXTENSION = 0x2b7,
  SYNC_EXTENSION_PS = 0x548,
};

static void
read_speakers (LensBits *bits, guint count, guint *channels)
{
  for (; count > 0; count--)
    {
      *channels += lens_bits_u (bits, 1) ? 2 : 1;
      lens_bits_skip (bits, 4);
    }
}

gboolean
lens_aac_pce_read (LensBits *bits, gsize origin, LensAacPce *pce)
{
  *pce = (LensAacPce){ .tag = (guint8)lens_bits_u (bits, 4) };
  lens_bits_skip (bits, 2);
  pce->sampling_index = (guint8)lens_bits_u (bits, 4);
  guint speakers = lens_bits_u (bits, 4);
  speakers += lens_bits_u (bits, 4);
  speakers += lens_bits_u (bits, 4);
  guint low = lens_bits_u (bits, 2);
  guint associated = lens_bits_u (bits, 3);
  guint coupling = lens_bits_u (bits, 4);
  for (guint mixdown = 0; mixdown < 2; mixdown++) /* mono, stereo */
    if (lens_bits_u (bits, 1))
      lens_bits_skip (bits, 4);
  if (lens_bits_u (bits, 1)) /* matrix, pseudo surround */
    lens_bits_skip (bits, 3);
  read_speakers (bits, speakers, &pce->channels);
  pce->channels += low;
  lens_bits_skip (bits, 4 * low + 4 * associated + 5 * coupling);
  pce->alignment_start = bits->position;
  pce->alignment = lens_bits_align (bits, origin);
  pce->alignment_bits = (guint)(bits->position - pce->alignment_start);
  pce->comment_octets = lens_bits_u (bits, 8);
  pce->comment_start = bits->position;
  lens_bits_skip (bits, 8 * pce->comment_octets);
  return !bits->short_read;
}

static guint8
read_object_type (LensBits *bits)
{
  guint type = lens_bits_u (bits, 5);

  return (guint8)(type == ESCAPE ? 32 + lens_bits_u (bits, 6) : type);
}

static guint8
read_rate (LensBits *bits, guint32 *rate)
{
  guint8 index = (guint8)lens_bits_u (bits, 4);

  if (index == RATE_SPELT_OUT)
    *rate = lens_bits_u (bits, 24);
  else
    *rate = index < LENS_AAC_RATES ? lens_aac_rates[index] : 0;
  return index;
}

/* The table that a rate without an index uses (Table 4.82). */
static guint8
nearest_index (guint32 rate)
{
  static const guint32 from[]
      = { 92017, 75132, 55426, 46009, 37566, 27713, 23004, 18783, 13856, 11502, 9391 };
  guint8 index = 0;

  while (index < G_N_ELEMENTS (from) && rate < from[index])
    index++;
  return index;
}

static void
read_general_audio (LensBits *bits, gsize origin, LensAacConfig *config)
{
  guint8 type = config->object_type;

  config->short_frames = lens_bits_u (bits, 1) != 0;
  if (lens_bits_u (bits, 1)) /* dependsOnCoreCoder */
    lens_bits_skip (bits, 14);
  gboolean extension = lens_bits_u (bits, 1) != 0;
  if (config->channel_config == 0)
    config->has_pce = lens_aac_pce_read (bits, origin, &config->pce);
  if (type == SCALABLE || type == ER_SCALABLE)
    lens_bits_skip (bits, 3);
  if (!extension)
    return;
  if (type == ER_BSAC)
    lens_bits_skip (bits, 16);
  if (type == ER_LC || type == 19 || type == ER_SCALABLE || type == ER_LD)
    lens_bits_skip (bits, 3);
  lens_bits_skip (bits, 1);
}

static gboolean
is_general_audio (guint8 type)
{
  return (type >= MAIN && type <= LTP) || type == SCALABLE || type == 7
         || (type >= ER_LC && type <= ER_LD && type != 18);
}

gboolean
lens_aac_config_read (LensBits *bits, LensAacConfig *config)
{
  gsize origin = bits->position;

  *config = (LensAacConfig){ .object_type = read_object_type (bits) };
  config->sampling_index = read_rate (bits, &config->rate);
  config->channel_config = (guint8)lens_bits_u (bits, 4);
  if (config->object_type == SBR || config->object_type == PS)
    {
      guint32 outer;
      config->sbr = TRUE;
      config->ps = config->object_type == PS;
      read_rate (bits, &outer);
      config->object_type = read_object_type (bits);
      if (config->object_type == ER_BSAC)
        lens_bits_skip (bits, 4);
    }
  if (is_general_audio (config->object_type))
    read_general_audio (bits, origin, config);
  if (config->object_type >= ER_LC)
    lens_bits_skip (bits, 2); /* epConfig */
  if (config->sampling_index == RATE_SPELT_OUT)
    config->sampling_index = nearest_index (config->rate);
  config->readable = config->object_type >= MAIN && config->object_type <= LTP
                     && config->sampling_index < LENS_AAC_RATES && !bits->short_read;
  return !bits->short_read;
}

gboolean
lens_aac_config_goes_on (const LensBits *bits)
{
  return lens_bits_left (bits) >= 16 && lens_bits_peek (bits, 11) == SYNC_EXTENSION;
}

void
lens_aac_config_read_extension (LensBits *bits, LensAacConfig *config)
{
  guint32 rate;

  if (!lens_aac_config_goes_on (bits))
    return;
  lens_bits_skip (bits, 11);
  guint8 type = read_object_type (bits);
  if (type != SBR && type != ER_BSAC)
    return;
  config->sbr = lens_bits_u (bits, 1) != 0;
  if (config->sbr)
    read_rate (bits, &rate);
  if (type == ER_BSAC)
    lens_bits_skip (bits, 4);
  else if (lens_bits_left (bits) >= 12 && lens_bits_peek (bits, 11) == SYNC_EXTENSION_PS)
    {
      lens_bits_skip (bits, 11);
      config->ps = lens_bits_u (bits, 1) != 0;
    }
}

gboolean
lens_aac_config_parse (const guint8 *octets, gsize length, LensAacConfig *config, gsize *used)
{
  LensBits bits = lens_bits_over (octets, length);
  gboolean whole = lens_aac_config_read (&bits, config);

  if (whole && !config->sbr)
    lens_aac_config_read_extension (&bits, config);
  if (used != NULL)
    *used = bits.position;
  return whole;
}

GByteArray *
lens_aac_octets_from_hex (const char *digits)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();

  for (; digits[0] != '\0' && digits[1] != '\0'; digits += 2)
    {
      gint high = g_ascii_xdigit_value (digits[0]), low = g_ascii_xdigit_value (digits[1]);
      if (high < 0 || low < 0)
        return NULL;
      guint8 octet = (guint8)(high << 4 | low);
      g_byte_array_append (octets, &octet, 1);
    }
  return digits[0] == '\0' && octets->len > 0 ? g_steal_pointer (&octets) : NULL;
}

gboolean
lens_aac_config_from_hex (const char *digits, LensAacConfig *config)
{
  g_autoptr (GByteArray) octets = lens_aac_octets_from_hex (digits);

  return octets != NULL && lens_aac_config_parse (octets->data, octets->len, config, NULL);
}

LensAacConfig
lens_aac_config_of (guint8 object_type, guint8 sampling_index, guint8 channels)
{
  return (LensAacConfig){
    .readable = object_type >= MAIN && object_type <= LTP && sampling_index < LENS_AAC_RATES,
    .object_type = object_type,
    .sampling_index = sampling_index,
    .rate = sampling_index < LENS_AAC_RATES ? lens_aac_rates[sampling_index] : 0,
    .channel_config = channels,
  };
}
