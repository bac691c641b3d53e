#include "wire/transport.h"
#include "wire/cursor.h"

/* Names the spans: @header octets of header, @payload octets behind it, the rest slack. */
static void
cut (LensTransport *transport, gsize length, gsize header, gsize payload)
{
  header = MIN (header, length);
  payload = MIN (payload, length - header);
  transport->header = (LensRange){ 0, header };
  transport->payload = (LensRange){ header, payload };
  transport->slack = (LensRange){ header + payload, length - header - payload };
}

static void
parse_udp (const guint8 *octets, gsize length, LensTransport *transport)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  transport->kind = LENS_TRANSPORT_UDP;
  transport->source_port = lens_cursor_u16 (&cursor);
  transport->destination_port = lens_cursor_u16 (&cursor);
  transport->udp_length = lens_cursor_u16 (&cursor);
  transport->checksum = lens_cursor_u16 (&cursor);
  transport->header_cut = cursor.short_read;

  gsize declared = transport->udp_length;
  if (declared == 0) /* a jumbogram (RFC 2675 section 4) or offload: the datagram's end counts */
    declared = MAX (length, 8);
  transport->bad_length = !cursor.short_read && declared < 8;
  transport->payload_cut = declared > length;
  cut (transport, length, 8, declared < 8 ? 0 : declared - 8);
}

static void
parse_tcp (const guint8 *octets, gsize length, LensTransport *transport)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  transport->kind = LENS_TRANSPORT_TCP;
  transport->source_port = lens_cursor_u16 (&cursor);
  transport->destination_port = lens_cursor_u16 (&cursor);
  transport->sequence = lens_cursor_u32 (&cursor);
  transport->acknowledgement = lens_cursor_u32 (&cursor);
  guint16 offset_and_flags = lens_cursor_u16 (&cursor);
  transport->tcp_flags = offset_and_flags & 0x0fff;
  transport->window = lens_cursor_u16 (&cursor);
  transport->checksum = lens_cursor_u16 (&cursor);
  transport->urgent = lens_cursor_u16 (&cursor);
  transport->header_cut = cursor.short_read;

  gsize header = (offset_and_flags >> 12) * 4u;
  transport->bad_header = !cursor.short_read && (header < 20 || header > length);
  if (cursor.short_read || transport->bad_header)
    header = 20;
  cut (transport, length, header, length);
  transport->tcp_options = (LensRange){ MIN (20, length), header - 20 };
}

static void
parse_icmp (LensTransportKind kind, const guint8 *octets, gsize length, LensTransport *transport)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  transport->kind = kind;
  transport->icmp_type = lens_cursor_u8 (&cursor);
  transport->icmp_code = lens_cursor_u8 (&cursor);
  transport->checksum = lens_cursor_u16 (&cursor);
  transport->icmp_rest = lens_cursor_u32 (&cursor);
  transport->header_cut = cursor.short_read;
  cut (transport, length, 8, length);
}

void
lens_transport_parse (guint8 protocol, const guint8 *octets, gsize length, LensTransport *transport)
{
  *transport = (LensTransport){ 0 };
  switch (protocol)
    {
    case LENS_PROTOCOL_UDP:
      parse_udp (octets, length, transport);
      break;
    case LENS_PROTOCOL_TCP:
      parse_tcp (octets, length, transport);
      break;
    case LENS_PROTOCOL_ICMP:
      parse_icmp (LENS_TRANSPORT_ICMP, octets, length, transport);
      break;
    case LENS_PROTOCOL_ICMPV6:
      parse_icmp (LENS_TRANSPORT_ICMPV6, octets, length, transport);
      break;
    default:
      cut (transport, length, 0, length);
      break;
    }
}
