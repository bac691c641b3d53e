#include "wire/h265-slice.h"

#include "wire/h265.h"

enum
{
  MAX_LONG_TERM = 33,
  MAX_ENTRY_POINTS = 440 * 256, /* tile rows and columns of 7.4.7.1, coding tree rows */
  MAX_EXTENSION = 256,          /* octets, 7.4.7.1 */
};

typedef struct
{
  LensH265Slice *slice;
  LensRbsp rbsp;
  const LensH265Sps *sps;
  const LensH265Pps *pps;
} Reader;

static gboolean
flag (Reader *reader)
{
  return lens_rbsp_flag (&reader->rbsp);
}

/* Keeps where @field lies: from octet @from to where the reader stands. */
static void
keep (Reader *reader, LensH265SliceField field, gsize from)
{
  reader->slice->at[field] = lens_rbsp_range (&reader->rbsp, from);
}

static gsize
here (const Reader *reader)
{
  return lens_rbsp_offset (&reader->rbsp);
}

/* Ceil (Log2 (value)) */
static guint
bits_for (guint32 value)
{
  return value <= 1 ? 0 : (guint)g_bit_storage (value - 1);
}

gboolean
lens_h265_is_slice (guint nal_type)
{
  return nal_type <= LENS_H265_RASL_R
         || (nal_type >= LENS_H265_BLA_W_LP && nal_type <= LENS_H265_CRA);
}

gboolean
lens_h265_is_irap (guint nal_type)
{
  return nal_type >= LENS_H265_BLA_W_LP && nal_type <= LENS_H265_RSV_IRAP_23;
}

gboolean
lens_h265_is_idr (guint nal_type)
{
  return nal_type == LENS_H265_IDR_W_RADL || nal_type == LENS_H265_IDR_N_LP;
}

/* --- references --- */

static gboolean
read_long_term (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  const LensH265Sps *sps = reader->sps;
  LensRbsp *rbsp = &reader->rbsp;
  guint32 of_sps = sps->n_long_term > 0 ? lens_rbsp_ue (rbsp) : 0;
  guint32 others = lens_rbsp_ue (rbsp);

  if (of_sps > MAX_LONG_TERM || others > MAX_LONG_TERM)
    return FALSE;
  slice->n_long_term = of_sps + others;
  for (guint i = 0; i < slice->n_long_term; i++)
    {
      if (i < of_sps)
        {
          guint32 index = lens_rbsp_u (rbsp, bits_for (sps->n_long_term));
          slice->num_pic_total_curr += index < 32 ? sps->long_term_used >> index & 1 : 0;
        }
      else
        {
          lens_rbsp_u (rbsp, sps->log2_max_poc_lsb);
          slice->num_pic_total_curr += flag (reader);
        }
      if (flag (reader)) /* delta_poc_msb_present_flag */
        lens_rbsp_ue (rbsp);
    }
  return TRUE;
}

/* What a slice of a picture that is not IDR says of order and references. */
static gboolean
read_references (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  const LensH265Sps *sps = reader->sps;
  LensRbsp *rbsp = &reader->rbsp;
  gsize from = here (reader);

  slice->poc_lsb = lens_rbsp_u (rbsp, sps->log2_max_poc_lsb);
  keep (reader, LENS_H265_AT_ORDER_COUNT, from);
  from = here (reader);
  slice->ref_set_of_sps = flag (reader);
  if (!slice->ref_set_of_sps)
    {
      if (!lens_h265_ref_set_read (&slice->ref_set, sps->ref_sets, sps->n_ref_sets, TRUE, rbsp))
        return FALSE;
    }
  else
    {
      slice->ref_set_index = lens_rbsp_u (rbsp, bits_for (sps->n_ref_sets));
      if (slice->ref_set_index >= sps->n_ref_sets)
        return FALSE;
      slice->ref_set = sps->ref_sets[slice->ref_set_index];
    }
  slice->num_pic_total_curr = (guint)__builtin_popcount (slice->ref_set.used);
  if (sps->long_term_refs && !read_long_term (reader))
    return FALSE;
  keep (reader, LENS_H265_AT_REF_SET, from);
  from = here (reader);
  if (sps->temporal_mvp)
    {
      slice->temporal_mvp = flag (reader);
      keep (reader, LENS_H265_AT_TEMPORAL_MVP, from);
    }
  return TRUE;
}

