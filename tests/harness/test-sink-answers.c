#include "harness/sink.h"

#include <string.h>

static void
a_client_gets_the_time (void)
{
  guint8 request[48] = { 0x23 }; /* version 4, mode 3 */
  guint8 answer[48];

  memcpy (request + 40, "\1\2\3\4\5\6\7\10", 8);
  /* 2024-01-01 00:00:00.5 UTC; NTP era 0 second 3913056000 = 0xe93c7f00. */
  g_assert_true (lens_sink_ntp_answer (request, sizeof request, 1704067200500000, answer));
  g_assert_cmphex (answer[0], ==, 0x24);
  g_assert_cmpmem (answer + 24, 8, request + 40, 8);
  g_assert_cmpmem (answer + 40, 8, "\xe9\x3c\x7f\x00\x80\x00\x00\x00", 8);
}

static void
only_clients_are_answered (void)
{
  guint8 request[48] = { 0x24 }; /* a server's answer */
  guint8 answer[48];

  g_assert_false (lens_sink_ntp_answer (request, sizeof request, 0, answer));
  request[0] = 0x17; /* mode 7, the amplifier */
  g_assert_false (lens_sink_ntp_answer (request, sizeof request, 0, answer));
  request[0] = 0x23;
  g_assert_false (lens_sink_ntp_answer (request, 47, 0, answer));
}

static void
http_is_known_by_its_method (void)
{
  g_assert_true (lens_sink_is_http ((const guint8 *)"POST /x HTTP/1.1\r\n", 18));
  g_assert_false (lens_sink_is_http ((const guint8 *)"GE", 2));
  g_assert_false (lens_sink_is_http ((const guint8 *)"\x16\x03\x01\x00\x05", 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/sink/a-client-gets-the-time", a_client_gets_the_time);
  g_test_add_func ("/harness/sink/only-clients-are-answered", only_clients_are_answered);
  g_test_add_func ("/harness/sink/http-is-known-by-its-method", http_is_known_by_its_method);
  return g_test_run ();
}
