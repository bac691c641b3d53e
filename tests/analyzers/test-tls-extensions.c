/* Extensions of TLS hellos. */
#include "tests/analyzers/build-tls.h"

static void
padding_that_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-extensions");

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
  g_autoptr (Build) build = build_cloud ("tls-extensions");

  build_greet (build, 40000, build_client_hello (QUIET_RANDOM, "1301c02f", NAMED "f1230002 6162"));
  build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
}

/* The camera greets once with NAMED and these extensions: the octets that speak, 0 where none do.
 */
static guint64
spoken (const char *extensions)
{
  g_autoptr (Build) build = build_cloud ("tls-extensions");
  g_autofree char *all = g_strconcat (NAMED, extensions, NULL);

  build_greet (build, 40000, build_client_hello (QUIET_RANDOM, "1301c02f", all));
  const LensFindingRow *finding = build_finding (build, "tls-hello-extensions");
  if (finding == NULL)
    return 0;
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  return g_array_index (finding->octets, LensPiece, 0).length;
}

static void
what_breaks_its_form_is_found (void)
{
  g_assert_cmpuint (spoken ("0005 000b 01 0000 0006 616263646566"), ==, 11);
  g_assert_cmpuint (spoken ("0022 0004 61626364"), ==, 4);
  g_assert_cmpuint (spoken ("0017 0002 6162"), ==, 2);
  g_assert_cmpuint (spoken ("ff01 0003 026162"), ==, 3);
  g_assert_cmpuint (spoken ("0005 0005 0100000000 0017 0000 0022 0004 00020403 ff01 0001 00"), ==,
                    0);
}

static void
what_only_quic_has_is_found (void)
{
  g_assert_cmpuint (spoken ("0039 0004 01026162"), ==, 8);
}

static void
an_extension_that_is_there_twice_is_found (void)
{
  g_assert_cmpuint (spoken ("002b 0003 020304 002b 0003 020303"), ==, 7);
}

/* Type, suite, configuration, a key of 32 octets that ends in @last, four octets of payload. */
static char *
ech (guint8 last)
{
  return g_strdup_printf ("fe0d 002e 00 0001 0001 2a 0020 55bd21c4edbd5c3e2f6015c72be8b902be3d32f5"
                          "982304fc30601a7aff42ff%02x 0004 9b81d3e0",
                          last);
}

/* Half of what is no key ends above 0x7f. */
static void
encrypted_hellos_under_keys_that_are_none_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-extensions");

  for (guint16 i = 0; i < 8; i++)
    {
      g_autofree char *hidden = ech (i % 2 ? 0x91 : 0x12);
      g_autofree char *all = g_strconcat (NAMED, hidden, NULL);
      build_greet (build, (guint16)(40000 + i), build_client_hello (QUIET_RANDOM, "1301c02f", all));
    }
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 8);
}

static void
encrypted_hellos_under_keys_are_room (void)
{
  g_autoptr (Build) build = build_cloud ("tls-extensions");

  for (guint16 i = 0; i < 8; i++)
    {
      g_autofree char *hidden = ech ((guint8)(16 * i));
      g_autofree char *all = g_strconcat (NAMED, hidden, NULL);
      build_greet (build, (guint16)(40000 + i), build_client_hello (QUIET_RANDOM, "1301c02f", all));
    }
  const LensFindingRow *finding = build_quiet (build, "tls-hello-extensions");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 0);
}

static void
encrypted_hellos_of_browsers_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-extensions");

  for (guint16 i = 0; i < 8; i++)
    {
      g_autofree char *hidden = ech ((guint8)(31 * i));
      g_autofree char *all = g_strconcat (NAMED, hidden, NULL);
      build_greet (build, (guint16)(40000 + i),
                   build_client_hello (QUIET_RANDOM, "4a4a1301c02f", all));
    }
  g_assert_null (build_finding (build, "tls-hello-extensions"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/tls-extensions/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("padding-that-is-not-zero-is-found", padding_that_is_not_zero_is_found);
  CASE ("extensions-that-nobody-registered-are-found", extensions_that_nobody_registered_are_found);
  CASE ("what-breaks-its-form-is-found", what_breaks_its_form_is_found);
  CASE ("what-only-quic-has-is-found", what_only_quic_has_is_found);
  CASE ("an-extension-that-is-there-twice-is-found", an_extension_that_is_there_twice_is_found);
  CASE ("encrypted-hellos-under-keys-that-are-none-are-found",
        encrypted_hellos_under_keys_that_are_none_are_found);
  CASE ("encrypted-hellos-under-keys-are-room", encrypted_hellos_under_keys_are_room);
  CASE ("encrypted-hellos-of-browsers-are-quiet", encrypted_hellos_of_browsers_are_quiet);
  return g_test_run ();
}