/* 7.3.6.2 */
static void
read_list_modification (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  gsize from = here (reader);

  for (guint list = 0; list < 2 && slice->num_ref_idx[list] > 0; list++)
    {
      slice->list_modification[list] = flag (reader);
      for (guint i = 0; slice->list_modification[list] && i < slice->num_ref_idx[list]; i++)
        lens_rbsp_u (&reader->rbsp, bits_for (slice->num_pic_total_curr));
    }
  keep (reader, LENS_H265_AT_LIST_MODIFICATION, from);
}

/* 7.3.6.3 */
static gboolean
read_weights (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  LensRbsp *rbsp = &reader->rbsp;
  gboolean chroma = lens_h265_sps_chroma_array_type (reader->sps) != 0;
  gsize from = here (reader);

  slice->has_weights = TRUE;
  if (lens_rbsp_ue (rbsp) > 7)
    return FALSE;
  if (chroma)
    lens_rbsp_se (rbsp);
  for (guint list = 0; list < 2; list++)
    {
      guint n = slice->num_ref_idx[list];
      guint32 luma_flags = lens_rbsp_u (rbsp, n);
      guint32 chroma_flags = chroma ? lens_rbsp_u (rbsp, n) : 0;
      for (guint i = 0; i < n; i++)
        {
          guint values = ((luma_flags >> (n - 1 - i) & 1) != 0 ? 2 : 0)
                         + ((chroma_flags >> (n - 1 - i) & 1) != 0 ? 4 : 0);
          for (guint k = 0; k < values; k++)
            lens_rbsp_se (rbsp);
        }
    }
  keep (reader, LENS_H265_AT_WEIGHTS, from);
  return !rbsp->short_read;
}

static gboolean
read_num_ref_idx (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  guint lists = slice->slice_type == LENS_H265_B ? 2 : 1;
  gsize from = here (reader);

  slice->num_ref_idx_override = flag (reader);
  for (guint list = 0; list < lists; list++)
    {
      guint32 last = reader->pps->num_ref_idx_default[list] - 1;
      if (slice->num_ref_idx_override)
        last = lens_rbsp_ue (&reader->rbsp);
      if (last >= LENS_H265_MAX_REFS)
        return FALSE;
      slice->num_ref_idx[list] = last + 1;
    }
  keep (reader, LENS_H265_AT_NUM_REF_IDX, from);
  return TRUE;
}

static gboolean
read_collocated (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  gsize from = here (reader);

  if (slice->slice_type == LENS_H265_B)
    slice->collocated_from_l0 = flag (reader);
  guint n = slice->num_ref_idx[slice->collocated_from_l0 ? 0 : 1];
  if (n > 1)
    slice->collocated_ref_idx = lens_rbsp_ue (&reader->rbsp);
  keep (reader, LENS_H265_AT_COLLOCATED, from);
  return slice->collocated_ref_idx < n;
}

/* What P and B slices have. */
static gboolean
read_inter (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  const LensH265Pps *pps = reader->pps;
  gboolean b = slice->slice_type == LENS_H265_B;

  if (!read_num_ref_idx (reader))
    return FALSE;
  if (pps->lists_modification_present && slice->num_pic_total_curr > 1)
    read_list_modification (reader);
  gsize from = here (reader);
  if (b)
    {
      slice->mvd_l1_zero = flag (reader);
      keep (reader, LENS_H265_AT_MVD_L1_ZERO, from);
    }
  from = here (reader);
  if (pps->cabac_init_present)
    {
      slice->cabac_init = flag (reader);
      keep (reader, LENS_H265_AT_CABAC_INIT, from);
    }
  if (slice->temporal_mvp && !read_collocated (reader))
    return FALSE;
  if (((pps->weighted_pred && !b) || (pps->weighted_bipred && b)) && !read_weights (reader))
    return FALSE;
  from = here (reader);
  guint32 fewer = lens_rbsp_ue (&reader->rbsp);
  slice->max_merge_cand = 5 - MIN (fewer, 4);
  keep (reader, LENS_H265_AT_MERGE, from);
  return fewer <= 4;
}

