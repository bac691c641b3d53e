#pragma once

#include "wire/h264-slice.h"

G_BEGIN_DECLS

/* What one macroblock must know of the ones beside it: ITU-T H.264 (08/2021) 6.4.11 and 6.4.12,
 * also for frame and field macroblocks side by side (Table 6-4). */

/**
 * LensH264Mb:
 * Blocks are counted row by row: luma in 4 columns, chroma in 2.
 */
typedef struct
{
  gboolean skip, intra, intra_nxn, intra_16x16, pcm, direct, field, transform_8x8;
  guint8 chroma_mode;   /* intra_chroma_pred_mode */
  guint8 pattern;       /* CodedBlockPatternLuma, and -Chroma << 4 */
  guint8 total[3][16];  /* CAVLC: coefficients of each block, Y, Cb, Cr */
  guint16 coded[3];     /* CABAC: coded_block_flag of each block */
  guint8 coded_dc;      /* ... of the DC blocks: bit 0 Y, 1 Cb, 2 Cr */
  guint8 ref[2][4];     /* CABAC: refIdx by 8x8 block; 0 where none, or direct */
  guint8 mvd[2][16][2]; /* CABAC: absolute, at most 255; by 4x4 block; x, y */
} LensH264Mb;

/* A row of blocks to the left. */
typedef struct
{
  const LensH264Mb *mb; /* NULL: not available */
  guint row;
} LensH264Left;

/**
 * LensH264Place:
 * Where in the picture and the slice the walk stands, with two rows of macroblocks.
 *
 * A slice without slice groups is a run of macroblocks in raster order, so one beside another is
 * in the same slice if it does not lie before the first; slices know nothing of each other.
 */
typedef struct
{
  LensH264Mb *ring; /* two rows of macroblocks, or of pairs */
  gsize n_ring;
  guint32 width;     /* macroblocks */
  guint32 first, mb; /* addresses: of the slice's first one, and of the one at hand */
  guint32 x, y;      /* of it, or of its pair */
  gboolean mbaff;
  gboolean field;                    /* a field macroblock, in a frame or a field */
  guint chroma_columns, chroma_rows; /* of blocks: 0, 2 or 4 */

  LensH264Mb *current;
  const LensH264Mb *top;       /* its lowest row is above the one at hand; NULL: not available */
  LensH264Left left[4];        /* by the row of luma blocks */
  LensH264Left chroma_left[4]; /* the same for chroma */
} LensH264Place;

/* Stands at the first macroblock of @slice.  FALSE: the picture is larger than any level has. */
gboolean lens_h264_place_begin (LensH264Place *place, const LensH264Slice *slice);
void lens_h264_place_clear (LensH264Place *place);

/* Clears the macroblock at hand and finds those beside it: @field is known. */
void lens_h264_place_enter (LensH264Place *place, gboolean field);
void lens_h264_place_next (LensH264Place *place);

/* mb_field_decoding_flag where it is not sent (7.4.4), and ctxIdxInc of it (9.3.3.1.1.2). */
gboolean lens_h264_place_inferred_field (const LensH264Place *place);
guint lens_h264_place_field_context (const LensH264Place *place);
/* The pair's first macroblock was skipped before it was known to be a field one. */
void lens_h264_place_set_pair_field (LensH264Place *place, gboolean field);

static inline const LensH264Mb *
lens_h264_place_left (const LensH264Place *place)
{
  return place->left[0].mb;
}

G_END_DECLS
