#include "ledger/h265-watch.h"

#include "wire/h265.h"

enum
{
  MAX_SPROP = 64, /* units of one parameter */
};

GPtrArray *
lens_h265_sprop (const LensTrack *track, const char *name)
{
  GPtrArray *units = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < track->formats->len; i++)
    {
      const LensFormat *format = g_ptr_array_index (track->formats, i);
      if (format->fmtp == NULL || g_strcmp0 (format->codec, "H265") != 0)
        continue;
      g_autofree char *text = lens_sdp_parameter (format->fmtp, name);
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

static void
take_set (LensH265Watch *watch, const guint8 *octets, gsize length)
{
  LensH265Nal nal = { .view = { octets, length, NULL, 0 } };

  lens_h265_read_header (&nal);
  if (nal.layer_id != 0 || length <= LENS_H265_HEADER)
    return;
  lens_h265_sets_take (watch->sets, octets, length);
  LensRbsp rbsp = lens_rbsp_over (octets, length, LENS_H265_HEADER);
  if (nal.type == LENS_H265_SPS)
    {
      lens_rbsp_u (&rbsp, 4);
      watch->max_sub_layers = lens_rbsp_u (&rbsp, 3) + 1;
    }
  else if (nal.type == LENS_H265_VPS)
    {
      lens_rbsp_u (&rbsp, 6);
      watch->max_layers = lens_rbsp_u (&rbsp, 6) + 1;
    }
}

/* What lies behind the start code that some servers leave there (RFC 7798 has none). */
static void
take_described_sets (LensH265Watch *watch, const LensTrack *track)
{
  static const char *const names[] = { "sprop-vps", "sprop-sps", "sprop-pps" };

  for (guint n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autoptr (GPtrArray) units = lens_h265_sprop (track, names[n]);
      for (guint i = 0; i < units->len; i++)
        {
          gsize length, start = 0;
          const guint8 *octets = g_bytes_get_data (g_ptr_array_index (units, i), &length);
          while (start < length && octets[start] == 0)
            start++;
          start = start >= 2 && start < length && octets[start] == 1 ? start + 1 : 0;
          take_set (watch, octets + start, length - start);
        }
    }
}

void
lens_h265_watch_take (LensH265Watch *watch, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;

  if (watch->sets == NULL)
    {
      watch->sets = lens_h265_sets_new ();
      take_described_sets (watch, unit->track);
    }
  watch->lost = watch->started && nal->first_sequence != watch->sequence
                && nal->first_sequence != (guint16)(watch->sequence + 1);
  watch->new_timestamp = !watch->started || nal->timestamp != watch->timestamp;
  watch->started = TRUE;
  watch->sequence = nal->last_sequence;
  watch->timestamp = nal->timestamp;
  if (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_PPS)
    take_set (watch, unit->view.octets, unit->view.length);
}

void
lens_h265_watch_clear (LensH265Watch *watch)
{
  lens_h265_sets_free (watch->sets);
  watch->sets = NULL;
}

gboolean
lens_h265_is_base (const LensH265Nal *nal)
{
  return nal->layer_id == 0 && nal->view.length >= LENS_H265_HEADER
         && (lens_h265_is_slice (nal->type)
             || (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_SUFFIX_SEI));
}

const LensH265Sps *
lens_h265_watch_sps (const LensH265Watch *watch)
{
  for (guint32 id = 0; watch->sets != NULL && id < LENS_H265_MAX_SPS; id++)
    if (lens_h265_sets_sps (watch->sets, id) != NULL)
      return lens_h265_sets_sps (watch->sets, id);
  return NULL;
}
