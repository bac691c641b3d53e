#include "wire/h265-parameter.h"

#include "wire/h265.h"

enum
{
  MAX_VPS = 16,
  MAX_LAYER_SETS = 1024, /* 7.4.3.1 */
  MAX_LONG_TERM = 32,
  MAX_SIDE = 65535, /* luma samples */
};

struct _LensH265Sets
{
  LensH265Vps *vps[MAX_VPS];
  LensH265Sps *sps[LENS_H265_MAX_SPS];
  LensH265Pps *pps[LENS_H265_MAX_PPS];
};

/* What follows belongs to annexes F to I. */
static LensRbspEnd
end_of (LensRbsp *rbsp, gboolean unread)
{
  return unread ? (LensRbspEnd){ .end = rbsp->length } : lens_rbsp_end (rbsp);
}

static void
skip_sub_layer_ordering (LensRbsp *rbsp, guint max_sub_layers)
{
  lens_h265_skip_ue (rbsp, 3 * (lens_rbsp_flag (rbsp) ? max_sub_layers : 1));
}

gboolean
lens_h265_is_plain (const LensH265Profile *profile)
{
  return profile->profile_idc <= 3;
}

/* --- video parameter set, 7.3.2.1 --- */

static gboolean
read_vps_timing (LensH265Vps *vps, LensRbsp *rbsp)
{
  if (!lens_rbsp_flag (rbsp))
    return TRUE;
  lens_rbsp_u (rbsp, 32);
  lens_rbsp_u (rbsp, 32);
  if (lens_rbsp_flag (rbsp))
    lens_rbsp_ue (rbsp);
  guint32 count = lens_rbsp_ue (rbsp);
  LensH265Hrd hrd = { .present = FALSE };
  for (guint32 i = 0; i < count && !rbsp->short_read; i++)
    {
      lens_rbsp_ue (rbsp); /* hrd_layer_set_idx */
      gboolean common = i == 0 || lens_rbsp_flag (rbsp);
      if (count > MAX_LAYER_SETS || !lens_h265_hrd_read (&hrd, rbsp, common, vps->max_sub_layers))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_vps (LensH265Vps *vps, LensRbsp *rbsp)
{
  vps->id = (guint8)lens_rbsp_u (rbsp, 4);
  vps->base_layer_internal = lens_rbsp_flag (rbsp);
  vps->base_layer_available = lens_rbsp_flag (rbsp);
  vps->max_layers = lens_rbsp_u (rbsp, 6) + 1;
  vps->max_sub_layers = lens_rbsp_u (rbsp, 3) + 1;
  lens_rbsp_flag (rbsp); /* vps_temporal_id_nesting_flag */
  lens_h265_reserved_read (&vps->reserved, LENS_H265_RESERVED_PROFILE, rbsp, 16, 0xffff);
  if (vps->max_sub_layers > LENS_H265_MAX_SUB_LAYERS)
    return FALSE;
  lens_h265_profile_read (&vps->profile, &vps->reserved, rbsp, vps->max_sub_layers);
  skip_sub_layer_ordering (rbsp, vps->max_sub_layers);
  guint max_layer_id = lens_rbsp_u (rbsp, 6);
  guint32 layer_sets = lens_rbsp_ue (rbsp);
  if (layer_sets >= MAX_LAYER_SETS)
    return FALSE;
  for (guint32 i = 0; i < layer_sets * (max_layer_id + 1) && !rbsp->short_read; i++)
    lens_rbsp_flag (rbsp);
  if (!read_vps_timing (vps, rbsp))
    return FALSE;
  if (lens_h265_extension_flag (&vps->reserved, rbsp, vps->max_layers == 1))
    {
      vps->unread = vps->max_layers > 1;
      if (!vps->unread)
        lens_h265_skip_extension_data (&vps->reserved, rbsp);
    }
  return !rbsp->short_read;
}

void
lens_h265_vps_parse (LensH265Vps *vps, const guint8 *octets, gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER);

  *vps = (LensH265Vps){ .id = 0 };
  vps->valid = read_vps (vps, &rbsp);
  vps->end = end_of (&rbsp, vps->unread || !vps->valid);
}

/* --- sequence parameter set, 7.3.2.2 --- */

/* Coding and transform blocks, filters. */
static gboolean
read_blocks (LensH265Sps *sps, LensRbsp *rbsp)
{
  guint32 min_cb = lens_rbsp_ue (rbsp), diff_cb = lens_rbsp_ue (rbsp);
  guint32 min_tb = lens_rbsp_ue (rbsp), diff_tb = lens_rbsp_ue (rbsp);

  sps->max_transform_depth_inter = lens_rbsp_ue (rbsp);
  sps->max_transform_depth_intra = lens_rbsp_ue (rbsp);
  if (min_cb > 3 || diff_cb > 3 || min_tb > 3 || diff_tb > 3 || min_cb + diff_cb > 3
      || min_tb + diff_tb > 3)
    return FALSE;
  sps->log2_min_cb = min_cb + 3;
  sps->log2_ctb = sps->log2_min_cb + diff_cb;
  sps->log2_min_tb = min_tb + 2;
  sps->log2_max_tb = sps->log2_min_tb + diff_tb;
  sps->scaling_list_enabled = lens_rbsp_flag (rbsp);
  if (sps->scaling_list_enabled && lens_rbsp_flag (rbsp))
    lens_h265_skip_scaling_list (rbsp);
  sps->amp = lens_rbsp_flag (rbsp);
  sps->sao = lens_rbsp_flag (rbsp);
  sps->pcm = lens_rbsp_flag (rbsp);
  if (!sps->pcm)
    return TRUE;
  sps->pcm_bit_depth_luma = (guint8)(lens_rbsp_u (rbsp, 4) + 1);
  sps->pcm_bit_depth_chroma = (guint8)(lens_rbsp_u (rbsp, 4) + 1);
  guint32 min_pcm = lens_rbsp_ue (rbsp), diff_pcm = lens_rbsp_ue (rbsp);
  lens_rbsp_flag (rbsp); /* pcm_loop_filter_disabled_flag */
  sps->log2_min_pcm = MIN (min_pcm, 3) + 3;
  sps->log2_max_pcm = sps->log2_min_pcm + MIN (diff_pcm, 3);
  return min_pcm <= 2 && diff_pcm <= 2;
}

static gboolean
read_references (LensH265Sps *sps, LensRbsp *rbsp)
{
  guint32 sets = lens_rbsp_ue (rbsp);

  if (sets > LENS_H265_MAX_REF_SETS)
    return FALSE;
  sps->n_ref_sets = sets;
  for (guint i = 0; i < sets; i++)
    if (rbsp->short_read
        || !lens_h265_ref_set_read (&sps->ref_sets[i], sps->ref_sets, i, FALSE, rbsp))
      return FALSE;
  sps->long_term_refs = lens_rbsp_flag (rbsp);
  guint32 long_term = sps->long_term_refs ? lens_rbsp_ue (rbsp) : 0;
  if (long_term > MAX_LONG_TERM)
    return FALSE;
  sps->n_long_term = long_term;
  for (guint i = 0; i < long_term; i++)
    {
      lens_rbsp_u (rbsp, sps->log2_max_poc_lsb);
      sps->long_term_used |= lens_rbsp_u (rbsp, 1) << i;
    }
  sps->temporal_mvp = lens_rbsp_flag (rbsp);
  lens_rbsp_flag (rbsp); /* strong_intra_smoothing_enabled_flag */
  return TRUE;
}

/* 7.3.2.2.3 */
static gboolean
read_sps_screen_content (LensH265Sps *sps, LensRbsp *rbsp)
{
  sps->screen_content = TRUE;
  sps->curr_pic_ref = lens_rbsp_flag (rbsp);
  if (lens_rbsp_flag (rbsp)) /* palette_mode_enabled_flag */
    {
      lens_h265_skip_ue (rbsp, 2);
      if (lens_rbsp_flag (rbsp))
        {
          guint32 last = lens_rbsp_ue (rbsp);
          guint chroma = sps->chroma_format_idc == 0 ? 0 : 2;
          if (last >= 128)
            return FALSE;
          for (guint i = 0; i <= last; i++)
            lens_rbsp_u (rbsp, sps->bit_depth_luma);
          for (guint i = 0; i < chroma * (last + 1); i++)
            lens_rbsp_u (rbsp, sps->bit_depth_chroma);
        }
    }
  sps->motion_vector_resolution_control_idc = (guint8)lens_rbsp_u (rbsp, 2);
  lens_rbsp_flag (rbsp);
  return TRUE;
}

/* A profile that uses no extension may say so in flags of 0 only; whatever it has more is for
 * nobody. */
static gboolean
read_sps_extension (LensH265Sps *sps, LensRbsp *rbsp)
{
  gboolean plain = lens_h265_is_plain (&sps->profile);
  LensH265ReservedList *reserved = &sps->reserved;

  sps->extended = lens_rbsp_flag (rbsp);
  if (!sps->extended)
    return TRUE;
  gboolean range = lens_rbsp_flag (rbsp);
  gboolean multilayer = lens_h265_extension_flag (reserved, rbsp, plain);
  gboolean depth = lens_h265_extension_flag (reserved, rbsp, plain);
  gboolean screen = lens_h265_extension_flag (reserved, rbsp, plain);
  gsize from = lens_rbsp_offset (rbsp);
  guint32 more = lens_rbsp_u (rbsp, 4);
  lens_h265_reserved_add (reserved, LENS_H265_RESERVED_EXTENSION, 4,
                          (guint)__builtin_popcount (more), lens_rbsp_range (rbsp, from));
  for (guint i = 0; range && i < 9; i++)
    sps->range_flags
        = (guint16)(sps->range_flags << 1 | lens_h265_extension_flag (reserved, rbsp, plain));
  if (plain && (multilayer || depth || screen))
    {
      lens_h265_skip_extension_data (reserved, rbsp);
      return TRUE;
    }
  if (multilayer)
    lens_rbsp_flag (rbsp); /* inter_view_mv_vert_constraint_flag */
  sps->unread = depth;
  if (screen && !depth && !read_sps_screen_content (sps, rbsp))
    return FALSE;
  if (more != 0 && !depth)
    lens_h265_skip_extension_data (reserved, rbsp);
  return TRUE;
}

static gboolean
read_format (LensH265Sps *sps, LensRbsp *rbsp)
{
  sps->id = lens_rbsp_ue (rbsp);
  sps->chroma_format_idc = lens_rbsp_ue (rbsp);
  sps->separate_colour_plane = sps->chroma_format_idc == 3 && lens_rbsp_flag (rbsp);
  sps->width = lens_rbsp_ue (rbsp);
  sps->height = lens_rbsp_ue (rbsp);
  if (lens_rbsp_flag (rbsp)) /* conformance_window_flag */
    lens_h265_skip_ue (rbsp, 4);
  guint32 luma = lens_rbsp_ue (rbsp), chroma = lens_rbsp_ue (rbsp), poc = lens_rbsp_ue (rbsp);
  sps->bit_depth_luma = MIN (luma, 8) + 8;
  sps->bit_depth_chroma = MIN (chroma, 8) + 8;
  sps->log2_max_poc_lsb = MIN (poc, 12) + 4;
  return sps->id < LENS_H265_MAX_SPS && sps->chroma_format_idc <= 3 && luma <= 8 && chroma <= 8
         && poc <= 12 && sps->width > 0 && sps->width <= MAX_SIDE && sps->height > 0
         && sps->height <= MAX_SIDE;
}

static gboolean
read_sps (LensH265Sps *sps, LensRbsp *rbsp)
{
  sps->vps_id = (guint8)lens_rbsp_u (rbsp, 4);
  sps->max_sub_layers = lens_rbsp_u (rbsp, 3) + 1;
  lens_rbsp_flag (rbsp); /* sps_temporal_id_nesting_flag */
  if (sps->max_sub_layers > LENS_H265_MAX_SUB_LAYERS)
    return FALSE;
  lens_h265_profile_read (&sps->profile, &sps->reserved, rbsp, sps->max_sub_layers);
  if (!read_format (sps, rbsp))
    return FALSE;
  skip_sub_layer_ordering (rbsp, sps->max_sub_layers);
  if (!read_blocks (sps, rbsp) || !read_references (sps, rbsp))
    return FALSE;
  if (lens_rbsp_flag (rbsp) && !lens_h265_vui_read (&sps->vui, rbsp, sps->max_sub_layers))
    return FALSE;
  return read_sps_extension (sps, rbsp) && !rbsp->short_read;
}

void
lens_h265_sps_parse (LensH265Sps *sps, const guint8 *octets, gsize length)
{
  LensRbsp rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER);

  *sps = (LensH265Sps){ .id = 0 };
  sps->valid = read_sps (sps, &rbsp);
  sps->end = end_of (&rbsp, sps->unread || !sps->valid);
}

