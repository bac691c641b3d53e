#include "wire/tls-hello.h"

#include <string.h>

static void
put (GByteArray *into, const char *octets, gsize length)
{
  g_byte_array_append (into, (const guint8 *)octets, (guint)length);
}

#define PUT(into, literal) put (into, literal, sizeof (literal) - 1)

/* A client hello without its record: TLS 1.2 and 1.3 offered, h2 and http/1.1, a name. */
static GByteArray *
make_client_hello (void)
{
  GByteArray *hello = g_byte_array_new ();

  PUT (hello, "\x01\x00\x00\x00\x03\x03");             /* type, length (below), version */
  PUT (hello, "0123456789abcdef0123456789abcdef");     /* random */
  PUT (hello, "\x00");                                 /* session id */
  PUT (hello, "\x00\x04\x13\x01\xc0\x2f\x01\x00");     /* two ciphers; null compression */
  PUT (hello, "\x00\x39");                             /* extensions: 57 octets */
  PUT (hello, "\x00\x00\x00\x14\x00\x12\x00\x00\x0f"); /* server_name, 15 octets */
  PUT (hello, "cam.example.net");
  PUT (hello, "\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1");   /* ALPN */
  PUT (hello, "\x00\x2b\x00\x07\x06\x1a\x1a\x03\x04\x03\x03"); /* versions, one of them GREASE */
  PUT (hello, "\xfe\x0d\x00\x00");                             /* encrypted_client_hello */
  hello->data[3] = (guint8)(hello->len - 4);
  return hello;
}

/* The hello in records of at most @most octets each. */
static GByteArray *
in_records (const GByteArray *hello, guint most)
{
  GByteArray *records = g_byte_array_new ();

  for (guint at = 0; at < hello->len; at += most)
    {
      guint length = MIN (most, hello->len - at);
      const guint8 head[] = { 22, 3, 1, (guint8)(length >> 8), (guint8)length };
      g_byte_array_append (records, head, sizeof head);
      g_byte_array_append (records, hello->data + at, length);
    }
  return records;
}

static void
a_client_hello_tells_whom_it_wants (void)
{
  g_autoptr (GByteArray) message = make_client_hello ();
  g_autoptr (GByteArray) records = in_records (message, 1000);
  LensTlsHello hello;

  g_assert_cmpint (lens_tls_hello_parse (records->data, records->len, &hello), ==,
                   LENS_TLS_CLIENT_HELLO);
  g_assert_cmphex (hello.odd, ==, 0);
  g_assert_cmpstr (hello.server_name, ==, "cam.example.net");
  g_assert_cmpstr (hello.alpn, ==, "h2,http/1.1");
  g_assert_cmphex (hello.record_version, ==, 0x301);
  g_assert_cmphex (hello.version, ==, 0x303);
  g_assert_cmpuint (hello.n_versions, ==, 3);
  g_assert_cmphex (hello.versions[1], ==, 0x304);
  g_assert_cmpuint (hello.n_ciphers, ==, 2);
  g_assert_cmpuint (hello.n_extensions, ==, 4);
  g_assert_true (hello.has_name && hello.has_ech);
}

static void
a_hello_in_parts_is_waited_for (void)
{
  g_autoptr (GByteArray) message = make_client_hello ();
  g_autoptr (GByteArray) records = in_records (message, 7);
  LensTlsHello hello;

  for (gsize length = 0; length < records->len; length++)
    {
      g_autofree guint8 *cut = g_memdup2 (records->data, length);
      g_assert_cmpint (lens_tls_hello_parse (cut, length, &hello), ==, LENS_TLS_MORE);
    }
  g_assert_cmpint (lens_tls_hello_parse (records->data, records->len, &hello), ==,
                   LENS_TLS_CLIENT_HELLO);
  g_assert_cmphex (hello.odd, ==, LENS_TLS_FRAGMENTED);
  g_assert_cmpstr (hello.server_name, ==, "cam.example.net");
}

