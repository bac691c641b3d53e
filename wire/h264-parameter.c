#include "wire/h264-parameter.h"

#include <string.h>

enum
{
  MAX_SPS = 32,
  MAX_PPS = 256,
  MAX_SLICE_GROUPS = 8,
  MAX_SIDE = 16384, /* macroblocks; level 6.2 has at most 1055 (A.3.1) */
};

struct _LensH264Sets
{
  LensH264Sps *sps[MAX_SPS];
  LensH264Pps *pps[MAX_PPS];
};

/* 7.3.2.1.1.1 */
static void
read_scaling_list (LensRbsp *rbsp, LensH264Scaling *scaling, guint index)
{
  guint size = index < 6 ? 16 : 64;
  gint32 last = 8, next = 8;

  for (guint i = 0; i < size; i++)
    {
      if (next != 0)
        {
          next = (gint32)(((gint64)last + lens_rbsp_se (rbsp)) & 0xff);
          if (i == 0 && next == 0)
            scaling->use_default |= (guint16)(1u << index);
        }
      if (next != 0)
        last = next;
      scaling->list[index][i] = (guint8)last;
    }
}

static void
read_scaling (LensRbsp *rbsp, LensH264Scaling *scaling, guint lists)
{
  gsize from = lens_rbsp_offset (rbsp);

  scaling->present = TRUE;
  for (guint i = 0; i < lists && !rbsp->short_read; i++)
    if (lens_rbsp_flag (rbsp))
      {
        scaling->sent |= (guint16)(1u << i);
        read_scaling_list (rbsp, scaling, i);
      }
  scaling->at = lens_rbsp_range (rbsp, from);
}

static gboolean
read_hrd (LensRbsp *rbsp, LensH264Hrd *hrd)
{
  gsize from = lens_rbsp_offset (rbsp);

  hrd->present = lens_rbsp_flag (rbsp);
  if (!hrd->present)
    return TRUE;
  guint32 last = lens_rbsp_ue (rbsp);
  hrd->bit_rate_scale = (guint8)lens_rbsp_u (rbsp, 4);
  hrd->cpb_size_scale = (guint8)lens_rbsp_u (rbsp, 4);
  if (last >= LENS_H264_MAX_CPB)
    return FALSE;
  hrd->cpb_cnt = last + 1;
  for (guint i = 0; i < hrd->cpb_cnt; i++)
    {
      hrd->cpb[i].bit_rate_value = lens_rbsp_ue (rbsp) + 1;
      hrd->cpb[i].cpb_size_value = lens_rbsp_ue (rbsp) + 1;
      hrd->cpb[i].cbr_flag = lens_rbsp_flag (rbsp);
    }
  hrd->initial_cpb_removal_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
  hrd->cpb_removal_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
  hrd->dpb_output_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
  hrd->time_offset_length = (guint8)lens_rbsp_u (rbsp, 5);
  hrd->at = lens_rbsp_range (rbsp, from);
  return TRUE;
}

static void
read_video_signal (LensRbsp *rbsp, LensH264Vui *vui)
{
  vui->video_format = 5;
  vui->colour_primaries = vui->transfer_characteristics = vui->matrix_coefficients = 2;
  vui->video_signal_type_present = lens_rbsp_flag (rbsp);
  if (!vui->video_signal_type_present)
    return;
  vui->video_format = (guint8)lens_rbsp_u (rbsp, 3);
  vui->video_full_range = lens_rbsp_flag (rbsp);
  vui->colour_description_present = lens_rbsp_flag (rbsp);
  if (!vui->colour_description_present)
    return;
  vui->colour_primaries = (guint8)lens_rbsp_u (rbsp, 8);
  vui->transfer_characteristics = (guint8)lens_rbsp_u (rbsp, 8);
  vui->matrix_coefficients = (guint8)lens_rbsp_u (rbsp, 8);
}

