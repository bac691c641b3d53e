#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The context variables of CABAC with ctxIdx 0 to 459: ITU-T H.264 (08/2021) Tables 9-12 to 9-33.
 * Each row has m and n for I slices, then for cabac_init_idc 0, 1 and 2.  Those above, of Cb and
 * Cr in 4:4:4, have the values of luma. */

enum
{
  LENS_H264_N_CONTEXTS = 460,
};

extern const gint8 lens_h264_context_init[LENS_H264_N_CONTEXTS][8];

G_END_DECLS
