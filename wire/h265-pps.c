#include "wire/h265-pps.h"

#include "wire/h265.h"

#define MAX_TILES 256 /* in one direction */

static gboolean
read_tiles (LensH265Pps *pps, LensRbsp *rbsp)
{
  pps->tile_columns = lens_rbsp_ue (rbsp) + 1;
  pps->tile_rows = lens_rbsp_ue (rbsp) + 1;
  if (pps->tile_columns == 0 || pps->tile_columns > MAX_TILES || pps->tile_rows == 0
      || pps->tile_rows > MAX_TILES)
    return FALSE;
  pps->uniform_tiles = lens_rbsp_flag (rbsp);
  for (guint i = 0; !pps->uniform_tiles && i < pps->tile_columns + pps->tile_rows - 2; i++)
    {
      guint32 size = lens_rbsp_ue (rbsp) + 1;
      guint row = i - (pps->tile_columns - 1);
      if (i < pps->tile_columns - 1)
        pps->tile_widths[MIN (i, LENS_H265_MAX_TILE_COLUMNS - 1)]
            = (guint16)MIN (size, G_MAXUINT16);
      else
        pps->tile_heights[MIN (row, LENS_H265_MAX_TILE_ROWS - 1)]
            = (guint16)MIN (size, G_MAXUINT16);
    }
  lens_rbsp_flag (rbsp); /* loop_filter_across_tiles_enabled_flag */
  return TRUE;
}

/* 7.3.2.3.2 */
static gboolean
read_pps_range (LensH265Pps *pps, LensRbsp *rbsp)
{
  if (pps->transform_skip)
    pps->log2_max_transform_skip = lens_rbsp_ue (rbsp) + 2;
  pps->cross_component_prediction = lens_rbsp_flag (rbsp);
  pps->chroma_qp_offset_list = lens_rbsp_flag (rbsp);
  if (pps->chroma_qp_offset_list)
    {
      lens_rbsp_ue (rbsp); /* diff_cu_chroma_qp_offset_depth */
      guint32 last = lens_rbsp_ue (rbsp);
      if (last > 5)
        return FALSE;
      lens_h265_skip_ue (rbsp, 2 * (last + 1));
    }
  guint32 luma = lens_rbsp_ue (rbsp), chroma = lens_rbsp_ue (rbsp); /* log2_sao_offset_scale */
  pps->advanced |= pps->log2_max_transform_skip != 2 || pps->cross_component_prediction
                   || pps->chroma_qp_offset_list || luma != 0 || chroma != 0;
  return TRUE;
}

/* 7.3.2.3.3 */
static gboolean
read_pps_screen_content (LensH265Pps *pps, LensRbsp *rbsp)
{
  pps->curr_pic_ref = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp)) /* residual_adaptive_colour_transform_enabled_flag */
    {
      pps->slice_act_qp_offsets_present = lens_rbsp_flag (rbsp);
      lens_h265_skip_ue (rbsp, 3);
    }
  guint32 entries = lens_rbsp_flag (rbsp) ? lens_rbsp_ue (rbsp) : 0;
  if (entries > 128)
    return FALSE;
  if (entries > 0)
    {
      gboolean monochrome = lens_rbsp_flag (rbsp);
      guint32 luma = lens_rbsp_ue (rbsp) + 8;
      guint32 chroma = monochrome ? 0 : lens_rbsp_ue (rbsp) + 8;
      if (luma > 16 || chroma > 16)
        return FALSE;
      for (guint i = 0; i < entries; i++)
        lens_rbsp_u (rbsp, luma);
      for (guint i = 0; i < (monochrome ? 0 : 2 * entries); i++)
        lens_rbsp_u (rbsp, chroma);
    }
  return TRUE;
}

