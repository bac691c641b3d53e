#include "wire/h264-macroblock.h"

#include <string.h>

/* Table 7-14, types 1 to 21 */
static const LensH264Inter b_types[] = {
  { 0, { 1, 0 } }, { 0, { 2, 0 } }, { 0, { 3, 0 } }, { 1, { 1, 1 } }, { 2, { 1, 1 } },
  { 1, { 2, 2 } }, { 2, { 2, 2 } }, { 1, { 1, 2 } }, { 2, { 1, 2 } }, { 1, { 2, 1 } },
  { 2, { 2, 1 } }, { 1, { 1, 3 } }, { 2, { 1, 3 } }, { 1, { 2, 3 } }, { 2, { 2, 3 } },
  { 1, { 3, 1 } }, { 2, { 3, 1 } }, { 1, { 3, 2 } }, { 2, { 3, 2 } }, { 1, { 3, 3 } },
  { 2, { 3, 3 } },
};

/* Table 7-18 */
static const LensH264Inter b_sub_types[] = {
  { 0, { 0, 0 } }, { 0, { 1, 1 } }, { 0, { 2, 2 } }, { 0, { 3, 3 } }, { 1, { 1, 1 } },
  { 2, { 1, 1 } }, { 1, { 2, 2 } }, { 2, { 2, 2 } }, { 1, { 3, 3 } }, { 2, { 3, 3 } },
  { 3, { 1, 1 } }, { 3, { 2, 2 } }, { 3, { 3, 3 } },
};

/* Table 9-4: CodedBlockPattern by codeNum; with chroma (4:2:0, 4:2:2), then without; intra, then
 * inter. */
static const guint8 patterns[2][48]
    = {
        { 47, 31, 15, 0,  23, 27, 29, 30, 7,  11, 13, 14, 39, 43, 45, 46,
          16, 3,  5,  10, 12, 19, 21, 26, 28, 35, 37, 42, 44, 1,  2,  4,
          8,  17, 18, 20, 24, 6,  9,  22, 25, 32, 33, 34, 36, 40, 38, 41 },
        { 0,  16, 1,  2,  4,  8,  32, 3,  5,  10, 12, 15, 47, 7,  11, 13,
          14, 6,  9,  31, 35, 37, 42, 44, 33, 34, 36, 40, 39, 43, 45, 46,
          17, 18, 20, 24, 19, 21, 26, 28, 23, 27, 29, 30, 22, 25, 38, 41 },
      };
static const guint8 patterns_mono[2][16] = {
  { 15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9 },
  { 0, 1, 2, 4, 8, 3, 5, 10, 12, 15, 7, 11, 13, 14, 6, 9 },
};

static guint
read_mb_type (LensH264Parser *parser)
{
  return parser->cabac_mode ? lens_h264_cabac_mb_type (parser) : lens_h264_bits_ue (&parser->bits);
}

/* What the macroblocks beside one of samples take it for. */
static void
fill_pcm (LensH264Mb *mb)
{
  mb->pcm = TRUE;
  mb->pattern = 0x2f;
  mb->coded_dc = 7;
  memset (mb->coded, 0xff, sizeof mb->coded);
  memset (mb->total, 16, sizeof mb->total);
}

/* Samples as they are, on whole octets. */
static void
read_pcm (LensH264Parser *parser)
{
  LensH264Bits *bits = &parser->bits;
  gsize samples = 32 * parser->sample_bits[0]
                  + 4 * parser->place.chroma_columns * parser->place.chroma_rows
                        * parser->sample_bits[1]; /* octets */

  if (parser->cabac_mode)
    bits->position = lens_h264_cabac_position (&parser->cabac);
  gsize first = (bits->position + 7) / 8, end = first + samples;
  if (end > bits->length)
    {
      parser->broken = TRUE;
      return;
    }
  gsize from = lens_h264_bits_nal_offset (bits, first);
  LensRange range = { from, lens_h264_bits_nal_offset (bits, end - 1) + 1 - from };
  g_array_append_val (parser->pcm, range);
  bits->position = 8 * end;
  if (parser->cabac_mode)
    lens_h264_cabac_start (&parser->cabac, bits->octets->data, bits->length, end);
  fill_pcm (parser->place.current);
  parser->qp_changed = FALSE;
}

