/* Headers of RTSP replies: what they may say, and what changes. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
a_field_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");
  static const char *const values[]
      = { "alpha one", "bravo two", "charlie 3", "delta four", "echo five" };
  static const char head[] = "RTSP/1.0 200 OK\r\nCSeq: 5\r\nX-Note: ";
  guint64 frame = 0;
  gsize offset = 0;

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *field = g_strdup_printf ("X-Note: %s\r\n", values[i]);
      guint64 at = build_request (build, "GET_PARAMETER", "", field, "");
      frame = i == 0 ? at : frame;
      offset = i == 0 ? build->offset : offset;
    }

  /* The first one spoke as well: it comes back when the second differs. */
  const LensFindingRow *finding = build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset + strlen (head), strlen (values[0]));
  g_assert_cmpuint (finding->used_bits, ==, 8 * (9 + 9 + 9 + 10 + 9));
  g_assert_nonnull (strstr (finding->detail, "X-Note"));
}

static void
a_field_that_stays_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "x-Maker-Mode: 7\r\n");
  for (guint i = 0; i < 5; i++)
    build_request (build, "GET_PARAMETER", "", "x-Maker-Mode: 7\r\n", "");

  g_assert_cmpuint (build_quiet (build, "rtsp-headers")->room_bits, ==,
                    8 * strlen ("x-Maker-Mode: 7\r\n"));
}

static void
a_counter_is_foreseen (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *field = g_strdup_printf ("X-Count: %u\r\n", 40 + i);
      build_request (build, "OPTIONS", "", field, "");
    }

  build_quiet (build, "rtsp-headers");
}

static void
one_long_text_is_enough (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  build_request (build, "OPTIONS", "",
                 "X-Id: 7fa93be01c44d2f8a6605be91d3370c2f1e8847ab9d05c66e21a4f3b90c87d15\r\n", "");

  build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
}

static void
a_server_that_changes_its_name_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");
  static const char *const servers[]
      = { "Cam/1.0 a7", "Cam/1.0 q3", "Cam/1.0 zz", "Cam/1.0 0k", "Cam/1.0 x" };

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autofree char *field = g_strdup_printf ("Server: %s\r\n", servers[i]);
      build_request (build, "OPTIONS", "", field, "");
    }

  build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
}

static void
names_in_any_case_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 30; i++)
    {
      char name[] = "cache-control: no-cache\r\n";
      for (guint c = 0; c < 5; c++)
        if (((i * 2654435761u) >> (27 + c) & 1) != 0)
          name[c] = g_ascii_toupper (name[c]);
      build_request (build, "OPTIONS", "", name, "");
    }

  build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
}

/* RFC 2326 12.18 and 12.33, and what cameras make of them. */
static void
what_may_vary_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build->step = G_GINT64_CONSTANT (500) * 1000 * 1000;
  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 12; i++)
    {
      /* build_request() takes two frames of half a second. */
      guint second = (guint)(build->now / (1000 * 1000 * 1000) % 60);
      g_autofree char *fields = g_strdup_printf (
          "Date: Tue, Nov 14 2023 22:13:%02u GMT\r\nSession: 12345678;timeout=60\r\n"
          "RTP-Info: url=rtsp://192.0.2.10/live/track1;seq=%u;rtptime=%u;\r\nRange: npt=%u.5-\r\n"
          "Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u;ssrc= %08X\r\n",
          second, 1000 * i, 77777 * i, i, i, i + 1, 0x1234567 * i);
      build_request (build, i % 2 == 0 ? "PLAY" : "GET_PARAMETER", "", fields, "");
    }

  build_quiet (build, "rtsp-headers");
}

static void
a_date_that_leaps_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *field
          = g_strdup_printf ("Date: Tue, Nov 14 2023 21:%02u:00 GMT\r\n", i * i * 7 % 60);
      build_request (build, "OPTIONS", "", field, "");
    }

  build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
}

static void
an_echo_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *field = g_strdup_printf ("X-Trace: viewer-%u\r\n", i * i * 31);
      build_request (build, "OPTIONS", field, field, "");
    }

  build_quiet (build, "rtsp-headers");
}

