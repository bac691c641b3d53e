#include "wire/tcp-options.h"

static void
reads_what_a_usual_syn_offers (void)
{
  /* MSS 1460, SACK permitted, time stamps 1000 and 0, NOP, scale 7 */
  static const guint8 octets[]
      = { 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0x03, 0xe8, 0, 0, 0, 0, 1, 3, 3, 7 };
  LensTcpOptions options;

  lens_tcp_options_parse (octets, sizeof octets, &options);
  g_assert_true (options.has_mss);
  g_assert_cmpuint (options.mss, ==, 1460);
  g_assert_true (options.sack_permitted);
  g_assert_true (options.has_scale);
  g_assert_cmpuint (options.scale, ==, 7);
  g_assert_true (options.has_timestamps);
  g_assert_cmpuint (options.value, ==, 1000);
  g_assert_cmpuint (options.echo, ==, 0);
  g_assert_cmpuint (options.stamps.offset, ==, 8);
  g_assert_cmpuint (options.stamps.length, ==, 8);
  g_assert_cmpuint (options.padding.length, ==, 0);
  g_assert_false (options.has_fast_open);
}

static void
what_lies_behind_the_end_is_padding (void)
{
  static const guint8 octets[] = { 1, 0, 8, 10 };
  LensTcpOptions options;

  lens_tcp_options_parse (octets, sizeof octets, &options);
  g_assert_cmpuint (options.padding.offset, ==, 2);
  g_assert_cmpuint (options.padding.length, ==, 2);
  g_assert_false (options.has_timestamps);
}

static void
a_length_that_cannot_be_takes_the_rest (void)
{
  static const guint8 too_long[] = { 1, 8, 10, 0 }, too_short[] = { 200, 1, 5, 5 },
                      cut[] = { 1, 1, 1, 3 };
  LensTcpOption option;
  gsize position = 1;

  g_assert_true (lens_tcp_option_next (too_long, sizeof too_long, &position, &option));
  g_assert_true (option.bad_length);
  g_assert_cmpuint (option.whole.length, ==, 3);
  g_assert_false (lens_tcp_option_next (too_long, sizeof too_long, &position, &option));
  position = 0;
  g_assert_true (lens_tcp_option_next (too_short, sizeof too_short, &position, &option));
  g_assert_true (option.bad_length);
  g_assert_cmpuint (option.data.length, ==, 2);
  position = 3;
  g_assert_true (lens_tcp_option_next (cut, sizeof cut, &position, &option));
  g_assert_true (option.bad_length);
  g_assert_cmpuint (option.whole.length, ==, 1);
  g_assert_cmpuint (option.data.length, ==, 0);
}

static void
knows_both_forms_of_fast_open (void)
{
  static const guint8 own[] = { 34, 2 }, experiment[] = { 254, 4, 0xf9, 0x89 },
                      other[] = { 253, 4, 0x12, 0x34 };
  LensTcpOptions options;

  lens_tcp_options_parse (own, sizeof own, &options);
  g_assert_true (options.has_fast_open);
  lens_tcp_options_parse (experiment, sizeof experiment, &options);
  g_assert_true (options.has_fast_open);
  lens_tcp_options_parse (other, sizeof other, &options);
  g_assert_false (options.has_fast_open);
}

static void
leaves_no_octet_and_reads_none_twice (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint8 octets[40];

  for (guint round = 0; round < 2000; round++)
    {
      LensTcpOption option;
      gsize position = 0, length = (gsize)g_rand_int_range (random, 0, 41), before = 0;
      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, 40);
      while (lens_tcp_option_next (octets, length, &position, &option))
        {
          g_assert_cmpuint (option.whole.offset, ==, before);
          g_assert_cmpuint (option.whole.length, >, 0);
          g_assert_cmpuint (lens_range_end (option.data), ==, lens_range_end (option.whole));
          before = position;
        }
      g_assert_cmpuint (position, ==, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/tcp-options/reads-what-a-usual-syn-offers",
                   reads_what_a_usual_syn_offers);
  g_test_add_func ("/wire/tcp-options/what-lies-behind-the-end-is-padding",
                   what_lies_behind_the_end_is_padding);
  g_test_add_func ("/wire/tcp-options/a-length-that-cannot-be-takes-the-rest",
                   a_length_that_cannot_be_takes_the_rest);
  g_test_add_func ("/wire/tcp-options/knows-both-forms-of-fast-open",
                   knows_both_forms_of_fast_open);
  g_test_add_func ("/wire/tcp-options/leaves-no-octet-and-reads-none-twice",
                   leaves_no_octet_and_reads_none_twice);
  return g_test_run ();
}
