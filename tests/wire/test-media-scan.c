#include "wire/media-scan.h"

#include <string.h>

/* Feeds @octets in chunks of @size; the format and where it began. */
static LensMediaFormat
scan (const guint8 *octets, gsize length, gsize size, gboolean whole, guint64 *start)
{
  LensMediaScan state = { 0 };
  LensMediaFormat found = LENS_MEDIA_FORMAT_NONE;

  for (gsize at = 0; at < length && found == LENS_MEDIA_FORMAT_NONE; at += size)
    {
      gsize count = MIN (size, length - at);
      guint8 *exact = g_memdup2 (octets + at, count);
      found = lens_media_scan_feed (&state, at, exact, count, whole, start);
      g_free (exact);
      g_assert_cmpuint (lens_media_scan_waits_from (&state), <=, at + count);
    }
  lens_media_scan_clear (&state);
  return found;
}

/* Behind @before octets of text, in chunks of all sizes. */
static void
is_found (LensMediaFormat format, const guint8 *octets, gsize length, gsize before)
{
  static const gsize sizes[] = { 1, 3, 50, 1448, 100000 };
  g_autofree guint8 *all = g_malloc (before + length);
  guint64 start = 0;

  memset (all, 'x', before);
  memcpy (all + before, octets, length);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_cmpint (scan (all, before + length, sizes[i], FALSE, &start), ==, format);
      g_assert_cmpuint (start, ==, before);
    }
}

static void
put_ts (guint8 *octets, guint packets)
{
  memset (octets, 0x55, packets * 188);
  for (guint i = 0; i < packets; i++)
    memcpy (octets + 188 * i, (const guint8[]){ 0x47, 0x01, 0x00, (guint8)(0x10 | (i & 15)) }, 4);
}

static void
transport_streams_are_found (void)
{
  guint8 octets[7 * 188];
  guint64 start;

  put_ts (octets, 7);
  is_found (LENS_MEDIA_FORMAT_TS, octets, sizeof octets, 0);
  is_found (LENS_MEDIA_FORMAT_TS, octets, sizeof octets, 333);
  g_assert_cmpint (scan (octets, 3 * 188, 9999, TRUE, &start), ==, LENS_MEDIA_FORMAT_TS);
  g_assert_cmpint (scan (octets, 2 * 188, 9999, TRUE, &start), ==, LENS_MEDIA_FORMAT_NONE);
  octets[188 + 3] ^= 7; /* the counter jumps */
  g_assert_cmpint (scan (octets, 5 * 188, 9999, FALSE, &start), ==, LENS_MEDIA_FORMAT_NONE);
}

/* ITU-T H.222.0 2.4.3.5: without a payload the adaptation field has 183 octets. */
static void
a_request_of_http_is_no_transport_stream (void)
{
  LensMediaScan request = { 0 }, empty = { 0 };
  guint8 octets[6 * 188];
  guint64 start;

  g_assert_cmpint (
      lens_media_scan_feed (&request, 0, (const guint8 *)"GET / HTTP/1.1\r\n", 16, FALSE, &start),
      ==, LENS_MEDIA_FORMAT_NONE);
  g_assert_cmpuint (lens_media_scan_waits_from (&request), ==, 16);
  lens_media_scan_clear (&request);

  put_ts (octets, 6);
  octets[3] = 0x20;
  octets[4] = 183;
  g_assert_cmpint (lens_media_scan_feed (&empty, 0, octets, sizeof octets, FALSE, &start), ==,
                   LENS_MEDIA_FORMAT_TS);
  g_assert_cmpuint (start, ==, 0);
  lens_media_scan_clear (&empty);
  octets[4] = '/';
  g_assert_cmpint (lens_media_scan_feed (&empty, 0, octets, sizeof octets, FALSE, &start), ==,
                   LENS_MEDIA_FORMAT_TS);
  g_assert_cmpuint (start, ==, 188);
  lens_media_scan_clear (&empty);
}

