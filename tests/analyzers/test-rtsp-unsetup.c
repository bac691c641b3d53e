/* Interleaved frames on channels that no SETUP granted. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
a_channel_that_nobody_set_up_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  guint64 frame = build_interleaved (build, CAMERA, 7, build_text ("hidden in channel seven"));

  const LensFindingRow *finding
      = build_found (build, "rtsp-interleaved-unsetup", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, 23);
  g_assert_true (g_str_has_prefix (finding->detail, "Channels 7."));
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 23);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

/* Described, but never set up: the line that describes it is named. */
static void
media_that_was_only_described_is_named (void)
{
  static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                            "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                            "a=control:track1\r\n";
  static const char more[] = "m=application 0 RTP/AVP 107\r\n"
                             "a=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:track2\r\n";
  g_autoptr (Build) build = build_new ("rtsp-unsetup");
  g_autofree char *both = g_strconcat (sdp, more, NULL);

  build_session (build, sdp, TRUE, "");
  build_request (build, "DESCRIBE", "", "Content-Type: application/sdp\r\n", both);
  for (guint16 i = 0; i < 4; i++)
    build_interleaved (build, CAMERA, 8,
                       build_rtp ((BuildRtp){ .payload_type = 107,
                                              .sequence = i,
                                              .ssrc = 9,
                                              .payload = build_text ("<tt:MetadataStream/>") }));
  const LensFindingRow *finding = build_finding (build, "rtsp-interleaved-unsetup");
  g_assert_nonnull (finding);
  g_assert_nonnull (strstr (finding->detail, "\"m=application 0 RTP/AVP 107\""));
  g_assert_null (strstr (finding->detail, "m=video"));
}

static void
rtcp_on_the_granted_channel_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, NULL));

  g_assert_null (build_finding (build, "rtsp-interleaved-unsetup"));
}

static void
a_capture_that_begins_late_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build->over_tcp = TRUE;
  build->rtsp = (BuildTcp){ 554, 40000, { 1000, 5000 } };
  build_video (build, 10, 1, 0xaaaa);

  build_quiet (build, "rtsp-interleaved-unsetup");
  build_quiet (build, "ledger-unexplained");
}

/* Only what the camera sends was captured: its replies, and media on channels whose requests
 * were not. */
static void
a_capture_of_one_direction_is_quiet (void)
{
  static const char reply[] = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n";

  for (guint asked = 0; asked < 2; asked++)
    {
      g_autoptr (Build) build = build_new ("rtsp-unsetup");
      guint32 sequence = 1001;

      if (asked)
        build_tcp (build, VIEWER, 554, 40000, (BuildSegment){ .flags = 2, .sequence = 5000 });
      build_tcp (build, CAMERA, 554, 40000,
                 (BuildSegment){ .flags = 0x12, .sequence = 1000, .acknowledgement = 5001 });
      for (guint i = 0; i < 20; i++)
        {
          GByteArray *data = i == 0
                                 ? build_text (reply)
                                 : build_join (build_hex ("24 00 0064 8060 0000 00000000 0000aaaa"),
                                               build_filled (0x41, 88));
          if (i > 0)
            data->data[7] = (guint8)i; /* sequence number */
          guint length = data->len;
          build_tcp (
              build, CAMERA, 554, 40000,
              (BuildSegment){
                  .flags = 0x10, .sequence = sequence, .acknowledgement = 5001, .data = data });
          sequence += length;
        }
      if (asked)
        g_assert_cmpint (build_finding (build, "rtsp-interleaved-unsetup")->severity, >=,
                         LENS_SEVERITY_MEDIUM);
      else
        {
          const LensFindingRow *finding = build_quiet (build, "rtsp-interleaved-unsetup");
          g_assert_nonnull (finding);
          g_assert_nonnull (strstr (finding->detail, "nothing that was sent to the device"));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-unsetup/" name, function)
  CASE ("a-channel-that-nobody-set-up-is-found", a_channel_that_nobody_set_up_is_found);
  CASE ("media-that-was-only-described-is-named", media_that_was_only_described_is_named);
  CASE ("rtcp-on-the-granted-channel-has-no-finding", rtcp_on_the_granted_channel_has_no_finding);
  CASE ("a-capture-that-begins-late-is-quiet", a_capture_that_begins_late_is_quiet);
  CASE ("a-capture-of-one-direction-is-quiet", a_capture_of_one_direction_is_quiet);
  return g_test_run ();
}
