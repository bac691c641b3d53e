#include "ledger/h264-watch.h"

#include <string.h>

enum
{
  MAX_SPROP = 64, /* units of one description */
};

GPtrArray *
lens_h264_sprop (const LensTrack *track)
{
  GPtrArray *units = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < track->formats->len; i++)
    {
      const LensFormat *format = g_ptr_array_index (track->formats, i);
      if (format->fmtp == NULL || g_strcmp0 (format->codec, "H264") != 0)
        continue;
      g_autofree char *text = lens_sdp_parameter (format->fmtp, "sprop-parameter-sets");
      g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ",", MAX_SPROP);
      for (guint p = 0; parts[p] != NULL; p++)
        {
          gsize length;
          guint8 *octets = g_base64_decode (parts[p], &length);
          g_ptr_array_add (units, g_bytes_new_take (octets, length));
        }
    }
  return units;
}

/* What lies behind the start code that some servers leave there (RFC 6184 has none). */
static void
take_described_sets (LensH264Watch *watch, const LensTrack *track)
{
  g_autoptr (GPtrArray) units = lens_h264_sprop (track);

  for (guint i = 0; i < units->len; i++)
    {
      gsize length;
      const guint8 *octets = g_bytes_get_data (g_ptr_array_index (units, i), &length);
      gsize start = 0;
      while (start < length && octets[start] == 0)
        start++;
      start = start >= 2 && start < length && octets[start] == 1 ? start + 1 : 0;
      if (length > start)
        lens_h264_sets_take (watch->sets, octets + start, length - start);
    }
}

/* 7.4.1.2.4. */
static gboolean
differs (const LensH264Slice *a, const LensH264Slice *b)
{
  return a->frame_num != b->frame_num || a->pps_id != b->pps_id || a->field_pic != b->field_pic
         || a->bottom_field != b->bottom_field || (a->ref_idc == 0) != (b->ref_idc == 0)
         || a->pic_order_cnt_lsb != b->pic_order_cnt_lsb
         || a->delta_pic_order_cnt_bottom != b->delta_pic_order_cnt_bottom
         || a->delta_pic_order_cnt[0] != b->delta_pic_order_cnt[0]
         || a->delta_pic_order_cnt[1] != b->delta_pic_order_cnt[1]
         || (a->nal_type == LENS_H264_IDR) != (b->nal_type == LENS_H264_IDR)
         || a->idr_pic_id != b->idr_pic_id;
}

static gboolean
forgets_numbers (const LensH264Slice *slice)
{
  for (guint i = 0; i < slice->n_markings; i++)
    if (slice->marking[i].operation == 5)
      return TRUE;
  return FALSE;
}

/* 7.4.3: one more than the last reference picture, whether or not this one is a reference. */
static void
count_on (LensH264Watch *watch)
{
  const LensH264Slice *slice = &watch->slice;
  guint32 mask = (1u << slice->sps->log2_max_frame_num) - 1;
  gboolean reference = slice->ref_idc != 0;
  guint32 said = (slice->frame_num - !reference) & mask;
  guint32 expected = (watch->reference + reference) & mask;

  watch->counts = watch->countable && watch->has_before && !slice->field_pic
                  && slice->nal_type != LENS_H264_IDR && !slice->sps->gaps_in_frame_num_allowed;
  watch->ahead = (slice->frame_num - watch->reference) & mask;
  if (!watch->counts)
    watch->reference = watch->other = said;
  else if (watch->ahead == 1 || slice->frame_num == ((watch->other + 1) & mask))
    {
      watch->ahead = 1;
      watch->reference = watch->other = said;
    }
  else
    {
      /* Where the picture before lied about being a reference, this one is right. */
      gboolean lied = watch->ahead == (watch->before.ref_idc != 0 ? 0 : 2);
      watch->reference = lied ? said : expected;
      watch->other = lied ? expected : said;
    }
}

static void
take_slice (LensH264Watch *watch, const LensUnit *unit)
{
  const LensH264Slice *slice = &watch->slice;
  gboolean whole
      = lens_h264_slice_parse (&watch->slice, watch->sets, unit->view.octets, unit->view.length);

  watch->is_slice = TRUE;
  watch->new_picture = watch->new_timestamp || !watch->has_before
                       || (whole ? differs (slice, &watch->before) : slice->first_mb == 0);
  if (!watch->new_picture)
    return;
  watch->pictures++;
  watch->counts = FALSE;
  if (slice->valid)
    count_on (watch);
  watch->countable = slice->valid && !slice->field_pic && !forgets_numbers (slice);
}

void
lens_h264_watch_take (LensH264Watch *watch, const LensUnit *unit)
{
  const LensNal *nal = unit->nal;

  if (watch->sets == NULL)
    {
      watch->sets = lens_h264_sets_new ();
      take_described_sets (watch, unit->track);
    }
  if (watch->is_slice)
    {
      watch->before = watch->slice;
      watch->has_before = watch->slice.valid;
    }
  watch->lost = watch->started && nal->first_sequence != watch->sequence
                && nal->first_sequence != (guint16)(watch->sequence + 1);
  watch->new_timestamp = !watch->started || nal->timestamp != watch->timestamp;
  watch->started = TRUE;
  watch->sequence = nal->last_sequence;
  watch->timestamp = nal->timestamp;
  watch->is_slice = FALSE;
  watch->has_before = watch->has_before && !watch->lost;
  if (nal->type == LENS_H264_SPS || nal->type == LENS_H264_PPS)
    lens_h264_sets_take (watch->sets, unit->view.octets, unit->view.length);
  else if (nal->type == 1 || nal->type == 2 || nal->type == LENS_H264_IDR)
    take_slice (watch, unit);
}

void
lens_h264_watch_clear (LensH264Watch *watch)
{
  lens_h264_sets_free (watch->sets);
  watch->sets = NULL;
}
