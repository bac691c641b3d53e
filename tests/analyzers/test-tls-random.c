/* Text where a greeting of TLS has random octets. */
#include "tests/analyzers/build-tls.h"

static void
text_for_random_octets_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40000,
               build_client_hello ("the light in the hall is on now.", "1301c02f", NAMED));
  build_greet (build, 40001,
               build_client_hello ("the light in the hall is off now", "1301c02f", NAMED));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 512);
}

/* A ticket is sealed by whoever gave it: octets, and no text. */
static void
text_for_a_ticket_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40000,
               build_client_hello (QUIET_RANDOM, "1301c02f",
                                   NAMED
                                   "00230019 7468656c69676874696e74686568616c6c69736f6e6e6f772e"));
  build_greet (
      build, 40001,
      build_client_hello (QUIET_RANDOM, "1301c02f",
                          NAMED "0023001a 00fe8c69b6c87469ce74f065e8c16c6ce9f3ef6ee6ff77ae9a80"));
  const LensFindingRow *finding = build_finding (build, "tls-hello-random");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->frame_count, ==, 1);
}

/* key_share: a list of one key of the group x25519, @octets in hexadecimal digits. */
static GByteArray *
with_key (const char *octets)
{
  g_autofree char *extensions = g_strconcat (NAMED "0033 0026 0024 001d 0020", octets, NULL);

  return build_client_hello (QUIET_RANDOM, "1301c02f", extensions);
}

static void
text_for_a_public_key_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40000,
               with_key ("55bd21c4edbd5c3e2f6015c72be8b902be3d32f5982304fc30601a7aff42ffdd"));
  guint64 frame = build_greet (
      build, 40001, with_key ("4d656574696e6720726f6f6d20342c2054687572736461792031343a30353a20"));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  g_assert_cmpuint (finding->used_bits, ==, 256);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).frame, ==, frame);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).length, ==, 32);
}

/* Text of 24 octets between octets that are none. */
static void
a_stretch_of_text_in_a_public_key_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40001,
               with_key ("ff00ff00 656574696e6720726f6f6d20342c20546875727364617931 ff00ff00"));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 24);
}

/* pre_shared_key: one identity of 16 octets, an age, a binder of 32. */
static GByteArray *
with_identity (const char *octets)
{
  g_autofree char *extensions = g_strconcat (
      NAMED "0029 003b 0016 0010", octets,
      "00000000 0021 20 9191921b2bbe2da2e04abe76d1d3c24d687259edaee07ba76d6ce1fca4cf856f", NULL);

  return build_client_hello (QUIET_RANDOM, "1301c02f", extensions);
}

static void
names_of_keys_that_change_are_found (void)
{
  static const char *const texts[]
      = { "4d656574696e6720726f6f6d20342c20", "54687572736461792031343a30353a20",
          "20636f64652037373139232c20736166" };
  g_autoptr (Build) build = build_cloud ("tls-random");

  for (guint16 i = 0; i < G_N_ELEMENTS (texts); i++)
    build_greet (build, (guint16)(40000 + i), with_identity (texts[i]));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 3);
  g_assert_cmpuint (finding->used_bits, ==, 3 * 128);
}

static void
a_name_of_a_key_that_stays_is_room (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  for (guint16 i = 0; i < 5; i++)
    build_greet (build, (guint16)(40000 + i), with_identity ("436c69656e745f6964656e7469747931"));
  const LensFindingRow *finding = build_quiet (build, "tls-hello-random");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 0);
}

/* Tickets and keys that are what they should be. */
static void
random_octets_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40000,
               with_key ("55bd21c4edbd5c3e2f6015c72be8b902be3d32f5982304fc30601a7aff42ffdd"));
  build_greet (build, 40001, with_identity ("4043eb1c0ef537b2f39888ff1738b335"));
  build_greet (build, 40002, with_identity ("f7a1411b13cb6dcec3f7a459286259fc"));
  g_assert_null (build_finding (build, "tls-hello-random"));
}

/* Four texts, of each eight octets behind eight that were drawn, and again: 16 of 32. */
static void
text_in_a_part_of_each_random_number_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random"), other = build_cloud ("tls-random");

  for (guint16 i = 0; i < 20; i++)
    {
      guint64 a = (i + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), b = ~a * 2654435761u;
      g_autofree char *text = g_strdup_printf (
          "%016" G_GINT64_MODIFIER "x 6d656574%08x %016" G_GINT64_MODIFIER "x 6d65206174206e6f", a,
          0x20202020 + i, b);
      g_autofree char *drawn
          = g_strdup_printf ("%016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER
                             "x %016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER "x",
                             a, a * 77 + b, b, b * 31 + a);
      build_greet (build, (guint16)(40000 + i), build_client_hello (text, "1301c02f", NAMED));
      build_greet (other, (guint16)(40000 + i), build_client_hello (drawn, "1301c02f", NAMED));
    }
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  g_assert_null (build_finding (other, "tls-hello-random"));
}

/* ECH (RFC 9849): type, suite, configuration, a key of 4 octets, 32 of payload. */
static void
text_for_an_encrypted_hello_is_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-random");

  build_greet (build, 40000,
               build_client_hello (QUIET_RANDOM, "4a4a1301c02f",
                                   NAMED "fe0d 002e 00 0001 0001 2a 0004 9b81d3e0 0020"
                                         "4d656574696e6720726f6f6d20342c2054687572736461792031343a"
                                         "30353a20"));
  const LensFindingRow *finding = build_found (build, "tls-hello-random", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 256);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tls-random/text-for-random-octets-is-found",
                   text_for_random_octets_is_found);
  g_test_add_func ("/analyzers/tls-random/text-for-a-ticket-is-found", text_for_a_ticket_is_found);
  g_test_add_func ("/analyzers/tls-random/text-for-a-public-key-is-found",
                   text_for_a_public_key_is_found);
  g_test_add_func ("/analyzers/tls-random/a-stretch-of-text-in-a-public-key-is-found",
                   a_stretch_of_text_in_a_public_key_is_found);
  g_test_add_func ("/analyzers/tls-random/names-of-keys-that-change-are-found",
                   names_of_keys_that_change_are_found);
  g_test_add_func ("/analyzers/tls-random/a-name-of-a-key-that-stays-is-room",
                   a_name_of_a_key_that_stays_is_room);
  g_test_add_func ("/analyzers/tls-random/random-octets-are-quiet", random_octets_are_quiet);
  g_test_add_func ("/analyzers/tls-random/text-in-a-part-of-each-random-number-is-found",
                   text_in_a_part_of_each_random_number_is_found);
  g_test_add_func ("/analyzers/tls-random/text-for-an-encrypted-hello-is-found",
                   text_for_an_encrypted_hello_is_found);
  return g_test_run ();
}
