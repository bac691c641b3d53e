#pragma once

#include "wire/h265-parts.h"

G_BEGIN_DECLS

/* The picture parameter set: ITU-T H.265 (08/2021) 7.3.2.3, see wire/h265-parameter.h. */

enum
{
  LENS_H265_MAX_SPS = 16,
  LENS_H265_MAX_PPS = 64,
  LENS_H265_MAX_TILE_COLUMNS = 20, /* Table A.8, of level 6.2 */
  LENS_H265_MAX_TILE_ROWS = 22,
};

typedef struct
{
  guint32 id, sps_id; /* 0-63, 0-15 */
  gboolean dependent_slice_segments, output_flag_present;
  guint8 num_extra_slice_header_bits;
  gboolean sign_data_hiding, cabac_init_present;
  guint32 num_ref_idx_default[2]; /* 1-15 */
  gint32 init_qp;                 /* 26 is the standard's 0 */
  gboolean transform_skip;
  gboolean cu_qp_delta;
  guint32 diff_cu_qp_delta_depth;
  gboolean slice_chroma_qp_offsets_present;
  gboolean weighted_pred, weighted_bipred;
  gboolean transquant_bypass;
  gboolean tiles, entropy_coding_sync;
  guint32 tile_columns, tile_rows;
  gboolean uniform_tiles;
  guint16 tile_widths[LENS_H265_MAX_TILE_COLUMNS]; /* coding tree blocks, but for the last one */
  guint16 tile_heights[LENS_H265_MAX_TILE_ROWS];
  gboolean loop_filter_across_slices;
  gboolean deblocking_override_enabled, deblocking_disabled;
  gboolean lists_modification_present;
  gboolean slice_header_extension_present;
  gboolean extended;               /* pps_extension_present_flag */
  gboolean advanced;               /* ... and an extension that profiles 0 to 3 do not have */
  LensRange extension_at;          /* of its flags and all behind them */
  guint32 log2_max_transform_skip; /* 2 where not sent */
  gboolean cross_component_prediction, chroma_qp_offset_list;
  gboolean slice_act_qp_offsets_present, curr_pic_ref;
  LensH265ReservedList reserved;
  gboolean valid, unread;
  LensRbspEnd end;
} LensH265Pps;

/* The octets are those of the NAL unit, header included. */
void lens_h265_pps_parse (LensH265Pps *pps, const guint8 *octets, gsize length);

G_END_DECLS
