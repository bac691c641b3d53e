#include "wire/tunnel.h"

#include "wire/linktype.h"

#include <string.h>

/* 192.0.2.1 to 192.0.2.2, no payload. */
static const guint8 ipv4[20]
    = { 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2 };
static const guint8 ipv6[40] = { 0x60, [6] = 59, [7] = 64 };
static const guint8 ethernet[14] = { [12] = 0x08, [13] = 0x06 };

typedef struct
{
  guint8 octets[100];
  gsize length;
} Packet;

static Packet
join (const guint8 *head, gsize length, const guint8 *inside, gsize inside_length)
{
  Packet packet = { .length = length + inside_length };

  memcpy (packet.octets, head, length);
  memcpy (packet.octets + length, inside, inside_length);
  return packet;
}

static void
ip_in_ip_has_no_head_of_its_own (void)
{
  LensTunnel tunnel;

  g_assert_true (lens_tunnel_in_ip (4, 4, ipv4, sizeof ipv4, &tunnel));
  g_assert_cmpint (tunnel.kind, ==, LENS_TUNNEL_IPIP);
  g_assert_cmpuint (tunnel.header.length, ==, 0);
  g_assert_true (lens_tunnel_in_ip (6, 4, ipv4, sizeof ipv4, &tunnel));
  g_assert_cmpint (tunnel.kind, ==, LENS_TUNNEL_4IN6);
  g_assert_true (lens_tunnel_in_ip (4, 41, ipv6, sizeof ipv6, &tunnel));
  g_assert_cmpint (tunnel.kind, ==, LENS_TUNNEL_6IN4);
  g_assert_false (lens_tunnel_in_ip (4, 41, ipv4, sizeof ipv4, &tunnel));
  g_assert_false (lens_tunnel_in_ip (4, 4, ipv4, 19, &tunnel));
}

static void
gre_is_read_with_its_options (void)
{
  /* Checksum, key and sequence number; IPv4. */
  static const guint8 head[] = { 0xb0, 0, 8, 0, 1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1 };
  static const guint8 odd[] = { 0x01, 0x10, 8, 0 }, pptp[] = { 0x30, 1, 0x88, 0x0b, 0, 0, 0, 0 };
  static const guint8 mirror[] = { 0x10, 0, 0x88, 0xbe, 0, 0, 0, 9, 0x10, 1, 0, 0, 0, 0, 0, 0 };
  LensTunnel tunnel;

  Packet packet = join (head, sizeof head, ipv4, sizeof ipv4);
  g_assert_true (lens_tunnel_in_ip (4, 47, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.header.length, ==, sizeof head);
  g_assert_cmpuint (tunnel.number, ==, 7);
  g_assert_cmpuint (tunnel.reserved_bits, ==, 0);
  packet = join (odd, sizeof odd, ipv4, sizeof ipv4);
  g_assert_true (lens_tunnel_in_ip (4, 47, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.reserved_bits, ==, 2);
  packet = join (mirror, sizeof mirror, ethernet, sizeof ethernet);
  g_assert_true (lens_tunnel_in_ip (4, 47, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.linktype, ==, LENS_LINKTYPE_ETHERNET);
  g_assert_cmpuint (tunnel.header.length, ==, 16);
  packet = join (pptp, sizeof pptp, ipv4, sizeof ipv4);
  g_assert_false (lens_tunnel_in_ip (4, 47, packet.octets, packet.length, &tunnel));
}

static void
vxlan_needs_its_flag_and_reserves_the_rest (void)
{
  guint8 head[] = { 0x08, 0, 0, 0, 0, 0, 5, 0 };
  LensTunnel tunnel;

  Packet packet = join (head, sizeof head, ethernet, sizeof ethernet);
  g_assert_true (lens_tunnel_in_udp (50000, 4789, packet.octets, packet.length, &tunnel));
  g_assert_cmpint (tunnel.kind, ==, LENS_TUNNEL_VXLAN);
  g_assert_cmpuint (tunnel.number, ==, 5);
  g_assert_cmpuint (tunnel.reserved_bits, ==, 0);
  g_assert_false (lens_tunnel_in_udp (4789, 50000, packet.octets, packet.length, &tunnel));
  packet.octets[1] = 0x03;
  packet.octets[7] = 0x80;
  g_assert_true (lens_tunnel_in_udp (50000, 4789, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.reserved_bits, ==, 3);
  /* A group policy has a meaning. */
  packet.octets[0] = 0x88;
  packet.octets[1] = packet.octets[7] = 0;
  packet.octets[3] = 9;
  g_assert_true (lens_tunnel_in_udp (50000, 4789, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.reserved_bits, ==, 0);
  packet.octets[0] = 0;
  g_assert_false (lens_tunnel_in_udp (50000, 4789, packet.octets, packet.length, &tunnel));
}

static void
teredo_may_tell_where_a_packet_came_from (void)
{
  static const guint8 origin[] = { 0, 0, 0x12, 0x34, 1, 2, 3, 4 };
  LensTunnel tunnel;

  g_assert_true (lens_tunnel_in_udp (3544, 50000, ipv6, sizeof ipv6, &tunnel));
  g_assert_cmpuint (tunnel.header.length, ==, 0);
  Packet packet = join (origin, sizeof origin, ipv6, sizeof ipv6);
  g_assert_true (lens_tunnel_in_udp (50000, 3544, packet.octets, packet.length, &tunnel));
  g_assert_cmpuint (tunnel.header.length, ==, 8);
  g_assert_false (lens_tunnel_in_udp (50000, 3545, packet.octets, packet.length, &tunnel));
}

/* Every length and every octet: what is said to be a head lies inside what was handed over. */
static void
nothing_is_read_beyond_the_end (void)
{
  guint8 octets[40];
  LensTunnel tunnel;

  for (guint value = 0; value < 256; value++)
    for (gsize length = 0; length <= sizeof octets; length++)
      {
        guint8 *exact = g_memdup2 (memset (octets, (int)value, sizeof octets), length);
        static const guint16 ports[] = { 4789, 6081, 3544 };
        static const guint8 protocols[] = { 4, 41, 47 };
        for (guint i = 0; i < 3; i++)
          {
            if (lens_tunnel_in_udp (1, ports[i], exact, length, &tunnel))
              g_assert_cmpuint (lens_range_end (tunnel.header), <=, length);
            if (lens_tunnel_in_ip (4, protocols[i], exact, length, &tunnel))
              g_assert_cmpuint (lens_range_end (tunnel.header), <=, length);
          }
        g_free (exact);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tunnel/ip-in-ip-has-no-head-of-its-own", ip_in_ip_has_no_head_of_its_own);
  g_test_add_func ("/wire/tunnel/gre-is-read-with-its-options", gre_is_read_with_its_options);
  g_test_add_func ("/wire/tunnel/vxlan-needs-its-flag-and-reserves-the-rest",
                   vxlan_needs_its_flag_and_reserves_the_rest);
  g_test_add_func ("/wire/tunnel/teredo-may-tell-where-a-packet-came-from",
                   teredo_may_tell_where_a_packet_came_from);
  g_test_add_func ("/wire/tunnel/nothing-is-read-beyond-the-end", nothing_is_read_beyond_the_end);
  return g_test_run ();
}
