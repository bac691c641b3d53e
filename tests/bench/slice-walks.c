/* How fast slice data are walked: bench-slice-walks FILE..., elementary streams with start codes
 * (Annex B), of H.265 where the name ends in 265. */
#include "wire/h264-slice-data.h"
#include "wire/h264.h"
#include "wire/h265-slice-data.h"

#include <string.h>
#include <time.h>

typedef struct
{
  LensH264Sets *h264;
  LensH264Walker *h264_walker;
  LensH265Sets *h265;
  LensH265Walker *h265_walker;
  guint64 octets, whole, other;
} Bench;

static void
take_h264 (Bench *bench, const guint8 *nal, gsize length)
{
  guint type = nal[0] & 0x1f;
  LensH264Slice slice;
  LensH264Walk walk;

  if (type == LENS_H264_SPS || type == LENS_H264_PPS)
    lens_h264_sets_take (bench->h264, nal, length);
  if ((type != 1 && type != LENS_H264_IDR)
      || !lens_h264_slice_parse (&slice, bench->h264, nal, length))
    return;
  lens_h264_walker_walk (bench->h264_walker, &slice, nal, length, 0, &walk);
  bench->octets += length;
  bench->whole += walk.status == LENS_H264_WALK_WHOLE;
  bench->other += walk.status != LENS_H264_WALK_WHOLE;
}

static void
take_h265 (Bench *bench, const guint8 *nal, gsize length)
{
  guint type = nal[0] >> 1 & 0x3f;
  LensH265Slice slice;
  LensH265Walk walk;

  lens_h265_sets_take (bench->h265, nal, length);
  if (!lens_h265_is_slice (type) || !lens_h265_slice_parse (&slice, bench->h265, nal, length))
    return;
  lens_h265_walker_walk (bench->h265_walker, &slice, nal, length, &walk);
  bench->octets += length;
  bench->whole += walk.status == LENS_H265_WALK_WHOLE;
  bench->other += walk.status != LENS_H265_WALK_WHOLE;
}

/* The next start code (three octets) at or behind @at; @length where there is none. */
static gsize
next_start (const guint8 *octets, gsize length, gsize at)
{
  for (; at + 3 <= length; at++)
    if (octets[at] == 0 && octets[at + 1] == 0 && octets[at + 2] == 1)
      return at;
  return length;
}

static void
take_stream (Bench *bench, const guint8 *octets, gsize length, gboolean h265)
{
  gsize start = next_start (octets, length, 0);

  while (start + 5 < length)
    {
      gsize from = start + 3, next = next_start (octets, length, from), end = next;
      while (next < length && end > from && octets[end - 1] == 0)
        end--;
      if (end >= from + 2)
        (h265 ? take_h265 : take_h264) (bench, octets + from, end - from);
      start = next;
    }
}

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *octets = NULL;
      gsize length;
      Bench bench = { lens_h264_sets_new (),
                      lens_h264_walker_new (),
                      lens_h265_sets_new (),
                      lens_h265_walker_new (),
                      0,
                      0,
                      0 };

      if (!g_file_get_contents (argv[i], &octets, &length, NULL))
        return 2;
      double start = seconds ();
      take_stream (&bench, (const guint8 *)octets, length, g_str_has_suffix (argv[i], "265"));
      double took = seconds () - start;
      g_print ("%s: %" G_GUINT64_FORMAT " slices walked, %" G_GUINT64_FORMAT
               " not, %.1f Mbit/s of one core\n",
               argv[i], bench.whole, bench.other, 8e-6 * (double)bench.octets / took);
      lens_h264_sets_free (bench.h264);
      lens_h264_walker_free (bench.h264_walker);
      lens_h265_sets_free (bench.h265);
      lens_h265_walker_free (bench.h265_walker);
    }
  return 0;
}
