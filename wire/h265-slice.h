#pragma once

#include "wire/h265-parameter.h"

G_BEGIN_DECLS

/* The slice segment header: ITU-T H.265 (08/2021) 7.3.6.1, its lists 7.3.6.2 and 7.3.6.3, up to
 * byte_alignment() (7.3.2.12). */

typedef enum
{
  LENS_H265_B = 0,
  LENS_H265_P = 1,
  LENS_H265_I = 2,
} LensH265SliceType;

/* The fields whose place in the NAL unit is kept. */
typedef enum
{
  LENS_H265_AT_NO_OUTPUT, /* no_output_of_prior_pics_flag */
  LENS_H265_AT_PPS_ID,
  LENS_H265_AT_ADDRESS,
  LENS_H265_AT_RESERVED, /* slice_reserved_flag */
  LENS_H265_AT_TYPE,
  LENS_H265_AT_OUTPUT, /* pic_output_flag, colour_plane_id */
  LENS_H265_AT_ORDER_COUNT,
  LENS_H265_AT_REF_SET, /* short- and long-term */
  LENS_H265_AT_TEMPORAL_MVP,
  LENS_H265_AT_SAO,
  LENS_H265_AT_NUM_REF_IDX,
  LENS_H265_AT_LIST_MODIFICATION,
  LENS_H265_AT_MVD_L1_ZERO,
  LENS_H265_AT_CABAC_INIT,
  LENS_H265_AT_COLLOCATED,
  LENS_H265_AT_WEIGHTS,
  LENS_H265_AT_MERGE, /* five_minus_max_num_merge_cand */
  LENS_H265_AT_QP_DELTA,
  LENS_H265_AT_CHROMA_QP,
  LENS_H265_AT_DEBLOCKING,
  LENS_H265_AT_LOOP_FILTER,
  LENS_H265_AT_ENTRY_POINTS,
  LENS_H265_AT_EXTENSION, /* slice_segment_header_extension_data_byte */
  LENS_H265_N_AT,
} LensH265SliceField;

typedef struct
{
  guint8 nal_type, layer_id;
  gboolean first; /* first_slice_segment_in_pic_flag */
  gboolean no_output_of_prior_pics;
  guint32 pps_id;

  /* From here on only where both sets are known. */
  const LensH265Pps *pps; /* of the sets that were handed over, or NULL */
  const LensH265Sps *sps;
  gboolean dependent;
  guint32 address; /* of a coding tree block */
  guint8 reserved; /* slice_reserved_flag[i], pps->num_extra_slice_header_bits of them */
  guint32 slice_type;
  gboolean pic_output;
  guint8 colour_plane_id;
  guint32 poc_lsb;
  gboolean ref_set_of_sps;
  guint32 ref_set_index;  /* where it is the SPS's */
  LensH265RefSet ref_set; /* in force */
  guint n_long_term;      /* num_long_term_sps + num_long_term_pics */
  guint num_pic_total_curr;
  gboolean temporal_mvp;
  gboolean sao_luma, sao_chroma;
  gboolean num_ref_idx_override;
  guint32 num_ref_idx[2]; /* in force: 0 for a list that the slice type does not have */
  gboolean list_modification[2];
  gboolean mvd_l1_zero, cabac_init;
  gboolean collocated_from_l0; /* TRUE where not sent */
  guint32 collocated_ref_idx;
  gboolean has_weights;
  guint32 max_merge_cand; /* 1-5 */
  gint32 qp_delta;
  gint32 qp; /* SliceQpY */
  gint32 cb_qp_offset, cr_qp_offset;
  gboolean cu_chroma_qp_offset;
  gboolean deblocking_override, deblocking_disabled;
  gint32 beta_offset_div2, tc_offset_div2;
  gboolean loop_filter_across_slices;
  guint32 n_entry_points;
  guint64 entry_points_total; /* octets of the NAL unit before the last of them */
  guint32 extension_length;   /* octets, without emulation prevention */

  LensRange at[LENS_H265_N_AT]; /* octets of the NAL unit; length 0: not sent */
  LensRbsp data;                /* stands at the first bit of slice_segment_data() */
  gboolean bad_alignment;       /* byte_alignment() is not a 1 and zeros */
  gboolean valid;               /* read whole, and every field is in its range */
} LensH265Slice;

/**
 * lens_h265_slice_parse:
 * Reads the header of a NAL unit of type 0 to 9 or 16 to 21 and layer 0 (header included) by the
 * parameter sets in @sets.  FALSE, with valid unset, where a set is not known, a field is out of
 * range, or the set uses a tool of annexes F to I or of screen content.  Of a dependent slice
 * segment only what it has itself.  Borrows the octets (data) and the sets (pps, sps).
 */
gboolean lens_h265_slice_parse (LensH265Slice *slice, const LensH265Sets *sets,
                                const guint8 *octets, gsize length);

/* Whether NAL units of the type hold a slice segment that this edition defines. */
gboolean lens_h265_is_slice (guint nal_type);
gboolean lens_h265_is_irap (guint nal_type);
gboolean lens_h265_is_idr (guint nal_type);

G_END_DECLS
