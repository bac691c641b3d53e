/* Name services that nobody can read. */
#include "tests/analyzers/build-names.h"

#include <string.h>

/* A ClientHello (RFC 8446 section 4.1.2) with one cipher; @name (or NULL) is the server's. */
static GByteArray *
greeting (const char *name)
{
  GByteArray *hello = build_join (build_hex ("0303"), build_filled (0x5a, 32));
  guint8 length = name != NULL ? (guint8)strlen (name) : 0;

  hello = build_join (hello, build_hex ("00 0002 1301 01 00"));
  if (name != NULL)
    {
      const guint8 head[] = { 0, (guint8)(length + 9), 0, 0, 0,     (guint8)(length + 5),
                              0, (guint8)(length + 3), 0, 0, length };
      g_byte_array_append (hello, head, sizeof head);
      hello = build_join (hello, build_text (name));
    }
  else
    hello = build_join (hello, build_hex ("0000"));
  const guint8 size = (guint8)hello->len;
  const guint8 front[] = { 0x16, 3, 1, 0, (guint8)(size + 4), 1, 0, 0, size };
  GByteArray *record = g_byte_array_new ();
  g_byte_array_append (record, front, sizeof front);
  return build_join (record, hello);
}

static void
talk (Build *build, guint16 port, const char *name)
{
  BuildTcp tcp = { 0 };

  build_connect (build, &tcp, 45000, port);
  build_segment (build, &tcp, CAMERA, greeting (name));
  for (guint i = 0; i < 4; i++)
    build_segment (build, &tcp, CAMERA,
                   build_join (build_hex ("17 0303 0020"), build_filled ((guint8)(i * 91), 32)));
}

static void
a_server_that_nobody_named_is_medium (void)
{
  g_autoptr (Build) build = build_new ("dns-encrypted");

  talk (build, 853, NULL);
  const LensFindingRow *finding = build_finding (build, "dns-over-https-tls");
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  /* The greeting, and what follows. */
  g_assert_cmpuint (finding->frame_count, ==, 5);
}

static void
a_server_with_a_name_is_low (void)
{
  g_autoptr (Build) build = build_new ("dns-encrypted"), https = build_new ("dns-encrypted");

  talk (build, 853, "dns.example");
  build_found (build, "dns-over-https-tls", LENS_SEVERITY_LOW);
  talk (https, 443, "mozilla.cloudflare-dns.com");
  build_found (https, "dns-over-https-tls", LENS_SEVERITY_LOW);
}

static void
a_server_that_is_asked_in_clear_is_low (void)
{
  g_autoptr (Build) build = build_new ("dns-encrypted");

  build_query (build, "time.example", 1);
  talk (build, 853, NULL);
  build_found (build, "dns-over-https-tls", LENS_SEVERITY_LOW);
}

static void
other_connections_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("dns-encrypted");

  talk (build, 443, "www.example.org");
  talk (build, 443, NULL);
  build_query (build, "time.example", 1);
  g_assert_null (build_finding (build, "dns-over-https-tls"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-encrypted/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-server-that-nobody-named-is-medium", a_server_that_nobody_named_is_medium);
  CASE ("a-server-with-a-name-is-low", a_server_with_a_name_is_low);
  CASE ("a-server-that-is-asked-in-clear-is-low", a_server_that_is_asked_in_clear_is_low);
  CASE ("other-connections-are-quiet", other_connections_are_quiet);
  return g_test_run ();
}
