#include "wire/h265-coding.h"

typedef struct
{
  LensH265Parser *parser;
  guint log2_size, component;
  guint scan;           /* scanIdx: 0 diagonal, 1 horizontal, 2 vertical */
  guint last_x, last_y; /* LastSignificantCoeff */
  guint8 coded[8];      /* coded_sub_block_flag: a bit for each x, by y */
  guint greater_1;      /* greater1Ctx */
  gboolean first;       /* no sub-block has had levels yet */
  gboolean hides;       /* sign data may be hidden */
} Block;

/* 7.4.9.11 */
static guint
scan_of (const LensH265Parser *parser, const LensH265Cu *cu, guint log2_size, guint component,
         guint mode)
{
  if (!cu->intra
      || !(log2_size == 2 || (log2_size == 3 && (component == 0 || parser->chroma_type == 3))))
    return 0;
  if (mode >= 6 && mode <= 14)
    return 2;
  return mode >= 22 && mode <= 30 ? 1 : 0;
}

/* Position @i of the scan @scan of a block of 1 << @log2_size: x, and 16 * y (6.5.3 to 6.5.5). */
static inline guint
position_in (const LensH265Parser *parser, guint scan, guint log2_size, guint i)
{
  guint low = i & ((1u << log2_size) - 1), high = i >> log2_size;

  if (scan == 0)
    return parser->diagonal[log2_size][i];
  return scan == 1 ? low | high << 4 : high | low << 4;
}

static inline guint
position (const Block *block, guint log2_size, guint i)
{
  return position_in (block->parser, block->scan, log2_size, i);
}

/* 9.3.4.2.5.  @around: 1 the sub-block to the right is coded, 2 the one below. */
static guint8
sub_context (guint x, guint y, guint around)
{
  guint by = around == 1 ? y : x;

  if (around == 0)
    return x + y == 0 ? 2 : x + y < 3 ? 1 : 0;
  return around == 3 || by == 0 ? 2 : by == 1 ? 1 : 0;
}

void
lens_h265_find_contexts (LensH265Parser *parser)
{
  static const guint8 small[16] = { 0, 1, 4, 5, 2, 3, 4, 5, 6, 6, 8, 8, 7, 7, 8, 8 };

  for (guint scan = 0; scan < 3; scan++)
    for (guint i = 0; i < 16; i++)
      {
        guint at = position_in (parser, scan, 2, i), x = at & 15, y = at >> 4;
        parser->small_context[scan][i] = small[4 * y + x];
        for (guint around = 0; around < 4; around++)
          parser->sub_context[scan][around][i] = sub_context (x, y, around);
      }
}

static guint
read_prefix (const Block *block, guint context)
{
  guint log2_size = block->log2_size, prefix = 0;
  guint offset = block->component > 0 ? 15 : 3 * (log2_size - 2) + ((log2_size - 1) >> 2);
  guint shift = block->component > 0 ? log2_size - 2 : (log2_size + 1) >> 2;

  while (prefix < 2 * log2_size - 1
         && lens_h265_decision (block->parser, context + offset + (prefix >> shift)))
    prefix++;
  return prefix;
}

static guint
read_suffix (const Block *block, guint prefix)
{
  if (prefix < 4)
    return prefix;
  guint bits = (prefix >> 1) - 1;
  return ((2 + (prefix & 1)) << bits) + lens_h265_bypass (block->parser, bits);
}

static void
read_last (Block *block)
{
  guint x = read_prefix (block, LENS_H265_CTX_LAST_X);
  guint y = read_prefix (block, LENS_H265_CTX_LAST_Y);

  x = read_suffix (block, x);
  y = read_suffix (block, y);
  block->last_x = block->scan == 2 ? y : x;
  block->last_y = block->scan == 2 ? x : y;
}

/* The place of (@x, @y) in the scan of a block of 1 << @log2_size. */
static guint
place_of (const Block *block, guint log2_size, guint x, guint y)
{
  guint i = 0;

  while (i + 1 < 1u << (2 * log2_size) && position (block, log2_size, i) != (x | y << 4))
    i++;
  return i;
}

/* What sigCtx has for all of a sub-block. */
static guint
context_base (const Block *block, guint sub)
{
  guint base = LENS_H265_CTX_SIGNIFICANT + (block->component > 0 ? 27 : 0);

  if (block->log2_size == 2)
    return base;
  if (block->component > 0)
    return base + (block->log2_size == 3 ? 9 : 12);
  return base + (sub != 0 ? 3 : 0) + (block->log2_size != 3 ? 21 : block->scan == 0 ? 9 : 15);
}

/* Which coefficients of sub-block @sub are not 0, a bit for each place of the scan below @end.
 * @inferred: the first one need not be said where no other is. */
