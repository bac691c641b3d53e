/* What goes out and what comes in over HTTP. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
talk (Build *build, const char *request, GByteArray *reply)
{
  BuildTcp tcp = { 0 };

  build_connect (build, &tcp, 40000, 80);
  build_segment (build, &tcp, CAMERA, build_text (request));
  if (reply != NULL)
    build_segment (build, &tcp, VIEWER, reply);
}

static void
what_is_posted_is_counted (void)
{
  g_autoptr (Build) build = build_declared ("http-upload", "");
  const char *head = "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
  g_autofree char *post = g_strconcat (head, "hello", NULL);

  talk (build, post, NULL);
  const LensFindingRow *finding = build_finding (build, "http-upload");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 40);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).offset, ==, 54 + strlen (head));
}

static void
a_declared_server_may_have_it (void)
{
  g_autoptr (Build) build = build_declared (
      "http-upload", "[service a]\nproto = tcp\nport = 40000\nto = 192.0.2.20\ndirection = in\n");

  talk (build, "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", NULL);
  g_assert_nonnull (build_quiet (build, "http-upload"));
}

/* A masked text frame (RFC 6455 section 5.2) of the device, and one of the server. */
static void
what_it_says_on_a_websocket_is_counted (void)
{
  g_autoptr (Build) build = build_declared ("http-upload", "");
  BuildTcp tcp = { 0 };

  build_connect (build, &tcp, 40000, 80);
  build_segment (build, &tcp, CAMERA,
                 build_text ("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
  build_segment (build, &tcp, VIEWER,
                 build_text ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"));
  guint64 frame = build_segment (build, &tcp, CAMERA, build_hex ("8182 01020304 6968"));
  build_segment (build, &tcp, VIEWER, build_hex ("8102 6869"));
  const LensFindingRow *finding = build_finding (build, "http-upload");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, 54, 8);
}

static void
an_image_that_is_fetched_in_clear_is_named (void)
{
  g_autoptr (Build) build = build_new ("http-upload");

  build_session (build, build_sdp_h264, FALSE, "");
  talk (build, "GET /fw.bin HTTP/1.1\r\nHost: a\r\n\r\n",
        build_text ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhsqs1234"));
  const LensFindingRow *finding = build_found (build, "update-unauthenticated", LENS_SEVERITY_LOW);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).length, ==, 7);
}

static void
a_page_is_no_image (void)
{
  g_autoptr (Build) build = build_new ("http-upload");

  build_session (build, build_sdp_h264, FALSE, "");
  talk (build, "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        build_text ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n<html/>\n"));
  g_assert_null (build_finding (build, "update-unauthenticated"));
}

static void
a_read_request_of_tftp_is_named (void)
{
  g_autoptr (Build) build = build_declared ("http-upload", "");

  build_udp (build, CAMERA, 40000, 69, build_hex ("0001 6677 00 6f6374657400"));
  g_assert_cmpuint (build_finding (build, "update-unauthenticated")->used_bits, ==, 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/http-upload/what-is-posted-is-counted", what_is_posted_is_counted);
  g_test_add_func ("/analyzers/http-upload/a-declared-server-may-have-it",
                   a_declared_server_may_have_it);
  g_test_add_func ("/analyzers/http-upload/what-it-says-on-a-websocket-is-counted",
                   what_it_says_on_a_websocket_is_counted);
  g_test_add_func ("/analyzers/http-upload/an-image-that-is-fetched-in-clear-is-named",
                   an_image_that_is_fetched_in_clear_is_named);
  g_test_add_func ("/analyzers/http-upload/a-page-is-no-image", a_page_is_no_image);
  g_test_add_func ("/analyzers/http-upload/a-read-request-of-tftp-is-named",
                   a_read_request_of_tftp_is_named);
  return g_test_run ();
}
