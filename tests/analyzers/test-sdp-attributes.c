/* Lines of session descriptions that no stream needs. */
#include "tests/analyzers/build.h"

#include <string.h>

#define SDP_HEAD                                                                                   \
  "v=0\r\no=- 1700 1 IN IP4 192.0.2.10\r\ns=Media Presentation\r\ne=NONE\r\nb=AS:5100\r\n"         \
  "t=0 0\r\n"
#define SDP_VIDEO                                                                                  \
  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"                                             \
  "a=fmtp:96 packetization-mode=1; profile-level-id=640028; "                                      \
  "sprop-parameter-sets=Z2QAKK2EAQwgCGEAQwgCGEAQwgCEO1A8ARPyzcBAQFAAAD6AAAw1CEA=,aO48sA==\r\n"     \
  "a=control:track1\r\n"

static void
describe (Build *build, const char *sdp)
{
  build_request (build, "DESCRIBE", "Accept: application/sdp\r\n",
                 "Content-Base: rtsp://192.0.2.10/live/\r\nContent-Type: application/sdp\r\n", sdp);
}

static void
a_line_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");

  build_session (build, SDP_HEAD SDP_VIDEO, TRUE, "");
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *sdp
          = g_strdup_printf (SDP_HEAD SDP_VIDEO "a=x-note:%x\r\n", i * i * 0x91f3b);
      describe (build, sdp);
    }

  const LensFindingRow *finding
      = build_found (build, "sdp-unknown-attributes", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 6);
  g_assert_nonnull (strstr (finding->detail, "a=x-note"));
}

static void
one_long_attribute_is_enough (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");
  static const char data[] = "MzQ3ODk0cTJrNDUzNDhmajM0ODk1Zmo0ODk1N2pmNDg5NTdqZjQ4OTV5aGY4OTQ=";
  static const char before[] = SDP_HEAD SDP_VIDEO "a=x-note:";

  build_session (build, build_sdp_h264, TRUE, "");
  g_autofree char *sdp = g_strconcat (before, data, "\r\n", NULL);
  guint64 frame = build_request (build, "DESCRIBE", "", "", sdp);
  g_autofree char *head = g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %u\r\nContent-Length: %zu"
                                           "\r\n\r\n",
                                           build->cseq, strlen (sdp));

  const LensFindingRow *finding
      = build_found (build, "sdp-unknown-attributes", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + strlen (head) + strlen (before),
                       strlen (data));
}

static void
a_name_that_is_none_is_found (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");

  build_session (build,
                 "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\n"
                 "s=8f1c03aa95be77d2641c5e0f9a3b8d27c6e41f05b9a2d3c48f1c03aa\r\n"
                 "t=0 0\r\n" SDP_VIDEO,
                 TRUE, "");

  build_found (build, "sdp-unknown-attributes", LENS_SEVERITY_MEDIUM);
}

static void
many_small_attributes_are_found (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");
  g_autoptr (GString) sdp = g_string_new (SDP_HEAD SDP_VIDEO);

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (sdp, "a=x-n%u:%x\r\n", i, i * 2654435761u);
  build_session (build, sdp->str, TRUE, "");

  build_found (build, "sdp-unknown-attributes", LENS_SEVERITY_HIGH);
}

/* shared knowledge: Hikvision, Dahua, ONVIF, TP-Link. */
static void
makers_lines_are_room (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");
  static const char sdp[] = SDP_HEAD SDP_VIDEO
      "a=x-dimensions:2592,1944\r\n"
      "a=Media_header:MEDIAINFO=494D4B48010300000400000100000000000000000000000000000000000000000"
      "000000000000000;\r\na=appversion:1.0\r\na=packetization-supported:DH\r\n"
      "a=rtppayload-supported:DH\r\na=x-packetization-supported:IV\r\n"
      "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
      "a=fmtp:107 DecoderTag=h3c-v3 RTCP=0\r\na=recvonly\r\na=control:track2\r\n"
      "m=application/tp-link 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\n"
      "a=control:track3\r\n";

  build_session (build, sdp, TRUE, "");
  for (guint i = 0; i < 5; i++)
    describe (build, sdp);

  const LensFindingRow *finding = build_finding (build, "sdp-unknown-attributes");
  if (finding != NULL)
    g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_INFO);
}

