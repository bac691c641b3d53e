#include "wire/aac.h"

#include "wire/aac-channel.h"

/* What is read of one block. */
typedef struct
{
  const LensAacConfig *config;
  LensBits bits;
  gsize origin; /* of the block's first bit */
  LensAacElement element;
  guint channels;
} Reader;

static void
note_reserved (Reader *reader, const LensAacIcs *ics)
{
  if (!ics->reserved)
    return;
  if (reader->element.reserved++ == 0)
    reader->element.reserved_at = ics->reserved_at;
}

static void
read_tag (Reader *reader)
{
  reader->element.tag = (guint8)lens_bits_u (&reader->bits, 4);
}

static gboolean
read_channel (Reader *reader, LensAacIcs *ics, gboolean common)
{
  if (!lens_aac_channel_read (&reader->bits, reader->config, common, ics))
    return FALSE;
  if (!common)
    note_reserved (reader, ics);
  return TRUE;
}

static gboolean
read_single (Reader *reader)
{
  LensAacIcs ics = { 0 };

  read_tag (reader);
  reader->channels++;
  return read_channel (reader, &ics, FALSE);
}

static gboolean
read_pair (Reader *reader)
{
  LensBits *bits = &reader->bits;
  LensAacIcs first = { 0 }, second = { 0 };

  read_tag (reader);
  reader->channels += 2;
  gboolean common = lens_bits_u (bits, 1) != 0;
  if (common)
    {
      if (!lens_aac_ics_info_read (bits, reader->config, TRUE, &first))
        return FALSE;
      note_reserved (reader, &first);
      guint mask = lens_bits_u (bits, 2);
      if (mask == 3)
        return FALSE;
      if (mask == 1)
        lens_bits_skip (bits, (gsize)first.n_groups * first.max_sfb);
      second = first;
    }
  return read_channel (reader, &first, common) && read_channel (reader, &second, common);
}

/* coupling_channel_element(): one channel, and how much of it goes into which others. */
static gboolean
read_coupling (Reader *reader)
{
  LensBits *bits = &reader->bits;
  LensAacIcs ics = { 0 };
  guint lists = 0;

  read_tag (reader);
  gboolean independent = lens_bits_u (bits, 1) != 0;
  for (guint targets = lens_bits_u (bits, 3) + 1; targets > 0; targets--)
    {
      gboolean pair = lens_bits_u (bits, 1) != 0;
      lens_bits_skip (bits, 4);
      lists += pair && lens_bits_u (bits, 2) == 3 ? 2 : 1;
    }
  lens_bits_skip (bits, 1 + 1 + 2); /* cc_domain, gain_element_sign, gain_element_scale */
  if (!read_channel (reader, &ics, FALSE))
    return FALSE;
  for (guint list = 1; list < lists; list++)
    {
      gboolean one = independent || lens_bits_u (bits, 1) != 0;
      guint gains = one ? 1 : 0;
      for (guint group = 0; !one && group < ics.n_groups; group++)
        for (guint band = 0; band < ics.max_sfb; band++)
          gains += ics.codebooks[group][band] != 0;
      for (; gains > 0; gains--)
        if (!lens_aac_scale_factor_skip (bits))
          return FALSE;
    }
  return TRUE;
}

static void
take_data (Reader *reader, gsize octets)
{
  reader->element.data_start = reader->bits.position;
  reader->element.data_octets = octets;
  lens_bits_skip (&reader->bits, 8 * octets);
}

static gboolean
read_data_stream (Reader *reader)
{
  LensBits *bits = &reader->bits;

  read_tag (reader);
  gboolean align = lens_bits_u (bits, 1) != 0;
  gsize count = lens_bits_u (bits, 8);
  if (count == 255)
    count += lens_bits_u (bits, 8);
  reader->element.alignment_start = bits->position;
  if (align)
    reader->element.alignment = lens_bits_align (bits, reader->origin);
  reader->element.alignment_bits = (guint)(bits->position - reader->element.alignment_start);
  take_data (reader, count);
  return TRUE;
}

static gboolean
read_program (Reader *reader)
{
  LensAacPce pce;

  lens_aac_pce_read (&reader->bits, reader->origin, &pce);
  reader->element.tag = pce.tag;
  reader->element.alignment = pce.alignment;
  reader->element.alignment_start = pce.alignment_start;
  reader->element.alignment_bits = pce.alignment_bits;
  reader->element.data_start = pce.comment_start;
  reader->element.data_octets = pce.comment_octets;
  return TRUE;
}

static gboolean
read_fill (Reader *reader)
{
  gsize count = lens_bits_u (&reader->bits, 4);

  if (count == 15)
    count += lens_bits_u (&reader->bits, 8) - (gsize)1;
  if (reader->bits.short_read)
    return TRUE;
  take_data (reader, count);
  return TRUE;
}

