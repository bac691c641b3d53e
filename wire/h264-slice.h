#pragma once

#include "wire/h264-parameter.h"

G_BEGIN_DECLS

/* The slice header: ITU-T H.264 (08/2021) 7.3.3, its lists 7.3.3.1 to 7.3.3.3. */

typedef enum
{
  LENS_H264_P = 0,
  LENS_H264_B = 1,
  LENS_H264_I = 2,
  LENS_H264_SP = 3,
  LENS_H264_SI = 4,
} LensH264SliceType;

/* The fields whose place in the NAL unit is kept. */
typedef enum
{
  LENS_H264_AT_FIRST_MB,
  LENS_H264_AT_SLICE_TYPE,
  LENS_H264_AT_PPS_ID,
  LENS_H264_AT_COLOUR_PLANE,
  LENS_H264_AT_FRAME_NUM,
  LENS_H264_AT_FIELD, /* field_pic_flag and bottom_field_flag */
  LENS_H264_AT_IDR_PIC_ID,
  LENS_H264_AT_ORDER_COUNT, /* pic_order_cnt_lsb and the deltas */
  LENS_H264_AT_REDUNDANT_PIC_CNT,
  LENS_H264_AT_DIRECT,
  LENS_H264_AT_NUM_REF_IDX,
  LENS_H264_AT_LIST_MODIFICATION,
  LENS_H264_AT_WEIGHTS,
  LENS_H264_AT_MARKING,
  LENS_H264_AT_CABAC_INIT_IDC,
  LENS_H264_AT_QP_DELTA,
  LENS_H264_AT_DEBLOCKING,
  LENS_H264_AT_GROUP_CHANGE,
  LENS_H264_N_AT,
} LensH264SliceField;

enum
{
  LENS_H264_MAX_REFS = 32,
  LENS_H264_MAX_OPERATIONS = 66, /* of a list, its end included */
};

/* One modification_of_pic_nums_idc (0-3) or memory_management_control_operation (0-6). */
typedef struct
{
  guint32 operation;
  guint32 value[2]; /* what follows it, in the order of the syntax */
} LensH264Operation;

typedef struct
{
  guint8 nal_type, ref_idc;
  guint32 first_mb;        /* first_mb_in_slice as sent; a pair's in MBAFF */
  guint32 slice_type_sent; /* 0-9; 5-9: the same in all slices of the picture */
  LensH264SliceType slice_type;
  guint32 pps_id;

  /* From here on only where both sets are known. */
  const LensH264Pps *pps; /* of the sets that were handed over, or NULL */
  const LensH264Sps *sps;
  guint8 colour_plane_id;
  guint32 frame_num;
  gboolean field_pic, bottom_field;
  gboolean mbaff; /* MbaffFrameFlag */
  gboolean has_idr_pic_id;
  guint32 idr_pic_id;
  guint32 pic_order_cnt_lsb;
  gint32 delta_pic_order_cnt_bottom, delta_pic_order_cnt[2];
  guint32 redundant_pic_cnt;
  gboolean direct_spatial_mv_pred;
  gboolean num_ref_idx_override;
  guint32 num_ref_idx[2]; /* in force: 0 for a list that the slice type does not have */
  gboolean list_modification[2];
  guint n_modifications[2]; /* the closing 3 not counted */
  LensH264Operation modification[2][LENS_H264_MAX_OPERATIONS];
  gboolean has_weights;
  guint32 luma_log2_weight_denom, chroma_log2_weight_denom;
  struct
  {
    gboolean luma, chroma;       /* flags */
    gint32 weight[3], offset[3]; /* Y, Cb, Cr; 0 where not sent */
  } weights[2][LENS_H264_MAX_REFS];
  gboolean no_output_of_prior_pics, long_term_reference; /* IDR */
  gboolean adaptive_marking;
  guint n_markings; /* the closing 0 not counted */
  LensH264Operation marking[LENS_H264_MAX_OPERATIONS];
  guint32 cabac_init_idc;
  gint32 slice_qp_delta;
  gint32 slice_qp; /* SliceQPY */
  gboolean sp_for_switch;
  gint32 slice_qs_delta;
  guint32 disable_deblocking_filter_idc;
  gint32 slice_alpha_c0_offset_div2, slice_beta_offset_div2;
  guint32 slice_group_change_cycle;

  LensRange at[LENS_H264_N_AT]; /* octets of the NAL unit; length 0: not sent */
  LensRbsp data;                /* stands at the first bit of slice_data() */
  gboolean short_read;
  gboolean valid; /* read whole, and every field is in its range */
} LensH264Slice;

/**
 * lens_h264_slice_parse:
 * Reads the header of a NAL unit of type 1, 2 or 5 (header included) by the parameter sets in
 * @sets.  FALSE, with valid unset, where a set is not known or a field is out of range.
 * Borrows the octets (data) and the sets (pps, sps).
 */
gboolean lens_h264_slice_parse (LensH264Slice *slice, const LensH264Sets *sets,
                                const guint8 *octets, gsize length);

/* PicWidthInMbs is the set's; PicSizeInMbs of this slice's picture (a field's is half). */
guint32 lens_h264_slice_picture_size (const LensH264Slice *slice);

G_END_DECLS
