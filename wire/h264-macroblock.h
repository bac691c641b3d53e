#pragma once

#include "wire/h264-cabac.h"
#include "wire/h264-cavlc.h"
#include "wire/h264-neighbour.h"

G_BEGIN_DECLS

/* macroblock_layer(): ITU-T H.264 (08/2021) 7.3.5, in both entropy codings.  Private to the walk
 * of slice data. */

/**
 * LensH264Parser:
 * The slice at hand.  @broken is set where the bits are no macroblock; what is read from then
 * on means nothing, but ends.
 */
typedef struct
{
  const LensH264Slice *slice;
  gboolean cabac_mode;
  gboolean transform_8x8_mode, direct_8x8_inference;
  guint sample_bits[2];  /* luma, chroma */
  gboolean chroma_apart; /* Cb and Cr have blocks of their own kind: ChromaArrayType 1 or 2 */
  guint components;      /* read as luma is: 3 in 4:4:4, else 1 */
  LensH264Bits bits;
  LensH264Cabac cabac;
  LensH264Cavlc cavlc;
  LensH264Place place;
  gboolean qp_changed; /* mb_qp_delta of the macroblock before was not 0 */
  GArray *pcm;         /* LensRange of the NAL unit: the samples of I_PCM macroblocks */
  gboolean broken;
} LensH264Parser;

/* The inter predictions of a macroblock or sub-macroblock (Tables 7-13, 7-14, 7-17, 7-18). */
typedef struct
{
  guint8 shape;    /* 0: one part; 1: two, one above the other; 2: two side by side; 3: four */
  guint8 lists[2]; /* of each part: 1 list 0, 2 list 1, 3 both, 0 direct */
} LensH264Inter;

/* mb_type as the tables number it; I macroblocks of P and B slices are 5 and 23 higher. */
enum
{
  LENS_H264_I_NXN = 0,
  LENS_H264_I_PCM = 25,
  LENS_H264_P_8X8 = 3,
  LENS_H264_P_8X8REF0 = 4,
  LENS_H264_P_INTRA = 5,
  LENS_H264_B_DIRECT = 0,
  LENS_H264_B_8X8 = 22,
  LENS_H264_B_INTRA = 23,
};

/* The macroblock at hand, which is not skipped. */
void lens_h264_macroblock (LensH264Parser *parser);

/* --- h264-residual.c --- */

/* residual() (7.3.5.3), by the pattern and the type of the macroblock at hand. */
void lens_h264_residual (LensH264Parser *parser);

/* --- h264-cabac-syntax.c: syntax elements by CABAC (9.3.2, 9.3.3.1) --- */

gboolean lens_h264_cabac_skip (LensH264Parser *parser);
guint lens_h264_cabac_mb_type (LensH264Parser *parser);
guint lens_h264_cabac_sub_type (LensH264Parser *parser);
/* At the block in column @x and row @y. */
guint lens_h264_cabac_ref (LensH264Parser *parser, guint list, guint x, guint y);
guint8 lens_h264_cabac_mvd (LensH264Parser *parser, guint list, guint component, guint x, guint y);
void lens_h264_cabac_intra_mode (LensH264Parser *parser);
guint8 lens_h264_cabac_chroma_mode (LensH264Parser *parser);
guint8 lens_h264_cabac_pattern (LensH264Parser *parser);
gboolean lens_h264_cabac_transform_8x8 (LensH264Parser *parser);
void lens_h264_cabac_qp_delta (LensH264Parser *parser);

G_END_DECLS
