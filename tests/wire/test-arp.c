#include "wire/arp.h"

#include <string.h>

static const guint8 reply[] = {
  0,    1,    8,    0,   6,    4,   0,   2,       /* Ethernet, IPv4, lengths, reply */
  0x44, 0x19, 0xb6, 0,   0,    1,                 /* sender */
  192,  0,    2,    100, 0x02, 0,   0,   0, 0, 9, /* sender address, target */
  192,  0,    2,    1,   'p',  'a', 'd',          /* target address, padding */
};

static void
a_reply_tells_who_has_an_address (void)
{
  LensArp arp;
  char text[LENS_ADDRESS_TEXT];
  const guint8 mac[] = { 0x44, 0x19, 0xb6, 0, 0, 1 };

  g_assert_true (lens_arp_parse (reply, sizeof reply, &arp));
  g_assert_cmpuint (arp.operation, ==, LENS_ARP_REPLY);
  g_assert_true (arp.is_ipv4);
  g_assert_cmpmem (arp.sender_mac, 6, mac, 6);
  g_assert_cmpstr (lens_address_text (&arp.sender_address, text), ==, "192.0.2.100");
  g_assert_cmpstr (lens_address_text (&arp.target_address, text), ==, "192.0.2.1");
  g_assert_cmpuint (arp.rest.offset, ==, 28);
  g_assert_cmpuint (arp.rest.length, ==, 3);
}

static void
the_parts_add_up_for_any_lengths (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (826);

  for (guint run = 0; run < 20000; run++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, sizeof reply + 1);
      g_autofree guint8 *octets = g_memdup2 (reply, length);
      LensArp arp;
      if (length > 5 && run % 2 == 0)
        octets[4 + run / 2 % 2] = (guint8)g_rand_int_range (rand, 0, 256);
      if (!lens_arp_parse (octets, length, &arp))
        {
          g_assert_cmpuint (length, <, 8);
          continue;
        }
      g_assert_cmpuint (arp.sender_hardware.offset, ==, lens_range_end (arp.header));
      g_assert_cmpuint (arp.sender_protocol.offset, ==, lens_range_end (arp.sender_hardware));
      g_assert_cmpuint (arp.target_hardware.offset, ==, lens_range_end (arp.sender_protocol));
      g_assert_cmpuint (arp.target_protocol.offset, ==, lens_range_end (arp.target_hardware));
      g_assert_cmpuint (arp.rest.offset, ==, lens_range_end (arp.target_protocol));
      g_assert_cmpuint (lens_range_end (arp.rest), ==, length);
      g_assert_true (!arp.cut || !arp.is_ipv4);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/arp/a-reply-tells-who-has-an-address", a_reply_tells_who_has_an_address);
  g_test_add_func ("/wire/arp/the-parts-add-up-for-any-lengths", the_parts_add_up_for_any_lengths);
  return g_test_run ();
}
