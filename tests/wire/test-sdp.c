#include "wire/sdp.h"

#include <string.h>

static LensSdp *
parse (const char *text)
{
  return lens_sdp_parse ((const guint8 *)text, strlen (text));
}

static const LensSdpLine *
line_at (const LensSdp *sdp, guint index)
{
  g_assert_cmpuint (index, <, sdp->lines->len);
  return &g_array_index (sdp->lines, LensSdpLine, index);
}

static void
assert_adds_up (const LensSdp *sdp, gsize length)
{
  gsize position = 0;

  for (guint i = 0; i < sdp->lines->len; i++)
    {
      g_assert_cmpuint (line_at (sdp, i)->offset, ==, position);
      position += line_at (sdp, i)->length;
    }
  g_assert_cmpuint (position, ==, length);
}

/* As cameras write it: a vendor's attribute, two tracks, control by track. */
static const char camera[] = "v=0\r\n"
                             "o=- 1109162014219182 1 IN IP4 192.0.2.100\r\n"
                             "s=Media Presentation\r\n"
                             "e=NONE\r\n"
                             "b=AS:5100\r\n"
                             "t=0 0\r\n"
                             "a=control:rtsp://192.0.2.100:554/live/\r\n"
                             "m=video 0 RTP/AVP 96\r\n"
                             "c=IN IP4 0.0.0.0\r\n"
                             "a=recvonly\r\n"
                             "a=control:trackID=1\r\n"
                             "a=rtpmap:96 H264/90000\r\n"
                             "a=fmtp:96 profile-level-id=420029; packetization-mode=1;"
                             " sprop-parameter-sets=Z00AKg==,aO48gA==\r\n"
                             "a=Media_header:MEDIAINFO=494D4B48\r\n"
                             "m=audio 0 RTP/AVP 8 97\r\n"
                             "a=rtpmap:97 MPEG4-GENERIC/16000/2\r\n"
                             "a=extmap:3/sendonly urn:ietf:params:rtp-hdrext:ntp-64\r\n"
                             "a=sendonly\r\n";

static void
a_camera_description_is_read (void)
{
  g_autoptr (LensSdp) sdp = parse (camera);
  const LensSdpMedia *video = g_ptr_array_index (sdp->media, 0);
  const LensSdpMedia *audio = g_ptr_array_index (sdp->media, 1);

  assert_adds_up (sdp, sizeof camera - 1);
  g_assert_cmpuint (sdp->media->len, ==, 2);
  g_assert_cmpstr (sdp->name, ==, "Media Presentation");
  g_assert_cmpstr (sdp->control, ==, "rtsp://192.0.2.100:554/live/");
  g_assert_cmpstr (video->media, ==, "video");
  g_assert_cmpstr (video->proto, ==, "RTP/AVP");
  g_assert_cmpstr (video->connection, ==, "0.0.0.0");
  g_assert_cmpint (video->direction, ==, LENS_SDP_RECVONLY);
  g_assert_true (lens_sdp_has_format (video, 96));
  g_assert_false (lens_sdp_has_format (video, 97));

  const LensSdpRtpmap *map = lens_sdp_rtpmap (video, 96);
  g_assert_cmpstr (map->encoding, ==, "H264");
  g_assert_cmpuint (map->clock, ==, 90000);
  g_assert_null (lens_sdp_rtpmap (video, 97));
  g_autofree char *mode = lens_sdp_parameter (lens_sdp_fmtp (video, 96), "Packetization-Mode");
  g_autofree char *sets = lens_sdp_parameter (lens_sdp_fmtp (video, 96), "sprop-parameter-sets");
  g_assert_cmpstr (mode, ==, "1");
  g_assert_cmpstr (sets, ==, "Z00AKg==,aO48gA==");

  g_assert_cmpuint (lens_sdp_rtpmap (audio, 97)->channels, ==, 2);
  g_assert_cmpint (audio->direction, ==, LENS_SDP_SENDONLY);
  g_assert_cmpuint (g_array_index (audio->extmaps, LensSdpExtmap, 0).id, ==, 3);
  g_assert_cmpstr (g_array_index (audio->extmaps, LensSdpExtmap, 0).uri, ==,
                   "urn:ietf:params:rtp-hdrext:ntp-64");
}

