#pragma once

#include "wire/h264-cabac.h"

G_BEGIN_DECLS

/* The context variables of slice data: ITU-T H.265 (08/2021) Tables 9-5 to 9-37, but for those of
 * range and screen content extensions.  The arithmetic decoding engine is that of H.264. */

enum
{
  LENS_H265_CTX_SAO_MERGE = 0,
  LENS_H265_CTX_SAO_TYPE = 1,
  LENS_H265_CTX_SPLIT_CU = 2, /* 3 */
  LENS_H265_CTX_BYPASS = 5,   /* cu_transquant_bypass_flag */
  LENS_H265_CTX_SKIP = 6,     /* 3 */
  LENS_H265_CTX_QP_DELTA = 9, /* 2 */
  LENS_H265_CTX_PRED_MODE = 11,
  LENS_H265_CTX_PART_MODE = 12,  /* 4 */
  LENS_H265_CTX_PREV_INTRA = 16, /* prev_intra_luma_pred_flag */
  LENS_H265_CTX_INTRA_CHROMA = 17,
  LENS_H265_CTX_MERGE_FLAG = 18,
  LENS_H265_CTX_MERGE_IDX = 19,
  LENS_H265_CTX_INTER_PRED = 20, /* 5 */
  LENS_H265_CTX_REF_IDX = 25,    /* 2 */
  LENS_H265_CTX_MVD_0 = 27,      /* abs_mvd_greater0_flag */
  LENS_H265_CTX_MVD_1 = 28,
  LENS_H265_CTX_MVP = 29,
  LENS_H265_CTX_ROOT_CBF = 30,
  LENS_H265_CTX_SPLIT_TU = 31,       /* 3 */
  LENS_H265_CTX_CBF_LUMA = 34,       /* 2 */
  LENS_H265_CTX_CBF_CHROMA = 36,     /* 5 */
  LENS_H265_CTX_SKIP_TRANSFORM = 41, /* 2 */
  LENS_H265_CTX_LAST_X = 43,         /* 18 */
  LENS_H265_CTX_LAST_Y = 61,         /* 18 */
  LENS_H265_CTX_SUB_BLOCK = 79,      /* 4 */
  LENS_H265_CTX_SIGNIFICANT = 83,    /* 42 */
  LENS_H265_CTX_GREATER_1 = 125,     /* 24 */
  LENS_H265_CTX_GREATER_2 = 149,     /* 6 */
  LENS_H265_N_CONTEXTS = 155,
};

/* 9.3.2.2.  @init_type: 0 to 2. */
void lens_h265_contexts_init (LensH264Cabac *cabac, guint init_type, gint32 slice_qp);

G_END_DECLS
