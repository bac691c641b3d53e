/* Client hellos of TLS. */
#include "tests/analyzers/build.h"

#include <string.h>

static const char quiet_random[]
    = "00112233445566778899aabbccddeeff f0e1d2c3b4a5968778695a4b3c2d1e0f";

/* One record: suites @suites, extensions as hexadecimal digits. */
static GByteArray *
hello (const char *random, const char *suites, const char *extensions)
{
  g_autoptr (GByteArray) list = build_hex (suites);
  g_autoptr (GByteArray) more = build_hex (extensions);
  gsize body = 2 + 32 + 1 + 2 + list->len + 2 + 2 + more->len;
  guint8 head[] = {
    22,           3, 1, (guint8)((body + 4) >> 8), (guint8)(body + 4), 1, 0, (guint8)(body >> 8),
    (guint8)body, 3, 3
  };
  GByteArray *octets = g_byte_array_new ();

  g_byte_array_append (octets, head, sizeof head);
  octets = build_join (octets, strlen (random) == 32 ? build_text (random) : build_hex (random));
  g_byte_array_append (octets, (const guint8[]){ 0, 0, (guint8)list->len }, 3);
  g_byte_array_append (octets, list->data, list->len);
  g_byte_array_append (octets, (const guint8[]){ 1, 0, 0, (guint8)more->len }, 4);
  g_byte_array_append (octets, more->data, more->len);
  return octets;
}

/* The camera opens a connection from @port and greets. */
static guint64
greet (Build *build, guint16 port, GByteArray *octets)
{
  BuildTcp tcp = { 0 };

  tcp.camera_port = port;
  tcp.viewer_port = 443;
  build_connect (build, &tcp, port, 443);
  return build_segment (build, &tcp, CAMERA, octets);
}

/* server_name "a.example" and groups. */
#define NAMED "0000000e000c000009612e6578616d706c65 000a00040002001d"

static Build *
session (void)
{
  Build *build
      = build_declared ("tls-hello", "[service cloud]\nproto = tcp\nport = 443\nto = 192.0.2.20\n");

  return build;
}

static void
padding_that_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = session ();

  greet (build, 40000, hello (quiet_random, "1301c02f", NAMED "00150004 00000000"));
  guint64 frame = greet (build, 40001, hello (quiet_random, "1301c02f", NAMED "00150004 61620000"));
  frame = greet (build, 40002, hello (quiet_random, "1301c02f", NAMED "00150004 61630000"));
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_cmpuint (finding->used_bits, ==, 32);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 1).frame, ==, frame);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 1).length, ==, 4);
}

static void
extensions_that_nobody_registered_are_found (void)
{
  g_autoptr (Build) build = session ();

  greet (build, 40000, hello (quiet_random, "1301c02f", NAMED "f1230002 6162"));
  build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
}

/* The same library again and again, and a browser with GREASE that shuffles. */
static void
libraries_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 5; i++)
    greet (build, (guint16)(40000 + i), hello (quiet_random, "1301c02f", NAMED));
  for (guint16 i = 0; i < 5; i++)
    greet (build, (guint16)(41000 + i),
           hello (quiet_random, "4a4a1301c02f",
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
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < G_N_ELEMENTS (suites); i++)
    greet (build, (guint16)(40000 + i), hello (quiet_random, suites[i], NAMED));
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 4);
}

static void
text_for_random_octets_is_found (void)
{
  g_autoptr (Build) build = session ();

  greet (build, 40000, hello ("the light in the hall is on now.", "1301c02f", NAMED));
  greet (build, 40001, hello ("the light in the hall is off now", "1301c02f", NAMED));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 512);
}

/* A ticket is sealed by whoever gave it: octets, and no text. */
static void
text_for_a_ticket_is_found (void)
{
  g_autoptr (Build) build = session ();

  greet (build, 40000,
         hello (quiet_random, "1301c02f",
                NAMED "00230019 7468656c69676874696e74686568616c6c69736f6e6e6f772e"));
  greet (build, 40001,
         hello (quiet_random, "1301c02f",
                NAMED "0023001a 00fe8c69b6c87469ce74f065e8c16c6ce9f3ef6ee6ff77ae9a80"));
  const LensFindingRow *finding = build_finding (build, "tls-hello-extensions");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, ==, 1);
}

static void
names_that_nobody_resolved_are_counted (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 6; i++)
    {
      GByteArray *octets
          = hello (quiet_random, "1301c02f", "00000012001000000d 6161612e612e6578616d706c65");
      guint8 *name = memmem (octets->data, octets->len, "aaa.a", 5);
      name[0] = (guint8)('a' + i);
      greet (build, (guint16)(40000 + i), octets);
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
  greet (build, 40000, hello (quiet_random, "1301c02f", "000a00040002001d"));
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
  g_test_add_func ("/analyzers/tls-hello/text-for-random-octets-is-found",
                   text_for_random_octets_is_found);
  g_test_add_func ("/analyzers/tls-hello/text-for-a-ticket-is-found", text_for_a_ticket_is_found);
  g_test_add_func ("/analyzers/tls-hello/names-that-nobody-resolved-are-counted",
                   names_that_nobody_resolved_are_counted);
  g_test_add_func ("/analyzers/tls-hello/a-neighbour-needs-no-name", a_neighbour_needs_no_name);
  return g_test_run ();
}