static void
a_server_hello_tells_what_was_chosen (void)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  LensTlsHello hello;

  PUT (message, "\x02\x00\x00\x2e\x03\x03");
  PUT (message, "0123456789abcdef0123456789abcdef");
  PUT (message, "\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04");
  g_autoptr (GByteArray) records = in_records (message, 1000);
  g_assert_cmpint (lens_tls_hello_parse (records->data, records->len, &hello), ==,
                   LENS_TLS_SERVER_HELLO);
  g_assert_cmphex (hello.odd, ==, 0);
  g_assert_cmphex (hello.cipher, ==, 0x1301);
  g_assert_cmphex (hello.versions[0], ==, 0x304);
}

static void
other_octets_are_no_hello (void)
{
  LensTlsHello hello;

  g_assert_cmpint (lens_tls_hello_parse ((const guint8 *)"GET /", 5, &hello), ==, LENS_TLS_NOT);
  g_assert_cmpint (lens_tls_hello_parse ((const guint8 *)"\x16\x02", 2, &hello), ==, LENS_TLS_NOT);
  g_assert_cmpint (lens_tls_hello_parse ((const guint8 *)"\x16\x03\x01\xff\xff", 5, &hello), ==,
                   LENS_TLS_NOT);
  g_assert_cmpint (lens_tls_hello_parse ((const guint8 *)"\x15\x03\x03\x00\x02\x02\x28", 7, &hello),
                   ==, LENS_TLS_OTHER);
  /* A message of 16 MiB, and records without octets, are not waited for. */
  g_assert_cmpint (
      lens_tls_hello_parse ((const guint8 *)"\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9, &hello), ==,
      LENS_TLS_OTHER);
  guint8 empty[5 * 100] = { 0 };
  for (guint i = 0; i < 100; i++)
    memcpy (empty + 5 * i, "\x16\x03\x01\x00\x00", 5);
  g_assert_cmpint (lens_tls_hello_parse (empty, sizeof empty, &hello), ==, LENS_TLS_OTHER);
}

static void
odd_names_are_named (void)
{
  g_autoptr (GByteArray) message = make_client_hello ();
  LensTlsHello hello;

  char *name = memmem (message->data, message->len, "cam.example", 11);
  g_assert_nonnull (name);
  name[3] = '\0';
  g_byte_array_append (message, (const guint8 *)"more", 4);
  message->data[3] = (guint8)(message->len - 4);
  g_autoptr (GByteArray) records = in_records (message, 1000);
  g_assert_cmpint (lens_tls_hello_parse (records->data, records->len, &hello), ==,
                   LENS_TLS_CLIENT_HELLO);
  g_assert_cmpstr (hello.server_name, ==, "cam?example.net");
  g_assert_cmphex (hello.odd, ==, LENS_TLS_NAME_ODD | LENS_TLS_TRAILING);
}

static void
any_octets_are_survived (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8446);
  g_autoptr (GByteArray) message = make_client_hello ();

  for (guint run = 0; run < 40000; run++)
    {
      g_autoptr (GByteArray) records = in_records (message, 20 + run % 200);
      for (guint i = 0; i < 1 + run % 5; i++)
        records->data[g_rand_int_range (rand, 0, (gint32)records->len)]
            = (guint8)g_rand_int_range (rand, 0, 256);
      gsize length = records->len - run % 9;
      g_autofree guint8 *octets = g_memdup2 (records->data, length);
      LensTlsHello hello;
      LensTlsFound found = lens_tls_hello_parse (octets, length, &hello);
      if (found == LENS_TLS_CLIENT_HELLO || found == LENS_TLS_SERVER_HELLO)
        {
          g_assert_cmpuint (strlen (hello.server_name), <, sizeof hello.server_name);
          g_assert_cmpuint (strlen (hello.alpn), <, sizeof hello.alpn);
          g_assert_cmpuint (hello.n_versions, <=, LENS_TLS_MOST_VERSIONS);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/tls-hello/" name, function)
  ADD ("a-client-hello-tells-whom-it-wants", a_client_hello_tells_whom_it_wants);
  ADD ("a-hello-in-parts-is-waited-for", a_hello_in_parts_is_waited_for);
  ADD ("a-server-hello-tells-what-was-chosen", a_server_hello_tells_what_was_chosen);
  ADD ("other-octets-are-no-hello", other_octets_are_no_hello);
  ADD ("odd-names-are-named", odd_names_are_named);
  ADD ("any-octets-are-survived", any_octets_are_survived);
  return g_test_run ();
}
