/* What a Transport header grants over UDP (RFC 2326 section 12.39, RFC 7826 section 18.54). */
#include "ledger/session-inside.h"

#include "wire/rtsp-addresses.h"

static gboolean
address_of (const guint8 *octets, LensRange range, LensAddress *address)
{
  if (range.length == 0 || range.length > 64)
    return FALSE;
  g_autofree char *text = g_strndup ((const char *)octets + range.offset, range.length);
  return lens_address_parse (text, address);
}

/* The ports of @list (RFC 7826 section 18.54), or @ports, and where @list names a host: its
 * address. */
static LensRtspPair
addressed (const guint8 *octets, LensRange list, LensRtspPair ports, LensAddress *host)
{
  const LensRtspAddresses addresses = lens_rtsp_addresses (octets, list);
  LensAddress named;

  if (addresses.n == 0)
    return ports;
  if (address_of (octets, addresses.of[0].host, &named) && !lens_address_is_unspecified (&named))
    *host = named;
  return addresses.of[0].port > 0
             ? (LensRtspPair){ addresses.of[0].port, addresses.n > 1 ? addresses.of[1].port : -1 }
             : ports;
}

void
lens_sessions_grant_ports (LensSessions *sessions, const LensSide *server, const guint8 *octets,
                           const LensRtspTransport *spec, LensTrack *track)
{
  LensAddress sender = server->key.src, receiver = server->key.dst;
  LensRtspPair to = spec->client_port;

  address_of (octets, spec->source, &sender);
  if (address_of (octets, spec->destination, &receiver) && lens_address_is_multicast (&receiver)
      && spec->port.first >= 0)
    to = spec->port;
  to = addressed (octets, spec->dest_addr, to, &receiver);
  LensRtspPair by = addressed (octets, spec->src_addr, spec->server_port, &sender);
  track->stream->multicast |= lens_address_is_multicast (&receiver);
  if (to.first <= 0 || to.first > G_MAXUINT16)
    return;
  gint from = by.first <= G_MAXUINT16 ? by.first : 0;
  LensGrant grant = { .sender = sender,
                      .receiver = receiver,
                      .sender_port = from > 0 ? (guint16)from : 0,
                      .receiver_port = (guint16)to.first,
                      .track = track };
  lens_sessions_grant (sessions, grant);
  if (spec->rtcp_mux)
    return;
  grant.rtcp = TRUE;
  grant.sender_port = from > 0 ? (guint16)(by.last > from ? by.last : from + 1) : 0;
  grant.receiver_port = (guint16)(to.last > to.first ? to.last : to.first + 1);
  lens_sessions_grant (sessions, grant);
}
