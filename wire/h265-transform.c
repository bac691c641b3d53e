#include "wire/h265-coding.h"

/* A node of the transform tree.  Flags of chroma: 1 the upper block, 2 the lower one (4:2:2). */
typedef struct
{
  guint x, y, log2_size, depth;
  guint index; /* blkIdx */
  guint cb, cr;
} Node;

/* cu_qp_delta_abs, cu_qp_delta_sign_flag (9.3.3.10) */
static void
read_qp_delta (LensH265Parser *parser)
{
  guint value = 0, bits = 0;

  while (value < 5 && lens_h265_decision (parser, LENS_H265_CTX_QP_DELTA + (value > 0 ? 1 : 0)))
    value++;
  if (value == 5)
    {
      while (bits < 16 && lens_h265_bypass (parser, 1) != 0)
        bits++;
      parser->broken |= bits >= 16;
      lens_h265_bypass (parser, bits);
    }
  if (value > 0)
    lens_h265_bypass (parser, 1);
  parser->qp_delta_coded = TRUE;
}

/* Which part of the coding unit holds the node, for intra prediction. */
static guint
part_of (const LensH265Cu *cu, const Node *node)
{
  guint half = 1u << (cu->log2_size - 1);

  if (cu->part_mode == 0)
    return 0;
  return (node->x >= cu->x + half ? 1 : 0) + (node->y >= cu->y + half ? 2 : 0);
}

static void
read_chroma (LensH265Parser *parser, const LensH265Cu *cu, guint log2_size, guint mode, guint cb,
             guint cr)
{
  for (guint component = 1; component <= 2; component++)
    for (guint t = 0; t < 2; t++)
      if (((component == 1 ? cb : cr) >> t & 1) != 0)
        lens_h265_residual (parser, cu, log2_size, component, mode);
}

/* 7.3.8.10.  Of four luma blocks of 4x4 that share their chroma, the last one brings it. */
static void
read_unit (LensH265Parser *parser, const LensH265Cu *cu, const Node *node, gboolean luma)
{
  guint part = part_of (cu, node);
  gboolean shared = parser->chroma_type != 3 && node->log2_size == 2;

  if (!luma && node->cb == 0 && node->cr == 0)
    return;
  if (parser->pps->cu_qp_delta && !parser->qp_delta_coded)
    read_qp_delta (parser);
  if (luma)
    lens_h265_residual (parser, cu, node->log2_size, 0, cu->luma[part]);
  if (shared && node->index != 3)
    return;
  guint log2_size = parser->chroma_type == 3 || shared ? node->log2_size : node->log2_size - 1;
  read_chroma (parser, cu, log2_size, cu->chroma[parser->chroma_type == 3 ? part : 0], node->cb,
               node->cr);
}

/* cbf_cb or cbf_cr, where the node above has @above. */
static guint
read_chroma_flags (LensH265Parser *parser, const Node *node, guint above, gboolean split)
{
  guint context = LENS_H265_CTX_CBF_CHROMA + MIN (node->depth, 4);

  if (node->depth > 0 && above == 0)
    return 0;
  guint flags = lens_h265_decision (parser, context) ? 1 : 0;
  if (parser->chroma_type == 2 && (!split || node->log2_size == 3))
    flags |= lens_h265_decision (parser, context) ? 2 : 0;
  return flags;
}

static gboolean
is_split (LensH265Parser *parser, const LensH265Cu *cu, const Node *node)
{
  const LensH265Sps *sps = parser->sps;
  gboolean parts = cu->part_mode != 0 && node->depth == 0;

  if (node->log2_size <= sps->log2_max_tb && node->log2_size > sps->log2_min_tb
      && node->depth < cu->max_depth && !(cu->intra && parts))
    return lens_h265_decision (parser, LENS_H265_CTX_SPLIT_TU + 5 - node->log2_size);
  return node->log2_size > sps->log2_max_tb
         || (parts && (cu->intra || sps->max_transform_depth_inter == 0));
}

/* 7.3.8.8 */
static void
read_node (LensH265Parser *parser, const LensH265Cu *cu, Node node)
{
  if (node.log2_size < 2 || parser->broken)
    return;
  gboolean split = is_split (parser, cu, &node);
  if ((node.log2_size > 2 && parser->chroma_type != 0) || parser->chroma_type == 3)
    {
      node.cb = read_chroma_flags (parser, &node, node.cb, split);
      node.cr = read_chroma_flags (parser, &node, node.cr, split);
    }
  if (split)
    {
      guint half = 1u << (node.log2_size - 1);
      for (guint i = 0; i < 4; i++)
        read_node (parser, cu,
                   (Node){ node.x + (i & 1) * half, node.y + (i >> 1) * half, node.log2_size - 1,
                           node.depth + 1, i, node.cb, node.cr });
      return;
    }
  gboolean luma = TRUE;
  if (cu->intra || node.depth != 0 || node.cb != 0 || node.cr != 0)
    luma = lens_h265_decision (parser, LENS_H265_CTX_CBF_LUMA + (node.depth == 0 ? 1 : 0));
  read_unit (parser, cu, &node, luma);
}

void
lens_h265_transform_tree (LensH265Parser *parser, const LensH265Cu *cu)
{
  read_node (parser, cu, (Node){ cu->x, cu->y, cu->log2_size, 0, 0, 0, 0 });
}
