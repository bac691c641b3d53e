#include "wire/h265-coding.h"

#include <string.h>

enum
{
  SKIPPED = 0x80, /* in @depths */
  PLANAR = 0,
  DC = 1,
  VERTICAL = 26,
};

/* PartMode (Table 7-10) */
enum
{
  PART_2NX2N = 0,
  PART_2NXN = 1,
  PART_NX2N = 2,
  PART_NXN = 3,
  PART_2NXNU = 4,
  PART_2NXND = 5,
  PART_NLX2N = 6,
  PART_NRX2N = 7,
};

static gboolean
has_left (const LensH265Parser *parser, guint x)
{
  return (x & ((1u << parser->sps->log2_ctb) - 1)) != 0 || parser->has_left;
}

static gboolean
has_up (const LensH265Parser *parser, guint y)
{
  return (y & ((1u << parser->sps->log2_ctb) - 1)) != 0 || parser->has_up;
}

static guint8
depth_at (const LensH265Parser *parser, guint x, guint y)
{
  guint shift = parser->sps->log2_min_cb;

  return parser->depths[(gsize)(y >> shift) * parser->columns + (x >> shift)];
}

/* Fills a square of a map whose units are 1 << @shift samples. */
static void
fill (guint8 *map, guint columns, guint rows, guint shift, guint x, guint y, guint size,
      guint8 value)
{
  guint from = x >> shift, count = MAX (size >> shift, 1);

  for (guint row = y >> shift; row < MIN (rows, (y >> shift) + count); row++)
    if (from < columns)
      memset (map + (gsize)row * columns + from, value, MIN (count, columns - from));
}

static void
fill_modes (LensH265Parser *parser, guint x, guint y, guint size, guint8 mode)
{
  fill (parser->modes, parser->mode_columns, parser->mode_rows, 2, x, y, size, mode);
}

/* --- intra prediction --- */

static void
find_candidates (const LensH265Parser *parser, guint x, guint y, guint8 candidates[3])
{
  gsize at = (gsize)(y >> 2) * parser->mode_columns + (x >> 2);
  gboolean row_begins = (y & ((1u << parser->sps->log2_ctb) - 1)) == 0;
  guint8 a = has_left (parser, x) ? parser->modes[at - 1] : DC;
  guint8 b = row_begins ? DC : parser->modes[at - parser->mode_columns];

  candidates[0] = a;
  candidates[1] = b;
  if (a != b)
    candidates[2] = a != PLANAR && b != PLANAR ? PLANAR : a != DC && b != DC ? DC : VERTICAL;
  else if (a < 2)
    {
      candidates[0] = PLANAR;
      candidates[1] = DC;
      candidates[2] = VERTICAL;
    }
  else
    {
      candidates[1] = (guint8)(2 + (a + 29) % 32);
      candidates[2] = (guint8)(2 + (a - 2 + 1) % 32);
    }
}

static void
sort (guint8 *low, guint8 *high)
{
  guint8 kept = *low;

  if (kept > *high)
    {
      *low = *high;
      *high = kept;
    }
}

/* mpm_idx or rem_intra_luma_pred_mode (8.4.2) */
static guint8
read_luma_mode (LensH265Parser *parser, guint x, guint y, gboolean probable)
{
  guint8 candidates[3], mode;

  find_candidates (parser, x, y, candidates);
  if (probable)
    return candidates[lens_h265_bypass (parser, 1) == 0 ? 0 : 1 + lens_h265_bypass (parser, 1)];
  mode = (guint8)lens_h265_bypass (parser, 5);
  sort (&candidates[0], &candidates[1]);
  sort (&candidates[0], &candidates[2]);
  sort (&candidates[1], &candidates[2]);
  for (guint i = 0; i < 3; i++)
    mode += mode >= candidates[i] ? 1 : 0;
  return mode;
}

