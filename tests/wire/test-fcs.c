#include "wire/fcs.h"

static void
knows_the_check_value_of_crc_32 (void)
{
  /* The check value of CRC-32 is cbf43926 over "123456789"; on the wire its last octet is first. */
  guint8 octets[] = { '1', '2', '3', '4', '5', '6', '7', '8', '9', 0x26, 0x39, 0xf4, 0xcb };

  g_assert_true (lens_fcs_holds (octets, sizeof octets));
  octets[0] ^= 1;
  g_assert_false (lens_fcs_holds (octets, sizeof octets));
  g_assert_false (lens_fcs_holds (octets, 4));
  lens_fcs_write (octets, sizeof octets);
  g_assert_true (lens_fcs_holds (octets, sizeof octets));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/fcs/knows-the-check-value-of-crc-32", knows_the_check_value_of_crc_32);
  return g_test_run ();
}