/* --- quantization and filters --- */

static gboolean
read_quantization (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  LensRbsp *rbsp = &reader->rbsp;
  gsize from = here (reader);

  slice->qp_delta = lens_rbsp_se (rbsp);
  slice->qp = reader->pps->init_qp + slice->qp_delta;
  keep (reader, LENS_H265_AT_QP_DELTA, from);
  from = here (reader);
  if (reader->pps->slice_chroma_qp_offsets_present)
    {
      slice->cb_qp_offset = lens_rbsp_se (rbsp);
      slice->cr_qp_offset = lens_rbsp_se (rbsp);
      keep (reader, LENS_H265_AT_CHROMA_QP, from);
    }
  if (reader->pps->chroma_qp_offset_list)
    slice->cu_chroma_qp_offset = flag (reader);
  return slice->qp >= -(6 * ((gint32)reader->sps->bit_depth_luma - 8)) && slice->qp <= 51
         && ABS (slice->cb_qp_offset) <= 12 && ABS (slice->cr_qp_offset) <= 12;
}

static gboolean
read_filters (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  const LensH265Pps *pps = reader->pps;
  gsize from = here (reader);

  slice->deblocking_disabled = pps->deblocking_disabled;
  if (pps->deblocking_override_enabled)
    {
      slice->deblocking_override = flag (reader);
      if (slice->deblocking_override)
        slice->deblocking_disabled = flag (reader);
      if (slice->deblocking_override && !slice->deblocking_disabled)
        {
          slice->beta_offset_div2 = lens_rbsp_se (&reader->rbsp);
          slice->tc_offset_div2 = lens_rbsp_se (&reader->rbsp);
        }
      keep (reader, LENS_H265_AT_DEBLOCKING, from);
    }
  from = here (reader);
  slice->loop_filter_across_slices = pps->loop_filter_across_slices;
  if (pps->loop_filter_across_slices
      && (slice->sao_luma || slice->sao_chroma || !slice->deblocking_disabled))
    {
      slice->loop_filter_across_slices = flag (reader);
      keep (reader, LENS_H265_AT_LOOP_FILTER, from);
    }
  return ABS (slice->beta_offset_div2) <= 6 && ABS (slice->tc_offset_div2) <= 6;
}

/* --- the header --- */

/* From slice_reserved_flag to the end of what a dependent slice segment leaves out. */
static gboolean
read_independent (Reader *reader)
{
  LensH265Slice *slice = reader->slice;
  LensRbsp *rbsp = &reader->rbsp;
  gsize from = here (reader);

  if (reader->pps->num_extra_slice_header_bits > 0)
    {
      slice->reserved = (guint8)lens_rbsp_u (rbsp, reader->pps->num_extra_slice_header_bits);
      keep (reader, LENS_H265_AT_RESERVED, from);
    }
  from = here (reader);
  slice->slice_type = lens_rbsp_ue (rbsp);
  keep (reader, LENS_H265_AT_TYPE, from);
  if (slice->slice_type > LENS_H265_I)
    return FALSE;
  from = here (reader);
  if (reader->pps->output_flag_present)
    slice->pic_output = flag (reader);
  if (reader->sps->separate_colour_plane)
    slice->colour_plane_id = (guint8)lens_rbsp_u (rbsp, 2);
  if (reader->pps->output_flag_present || reader->sps->separate_colour_plane)
    keep (reader, LENS_H265_AT_OUTPUT, from);
  if (!lens_h265_is_idr (slice->nal_type) && !read_references (reader))
    return FALSE;
  from = here (reader);
  if (reader->sps->sao)
    {
      slice->sao_luma = flag (reader);
      if (lens_h265_sps_chroma_array_type (reader->sps) != 0)
        slice->sao_chroma = flag (reader);
      keep (reader, LENS_H265_AT_SAO, from);
    }
  if (slice->slice_type != LENS_H265_I && !read_inter (reader))
    return FALSE;
  return read_quantization (reader) && read_filters (reader);
}

