/* TLS: the first hello, and one direction of a connection cut into what can be seen of it. */
#include "tests/fuzz/fuzz.h"

#include "wire/tls-extension.h"
#include "wire/tls-hello.h"
#include "wire/tls-record.h"

#include <string.h>

static void
check_hello (const guint8 *message, gsize length, const LensTlsHello *hello)
{
  const LensRange ranges[] = { hello->random,      hello->session,    hello->ciphers,
                               hello->compression, hello->extensions, hello->rest };
  LensRange left = hello->extensions, data;
  guint16 type;

  g_assert_cmpuint (strlen (hello->server_name), <, sizeof hello->server_name);
  g_assert_cmpuint (strlen (hello->alpn), <, sizeof hello->alpn);
  g_assert_cmpuint (hello->n_versions, <=, LENS_TLS_MOST_VERSIONS);
  if (message == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    fuzz_inside (message, length, ranges[i]);
  while (lens_tls_extension_next (message, &left, &type, &data))
    {
      fuzz_inside (message, length, data);
      lens_tls_is_grease (type);
      for (guint client = 0; client < 2; client++)
        g_assert_cmpint (
            lens_tls_extension_form (type, client == 1, message + data.offset, data.length), <=,
            LENS_TLS_FORM_UNKNOWN);
    }
}

static void
see_part (const LensTlsPart *part, const LensView *view, gpointer user)
{
  LensTlsHello hello;

  fuzz_view (view);
  if (part->kind == LENS_TLS_PART_RECORD)
    {
      g_assert_cmpuint (view->length, <=, 5 + LENS_TLS_NONCE);
      return;
    }
  LensTlsFound found = lens_tls_message_parse (view->octets, view->length, &hello);
  if (found == LENS_TLS_CLIENT_HELLO || found == LENS_TLS_SERVER_HELLO)
    check_hello (view->octets, view->length, &hello);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensTlsReader *reader = lens_tls_reader_new (see_part, NULL);
  LensTlsHello hello;

  LensTlsFound found = lens_tls_hello_parse (octets, length, &hello);
  if (found == LENS_TLS_CLIENT_HELLO || found == LENS_TLS_SERVER_HELLO)
    check_hello (NULL, 0, &hello);
  for (gsize from = 0, step; from < length; from += step)
    {
      step = MIN (length - from, 1 + octets[from] * 2u);
      LensPiece piece = { from + 1, 66, (guint32)step };
      LensView view = { octets + from, step, &piece, 1, FALSE };
      if (octets[from] == 0xfe)
        lens_tls_reader_gap (reader);
      lens_tls_reader_feed (reader, &view);
    }
  lens_tls_reader_free (reader);
  return 0;
}
