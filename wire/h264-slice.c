#include "wire/h264-slice.h"

#include <string.h>

static gsize
begin (const LensRbsp *rbsp)
{
  return lens_rbsp_offset (rbsp);
}

static void
keep (LensH264Slice *slice, LensH264SliceField field, const LensRbsp *rbsp, gsize from)
{
  slice->at[field] = lens_rbsp_range (rbsp, from);
}

static guint32
read_ue (LensH264Slice *slice, LensH264SliceField field, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);
  guint32 value = lens_rbsp_ue (rbsp);

  keep (slice, field, rbsp, from);
  return value;
}

static guint32
read_u (LensH264Slice *slice, LensH264SliceField field, LensRbsp *rbsp, guint bits)
{
  gsize from = begin (rbsp);
  guint32 value = lens_rbsp_u (rbsp, bits);

  keep (slice, field, rbsp, from);
  return value;
}

static void
read_field (LensH264Slice *slice, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);

  if (slice->sps->frame_mbs_only)
    return;
  slice->field_pic = lens_rbsp_flag (rbsp);
  slice->bottom_field = slice->field_pic && lens_rbsp_flag (rbsp);
  slice->mbaff = slice->sps->mb_adaptive_frame_field && !slice->field_pic;
  keep (slice, LENS_H264_AT_FIELD, rbsp, from);
}

static void
read_order_count (LensH264Slice *slice, LensRbsp *rbsp)
{
  const LensH264Sps *sps = slice->sps;
  gboolean bottom = slice->pps->bottom_field_pic_order_in_frame_present && !slice->field_pic;
  gsize from = begin (rbsp);

  if (sps->pic_order_cnt_type == 0)
    {
      slice->pic_order_cnt_lsb = lens_rbsp_u (rbsp, sps->log2_max_pic_order_cnt_lsb);
      if (bottom)
        slice->delta_pic_order_cnt_bottom = lens_rbsp_se (rbsp);
    }
  else if (sps->pic_order_cnt_type == 1 && !sps->delta_pic_order_always_zero)
    {
      slice->delta_pic_order_cnt[0] = lens_rbsp_se (rbsp);
      if (bottom)
        slice->delta_pic_order_cnt[1] = lens_rbsp_se (rbsp);
    }
  else
    return;
  keep (slice, LENS_H264_AT_ORDER_COUNT, rbsp, from);
}

static guint
lists_of (const LensH264Slice *slice)
{
  return slice->slice_type == LENS_H264_B                                        ? 2
         : slice->slice_type == LENS_H264_P || slice->slice_type == LENS_H264_SP ? 1
                                                                                 : 0;
}

/* FALSE: more references than there may be. */
static gboolean
read_ref_counts (LensH264Slice *slice, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);
  guint lists = lists_of (slice);

  if (lists == 0)
    return TRUE;
  slice->num_ref_idx_override = lens_rbsp_flag (rbsp);
  for (guint i = 0; i < lists; i++)
    {
      slice->num_ref_idx[i] = slice->num_ref_idx_override ? lens_rbsp_ue (rbsp) + 1
                                                          : slice->pps->num_ref_idx_default[i];
      if (slice->num_ref_idx[i] - 1 >= LENS_H264_MAX_REFS)
        return FALSE;
    }
  keep (slice, LENS_H264_AT_NUM_REF_IDX, rbsp, from);
  return TRUE;
}

/* ref_pic_list_modification(): FALSE where a list does not end, or has an unknown idc. */
static gboolean
read_modifications (LensH264Slice *slice, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);
  guint lists = lists_of (slice);

  for (guint i = 0; i < lists; i++)
    {
      slice->list_modification[i] = lens_rbsp_flag (rbsp);
      while (slice->list_modification[i])
        {
          guint32 operation = lens_rbsp_ue (rbsp);
          if (operation == 3)
            break;
          if (operation > 3 || slice->n_modifications[i] == LENS_H264_MAX_OPERATIONS)
            return FALSE;
          slice->modification[i][slice->n_modifications[i]++]
              = (LensH264Operation){ operation, { lens_rbsp_ue (rbsp), 0 } };
          if (rbsp->short_read)
            return FALSE;
        }
    }
  if (lists > 0)
    keep (slice, LENS_H264_AT_LIST_MODIFICATION, rbsp, from);
  return TRUE;
}

