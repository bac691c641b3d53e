#include "wire/h265-sei.h"

gboolean
lens_h265_sei_is_defined (guint32 payload_type, gboolean suffix)
{
  static const guint8 prefix[]
      = { 0,   1,   2,   3,   4,   5,   6,   9,   15,  16,  17,  19,  22,  23,  45,  47,  56,
          128, 129, 130, 131, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145,
          147, 148, 149, 150, 151, 152, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164,
          165, 166, 167, 168, 176, 177, 178, 179, 180, 181, 200, 201, 202, 205 };
  static const guint8 behind[] = { 3, 4, 5, 17, 22, 132, 146 };
  const guint8 *types = suffix ? behind : prefix;
  gsize n = suffix ? sizeof behind : sizeof prefix;

  for (gsize i = 0; i < n; i++)
    if (types[i] == payload_type)
      return TRUE;
  return FALSE;
}

/* --- the syntax of those that an encoder of one layer sends --- */

/* All return FALSE where the syntax needs what is not known. */
typedef gboolean (*Reader) (LensRbsp *rbsp, const LensH265Sps *sps);

static void
read_initial_delays (const LensH265Hrd *hrd, LensRbsp *rbsp, gboolean alternative)
{
  for (guint i = 0; i < hrd->cpb_cnt * (alternative ? 4 : 2); i++)
    lens_rbsp_u (rbsp, hrd->initial_cpb_removal_delay_length);
}

/* D.2.2 */
static gboolean
read_buffering_period (LensRbsp *rbsp, const LensH265Sps *sps)
{
  const LensH265Hrd *hrd = sps != NULL ? &sps->vui.hrd : NULL;

  if (hrd == NULL || (!hrd->nal && !hrd->vcl))
    return FALSE;
  lens_rbsp_ue (rbsp);
  gboolean alternative = !hrd->sub_pic && lens_rbsp_flag (rbsp);
  if (alternative)
    {
      lens_rbsp_u (rbsp, hrd->au_cpb_removal_delay_length);
      lens_rbsp_u (rbsp, hrd->dpb_output_delay_length);
    }
  lens_rbsp_flag (rbsp); /* concatenation_flag */
  lens_rbsp_u (rbsp, hrd->au_cpb_removal_delay_length);
  for (guint i = 0; i < (guint)hrd->nal + (guint)hrd->vcl; i++)
    read_initial_delays (hrd, rbsp, hrd->sub_pic || alternative);
  return TRUE;
}

gboolean
lens_h265_pic_timing_read (LensH265PicTiming *timing, LensRbsp *rbsp, const LensH265Sps *sps)
{
  const LensH265Hrd *hrd = &sps->vui.hrd;

  *timing = (LensH265PicTiming){ .pic_struct = 0 };
  if (sps->vui.frame_field_info_present)
    timing->pic_struct = (guint8)lens_rbsp_u (rbsp, 7);
  if (!hrd->nal && !hrd->vcl)
    return FALSE;
  timing->au_cpb_removal_delay = lens_rbsp_u (rbsp, hrd->au_cpb_removal_delay_length) + 1;
  timing->pic_dpb_output_delay = lens_rbsp_u (rbsp, hrd->dpb_output_delay_length);
  return TRUE;
}

static void
read_decoding_units (LensRbsp *rbsp, const LensH265Hrd *hrd)
{
  guint32 last = lens_rbsp_ue (rbsp);
  gboolean common = lens_rbsp_flag (rbsp);

  if (common)
    lens_rbsp_u (rbsp, hrd->du_cpb_removal_delay_increment_length);
  for (guint32 i = 0; i <= last && !rbsp->short_read; i++)
    {
      lens_rbsp_ue (rbsp);
      if (!common && i < last)
        lens_rbsp_u (rbsp, hrd->du_cpb_removal_delay_increment_length);
    }
}

/* D.2.3 */
static gboolean
read_pic_timing (LensRbsp *rbsp, const LensH265Sps *sps)
{
  LensH265PicTiming timing;

  if (sps == NULL || !sps->vui.present)
    return FALSE;
  const LensH265Hrd *hrd = &sps->vui.hrd;
  if (!lens_h265_pic_timing_read (&timing, rbsp, sps))
    return sps->vui.frame_field_info_present;
  if (hrd->sub_pic)
    lens_rbsp_u (rbsp, hrd->dpb_output_delay_du_length);
  if (hrd->sub_pic && hrd->sub_pic_cpb_params_in_pic_timing_sei)
    read_decoding_units (rbsp, hrd);
  return TRUE;
}

