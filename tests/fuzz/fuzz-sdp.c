/* A session description: its lines add up to it; and what is read out of its parameters: formats
 * of audio and video, parameter sets. */
#include "tests/fuzz/fuzz.h"

#include "wire/h265.h"
#include "wire/latm.h"
#include "wire/rfc3640.h"
#include "wire/sdp.h"
#include "wire/sprop.h"

static void
check_fmtp (const char *fmtp)
{
  static const char *const names[] = { "config", "mode", "sprop-max-don-diff", "sizelength" };
  LensLatmConfig latm;
  LensAacConfig aac;

  lens_au_format (fmtp);
  lens_h265_has_don (fmtp);
  lens_latm_config_from_hex (fmtp, &latm);
  lens_aac_config_from_hex (fmtp, &aac);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = lens_sdp_parameter (fmtp, names[i]);
      if (value == NULL)
        continue;
      lens_latm_config_from_hex (value, &latm);
      lens_aac_config_from_hex (value, &aac);
    }
}

static void
check_sprop (const guint8 *octets, gsize length, const char *name)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  LensRange value;
  gsize at = 0;

  while (lens_sprop_next (octets, length, name, &at, &value))
    {
      fuzz_inside (octets, length, value);
      g_assert_cmpuint (lens_range_end (value), <=, at);
      lens_sprop_decode (octets + value.offset, value.length, into);
      g_assert_cmpuint (lens_sprop_start (into->data, into->len), <=, into->len);
      lens_sprop_same (into->data, into->len, octets, MIN (length, 64));
    }
}

static void
check_media (const LensSdpMedia *media)
{
  g_assert_cmpuint (media->rtpmaps->len, <=, LENS_SDP_MAX_ENTRIES);
  g_assert_cmpuint (media->fmtps->len, <=, LENS_SDP_MAX_ENTRIES);
  g_assert_cmpuint (media->extmaps->len, <=, LENS_SDP_MAX_ENTRIES);
  for (guint type = 94; type < 100; type++)
    {
      lens_sdp_has_format (media, type);
      lens_sdp_rtpmap (media, type);
      const char *fmtp = lens_sdp_fmtp (media, type);
      if (fmtp != NULL)
        check_fmtp (fmtp);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (LensSdp) sdp = lens_sdp_parse (octets, length);
  gsize at = 0;

  for (guint i = 0; i < sdp->lines->len; i++)
    {
      const LensSdpLine *line = &g_array_index (sdp->lines, LensSdpLine, i);
      fuzz_follows (octets, length, &at, (LensRange){ line->offset, line->length });
      g_assert_cmpint (line->media, <, (gint)sdp->media->len);
      g_assert_cmpuint (line->text, <=, line->length);
      g_assert_cmpuint (line->value, <=, line->length);
    }
  g_assert_cmpuint (at, ==, length);
  g_assert_cmpuint (sdp->lines->len, <=, LENS_SDP_MAX_LINES + 1);
  g_assert_cmpuint (sdp->media->len, <=, LENS_SDP_MAX_MEDIA);
  for (guint i = 0; i < sdp->media->len; i++)
    check_media (g_ptr_array_index (sdp->media, i));
  check_sprop (octets, length, "sprop-parameter-sets=");
  check_sprop (octets, length, "sprop-sps=");
  return 0;
}
