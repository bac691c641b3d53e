/* Client hellos of TLS. */
#include "tests/analyzers/build-tls.h"

#include <string.h>

static void
padding_that_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-hello");

  build_greet (build, 40000,
               build_client_hello (QUIET_RANDOM, "1301c02f", NAMED "00150004 00000000"));
  guint64 frame = build_greet (
      build, 40001, build_client_hello (QUIET_RANDOM, "1301c02f", NAMED "00150004 61620000"));
  frame = build_greet (build, 40002,
                       build_client_hello (QUIET_RANDOM, "1301c02f", NAMED "00150004 61630000"));
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_cmpuint (finding->used_bits, ==, 32);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 1).frame, ==, frame);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 1).length, ==, 4);
}

static void
extensions_that_nobody_registered_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-hello");

  build_greet (build, 40000, build_client_hello (QUIET_RANDOM, "1301c02f", NAMED "f1230002 6162"));
  build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
}

/* The same library again and again, and a browser with GREASE that shuffles. */
static void
libraries_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < 5; i++)
    build_greet (build, (guint16)(40000 + i), build_client_hello (QUIET_RANDOM, "1301c02f", NAMED));
  for (guint16 i = 0; i < 5; i++)
    build_greet (build, (guint16)(41000 + i),
                 build_client_hello (QUIET_RANDOM, "4a4a1301c02f",
                                     i % 2 ? "6a6a0000 00170000 00230000" NAMED "8a8a000100"
                                           : "2a2a0000 00230000" NAMED "00170000 9a9a000100"));
  g_assert_null (build_finding (build, "tls-hello-extensions"));
}

/* Without GREASE the order of suites is a library's, and stays. */
static void
an_order_that_changes_each_time_is_found (void)
{
  static const char *const suites[]
      = { "c02bc02fc030", "c02fc02bc030", "c030c02fc02b", "c02bc030c02f", "c02fc030c02b" };
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < G_N_ELEMENTS (suites); i++)
    build_greet (build, (guint16)(40000 + i), build_client_hello (QUIET_RANDOM, suites[i], NAMED));
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 4);
}

static void
names_that_nobody_resolved_are_counted (void)
{
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < 6; i++)
    {
      GByteArray *octets = build_client_hello (QUIET_RANDOM, "1301c02f",
                                               "00000012001000000d 6161612e612e6578616d706c65");
      guint8 *name = memmem (octets->data, octets->len, "aaa.a", 5);
      name[0] = (guint8)('a' + i);
      build_greet (build, (guint16)(40000 + i), octets);
    }
  const LensFindingRow *finding
      = build_found (build, "tls-no-sni-or-mismatch", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 6);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 8 * 4);
}

static void
a_neighbour_needs_no_name (void)
{
  g_autoptr (Build) build = build_new ("tls-hello");

  build_session (build, build_sdp_h264, FALSE, "");
  build_greet (build, 40000, build_client_hello (QUIET_RANDOM, "1301c02f", "000a00040002001d"));
  g_assert_nonnull (build_quiet (build, "tls-no-sni-or-mismatch"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tls-hello/padding-that-is-not-zero-is-found",
                   padding_that_is_not_zero_is_found);
  g_test_add_func ("/analyzers/tls-hello/extensions-that-nobody-registered-are-found",
                   extensions_that_nobody_registered_are_found);
  g_test_add_func ("/analyzers/tls-hello/libraries-are-quiet", libraries_are_quiet);
  g_test_add_func ("/analyzers/tls-hello/an-order-that-changes-each-time-is-found",
                   an_order_that_changes_each_time_is_found);
  g_test_add_func ("/analyzers/tls-hello/names-that-nobody-resolved-are-counted",
                   names_that_nobody_resolved_are_counted);
  g_test_add_func ("/analyzers/tls-hello/a-neighbour-needs-no-name", a_neighbour_needs_no_name);
  return g_test_run ();
}
