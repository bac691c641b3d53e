/* AAC: a configuration, access units, ADTS headers; elements lie inside their unit. */
#include "tests/fuzz/fuzz.h"

#include "wire/adts.h"

typedef struct
{
  const guint8 *octets;
  gsize length, at; /* @at: bits */
} Block;

static void
see_element (const LensAacElement *element, gpointer user)
{
  Block *block = user;
  LensAacExtension extension;
  gsize at = element->data_start;

  g_assert_cmpuint (element->start, >=, block->at);
  g_assert_cmpuint (element->end, <=, 8 * block->length);
  block->at = element->end;
  fuzz_inside (block->octets, block->length, lens_aac_octets_of (element->start, element->end));
  if (element->id == LENS_AAC_DSE || element->id == LENS_AAC_FIL)
    {
      g_assert_cmpuint (element->data_start + 8 * element->data_octets, <=, element->end);
      for (gsize i = 0; i < element->data_octets; i++)
        lens_aac_octet_at (block->octets, element->data_start + 8 * i);
    }
  if (element->id == LENS_AAC_FIL)
    while (lens_aac_extension_next (block->octets, element, &at, &extension))
      g_assert_cmpuint (extension.start + 8 * extension.octets, <=, element->end);
}

static void
read_block (const LensAacConfig *config, const guint8 *octets, gsize length, gsize start)
{
  Block block = { octets, length, 8 * start };
  LensAacBlock outcome = lens_aac_block_read (config, octets, length, start, see_element, &block);

  if (outcome.outcome == LENS_AAC_WHOLE)
    g_assert_cmpuint (outcome.end, <=, 8 * length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensAacConfig config;
  LensAdts adts;
  gsize used = 0;

  if (lens_adts_parse (octets, length, &adts))
    {
      config = lens_adts_config (&adts);
      g_assert_cmpuint (adts.header_length, <=, adts.frame_length);
      if (adts.header_length <= length)
        read_block (&config, octets, length, adts.header_length);
    }
  if (length > 0)
    {
      config = lens_aac_config_of (octets[0] >> 6, octets[0] & 15, 1 + (octets[0] >> 4 & 3));
      read_block (&config, octets, length, 1);
    }
  if (lens_aac_config_parse (octets, length, &config, &used))
    {
      g_assert_cmpuint (used, <=, 8 * length);
      if (config.has_pce)
        g_assert_cmpuint (config.pce.comment_start + 8 * config.pce.comment_octets, <=, 8 * length);
      read_block (&config, octets, length, (used + 7) / 8);
    }
  return 0;
}
