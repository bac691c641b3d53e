#include "wire/sei-user-data.h"

#include <string.h>

static const guint8 x265_uuid[] = { 0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb,
                                    0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc, 0x4e };
static const guint8 kvazaar_uuid[] = { 0x32, 0xfe, 0x46, 0x6c, 0x98, 0x41, 0x42, 0x69,
                                       0xae, 0x35, 0x6a, 0x91, 0x54, 0x9e, 0xf3, 0xf1 };

static LensSeiDataKind
kind_of (const guint8 *uuid, const char *text)
{
  guint8 payload[1024];
  gsize length = strlen (text);

  memcpy (payload, uuid, LENS_SEI_UUID_LENGTH);
  memcpy (payload + LENS_SEI_UUID_LENGTH, text, length);
  return lens_sei_user_data (payload, LENS_SEI_UUID_LENGTH + length, NULL);
}

/* As x265 3.5 writes it, options shortened; one pair of words is glued together there too. */
#define X265_HEAD                                                                                  \
  "x265 (build 199) - 3.5+1-f0c1022b6:[Linux][GCC 12.2.0][64 bit] 8bit+10bit+12bit - H.265/HEVC "  \
  "codec - Copyright 2013-2018 (c) Multicoreware, Inc - http://x265.org - options: cpuid=1111039 " \
  "frame-threads=1 wpp no-pmode log-level=-1 fps=25/1 input-res=320x240 deblock=0:0 cll=0,0 "      \
  "scenecut-aware-qp=0conformance-window-offsets right=0 bottom=0"

static void
encoders_are_known_by_uuid_and_text (void)
{
  g_assert_cmpint (kind_of (x265_uuid, X265_HEAD), ==, LENS_SEI_DATA_X265);
  g_assert_cmpint (kind_of (x265_uuid, X265_HEAD " sar=255 sar-width : sar-height=1:1"), ==,
                   LENS_SEI_DATA_X265);
  g_assert_cmpint (kind_of (kvazaar_uuid, X265_HEAD), ==, LENS_SEI_DATA_UNKNOWN);
  g_assert_cmpint (kind_of (x265_uuid, X265_HEAD " Leak"), ==, LENS_SEI_DATA_UNKNOWN);
  g_assert_cmpint (kind_of (x265_uuid, "x265 (build 199) and more"), ==, LENS_SEI_DATA_UNKNOWN);
  g_assert_cmpint (kind_of (kvazaar_uuid, "Kvazaar HEVC Encoder v. 2.1.0 - Copyleft 2012-2015 - "
                                          "http://ultravideo.cs.tut.fi/ - options: --input -"),
                   ==, LENS_SEI_DATA_KVAZAAR);
  g_assert_cmpint (kind_of (kvazaar_uuid, "Kvazaar and more"), ==, LENS_SEI_DATA_UNKNOWN);
}

static void
a_time_is_read_in_microseconds (void)
{
  /* H.265, nanoseconds: status, 8 octets with guards behind each second one */
  const guint8 payload[]
      = { 0xcf, 0x84, 0x82, 0x78, 0xee, 0x23, 0x30, 0x6c, 0x92, 0x65, 0xe8, 0xfe, 0xf2, 0x2f,
          0xb8, 0xb8, 0x1f, 0,    0,    0xff, 0,    0,    0xff, 0,    0x0f, 0xff, 0x42, 0x40 };
  guint64 clock;

  g_assert_cmpint (lens_sei_user_data (payload, sizeof payload, &clock), ==,
                   LENS_SEI_DATA_MISB_TIME);
  g_assert_cmpuint (clock, ==, 1000); /* 0x0f4240 ns */
  g_assert_cmpint (lens_sei_user_data (payload, sizeof payload - 1, &clock), ==,
                   LENS_SEI_DATA_UNKNOWN);
  g_assert_cmpuint (clock, ==, 0);
}

static void
registered_data_is_known_by_its_length (void)
{
  /* GA94, type 3, one pair, its three octets, marker */
  const guint8 caption[]
      = { 0xb5, 0, 0x31, 'G', 'A', '9', '4', 3, 0x41, 0xff, 0xfc, 0x80, 0x80, 0xff };

  g_assert_true (lens_sei_is_registered (caption, sizeof caption));
  /* cc_valid is 0: the pair holds nothing, or should not. */
  const guint8 empty[] = { 0xb5, 0, 0x31, 'G', 'A', '9', '4', 3, 0x41, 0xff, 0xf8, 0x80, 0, 0xff };
  const guint8 odd[] = { 0xb5, 0, 0x31, 'G', 'A', '9', '4', 3, 0x41, 0xff, 0xf8, 'A', 'B', 0xff };
  g_assert_true (lens_sei_is_registered (empty, sizeof empty));
  g_assert_false (lens_sei_is_registered (odd, sizeof odd));
  g_assert_false (lens_sei_is_registered (caption, sizeof caption - 1));
  g_assert_false (lens_sei_is_registered (caption + 1, sizeof caption - 1));
  g_assert_false (lens_sei_is_registered (caption, 0));
}

static void
short_and_random_payloads_are_unknown (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint round = 0; round < 20000; round++)
    {
      guint8 payload[64];
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof payload);
      for (gsize i = 0; i < length; i++)
        payload[i] = (guint8)g_rand_int_range (random, 0, 256);
      if (length > LENS_SEI_UUID_LENGTH && round % 2 == 0)
        memcpy (payload, round % 4 == 0 ? x265_uuid : kvazaar_uuid, LENS_SEI_UUID_LENGTH);
      g_assert_cmpint (lens_sei_user_data (payload, length, NULL), ==, LENS_SEI_DATA_UNKNOWN);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sei-user-data/encoders-are-known-by-uuid-and-text",
                   encoders_are_known_by_uuid_and_text);
  g_test_add_func ("/wire/sei-user-data/a-time-is-read-in-microseconds",
                   a_time_is_read_in_microseconds);
  g_test_add_func ("/wire/sei-user-data/registered-data-is-known-by-its-length",
                   registered_data_is_known_by_its_length);
  g_test_add_func ("/wire/sei-user-data/short-and-random-payloads-are-unknown",
                   short_and_random_payloads_are_unknown);
  return g_test_run ();
}
