#pragma once

#include "wire/h264-bits.h"
#include "wire/h265-contexts.h"
#include "wire/h265-slice.h"

G_BEGIN_DECLS

/* coding_tree_unit() and what it is made of: ITU-T H.265 (08/2021) 7.3.8.2 to 7.3.8.11.  Private
 * to the walk of slice data. */

/**
 * LensH265Parser:
 * The slice segment at hand, and what the blocks beside a block are asked for.  @broken is set
 * where the bits are no coding tree; what is read from then on means nothing, but ends.
 */
typedef struct
{
  LensH265Slice slice; /* a dependent one with the header of its slice */
  const LensH265Sps *sps;
  const LensH265Pps *pps;
  guint chroma_type;
  LensH264Bits bits;
  LensH264Cabac cabac;
  GArray *pcm; /* LensRange of the NAL unit: pcm_sample() */

  guint columns, rows;           /* of the picture, in coding blocks of the least size */
  guint mode_columns, mode_rows; /* in blocks of 4x4 */
  guint8 *depths;                /* CtDepth, by coding block; SKIPPED where cu_skip_flag is set */
  guint8 *modes;                 /* IntraPredModeY, by block of 4x4; DC where it counts as that */
  gsize n_depths, n_modes;

  gboolean has_left, has_up; /* the coding tree blocks beside the one at hand are available */
  gboolean qp_delta_coded;
  gboolean broken;
  guint8 diagonal[4][64]; /* 6.5.3 for blocks of 1, 2, 4, 8: x, and 16 * y */
  /* sigCtx (9.3.4.2.5) by scanIdx and place in the scan: of blocks of 4x4; of sub-blocks, by which
   * of those around are coded, before what is the same for all of a sub-block is added. */
  guint8 small_context[3][16], sub_context[3][4][16];
} LensH265Parser;

typedef struct
{
  guint x, y, log2_size;
  guint part_mode;
  gboolean intra, bypass;
  guint8 luma[4], chroma[4]; /* intra prediction modes of the parts */
  guint max_depth;           /* MaxTrafoDepth */
} LensH265Cu;

static inline gboolean
lens_h265_decision (LensH265Parser *parser, guint context)
{
  return lens_h264_cabac_decision (&parser->cabac, context) != 0;
}

static inline guint32
lens_h265_bypass (LensH265Parser *parser, guint count)
{
  return lens_h264_engine_bypasses (&parser->cabac.engine, count);
}

/* The coding tree unit at (@x, @y) luma samples, behind its sao(). */
void lens_h265_coding_tree (LensH265Parser *parser, guint x, guint y);

/* --- h265-transform.c --- */

void lens_h265_transform_tree (LensH265Parser *parser, const LensH265Cu *cu);

/* --- h265-residual.c --- */

/* Once, behind @diagonal. */
void lens_h265_find_contexts (LensH265Parser *parser);

/* residual_coding() of a block of 1 << @log2_size; @component: cIdx; @mode: how it is predicted
 * where that is intra. */
void lens_h265_residual (LensH265Parser *parser, const LensH265Cu *cu, guint log2_size,
                         guint component, guint mode);

G_END_DECLS
