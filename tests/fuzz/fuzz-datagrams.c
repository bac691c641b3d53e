/* Datagrams between a camera and others on the ports of the services that are read, and any IP
 * protocol, through the ledger and all analyzers: DNS, DHCP, NTP, discovery (mDNS, SSDP,
 * WS-Discovery, makers'), port mapping, peer-to-peer, STUN, QUIC, SIP, tunnels, ICMP, IGMP.
 * fuzz: at most 8192 octets */
#include "tests/analyzers/build-names.h"
#include "tests/analyzers/build-network.h"
#include "tests/fuzz/evaluation.h"

static const guint16 ports[]
    = { 53,    67,   68,    123,   137,   1900,  3702,  5353,  5355, 5060, 3478,
        443,   5351, 32100, 37020, 37810, 34569, 2000,  4789,  6081, 3544, 514,
        10086, 3000, 546,   547,   8000,  20002, 10000, 40000, 554,  161 };

static const char *const groups[]
    = { "239.255.255.250", "224.0.0.251", "224.0.0.252", "255.255.255.255", "239.255.255.251" };

static void
send (Build *build, const FuzzPart *part, guint8 where)
{
  BuildSpeaker speaker = part->flags & 1 ? VIEWER : CAMERA;
  GByteArray *data = g_byte_array_new ();
  guint16 port = ports[where % G_N_ELEMENTS (ports)];
  guint way = part->flags >> 1 & 7;

  g_byte_array_append (data, part->octets, (guint)part->length);
  if (way == 0)
    build_ip4 (build, speaker, (BuildIp4){ .protocol = where, .payload = data });
  else if (way == 1)
    build_ip6 (build, speaker, (BuildIp6){ .next = where, .payload = data });
  else if (way == 2)
    build_multicast (build, groups[where % G_N_ELEMENTS (groups)], port, port, data);
  else if (way == 3)
    build_ip6 (build, speaker,
               (BuildIp6){ .next = 17, .payload = build_datagram (speaker, port, port, data) });
  else if (way == 4)
    build_udp (build, speaker, 40000 + where, port, data);
  else if (way == 5)
    build_udp (build, speaker, port, 40000 + where, data);
  else if (way == 6)
    build_udp (build, speaker, port, port, data);
  else
    build_ethernet (build, speaker, (guint16)(0x8800 + where), data, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  guint8 start = lens_cursor_u8 (&cursor);
  g_autoptr (Build) build = start & 1   ? build_client (NULL)
                            : start & 2 ? build_declared (NULL, "[dns]\nnames = example.net\n")
                                        : build_new (NULL);

  if (start & 4)
    build_claim_6 (build);
  while (fuzz_part_next (&cursor, &part))
    {
      build->step = part.flags & 0x80 ? 20000000000ll : 10000000;
      send (build, &part, lens_cursor_u8 (&cursor));
    }
  fuzz_check_evaluation (build_conclude (build), length);
  return 0;
}