static void
only_the_vendors_line_is_not_understood (void)
{
  g_autoptr (LensSdp) sdp = parse (camera);

  for (guint i = 0; i < sdp->lines->len; i++)
    {
      const LensSdpLine *line = line_at (sdp, i);
      gboolean vendor = strncmp (camera + line->offset, "a=Media_header", 14) == 0;
      g_assert_cmpint (line->understood, ==, !vendor);
      g_assert_cmpint (line->media, ==, i < 7 ? -1 : i < 14 ? 0 : 1);
    }
}

static void
what_makers_write_is_tolerated (void)
{
  g_autoptr (LensSdp) sdp = parse ("junk\n"
                                   "m=application/tp-link 0 RTP/AVP smart/1/90000\n"
                                   "a=rtpmap:95 tp-link/90000 \n"
                                   "a=control:track3\n"
                                   "\n"
                                   "m=\n"
                                   "a=rtpmap:96\n"
                                   "c=IN\n"
                                   "a=tool:x\x01y");
  const LensSdpMedia *link = g_ptr_array_index (sdp->media, 0);
  static const gboolean understood[] = { 0, 1, 1, 1, 1, 0, 0, 0, 0 };

  g_assert_cmpuint (sdp->media->len, ==, 2);
  g_assert_cmpstr (link->media, ==, "application/tp-link");
  g_assert_cmpstr (g_ptr_array_index (link->formats, 0), ==, "smart/1/90000");
  g_assert_cmpstr (lens_sdp_rtpmap (link, 95)->encoding, ==, "tp-link");
  g_assert_cmpstr (link->control, ==, "track3");
  g_assert_cmpuint (sdp->lines->len, ==, G_N_ELEMENTS (understood));
  for (guint i = 0; i < sdp->lines->len; i++)
    g_assert_cmpint (line_at (sdp, i)->understood, ==, understood[i]);
}

static void
endless_lists_are_capped (void)
{
  g_autoptr (GString) text = g_string_new ("m=video 0 RTP/AVP");

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, " 96");
  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "\na=rtpmap:96 H264/90000");
  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "\nm=video 0 RTP/AVP 96");
  g_autoptr (LensSdp) sdp = parse (text->str);
  const LensSdpMedia *media = g_ptr_array_index (sdp->media, 0);

  assert_adds_up (sdp, text->len);
  g_assert_cmpuint (media->formats->len, ==, LENS_SDP_MAX_ENTRIES);
  g_assert_cmpuint (media->rtpmaps->len, ==, LENS_SDP_MAX_ENTRIES);
  g_assert_cmpuint (sdp->media->len, ==, LENS_SDP_MAX_MEDIA);
  g_assert_cmpuint (sdp->lines->len, ==, LENS_SDP_MAX_LINES + 1);
  g_assert_false (line_at (sdp, 0)->understood);
  g_assert_false (line_at (sdp, LENS_SDP_MAX_LINES)->understood);
}

static void
hostile_octets_always_add_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof camera);
      g_autofree guint8 *octets = g_memdup2 (camera, MAX (length, 1));
      for (gint flips = g_rand_int_range (random, 0, 20); flips > 0 && length > 0; flips--)
        octets[g_rand_int_range (random, 0, (gint)length)]
            = (guint8)g_rand_int_range (random, 0, 256);
      g_autoptr (LensSdp) sdp = lens_sdp_parse (octets, length);
      assert_adds_up (sdp, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sdp/a-camera-description-is-read", a_camera_description_is_read);
  g_test_add_func ("/wire/sdp/only-the-vendors-line-is-not-understood",
                   only_the_vendors_line_is_not_understood);
  g_test_add_func ("/wire/sdp/what-makers-write-is-tolerated", what_makers_write_is_tolerated);
  g_test_add_func ("/wire/sdp/endless-lists-are-capped", endless_lists_are_capped);
  g_test_add_func ("/wire/sdp/hostile-octets-always-add-up", hostile_octets_always_add_up);
  return g_test_run ();
}