static void
read_intra_modes (LensH264Parser *parser)
{
  LensH264Mb *mb = parser->place.current;

  for (guint i = 0; mb->intra_nxn && i < (mb->transform_8x8 ? 4 : 16); i++)
    {
      if (parser->cabac_mode)
        lens_h264_cabac_intra_mode (parser);
      else if (lens_h264_bits_u (&parser->bits, 1) == 0) /* prev_intra_pred_mode_flag */
        parser->bits.position += 3;
    }
  if (!parser->chroma_apart)
    return;
  guint32 mode = parser->cabac_mode ? lens_h264_cabac_chroma_mode (parser)
                                    : lens_h264_bits_ue (&parser->bits);
  parser->broken |= mode > 3;
  mb->chroma_mode = (guint8)mode;
}

/* A part in blocks of 4x4 samples. */
typedef struct
{
  guint x, y, width, height;
} Part;

/* Part @index of a shape: one, two above or beside each other, four row by row. */
static Part
part_of (guint shape, guint index, Part whole)
{
  guint column = shape == 2 ? index : shape == 3 ? index % 2 : 0;
  guint row = shape == 1 ? index : shape == 3 ? index / 2 : 0;
  Part part = whole;

  part.width >>= shape >= 2;
  part.height >>= shape == 1 || shape == 3;
  part.x += column * part.width;
  part.y += row * part.height;
  return part;
}

static guint
parts_of (guint shape)
{
  return shape == 0 ? 1 : shape == 3 ? 4 : 2;
}

static void
read_ref (LensH264Parser *parser, guint list, Part part)
{
  gboolean of_pair = parser->place.mbaff && parser->place.field;
  guint32 count = parser->slice->num_ref_idx[list] << (of_pair ? 1 : 0);
  LensH264Mb *mb = parser->place.current;
  guint32 ref = 0;

  if (count <= 1)
    return;
  if (parser->cabac_mode)
    ref = lens_h264_cabac_ref (parser, list, part.x, part.y);
  else if (count == 2)
    ref = !lens_h264_bits_u (&parser->bits, 1); /* te(v) */
  else
    ref = lens_h264_bits_ue (&parser->bits);
  parser->broken |= ref >= count;
  for (guint y = part.y / 2; y < (part.y + part.height + 1) / 2; y++)
    for (guint x = part.x / 2; x < (part.x + part.width + 1) / 2; x++)
      mb->ref[list][2 * y + x] = (guint8)MIN (ref, 255);
}

static void
read_mvd (LensH264Parser *parser, guint list, Part part)
{
  LensH264Mb *mb = parser->place.current;

  if (!parser->cabac_mode)
    {
      lens_h264_bits_ue (&parser->bits);
      lens_h264_bits_ue (&parser->bits);
      return;
    }
  guint8 x_difference = lens_h264_cabac_mvd (parser, list, 0, part.x, part.y);
  guint8 y_difference = lens_h264_cabac_mvd (parser, list, 1, part.x, part.y);
  for (guint y = part.y; y < part.y + part.height; y++)
    for (guint x = part.x; x < part.x + part.width; x++)
      {
        mb->mvd[list][4 * y + x][0] = x_difference;
        mb->mvd[list][4 * y + x][1] = y_difference;
      }
}

/* mb_pred() of one or two parts. */
static void
read_parts (LensH264Parser *parser, LensH264Inter inter)
{
  const Part whole = { 0, 0, 4, 4 };
  guint count = parts_of (inter.shape);

  for (guint list = 0; list < 2; list++)
    for (guint i = 0; i < count; i++)
      if ((inter.lists[i] & (1u << list)) != 0)
        read_ref (parser, list, part_of (inter.shape, i, whole));
  for (guint list = 0; list < 2; list++)
    for (guint i = 0; i < count; i++)
      if ((inter.lists[i] & (1u << list)) != 0)
        read_mvd (parser, list, part_of (inter.shape, i, whole));
}

static LensH264Inter
read_sub_type (LensH264Parser *parser)
{
  gboolean b = parser->slice->slice_type == LENS_H264_B;
  guint32 type
      = parser->cabac_mode ? lens_h264_cabac_sub_type (parser) : lens_h264_bits_ue (&parser->bits);

  if (type >= (b ? G_N_ELEMENTS (b_sub_types) : 4))
    {
      parser->broken = TRUE;
      type = 0;
    }
  return b ? b_sub_types[type] : (LensH264Inter){ (guint8)type, { 1, 1 } };
}

/* sub_mb_pred().  Whether transform_size_8x8_flag may follow. */
static gboolean
read_quarters (LensH264Parser *parser, gboolean refs)
{
  const Part whole = { 0, 0, 4, 4 };
  LensH264Inter sub[4];
  gboolean large = TRUE;

  for (guint i = 0; i < 4; i++)
    {
      sub[i] = read_sub_type (parser);
      large = large && (sub[i].lists[0] == 0 ? parser->direct_8x8_inference : sub[i].shape == 0);
    }
  for (guint list = 0; refs && list < 2; list++)
    for (guint i = 0; i < 4; i++)
      if ((sub[i].lists[0] & (1u << list)) != 0)
        read_ref (parser, list, part_of (3, i, whole));
  for (guint list = 0; list < 2; list++)
    for (guint i = 0; i < 4; i++)
      for (guint j = 0; j < parts_of (sub[i].shape); j++)
        if ((sub[i].lists[0] & (1u << list)) != 0)
          read_mvd (parser, list, part_of (sub[i].shape, j, part_of (3, i, whole)));
  return large;
}