static void
what_is_made_anew_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *sdp = g_strdup_printf (
          "v=0\r\no=- %u %u IN IP4 192.0.2.10\r\ns=x\r\nt=%u 0\r\n"
          "a=range:clock=20260101T0000%02uZ-\r\n" SDP_VIDEO
          "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:%08xX8kLmZ0d9QwErTyUiOpAsDfGhJkLzXcV%04x\r\n",
          i * 99991, i * 31, i * 77, i, i * 2654435761u, i * 331);
      describe (build, sdp);
    }

  build_quiet (build, "sdp-unknown-attributes");
}

/* A line of a known name. */
static void
append_line (GString *sdp, guint kind, guint32 n)
{
  switch (kind)
    {
    case 0:
      g_string_append_printf (sdp, "a=fingerprint:sha-256 %08X:%08X:%08X:%08X\r\n", n, n * 3, n * 5,
                              n * 7);
      break;
    case 1:
      g_string_append_printf (sdp, "a=ssrc:%u cname:%08x%08x\r\n", n, n * 3, n * 5);
      break;
    case 2:
      g_string_append_printf (sdp, "a=imageattr:96 send [x=%u,y=%u]\r\n", n >> 20, n & 0xfff);
      break;
    case 3:
      g_string_append_printf (sdp, "a=extmap:1 urn:uuid:%08x-%08x-%08x\r\n", n, n * 3, n * 5);
      break;
    default:
      g_string_append_printf (sdp, "b=TIAS:%u\r\n", n);
    }
}

/* More lines than there is use for. */
static void
known_names_again_and_again_are_found (void)
{
  for (guint kind = 0; kind < 5; kind++)
    {
      g_autoptr (Build) build = build_new ("sdp-attributes");
      g_autoptr (GString) sdp = g_string_new (SDP_HEAD SDP_VIDEO);
      for (guint32 i = 1; i < 40; i++)
        append_line (sdp, kind, i * 2654435761u);
      build_session (build, sdp->str, TRUE, "");
      g_assert_cmpint (build_finding (build, "sdp-unknown-attributes")->severity, >=,
                       LENS_SEVERITY_MEDIUM);
    }
}

static void
a_makers_line_has_its_length (void)
{
  g_autoptr (Build) build = build_new ("sdp-attributes");

  build_session (build,
                 SDP_HEAD SDP_VIDEO
                 "a=Media_header:MEDIAINFO=494D4B48010300000400000100000000000000000000000000000000"
                 "00000000000000003f9a0c77d1e2b84455aa10cd32ef98677f01c4d9;\r\n",
                 TRUE, "");
  build_found (build, "sdp-unknown-attributes", LENS_SEVERITY_MEDIUM);
}

#define SDP_AAC                                                                                    \
  "m=audio 0 RTP/AVP 104\r\na=rtpmap:104 MPEG4-GENERIC/16000/1\r\na=control:track2\r\n"            \
  "a=fmtp:104 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3; "

static void
a_configuration_ends_where_it_ends (void)
{
  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (Build) build = build_new ("sdp-attributes");
      build_session (build,
                     with ? SDP_HEAD SDP_VIDEO SDP_AAC
                         "config=140856E5009e2852777c758c9399d77158c83362a93d48b757\r\n"
                          : SDP_HEAD SDP_VIDEO SDP_AAC "config=140856E5000000\r\n",
                     TRUE, "");
      if (with)
        g_assert_cmpuint (build_finding (build, "sdp-unknown-attributes")->used_bits, ==, 8 * 40);
      else
        build_quiet (build, "sdp-unknown-attributes");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/sdp-attributes/" name, function)
  CASE ("a-line-that-changes-is-found", a_line_that_changes_is_found);
  CASE ("one-long-attribute-is-enough", one_long_attribute_is_enough);
  CASE ("a-name-that-is-none-is-found", a_name_that_is_none_is_found);
  CASE ("many-small-attributes-are-found", many_small_attributes_are_found);
  CASE ("makers-lines-are-room", makers_lines_are_room);
  CASE ("what-is-made-anew-is-quiet", what_is_made_anew_is_quiet);
  CASE ("known-names-again-and-again-are-found", known_names_again_and_again_are_found);
  CASE ("a-makers-line-has-its-length", a_makers_line_has_its_length);
  CASE ("a-configuration-ends-where-it-ends", a_configuration_ends_where_it_ends);
  return g_test_run ();
}