static void
read_restriction (LensRbsp *rbsp, LensH264Vui *vui)
{
  vui->bitstream_restriction = lens_rbsp_flag (rbsp);
  if (!vui->bitstream_restriction)
    return;
  vui->motion_vectors_over_pic_boundaries = lens_rbsp_flag (rbsp);
  vui->max_bytes_per_pic_denom = lens_rbsp_ue (rbsp);
  vui->max_bits_per_mb_denom = lens_rbsp_ue (rbsp);
  vui->log2_max_mv_length_horizontal = lens_rbsp_ue (rbsp);
  vui->log2_max_mv_length_vertical = lens_rbsp_ue (rbsp);
  vui->max_num_reorder_frames = lens_rbsp_ue (rbsp);
  vui->max_dec_frame_buffering = lens_rbsp_ue (rbsp);
}

static gboolean
read_vui (LensRbsp *rbsp, LensH264Vui *vui)
{
  gsize from = lens_rbsp_offset (rbsp);

  vui->present = TRUE;
  if (lens_rbsp_flag (rbsp))
    vui->aspect_ratio_idc = (guint8)lens_rbsp_u (rbsp, 8);
  if (vui->aspect_ratio_idc == 255) /* Extended_SAR */
    {
      vui->sar_width = (guint16)lens_rbsp_u (rbsp, 16);
      vui->sar_height = (guint16)lens_rbsp_u (rbsp, 16);
    }
  vui->overscan_info_present = lens_rbsp_flag (rbsp);
  vui->overscan_appropriate = vui->overscan_info_present && lens_rbsp_flag (rbsp);
  read_video_signal (rbsp, vui);
  vui->chroma_loc_info_present = lens_rbsp_flag (rbsp);
  if (vui->chroma_loc_info_present)
    {
      vui->chroma_sample_loc_type_top_field = lens_rbsp_ue (rbsp);
      vui->chroma_sample_loc_type_bottom_field = lens_rbsp_ue (rbsp);
    }
  vui->timing_info_present = lens_rbsp_flag (rbsp);
  if (vui->timing_info_present)
    {
      vui->num_units_in_tick = lens_rbsp_u (rbsp, 32);
      vui->time_scale = lens_rbsp_u (rbsp, 32);
      vui->fixed_frame_rate = lens_rbsp_flag (rbsp);
    }
  if (!read_hrd (rbsp, &vui->nal_hrd) || !read_hrd (rbsp, &vui->vcl_hrd))
    return FALSE;
  vui->low_delay_hrd = (vui->nal_hrd.present || vui->vcl_hrd.present) && lens_rbsp_flag (rbsp);
  vui->pic_struct_present = lens_rbsp_flag (rbsp);
  read_restriction (rbsp, vui);
  vui->at = lens_rbsp_range (rbsp, from);
  return TRUE;
}

/* The profiles whose sets have chroma format, depths and scaling lists (7.3.2.1.1). */
static gboolean
is_high (guint8 profile_idc)
{
  static const guint8 high[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 };

  return memchr (high, profile_idc, sizeof high) != NULL;
}

static void
read_chroma (LensRbsp *rbsp, LensH264Sps *sps)
{
  sps->chroma_format_idc = 1;
  sps->bit_depth_luma = sps->bit_depth_chroma = 8;
  if (!is_high (sps->profile_idc))
    return;
  sps->chroma_format_idc = lens_rbsp_ue (rbsp);
  sps->separate_colour_plane = sps->chroma_format_idc == 3 && lens_rbsp_flag (rbsp);
  sps->bit_depth_luma = lens_rbsp_ue (rbsp) + 8;
  sps->bit_depth_chroma = lens_rbsp_ue (rbsp) + 8;
  sps->qpprime_y_zero_transform_bypass = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp))
    read_scaling (rbsp, &sps->scaling, sps->chroma_format_idc == 3 ? 12 : 8);
}