/* The element behind its identifier; FALSE: a reserved value. */
static gboolean
read_element (Reader *reader)
{
  switch (reader->element.id)
    {
    case LENS_AAC_SCE:
    case LENS_AAC_LFE:
      return read_single (reader);
    case LENS_AAC_CPE:
      return read_pair (reader);
    case LENS_AAC_CCE:
      return read_coupling (reader);
    case LENS_AAC_DSE:
      return read_data_stream (reader);
    case LENS_AAC_PCE:
      return read_program (reader);
    case LENS_AAC_FIL:
      return read_fill (reader);
    default:
      return TRUE; /* END */
    }
}

/* One element; what ends the block is its outcome. */
static gboolean
read_next (Reader *reader, LensAacOutcome *outcome)
{
  reader->element = (LensAacElement){ .start = reader->bits.position };
  reader->element.id = (guint8)lens_bits_u (&reader->bits, 3);
  if (reader->bits.short_read)
    {
      *outcome = LENS_AAC_CUT;
      return FALSE;
    }
  gboolean allowed = read_element (reader);
  reader->element.end = reader->bits.position;
  *outcome = reader->bits.short_read ? LENS_AAC_CUT : allowed ? LENS_AAC_WHOLE : LENS_AAC_INVALID;
  return *outcome == LENS_AAC_WHOLE;
}

LensAacBlock
lens_aac_block_read (const LensAacConfig *config, const guint8 *octets, gsize length, gsize start,
                     LensAacElementFunc element, gpointer user)
{
  LensAacBlock block = { .outcome = LENS_AAC_UNREADABLE, .end = 8 * MIN (start, length) };
  Reader reader = { .config = config,
                    .bits = lens_bits_between (octets, block.end, 8 * length),
                    .origin = block.end };

  if (!config->readable)
    return block;
  do
    {
      gsize before = reader.bits.position;
      if (!read_next (&reader, &block.outcome))
        {
          block.end = before;
          block.channels = reader.channels;
          return block;
        }
      if (element != NULL)
        element (&reader.element, user);
    }
  while (reader.element.id != LENS_AAC_END);
  block.channels = reader.channels;
  block.alignment_start = reader.bits.position;
  block.alignment = lens_bits_align (&reader.bits, reader.origin);
  block.end = reader.bits.position;
  block.alignment_bits = (guint)(block.end - block.alignment_start);
  return block;
}

/* --- fill elements --- */

guint8
lens_aac_octet_at (const guint8 *octets, gsize at)
{
  LensBits bits = lens_bits_between (octets, at, at + 8);

  return (guint8)lens_bits_u (&bits, 8);
}

LensRange
lens_aac_octets_of (gsize start, gsize end)
{
  return (LensRange){ start / 8, end > start ? (end + 7) / 8 - start / 8 : 0 };
}

/* data_element() of ancillary data: a length in parts of at most 255, and the octets. */
static gsize
data_element_octets (LensBits bits, guint8 version, gsize left)
{
  gsize parts = 0, length = 0, part;

  if (version != 0)
    return left;
  do
    {
      part = lens_bits_u (&bits, 8);
      length += part;
      parts++;
    }
  while (part == 255 && !bits.short_read);
  return MIN (1 + parts + length, left);
}

/* excluded_channels(): seven channels and a bit whether there are more. */
static gsize
skip_excluded (LensBits *bits)
{
  gsize octets = 0;

  do
    {
      lens_bits_skip (bits, 7);
      octets++;
    }
  while (lens_bits_u (bits, 1) != 0);
  return octets;
}

/* dynamic_range_info() (4.5.2.7); its length is that of what it holds. */
static gsize
dynamic_range_octets (LensBits bits, gsize left)
{
  gsize octets = 1;
  guint bands = 1;

  bits.position += 4;
  if (lens_bits_u (&bits, 1))
    {
      lens_bits_skip (&bits, 8);
      octets++;
    }
  if (lens_bits_u (&bits, 1))
    octets += skip_excluded (&bits);
  if (lens_bits_u (&bits, 1))
    {
      bands += lens_bits_u (&bits, 4);
      lens_bits_skip (&bits, 4 + 8 * (gsize)bands);
      octets += 1 + bands;
    }
  if (lens_bits_u (&bits, 1))
    octets++;
  return MIN (octets + bands, left);
}

gboolean
lens_aac_extension_next (const guint8 *octets, const LensAacElement *fill, gsize *at,
                         LensAacExtension *extension)
{
  gsize end = fill->data_start + 8 * fill->data_octets;

  if (*at >= end)
    return FALSE;
  LensBits bits = lens_bits_between (octets, *at, end);
  gsize left = (end - *at) / 8;
  *extension = (LensAacExtension){ .start = *at, .octets = left };
  extension->type = (guint8)lens_bits_u (&bits, 4);
  extension->nibble = (guint8)lens_bits_peek (&bits, 4);
  if (extension->type == LENS_AAC_EXT_DATA_ELEMENT)
    {
      lens_bits_skip (&bits, 4);
      extension->octets = data_element_octets (bits, extension->nibble, left);
    }
  else if (extension->type == LENS_AAC_EXT_DYNAMIC_RANGE)
    extension->octets = dynamic_range_octets (lens_bits_between (octets, *at, end), left);
  *at += 8 * extension->octets;
  return TRUE;
}
