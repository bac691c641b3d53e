#include "ledger/statistics.h"

#include <math.h>

void
lens_histogram_add (LensHistogram *histogram, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    histogram->counts[octets[i]]++;
  histogram->total += length;
}

guint
lens_histogram_distinct (const LensHistogram *histogram)
{
  guint distinct = 0;

  for (guint i = 0; i < 256; i++)
    distinct += histogram->counts[i] != 0;
  return distinct;
}

double
lens_histogram_entropy (const LensHistogram *histogram, gboolean corrected)
{
  double total = (double)histogram->total, bits = 0;

  if (histogram->total == 0)
    return 0;
  for (guint i = 0; i < 256; i++)
    if (histogram->counts[i] != 0)
      {
        double share = (double)histogram->counts[i] / total;
        bits -= share * log2 (share);
      }
  if (corrected)
    bits = MIN (bits + (lens_histogram_distinct (histogram) - 1) / (2 * G_LN2 * total),
                MIN (8, log2 (total)));
  return MAX (bits, 0);
}
