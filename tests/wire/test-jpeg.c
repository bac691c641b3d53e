#include "wire/jpeg.h"

#include <string.h>

#include "wire/jpeg-scan.h"

/* A gray image of 16 x 8 pixels, by the letter of T.81 annex B. */
static GByteArray *
image_new (gboolean thumbnail)
{
  static const guint8 soi[] = { 0xff, 0xd8 };
  static const guint8 app0[]
      = { 0xff, 0xe0, 0x00, 0x10, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0 };
  static const guint8 dqt[] = { 0xff, 0xdb, 0x00, 0x43, 0x00 }; /* then 64 elements */
  static const guint8 sof[] = { 0xff, 0xc0, 0x00, 0x0b, 8, 0, 8, 0, 16, 1, 1, 0x11, 0 };
  static const guint8 dht[] = { 0xff, 0xc4, 0x00, 0x15, 0x00,                /* DC table 0 */
                                0,    2,    0,    0,    0,    0, 0, 0, 0, 0, /* two codes of 2 */
                                0,    0,    0,    0,    0,    0, 0, 1 };
  static const guint8 dri[] = { 0xff, 0xdd, 0x00, 0x04, 0, 1 };
  static const guint8 sos[] = { 0xff, 0xda, 0x00, 0x08, 1, 1, 0x00, 0, 63, 0 };
  static const guint8 scan[] = { 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd1, 0x78 };
  static const guint8 eoi[] = { 0xff, 0xff, 0xd9 }; /* with a fill octet */
  guint8 elements[64];
  GByteArray *image = g_byte_array_new ();

  memset (elements, 1, sizeof elements);
  g_byte_array_append (image, soi, sizeof soi);
  g_byte_array_append (image, app0, sizeof app0);
  if (thumbnail)
    {
      g_autoptr (GByteArray) inner = image_new (FALSE);
      const guint8 app1[] = { 0xff, 0xe1, 0, (guint8)(inner->len + 2) };
      g_byte_array_append (image, app1, sizeof app1);
      g_byte_array_append (image, inner->data, inner->len);
    }
  g_byte_array_append (image, dqt, sizeof dqt);
  g_byte_array_append (image, elements, sizeof elements);
  g_byte_array_append (image, sof, sizeof sof);
  g_byte_array_append (image, dht, sizeof dht);
  g_byte_array_append (image, dri, sizeof dri);
  g_byte_array_append (image, sos, sizeof sos);
  g_byte_array_append (image, scan, sizeof scan);
  g_byte_array_append (image, eoi, sizeof eoi);
  return image;
}

static void
every_part_of_an_image_is_named (void)
{
  static const guint8 markers[] = { 0xd8, 0xe0, 0xdb, 0xc0, 0xc4, 0xdd, 0xda, 0, 0xd9 };
  g_autoptr (GByteArray) image = image_new (FALSE);
  LensJpeg jpeg = lens_jpeg_over (image->data, image->len);
  LensJpegPart part;
  gsize position = 0;

  for (guint i = 0; i < sizeof markers; i++)
    {
      g_assert_cmpint (lens_jpeg_next (&jpeg, &part), ==, LENS_JPEG_PART);
      g_assert_cmphex (part.marker, ==, markers[i]);
      g_assert_cmpuint (part.whole.offset, ==, position);
      position += part.whole.length;
    }
  g_assert_cmpint (lens_jpeg_next (&jpeg, &part), ==, LENS_JPEG_COMPLETE);
  g_assert_cmpuint (position, ==, image->len);
  g_assert_cmpuint (jpeg.position, ==, image->len);
  g_assert_cmpuint (jpeg.header.width, ==, 16);
  g_assert_cmpuint (jpeg.header.height, ==, 8);
  g_assert_cmpuint (jpeg.restarts, ==, 2);
  g_assert_false (jpeg.restarts_odd);
}

static void
a_cut_image_needs_more (void)
{
  g_autoptr (GByteArray) image = image_new (FALSE);

  for (gsize length = 0; length < image->len; length++)
    {
      LensJpeg jpeg = lens_jpeg_over (image->data, length);
      g_assert_cmpint (lens_jpeg_walk (&jpeg), ==, LENS_JPEG_MORE);
    }
}

