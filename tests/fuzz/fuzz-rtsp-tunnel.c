/* Requests in base64, as RTSP over HTTP sends them, in parts with holes between. */
#include "tests/fuzz/fuzz.h"

#include "wire/rtsp-tunnel.h"

static void
take (gpointer data, const guint8 *octets, const LensRtspUnit *unit)
{
  fuzz_touch (octets, unit->length);
  fuzz_inside (octets, unit->length, unit->headers);
  fuzz_inside (octets, unit->length, unit->body);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  LensRtspTunnel *tunnel = lens_rtsp_tunnel_new ();

  while (fuzz_part_next (&cursor, &part))
    {
      lens_rtsp_tunnel_take (tunnel, part.octets, part.length, take, NULL);
      if (part.flags & 0x80)
        lens_rtsp_tunnel_gap (tunnel);
    }
  lens_rtsp_tunnel_free (tunnel);
  return 0;
}