guint
lens_h265_sps_chroma_array_type (const LensH265Sps *sps)
{
  return sps->separate_colour_plane ? 0 : sps->chroma_format_idc;
}

guint32
lens_h265_sps_ctbs (const LensH265Sps *sps)
{
  guint32 size = 1u << sps->log2_ctb;

  return (sps->width + size - 1) / size * ((sps->height + size - 1) / size);
}

/* --- the sets of a track --- */

LensH265Sets *
lens_h265_sets_new (void)
{
  return g_new0 (LensH265Sets, 1);
}

void
lens_h265_sets_free (LensH265Sets *sets)
{
  if (sets == NULL)
    return;
  for (guint i = 0; i < MAX_VPS; i++)
    g_free (sets->vps[i]);
  for (guint i = 0; i < LENS_H265_MAX_SPS; i++)
    g_free (sets->sps[i]);
  for (guint i = 0; i < LENS_H265_MAX_PPS; i++)
    g_free (sets->pps[i]);
  g_free (sets);
}

/* Puts a copy of the set in its place; allocates when there is none yet. */
#define KEEP(place, set)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if ((place) == NULL)                                                                           \
      (place) = g_memdup2 (&(set), sizeof (set));                                                  \
    else                                                                                           \
      *(place) = (set);                                                                            \
  }                                                                                                \
  G_STMT_END