static void
octets_behind_the_end_are_not_the_images (void)
{
  g_autoptr (GByteArray) image = image_new (FALSE);
  gsize end = image->len;

  g_byte_array_append (image, (const guint8 *)"secret", 6);
  LensJpeg jpeg = lens_jpeg_over (image->data, image->len);
  g_assert_cmpint (lens_jpeg_walk (&jpeg), ==, LENS_JPEG_COMPLETE);
  g_assert_cmpuint (jpeg.position, ==, end);
}

static void
what_breaks_the_grammar_is_no_image (void)
{
  /* offset in the image, octet that breaks it */
  static const struct
  {
    gsize offset;
    guint8 octet;
  } cases[] = {
    { 1, 0xd9 },   /* no SOI */
    { 3, 0x01 },   /* TEM */
    { 24, 0x25 },  /* quantization table of precision 2, number 5 */
    { 23, 0x44 },  /* one octet too many for a table */
    { 93, 9 },     /* 9 bits per sample */
    { 97, 0 },     /* no width: 16 is its low octet */
    { 98, 5 },     /* five components */
    { 100, 0x10 }, /* vertical sampling 0 */
    { 107, 3 },    /* three codes of one bit */
    { 136, 7 },    /* a component that the frame has not */
  };
  g_autoptr (GByteArray) image = image_new (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *octets = g_memdup2 (image->data, image->len);
      octets[cases[i].offset] = cases[i].octet;
      LensJpeg jpeg = lens_jpeg_over (octets, image->len);
      g_test_message ("offset %" G_GSIZE_FORMAT, cases[i].offset);
      g_assert_cmpint (lens_jpeg_walk (&jpeg), ==, LENS_JPEG_NOT);
    }
}

static void
hear_image (const LensJpegImage *image, gpointer user)
{
  g_array_append_vals (user, image, 1);
}

/* Feeds the stream in chunks of at most @step octets. */
static GArray *
scan_stream (const GByteArray *stream, gsize step, gboolean finish)
{
  GArray *images = g_array_new (FALSE, FALSE, sizeof (LensJpegImage));
  LensJpegScan scan;

  lens_jpeg_scan_init (&scan, hear_image, images);
  for (gsize at = 0; at < stream->len; at += step)
    {
      /* A copy, so that a look across the chunk's border is caught. */
      gsize length = MIN (step, stream->len - at);
      g_autofree guint8 *chunk = g_memdup2 (stream->data + at, length);
      lens_jpeg_scan_feed (&scan, at, chunk, length);
    }
  if (finish)
    lens_jpeg_scan_finish (&scan);
  lens_jpeg_scan_clear (&scan);
  return images;
}

static void
append_noise (GByteArray *stream, GRand *random, gsize length)
{
  for (; length > 0; length--)
    {
      guint8 octet = (guint8)g_rand_int_range (random, 0, 256);
      g_byte_array_append (stream, &octet, 1);
    }
}

static void
images_are_found_across_any_border (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GByteArray) plain = image_new (FALSE);
  g_autoptr (GByteArray) thumbnailed = image_new (TRUE);
  const gsize expected[][2] = {
    { 100, 100 + plain->len },
    { 100 + plain->len, 100 + plain->len + thumbnailed->len },
    { 150 + plain->len + thumbnailed->len, 150 + 2 * plain->len + thumbnailed->len },
  };

  append_noise (stream, random, 100);
  g_byte_array_append (stream, plain->data, plain->len);
  g_byte_array_append (stream, thumbnailed->data, thumbnailed->len);
  append_noise (stream, random, 50);
  g_byte_array_append (stream, plain->data, plain->len);
  for (gsize step = 1; step < stream->len + 1; step = step < 20 ? step + 1 : step * 2)
    {
      g_autoptr (GArray) images = scan_stream (stream, step, FALSE);
      g_assert_cmpuint (images->len, ==, G_N_ELEMENTS (expected));
      for (guint i = 0; i < images->len; i++)
        {
          const LensJpegImage *image = &g_array_index (images, LensJpegImage, i);
          g_assert_cmpint (image->kind, ==, LENS_JPEG_IMAGE_COMPLETE);
          g_assert_cmpuint (image->start, ==, expected[i][0]);
          g_assert_cmpuint (image->end, ==, expected[i][1]);
          g_assert_cmpuint (image->width, ==, 16);
        }
    }
}

