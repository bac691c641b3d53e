/* The order of header extension elements. */
#include "tests/analyzers/build.h"

#define CHANNEL "rtp-ext-8285-padding"

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                          "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
                          "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                          "a=extmap:2 urn:ietf:params:rtp-hdrext:framemarking\r\n"
                          "a=extmap:3 urn:3gpp:video-orientation\r\n";

static guint64
send (Build *build, guint16 sequence, const char *extension)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = 3600u * sequence,
                                             .ssrc = 7,
                                             .extension = build_hex (extension),
                                             .payload = build_hex ("41 9a 5c 5c") }));
}

static void
an_order_that_changes_is_found (void)
{
  static const char *const orders[]
      = { "bede 0002 117630 20c0 3000 00", "bede 0002 20c0 117630 3000 00",
          "bede 0002 00 3000 117630 20c0", "bede 0002 117630 20c0 00 3000" };
  g_autoptr (Build) build = build_new ("rtp-element-order");

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    send (build, i, orders[(i * 2654435761u) >> 30]);
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 100);
}

/* Others come with pictures of another kind. */
static void
sets_that_change_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtp-element-order");

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    send (build, i,
          (i * 2654435761u) >> 31 ? "bede 0002 117630 20c0 3000 00" : "bede 0001 20c0 3000");
  build_quiet (build, CHANNEL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-element-order/" name, function)
  CASE ("an-order-that-changes-is-found", an_order_that_changes_is_found);
  CASE ("sets-that-change-are-quiet", sets_that_change_are_quiet);
  return g_test_run ();
}