void
lens_h265_sets_take (LensH265Sets *sets, const guint8 *octets, gsize length)
{
  LensH265Nal nal = { .view = { octets, length, NULL, 0 } };
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;

  lens_h265_read_header (&nal);
  if (nal.layer_id != 0)
    return;
  if (nal.type == LENS_H265_VPS)
    {
      lens_h265_vps_parse (&vps, octets, length);
      if (vps.valid)
        KEEP (sets->vps[vps.id], vps);
    }
  else if (nal.type == LENS_H265_SPS)
    {
      lens_h265_sps_parse (&sps, octets, length);
      if (sps.valid)
        KEEP (sets->sps[sps.id], sps);
    }
  else if (nal.type == LENS_H265_PPS)
    {
      lens_h265_pps_parse (&pps, octets, length);
      if (pps.valid)
        KEEP (sets->pps[pps.id], pps);
    }
}

const LensH265Vps *
lens_h265_sets_vps (const LensH265Sets *sets, guint32 id)
{
  return id < MAX_VPS ? sets->vps[id] : NULL;
}

const LensH265Sps *
lens_h265_sets_sps (const LensH265Sets *sets, guint32 id)
{
  return id < LENS_H265_MAX_SPS ? sets->sps[id] : NULL;
}

const LensH265Pps *
lens_h265_sets_pps (const LensH265Sets *sets, guint32 id)
{
  return id < LENS_H265_MAX_PPS ? sets->pps[id] : NULL;
}
