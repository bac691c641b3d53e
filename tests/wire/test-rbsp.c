#include "wire/rbsp.h"
#include "wire/sei.h"

#include <string.h>

static void
bits_are_read_across_octets (void)
{
  static const guint8 nal[] = { 0x67, 0xa5, 0xc3, 0xff };
  LensRbsp rbsp = lens_rbsp_over (nal, sizeof nal, 1);

  g_assert_cmphex (lens_rbsp_u (&rbsp, 4), ==, 0xa);
  g_assert_cmphex (lens_rbsp_u (&rbsp, 8), ==, 0x5c);
  g_assert_cmpuint (lens_rbsp_offset (&rbsp), ==, 2);
  g_assert_cmpuint (rbsp.bit, ==, 4);
  g_assert_cmphex (lens_rbsp_u (&rbsp, 12), ==, 0x3ff);
  g_assert_false (rbsp.short_read);
  g_assert_cmphex (lens_rbsp_u (&rbsp, 1), ==, 0);
  g_assert_true (rbsp.short_read);
}

static void
emulation_octets_are_passed_over (void)
{
  /* 00 00 03 01, and a 03 that is data because only one zero precedes it. */
  static const guint8 nal[] = { 0x06, 0x00, 0x00, 0x03, 0x01, 0x00, 0x03, 0x80 };
  static const guint8 expected[] = { 0x00, 0x00, 0x01, 0x00, 0x03, 0x80 };
  static const gsize offsets[] = { 1, 2, 4, 5, 6, 7 };
  LensRbsp rbsp = lens_rbsp_over (nal, sizeof nal, 1);

  for (guint i = 0; i < sizeof expected; i++)
    {
      g_assert_cmpuint (lens_rbsp_offset (&rbsp), ==, offsets[i]);
      g_assert_cmphex (lens_rbsp_u (&rbsp, 8), ==, expected[i]);
    }
  g_assert_false (rbsp.short_read);

  /* A reader that starts between the zeros and the 03 knows about the zeros. */
  rbsp = lens_rbsp_over (nal, sizeof nal, 3);
  g_assert_cmphex (lens_rbsp_u (&rbsp, 8), ==, 0x01);
}

static void
exp_golomb_follows_table_9_2 (void)
{
  /* 1 010 011 00100 00101 00110 00111 0001000, then 1 and zeros as trailing bits */
  static const guint8 nal[] = { 0x67, 0xa6, 0x42, 0x98, 0xe2, 0x04, 0x40 };
  LensRbsp rbsp = lens_rbsp_over (nal, sizeof nal, 1);

  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (lens_rbsp_ue (&rbsp), ==, i);

  /* the same codes, signed: 0 1 -1 2 -2 3 -3 4 */
  static const gint32 values[] = { 0, 1, -1, 2, -2, 3, -3, 4 };
  rbsp = lens_rbsp_over (nal, sizeof nal, 1);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (lens_rbsp_se (&rbsp), ==, values[i]);
}

static void
an_endless_exp_golomb_code_is_a_short_read (void)
{
  static const guint8 nal[] = { 0x67, 0, 0, 0x03, 0, 0, 0x03, 0, 0x80, 0xff, 0xff, 0xff, 0xff };
  LensRbsp rbsp = lens_rbsp_over (nal, sizeof nal, 1);

  g_assert_cmpuint (lens_rbsp_ue (&rbsp), ==, 0);
  g_assert_true (rbsp.short_read);
}

static void
more_data_ends_at_the_stop_bit (void)
{
  static const guint8 plain[] = { 0x68, 0xf0, 0x40 };                          /* stop bit: bit 1 */
  static const guint8 padded[] = { 0x65, 0xf0, 0x80, 0, 0, 0x03, 0, 0, 0x03 }; /* cabac zeros */
  LensRbsp rbsp = lens_rbsp_over (plain, sizeof plain, 1);

  g_assert_true (lens_rbsp_more_data (&rbsp));
  (void)lens_rbsp_u (&rbsp, 8);
  g_assert_true (lens_rbsp_more_data (&rbsp));
  (void)lens_rbsp_u (&rbsp, 1);
  g_assert_false (lens_rbsp_more_data (&rbsp));

  rbsp = lens_rbsp_over (padded, sizeof padded, 1);
  (void)lens_rbsp_u (&rbsp, 7);
  g_assert_true (lens_rbsp_more_data (&rbsp));
  (void)lens_rbsp_u (&rbsp, 1);
  g_assert_false (lens_rbsp_more_data (&rbsp));
}

