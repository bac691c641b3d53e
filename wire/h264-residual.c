#include "wire/h264-macroblock.h"

/* ctxBlockCat (Table 9-42) of luma and chroma; those of Cb and Cr in 4:4:4 go on from 6 on. */
enum
{
  CAT_LUMA_DC,
  CAT_LUMA_AC,
  CAT_LUMA,
  CAT_CHROMA_DC,
  CAT_CHROMA_AC,
  CAT_LUMA_8X8,
  N_CATS = 14,
};

/* The kinds of blocks that are read as luma is, by component. */
enum
{
  DC,
  AC,
  WHOLE,
  WHOLE_8X8,
};
static const guint8 categories[3][4] = {
  { CAT_LUMA_DC, CAT_LUMA_AC, CAT_LUMA, CAT_LUMA_8X8 },
  { 6, 7, 8, 9 },
  { 10, 11, 12, 13 },
};

/* ctxIdxOffset and ctxBlockCatOffset (Tables 9-34 and 9-40), by category; of the flags for frame
 * and field macroblocks. */
static const guint16 coded_base[N_CATS]
    = { 85, 89, 93, 97, 101, 1012, 460, 464, 468, 1016, 472, 476, 480, 1020 };
static const guint16 significant_base[2][N_CATS] = {
  { 105, 120, 134, 149, 152, 402, 484, 499, 513, 660, 528, 543, 557, 718 },
  { 277, 292, 306, 321, 324, 436, 776, 791, 805, 675, 820, 835, 849, 733 },
};
static const guint16 last_base[2][N_CATS] = {
  { 166, 181, 195, 210, 213, 417, 572, 587, 601, 690, 616, 631, 645, 748 },
  { 338, 353, 367, 382, 385, 451, 864, 879, 893, 699, 908, 923, 937, 757 },
};
static const guint16 level_base[N_CATS]
    = { 227, 237, 247, 257, 266, 426, 952, 962, 972, 708, 982, 992, 1002, 766 };

/* ctxIdxInc of significant_coeff_flag in 8x8 blocks (Table 9-43), frame and field, and of
 * last_significant_coeff_flag. */
static const guint8 significant_8x8[2][63] = {
  { 0,  1,  2, 3, 4, 5,  5,  4,  4,  3, 3, 4,  4,  4,  5,  5,  4,  4,  4,  4,  3,
    3,  6,  7, 7, 7, 8,  9,  10, 9,  8, 7, 7,  6,  11, 12, 13, 11, 6,  7,  8,  9,
    14, 10, 9, 8, 6, 11, 12, 13, 11, 6, 9, 14, 10, 9,  11, 12, 13, 11, 14, 10, 12 },
  { 0,  1,  1,  2,  2,  3,  3,  4,  5,  6,  7,  7,  7, 8,  4,  5,  6,  9,  10, 10, 8,
    11, 12, 11, 9,  9,  10, 10, 8,  11, 12, 11, 9,  9, 10, 10, 8,  11, 12, 11, 9,  9,
    10, 10, 8,  13, 13, 9,  9,  10, 10, 8,  13, 13, 9, 9,  10, 10, 14, 14, 14, 14, 14 },
};
static const guint8 last_8x8[63] = {
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8,
};

/* The same of other blocks, and of chroma DC blocks by NumC8x8. */
static const guint8 in_order[15] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
static const guint8 chroma_dc[2][7] = { { 0, 1, 2 }, { 0, 0, 1, 1, 2, 2, 2 } };

/* Where a block is: of component Y, Cb or Cr; DC blocks have no column and row. */
typedef struct
{
  guint component;
  guint x, y;
} Block;

static guint
columns_of (const LensH264Place *place, Block block)
{
  return block.component == 0 ? 4 : place->chroma_columns;
}

/* The macroblock that has the block to the left (above), and the block's number there; NULL: not
 * available. */
static const LensH264Mb *
block_left (const LensH264Place *place, Block block, guint *number)
{
  guint columns = columns_of (place, block);

  if (block.x > 0)
    {
      *number = columns * block.y + block.x - 1;
      return place->current;
    }
  const LensH264Left *left
      = block.component == 0 ? &place->left[block.y] : &place->chroma_left[block.y];
  *number = columns * left->row + columns - 1;
  return left->mb;
}

static const LensH264Mb *
block_above (const LensH264Place *place, Block block, guint *number)
{
  guint columns = columns_of (place, block), rows = block.component == 0 ? 4 : place->chroma_rows;

  *number = columns * (block.y > 0 ? block.y - 1 : rows - 1) + block.x;
  return block.y > 0 ? place->current : place->top;
}