static gboolean
read_order_count (LensRbsp *rbsp, LensH264Sps *sps)
{
  sps->pic_order_cnt_type = lens_rbsp_ue (rbsp);
  if (sps->pic_order_cnt_type == 0)
    sps->log2_max_pic_order_cnt_lsb = lens_rbsp_ue (rbsp) + 4;
  if (sps->pic_order_cnt_type != 1)
    return TRUE;
  sps->delta_pic_order_always_zero = lens_rbsp_flag (rbsp);
  sps->offset_for_non_ref_pic = lens_rbsp_se (rbsp);
  sps->offset_for_top_to_bottom_field = lens_rbsp_se (rbsp);
  guint32 count = lens_rbsp_ue (rbsp);
  if (count > LENS_H264_MAX_REF_CYCLE)
    return FALSE;
  gsize from = lens_rbsp_offset (rbsp);
  sps->num_ref_frames_in_cycle = count;
  for (guint i = 0; i < count; i++)
    sps->offset_for_ref_frame[i] = lens_rbsp_se (rbsp);
  sps->ref_frame_offsets_at = lens_rbsp_range (rbsp, from);
  return TRUE;
}

static void
read_picture (LensRbsp *rbsp, LensH264Sps *sps)
{
  sps->max_num_ref_frames = lens_rbsp_ue (rbsp);
  sps->gaps_in_frame_num_allowed = lens_rbsp_flag (rbsp);
  sps->pic_width_in_mbs = lens_rbsp_ue (rbsp) + 1;
  sps->pic_height_in_map_units = lens_rbsp_ue (rbsp) + 1;
  sps->frame_mbs_only = lens_rbsp_flag (rbsp);
  sps->mb_adaptive_frame_field = !sps->frame_mbs_only && lens_rbsp_flag (rbsp);
  sps->direct_8x8_inference = lens_rbsp_flag (rbsp);
  sps->frame_cropping = lens_rbsp_flag (rbsp);
  if (!sps->frame_cropping)
    return;
  sps->crop_left = lens_rbsp_ue (rbsp);
  sps->crop_right = lens_rbsp_ue (rbsp);
  sps->crop_top = lens_rbsp_ue (rbsp);
  sps->crop_bottom = lens_rbsp_ue (rbsp);
}

static gboolean
is_within (guint32 value, guint32 lowest, guint32 highest)
{
  return value >= lowest && value <= highest;
}

static gboolean
is_valid_sps (const LensH264Sps *sps)
{
  guint32 lsb = sps->pic_order_cnt_type == 0 ? sps->log2_max_pic_order_cnt_lsb : 4;

  return sps->id < MAX_SPS && sps->chroma_format_idc <= 3 && is_within (sps->bit_depth_luma, 8, 14)
         && is_within (sps->bit_depth_chroma, 8, 14) && is_within (sps->log2_max_frame_num, 4, 16)
         && sps->pic_order_cnt_type <= 2 && is_within (lsb, 4, 16) && sps->pic_width_in_mbs >= 1
         && sps->pic_width_in_mbs <= MAX_SIDE && sps->pic_height_in_map_units >= 1
         && sps->pic_height_in_map_units <= MAX_SIDE;
}

void
lens_h264_sps_parse (LensH264Sps *sps, const guint8 *octets, gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, 1);

  memset (sps, 0, sizeof *sps);
  sps->vui.video_format = 5;
  sps->profile_idc = (guint8)lens_rbsp_u (&rbsp, 8);
  guint8 flags = (guint8)lens_rbsp_u (&rbsp, 8);
  sps->constraint_flags = flags & 0xfc;
  sps->reserved_zero_2bits = flags & 3;
  sps->level_idc = (guint8)lens_rbsp_u (&rbsp, 8);
  sps->id = lens_rbsp_ue (&rbsp);
  read_chroma (&rbsp, sps);
  sps->log2_max_frame_num = lens_rbsp_ue (&rbsp) + 4;
  gboolean whole = read_order_count (&rbsp, sps);
  if (whole)
    {
      read_picture (&rbsp, sps);
      whole = !lens_rbsp_flag (&rbsp) || read_vui (&rbsp, &sps->vui);
    }
  sps->end = lens_rbsp_end (&rbsp);
  sps->end.odd |= !whole;
  if (!whole)
    sps->end.end = length;
  sps->valid = whole && !sps->end.short_read && is_valid_sps (sps);
}

guint32
lens_h264_sps_width (const LensH264Sps *sps)
{
  return sps->valid ? sps->pic_width_in_mbs : 0;
}

