/* Client hellos of TLS. */
#include "tests/analyzers/build-tls.h"

#include <string.h>

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
      = { "c02bc02fc030", "c02fc02bc030", "c030c02fc02b", "c02bc030c02f",
          "c02fc030c02b", "c030c02bc02f", "c02bc02f",     "c02fc02b" };
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < G_N_ELEMENTS (suites); i++)
    build_greet (build, (guint16)(40000 + i), build_client_hello (QUIET_RANDOM, suites[i], NAMED));
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 8);
}

/* What nobody but its sender reads is part of the shape: here a responder of OCSP. */
static void
what_an_extension_says_anew_each_time_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < 8; i++)
    {
      g_autofree char *extensions
          = g_strdup_printf (NAMED "0005000d 01 0008 0006 a2040402 %04x 0000", 0x1234 + 77 * i);
      build_greet (build, (guint16)(40000 + i),
                   build_client_hello (QUIET_RANDOM, "1301c02f", extensions));
    }
  build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
}

/* Half a dozen programs of one host and one server, by turns. */
static void
programs_that_come_back_are_quiet (void)
{
  static const char *const suites[]
      = { "c02bc02fc030", "c02fc02bc030", "c030c02fc02b", "c02bc030c02f", "c02fc030c02b", "c02b" };
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < 30; i++)
    build_greet (build, (guint16)(40000 + i),
                 build_client_hello (QUIET_RANDOM, suites[i % G_N_ELEMENTS (suites)], NAMED));
  g_assert_null (build_finding (build, "tls-hello-extensions"));
}

/* A client that shuffles without GREASE, as NSS and rustls do: status_request and
 * extended_master_secret, but not encrypt_then_mac. */
static void
clients_that_shuffle_are_quiet (void)
{
  static const char *const parts[]
      = { NAMED, "0017 0000", "0005 0005 0100000000", "002d 0002 0101" };
  g_autoptr (Build) build = build_cloud ("tls-hello");

  for (guint16 i = 0; i < 24; i++)
    {
      guint first = i % 4, second = (first + 1 + i / 4 % 3) % 4, third = 0;
      while (third == first || third == second)
        third++;
      g_autofree char *extensions = g_strconcat (parts[first], parts[second], parts[third],
                                                 parts[6 - first - second - third], NULL);
      build_greet (build, (guint16)(40000 + i),
                   build_client_hello (QUIET_RANDOM, "1301c02f", extensions));
    }
  g_assert_null (build_finding (build, "tls-hello-extensions"));
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
  g_test_add_func ("/analyzers/tls-hello/libraries-are-quiet", libraries_are_quiet);
  g_test_add_func ("/analyzers/tls-hello/an-order-that-changes-each-time-is-found",
                   an_order_that_changes_each_time_is_found);
  g_test_add_func ("/analyzers/tls-hello/what-an-extension-says-anew-each-time-is-found",
                   what_an_extension_says_anew_each_time_is_found);
  g_test_add_func ("/analyzers/tls-hello/programs-that-come-back-are-quiet",
                   programs_that_come_back_are_quiet);
  g_test_add_func ("/analyzers/tls-hello/clients-that-shuffle-are-quiet",
                   clients_that_shuffle_are_quiet);
  g_test_add_func ("/analyzers/tls-hello/names-that-nobody-resolved-are-counted",
                   names_that_nobody_resolved_are_counted);
  g_test_add_func ("/analyzers/tls-hello/a-neighbour-needs-no-name", a_neighbour_needs_no_name);
  return g_test_run ();
}
