#include "wire/h264-macroblock.h"

/* ctxIdxOffset (Table 9-34) */
enum
{
  MB_TYPE_I = 3,
  SKIP_P = 11,
  MB_TYPE_P = 14,
  MB_TYPE_P_INTRA = 17,
  SUB_TYPE_P = 21,
  SKIP_B = 24,
  MB_TYPE_B = 27,
  MB_TYPE_B_INTRA = 32,
  SUB_TYPE_B = 36,
  MVD_X = 40,
  MVD_Y = 47,
  REF_IDX = 54,
  QP_DELTA = 60,
  CHROMA_MODE = 64,
  INTRA_FLAG = 68,
  INTRA_MODE = 69,
  PATTERN_LUMA = 73,
  PATTERN_CHROMA = 77,
  TRANSFORM_8X8 = 399,
};

static guint
decide (LensH264Parser *parser, guint context)
{
  return lens_h264_cabac_decision (&parser->cabac, context);
}

/* The increment that two macroblocks beside the one at hand give. */
#define BESIDE(parser, what)                                                                       \
  (is_##what (lens_h264_place_left (&(parser)->place)) + is_##what ((parser)->place.top))

static guint
is_coded (const LensH264Mb *mb)
{
  return mb != NULL && !mb->skip;
}

static guint
is_not_nxn (const LensH264Mb *mb)
{
  return mb != NULL && !mb->intra_nxn;
}

static guint
is_not_direct (const LensH264Mb *mb)
{
  return mb != NULL && !mb->skip && !mb->direct;
}

static guint
is_chroma_predicted (const LensH264Mb *mb)
{
  return mb != NULL && mb->chroma_mode != 0;
}

static guint
is_8x8 (const LensH264Mb *mb)
{
  return mb != NULL && mb->transform_8x8;
}

static guint
has_chroma (const LensH264Mb *mb)
{
  return mb != NULL && mb->pattern >> 4 != 0;
}

static guint
has_chroma_ac (const LensH264Mb *mb)
{
  return mb != NULL && mb->pattern >> 4 == 2;
}

gboolean
lens_h264_cabac_skip (LensH264Parser *parser)
{
  guint offset = parser->slice->slice_type == LENS_H264_B ? SKIP_B : SKIP_P;

  return decide (parser, offset + BESIDE (parser, coded)) != 0;
}

/* The bins of an I macroblock behind the first (Table 9-36): contexts from @context on, which in
 * I slices are not shared. */
static guint
read_intra_type (LensH264Parser *parser, guint context, gboolean i_slice)
{
  if (lens_h264_cabac_terminate (&parser->cabac))
    return LENS_H264_I_PCM;
  guint type = 1 + 12 * decide (parser, context);
  if (decide (parser, context + 1))
    type += 4 + 4 * decide (parser, context + 1 + i_slice);
  type += 2 * decide (parser, context + 2 + i_slice);
  return type + decide (parser, context + 2 + 2 * i_slice);
}

static guint
read_p_type (LensH264Parser *parser)
{
  if (!decide (parser, MB_TYPE_P))
    {
      if (!decide (parser, MB_TYPE_P + 1))
        return decide (parser, MB_TYPE_P + 2) ? LENS_H264_P_8X8 : 0;
      return 2 - decide (parser, MB_TYPE_P + 3);
    }
  if (!decide (parser, MB_TYPE_P_INTRA))
    return LENS_H264_P_INTRA;
  return LENS_H264_P_INTRA + read_intra_type (parser, MB_TYPE_P_INTRA + 1, FALSE);
}

/* Table 9-37 (b) */
static guint
read_b_type (LensH264Parser *parser)
{
  if (!decide (parser, MB_TYPE_B + BESIDE (parser, not_direct)))
    return LENS_H264_B_DIRECT;
  if (!decide (parser, MB_TYPE_B + 3))
    return 1 + decide (parser, MB_TYPE_B + 5);
  guint bits = decide (parser, MB_TYPE_B + 4);
  for (guint i = 0; i < 3; i++)
    bits = bits << 1 | decide (parser, MB_TYPE_B + 5);
  if (bits < 8)
    return bits + 3;
  if (bits == 13)
    return LENS_H264_B_INTRA
           + (decide (parser, MB_TYPE_B_INTRA)
                  ? read_intra_type (parser, MB_TYPE_B_INTRA + 1, FALSE)
                  : 0);
  if (bits == 14)
    return 11;
  if (bits == 15)
    return LENS_H264_B_8X8;
  return (bits << 1 | decide (parser, MB_TYPE_B + 5)) - 4;
}

guint
lens_h264_cabac_mb_type (LensH264Parser *parser)
{
  if (parser->slice->slice_type == LENS_H264_P)
    return read_p_type (parser);
  if (parser->slice->slice_type == LENS_H264_B)
    return read_b_type (parser);
  if (!decide (parser, MB_TYPE_I + BESIDE (parser, not_nxn)))
    return LENS_H264_I_NXN;
  return read_intra_type (parser, MB_TYPE_I + 3, TRUE);
}

/* Table 9-38 */
guint
lens_h264_cabac_sub_type (LensH264Parser *parser)
{
  if (parser->slice->slice_type == LENS_H264_P)
    {
      if (decide (parser, SUB_TYPE_P))
        return 0;
      if (!decide (parser, SUB_TYPE_P + 1))
        return 1;
      return decide (parser, SUB_TYPE_P + 2) ? 2 : 3;
    }
  if (!decide (parser, SUB_TYPE_B))
    return 0;
  if (!decide (parser, SUB_TYPE_B + 1))
    return 1 + decide (parser, SUB_TYPE_B + 3);
  guint type = 3;
  if (decide (parser, SUB_TYPE_B + 2))
    {
      if (decide (parser, SUB_TYPE_B + 3))
        return 11 + decide (parser, SUB_TYPE_B + 3);
      type += 4;
    }
  type += 2 * decide (parser, SUB_TYPE_B + 3);
  return type + decide (parser, SUB_TYPE_B + 3);
}

/* The 4x4 block to the left of (above) column @x and row @y, and its macroblock. */
static const LensH264Mb *
left_of (const LensH264Place *place, guint x, guint y, guint *number)
{
  if (x > 0)
    {
      *number = 4 * y + x - 1;
      return place->current;
    }
  *number = 4 * place->left[y].row + 3;
  return place->left[y].mb;
}

static const LensH264Mb *
above_of (const LensH264Place *place, guint x, guint y, guint *number)
{
  *number = y > 0 ? 4 * (y - 1) + x : 12 + x;
  return y > 0 ? place->current : place->top;
}

/* Whether refIdx of the block is above 0, in the units of the macroblock at hand (9.3.3.1.1.6). */
static guint
is_later_ref (const LensH264Place *place, const LensH264Mb *mb, guint list, guint number)
{
  gboolean of_field = place->mbaff && !place->field && mb != NULL && mb->field;
  guint quarter = number / 8 * 2 + number % 4 / 2;

  return mb != NULL && mb->ref[list][quarter] > (of_field ? 1 : 0);
}

guint
lens_h264_cabac_ref (LensH264Parser *parser, guint list, guint x, guint y)
{
  const LensH264Place *place = &parser->place;
  guint left_number, top_number;
  const LensH264Mb *left = left_of (place, x, y, &left_number);
  const LensH264Mb *top = above_of (place, x, y, &top_number);
  guint context = is_later_ref (place, left, list, left_number)
                  + 2 * is_later_ref (place, top, list, top_number);
  guint ref = 0;

  while (decide (parser, REF_IDX + context))
    {
      context = context < 4 ? 4 : 5;
      if (++ref == 2 * LENS_H264_MAX_REFS)
        {
          parser->broken = TRUE;
          break;
        }
    }
  return ref;
}

/* absMvdComp of the block, in the units of the macroblock at hand (9.3.3.1.1.7). */
static guint
difference_of (const LensH264Place *place, const LensH264Mb *mb, guint list, guint component,
               guint number)
{
  guint difference = mb != NULL ? mb->mvd[list][number][component] : 0;

  if (mb == NULL || component == 0 || mb->field == place->field)
    return difference;
  return place->field ? difference / 2 : difference * 2;
}

/* The suffix of a difference: Exp-Golomb of order 3 (9.3.2.3). */
static guint
read_mvd_suffix (LensH264Parser *parser)
{
  guint order = 3, value = 0;

  while (lens_h264_cabac_bypass (&parser->cabac))
    {
      value += 1u << order;
      if (++order > 24)
        {
          parser->broken = TRUE;
          return 0;
        }
    }
  while (order-- > 0)
    value += lens_h264_cabac_bypass (&parser->cabac) << order;
  return value;
}

guint8
lens_h264_cabac_mvd (LensH264Parser *parser, guint list, guint component, guint x, guint y)
{
  const LensH264Place *place = &parser->place;
  guint offset = component == 0 ? MVD_X : MVD_Y;
  guint left_number, top_number;
  const LensH264Mb *left = left_of (place, x, y, &left_number);
  const LensH264Mb *top = above_of (place, x, y, &top_number);
  guint sum = difference_of (place, left, list, component, left_number)
              + difference_of (place, top, list, component, top_number);

  if (!decide (parser, offset + (sum < 3 ? 0 : sum > 32 ? 2 : 1)))
    return 0;
  guint value = 1, context = 3;
  while (value < 9 && decide (parser, offset + context))
    {
      value++;
      context = MIN (context + 1, 6);
    }
  if (value == 9)
    value += read_mvd_suffix (parser);
  lens_h264_cabac_bypass (&parser->cabac); /* sign */
  return (guint8)MIN (value, 255);
}

void
lens_h264_cabac_intra_mode (LensH264Parser *parser)
{
  if (decide (parser, INTRA_FLAG))
    return;
  for (guint i = 0; i < 3; i++)
    decide (parser, INTRA_MODE);
}

guint8
lens_h264_cabac_chroma_mode (LensH264Parser *parser)
{
  guint8 mode = 0;

  if (!decide (parser, CHROMA_MODE + BESIDE (parser, chroma_predicted)))
    return 0;
  do
    mode++;
  while (mode < 3 && decide (parser, CHROMA_MODE + 3));
  return mode;
}

/* ctxIdxInc counts quarters without coefficients (9.3.3.1.1.4). */
static guint
is_empty (const LensH264Mb *mb, guint number)
{
  guint quarter = number / 8 * 2 + number % 4 / 2;

  return mb != NULL && (mb->pattern >> quarter & 1) == 0;
}

guint8
lens_h264_cabac_pattern (LensH264Parser *parser)
{
  LensH264Mb *mb = parser->place.current;

  for (guint quarter = 0; quarter < 4; quarter++)
    {
      guint x = quarter % 2 * 2, y = quarter / 2 * 2, left_number, top_number;
      const LensH264Mb *left = left_of (&parser->place, x, y, &left_number);
      const LensH264Mb *top = above_of (&parser->place, x, y, &top_number);
      guint context = is_empty (left, left_number) + 2 * is_empty (top, top_number);
      mb->pattern |= (guint8)(decide (parser, PATTERN_LUMA + context) << quarter);
    }
  if (!parser->chroma_apart)
    return mb->pattern;
  const LensH264Mb *left = lens_h264_place_left (&parser->place), *top = parser->place.top;
  if (!decide (parser, PATTERN_CHROMA + has_chroma (left) + 2 * has_chroma (top)))
    return mb->pattern;
  guint ac = decide (parser, PATTERN_CHROMA + 4 + has_chroma_ac (left) + 2 * has_chroma_ac (top));
  return (guint8)(mb->pattern | (1 + ac) << 4);
}

gboolean
lens_h264_cabac_transform_8x8 (LensH264Parser *parser)
{
  return decide (parser, TRANSFORM_8X8 + BESIDE (parser, 8x8)) != 0;
}

void
lens_h264_cabac_qp_delta (LensH264Parser *parser)
{
  guint context = parser->qp_changed ? 1 : 0, value = 0;

  while (decide (parser, QP_DELTA + context))
    {
      context = context < 2 ? 2 : 3;
      /* At most 52 + 6 * 6 values (7.4.5). */
      if (++value > 2 * 88)
        {
          parser->broken = TRUE;
          break;
        }
    }
  parser->qp_changed = value != 0;
}