static guint32
read_significant (Block *block, guint sub, guint end, guint around, gboolean inferred)
{
  LensH265Parser *parser = block->parser;
  LensH264Engine engine = parser->cabac.engine;
  guint8 *state = parser->cabac.state + context_base (block, sub);
  const guint8 *contexts = block->log2_size == 2 ? parser->small_context[block->scan]
                                                 : parser->sub_context[block->scan][around];
  guint32 significant = 0;

  for (guint n = end; n-- > 1;)
    significant |= lens_h264_engine_decision (&engine, state + contexts[n]) << n;
  if (end > 0 && inferred && significant == 0)
    significant = 1;
  else if (end > 0)
    {
      /* The first coefficient of a block has a context of its own. */
      guint8 *first = sub == 0 ? parser->cabac.state + LENS_H265_CTX_SIGNIFICANT
                                     + (block->component > 0 ? 27 : 0)
                               : state + contexts[0];
      significant |= lens_h264_engine_decision (&engine, first);
    }
  parser->cabac.engine = engine;
  return significant;
}

/* 9.3.3.11 */
static inline guint32
read_remaining (LensH264Engine *engine, guint rice, gboolean *broken)
{
  guint prefix = 0;

  while (prefix < 32 && lens_h264_engine_bypass (engine) != 0)
    prefix++;
  *broken |= prefix >= 32;
  if (prefix <= 3)
    return (prefix << rice) + lens_h264_engine_bypasses (engine, rice);
  guint bits = MIN (prefix - 3 + rice, 32);
  return (((1u << MIN (prefix - 3, 28)) + 2) << rice) + lens_h264_engine_bypasses (engine, bits);
}

/* Levels and signs of the @significant coefficients of sub-block number @index. */
static void
read_levels (Block *block, guint index, guint32 significant)
{
  LensH265Parser *parser = block->parser;
  LensH264Engine engine = parser->cabac.engine;
  guint8 *state = parser->cabac.state;
  guint count = (guint)__builtin_popcount (significant), level[16], rice = 0;
  guint set = index == 0 || block->component > 0 ? 0 : 2;
  guint chroma = block->component > 0 ? 1 : 0, greater = count;

  set += !block->first && block->greater_1 == 0 ? 1 : 0;
  block->first = FALSE;
  block->greater_1 = 1;
  for (guint k = 0; k < count; k++)
    {
      level[k] = 1;
      if (k >= 8)
        continue;
      guint context = LENS_H265_CTX_GREATER_1 + 16 * chroma + 4 * set + block->greater_1;
      if (lens_h264_engine_decision (&engine, state + context))
        {
          level[k] = 2;
          greater = MIN (greater, k);
          block->greater_1 = 0;
        }
      else if (block->greater_1 > 0 && block->greater_1 < 3)
        block->greater_1++;
    }
  if (greater < count
      && lens_h264_engine_decision (&engine, state + LENS_H265_CTX_GREATER_2 + 4 * chroma + set))
    level[greater]++;
  guint highest = 31 - (guint)__builtin_clz (significant);
  gboolean hidden = block->hides && highest - (guint)__builtin_ctz (significant) > 3;
  lens_h264_engine_bypasses (&engine, count - (hidden ? 1 : 0));
  for (guint k = 0; k < count; k++)
    {
      if (level[k] != (k >= 8 ? 1u : k == greater ? 3u : 2u))
        continue;
      guint64 whole = (guint64)level[k] + read_remaining (&engine, rice, &parser->broken);
      if (whole > 3u << rice)
        rice = MIN (rice + 1, 4);
    }
  parser->cabac.engine = engine;
}

static void
read_sub_block (Block *block, guint index, guint last_index, guint end)
{
  guint log2_subs = block->log2_size - 2;
  guint sub = position (block, log2_subs, index), x = sub & 15, y = sub >> 4;
  guint right = x + 1 < 1u << log2_subs ? block->coded[y] >> (x + 1) & 1 : 0;
  guint below = y + 1 < 1u << log2_subs ? block->coded[y + 1] >> x & 1 : 0;
  gboolean said = index < last_index && index > 0, coded = TRUE;
  guint32 significant = 0;

  if (said)
    coded = lens_h265_decision (
        block->parser, LENS_H265_CTX_SUB_BLOCK + (block->component > 0 ? 2 : 0) + (right | below));
  if (!coded)
    return;
  block->coded[y] |= (guint8)(1u << x);
  if (index == last_index)
    significant = 1u << end;
  significant |= read_significant (block, sub, end, right | below << 1, said);
  if (significant != 0)
    read_levels (block, index, significant);
}

void
lens_h265_residual (LensH265Parser *parser, const LensH265Cu *cu, guint log2_size, guint component,
                    guint mode)
{
  const LensH265Pps *pps = parser->pps;
  Block block = { .parser = parser,
                  .log2_size = log2_size,
                  .component = component,
                  .scan = scan_of (parser, cu, log2_size, component, mode),
                  .first = TRUE,
                  .hides = pps->sign_data_hiding && !cu->bypass };

  if (pps->transform_skip && !cu->bypass && log2_size <= pps->log2_max_transform_skip)
    lens_h265_decision (parser, LENS_H265_CTX_SKIP_TRANSFORM + (component > 0 ? 1 : 0));
  read_last (&block);
  guint last = place_of (&block, log2_size - 2, block.last_x >> 2, block.last_y >> 2);
  guint end = place_of (&block, 2, block.last_x & 3, block.last_y & 3);
  for (guint i = last + 1; i-- > 0 && !parser->broken; end = 16)
    read_sub_block (&block, i, last, end);
}
