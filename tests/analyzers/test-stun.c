/* STUN and TURN. */
#include "tests/analyzers/build.h"

#include <string.h>

#define HEAD "0001 %s 2112a442 000102030405060708090a0b"

static void
ask (Build *build, const char *attributes)
{
  g_autoptr (GByteArray) more = build_hex (attributes);
  g_autofree char *length = g_strdup_printf ("%04x", more->len);
  g_autofree char *head = g_strdup_printf (HEAD, length);
  GByteArray *message = build_hex (head);

  g_byte_array_append (message, more->data, more->len);
  build_udp (build, CAMERA, 40000, 3478, message);
}

static void
an_undeclared_way_in_is_named (void)
{
  g_autoptr (Build) build = build_new ("stun");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint i = 0; i < 3; i++)
    ask (build, "80220004 61626364");
  g_assert_cmpuint (build_found (build, "stun-turn-ice", LENS_SEVERITY_LOW)->frame_count, ==, 3);
}

static Build *
declared (void)
{
  return build_declared ("stun", "[service stun]\nproto = udp\nport = 3478\nto = 192.0.2.20\n");
}

static void
a_declared_one_is_quiet (void)
{
  g_autoptr (Build) build = declared ();

  for (guint i = 0; i < 3; i++)
    ask (build, "80220004 61626364 00260004 00000000");
  g_assert_nonnull (build_quiet (build, "stun-turn-ice"));
}

static const LensFindingRow *
worst_of (Build *build)
{
  const LensFindingRow *worst = NULL;

  build_conclude (build);
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      worst = worst == NULL || row->severity > worst->severity ? row : worst;
    }
  g_assert_nonnull (worst);
  return worst;
}

static void
attributes_of_its_own_are_found_there_too (void)
{
  g_autoptr (Build) build = declared ();

  ask (build, "a1230004 61626364");
  ask (build, "a1230004 65666768");
  const LensFindingRow *worst = worst_of (build);
  g_assert_cmpint (worst->severity, ==, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (g_array_index (worst->octets, LensPiece, 0).offset, ==, 42 + 20);
  g_assert_cmpuint (g_array_index (worst->octets, LensPiece, 0).length, ==, 8);
}

/* Binding requests of a declared service whose transactions are told by text, which differs from
 * message to message. */
static Build *
transactions (const char *before, const char *after)
{
  Build *build = declared ();

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s%08x%s", before, (i + 1) * 2654435761u, after);
      g_assert_cmpuint (strlen (text), ==, 12);
      build_udp (build, CAMERA, 40000, 3478,
                 build_join (build_hex ("0001 0000 2112a442"), build_text (text)));
    }
  return build;
}

/* Hexadecimal digits, or words; letters of base 64 are what libwebrtc draws. */
static void
transactions_are_no_text (void)
{
  g_autoptr (Build) hex = transactions ("", "a5e1"), words = transactions ("go ", "!"),
                    letters = transactions ("Q+z/", "");

  g_assert_cmpint (worst_of (hex)->severity, ==, LENS_SEVERITY_MEDIUM);
  g_assert_cmpint (worst_of (words)->severity, ==, LENS_SEVERITY_MEDIUM);
  g_assert_cmpint (worst_of (letters)->severity, ==, LENS_SEVERITY_INFO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/stun/an-undeclared-way-in-is-named", an_undeclared_way_in_is_named);
  g_test_add_func ("/analyzers/stun/a-declared-one-is-quiet", a_declared_one_is_quiet);
  g_test_add_func ("/analyzers/stun/attributes-of-its-own-are-found-there-too",
                   attributes_of_its_own_are_found_there_too);
  g_test_add_func ("/analyzers/stun/transactions-are-no-text", transactions_are_no_text);
  return g_test_run ();
}