static gboolean
read_entry_points (Reader *reader)
{
  LensRbsp *rbsp = &reader->rbsp;
  gsize from = here (reader);
  guint32 count = lens_rbsp_ue (rbsp);
  guint32 bits = count > 0 ? lens_rbsp_ue (rbsp) : 0;

  if (count > MAX_ENTRY_POINTS || bits > 31)
    return FALSE;
  reader->slice->n_entry_points = count;
  for (guint32 i = 0; i < count && !rbsp->short_read; i++)
    reader->slice->entry_points_total += (guint64)lens_rbsp_u (rbsp, bits + 1) + 1;
  keep (reader, LENS_H265_AT_ENTRY_POINTS, from);
  return TRUE;
}

/* Octets that start anywhere in an octet: the header is not aligned yet. */
static gboolean
read_extension (Reader *reader)
{
  LensRbsp *rbsp = &reader->rbsp;
  guint32 length = lens_rbsp_ue (rbsp);
  gsize from = here (reader);

  if (length > MAX_EXTENSION)
    return FALSE;
  reader->slice->extension_length = length;
  for (guint32 i = 0; i < length; i++)
    lens_rbsp_u (rbsp, 8);
  if (length > 0)
    keep (reader, LENS_H265_AT_EXTENSION, from);
  return TRUE;
}

/* 7.3.2.12 */
static void
read_alignment (Reader *reader)
{
  LensRbsp *rbsp = &reader->rbsp;

  here (reader);
  guint left = 8 - rbsp->bit;
  reader->slice->bad_alignment = lens_rbsp_u (rbsp, left) != 1u << (left - 1);
}

/* Which slice segment this is; FALSE where its sets are not known. */
static gboolean
read_place (Reader *reader, const LensH265Sets *sets)
{
  LensH265Slice *slice = reader->slice;
  LensRbsp *rbsp = &reader->rbsp;
  gsize from = here (reader);

  slice->first = flag (reader);
  if (lens_h265_is_irap (slice->nal_type))
    {
      slice->no_output_of_prior_pics = flag (reader);
      keep (reader, LENS_H265_AT_NO_OUTPUT, from);
    }
  from = here (reader);
  slice->pps_id = lens_rbsp_ue (rbsp);
  keep (reader, LENS_H265_AT_PPS_ID, from);
  const LensH265Pps *pps = lens_h265_sets_pps (sets, slice->pps_id);
  const LensH265Sps *sps = pps != NULL ? lens_h265_sets_sps (sets, pps->sps_id) : NULL;
  if (rbsp->short_read || sps == NULL || pps->unread || sps->unread || sps->screen_content
      || pps->curr_pic_ref || pps->slice_act_qp_offsets_present)
    return FALSE;
  slice->pps = reader->pps = pps;
  slice->sps = reader->sps = sps;
  from = here (reader);
  if (slice->first)
    return TRUE;
  if (pps->dependent_slice_segments)
    slice->dependent = flag (reader);
  slice->address = lens_rbsp_u (rbsp, bits_for (lens_h265_sps_ctbs (sps)));
  keep (reader, LENS_H265_AT_ADDRESS, from);
  return slice->address < lens_h265_sps_ctbs (sps);
}

static gboolean
read_header (Reader *reader, const LensH265Sets *sets)
{
  LensH265Slice *slice = reader->slice;

  if (!read_place (reader, sets))
    return FALSE;
  if (!slice->dependent && !read_independent (reader))
    return FALSE;
  if ((reader->pps->tiles || reader->pps->entropy_coding_sync) && !read_entry_points (reader))
    return FALSE;
  if (reader->pps->slice_header_extension_present && !read_extension (reader))
    return FALSE;
  read_alignment (reader);
  return !reader->rbsp.short_read;
}

gboolean
lens_h265_slice_parse (LensH265Slice *slice, const LensH265Sets *sets, const guint8 *octets,
                       gsize length)
{
  LensH265Nal nal = { .view = { octets, length, NULL, 0 } };
  Reader reader = { .slice = slice, .rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER) };

  lens_h265_read_header (&nal);
  *slice = (LensH265Slice){
    .nal_type = nal.type,
    .layer_id = nal.layer_id,
    .pic_output = TRUE,
    .collocated_from_l0 = TRUE,
  };
  slice->valid = lens_h265_is_slice (nal.type) && nal.layer_id == 0 && read_header (&reader, sets);
  slice->data = reader.rbsp;
  return slice->valid;
}
