#include "wire/adts.h"

gboolean
lens_adts_parse (const guint8 *octets, gsize length, LensAdts *adts)
{
  LensBits bits = lens_bits_over (octets, length);

  if (length < LENS_ADTS_HEADER || lens_bits_u (&bits, 12) != 0xfff)
    return FALSE;
  *adts = (LensAdts){ .mpeg2 = lens_bits_u (&bits, 1) != 0 };
  guint layer = lens_bits_u (&bits, 2);
  adts->protection_absent = lens_bits_u (&bits, 1) != 0;
  adts->profile = (guint8)lens_bits_u (&bits, 2);
  adts->sampling_index = (guint8)lens_bits_u (&bits, 4);
  adts->private_bit = lens_bits_u (&bits, 1) != 0;
  adts->channel_config = (guint8)lens_bits_u (&bits, 3);
  adts->original_copy = lens_bits_u (&bits, 1) != 0;
  adts->home = lens_bits_u (&bits, 1) != 0;
  adts->copyright_bit = lens_bits_u (&bits, 1) != 0;
  adts->copyright_start = lens_bits_u (&bits, 1) != 0;
  adts->frame_length = (guint16)lens_bits_u (&bits, 13);
  adts->buffer_fullness = (guint16)lens_bits_u (&bits, 11);
  adts->blocks = (guint8)(lens_bits_u (&bits, 2) + 1);
  adts->header_length = LENS_ADTS_HEADER + (adts->protection_absent ? 0 : 2 * (gsize)adts->blocks);
  return layer == 0 && adts->frame_length >= adts->header_length;
}

LensAacConfig
lens_adts_config (const LensAdts *adts)
{
  return lens_aac_config_of ((guint8)(adts->profile + 1), adts->sampling_index,
                             adts->channel_config);
}
