#include "wire/rtsp-tunnel.h"

enum
{
  MAX_PLAIN = 128 * 1024,
  STEP = 3 * 1024, /* octets decoded at once */
};

struct LensRtspTunnel
{
  GByteArray *plain; /* no whole unit yet */
  LensRtspFramer framer;
  gint state; /* of base64 */
  guint save;
};

LensRtspTunnel *
lens_rtsp_tunnel_new (void)
{
  LensRtspTunnel *tunnel = g_new0 (LensRtspTunnel, 1);

  tunnel->plain = g_byte_array_new ();
  return tunnel;
}

void
lens_rtsp_tunnel_free (LensRtspTunnel *tunnel)
{
  if (tunnel == NULL)
    return;
  g_byte_array_unref (tunnel->plain);
  g_free (tunnel);
}

void
lens_rtsp_tunnel_gap (LensRtspTunnel *tunnel)
{
  g_byte_array_set_size (tunnel->plain, 0);
  tunnel->framer = (LensRtspFramer){ .lost = TRUE };
  tunnel->state = 0;
  tunnel->save = 0;
}

static void
read_units (LensRtspTunnel *tunnel, LensRtspTunnelCall call, gpointer data)
{
  GByteArray *plain = tunnel->plain;
  LensRtspUnit unit;
  gsize taken = 0;

  while (taken < plain->len
         && lens_rtsp_next (&tunnel->framer, plain->data + taken, plain->len - taken, FALSE, &unit)
                != LENS_RTSP_MORE)
    {
      call (data, plain->data + taken, &unit);
      taken += unit.length;
    }
  if (taken > 0)
    g_byte_array_remove_range (plain, 0, (guint)taken);
  if (plain->len > MAX_PLAIN)
    lens_rtsp_tunnel_gap (tunnel);
}

void
lens_rtsp_tunnel_take (LensRtspTunnel *tunnel, const guint8 *octets, gsize length,
                       LensRtspTunnelCall call, gpointer data)
{
  guchar decoded[STEP + 3];

  for (gsize at = 0; at < length; at += STEP)
    {
      gsize count = g_base64_decode_step ((const gchar *)octets + at, MIN (STEP, length - at),
                                          decoded, &tunnel->state, &tunnel->save);
      g_byte_array_append (tunnel->plain, decoded, (guint)count);
      read_units (tunnel, call, data);
    }
}