static void
an_image_inside_a_false_start_is_found (void)
{
  static const guint8 false_start[] = { 0xff, 0xd8, 0xff, 0xe1, 0x40, 0x00 };
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GByteArray) image = image_new (FALSE);
  g_autofree guint8 *zeros = g_malloc0 (0x5000);

  g_byte_array_append (stream, false_start, sizeof false_start);
  g_byte_array_append (stream, image->data, image->len);
  g_byte_array_append (stream, zeros, 0x5000);
  for (gsize step = 7; step < 60000; step *= 3)
    {
      g_autoptr (GArray) images = scan_stream (stream, step, FALSE);
      g_assert_cmpuint (images->len, ==, 1);
      g_assert_cmpuint (g_array_index (images, LensJpegImage, 0).start, ==, 6);
    }
}

static void
an_image_that_goes_on_is_reported_as_open (void)
{
  g_autoptr (GByteArray) stream = image_new (FALSE);

  g_byte_array_set_size (stream, stream->len - 5);
  g_autoptr (GArray) silent = scan_stream (stream, 10, FALSE);
  g_autoptr (GArray) images = scan_stream (stream, 10, TRUE);
  g_assert_cmpuint (silent->len, ==, 0);
  g_assert_cmpuint (images->len, ==, 1);
  g_assert_cmpint (g_array_index (images, LensJpegImage, 0).kind, ==, LENS_JPEG_IMAGE_OPEN);
  g_assert_cmpuint (g_array_index (images, LensJpegImage, 0).end, ==, stream->len);
}

static void
a_broken_image_ends_where_the_next_begins (void)
{
  g_autoptr (GByteArray) stream = image_new (FALSE);
  g_autoptr (GByteArray) image = image_new (FALSE);

  g_byte_array_set_size (stream, stream->len - 3); /* no EOI */
  gsize border = stream->len;
  g_byte_array_append (stream, image->data, image->len);
  for (gsize step = 1; step < 400; step += 3)
    {
      g_autoptr (GArray) images = scan_stream (stream, step, FALSE);
      g_assert_cmpuint (images->len, ==, 2);
      g_assert_cmpint (g_array_index (images, LensJpegImage, 0).kind, ==, LENS_JPEG_IMAGE_BROKEN);
      g_assert_cmpuint (g_array_index (images, LensJpegImage, 0).end, ==, border);
      g_assert_cmpuint (g_array_index (images, LensJpegImage, 1).start, ==, border);
    }
}

static void
a_gap_ends_what_was_open (void)
{
  g_autoptr (GByteArray) image = image_new (FALSE);
  g_autoptr (GArray) images = g_array_new (FALSE, FALSE, sizeof (LensJpegImage));
  LensJpegScan scan;

  lens_jpeg_scan_init (&scan, hear_image, images);
  lens_jpeg_scan_feed (&scan, 0, image->data, image->len - 4);
  lens_jpeg_scan_feed (&scan, 5000, image->data, image->len);
  lens_jpeg_scan_clear (&scan);
  g_assert_cmpuint (images->len, ==, 2);
  g_assert_cmpint (g_array_index (images, LensJpegImage, 0).kind, ==, LENS_JPEG_IMAGE_OPEN);
  g_assert_cmpuint (g_array_index (images, LensJpegImage, 1).start, ==, 5000);
}

static void
random_octets_with_starts_are_not_images (void)
{
  static const guint8 start[] = { 0xff, 0xd8, 0xff };
  g_autoptr (GRand) random = g_rand_new_with_seed (10);
  g_autoptr (GByteArray) stream = g_byte_array_new ();

  for (guint i = 0; i < 20000; i++)
    {
      g_byte_array_append (stream, start, sizeof start);
      append_noise (stream, random, (gsize)g_rand_int_range (random, 0, 60));
    }
  g_autoptr (GArray) images = scan_stream (stream, 1448, TRUE);
  g_assert_cmpuint (images->len, ==, 0);
}

