#include "wire/rtsp-tunnel.h"

#include <string.h>

typedef struct
{
  guint requests;
  gsize octets;
} Seen;

static void
count (gpointer data, const guint8 *octets, const LensRtspUnit *unit)
{
  Seen *seen = data;

  seen->requests += unit->kind == LENS_RTSP_REQUEST;
  seen->octets += unit->length;
}

static const char ask[] = "OPTIONS rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n";

/* Each request is encoded alone, with its own fill. */
static void
requests_come_whole_however_they_are_cut (void)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *)ask, strlen (ask));
  g_autofree char *twice = g_strconcat (encoded, encoded, NULL);

  g_assert_cmpuint (strlen (ask) % 3, !=, 0);
  for (gsize step = 1; step < 40; step++)
    {
      LensRtspTunnel *tunnel = lens_rtsp_tunnel_new ();
      Seen seen = { 0 };
      for (gsize at = 0; at < strlen (twice); at += step)
        lens_rtsp_tunnel_take (tunnel, (const guint8 *)twice + at, MIN (step, strlen (twice) - at),
                               count, &seen);
      g_assert_cmpuint (seen.requests, ==, 2);
      g_assert_cmpuint (seen.octets, ==, 2 * strlen (ask));
      lens_rtsp_tunnel_free (tunnel);
    }
}

static void
after_a_gap_the_next_request_is_read (void)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *)ask, strlen (ask));
  LensRtspTunnel *tunnel = lens_rtsp_tunnel_new ();
  Seen seen = { 0 };

  lens_rtsp_tunnel_take (tunnel, (const guint8 *)encoded, 21, count, &seen);
  lens_rtsp_tunnel_gap (tunnel);
  lens_rtsp_tunnel_take (tunnel, (const guint8 *)encoded, strlen (encoded), count, &seen);
  g_assert_cmpuint (seen.requests, ==, 1);
  lens_rtsp_tunnel_free (tunnel);
}

static void
octets_without_an_end_are_dropped (void)
{
  g_autofree char *junk = g_strnfill (1024 * 1024, 'Q');
  LensRtspTunnel *tunnel = lens_rtsp_tunnel_new ();
  Seen seen = { 0 };

  lens_rtsp_tunnel_take (tunnel, (const guint8 *)junk, strlen (junk), count, &seen);
  g_assert_cmpuint (seen.requests, ==, 0);
  lens_rtsp_tunnel_free (tunnel);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtsp-tunnel/requests-come-whole-however-they-are-cut",
                   requests_come_whole_however_they_are_cut);
  g_test_add_func ("/wire/rtsp-tunnel/after-a-gap-the-next-request-is-read",
                   after_a_gap_the_next_request_is_read);
  g_test_add_func ("/wire/rtsp-tunnel/octets-without-an-end-are-dropped",
                   octets_without_an_end_are_dropped);
  return g_test_run ();
}