guint32
lens_h264_sps_height (const LensH264Sps *sps)
{
  return sps->valid ? sps->pic_height_in_map_units * (sps->frame_mbs_only ? 1 : 2) : 0;
}

guint
lens_h264_sps_chroma_array_type (const LensH264Sps *sps)
{
  return sps->separate_colour_plane ? 0 : sps->chroma_format_idc;
}

/* slice_group_id (type 6) takes so many bits. */
static guint
bits_for (guint32 groups)
{
  return groups > 4 ? 3 : groups > 2 ? 2 : 1;
}

static gboolean
read_slice_groups (LensRbsp *rbsp, LensH264Pps *pps)
{
  pps->num_slice_groups = lens_rbsp_ue (rbsp) + 1;
  if (pps->num_slice_groups == 1)
    return TRUE;
  pps->slice_group_map_type = lens_rbsp_ue (rbsp);
  if (pps->num_slice_groups > MAX_SLICE_GROUPS || pps->num_slice_groups == 0
      || pps->slice_group_map_type > 6)
    return FALSE;
  switch (pps->slice_group_map_type)
    {
    case 0:
      for (guint i = 0; i < pps->num_slice_groups; i++)
        lens_rbsp_ue (rbsp); /* run_length_minus1 */
      break;
    case 2:
      for (guint i = 0; i + 1 < pps->num_slice_groups; i++)
        {
          lens_rbsp_ue (rbsp); /* top_left */
          lens_rbsp_ue (rbsp); /* bottom_right */
        }
      break;
    case 3:
    case 4:
    case 5:
      lens_rbsp_flag (rbsp); /* slice_group_change_direction_flag */
      pps->slice_group_change_rate = lens_rbsp_ue (rbsp) + 1;
      break;
    case 6:
      pps->pic_size_in_map_units = lens_rbsp_ue (rbsp) + 1;
      for (guint32 i = 0; i < pps->pic_size_in_map_units && !rbsp->short_read; i++)
        lens_rbsp_u (rbsp, bits_for (pps->num_slice_groups));
      break;
    }
  return TRUE;
}

static gboolean
read_pps_head (LensRbsp *rbsp, LensH264Pps *pps)
{
  pps->id = lens_rbsp_ue (rbsp);
  pps->sps_id = lens_rbsp_ue (rbsp);
  pps->entropy_coding_mode = lens_rbsp_flag (rbsp);
  pps->bottom_field_pic_order_in_frame_present = lens_rbsp_flag (rbsp);
  if (!read_slice_groups (rbsp, pps))
    return FALSE;
  pps->num_ref_idx_default[0] = lens_rbsp_ue (rbsp) + 1;
  pps->num_ref_idx_default[1] = lens_rbsp_ue (rbsp) + 1;
  pps->weighted_pred = lens_rbsp_flag (rbsp);
  pps->weighted_bipred_idc = (guint8)lens_rbsp_u (rbsp, 2);
  pps->pic_init_qp = (gint32)(26 + (gint64)lens_rbsp_se (rbsp));
  pps->pic_init_qs = (gint32)(26 + (gint64)lens_rbsp_se (rbsp));
  pps->chroma_qp_index_offset = lens_rbsp_se (rbsp);
  pps->second_chroma_qp_index_offset = pps->chroma_qp_index_offset;
  pps->deblocking_filter_control_present = lens_rbsp_flag (rbsp);
  pps->constrained_intra_pred = lens_rbsp_flag (rbsp);
  pps->redundant_pic_cnt_present = lens_rbsp_flag (rbsp);
  return TRUE;
}

static void
read_pps_extension (LensRbsp *rbsp, LensH264Pps *pps, gboolean is_444)
{
  pps->extended = TRUE;
  pps->transform_8x8_mode = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp))
    read_scaling (rbsp, &pps->scaling, 6 + (pps->transform_8x8_mode ? (is_444 ? 6 : 2) : 0));
  pps->second_chroma_qp_index_offset = lens_rbsp_se (rbsp);
}