static void
base64_of_an_image_is_a_candidate (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GByteArray) image = image_new (FALSE);
  g_autofree char *text = g_base64_encode (image->data, image->len);

  g_byte_array_append (stream, (const guint8 *)"{\"img/9j\":\"", 11);
  g_byte_array_append (stream, (const guint8 *)text, 10);
  g_byte_array_append (stream, (const guint8 *)"\r\n", 2);
  g_byte_array_append (stream, (const guint8 *)text + 10, (guint)strlen (text) - 10);
  for (gsize step = 1; step < 100; step += 9)
    {
      g_autoptr (GArray) images = scan_stream (stream, step, FALSE);
      g_assert_cmpuint (images->len, ==, 1);
      g_assert_cmpint (g_array_index (images, LensJpegImage, 0).kind, ==, LENS_JPEG_IMAGE_BASE64);
      g_assert_cmpuint (g_array_index (images, LensJpegImage, 0).start, ==, 11);
    }
}

static void
flipped_bits_do_not_depend_on_the_chunks (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (GByteArray) thumbnailed = image_new (TRUE);

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      for (guint i = 0; i < 3; i++)
        g_byte_array_append (stream, thumbnailed->data, thumbnailed->len);
      for (guint flips = 0; flips < 6; flips++)
        stream->data[g_rand_int_range (random, 0, (gint)stream->len)]
            ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
      gsize step = (gsize)g_rand_int_range (random, 1, 300);
      g_autoptr (GArray) whole = scan_stream (stream, stream->len, TRUE);
      g_autoptr (GArray) chunks = scan_stream (stream, step, TRUE);
      g_assert_cmpuint (whole->len, ==, chunks->len);
      for (guint i = 0; i < whole->len; i++)
        {
          const LensJpegImage *one = &g_array_index (whole, LensJpegImage, i);
          const LensJpegImage *other = &g_array_index (chunks, LensJpegImage, i);
          g_assert_cmpint (one->kind, ==, other->kind);
          g_assert_cmpuint (one->start, ==, other->start);
          g_assert_cmpuint (one->end, ==, other->end);
          g_assert_cmpuint (one->width, ==, other->width);
          g_assert_cmpuint (one->height, ==, other->height);
        }
      LensJpeg jpeg = lens_jpeg_over (stream->data, stream->len);
      (void)lens_jpeg_walk (&jpeg);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/jpeg/every-part-of-an-image-is-named", every_part_of_an_image_is_named);
  g_test_add_func ("/wire/jpeg/a-cut-image-needs-more", a_cut_image_needs_more);
  g_test_add_func ("/wire/jpeg/octets-behind-the-end-are-not-the-images",
                   octets_behind_the_end_are_not_the_images);
  g_test_add_func ("/wire/jpeg/what-breaks-the-grammar-is-no-image",
                   what_breaks_the_grammar_is_no_image);
  g_test_add_func ("/wire/jpeg-scan/images-are-found-across-any-border",
                   images_are_found_across_any_border);
  g_test_add_func ("/wire/jpeg-scan/an-image-inside-a-false-start-is-found",
                   an_image_inside_a_false_start_is_found);
  g_test_add_func ("/wire/jpeg-scan/an-image-that-goes-on-is-reported-as-open",
                   an_image_that_goes_on_is_reported_as_open);
  g_test_add_func ("/wire/jpeg-scan/a-broken-image-ends-where-the-next-begins",
                   a_broken_image_ends_where_the_next_begins);
  g_test_add_func ("/wire/jpeg-scan/a-gap-ends-what-was-open", a_gap_ends_what_was_open);
  g_test_add_func ("/wire/jpeg-scan/random-octets-with-starts-are-not-images",
                   random_octets_with_starts_are_not_images);
  g_test_add_func ("/wire/jpeg-scan/base64-of-an-image-is-a-candidate",
                   base64_of_an_image_is_a_candidate);
  g_test_add_func ("/wire/jpeg-scan/flipped-bits-do-not-depend-on-the-chunks",
                   flipped_bits_do_not_depend_on_the_chunks);
  return g_test_run ();
}