static void
filler_that_speaks_is_found (void)
{
  static const guint8 quiet[] = { 0x0c, 0xff, 0xff, 0xff, 0x80 };
  static const guint8 loud[] = { 0x0c, 0xff, 0x41, 0xff, 0x42, 0xff };

  g_assert_cmpuint (lens_rbsp_filler_difference (quiet, 5, 1), ==, 5);
  g_assert_cmpuint (lens_rbsp_filler_difference (loud, 6, 1), ==, 2);
  g_assert_cmpuint (lens_rbsp_filler_difference (loud, 6, 3), ==, 4);
  g_assert_cmpuint (lens_rbsp_filler_difference (loud, 6, 5), ==, 5); /* no trailing bits */
  g_assert_cmpuint (lens_rbsp_filler_difference (loud, 6, 6), ==, 6);
}

static void
sei_messages_are_walked (void)
{
  static const guint8 nal[] = {
    0x06,                                 /* SEI */
    0x05, 0x04, 'a',  0,    0,   0x03, 1, /* type 5, 4 octets, one emulation octet */
    0xff, 0xff, 0x02, 0x01, 'x',          /* type 512, 1 octet */
    0x01, 0x00,                           /* type 1, empty */
    0x80,                                 /* trailing bits */
  };
  static const struct
  {
    guint32 type, size;
    gsize head, length;
  } expected[] = { { 5, 4, 2, 5 }, { 512, 1, 4, 1 }, { 1, 0, 2, 0 } };
  LensSei sei = lens_sei_over (nal, sizeof nal, 1);
  LensSeiMessage message;
  gboolean proper;
  gsize position = 1;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (lens_sei_next (&sei, &message));
      g_assert_cmpuint (message.payload_type, ==, expected[i].type);
      g_assert_cmpuint (message.payload_size, ==, expected[i].size);
      g_assert_cmpuint (message.head.offset, ==, position);
      g_assert_cmpuint (message.head.length, ==, expected[i].head);
      g_assert_cmpuint (message.payload.length, ==, expected[i].length);
      g_assert_false (message.cut);
      position = lens_range_end (message.payload);
    }
  g_assert_false (lens_sei_next (&sei, &message));
  g_assert_cmpuint (lens_sei_rest (&sei, &proper).offset, ==, position);
  g_assert_true (proper);
}

static void
octets_after_the_trailing_bits_are_not_proper (void)
{
  static const guint8 zeros[] = { 0x06, 0x01, 0x01, 0xaa, 0x80, 0x00 };
  static const guint8 cut[] = { 0x06, 0x05, 0x20, 'a', 'b' };
  LensSei sei = lens_sei_over (zeros, sizeof zeros, 1);
  LensSeiMessage message;
  gboolean proper;

  g_assert_true (lens_sei_next (&sei, &message));
  g_assert_false (lens_sei_next (&sei, &message));
  g_assert_cmpuint (lens_sei_rest (&sei, &proper).length, ==, 2);
  g_assert_false (proper);

  sei = lens_sei_over (cut, sizeof cut, 1);
  g_assert_true (lens_sei_next (&sei, &message));
  g_assert_true (message.cut);
  g_assert_cmpuint (message.payload.length, ==, 2);
  g_assert_false (lens_sei_next (&sei, &message));
}

static void
hostile_octets_always_add_up (void)
{
  static const guint8 likely[] = { 0, 0, 0, 3, 1, 0x80, 0xff, 4, 5 };
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  for (guint round = 0; round < 100000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 1, 40);
      g_autofree guint8 *nal = g_malloc (length);
      for (gsize i = 0; i < length; i++)
        nal[i] = likely[g_rand_int_range (random, 0, G_N_ELEMENTS (likely))];
      LensSei sei = lens_sei_over (nal, length, 1);
      LensSeiMessage message;
      gboolean proper;
      gsize sum = 1;
      while (lens_sei_next (&sei, &message))
        sum += message.head.length + message.payload.length;
      g_assert_cmpuint (sum + lens_sei_rest (&sei, &proper).length, ==, length);
      LensRbsp rbsp = lens_rbsp_over (nal, length, 1);
      while (!rbsp.short_read)
        (void)lens_rbsp_se (&rbsp);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rbsp/bits-are-read-across-octets", bits_are_read_across_octets);
  g_test_add_func ("/wire/rbsp/emulation-octets-are-passed-over", emulation_octets_are_passed_over);
  g_test_add_func ("/wire/rbsp/exp-golomb-follows-table-9-2", exp_golomb_follows_table_9_2);
  g_test_add_func ("/wire/rbsp/an-endless-exp-golomb-code-is-a-short-read",
                   an_endless_exp_golomb_code_is_a_short_read);
  g_test_add_func ("/wire/rbsp/more-data-ends-at-the-stop-bit", more_data_ends_at_the_stop_bit);
  g_test_add_func ("/wire/rbsp/filler-that-speaks-is-found", filler_that_speaks_is_found);
  g_test_add_func ("/wire/sei/messages-are-walked", sei_messages_are_walked);
  g_test_add_func ("/wire/sei/octets-after-the-trailing-bits-are-not-proper",
                   octets_after_the_trailing_bits_are_not_proper);
  g_test_add_func ("/wire/sei/hostile-octets-always-add-up", hostile_octets_always_add_up);
  return g_test_run ();
}
