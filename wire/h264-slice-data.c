#include "wire/h264-slice-data.h"

#include "wire/h264-macroblock.h"

#include <string.h>

struct _LensH264Walker
{
  LensH264Parser parser;
};

LensH264Walker *
lens_h264_walker_new (void)
{
  LensH264Walker *walker = g_new0 (LensH264Walker, 1);

  lens_h264_bits_init (&walker->parser.bits);
  lens_h264_cavlc_init (&walker->parser.cavlc);
  walker->parser.pcm = g_array_new (FALSE, FALSE, sizeof (LensRange));
  return walker;
}

void
lens_h264_walker_free (LensH264Walker *walker)
{
  if (walker == NULL)
    return;
  lens_h264_bits_clear (&walker->parser.bits);
  lens_h264_place_clear (&walker->parser.place);
  g_array_unref (walker->parser.pcm);
  g_free (walker);
}

static gboolean
is_supported (const LensH264Slice *slice)
{
  return slice->valid && slice->nal_type != 2 && slice->slice_type <= LENS_H264_I
         && slice->pps->num_slice_groups == 1;
}

static gboolean
begin (LensH264Parser *parser, const LensH264Slice *slice, const guint8 *octets, gsize length)
{
  if (!is_supported (slice) || !lens_h264_place_begin (&parser->place, slice))
    return FALSE;
  parser->slice = slice;
  parser->cabac_mode = slice->pps->entropy_coding_mode;
  parser->transform_8x8_mode = slice->pps->transform_8x8_mode;
  parser->direct_8x8_inference = slice->sps->direct_8x8_inference;
  parser->sample_bits[0] = slice->sps->bit_depth_luma;
  parser->sample_bits[1] = slice->sps->bit_depth_chroma;
  guint chroma_type = lens_h264_sps_chroma_array_type (slice->sps);
  parser->chroma_apart = chroma_type == 1 || chroma_type == 2;
  parser->components = chroma_type == 3 ? 3 : 1;
  parser->qp_changed = parser->broken = FALSE;
  g_array_set_size (parser->pcm, 0);
  lens_h264_bits_take (&parser->bits, octets, length, lens_rbsp_offset (&slice->data),
                       slice->data.bit);
  return TRUE;
}

/* Whether the macroblock at hand, not skipped, says whether its pair is of fields. */
static gboolean
says_field (const LensH264Parser *parser, gboolean first_skipped)
{
  return parser->place.mbaff && ((parser->place.mb & 1) == 0 || first_skipped);
}

/* Enters the macroblock at hand before it is known whether it says of itself to be a field one:
 * the second of a pair is what the first is. */
static void
enter (LensH264Parser *parser)
{
  LensH264Place *place = &parser->place;
  gboolean field = place->field;

  if (place->mbaff && (place->mb & 1) == 0)
    field = lens_h264_place_inferred_field (place);
  lens_h264_place_enter (place, field);
}

static void
take_field (LensH264Parser *parser, gboolean field)
{
  if (field == parser->place.field)
    return;
  lens_h264_place_set_pair_field (&parser->place, field);
  lens_h264_place_enter (&parser->place, field);
}

static void
skip (LensH264Parser *parser)
{
  parser->place.current->skip = TRUE;
  parser->qp_changed = FALSE;
}

/* slice_data() by CAVLC, up to address @end; TRUE: the stop bit is next. */
static gboolean
walk_cavlc (LensH264Parser *parser, guint32 end)
{
  LensH264Place *place = &parser->place;
  LensH264Bits *bits = &parser->bits;
  gboolean inter = parser->slice->slice_type != LENS_H264_I;

  while (place->mb < end && lens_h264_bits_more (bits) && !parser->broken)
    {
      guint32 run = inter ? lens_h264_bits_ue (bits) : 0;
      if (run > end - place->mb)
        return FALSE;
      for (guint32 i = 0; i < run; i++)
        {
          enter (parser);
          skip (parser);
          lens_h264_place_next (place);
        }
      if (place->mb == end || (run > 0 && !lens_h264_bits_more (bits)))
        break;
      enter (parser);
      if (says_field (parser, run > 0))
        take_field (parser, lens_h264_bits_u (bits, 1) != 0);
      lens_h264_macroblock (parser);
      lens_h264_place_next (place);
    }
  return !parser->broken && !lens_h264_bits_over (bits);
}

