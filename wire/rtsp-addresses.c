#include "wire/rtsp-addresses.h"

#include <string.h>

/* Digits only, a port's worth; -1 for anything else. */
static gint
port_of (const guint8 *octets, gsize start, gsize end)
{
  gint port = 0;

  if (start == end || end - start > 5)
    return -1;
  for (gsize i = start; i < end; i++)
    {
      if (!g_ascii_isdigit (octets[i]))
        return -1;
      port = port * 10 + octets[i] - '0';
    }
  return port <= G_MAXUINT16 ? port : -1;
}

static gboolean
is_around (guint8 octet)
{
  return octet == '"' || octet == ' ' || octet == '\t';
}

/* Where @wanted stands last from @start to @end; @end: nowhere. */
static gsize
last_of (const guint8 *octets, gsize start, gsize end, char wanted)
{
  for (gsize at = end; at > start; at--)
    if (octets[at - 1] == wanted)
      return at - 1;
  return end;
}

/* One address, from @start to @end. */
static void
take (const guint8 *octets, gsize start, gsize end, LensRtspAddresses *addresses)
{
  while (start < end && is_around (octets[start]))
    start++;
  while (end > start && is_around (octets[end - 1]))
    end--;
  if (start == end)
    return;

  gsize colon = last_of (octets, start, end, ':'), bracket = last_of (octets, start, end, ']');
  gsize host_end = end, port = end;
  if (colon < end && (bracket == end || colon > bracket))
    {
      host_end = colon;
      port = host_end + 1;
    }
  else if (port_of (octets, start, end) >= 0)
    host_end = port = start;
  if (host_end - start >= 2 && octets[start] == '[' && octets[host_end - 1] == ']')
    {
      start++;
      host_end--;
    }
  addresses->of[addresses->n].host = (LensRange){ start, host_end - start };
  addresses->of[addresses->n++].port = port_of (octets, port, end);
}

LensRtspAddresses
lens_rtsp_addresses (const guint8 *octets, LensRange list)
{
  LensRtspAddresses addresses = { 0 };
  gsize start = list.offset, end = lens_range_end (list);

  while (start < end && addresses.n < G_N_ELEMENTS (addresses.of))
    {
      const guint8 *slash = memchr (octets + start, '/', end - start);
      gsize stop = slash != NULL ? (gsize)(slash - octets) : end;
      take (octets, start, stop, &addresses);
      start = stop + 1;
    }
  return addresses;
}