/* Reads the fields behind more_rbsp_data(), if they are there: the octets do not end without
 * them, or end with them (trailing bits are enough where the profile is known to have them). */
static void
take_pps_extension (LensRbsp *rbsp, LensH264Pps *pps, const LensH264Sps *sps)
{
  LensRbsp bare = *rbsp;
  LensRbspEnd bare_end = lens_rbsp_end (&bare);
  gboolean allowed = sps == NULL || is_high (sps->profile_idc);

  pps->end = bare_end;
  if (rbsp->short_read || !lens_rbsp_more_data (rbsp) || (!allowed && !bare_end.odd))
    return;
  LensH264Pps full = *pps;
  read_pps_extension (rbsp, &full, sps != NULL && sps->chroma_format_idc == 3);
  full.end = lens_rbsp_end (rbsp);
  gboolean ends = !full.end.short_read && !full.end.odd;
  if (bare_end.odd || (ends && (sps != NULL || full.end.end == rbsp->length)))
    *pps = full;
}

static gboolean
is_valid_pps (const LensH264Pps *pps)
{
  return pps->id < MAX_PPS && pps->sps_id < MAX_SPS
         && is_within (pps->num_ref_idx_default[0], 1, 32)
         && is_within (pps->num_ref_idx_default[1], 1, 32) && pps->weighted_bipred_idc <= 2
         && pps->pic_init_qp >= -36 && pps->pic_init_qp <= 51;
}

void
lens_h264_pps_parse (LensH264Pps *pps, const LensH264Sps *sps, const guint8 *octets, gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, 1);

  memset (pps, 0, sizeof *pps);
  if (!read_pps_head (&rbsp, pps))
    {
      pps->end = (LensRbspEnd){ length, rbsp.short_read, TRUE };
      return;
    }
  take_pps_extension (&rbsp, pps, sps);
  pps->valid = !pps->end.short_read && is_valid_pps (pps);
}

LensH264Sets *
lens_h264_sets_new (void)
{
  return g_new0 (LensH264Sets, 1);
}

void
lens_h264_sets_free (LensH264Sets *sets)
{
  if (sets == NULL)
    return;
  for (guint i = 0; i < MAX_SPS; i++)
    g_free (sets->sps[i]);
  for (guint i = 0; i < MAX_PPS; i++)
    g_free (sets->pps[i]);
  g_free (sets);
}

static gconstpointer
take_sps (LensH264Sets *sets, const guint8 *octets, gsize length)
{
  LensH264Sps sps;

  lens_h264_sps_parse (&sps, octets, length);
  if (!sps.valid)
    return NULL;
  if (sets->sps[sps.id] == NULL)
    sets->sps[sps.id] = g_new (LensH264Sps, 1);
  *sets->sps[sps.id] = sps;
  return sets->sps[sps.id];
}

static gconstpointer
take_pps (LensH264Sets *sets, const guint8 *octets, gsize length)
{
  LensRbsp head = lens_rbsp_over (octets, length, 1);
  LensH264Pps pps;

  lens_rbsp_ue (&head);
  lens_h264_pps_parse (&pps, lens_h264_sets_sps (sets, lens_rbsp_ue (&head)), octets, length);
  if (!pps.valid)
    return NULL;
  if (sets->pps[pps.id] == NULL)
    sets->pps[pps.id] = g_new (LensH264Pps, 1);
  *sets->pps[pps.id] = pps;
  return sets->pps[pps.id];
}

gconstpointer
lens_h264_sets_take (LensH264Sets *sets, const guint8 *octets, gsize length)
{
  guint8 type = length > 0 ? octets[0] & 0x1f : 0;

  return type == 7   ? take_sps (sets, octets, length)
         : type == 8 ? take_pps (sets, octets, length)
                     : NULL;
}

const LensH264Sps *
lens_h264_sets_sps (const LensH264Sets *sets, guint32 id)
{
  return id < MAX_SPS ? sets->sps[id] : NULL;
}

const LensH264Pps *
lens_h264_sets_pps (const LensH264Sets *sets, guint32 id)
{
  return id < MAX_PPS ? sets->pps[id] : NULL;
}
