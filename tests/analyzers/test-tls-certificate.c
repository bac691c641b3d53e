/* Certificates in clear. */
#include "tests/analyzers/build.h"

#include <string.h>

/* The camera, a server, shows a certificate with @serial and @behind after it. */
static guint64
show (Build *build, guint16 port, const char *serial, const char *behind)
{
  BuildTcp tcp = { 0 };
  GByteArray *number = build_hex (serial), *more = build_hex (behind);
  guint8 whole = (guint8)(6 + number->len), entry = (guint8)(whole + more->len);
  const guint8 head[] = { 22,
                          3,
                          3,
                          0,
                          (guint8)(entry + 10),
                          11,
                          0,
                          0,
                          (guint8)(entry + 6),
                          0,
                          0,
                          (guint8)(entry + 3),
                          0,
                          0,
                          entry,
                          0x30,
                          (guint8)(4 + number->len),
                          0x30,
                          (guint8)(2 + number->len),
                          2,
                          (guint8)number->len };
  GByteArray *record = g_byte_array_new ();

  g_byte_array_append (record, head, sizeof head);
  build_connect (build, &tcp, 443, port);
  return build_segment (build, &tcp, CAMERA, build_join (build_join (record, number), more));
}

/* The camera, a client, shows @octets, which are no certificate. */
static guint64
show_none (Build *build, guint16 port, const char *octets)
{
  BuildTcp tcp = { port, 443, { 1000, 5000 } }; /* it speaks first */
  GByteArray *entry = build_hex (octets);
  const guint8 length = (guint8)entry->len;
  const guint8 head[] = { 22,
                          3,
                          3,
                          0,
                          (guint8)(length + 10),
                          11,
                          0,
                          0,
                          (guint8)(length + 6),
                          0,
                          0,
                          (guint8)(length + 3),
                          0,
                          0,
                          length };
  GByteArray *record = g_byte_array_new ();

  g_byte_array_append (record, head, sizeof head);
  return build_segment (build, &tcp, CAMERA, build_join (record, entry));
}

static Build *
server (void)
{
  return build_declared (
      "tls-certificate",
      "[service web]\nproto = tcp\nport = 443\nto = 192.0.2.20\ndirection = in\n");
}

static void
octets_behind_a_certificate_are_found (void)
{
  g_autoptr (Build) build = server ();

  show (build, 50000, "0102030405060708", "");
  guint64 frame = show (build, 50001, "0102030405060708", "616263");
  show (build, 50002, "0102030405060708", "616264");
  const LensFindingRow *finding = build_found (build, "tls-cert-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 29, 3);
  g_assert_cmpuint (finding->frame_count, ==, 2);
}

static void
serial_numbers_are_no_longer_than_20_octets (void)
{
  g_autoptr (Build) build = server ();

  show (build, 50000, "010203040506070809000102030405060708090061626364", "");
  const LensFindingRow *finding = build_finding (build, "tls-cert-fields");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 32);
}

static void
one_certificate_is_quiet_and_so_is_its_renewal (void)
{
  g_autoptr (Build) build = server ();

  for (guint16 i = 0; i < 10; i++)
    show (build, (guint16)(50000 + i), i < 5 ? "0102030405060708" : "1102030405060708", "");
  g_assert_null (build_finding (build, "tls-cert-fields"));
}

static void
a_new_one_each_time_is_found (void)
{
  static const char *const serials[]
      = { "01020304", "11020304", "21020304", "31020304", "41020304", "51020304" };
  g_autoptr (Build) build = server ();

  for (guint16 i = 0; i < G_N_ELEMENTS (serials); i++)
    show (build, (guint16)(50000 + i), serials[i], "");
  g_assert_cmpuint (build_found (build, "tls-cert-fields", LENS_SEVERITY_MEDIUM)->frame_count, >=,
                    4);
}

static void
what_is_no_certificate_but_new_each_time_is_found (void)
{
  g_autoptr (Build) build = build_declared (
      "tls-certificate", "[service cloud]\nproto = tcp\nport = 443\nto = 192.0.2.20\n");

  for (guint16 i = 0; i < 6; i++)
    {
      g_autofree char *octets = g_strdup_printf ("30063010 0204 %04x", 0x1234 + 77 * i);
      show_none (build, (guint16)(50000 + i), octets);
    }
  const LensFindingRow *finding = build_found (build, "tls-cert-fields", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 5);
  g_assert_cmpuint (finding->used_bits, ==, 5 * 8 * 8);
}

/* RFC 7250: SubjectPublicKeyInfo. */
static void
a_public_key_that_stays_is_quiet (void)
{
  g_autoptr (Build) build = build_declared (
      "tls-certificate", "[service cloud]\nproto = tcp\nport = 443\nto = 192.0.2.20\n");

  for (guint16 i = 0; i < 6; i++)
    show_none (build, (guint16)(50000 + i), "300d 3005 0603 2b6570 0304 00 9b81d3");
  g_assert_null (build_finding (build, "tls-cert-fields"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tls-certificate/octets-behind-a-certificate-are-found",
                   octets_behind_a_certificate_are_found);
  g_test_add_func ("/analyzers/tls-certificate/serial-numbers-are-no-longer-than-20-octets",
                   serial_numbers_are_no_longer_than_20_octets);
  g_test_add_func ("/analyzers/tls-certificate/one-certificate-is-quiet-and-so-is-its-renewal",
                   one_certificate_is_quiet_and_so_is_its_renewal);
  g_test_add_func ("/analyzers/tls-certificate/a-new-one-each-time-is-found",
                   a_new_one_each_time_is_found);
  g_test_add_func ("/analyzers/tls-certificate/what-is-no-certificate-but-new-each-time-is-found",
                   what_is_no_certificate_but_new_each_time_is_found);
  g_test_add_func ("/analyzers/tls-certificate/a-public-key-that-stays-is-quiet",
                   a_public_key_that_stays_is_quiet);
  return g_test_run ();
}
