#pragma once

#include "wire/h264-bits.h"

G_BEGIN_DECLS

/* Residual blocks by CAVLC: ITU-T H.264 (08/2021) 7.3.5.3.3 and 9.2. */

/**
 * LensH264Vlc:
 * A variable length code, looked up by the zeros before the first one and the three bits behind
 * it, which is enough for all codes of the standard.  An entry has the length of the code, 0
 * where there is none, and its value.
 */
typedef struct
{
  struct
  {
    guint8 length, value;
  } entry[17][8];
} LensH264Vlc;

typedef struct
{
  LensH264Vlc coeff_token[3], coeff_token_dc, coeff_token_dc_422;
  LensH264Vlc total_zeros[15], total_zeros_dc[3], total_zeros_dc_422[7];
  LensH264Vlc run_before[7];
} LensH264Cavlc;

void lens_h264_cavlc_init (LensH264Cavlc *cavlc);

/* nC of chroma DC blocks (9.2.1). */
enum
{
  LENS_H264_NC_DC = -1,
  LENS_H264_NC_DC_422 = -2,
};

/**
 * lens_h264_cavlc_block:
 * Reads a block of at most @most coefficients (4, 8, 15 or 16).  Returns TotalCoeff, or -1
 * where the bits are no block.
 */
gint lens_h264_cavlc_block (const LensH264Cavlc *cavlc, LensH264Bits *bits, gint nc, guint most);

G_END_DECLS
