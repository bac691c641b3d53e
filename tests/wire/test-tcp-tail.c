#include "wire/tcp-tail.h"

#include <string.h>

#define USUAL (16 * 1024)
#define ALL (1024 * 1024)

/* Whether all that is kept is what was given, and no less than the last @least octets. */
static void
assert_keeps (const LensTcpTail *tail, const guint8 *all, gint64 end, gint64 least)
{
  gint64 start = lens_tcp_tail_start (tail, end);

  g_assert_cmpint (start, <=, MAX (end - least, 0));
  g_assert_cmpint (start, >=, 0);
  g_assert_true (lens_tcp_tail_equals (tail, start, all + start, (gsize)(end - start)));
  if (start == end)
    return;
  guint8 other = all[end - 1] ^ 1;
  g_assert_true (lens_tcp_tail_equals (tail, end - 1, all + end - 1, 1));
  g_assert_false (lens_tcp_tail_equals (tail, end - 1, &other, 1));
}

/* Deliveries of any size, with any number of octets in flight. */
static void
keeps_what_came_last (void)
{
  g_autofree guint8 *all = g_malloc (ALL);

  for (gsize i = 0; i < ALL; i++)
    all[i] = (guint8)g_test_rand_int ();
  for (guint round = 0; round < 40; round++)
    {
      const gint32 largest[] = { 90, 1460, 20000, 300000 };
      LensTcpTail *tail = NULL;
      gint64 end = 0;
      for (guint i = 0; i < 400; i++)
        {
          gint64 length = g_test_rand_int_range (0, largest[round % 4]);
          gint64 in_flight = round < 20 ? 0 : g_test_rand_int_range (0, 400000);
          if (end + length > ALL)
            break;
          tail = lens_tcp_tail_keep (tail, end, all + end, (gsize)length, in_flight);
          end += length;
          assert_keeps (tail, all, end, USUAL);
        }
      lens_tcp_tail_free (tail);
    }
}

static void
keeps_what_is_in_flight (void)
{
  g_autofree guint8 *all = g_malloc0 (ALL);
  LensTcpTail *tail = NULL;

  for (gint64 end = 0; end + 1000 <= ALL; end += 1000)
    {
      gint64 in_flight = MIN (end + 1000, 200000);
      tail = lens_tcp_tail_keep (tail, end, all + end, 1000, in_flight);
      assert_keeps (tail, all, end + 1000, in_flight);
    }
  g_assert_cmpuint (lens_tcp_tail_memory (tail), <=, 257 * 1024);
  lens_tcp_tail_free (tail);
}

/* Most connections say little: there may be millions. */
static void
a_short_stream_takes_little (void)
{
  const guint8 octets[100] = { 0 };
  LensTcpTail *tail = lens_tcp_tail_keep (NULL, 0, octets, sizeof octets, 0);

  g_assert_cmpuint (lens_tcp_tail_memory (tail), <=, 144);
  lens_tcp_tail_free (tail);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tcp-tail/keeps-what-came-last", keeps_what_came_last);
  g_test_add_func ("/wire/tcp-tail/keeps-what-is-in-flight", keeps_what_is_in_flight);
  g_test_add_func ("/wire/tcp-tail/a-short-stream-takes-little", a_short_stream_takes_little);
  return g_test_run ();
}