static void
byte_streams_are_found_by_their_parameter_sets (void)
{
  static const guint8 h264[] = { 0, 0,    0,    1,    0x67, 0x42, 0, 0x1e, 0x95, 0,    0,   0,
                                 1, 0x68, 0xce, 0x3c, 0x80, 0,    0, 1,    0x65, 0x88, 0x84 };
  static const guint8 h265[] = { 0, 0, 1, 0x40, 1, 0x0c, 1,    0, 0, 1, 0x42, 1, 1,   1,
                                 0, 0, 1, 0x44, 1, 0xc1, 0x72, 0, 0, 1, 0x26, 1, 0xaf };
  /* The start code of three octets begins behind the zero before it. */
  is_found (LENS_MEDIA_FORMAT_H264, h264 + 1, sizeof h264 - 1, 100);
  is_found (LENS_MEDIA_FORMAT_H265, h265, sizeof h265, 100);
}

static void
byte_streams_are_found_by_many_slices (void)
{
  guint8 octets[40 * 64];

  memset (octets, 0x55, sizeof octets);
  for (guint i = 0; i < 40; i++)
    memcpy (octets + 64 * i, (const guint8[]){ 0, 0, 1, i % 10 == 9 ? 0x65 : 0x41, 0x9a }, 5);
  is_found (LENS_MEDIA_FORMAT_H264, octets, sizeof octets, 10);
}

static void
sound_is_found (void)
{
  guint8 octets[8 * 100];

  /* ADTS: AAC LC, 16 kHz, mono, 100 octets a frame. */
  memset (octets, 0x21, sizeof octets);
  for (guint i = 0; i < 8; i++)
    memcpy (octets + 100 * i, (const guint8[]){ 0xff, 0xf1, 0x60, 0x40, 0x0c, 0x9f, 0xfc }, 7);
  is_found (LENS_MEDIA_FORMAT_ADTS, octets, sizeof octets, 17);
  is_found (LENS_MEDIA_FORMAT_WAVE, (const guint8 *)"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0", 20, 5);
}

static void
files_are_found_by_their_heads (void)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G',  0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 'I',
                                'H',  'D', 'R', 0,    0,    0,    1,    0,    0, 0, 1, 8,    6,
                                0,    0,   0,   0x1f, 0x15, 0xc4, 0x89, 0,    0, 0, 0 };
  static const guint8 mp4[] = "\0\0\0\x18"
                              "ftypisom\0\0\2\0isomiso2\0\0\0\x08"
                              "free";
  static const guint8 flv[] = "FLV\1\5\0\0\0\x09\0\0\0\0\x12\0\0";
  static const guint8 webm[] = "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\xf7\x81\1\x42\x82\x84webm ";

  is_found (LENS_MEDIA_FORMAT_PNG, png, sizeof png, 100);
  is_found (LENS_MEDIA_FORMAT_MP4, mp4, sizeof mp4 - 1, 100);
  is_found (LENS_MEDIA_FORMAT_FLV, flv, sizeof flv - 1, 100);
  is_found (LENS_MEDIA_FORMAT_MATROSKA, webm, sizeof webm - 1, 100);
}

static void
other_octets_are_none (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree guint8 *octets = g_malloc (4 << 20);
  guint64 start;

  for (gsize i = 0; i < 4 << 20; i++)
    octets[i] = (guint8)g_rand_int (random);
  g_assert_cmpint (scan (octets, 4 << 20, 1448, FALSE, &start), ==, LENS_MEDIA_FORMAT_NONE);
  /* Names asked for again and again: zeros and small numbers. */
  for (gsize i = 0; i + 16 < 4 << 20; i += 16)
    memcpy (octets + i, "\3www\0\0\1\0\1\0\0\1\2\1\0\0", 16);
  g_assert_cmpint (scan (octets, 4 << 20, 32, FALSE, &start), ==, LENS_MEDIA_FORMAT_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/media-scan/transport-streams-are-found", transport_streams_are_found);
  g_test_add_func ("/wire/media-scan/a-request-of-http-is-no-transport-stream",
                   a_request_of_http_is_no_transport_stream);
  g_test_add_func ("/wire/media-scan/byte-streams-are-found-by-their-parameter-sets",
                   byte_streams_are_found_by_their_parameter_sets);
  g_test_add_func ("/wire/media-scan/byte-streams-are-found-by-many-slices",
                   byte_streams_are_found_by_many_slices);
  g_test_add_func ("/wire/media-scan/sound-is-found", sound_is_found);
  g_test_add_func ("/wire/media-scan/files-are-found-by-their-heads",
                   files_are_found_by_their_heads);
  g_test_add_func ("/wire/media-scan/other-octets-are-none", other_octets_are_none);
  return g_test_run ();
}