/* intra_chroma_pred_mode (8.4.3) */
static guint8
read_chroma_mode (LensH265Parser *parser, guint8 luma)
{
  static const guint8 modes[] = { PLANAR, VERTICAL, 10, DC };
  /* Table 8-3 */
  static const guint8 narrow[]
      = { 0,  1,  2,  2,  2,  2,  3,  5,  7,  8,  10, 11, 13, 15, 16, 18, 19, 20,
          21, 22, 23, 23, 24, 24, 25, 25, 26, 27, 27, 28, 28, 29, 29, 30, 31 };
  guint8 mode = luma;

  if (lens_h265_decision (parser, LENS_H265_CTX_INTRA_CHROMA))
    {
      mode = modes[lens_h265_bypass (parser, 2)];
      mode = mode == luma ? 34 : mode;
    }
  return parser->chroma_type == 2 && mode < sizeof narrow ? narrow[mode] : mode;
}

static void
read_intra (LensH265Parser *parser, LensH265Cu *cu)
{
  guint parts = cu->part_mode == PART_2NX2N ? 1 : 4, size = 1u << cu->log2_size;
  gboolean probable[4] = { FALSE };

  size = parts == 4 ? size / 2 : size;
  for (guint i = 0; i < parts; i++)
    probable[i] = lens_h265_decision (parser, LENS_H265_CTX_PREV_INTRA);
  for (guint i = 0; i < parts; i++)
    {
      guint x = cu->x + (i & 1) * size, y = cu->y + (i >> 1) * size;
      cu->luma[i] = read_luma_mode (parser, x, y, probable[i]);
      fill_modes (parser, x, y, size, cu->luma[i]);
    }
  if (parser->chroma_type == 0)
    return;
  for (guint i = 0; i < (parser->chroma_type == 3 ? parts : 1); i++)
    cu->chroma[i] = read_chroma_mode (parser, cu->luma[i]);
}

/* pcm_sample(), on whole octets */
static void
read_pcm (LensH265Parser *parser, const LensH265Cu *cu)
{
  static const guint8 chroma_parts[] = { 0, 2, 4, 8 }; /* quarters of the luma samples */
  const LensH265Sps *sps = parser->sps;
  LensH264Bits *bits = &parser->bits;
  gsize samples = (gsize)1 << (2 * cu->log2_size);
  gsize size = samples * sps->pcm_bit_depth_luma
               + samples * chroma_parts[parser->chroma_type] / 4 * sps->pcm_bit_depth_chroma;
  gsize first = (lens_h264_cabac_position (&parser->cabac) + 7) / 8, end = first + (size + 7) / 8;

  if (end > bits->length)
    {
      parser->broken = TRUE;
      return;
    }
  gsize from = lens_h264_bits_nal_offset (bits, first);
  LensRange range = { from, lens_h264_bits_nal_offset (bits, end - 1) + 1 - from };
  g_array_append_val (parser->pcm, range);
  lens_h264_cabac_start (&parser->cabac, bits->octets->data, bits->length, end);
}

/* --- inter prediction --- */

/* EG1 (9.3.3.3) */
static void
skip_exp_golomb (LensH265Parser *parser)
{
  guint bits = 1;

  while (bits < 32 && lens_h265_bypass (parser, 1) != 0)
    bits++;
  parser->broken |= bits >= 32;
  lens_h265_bypass (parser, bits);
}

static void
read_mvd (LensH265Parser *parser)
{
  gboolean some[2], more[2] = { FALSE, FALSE };

  for (guint i = 0; i < 2; i++)
    some[i] = lens_h265_decision (parser, LENS_H265_CTX_MVD_0);
  for (guint i = 0; i < 2; i++)
    if (some[i])
      more[i] = lens_h265_decision (parser, LENS_H265_CTX_MVD_1);
  for (guint i = 0; i < 2; i++)
    {
      if (more[i])
        skip_exp_golomb (parser);
      if (some[i])
        lens_h265_bypass (parser, 1);
    }
}

static void
read_ref_idx (LensH265Parser *parser, guint list)
{
  guint last = parser->slice.num_ref_idx[list] - 1, value = 0;

  while (value < MIN (last, 2) && lens_h265_decision (parser, LENS_H265_CTX_REF_IDX + value))
    value++;
  while (value >= 2 && value < last && lens_h265_bypass (parser, 1) != 0)
    value++;
}

