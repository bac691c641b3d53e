/* A stream searched for media, in pieces and with jumps, and as one datagram. */
#include "tests/fuzz/fuzz.h"

#include "wire/media-scan.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensMediaScan scan = { 0 };
  LensMediaFormat format = LENS_MEDIA_FORMAT_NONE;
  guint64 start = 0, offset = 0;

  for (gsize from = 0, step; from < length && format == LENS_MEDIA_FORMAT_NONE; from += step)
    {
      step = MIN (length - from, octets[from] % 4 == 0 ? length : 1 + octets[from] % 200u);
      if (octets[from] == 0xee)
        offset += 1000;
      format = lens_media_scan_feed (&scan, offset, octets + from, step, FALSE, &start);
      offset += step;
      if (format != LENS_MEDIA_FORMAT_NONE)
        g_assert_cmpuint (start, <=, offset);
      else
        g_assert_cmpuint (lens_media_scan_waits_from (&scan), <=, offset);
    }
  lens_media_scan_clear (&scan);
  format = lens_media_scan_feed (&scan, 0, octets, length, TRUE, &start);
  if (format != LENS_MEDIA_FORMAT_NONE)
    g_assert_nonnull (lens_media_format_name (format));
  lens_media_scan_clear (&scan);
  return 0;
}
