/* One frame cut into its layers, and what follows from them: transport headers and options,
 * extension headers, trailers, packets inside the packet. */
#include "tests/fuzz/fuzz.h"

#include "wire/checksum.h"
#include "wire/discovery.h"
#include "wire/extension.h"
#include "wire/fcs.h"
#include "wire/layers.h"
#include "wire/link-protocol.h"
#include "wire/tcp-options.h"
#include "wire/trailer.h"
#include "wire/transport.h"
#include "wire/tunnel.h"

static const guint16 linktypes[]
    = { LENS_LINKTYPE_ETHERNET,    LENS_LINKTYPE_NULL,       LENS_LINKTYPE_PPP,
        LENS_LINKTYPE_RAW_FREEBSD, LENS_LINKTYPE_PPP_HDLC,   LENS_LINKTYPE_PPP_ETHER,
        LENS_LINKTYPE_RAW,         LENS_LINKTYPE_IEEE802_11, LENS_LINKTYPE_IEEE802_11_RADIOTAP,
        LENS_LINKTYPE_LOOP,        LENS_LINKTYPE_LINUX_SLL,  LENS_LINKTYPE_LINUX_SLL2,
        LENS_LINKTYPE_PPI,         LENS_LINKTYPE_IPV4,       LENS_LINKTYPE_IPV6,
        LENS_LINKTYPE_RAW_OPENBSD, LENS_LINKTYPE_UNKNOWN,    LENS_LINKTYPE_IEEE802_11_AVS };

static void frame (guint16 linktype, guint8 fcs, const guint8 *octets, gsize length, gsize original,
                   guint depth);

static void
check_options (const guint8 *octets, gsize length)
{
  LensTcpOptions all;
  LensTcpOption option;
  gsize position = 0, at = 0;

  while (lens_tcp_option_next (octets, length, &position, &option))
    {
      fuzz_follows (octets, length, &at, option.whole);
      fuzz_inside (octets, length, option.data);
      g_assert_cmpuint (position, ==, at);
    }
  lens_tcp_options_parse (octets, length, &all);
  fuzz_inside (octets, length, all.stamps);
  fuzz_inside (octets, length, all.padding);
}

static void
check_transport (const LensLayers *layers, const guint8 *octets, gsize length, guint depth)
{
  LensTransport transport;
  LensTunnel tunnel;
  gsize at = 0;

  lens_transport_parse (layers->protocol, octets, length, &transport);
  fuzz_follows (octets, length, &at, transport.header);
  fuzz_follows (octets, length, &at, transport.payload);
  fuzz_follows (octets, length, &at, transport.slack);
  g_assert_cmpuint (at, ==, length);
  if (transport.kind == LENS_TRANSPORT_TCP)
    {
      fuzz_inside (octets, length, transport.tcp_options);
      check_options (octets + transport.tcp_options.offset, transport.tcp_options.length);
    }
  const guint8 *inside = octets;
  gsize inside_length = length;
  gboolean found
      = lens_tunnel_in_ip (layers->ip_version, layers->protocol, octets, length, &tunnel);
  if (!found && transport.kind == LENS_TRANSPORT_UDP)
    {
      inside += transport.payload.offset;
      inside_length = transport.payload.length;
      found = lens_tunnel_in_udp (transport.source_port, transport.destination_port, inside,
                                  inside_length, &tunnel);
    }
  if (!found)
    return;
  fuzz_inside (inside, inside_length, tunnel.header);
  g_assert_nonnull (lens_tunnel_name (tunnel.kind));
  gsize head = lens_range_end (tunnel.header);
  if (depth < 4)
    frame (tunnel.linktype, 0, inside + head, inside_length - head, inside_length - head,
           depth + 1);
}

static void
check_extensions (const guint8 *octets, gsize length, LensRange network)
{
  LensRange left = { network.offset + 40, network.length - MIN (network.length, 40) };
  LensExtension extension;

  if (network.length < 40)
    return;
  guint8 next = octets[network.offset + 6];
  while (lens_extension_next (octets, &left, &next, &extension))
    {
      LensExtensionOption option;
      fuzz_inside (octets, length, extension.whole);
      fuzz_inside (octets, length, extension.options);
      while (lens_extension_option_next (octets, &extension.options, &option))
        {
          g_assert_cmpuint (option.whole.length, >, 0);
          fuzz_inside (octets, length, option.whole);
          fuzz_inside (octets, length, option.data);
        }
    }
}

