#include "wire/h265-vui.h"

#include "wire/h265-parts.h"

/* sub_layer_hrd_parameters(), E.2.3 */
static void
read_sub_layer (const LensH265Hrd *hrd, LensRbsp *rbsp)
{
  for (guint i = 0; i < hrd->cpb_cnt && !rbsp->short_read; i++)
    {
      lens_h265_skip_ue (rbsp, hrd->sub_pic ? 4 : 2);
      lens_rbsp_flag (rbsp); /* cbr_flag */
    }
}

static void
read_common (LensH265Hrd *hrd, LensRbsp *rbsp)
{
  hrd->nal = lens_rbsp_flag (rbsp);
  hrd->vcl = lens_rbsp_flag (rbsp);
  if (!hrd->nal && !hrd->vcl)
    return;
  hrd->sub_pic = lens_rbsp_flag (rbsp);
  if (hrd->sub_pic)
    {
      lens_rbsp_u (rbsp, 8); /* tick_divisor_minus2 */
      hrd->du_cpb_removal_delay_increment_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
      hrd->sub_pic_cpb_params_in_pic_timing_sei = lens_rbsp_flag (rbsp);
      hrd->dpb_output_delay_du_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
    }
  lens_rbsp_u (rbsp, hrd->sub_pic ? 12 : 8); /* bit_rate_scale, cpb_size_scale, ..._du_scale */
  hrd->initial_cpb_removal_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
  hrd->au_cpb_removal_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
  hrd->dpb_output_delay_length = (guint8)(lens_rbsp_u (rbsp, 5) + 1);
}

gboolean
lens_h265_hrd_read (LensH265Hrd *hrd, LensRbsp *rbsp, gboolean common, guint max_sub_layers)
{
  hrd->present = TRUE;
  if (common)
    read_common (hrd, rbsp);
  for (guint i = 0; i < max_sub_layers; i++)
    {
      gboolean fixed_general = lens_rbsp_flag (rbsp);
      gboolean fixed_within = fixed_general || lens_rbsp_flag (rbsp);
      gboolean low_delay = FALSE;
      if (fixed_within)
        lens_rbsp_ue (rbsp); /* elemental_duration_in_tc_minus1 */
      else
        low_delay = lens_rbsp_flag (rbsp);
      guint32 last = low_delay ? 0 : lens_rbsp_ue (rbsp);
      if (last >= LENS_H265_MAX_CPB)
        return FALSE;
      hrd->cpb_cnt = last + 1;
      if (hrd->nal)
        read_sub_layer (hrd, rbsp);
      if (hrd->vcl)
        read_sub_layer (hrd, rbsp);
    }
  return TRUE;
}

static void
read_picture (LensH265Vui *vui, LensRbsp *rbsp)
{
  if (lens_rbsp_flag (rbsp) && lens_rbsp_u (rbsp, 8) == 255) /* aspect_ratio_idc */
    lens_rbsp_u (rbsp, 32);
  if (lens_rbsp_flag (rbsp)) /* overscan_info_present_flag */
    lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp)) /* video_signal_type_present_flag */
    {
      lens_rbsp_u (rbsp, 4);
      if (lens_rbsp_flag (rbsp))
        lens_rbsp_u (rbsp, 24);
    }
  if (lens_rbsp_flag (rbsp)) /* chroma_loc_info_present_flag */
    lens_h265_skip_ue (rbsp, 2);
  lens_rbsp_flag (rbsp); /* neutral_chroma_indication_flag */
  vui->field_seq = lens_rbsp_flag (rbsp);
  vui->frame_field_info_present = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp)) /* default_display_window_flag */
    lens_h265_skip_ue (rbsp, 4);
}

gboolean
lens_h265_vui_read (LensH265Vui *vui, LensRbsp *rbsp, guint max_sub_layers)
{
  vui->present = TRUE;
  read_picture (vui, rbsp);
  vui->timing_info_present = lens_rbsp_flag (rbsp);
  if (vui->timing_info_present)
    {
      vui->num_units_in_tick = lens_rbsp_u (rbsp, 32);
      vui->time_scale = lens_rbsp_u (rbsp, 32);
      if (lens_rbsp_flag (rbsp))
        lens_rbsp_ue (rbsp);
      if (lens_rbsp_flag (rbsp) && !lens_h265_hrd_read (&vui->hrd, rbsp, TRUE, max_sub_layers))
        return FALSE;
    }
  if (lens_rbsp_flag (rbsp)) /* bitstream_restriction_flag */
    {
      lens_rbsp_u (rbsp, 3);
      lens_h265_skip_ue (rbsp, 5);
    }
  return TRUE;
}