/* --- CAVLC --- */

/* nC (9.2.1) */
static gint
expected_total (const LensH264Place *place, Block block)
{
  guint left_number, top_number;
  const LensH264Mb *left = block_left (place, block, &left_number);
  const LensH264Mb *top = block_above (place, block, &top_number);
  gint a = left != NULL ? left->total[block.component][left_number] : 0;
  gint b = top != NULL ? top->total[block.component][top_number] : 0;

  return left != NULL && top != NULL ? (a + b + 1) >> 1 : a + b;
}

static guint
read_cavlc (LensH264Parser *parser, gint nc, guint most)
{
  gint total = parser->broken ? 0 : lens_h264_cavlc_block (&parser->cavlc, &parser->bits, nc, most);

  parser->broken |= total < 0;
  return (guint)MAX (total, 0);
}

/* --- CABAC --- */

/* ctxIdxInc of coded_block_flag (9.3.3.1.1.9): @a and @b are the flags beside the block. */
static guint
coded_context (const LensH264Parser *parser, const LensH264Mb *left, guint a, const LensH264Mb *top,
               guint b)
{
  guint unknown = parser->place.current->intra;

  return (left != NULL ? a : unknown) + 2 * (top != NULL ? b : unknown);
}

static guint
block_context (const LensH264Parser *parser, Block block)
{
  guint left_number, top_number, component = block.component;
  const LensH264Mb *left = block_left (&parser->place, block, &left_number);
  const LensH264Mb *top = block_above (&parser->place, block, &top_number);

  return coded_context (parser, left, left != NULL ? left->coded[component] >> left_number & 1 : 0,
                        top, top != NULL ? top->coded[component] >> top_number & 1 : 0);
}

static guint
dc_context (const LensH264Parser *parser, guint component)
{
  const LensH264Mb *left = lens_h264_place_left (&parser->place), *top = parser->place.top;

  return coded_context (parser, left, left != NULL ? left->coded_dc >> component & 1 : 0, top,
                        top != NULL ? top->coded_dc >> component & 1 : 0);
}

/* significant_coeff_flag and last_significant_coeff_flag: how many coefficients there are. */
static inline guint
read_significance (LensH264Parser *parser, LensH264Engine *engine, guint category, guint most)
{
  gboolean field = parser->place.field;
  guint8 *significant = parser->cabac.state + significant_base[field][category];
  guint8 *last = parser->cabac.state + last_base[field][category];
  const guint8 *significant_inc = in_order, *last_inc = in_order;
  guint count = 0;

  if (category == CAT_CHROMA_DC)
    significant_inc = last_inc = chroma_dc[parser->place.chroma_rows == 4];
  else if (most == 64)
    {
      significant_inc = significant_8x8[field];
      last_inc = last_8x8;
    }
  for (guint i = 0; i + 1 < most; i++)
    {
      if (!lens_h264_engine_decision (engine, significant + significant_inc[i]))
        continue;
      count++;
      if (lens_h264_engine_decision (engine, last + last_inc[i]))
        return count;
    }
  return count + 1;
}

/* The suffix of coeff_abs_level_minus1: Exp-Golomb of order 0 (9.3.2.3). */
static inline gboolean
read_suffix (LensH264Engine *engine)
{
  guint order = 0;

  while (lens_h264_engine_bypass (engine))
    if (++order > 24)
      return FALSE;
  while (order-- > 0)
    lens_h264_engine_bypass (engine);
  return TRUE;
}

/* FALSE where they are none. */
static inline gboolean
read_levels (LensH264Parser *parser, LensH264Engine *engine, guint category, guint count)
{
  guint8 *base = parser->cabac.state + level_base[category];
  guint most_large = category == CAT_CHROMA_DC ? 3 : 4;
  guint ones = 0, large = 0;

  for (; count > 0; count--)
    {
      if (lens_h264_engine_decision (engine, base + (large > 0 ? 0 : MIN (4, 1 + ones))))
        {
          guint8 *more = base + 5 + MIN (most_large, large);
          guint prefix = 1;
          while (prefix < 14 && lens_h264_engine_decision (engine, more))
            prefix++;
          if (prefix == 14 && !read_suffix (engine))
            return FALSE;
          large++;
        }
      else
        ones++;
      lens_h264_engine_bypass (engine); /* coeff_sign_flag */
    }
  return TRUE;
}

/* residual_block_cabac() behind coded_block_flag */
static void
read_coefficients (LensH264Parser *parser, guint category, guint most)
{
  LensH264Engine engine = parser->cabac.engine;
  guint count = read_significance (parser, &engine, category, most);

  parser->broken |= !read_levels (parser, &engine, category, count);
  parser->cabac.engine = engine;
}

