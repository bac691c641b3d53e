#pragma once

#include "wire/rbsp.h"

G_BEGIN_DECLS

/* Video usability information and the hypothetical reference decoder: ITU-T H.265 (08/2021)
 * E.2.1 to E.2.3. */

enum
{
  LENS_H265_MAX_CPB = 32,
};

/* What SEI messages are read by, of hrd_parameters(). */
typedef struct
{
  gboolean present;
  gboolean nal, vcl; /* nal_hrd_parameters_present_flag, vcl_... */
  gboolean sub_pic;  /* sub_pic_hrd_params_present_flag */
  gboolean sub_pic_cpb_params_in_pic_timing_sei;
  guint8 du_cpb_removal_delay_increment_length, dpb_output_delay_du_length;
  guint8 initial_cpb_removal_delay_length, au_cpb_removal_delay_length, dpb_output_delay_length;
  guint cpb_cnt; /* of the highest sub-layer, 1-32 */
} LensH265Hrd;

/* FALSE when a count is out of range.  What @common says to be absent stays as it is in @hrd. */
gboolean lens_h265_hrd_read (LensH265Hrd *hrd, LensRbsp *rbsp, gboolean common,
                             guint max_sub_layers);

typedef struct
{
  gboolean present;
  gboolean field_seq, frame_field_info_present;
  gboolean timing_info_present;
  guint32 num_units_in_tick, time_scale;
  LensH265Hrd hrd;
} LensH265Vui;

gboolean lens_h265_vui_read (LensH265Vui *vui, LensRbsp *rbsp, guint max_sub_layers);

G_END_DECLS
