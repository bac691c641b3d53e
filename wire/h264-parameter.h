#pragma once

#include "wire/range.h"
#include "wire/rbsp.h"

G_BEGIN_DECLS

/* H.264 parameter sets, read whole: ITU-T H.264 (08/2021) 7.3.2.1 and 7.3.2.2, VUI E.1.1, HRD
 * E.1.2.  Fields have the standard's names; what it writes as _minus1, _minus4 or _minus8 is
 * kept as the value that is meant. */

enum
{
  LENS_H264_MAX_CPB = 32,
  LENS_H264_MAX_REF_CYCLE = 255,
};

typedef struct
{
  gboolean present;
  guint cpb_cnt; /* 1-32 */
  guint8 bit_rate_scale, cpb_size_scale;
  struct
  {
    guint32 bit_rate_value, cpb_size_value; /* 0 stands for 2^32 */
    gboolean cbr_flag;
  } cpb[LENS_H264_MAX_CPB];
  guint8 initial_cpb_removal_delay_length;
  guint8 cpb_removal_delay_length;
  guint8 dpb_output_delay_length;
  guint8 time_offset_length;
  LensRange at; /* octets of the NAL unit */
} LensH264Hrd;

typedef struct
{
  gboolean present;
  guint8 aspect_ratio_idc; /* 0: unspecified, or not present */
  guint16 sar_width, sar_height;
  gboolean overscan_info_present, overscan_appropriate;
  gboolean video_signal_type_present;
  guint8 video_format; /* 5: unspecified, or not present */
  gboolean video_full_range;
  gboolean colour_description_present;
  guint8 colour_primaries, transfer_characteristics, matrix_coefficients; /* 2: unspecified */
  gboolean chroma_loc_info_present;
  guint32 chroma_sample_loc_type_top_field, chroma_sample_loc_type_bottom_field;
  gboolean timing_info_present;
  guint32 num_units_in_tick, time_scale;
  gboolean fixed_frame_rate;
  LensH264Hrd nal_hrd, vcl_hrd;
  gboolean low_delay_hrd, pic_struct_present;
  gboolean bitstream_restriction;
  gboolean motion_vectors_over_pic_boundaries;
  guint32 max_bytes_per_pic_denom, max_bits_per_mb_denom;
  guint32 log2_max_mv_length_horizontal, log2_max_mv_length_vertical;
  guint32 max_num_reorder_frames, max_dec_frame_buffering;
  LensRange at;
} LensH264Vui;

typedef struct
{
  gboolean present;    /* the matrix flag of the set */
  guint16 sent;        /* bit i: list i is sent */
  guint16 use_default; /* bit i: ... as the default list */
  guint8 list[12][64]; /* in scanning order; 4x4 lists use 16 */
  LensRange at;
} LensH264Scaling;

typedef struct
{
  guint8 profile_idc;
  guint8 constraint_flags; /* constraint_set0_flag is 0x80 ... constraint_set5_flag 0x04 */
  guint8 reserved_zero_2bits;
  guint8 level_idc;
  guint32 id;
  guint32 chroma_format_idc; /* 1: 4:2:0, also where not sent */
  gboolean separate_colour_plane;
  guint32 bit_depth_luma, bit_depth_chroma;
  gboolean qpprime_y_zero_transform_bypass;
  LensH264Scaling scaling;
  guint32 log2_max_frame_num; /* 4-16 */
  guint32 pic_order_cnt_type;
  guint32 log2_max_pic_order_cnt_lsb; /* 4-16 */
  gboolean delta_pic_order_always_zero;
  gint32 offset_for_non_ref_pic, offset_for_top_to_bottom_field;
  guint32 num_ref_frames_in_cycle; /* 0-255 */
  gint32 offset_for_ref_frame[LENS_H264_MAX_REF_CYCLE];
  LensRange ref_frame_offsets_at;
  guint32 max_num_ref_frames;
  gboolean gaps_in_frame_num_allowed;
  guint32 pic_width_in_mbs, pic_height_in_map_units;
  gboolean frame_mbs_only, mb_adaptive_frame_field;
  gboolean direct_8x8_inference;
  gboolean frame_cropping;
  guint32 crop_left, crop_right, crop_top, crop_bottom; /* in crop units (7.4.2.1.1) */
  LensH264Vui vui;

  gboolean valid; /* every field lies in the range that the standard gives it */
  LensRbspEnd end;
} LensH264Sps;

typedef struct
{
  guint32 id, sps_id;
  gboolean entropy_coding_mode; /* CABAC */
  gboolean bottom_field_pic_order_in_frame_present;
  guint32 num_slice_groups; /* 1-8 */
  guint32 slice_group_map_type;
  guint32 slice_group_change_rate; /* types 3-5 */
  guint32 pic_size_in_map_units;   /* type 6 */
  guint32 num_ref_idx_default[2];  /* 1-32 */
  gboolean weighted_pred;
  guint8 weighted_bipred_idc;
  gint32 pic_init_qp, pic_init_qs; /* 26 is the standard's 0 */
  gint32 chroma_qp_index_offset, second_chroma_qp_index_offset;
  gboolean deblocking_filter_control_present;
  gboolean constrained_intra_pred;
  gboolean redundant_pic_cnt_present;
  gboolean extended; /* the fields behind more_rbsp_data() are there */
  gboolean transform_8x8_mode;
  LensH264Scaling scaling;

  gboolean valid;
  LensRbspEnd end;
} LensH264Pps;

/* The octets are those of the NAL unit, header included. */
void lens_h264_sps_parse (LensH264Sps *sps, const guint8 *octets, gsize length);

/* @sps, which the set names, says how many scaling lists there are and whether the profile has
 * the fields behind more_rbsp_data(); NULL where it is not known.  Octets behind the trailing
 * bits are not taken for these fields if the set is whole without them. */
void lens_h264_pps_parse (LensH264Pps *pps, const LensH264Sps *sps, const guint8 *octets,
                          gsize length);

/* Macroblocks of a frame in both directions; 0 where the set is not valid. */
guint32 lens_h264_sps_width (const LensH264Sps *sps);
guint32 lens_h264_sps_height (const LensH264Sps *sps);
/* ChromaArrayType (7.4.2.1.1). */
guint lens_h264_sps_chroma_array_type (const LensH264Sps *sps);

/**
 * LensH264Sets:
 * The parameter sets in force on one track, by their ids.  A set that comes again takes the
 * place of the one before.  At most 32 and 256.
 */
typedef struct _LensH264Sets LensH264Sets;

LensH264Sets *lens_h264_sets_new (void);
void lens_h264_sets_free (LensH264Sets *sets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH264Sets, lens_h264_sets_free)

/* A NAL unit of type 7 or 8; others, and sets that are not valid, change nothing.  The set
 * that was kept (a LensH264Sps or LensH264Pps), or NULL. */
gconstpointer lens_h264_sets_take (LensH264Sets *sets, const guint8 *octets, gsize length);

/* NULL where none is known.  Valid until the next lens_h264_sets_take(). */
const LensH264Sps *lens_h264_sets_sps (const LensH264Sets *sets, guint32 id);
const LensH264Pps *lens_h264_sets_pps (const LensH264Sets *sets, guint32 id);

G_END_DECLS