/* pred_weight_table() */
static void
read_weights (LensH264Slice *slice, LensRbsp *rbsp)
{
  gboolean chroma = lens_h264_sps_chroma_array_type (slice->sps) != 0;
  gsize from = begin (rbsp);

  slice->has_weights = TRUE;
  slice->luma_log2_weight_denom = lens_rbsp_ue (rbsp);
  if (chroma)
    slice->chroma_log2_weight_denom = lens_rbsp_ue (rbsp);
  for (guint list = 0; list < lists_of (slice); list++)
    for (guint i = 0; i < slice->num_ref_idx[list] && !rbsp->short_read; i++)
      {
        gint32 *weight = slice->weights[list][i].weight, *offset = slice->weights[list][i].offset;
        slice->weights[list][i].luma = lens_rbsp_flag (rbsp);
        if (slice->weights[list][i].luma)
          {
            weight[0] = lens_rbsp_se (rbsp);
            offset[0] = lens_rbsp_se (rbsp);
          }
        slice->weights[list][i].chroma = chroma && lens_rbsp_flag (rbsp);
        for (guint j = 1; slice->weights[list][i].chroma && j < 3; j++)
          {
            weight[j] = lens_rbsp_se (rbsp);
            offset[j] = lens_rbsp_se (rbsp);
          }
      }
  keep (slice, LENS_H264_AT_WEIGHTS, rbsp, from);
}

/* dec_ref_pic_marking() */
static gboolean
read_marking (LensH264Slice *slice, LensRbsp *rbsp)
{
  /* How many values follow each operation. */
  static const guint8 values[] = { 0, 1, 1, 2, 1, 0, 1 };
  gsize from = begin (rbsp);

  if (slice->nal_type == 5)
    {
      slice->no_output_of_prior_pics = lens_rbsp_flag (rbsp);
      slice->long_term_reference = lens_rbsp_flag (rbsp);
    }
  else
    slice->adaptive_marking = lens_rbsp_flag (rbsp);
  while (slice->adaptive_marking)
    {
      LensH264Operation operation = { lens_rbsp_ue (rbsp), { 0, 0 } };
      if (operation.operation == 0)
        break;
      if (operation.operation >= G_N_ELEMENTS (values)
          || slice->n_markings == LENS_H264_MAX_OPERATIONS)
        return FALSE;
      for (guint i = 0; i < values[operation.operation]; i++)
        operation.value[i] = lens_rbsp_ue (rbsp);
      slice->marking[slice->n_markings++] = operation;
    }
  keep (slice, LENS_H264_AT_MARKING, rbsp, from);
  return TRUE;
}

static void
read_deblocking (LensH264Slice *slice, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);

  if (!slice->pps->deblocking_filter_control_present)
    return;
  slice->disable_deblocking_filter_idc = lens_rbsp_ue (rbsp);
  if (slice->disable_deblocking_filter_idc != 1)
    {
      slice->slice_alpha_c0_offset_div2 = lens_rbsp_se (rbsp);
      slice->slice_beta_offset_div2 = lens_rbsp_se (rbsp);
    }
  keep (slice, LENS_H264_AT_DEBLOCKING, rbsp, from);
}

static void
read_qp (LensH264Slice *slice, LensRbsp *rbsp)
{
  gsize from = begin (rbsp);

  slice->slice_qp_delta = lens_rbsp_se (rbsp);
  slice->slice_qp
      = (gint32)CLAMP ((gint64)slice->pps->pic_init_qp + slice->slice_qp_delta, -64, 64);
  if (slice->slice_type == LENS_H264_SP)
    slice->sp_for_switch = lens_rbsp_flag (rbsp);
  if (slice->slice_type == LENS_H264_SP || slice->slice_type == LENS_H264_SI)
    slice->slice_qs_delta = lens_rbsp_se (rbsp);
  keep (slice, LENS_H264_AT_QP_DELTA, rbsp, from);
}

/* slice_group_change_cycle takes Ceil( Log2( PicSizeInMapUnits / SliceGroupChangeRate + 1 ) )
 * bits, the quotient rounded up (7.4.3). */
static void
read_group_change (LensH264Slice *slice, LensRbsp *rbsp)
{
  const LensH264Pps *pps = slice->pps;
  guint64 units = (guint64)slice->sps->pic_width_in_mbs * slice->sps->pic_height_in_map_units;

  if (pps->num_slice_groups < 2 || pps->slice_group_map_type < 3 || pps->slice_group_map_type > 5
      || pps->slice_group_change_rate == 0)
    return;
  guint64 steps = (units + pps->slice_group_change_rate - 1) / pps->slice_group_change_rate;
  guint bits = 0;
  while ((G_GUINT64_CONSTANT (1) << bits) < steps + 1)
    bits++;
  slice->slice_group_change_cycle = read_u (slice, LENS_H264_AT_GROUP_CHANGE, rbsp, bits);
}