static void
read_merge_idx (LensH265Parser *parser)
{
  guint last = parser->slice.max_merge_cand - 1;

  if (last == 0 || !lens_h265_decision (parser, LENS_H265_CTX_MERGE_IDX))
    return;
  for (guint value = 1; value < last && lens_h265_bypass (parser, 1) != 0;)
    value++;
}

/* inter_pred_idc: a bit for each list */
static guint
read_lists (LensH265Parser *parser, guint sum, guint depth)
{
  if (parser->slice.slice_type != LENS_H265_B)
    return 1;
  if (sum != 12 && lens_h265_decision (parser, LENS_H265_CTX_INTER_PRED + depth))
    return 3;
  return lens_h265_decision (parser, LENS_H265_CTX_INTER_PRED + 4) ? 2 : 1;
}

/* prediction_unit(), not skipped; whether it is merged.  @sum: of its width and height. */
static gboolean
read_prediction (LensH265Parser *parser, guint sum, guint depth)
{
  if (lens_h265_decision (parser, LENS_H265_CTX_MERGE_FLAG))
    {
      read_merge_idx (parser);
      return TRUE;
    }
  guint lists = read_lists (parser, sum, depth);
  for (guint list = 0; list < 2; list++)
    {
      if ((lists >> list & 1) == 0)
        continue;
      read_ref_idx (parser, list);
      if (list == 0 || lists != 3 || !parser->slice.mvd_l1_zero)
        read_mvd (parser);
      lens_h265_decision (parser, LENS_H265_CTX_MVP);
    }
  return FALSE;
}

/* Whether the whole coding unit is merged, so that it has a residual. */
static gboolean
read_inter (LensH265Parser *parser, const LensH265Cu *cu, guint depth)
{
  guint size = 1u << cu->log2_size, half = size / 2, quarter = size / 4;
  guint sums[2] = { size + half, size + half };

  switch (cu->part_mode)
    {
    case PART_2NX2N:
      return read_prediction (parser, 2 * size, depth);
    case PART_NXN:
      for (guint i = 0; i < 4; i++)
        read_prediction (parser, size, depth);
      return FALSE;
    case PART_2NXNU:
    case PART_NLX2N:
      sums[0] = size + quarter;
      sums[1] = 2 * size - quarter;
      break;
    case PART_2NXND:
    case PART_NRX2N:
      sums[0] = 2 * size - quarter;
      sums[1] = size + quarter;
      break;
    default:
      break;
    }
  for (guint i = 0; i < 2; i++)
    read_prediction (parser, sums[i], depth);
  return FALSE;
}

/* --- the coding unit --- */

/* part_mode (9.3.3.7) */
static guint
read_part_mode (LensH265Parser *parser, const LensH265Cu *cu)
{
  gboolean least = cu->log2_size == parser->sps->log2_min_cb;

  if (lens_h265_decision (parser, LENS_H265_CTX_PART_MODE))
    return PART_2NX2N;
  if (cu->intra)
    return PART_NXN;
  gboolean wide = lens_h265_decision (parser, LENS_H265_CTX_PART_MODE + 1);
  if (least)
    {
      if (wide)
        return PART_2NXN;
      if (cu->log2_size == 3 || lens_h265_decision (parser, LENS_H265_CTX_PART_MODE + 2))
        return PART_NX2N;
      return PART_NXN;
    }
  if (!parser->sps->amp || lens_h265_decision (parser, LENS_H265_CTX_PART_MODE + 3))
    return wide ? PART_2NXN : PART_NX2N;
  return (wide ? PART_2NXNU : PART_NLX2N) + lens_h265_bypass (parser, 1);
}

static gboolean
read_skip (LensH265Parser *parser, guint x, guint y)
{
  guint context = LENS_H265_CTX_SKIP;

  if (parser->slice.slice_type == LENS_H265_I)
    return FALSE;
  if (has_left (parser, x))
    context += depth_at (parser, x - 1, y) >> 7;
  if (has_up (parser, y))
    context += depth_at (parser, x, y - 1) >> 7;
  return lens_h265_decision (parser, context);
}

