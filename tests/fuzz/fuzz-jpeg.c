/* JPEG: an image's parts follow each other; images found in a stream that comes in pieces. */
#include "tests/fuzz/fuzz.h"

#include "wire/jpeg-scan.h"

static void
see_image (const LensJpegImage *image, gpointer user)
{
  g_assert_cmpuint (image->start, <=, image->end);
  g_assert_cmpuint (image->end, <=, *(gsize *)user);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensJpeg jpeg = lens_jpeg_over (octets, length), whole = jpeg;
  LensJpegPart part;
  LensJpegVerdict verdict;
  LensJpegScan scan;
  gsize at = 0, fed = 0;

  while ((verdict = lens_jpeg_next (&jpeg, &part)) == LENS_JPEG_PART)
    {
      if (at == 0)
        at = part.whole.offset;
      fuzz_follows (octets, length, &at, part.whole);
      fuzz_inside (octets, length, lens_jpeg_content (octets, &part));
    }
  g_assert_cmpint (lens_jpeg_walk (&whole), ==, verdict);
  g_assert_cmpuint (jpeg.position, <=, length);
  lens_jpeg_scan_init (&scan, see_image, &fed);
  for (gsize from = 0, step; from < length; from += step)
    {
      step = MIN (length - from, 1 + octets[from] % 61u);
      fed = from + step;
      lens_jpeg_scan_feed (&scan, from, octets + from, step);
    }
  lens_jpeg_scan_finish (&scan);
  lens_jpeg_scan_clear (&scan);
  return 0;
}