/* recovery_point() */
static gboolean
read_recovery_point (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_se (rbsp);
  lens_rbsp_u (rbsp, 2);
  return TRUE;
}

/* frame_packing_arrangement() */
static gboolean
read_frame_packing (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_ue (rbsp);
  if (!lens_rbsp_flag (rbsp)) /* cancel */
    {
      guint32 type = lens_rbsp_u (rbsp, 7);
      gboolean quincunx = lens_rbsp_flag (rbsp);
      lens_rbsp_u (rbsp, 12); /* content_interpretation_type, six flags */
      if (!quincunx && type != 5)
        lens_rbsp_u (rbsp, 16);
      lens_rbsp_u (rbsp, 9); /* reserved byte, persistence */
    }
  lens_rbsp_flag (rbsp);
  return TRUE;
}

/* display_orientation() */
static gboolean
read_display_orientation (LensRbsp *rbsp, const LensH265Sps *sps)
{
  if (!lens_rbsp_flag (rbsp))
    lens_rbsp_u (rbsp, 19);
  return TRUE;
}

/* active_parameter_sets() of one layer */
static gboolean
read_active_sets (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_u (rbsp, 6);
  guint32 last = lens_rbsp_ue (rbsp);
  for (guint32 i = 0; i <= last && !rbsp->short_read; i++)
    lens_rbsp_ue (rbsp);
  return TRUE;
}

/* decoded_picture_hash() */
static gboolean
read_picture_hash (LensRbsp *rbsp, const LensH265Sps *sps)
{
  static const guint8 octets[] = { 16, 2, 4 };

  if (sps == NULL)
    return FALSE;
  guint32 type = lens_rbsp_u (rbsp, 8);
  guint components = sps->chroma_format_idc == 0 ? 1 : 3;
  if (type >= G_N_ELEMENTS (octets))
    return FALSE;
  for (guint i = 0; i < components * octets[type]; i++)
    lens_rbsp_u (rbsp, 8);
  return TRUE;
}

/* What of hours, minutes and seconds is sent, behind full_timestamp_flag. */
static gint32
read_seconds (LensRbsp *rbsp, gboolean full)
{
  if (!full && !lens_rbsp_flag (rbsp))
    return -1;
  guint32 seconds = lens_rbsp_u (rbsp, 6);
  if (!full && !lens_rbsp_flag (rbsp))
    return -1;
  seconds += 60 * lens_rbsp_u (rbsp, 6);
  if (!full && !lens_rbsp_flag (rbsp))
    return -1;
  return (gint32)(seconds + 3600 * lens_rbsp_u (rbsp, 5));
}

static void
read_clock (LensH265Clock *clock, LensRbsp *rbsp)
{
  clock->flags = (guint16)lens_rbsp_u (rbsp, 9);
  clock->n_frames = lens_rbsp_u (rbsp, 9);
  clock->seconds = read_seconds (rbsp, clock->flags >> 2 & 1);
  clock->offset_length = lens_rbsp_u (rbsp, 5);
  clock->offset_value = lens_rbsp_u (rbsp, clock->offset_length);
}

gboolean
lens_h265_time_code_read (LensH265TimeCode *code, LensRbsp *rbsp)
{
  guint clocks = lens_rbsp_u (rbsp, 2);

  *code = (LensH265TimeCode){ .n = 0 };
  for (guint i = 0; i < clocks; i++)
    if (lens_rbsp_flag (rbsp))
      read_clock (&code->clocks[code->n++], rbsp);
  return !rbsp->short_read;
}

static gboolean
read_time_code (LensRbsp *rbsp, const LensH265Sps *sps)
{
  LensH265TimeCode code;

  lens_h265_time_code_read (&code, rbsp);
  return TRUE;
}