static gboolean
read_pps_extension (LensH265Pps *pps, LensRbsp *rbsp)
{
  pps->extended = lens_rbsp_flag (rbsp);
  if (!pps->extended)
    return TRUE;
  pps->extension_at = (LensRange){ lens_rbsp_offset (rbsp), 0 };
  pps->extension_at.length = rbsp->length - pps->extension_at.offset;
  gboolean range = lens_rbsp_flag (rbsp), multilayer = lens_rbsp_flag (rbsp),
           depth = lens_rbsp_flag (rbsp), screen = lens_rbsp_flag (rbsp);
  gsize from = lens_rbsp_offset (rbsp);
  guint32 more = lens_rbsp_u (rbsp, 4);
  lens_h265_reserved_add (&pps->reserved, LENS_H265_RESERVED_EXTENSION, 4,
                          (guint)__builtin_popcount (more), lens_rbsp_range (rbsp, from));
  pps->unread = multilayer || depth;
  pps->advanced = multilayer || depth || screen;
  if (range && !read_pps_range (pps, rbsp))
    return FALSE;
  if (pps->unread)
    return TRUE;
  if (screen && !read_pps_screen_content (pps, rbsp))
    return FALSE;
  if (more != 0)
    lens_h265_skip_extension_data (&pps->reserved, rbsp);
  return TRUE;
}

/* Tools of the slices, up to tiles. */
static gboolean
read_tools (LensH265Pps *pps, LensRbsp *rbsp)
{
  pps->dependent_slice_segments = lens_rbsp_flag (rbsp);
  pps->output_flag_present = lens_rbsp_flag (rbsp);
  pps->num_extra_slice_header_bits = (guint8)lens_rbsp_u (rbsp, 3);
  pps->sign_data_hiding = lens_rbsp_flag (rbsp);
  pps->cabac_init_present = lens_rbsp_flag (rbsp);
  for (guint list = 0; list < 2; list++)
    {
      guint32 last = lens_rbsp_ue (rbsp);
      if (last > 14)
        return FALSE;
      pps->num_ref_idx_default[list] = last + 1;
    }
  pps->init_qp = 26 + lens_rbsp_se (rbsp);
  lens_rbsp_flag (rbsp); /* constrained_intra_pred_flag */
  pps->transform_skip = lens_rbsp_flag (rbsp);
  pps->cu_qp_delta = lens_rbsp_flag (rbsp);
  if (pps->cu_qp_delta)
    pps->diff_cu_qp_delta_depth = lens_rbsp_ue (rbsp);
  lens_h265_skip_ue (rbsp, 2); /* pps_cb_qp_offset, pps_cr_qp_offset */
  pps->slice_chroma_qp_offsets_present = lens_rbsp_flag (rbsp);
  pps->weighted_pred = lens_rbsp_flag (rbsp);
  pps->weighted_bipred = lens_rbsp_flag (rbsp);
  pps->transquant_bypass = lens_rbsp_flag (rbsp);
  pps->tiles = lens_rbsp_flag (rbsp);
  pps->entropy_coding_sync = lens_rbsp_flag (rbsp);
  return !pps->tiles || read_tiles (pps, rbsp);
}

static gboolean
read_pps (LensH265Pps *pps, LensRbsp *rbsp)
{
  pps->id = lens_rbsp_ue (rbsp);
  pps->sps_id = lens_rbsp_ue (rbsp);
  if (pps->id >= LENS_H265_MAX_PPS || pps->sps_id >= LENS_H265_MAX_SPS || !read_tools (pps, rbsp))
    return FALSE;
  pps->loop_filter_across_slices = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp)) /* deblocking_filter_control_present_flag */
    {
      pps->deblocking_override_enabled = lens_rbsp_flag (rbsp);
      pps->deblocking_disabled = lens_rbsp_flag (rbsp);
      if (!pps->deblocking_disabled)
        lens_h265_skip_ue (rbsp, 2);
    }
  if (lens_rbsp_flag (rbsp)) /* pps_scaling_list_data_present_flag */
    lens_h265_skip_scaling_list (rbsp);
  pps->lists_modification_present = lens_rbsp_flag (rbsp);
  lens_rbsp_ue (rbsp); /* log2_parallel_merge_level_minus2 */
  pps->slice_header_extension_present = lens_rbsp_flag (rbsp);
  return read_pps_extension (pps, rbsp) && !rbsp->short_read;
}

void
lens_h265_pps_parse (LensH265Pps *pps, const guint8 *octets, gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER);

  *pps = (LensH265Pps){
    .log2_max_transform_skip = 2, .tile_columns = 1, .tile_rows = 1, .uniform_tiles = TRUE
  };
  pps->valid = read_pps (pps, &rbsp);
  pps->end = pps->unread || !pps->valid ? (LensRbspEnd){ .end = length } : lens_rbsp_end (&rbsp);
}
