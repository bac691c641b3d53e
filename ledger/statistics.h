#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often each octet value occurs. */
typedef struct
{
  guint64 counts[256];
  guint64 total;
} LensHistogram;

void lens_histogram_add (LensHistogram *histogram, const guint8 *octets, gsize length);

/* Values that occur at least once: 0 to 256. */
guint lens_histogram_distinct (const LensHistogram *histogram);

/**
 * lens_histogram_entropy:
 * Shannon entropy in bits per octet, 0 to 8; 0 without octets.
 *
 * The plug-in estimate: it is too low by about (distinct - 1) / (2 ln 2 total) bits (Miller
 * 1955), so short samples look more orderly than they are.  @corrected adds that term, and
 * stops at what @total octets can show.
 */
double lens_histogram_entropy (const LensHistogram *histogram, gboolean corrected);

G_END_DECLS
