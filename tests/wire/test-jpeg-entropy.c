#include "wire/jpeg-entropy.h"

#include "tests/analyzers/jpeg-scan.h"
#include "wire/jpeg.h"

#include <string.h>
#include <unistd.h>

static LensJpegEntropy entropy;

static void
a_unit_ends_where_its_last_code_ends (void)
{
  /* Four blocks of luminance (difference 0: 00, end of block: 1010), two of chrominance (00, 00):
   * 32 bits; then padding that must not be read. */
  static const guint8 octets[] = { 0x28, 0xa2, 0x8a, 0x00, 0x77 };
  LensJpegEntropyEnd end = lens_jpeg_entropy_walk (&entropy, octets, sizeof octets, 1, 0);

  g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
  g_assert_cmpuint (end.units, ==, 1);
  g_assert_cmpuint (end.end, ==, 4);
  g_assert_cmpuint (end.pad_bits, ==, 0);
}

static void
an_interval_ends_at_its_marker (void)
{
  /* Twice the unit above, RST0 between them, one octet of fill before it. */
  static const guint8 octets[]
      = { 0x28, 0xa2, 0x8a, 0x00, 0xff, 0xff, 0xd0, 0x28, 0xa2, 0x8a, 0x00, 0xff, 0xd9 };
  guint8 wrong[sizeof octets];

  LensJpegEntropyEnd end = lens_jpeg_entropy_walk (&entropy, octets, sizeof octets, 2, 1);
  g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
  g_assert_cmpuint (end.end, ==, 11);
  g_assert_cmpuint (end.restarts, ==, 1);
  g_assert_cmpuint (end.fills, ==, 1);
  g_assert_cmpuint (end.wrong, ==, 0);

  memcpy (wrong, octets, sizeof octets);
  wrong[6] = 0xd3;
  end = lens_jpeg_entropy_walk (&entropy, wrong, sizeof wrong, 2, 1);
  g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
  g_assert_cmpuint (end.wrong, ==, 1);
  g_assert_cmpuint (end.wrong_at, ==, 6);
}

static void
padding_bits_are_told (void)
{
  /* Difference of one bit (010 1), then as above: 34 bits, six of padding 011111. */
  static const guint8 octets[] = { 0x5a, 0x28, 0xa2, 0x80, 0x1f };
  LensJpegEntropyEnd end = lens_jpeg_entropy_walk (&entropy, octets, sizeof octets, 1, 0);

  g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
  g_assert_cmpuint (end.end, ==, 5);
  g_assert_cmpuint (end.pad_bits, ==, 6);
  g_assert_cmpuint (end.pad, ==, 0x1f);
  g_assert_cmpuint (end.pad_at, ==, 4);
}

static void
what_is_missing_is_short (void)
{
  static const guint8 octets[] = { 0x28, 0xa2, 0xff, 0xd9 };

  g_assert_cmpint (lens_jpeg_entropy_walk (&entropy, octets, 2, 1, 0).verdict, ==,
                   LENS_JPEG_ENTROPY_SHORT);
  g_assert_cmpint (lens_jpeg_entropy_walk (&entropy, octets, 4, 1, 0).verdict, ==,
                   LENS_JPEG_ENTROPY_SHORT);
  g_assert_cmpint (lens_jpeg_entropy_walk (&entropy, octets, 0, 1, 0).verdict, ==,
                   LENS_JPEG_ENTROPY_SHORT);
}

static void
scans_of_any_length_are_walked_to_their_end (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint units = 1; units < 200; units++)
    {
      guint interval = units % 7;
      g_autoptr (GByteArray) scan = jpeg_scan_new (units, interval, random);
      gsize whole = scan->len;
      g_byte_array_append (scan, (const guint8 *)"\xff\xd9", 2);
      LensJpegEntropyEnd end
          = lens_jpeg_entropy_walk (&entropy, scan->data, scan->len, units, interval);
      g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
      g_assert_cmpuint (end.end, ==, whole);
      g_assert_cmpuint (end.zero_pads, ==, 0);
      g_assert_cmpuint (end.pad, ==, (1u << end.pad_bits) - 1);
    }
}

static void
noise_ends_somewhere (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint8 octets[300];

  for (guint run = 0; run < 2000; run++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof octets);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)(g_rand_int_range (random, 0, 5) == 0 ? 0xff : g_rand_int (random));
      LensJpegEntropyEnd end = lens_jpeg_entropy_walk (&entropy, octets, length, 1000, run % 3);
      g_assert_cmpuint (end.end, <=, length);
    }
}

static void
codes_that_do_not_fit_are_no_table (void)
{
  static const guint8 three_of_one_bit[16] = { 3 }, values[3] = { 0, 1, 2 };
  LensJpegHuffman table;

  g_assert_false (lens_jpeg_huffman_init (&table, three_of_one_bit, values, sizeof values));
}

/* Another program's image: its scan ends at its EOI. */
static void
an_image_of_ffmpeg_ends_at_its_eoi (void)
{
  const char *arguments[]
      = { "ffmpeg",    "-v", "error",    "-f",       "lavfi",    "-i",      "testsrc2=size=320x240",
          "-frames:v", "1",  "-pix_fmt", "yuvj420p", "-huffman", "default", "-f",
          "mjpeg",     "-",  NULL };
  g_autofree char *path = g_find_program_in_path ("ffmpeg"), *output = NULL;
  GString *image = g_string_new (NULL);
  gint to;
  GPid pid;
  gssize got;

  if (path == NULL
      || !g_spawn_async_with_pipes (NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                    &pid, NULL, &to, NULL, NULL))
    {
      g_string_free (image, TRUE);
      g_test_skip ("no ffmpeg");
      return;
    }
  output = g_malloc (65536);
  while ((got = read (to, output, 65536)) > 0)
    g_string_append_len (image, output, got);
  close (to);
  const guint8 *octets = (const guint8 *)image->str;
  LensJpeg jpeg = lens_jpeg_over (octets, image->len);
  LensJpegPart part;
  guint scans = 0;
  while (lens_jpeg_next (&jpeg, &part) == LENS_JPEG_PART)
    {
      if (part.marker != 0)
        continue;
      LensJpegEntropyEnd end = lens_jpeg_entropy_walk (&entropy, octets + part.whole.offset,
                                                       image->len - part.whole.offset, 20 * 15, 0);
      g_assert_cmpint (end.verdict, ==, LENS_JPEG_ENTROPY_WHOLE);
      g_assert_cmpuint (end.end, ==, part.whole.length);
      scans++;
    }
  g_assert_cmpuint (scans, ==, 1);
  g_string_free (image, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  lens_jpeg_entropy_init_standard (&entropy);
  lens_jpeg_entropy_set_layout (&entropy, 2);
#define CASE(name, function) g_test_add_func ("/wire/jpeg-entropy/" name, function)
  CASE ("a-unit-ends-where-its-last-code-ends", a_unit_ends_where_its_last_code_ends);
  CASE ("an-interval-ends-at-its-marker", an_interval_ends_at_its_marker);
  CASE ("padding-bits-are-told", padding_bits_are_told);
  CASE ("what-is-missing-is-short", what_is_missing_is_short);
  CASE ("scans-of-any-length-are-walked-to-their-end", scans_of_any_length_are_walked_to_their_end);
  CASE ("noise-ends-somewhere", noise_ends_somewhere);
  CASE ("codes-that-do-not-fit-are-no-table", codes_that_do_not_fit_are_no_table);
  CASE ("an-image-of-ffmpeg-ends-at-its-eoi", an_image_of_ffmpeg_ends_at_its_eoi);
  return g_test_run ();
}