/* tone_mapping_info(): the tables of its models. */
static gboolean
read_tone_mapping (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_ue (rbsp);
  if (lens_rbsp_flag (rbsp)) /* cancel */
    return TRUE;
  lens_rbsp_flag (rbsp);
  guint coded_bits = (lens_rbsp_u (rbsp, 8) + 7) / 8 * 8;
  guint32 depth = lens_rbsp_u (rbsp, 8);
  guint target_bits = (depth + 7) / 8 * 8;
  guint32 model = lens_rbsp_ue (rbsp), count;

  if (coded_bits > 32 || depth > 16 || model > 4)
    return FALSE;
  if (model <= 1)
    for (guint i = 0; i < 2; i++)
      lens_rbsp_u (rbsp, 32);
  else if (model == 2)
    for (count = 1u << depth; count > 0 && !rbsp->short_read; count--)
      lens_rbsp_u (rbsp, coded_bits);
  else if (model == 3)
    for (count = lens_rbsp_u (rbsp, 16); count > 0 && !rbsp->short_read; count--)
      {
        lens_rbsp_u (rbsp, coded_bits);
        lens_rbsp_u (rbsp, target_bits);
      }
  else
    {
      for (guint i = 0; i < 2; i++)
        if (lens_rbsp_u (rbsp, 8) == 255)
          lens_rbsp_u (rbsp, 32);
      lens_rbsp_u (rbsp, 1 + 16);
      lens_rbsp_u (rbsp, 16);
      for (guint i = 0; i < 2; i++)
        lens_rbsp_u (rbsp, 32);
      for (guint i = 0; i < 3; i++)
        lens_rbsp_u (rbsp, 16);
    }
  return TRUE;
}

/* pan_scan_rect() */
static gboolean
read_pan_scan (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_ue (rbsp);
  if (lens_rbsp_flag (rbsp)) /* cancel */
    return TRUE;
  guint32 last = lens_rbsp_ue (rbsp);
  for (guint32 i = 0; i <= last && !rbsp->short_read; i++)
    for (guint side = 0; side < 4; side++)
      lens_rbsp_se (rbsp);
  lens_rbsp_flag (rbsp);
  return TRUE;
}

/* picture_snapshot(), progressive_refinement_segment_end() */
static gboolean
read_number (LensRbsp *rbsp, const LensH265Sps *sps)
{
  lens_rbsp_ue (rbsp);
  return TRUE;
}

static void
skip_octets (LensRbsp *rbsp, guint octets)
{
  for (guint i = 0; i < octets; i++)
    lens_rbsp_u (rbsp, 8);
}

static gboolean
read_0 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  return TRUE;
}

static gboolean
read_1 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  skip_octets (rbsp, 1);
  return TRUE;
}

static gboolean
read_2 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  skip_octets (rbsp, 2);
  return TRUE;
}

static gboolean
read_4 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  skip_octets (rbsp, 4);
  return TRUE;
}

static gboolean
read_8 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  skip_octets (rbsp, 8);
  return TRUE;
}

static gboolean
read_24 (LensRbsp *rbsp, const LensH265Sps *sps)
{
  skip_octets (rbsp, 24);
  return TRUE;
}

static const struct
{
  guint32 type;
  Reader read;
} readers[] = {
  { 0, read_buffering_period },
  { 1, read_pic_timing },
  { 2, read_pan_scan },
  { 6, read_recovery_point },
  { 15, read_number },
  { 17, read_number },
  { 23, read_tone_mapping },
  { 45, read_frame_packing },
  { 47, read_display_orientation },
  { 129, read_active_sets },
  { 131, read_2 }, /* temporal_sub_layer_zero_idx */
  { 132, read_picture_hash },
  { 135, read_0 }, /* no_display */
  { LENS_H265_SEI_TIME_CODE, read_time_code },
  { 137, read_24 }, /* mastering_display_colour_volume */
  { 144, read_4 },  /* content_light_level_info */
  { 147, read_1 },  /* alternative_transfer_characteristics */
  { 148, read_8 },  /* ambient_viewing_environment */
};

/* sei_payload(), D.2.1: what is left of the octet is a 1 and zeros. */
static gboolean
is_aligned (LensRbsp *rbsp)
{
  lens_rbsp_offset (rbsp);
  if (rbsp->bit == 0)
    return TRUE;
  guint left = 8 - rbsp->bit;
  return lens_rbsp_u (rbsp, left) == 1u << (left - 1);
}

LensH265SeiFit
lens_h265_sei_fit (const guint8 *octets, const LensSeiMessage *message, const LensH265Sps *sps,
                   gsize *end)
{
  gsize length = lens_range_end (message->payload);
  LensRbsp rbsp = lens_rbsp_over (octets, length, message->payload.offset);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      if (readers[i].type != message->payload_type)
        continue;
      if (!readers[i].read (&rbsp, sps))
        return LENS_H265_SEI_UNTOLD;
      if (rbsp.short_read)
        return LENS_H265_SEI_SHORTER;
      gboolean aligned = is_aligned (&rbsp);
      *end = MIN (rbsp.position, length);
      if (*end == length && aligned)
        return LENS_H265_SEI_FITS;
      if (!aligned)
        *end = MIN (*end, length - 1);
      return LENS_H265_SEI_LONGER;
    }
  return LENS_H265_SEI_UNTOLD;
}