/* Everything up to the lists. */
static void
read_picture_fields (LensH264Slice *slice, LensRbsp *rbsp)
{
  if (slice->sps->separate_colour_plane)
    slice->colour_plane_id = (guint8)read_u (slice, LENS_H264_AT_COLOUR_PLANE, rbsp, 2);
  slice->frame_num = read_u (slice, LENS_H264_AT_FRAME_NUM, rbsp, slice->sps->log2_max_frame_num);
  read_field (slice, rbsp);
  slice->has_idr_pic_id = slice->nal_type == 5;
  if (slice->has_idr_pic_id)
    slice->idr_pic_id = read_ue (slice, LENS_H264_AT_IDR_PIC_ID, rbsp);
  read_order_count (slice, rbsp);
  if (slice->pps->redundant_pic_cnt_present)
    slice->redundant_pic_cnt = read_ue (slice, LENS_H264_AT_REDUNDANT_PIC_CNT, rbsp);
}

static gboolean
read_lists (LensH264Slice *slice, LensRbsp *rbsp)
{
  LensH264SliceType type = slice->slice_type;
  const LensH264Pps *pps = slice->pps;

  if (type == LENS_H264_B)
    slice->direct_spatial_mv_pred = read_u (slice, LENS_H264_AT_DIRECT, rbsp, 1) != 0;
  if (!read_ref_counts (slice, rbsp) || !read_modifications (slice, rbsp))
    return FALSE;
  if ((pps->weighted_pred && (type == LENS_H264_P || type == LENS_H264_SP))
      || (pps->weighted_bipred_idc == 1 && type == LENS_H264_B))
    read_weights (slice, rbsp);
  return slice->ref_idc == 0 || read_marking (slice, rbsp);
}

static gboolean
is_valid (const LensH264Slice *slice)
{
  gint32 lowest = -6 * ((gint32)slice->sps->bit_depth_luma - 8);

  return slice->cabac_init_idc <= 2 && slice->slice_qp >= lowest && slice->slice_qp <= 51
         && slice->disable_deblocking_filter_idc <= 2 && slice->idr_pic_id <= 65535
         && (guint64)slice->first_mb * (slice->mbaff ? 2 : 1)
                < lens_h264_slice_picture_size (slice);
}

gboolean
lens_h264_slice_parse (LensH264Slice *slice, const LensH264Sets *sets, const guint8 *octets,
                       gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, 1);

  memset (slice, 0, sizeof *slice);
  slice->nal_type = length > 0 ? octets[0] & 0x1f : 0;
  slice->ref_idc = length > 0 ? octets[0] >> 5 & 3 : 0;
  slice->first_mb = read_ue (slice, LENS_H264_AT_FIRST_MB, &rbsp);
  slice->slice_type_sent = read_ue (slice, LENS_H264_AT_SLICE_TYPE, &rbsp);
  slice->slice_type = (LensH264SliceType)(slice->slice_type_sent % 5);
  slice->pps_id = read_ue (slice, LENS_H264_AT_PPS_ID, &rbsp);
  slice->short_read = rbsp.short_read;
  slice->pps = lens_h264_sets_pps (sets, slice->pps_id);
  slice->sps = slice->pps != NULL ? lens_h264_sets_sps (sets, slice->pps->sps_id) : NULL;
  if (slice->short_read || slice->sps == NULL || slice->slice_type_sent > 9)
    return FALSE;
  read_picture_fields (slice, &rbsp);
  if (!read_lists (slice, &rbsp))
    return FALSE;
  if (slice->pps->entropy_coding_mode && lists_of (slice) > 0)
    slice->cabac_init_idc = read_ue (slice, LENS_H264_AT_CABAC_INIT_IDC, &rbsp);
  read_qp (slice, &rbsp);
  read_deblocking (slice, &rbsp);
  read_group_change (slice, &rbsp);
  slice->data = rbsp;
  slice->short_read = rbsp.short_read;
  slice->valid = !slice->short_read && is_valid (slice);
  return slice->valid;
}

guint32
lens_h264_slice_picture_size (const LensH264Slice *slice)
{
  return lens_h264_sps_width (slice->sps)
         * (lens_h264_sps_height (slice->sps) / (slice->field_pic ? 2 : 1));
}