static gboolean
read_field (LensH264Parser *parser)
{
  guint context = 70 + lens_h264_place_field_context (&parser->place);

  return lens_h264_cabac_decision (&parser->cabac, context) != 0;
}

/* slice_data() by CABAC; TRUE: it ended, with the stop bit as the last one read (9.3.1.2). */
static gboolean
walk_cabac (LensH264Parser *parser, guint32 end)
{
  LensH264Place *place = &parser->place;
  LensH264Cabac *cabac = &parser->cabac;
  const LensH264Slice *slice = parser->slice;
  gboolean inter = slice->slice_type != LENS_H264_I, skipped = FALSE;
  gsize limit = 8 * parser->bits.length + 16;

  lens_h264_cabac_init_contexts (cabac, inter ? 1 + slice->cabac_init_idc : 0, slice->slice_qp);
  lens_h264_cabac_start (cabac, parser->bits.octets->data, parser->bits.length,
                         (parser->bits.position + 7) / 8);
  while (place->mb < end && !parser->broken && lens_h264_cabac_position (cabac) <= limit)
    {
      gboolean first_skipped = skipped;
      enter (parser);
      skipped = inter && lens_h264_cabac_skip (parser);
      if (skipped)
        skip (parser);
      else
        {
          if (says_field (parser, first_skipped))
            take_field (parser, read_field (parser));
          lens_h264_macroblock (parser);
        }
      gboolean pair_open = place->mbaff && (place->mb & 1) == 0;
      lens_h264_place_next (place);
      if (!pair_open && lens_h264_cabac_terminate (cabac))
        return !parser->broken;
    }
  return FALSE;
}

/* cabac_zero_words: 0x0000 each, 0x000003 in the NAL unit. */
static void
find_rest (LensH264Walk *walk, gboolean cabac_mode, const guint8 *octets, gsize length)
{
  gsize at = walk->end;

  while (cabac_mode && length - at >= 3 && memcmp (octets + at, "\0\0\3", 3) == 0)
    {
      at += 3;
      walk->n_zero_words++;
    }
  walk->rest = at;
}

/* rbsp_trailing_bits() at bit @stop of the RBSP; FALSE where it is not. */
static gboolean
finish (const LensH264Parser *parser, gsize stop, LensH264Walk *walk)
{
  const LensH264Bits *bits = &parser->bits;
  gsize index = stop / 8;

  if (index >= bits->length)
    return FALSE;
  walk->stop_bit = (guint)(stop % 8);
  guint8 left = (guint8)(bits->octets->data[index] << walk->stop_bit);
  if ((left & 0x80) == 0)
    return FALSE;
  walk->alignment = (left & 0x7f) >> walk->stop_bit;
  walk->stop = lens_h264_bits_nal_offset (bits, index);
  walk->end = walk->stop + 1;
  return TRUE;
}

void
lens_h264_walker_walk (LensH264Walker *walker, const LensH264Slice *slice, const guint8 *octets,
                       gsize length, guint32 end_mb, LensH264Walk *walk)
{
  LensH264Parser *parser = &walker->parser;

  *walk = (LensH264Walk){ .status = LENS_H264_WALK_UNSUPPORTED };
  if (!begin (parser, slice, octets, length))
    return;
  guint scale = slice->mbaff ? 2 : 1;
  guint32 picture = lens_h264_slice_picture_size (slice);
  guint32 end = end_mb > slice->first_mb && end_mb < picture / scale ? end_mb * scale : picture;
  parser->cabac.engine.bins = 0;
  gboolean whole = parser->cabac_mode ? walk_cabac (parser, picture) : walk_cavlc (parser, end);
  gsize stop
      = parser->cabac_mode ? lens_h264_cabac_position (&parser->cabac) - 1 : parser->bits.position;
  walk->n_macroblocks = parser->place.mb - parser->place.first;
  walk->next_mb = parser->place.mb / scale;
  walk->pcm = (const LensRange *)(gconstpointer)parser->pcm->data;
  walk->n_pcm = parser->pcm->len;
  walk->bins = parser->cabac_mode ? parser->cabac.engine.bins : 0;
  whole = whole && finish (parser, stop, walk);
  walk->status = whole ? LENS_H264_WALK_WHOLE : LENS_H264_WALK_BROKEN;
  if (whole)
    find_rest (walk, parser->cabac_mode, octets, length);
  lens_h264_bits_let_go (&parser->bits);
}