static gboolean
read_pcm_flag (LensH265Parser *parser, const LensH265Cu *cu)
{
  const LensH265Sps *sps = parser->sps;

  return sps->pcm && cu->part_mode == PART_2NX2N && cu->log2_size >= sps->log2_min_pcm
         && cu->log2_size <= sps->log2_max_pcm && lens_h264_cabac_terminate (&parser->cabac) != 0;
}

static void
read_residual (LensH265Parser *parser, LensH265Cu *cu, gboolean merged)
{
  const LensH265Sps *sps = parser->sps;

  if (!cu->intra && !merged && !lens_h265_decision (parser, LENS_H265_CTX_ROOT_CBF))
    return;
  cu->max_depth = cu->intra ? sps->max_transform_depth_intra + (cu->part_mode != 0 ? 1 : 0)
                            : sps->max_transform_depth_inter;
  lens_h265_transform_tree (parser, cu);
}

/* 7.3.8.5 */
static void
read_cu (LensH265Parser *parser, guint x, guint y, guint log2_size, guint depth)
{
  LensH265Cu cu = { .x = x, .y = y, .log2_size = log2_size };
  guint size = 1u << log2_size;
  gboolean merged = FALSE;

  fill_modes (parser, x, y, size, DC);
  if (parser->pps->transquant_bypass)
    cu.bypass = lens_h265_decision (parser, LENS_H265_CTX_BYPASS);
  gboolean skip = read_skip (parser, x, y);
  fill (parser->depths, parser->columns, parser->rows, parser->sps->log2_min_cb, x, y, size,
        (guint8)(depth | (skip ? SKIPPED : 0)));
  if (skip)
    {
      read_merge_idx (parser);
      return;
    }
  cu.intra = parser->slice.slice_type == LENS_H265_I
             || lens_h265_decision (parser, LENS_H265_CTX_PRED_MODE);
  if (!cu.intra || log2_size == parser->sps->log2_min_cb)
    cu.part_mode = read_part_mode (parser, &cu);
  if (cu.intra && read_pcm_flag (parser, &cu))
    {
      read_pcm (parser, &cu);
      return;
    }
  if (cu.intra)
    read_intra (parser, &cu);
  else
    merged = read_inter (parser, &cu, depth);
  read_residual (parser, &cu, merged);
}

static gboolean
read_split (LensH265Parser *parser, guint x, guint y, guint log2_size, guint depth)
{
  const LensH265Sps *sps = parser->sps;
  guint size = 1u << log2_size, context = LENS_H265_CTX_SPLIT_CU;

  if (log2_size <= sps->log2_min_cb)
    return FALSE;
  if (x + size > sps->width || y + size > sps->height)
    return TRUE;
  if (has_left (parser, x))
    context += (depth_at (parser, x - 1, y) & ~SKIPPED) > (gint)depth ? 1 : 0;
  if (has_up (parser, y))
    context += (depth_at (parser, x, y - 1) & ~SKIPPED) > (gint)depth ? 1 : 0;
  return lens_h265_decision (parser, context);
}

/* 7.3.8.4 */
static void
read_quadtree (LensH265Parser *parser, guint x, guint y, guint log2_size, guint depth)
{
  const LensH265Sps *sps = parser->sps;

  if (parser->broken || x >= sps->width || y >= sps->height)
    return;
  gboolean split = read_split (parser, x, y, log2_size, depth);
  if (log2_size + parser->pps->diff_cu_qp_delta_depth >= sps->log2_ctb)
    parser->qp_delta_coded = FALSE;
  if (!split)
    {
      read_cu (parser, x, y, log2_size, depth);
      return;
    }
  guint half = 1u << (log2_size - 1);
  for (guint i = 0; i < 4; i++)
    read_quadtree (parser, x + (i & 1) * half, y + (i >> 1) * half, log2_size - 1, depth + 1);
}

void
lens_h265_coding_tree (LensH265Parser *parser, guint x, guint y)
{
  read_quadtree (parser, x, y, parser->sps->log2_ctb, 0);
}
