/* Records that TLS does not have. */
#include "tests/analyzers/build-tls.h"

#define HEARTBEAT_OFFER NAMED "000f0001 01"

/* A hello with @extensions, then @records in hexadecimal digits. */
static guint64
talk (Build *build, const char *extensions, const char *answer, const char *records)
{
  BuildTcp tcp = { .camera_port = 40000, .viewer_port = 443 };

  build_connect (build, &tcp, 40000, 443);
  build_segment (build, &tcp, CAMERA, build_client_hello (QUIET_RANDOM, "c02f", extensions));
  build_segment (build, &tcp, VIEWER, build_hex (answer));
  return build_segment (build, &tcp, CAMERA, build_hex (records));
}

/* A server hello, without extensions and with a heartbeat's. */
#define ANSWER "16030300 2a 02000026 0303" QUIET_RANDOM "00 c02f 00"
#define ANSWER_HEARTBEAT "16030300 31 0200002d 0303" QUIET_RANDOM "00 c02f 00 0005 000f0001 01"
#define HEARTBEAT "180303 0007 01 0004 6d656574"

static void
heartbeats_that_nobody_agreed_on_are_found (void)
{
  static const char *const answers[] = { ANSWER, ANSWER, ANSWER_HEARTBEAT };
  static const char *const offers[] = { NAMED, HEARTBEAT_OFFER, NAMED };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (Build) build = build_cloud ("tls-record");
      guint64 frame = talk (build, offers[i], answers[i], "1403030001 01" HEARTBEAT);
      const LensFindingRow *finding = build_found (build, "tls-record-type", LENS_SEVERITY_MEDIUM);
      g_assert_cmpuint (finding->used_bits, ==, 64);
      g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).frame, ==, frame);
    }
}

static void
heartbeats_that_both_agreed_on_are_room (void)
{
  g_autoptr (Build) build = build_cloud ("tls-record");

  talk (build, HEARTBEAT_OFFER, ANSWER_HEARTBEAT, "1403030001 01" HEARTBEAT);
  const LensFindingRow *finding = build_quiet (build, "tls-record-type");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 0);
}

static void
types_that_nobody_registered_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-record");

  talk (build, NAMED, ANSWER, "6303030002 6162 1703030003 010203");
  const LensFindingRow *finding = build_found (build, "tls-record-type", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 24);
}

static void
the_four_types_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-record");

  talk (build, NAMED, ANSWER,
        "1403030001 01 1603030004 01020304 1703030003 010203 1503030002 0100");
  g_assert_null (build_finding (build, "tls-record-type"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tls-record/heartbeats-that-nobody-agreed-on-are-found",
                   heartbeats_that_nobody_agreed_on_are_found);
  g_test_add_func ("/analyzers/tls-record/heartbeats-that-both-agreed-on-are-room",
                   heartbeats_that_both_agreed_on_are_room);
  g_test_add_func ("/analyzers/tls-record/types-that-nobody-registered-are-found",
                   types_that_nobody_registered_are_found);
  g_test_add_func ("/analyzers/tls-record/the-four-types-are-quiet", the_four_types_are_quiet);
  return g_test_run ();
}
