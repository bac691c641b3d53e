/* What follows the end of a connection. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

enum
{
  ACK = LENS_TCP_ACK,
  FIN = LENS_TCP_FIN,
  RST = LENS_TCP_RST,
};

/* The camera has said 4 octets and goes on at 5005, the viewer at 1001. */
static void
talk (Build *build)
{
  BuildTcp tcp;

  build_connect (build, &tcp, 80, 40000);
  build_segment (build, &tcp, CAMERA, build_text ("data"));
}

static guint64
say (Build *build, guint16 flags, guint32 sequence, GByteArray *data)
{
  return build_tcp (
      build, CAMERA, 80, 40000,
      (BuildSegment){
          .flags = flags, .sequence = sequence, .acknowledgement = 1001, .data = data });
}

static void
data_behind_a_fin_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-closed");

  talk (build);
  say (build, ACK | FIN, 5005, NULL);
  guint64 frame = say (build, ACK, 5006, build_text ("and more"));
  const LensFindingRow *finding
      = build_found (build, "tcp-data-after-fin-rst", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 20, 8);
}

static void
what_comes_again_at_the_end_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-closed");

  talk (build);
  say (build, ACK | FIN, 5005, NULL);
  say (build, ACK | FIN, 5001, build_text ("data"));
  say (build, ACK, 5005, build_hex ("00")); /* a keep-alive at the FIN */
  say (build, ACK, 5006, NULL);
  build_tcp (build, VIEWER, 80, 40000,
             (BuildSegment){ .flags = ACK,
                             .sequence = 1001,
                             .acknowledgement = 5006,
                             .data = build_text ("the other direction goes on") });
  g_assert_null (build_finding (build, "tcp-data-after-fin-rst"));
}

static void
a_new_connection_on_the_same_ports_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-closed");
  BuildTcp tcp;

  talk (build);
  say (build, ACK | FIN, 5005, NULL);
  build_tcp (build, VIEWER, 80, 40000, (BuildSegment){ .flags = LENS_TCP_SYN, .sequence = 77000 });
  build_tcp (
      build, CAMERA, 80, 40000,
      (BuildSegment){ .flags = LENS_TCP_SYN | ACK, .sequence = 5500, .acknowledgement = 77001 });
  tcp = (BuildTcp){ 80, 40000, { 5501, 77001 } };
  build_segment (build, &tcp, CAMERA, build_text ("data"));
  g_assert_null (build_finding (build, "tcp-data-after-fin-rst"));
}

static void
a_reset_with_a_reason_is_low_and_one_with_data_is_not (void)
{
  for (guint data = 0; data < 2; data++)
    {
      g_autoptr (Build) build = build_new ("tcp-closed");
      talk (build);
      say (build, ACK | RST, 5005,
           data ? build_hex ("1f8b08001742feed") : build_text ("No listener"));
      build_found (build, "tcp-data-after-fin-rst",
                   data ? LENS_SEVERITY_MEDIUM : LENS_SEVERITY_LOW);
    }
}

/* Somebody between the two sent the reset. */
static void
a_reset_that_nobody_heeds_is_quiet (void)
{
  for (guint heeded = 0; heeded < 2; heeded++)
    {
      g_autoptr (Build) build = build_new ("tcp-closed");
      talk (build);
      say (build, RST, 5005, NULL);
      say (build, ACK, 5005, build_text ("going on"));
      if (!heeded)
        build_tcp (build, VIEWER, 80, 40000,
                   (BuildSegment){ .flags = ACK, .sequence = 1001, .acknowledgement = 5013 });
      if (heeded)
        build_found (build, "tcp-data-after-fin-rst", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "tcp-data-after-fin-rst");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-closed/data-behind-a-fin-is-found", data_behind_a_fin_is_found);
  g_test_add_func ("/analyzers/tcp-closed/what-comes-again-at-the-end-is-quiet",
                   what_comes_again_at_the_end_is_quiet);
  g_test_add_func ("/analyzers/tcp-closed/a-new-connection-on-the-same-ports-is-quiet",
                   a_new_connection_on_the_same_ports_is_quiet);
  g_test_add_func ("/analyzers/tcp-closed/a-reset-with-a-reason-is-low-and-one-with-data-is-not",
                   a_reset_with_a_reason_is_low_and_one_with_data_is_not);
  g_test_add_func ("/analyzers/tcp-closed/a-reset-that-nobody-heeds-is-quiet",
                   a_reset_that_nobody_heeds_is_quiet);
  return g_test_run ();
}
