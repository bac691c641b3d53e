#include "wire/p2p.h"

#include <string.h>

static void
is (LensP2p protocol, gsize data, gboolean udp, guint16 port, const void *octets, gsize length)
{
  g_autofree guint8 *exact = g_memdup2 (octets, length);
  LensP2pMessage message;

  g_assert_cmpint (lens_p2p_parse (udp, 40000, port, exact, length, &message), ==,
                   protocol != LENS_P2P_NONE);
  g_assert_cmpint (message.protocol, ==, protocol);
  if (protocol != LENS_P2P_NONE)
    g_assert_cmpuint (message.data.length, ==, data);
}

static void
pppp_is_told_by_its_length (void)
{
  /* Hello; data with its number; one octet too many. */
  is (LENS_P2P_PPPP, 0, TRUE, 32100, "\xf1\x00\x00\x00", 4);
  is (LENS_P2P_PPPP, 3, TRUE, 9,
      "\xf1\xd0\x00\x07\xd1\x00\x00\x01"
      "abc",
      11);
  is (LENS_P2P_NONE, 0, TRUE, 32100, "\xf1\x00\x00\x00x", 5);
  is (LENS_P2P_NONE, 0, FALSE, 32100, "\xf1\x00\x00\x00", 4);
}

static void
kalay_is_told_under_its_scrambling (void)
{
  /* 04 02 1a 02, 32 octets behind the head, 07 04: between the ends. */
  guint8 octets[48] = { 0x6e, 0x6c, 0x9d, 0xec, 0x40, 0xd1, 0x40, 0xca,
                        0x2d, 0x2d, 0x88, 0x2d, 0x40, 0xe6, 0xca, 0xda };

  is (LENS_P2P_KALAY, 20, TRUE, 20000, octets, sizeof octets);
  is (LENS_P2P_NONE, 0, TRUE, 20000, octets, sizeof octets - 1);
}

static void
the_makers_messages_are_told (void)
{
  guint8 ptcp[24 + 12 + 4] = "PTCP", dvrip[24] = { 0xff, 1 }, baichuan[24] = "\xf0\xde\xbc\x0a";
  guint8 datagram[24] = "\x10\xcf\x87\x2a";

  ptcp[24] = 0x10;
  is (LENS_P2P_PTCP, 4, TRUE, 8800, ptcp, sizeof ptcp);
  is (LENS_P2P_PTCP, 0, TRUE, 8800, ptcp, 24);
  is (LENS_P2P_PTCP, 0, TRUE, 8800, "DHGET /probe/p2psrv HTTP/1.1", 28);
  dvrip[14] = 0xe8;
  dvrip[15] = 3; /* 1000: login */
  is (LENS_P2P_DVRIP, 4, FALSE, 34567, dvrip, sizeof dvrip);
  is (LENS_P2P_BAICHUAN, 4, FALSE, 9000, baichuan, sizeof baichuan);
  is (LENS_P2P_BAICHUAN, 4, TRUE, 9999, datagram, sizeof datagram);
  is (LENS_P2P_DHIP, 0, FALSE, 37777, "\x20\0\0\0DHIP", 8);
}

static void
public_protocols_are_told (void)
{
  is (LENS_P2P_MQTT, 14, FALSE, 1883, "\x10\x0c\0\4MQTT\4\2\0\x3c\0\0", 14);
  is (LENS_P2P_AMQP, 8, FALSE, 5672, "AMQP\0\0\x09\1", 8);
  is (LENS_P2P_RTMP, 12, FALSE, 1935, "\3abcd\0\0\0\0xyz", 12);
  is (LENS_P2P_FTP, 12, FALSE, 21, "USER camera\r", 12);
  is (LENS_P2P_SMTP, 11, FALSE, 25, "EHLO camera", 11);
  is (LENS_P2P_SYSLOG, 8, TRUE, 514, "<14>text", 8);
  is (LENS_P2P_NONE, 0, TRUE, 515, "<14>text", 8);
  is (LENS_P2P_SIP, 40, TRUE, 5060, "REGISTER sip:34020000002000000001@3402000", 40);
  is (LENS_P2P_NONE, 0, TRUE, 5060, "REGISTER sip:alice@example.net SIP/2.0\r\n", 40);
}

static void
other_octets_are_none_and_nothing_is_read_beyond_them (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint found = 0;

  for (guint round = 0; round < 100000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 80);
      g_autofree guint8 *octets = g_malloc (length);
      LensP2pMessage message;
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int (random);
      found += lens_p2p_parse (round % 2, 1, 2, octets, length, &message);
      g_assert_cmpuint (lens_range_end (message.data), <=, length);
    }
  g_assert_cmpuint (found, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/p2p/pppp-is-told-by-its-length", pppp_is_told_by_its_length);
  g_test_add_func ("/wire/p2p/kalay-is-told-under-its-scrambling",
                   kalay_is_told_under_its_scrambling);
  g_test_add_func ("/wire/p2p/the-makers-messages-are-told", the_makers_messages_are_told);
  g_test_add_func ("/wire/p2p/public-protocols-are-told", public_protocols_are_told);
  g_test_add_func ("/wire/p2p/other-octets-are-none-and-nothing-is-read-beyond-them",
                   other_octets_are_none_and_nothing_is_read_beyond_them);
  return g_test_run ();
}
