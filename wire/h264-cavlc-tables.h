#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The variable length codes of ITU-T H.264 (08/2021) as strings of bits, so that they can be
 * read beside the tables of the standard.  NULL: no such code. */

extern const char *const lens_h264_coeff_token[3][17][4]; /* Table 9-5; [nC class][total][ones] */
extern const char *const lens_h264_coeff_token_dc[5][4];  /* nC == -1 */
extern const char *const lens_h264_coeff_token_dc_422[9][4]; /* nC == -2 */
extern const char *const lens_h264_total_zeros[15][16];      /* Tables 9-7 and 9-8 */
extern const char *const lens_h264_total_zeros_dc[3][4];     /* Table 9-9 (a) */
extern const char *const lens_h264_total_zeros_dc_422[7][8]; /* Table 9-9 (b) */
extern const char *const lens_h264_run_before[7][15];        /* Table 9-10 */

G_END_DECLS