static void
check_trailer (const LensLayers *layers, const guint8 *octets, gsize length)
{
  gsize start = layers->trailer.offset, at = start;
  LensTrailer trailer = lens_trailer_over (layers, octets, start, length);

  fuzz_follows (octets, length, &at, trailer.pad);
  fuzz_follows (octets, length, &at, trailer.surplus);
  fuzz_follows (octets, length, &at, trailer.prp);
  fuzz_follows (octets, length, &at, trailer.fcs);
  g_assert_cmpuint (at, ==, length);
}

static void
check_spans (const LensLayers *layers, const guint8 *octets, gsize length)
{
  gsize at = 0;

  fuzz_follows (octets, length, &at, layers->pseudo);
  fuzz_follows (octets, length, &at, layers->link);
  fuzz_follows (octets, length, &at, layers->network);
  fuzz_follows (octets, length, &at, layers->payload);
  fuzz_follows (octets, length, &at, layers->trailer);
  g_assert_cmpuint (at, ==, length);
}

static void
check_aggregate (const guint8 *octets, gsize length, gsize missing)
{
  LensLayers layers;
  LensRange subframe;
  gsize at = 0, follows = 0;

  while (lens_layers_next_msdu (octets, length, missing, &at, &subframe, &layers))
    {
      fuzz_follows (octets, length, &follows, subframe);
      g_assert_cmpuint (follows, ==, at);
      g_assert_cmpuint (subframe.length, >, 0);
      check_spans (&layers, octets + subframe.offset, subframe.length);
    }
  g_assert_cmpuint (at, ==, length);
}

static void
check_retry (const LensLayers *layers, const guint8 *octets, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (octets, length);

  if (length > 0)
    lens_layers_unretry (layers, copy);
}

static void
frame (guint16 linktype, guint8 fcs, const guint8 *octets, gsize length, gsize original,
       guint depth)
{
  LensLayers layers;

  lens_layers_parse (linktype, fcs, octets, length, original, &layers);
  check_spans (&layers, octets, length);
  check_retry (&layers, octets, length);
  if (layers.wlan_aggregate)
    check_aggregate (octets + layers.payload.offset, layers.payload.length,
                     (gsize)layers.payload_declared - layers.payload.length);
  fuzz_inside (octets, length, layers.hsr);
  fuzz_inside (octets, length, layers.prp);
  g_assert_cmpuint (layers.n_vlans, <=, LENS_VLAN_MAX);
  g_assert_cmpuint (layers.n_mpls, <=, LENS_MPLS_MAX);
  g_assert_cmpuint (layers.fcs_length, <=, layers.trailer.length);
  gsize lan = lens_layers_lan_octet (&layers);
  g_assert_true (lan == 0 || lan < length);
  check_trailer (&layers, octets, length);
  lens_fcs_holds (octets, length);
  const guint8 *payload = octets + layers.payload.offset;
  if (layers.ip_version == 4)
    lens_checksum_header_holds (octets + layers.network.offset, layers.network.length);
  if (layers.ip_version == 6)
    check_extensions (octets, length, layers.network);
  if (layers.ip_version != 0 && layers.fragment_offset == 0)
    check_transport (&layers, payload, layers.payload.length, depth);
  if (layers.ip_version != 0)
    return;
  lens_link_protocol_of_type (layers.ethertype);
  lens_link_protocol_of_llc (&layers);
  lens_link_is_upkeep (&layers, payload);
  g_assert_cmpuint (lens_link_llc_length (&layers, payload), <=, layers.payload.length);
  if (layers.has_destination_mac)
    lens_discovery_of_frame (layers.destination_mac, layers.ethertype, payload,
                             layers.payload.length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  if (length < 3)
    return 0;
  frame (linktypes[octets[0] % G_N_ELEMENTS (linktypes)], octets[1] & 0x80 ? 4 : 0, octets + 3,
         length - 3, length - 3 + (octets[2] & 0x80 ? octets[2] : 0), 0);
  return 0;
}
