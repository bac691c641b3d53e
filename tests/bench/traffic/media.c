#include "tests/bench/traffic/media.h"

#include <string.h>

#define G711_OCTETS 160
#define ADTS_OCTETS 7

/* NAL unit types: ITU-T H.264 table 7-1, H.265 table 7-1. */
enum
{
  H264_IDR = 5,
  H264_SPS = 7,
  H264_PPS = 8,
  H264_DELIMITER = 9,
  H265_IDR_W_RADL = 19,
  H265_IDR_N_LP = 20,
  H265_VPS = 32,
  H265_SPS = 33,
  H265_PPS = 34,
  H265_DELIMITER = 35,
};

static guint
nal_type (BenchCodec codec, guint8 first)
{
  return codec == BENCH_H264 ? first & 0x1f : first >> 1 & 0x3f;
}

static gboolean
is_delimiter (const BenchMedia *media, gsize offset)
{
  guint type = nal_type (media->codec, media->octets[offset]);

  return type == (media->codec == BENCH_H264 ? H264_DELIMITER : H265_DELIMITER);
}

static gboolean
is_parameter_set (const BenchMedia *media, gsize offset)
{
  guint type = nal_type (media->codec, media->octets[offset]);

  return media->codec == BENCH_H264 ? type == H264_SPS || type == H264_PPS
                                    : type >= H265_VPS && type <= H265_PPS;
}

static BenchPart *
last_part (BenchMedia *media)
{
  return media->parts->len > 0 ? &g_array_index (media->parts, BenchPart, media->parts->len - 1)
                               : NULL;
}

static void
add_part (BenchMedia *media, gsize offset, gsize length, gboolean is_whole)
{
  const BenchPart part = { .offset = offset, .length = length, .ends_unit = is_whole };

  g_array_append_val (media->parts, part);
}

/* A unit that begins with parameter sets begins a group: every encoder here repeats them. */
static void
begin_unit (BenchMedia *media, gboolean *is_new, gsize offset)
{
  if (*is_new && is_parameter_set (media, offset))
    {
      guint index = media->parts->len - 1;
      last_part (media)->begins_group = TRUE;
      g_array_append_val (media->groups, index);
    }
  *is_new = FALSE;
}

static void
take_nal (BenchMedia *media, gsize offset, gsize length, gboolean *is_new)
{
  if (length == 0)
    return;
  if (is_delimiter (media, offset))
    {
      if (media->parts->len > 0)
        last_part (media)->ends_unit = TRUE;
      *is_new = TRUE;
      return;
    }
  add_part (media, offset, length, FALSE);
  begin_unit (media, is_new, offset);
}

/* ITU-T H.264 annex B: start codes of three octets, zeros before them. */
static void
cut_nals (BenchMedia *media)
{
  const guint8 *octets = media->octets;
  gboolean is_new = TRUE;
  gsize begin = 0, at = 0;

  while (at + 3 <= media->length)
    {
      if (octets[at] != 0 || octets[at + 1] != 0 || octets[at + 2] != 1)
        {
          at++;
          continue;
        }
      gsize end = at;
      while (end > begin && octets[end - 1] == 0)
        end--;
      take_nal (media, begin, end - begin, &is_new);
      begin = at += 3;
    }
  take_nal (media, begin, media->length - begin, &is_new);
  if (media->parts->len > 0)
    last_part (media)->ends_unit = TRUE;
}

static void
cut_samples (BenchMedia *media)
{
  for (gsize at = 0; at + G711_OCTETS <= media->length; at += G711_OCTETS)
    add_part (media, at, G711_OCTETS, TRUE);
}

/* ISO/IEC 14496-3 table 1.A.5 and after: the header without check sequence. */
static void
cut_adts (BenchMedia *media)
{
  const guint8 *octets = media->octets;

  for (gsize at = 0; at + ADTS_OCTETS <= media->length;)
    {
      gsize length
          = (gsize)(octets[at + 3] & 3) << 11 | (gsize)octets[at + 4] << 3 | octets[at + 5] >> 5;
      if (length < ADTS_OCTETS || length > media->length - at)
        return;
      guint type = (octets[at + 2] >> 6) + 1u, rate = octets[at + 2] >> 2 & 15u;
      guint channels = (octets[at + 2] & 1u) << 2 | octets[at + 3] >> 6;
      media->audio_config = (guint16)(type << 11 | rate << 7 | channels << 3);
      add_part (media, at + ADTS_OCTETS, length - ADTS_OCTETS, TRUE);
      at += length;
    }
}

static char *
encoded_part (const BenchMedia *media, guint type)
{
  for (guint i = 0; i < media->parts->len; i++)
    {
      const BenchPart *part = &g_array_index (media->parts, BenchPart, i);
      if (nal_type (media->codec, media->octets[part->offset]) == type)
        return g_base64_encode (media->octets + part->offset, part->length);
    }
  return g_strdup ("");
}

/* RFC 6184 section 8.2.1, RFC 7798 section 7.2.1, RFC 3640 section 3.3.6. */
static char *
describe (const BenchMedia *media)
{
  if (media->codec == BENCH_AAC)
    return g_strdup_printf ("streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;"
                            "indexlength=3;indexdeltalength=3;config=%04X",
                            media->audio_config);
  if (media->codec == BENCH_H264)
    {
      g_autofree char *sps = encoded_part (media, H264_SPS), *pps = encoded_part (media, H264_PPS);
      gsize length = 0;
      g_autofree guchar *level = g_base64_decode (sps, &length);
      return length < 4 ? NULL
                        : g_strdup_printf ("packetization-mode=1;profile-level-id=%02X%02X%02X;"
                                           "sprop-parameter-sets=%s,%s",
                                           level[1], level[2], level[3], sps, pps);
    }
  if (media->codec == BENCH_H265)
    {
      g_autofree char *vps = encoded_part (media, H265_VPS), *sps = encoded_part (media, H265_SPS),
                      *pps = encoded_part (media, H265_PPS);
      return g_strdup_printf ("sprop-vps=%s;sprop-sps=%s;sprop-pps=%s", vps, sps, pps);
    }
  return NULL;
}

BenchMedia *
bench_media_read (BenchCodec codec, const char *path, GError **error)
{
  g_autoptr (BenchMedia) media = g_new0 (BenchMedia, 1);
  gchar *octets = NULL;

  media->codec = codec;
  media->parts = g_array_new (FALSE, FALSE, sizeof (BenchPart));
  media->groups = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!g_file_get_contents (path, &octets, &media->length, error))
    return NULL;
  media->octets = (guint8 *)octets;
  if (codec == BENCH_G711)
    cut_samples (media);
  else if (codec == BENCH_AAC)
    cut_adts (media);
  else
    cut_nals (media);
  gboolean is_video = codec == BENCH_H264 || codec == BENCH_H265;
  if (media->parts->len == 0 || (is_video && media->groups->len == 0))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no media that can be used", path);
      return NULL;
    }
  media->parameters = describe (media);
  return g_steal_pointer (&media);
}

void
bench_media_free (BenchMedia *media)
{
  if (media == NULL)
    return;
  g_clear_pointer (&media->parts, g_array_unref);
  g_clear_pointer (&media->groups, g_array_unref);
  g_free (media->parameters);
  g_free (media->octets);
  g_free (media);
}