/* The type of an I macroblock; 0 to 25. */
static void
take_intra_type (LensH264Parser *parser, guint type)
{
  LensH264Mb *mb = parser->place.current;

  mb->intra = TRUE;
  mb->intra_nxn = type == LENS_H264_I_NXN;
  mb->intra_16x16 = type != LENS_H264_I_NXN && type != LENS_H264_I_PCM;
  if (mb->intra_16x16)
    mb->pattern = (guint8)((type >= 13 ? 15 : 0) | (((type - 1) / 4) % 3) << 4);
}

static gboolean
read_transform_8x8 (LensH264Parser *parser)
{
  return parser->cabac_mode ? lens_h264_cabac_transform_8x8 (parser)
                            : lens_h264_bits_u (&parser->bits, 1) != 0;
}

static guint8
read_pattern (LensH264Parser *parser)
{
  gboolean inter = !parser->place.current->intra;

  if (parser->cabac_mode)
    return lens_h264_cabac_pattern (parser);
  guint32 code = lens_h264_bits_ue (&parser->bits);
  if (code >= (parser->chroma_apart ? 48 : 16))
    {
      parser->broken = TRUE;
      return 0;
    }
  return parser->chroma_apart ? patterns[inter][code] : patterns_mono[inter][code];
}

/* From coded_block_pattern on.  @large: the predictions have no parts below 8x8. */
static void
read_rest (LensH264Parser *parser, gboolean large)
{
  LensH264Mb *mb = parser->place.current;

  if (!mb->intra_16x16)
    {
      mb->pattern = read_pattern (parser);
      if ((mb->pattern & 15) != 0 && parser->transform_8x8_mode && !mb->intra && large)
        mb->transform_8x8 = read_transform_8x8 (parser);
    }
  if (mb->pattern == 0 && !mb->intra_16x16)
    {
      parser->qp_changed = FALSE;
      return;
    }
  if (parser->cabac_mode)
    lens_h264_cabac_qp_delta (parser);
  else
    lens_h264_bits_ue (&parser->bits);
  lens_h264_residual (parser);
}

static void
read_intra (LensH264Parser *parser, guint type)
{
  LensH264Mb *mb = parser->place.current;

  if (type > LENS_H264_I_PCM)
    {
      parser->broken = TRUE;
      return;
    }
  take_intra_type (parser, type);
  if (type == LENS_H264_I_PCM)
    {
      read_pcm (parser);
      return;
    }
  if (mb->intra_nxn && parser->transform_8x8_mode)
    mb->transform_8x8 = read_transform_8x8 (parser);
  read_intra_modes (parser);
  read_rest (parser, TRUE);
}

static void
read_p (LensH264Parser *parser, guint type)
{
  gboolean large = TRUE;

  if (type >= LENS_H264_P_8X8)
    large = read_quarters (parser, type != LENS_H264_P_8X8REF0);
  else
    read_parts (parser, (LensH264Inter){ (guint8)type, { 1, 1 } });
  read_rest (parser, large);
}

static void
read_b (LensH264Parser *parser, guint type)
{
  gboolean large = TRUE;

  if (type == LENS_H264_B_DIRECT)
    {
      parser->place.current->direct = TRUE;
      large = parser->direct_8x8_inference;
    }
  else if (type == LENS_H264_B_8X8)
    large = read_quarters (parser, TRUE);
  else
    read_parts (parser, b_types[type - 1]);
  read_rest (parser, large);
}

void
lens_h264_macroblock (LensH264Parser *parser)
{
  guint type = read_mb_type (parser);

  if (parser->slice->slice_type == LENS_H264_P && type < LENS_H264_P_INTRA)
    read_p (parser, type);
  else if (parser->slice->slice_type == LENS_H264_P)
    read_intra (parser, type - LENS_H264_P_INTRA);
  else if (parser->slice->slice_type == LENS_H264_B && type < LENS_H264_B_INTRA)
    read_b (parser, type);
  else if (parser->slice->slice_type == LENS_H264_B)
    read_intra (parser, type - LENS_H264_B_INTRA);
  else
    read_intra (parser, type);
}