/* With coded_block_flag, which is returned. */
static guint
read_cabac (LensH264Parser *parser, guint category, guint context, guint most)
{
  if (parser->broken || !lens_h264_cabac_decision (&parser->cabac, coded_base[category] + context))
    return 0;
  read_coefficients (parser, category, most);
  return 1;
}

/* --- both --- */

static void
read_block (LensH264Parser *parser, guint category, Block block, guint most)
{
  const LensH264Place *place = &parser->place;
  LensH264Mb *mb = parser->place.current;
  guint number = columns_of (place, block) * block.y + block.x;

  if (parser->cabac_mode)
    mb->coded[block.component]
        |= (guint16)(read_cabac (parser, category, block_context (parser, block), most) << number);
  else
    mb->total[block.component][number]
        = (guint8)read_cavlc (parser, expected_total (place, block), most);
}

/* Whether a flag of 8x8 blocks is that of the block beside; blocks of 4x4 have none. */
static guint
flag_8x8 (const LensH264Mb *mb, guint component, guint number)
{
  return mb != NULL && (mb->transform_8x8 || mb->pcm) ? mb->coded[component] >> number & 1 : 0;
}

/* An 8x8 block by CABAC; coded_block_flag is sent in 4:4:4 only. */
static void
read_8x8 (LensH264Parser *parser, Block block)
{
  LensH264Mb *mb = parser->place.current;
  guint category = categories[block.component][WHOLE_8X8], coded = 1;

  if (parser->components == 3)
    {
      guint left_number, top_number;
      const LensH264Mb *left = block_left (&parser->place, block, &left_number);
      const LensH264Mb *top = block_above (&parser->place, block, &top_number);
      coded
          = read_cabac (parser, category,
                        coded_context (parser, left, flag_8x8 (left, block.component, left_number),
                                       top, flag_8x8 (top, block.component, top_number)),
                        64);
    }
  else
    read_coefficients (parser, category, 64);
  if (coded)
    mb->coded[block.component] |= (guint16)(0x33 << (4 * block.y + block.x));
}

/* residual_luma() (7.3.5.3.2), also of Cb and Cr in 4:4:4; blocks of a quarter are numbered within
 * it first (6.4.3). */
static void
read_luma (LensH264Parser *parser, guint component)
{
  const guint8 *category = categories[component];
  LensH264Mb *mb = parser->place.current;

  if (mb->intra_16x16 && parser->cabac_mode)
    mb->coded_dc |= (guint8)(read_cabac (parser, category[DC], dc_context (parser, component), 16)
                             << component);
  else if (mb->intra_16x16)
    read_cavlc (parser, expected_total (&parser->place, (Block){ component, 0, 0 }), 16);
  for (guint quarter = 0; quarter < 4; quarter++)
    {
      guint x = quarter % 2 * 2, y = quarter / 2 * 2;
      if ((mb->pattern >> quarter & 1) == 0)
        continue;
      if (mb->transform_8x8 && parser->cabac_mode)
        {
          read_8x8 (parser, (Block){ component, x, y });
          continue;
        }
      for (guint i = 0; i < 4; i++)
        {
          Block block = { component, x + i % 2, y + i / 2 };
          if (mb->intra_16x16)
            read_block (parser, category[AC], block, 15);
          else
            read_block (parser, category[WHOLE], block, 16);
        }
    }
}

static void
read_chroma (LensH264Parser *parser)
{
  LensH264Mb *mb = parser->place.current;
  guint rows = parser->place.chroma_rows, pattern = mb->pattern >> 4;

  for (guint component = 1; pattern != 0 && component < 3; component++)
    {
      if (parser->cabac_mode)
        mb->coded_dc
            |= (guint8)(read_cabac (parser, CAT_CHROMA_DC, dc_context (parser, component), 2 * rows)
                        << component);
      else
        read_cavlc (parser, rows == 2 ? LENS_H264_NC_DC : LENS_H264_NC_DC_422, 2 * rows);
    }
  for (guint component = 1; pattern == 2 && component < 3; component++)
    for (guint i = 0; i < 2 * rows; i++)
      read_block (parser, CAT_CHROMA_AC, (Block){ component, i % 2, i / 2 }, 15);
}

void
lens_h264_residual (LensH264Parser *parser)
{
  for (guint component = 0; component < parser->components; component++)
    read_luma (parser, component);
  if (parser->chroma_apart)
    read_chroma (parser);
}
