#include "wire/ntp.h"

#include <string.h>

/* A server's answer of 2024-01-01 00:00:00.5 UTC. */
static const guint8 answer[] = {
  0x24, 2,    6,    0xec,                /* LI 0, version 4, server; stratum 2, 64 s, 2^-20 s */
  0,    0,    1,    0,    0,    0, 2, 0, /* root delay, root dispersion */
  192,  0,    2,    1,                   /* reference id */
  0xe9, 0x3c, 0x7f, 0x00, 0,    0, 0, 0, /* reference */
  1,    2,    3,    4,    5,    6, 7, 8, /* origin */
  0xe9, 0x3c, 0x7f, 0x00, 0,    0, 0, 0, /* receive */
  0xe9, 0x3c, 0x7f, 0x00, 0x80, 0, 0, 0, /* transmit */
};

static void
fields_are_where_the_rfc_has_them (void)
{
  LensNtp ntp;

  g_assert_true (lens_ntp_parse (answer, sizeof answer, &ntp));
  g_assert_cmpuint (ntp.leap, ==, 0);
  g_assert_cmpuint (ntp.version, ==, 4);
  g_assert_cmpuint (ntp.mode, ==, LENS_NTP_MODE_SERVER);
  g_assert_cmpuint (ntp.stratum, ==, 2);
  g_assert_cmpint (ntp.poll, ==, 6);
  g_assert_cmpint (ntp.precision, ==, -20);
  g_assert_cmphex (ntp.root_delay, ==, 0x100);
  g_assert_cmphex (ntp.root_dispersion, ==, 0x200);
  g_assert_cmphex (ntp.reference_id, ==, 0xc0000201);
  g_assert_cmphex (ntp.origin, ==, 0x0102030405060708);
  g_assert_cmpint (lens_ntp_unix_ns (ntp.transmit, G_GINT64_CONSTANT (1700000000000000000)), ==,
                   G_GINT64_CONSTANT (1704067200500000000));
  g_assert_cmpuint (ntp.rest.length + ntp.mac.length + ntp.extensions.length, ==, 0);
}

static void
seconds_wrap_in_2036 (void)
{
  gint64 in_2040 = G_GINT64_CONSTANT (2208988800) * 1000000000;

  /* 1900 + 2^32 seconds is 2036-02-07 06:28:16 UTC. */
  g_assert_cmpint (lens_ntp_unix_ns (0, in_2040), ==, G_GINT64_CONSTANT (2085978496) * 1000000000);
  g_assert_cmpint (lens_ntp_unix_ns (0, -in_2040), ==,
                   -G_GINT64_CONSTANT (2208988800) * 1000000000);
}

static void
behind_the_header (gsize extra, const guint8 *octets, gsize extensions, gsize mac, gsize rest)
{
  g_autofree guint8 *packet = g_malloc0 (48 + extra);
  LensNtp ntp;

  memcpy (packet, answer, 48);
  if (octets != NULL)
    memcpy (packet + 48, octets, extra);
  g_assert_true (lens_ntp_parse (packet, 48 + extra, &ntp));
  g_assert_cmpuint (ntp.header.length, ==, 48);
  g_assert_cmpuint (ntp.extensions.offset, ==, 48);
  g_assert_cmpuint (ntp.extensions.length, ==, extensions);
  g_assert_cmpuint (ntp.mac.offset, ==, 48 + extensions);
  g_assert_cmpuint (ntp.mac.length, ==, mac);
  g_assert_cmpuint (ntp.rest.length, ==, rest);
}

static void
lengths_tell_what_follows_the_header (void)
{
  const guint8 field_and_mac[48] = { 1, 4, 0, 28, [28] = 0, 0, 0, 9 };

  behind_the_header (4, NULL, 0, 4, 0);
  behind_the_header (20, NULL, 0, 20, 0);
  behind_the_header (24, NULL, 0, 24, 0);
  behind_the_header (28, NULL, 0, 0, 28);
  behind_the_header (28, field_and_mac, 28, 0, 0);
  behind_the_header (48, field_and_mac, 28, 20, 0);
  behind_the_header (36, field_and_mac, 28, 0, 8);

  LensRange left = { 0, 48 };
  LensRange value;
  guint16 type;
  g_assert_true (lens_ntp_extension_next (field_and_mac, &left, &type, &value));
  g_assert_cmphex (type, ==, 0x104);
  g_assert_cmpuint (value.length, ==, 24);
  g_assert_false (lens_ntp_extension_next (field_and_mac, &left, &type, &value));
}

static void
control_and_short_packets_are_all_rest (void)
{
  guint8 packet[60] = { 0x16 };
  LensNtp ntp;

  g_assert_false (lens_ntp_parse (packet, 0, &ntp));
  g_assert_true (lens_ntp_parse (packet, sizeof packet, &ntp));
  g_assert_cmpuint (ntp.mode, ==, LENS_NTP_MODE_CONTROL);
  g_assert_cmpuint (ntp.rest.offset, ==, 1);
  g_assert_cmpuint (ntp.rest.length, ==, 59);
  packet[0] = 0x1b;
  g_assert_true (lens_ntp_parse (packet, 47, &ntp));
  g_assert_cmpuint (ntp.header.length, ==, 1);
  g_assert_cmpuint (ntp.rest.length, ==, 46);
}

static void
the_parts_add_up (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5905);

  for (guint run = 0; run < 20000; run++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 1, 160);
      g_autofree guint8 *octets = g_malloc0 (length);
      LensNtp ntp;
      octets[0] = 0x23;
      for (gsize i = 48; i < length; i++)
        octets[i] = (guint8)(g_rand_int_range (rand, 0, 3) * 16);
      g_assert_true (lens_ntp_parse (octets, length, &ntp));
      g_assert_cmpuint (ntp.extensions.offset, ==, lens_range_end (ntp.header));
      g_assert_cmpuint (ntp.mac.offset, ==, lens_range_end (ntp.extensions));
      g_assert_cmpuint (ntp.rest.offset, ==, lens_range_end (ntp.mac));
      g_assert_cmpuint (lens_range_end (ntp.rest), ==, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/ntp/" name, function)
  ADD ("fields-are-where-the-rfc-has-them", fields_are_where_the_rfc_has_them);
  ADD ("seconds-wrap-in-2036", seconds_wrap_in_2036);
  ADD ("lengths-tell-what-follows-the-header", lengths_tell_what_follows_the_header);
  ADD ("control-and-short-packets-are-all-rest", control_and_short_packets_are_all_rest);
  ADD ("the-parts-add-up", the_parts_add_up);
  return g_test_run ();
}