static void
a_reply_that_nobody_asked_for_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");
  static const char text[] = "RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n";

  build_session (build, build_sdp_h264, TRUE, "");
  guint64 frame = build_segment (build, &build->rtsp, CAMERA, build_text (text));

  const LensFindingRow *finding = build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, strlen (text));
}

/* Two texts for one thing: what a new firmware does. */
static void
one_change_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 8; i++)
    build_request (build, "OPTIONS", "", i < 4 ? "Server: Cam/1.0.3\r\n" : "Server: Cam/1.1.0\r\n",
                   "");

  build_quiet (build, "rtsp-headers");
}

static void
a_transport_has_the_parameters_of_its_documents (void)
{
  static const char *const transports[] = {
    "Transport: RTP/AVP;unicast;client_port=1-2;server_port=3-4;x-path=lan\r\n",
    "Transport: RTP/AVP;unicast;client_port=1-2;destination_id=BEIA5HDJW523B5JHHTVYFRTFUVKMCI\r\n",
  };

  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (Build) build = build_new ("rtsp-headers");
      build_session (build, build_sdp_h264, TRUE, "");
      build_request (build, "SETUP", "", transports[with], "");
      if (with)
        build_found (build, "rtsp-headers", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "rtsp-headers");
    }
}

/* RFC 7826 appendix A.2, played and stopped again and again. */
static void
fields_of_rtsp_2_vary_where_they_may (void)
{
  g_autoptr (Build) build = build_new ("rtsp-headers");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *ask = g_strdup_printf (
          "PLAY rtsp://192.0.2.10/live/ RTSP/2.0\r\nCSeq: %u\r\nRange: npt=%u.5-\r\n"
          "Session: OccldOFFq23KwjYpAnBbUr\r\nSeek-Style: RAP\r\n\r\n",
          100 + i, i);
      g_autofree char *answer = g_strdup_printf (
          "RTSP/2.0 200 OK\r\nCSeq: %u\r\nServer: PhonyServer/1.0\r\n"
          "Date: Fri, 20 Dec 2013 10:20:%02u +0000\r\nSession: OccldOFFq23KwjYpAnBbUr\r\n"
          "Range: npt=%u.49-623.10\r\nSeek-Style: RAP\r\nMedia-Range: npt=0-623.%u\r\n"
          "Media-Properties: Random-Access=0.%u, Time-Progressing, Time-Duration=%u.0\r\n"
          "RTP-Info: url=\"rtsp://192.0.2.10/live/trackID=1\" ssrc=0D12F123:seq=%u;rtptime=%u,\r\n"
          " url=\"rtsp://192.0.2.10/live/trackID=4\" ssrc=4F312DD8:seq=%u;rtptime=%u\r\n\r\n",
          100 + i, 30 + i / 50, i, i, i, 30 + i, i * 311, i * 90007, i * 99, i * 8011);
      build_segment (build, &build->rtsp, VIEWER, build_text (ask));
      build_segment (build, &build->rtsp, CAMERA, build_text (answer));
    }

  build_quiet (build, "rtsp-headers");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-headers/" name, function)
  CASE ("a-field-that-changes-is-found", a_field_that_changes_is_found);
  CASE ("a-field-that-stays-is-room", a_field_that_stays_is_room);
  CASE ("a-counter-is-foreseen", a_counter_is_foreseen);
  CASE ("one-long-text-is-enough", one_long_text_is_enough);
  CASE ("a-server-that-changes-its-name-is-found", a_server_that_changes_its_name_is_found);
  CASE ("names-in-any-case-are-found", names_in_any_case_are_found);
  CASE ("what-may-vary-is-quiet", what_may_vary_is_quiet);
  CASE ("a-date-that-leaps-is-found", a_date_that_leaps_is_found);
  CASE ("an-echo-is-quiet", an_echo_is_quiet);
  CASE ("a-reply-that-nobody-asked-for-is-found", a_reply_that_nobody_asked_for_is_found);
  CASE ("one-change-is-room", one_change_is_room);
  CASE ("fields-of-rtsp-2-vary-where-they-may", fields_of_rtsp_2_vary_where_they_may);
  CASE ("a-transport-has-the-parameters-of-its-documents",
        a_transport_has_the_parameters_of_its_documents);
  return g_test_run ();
}
