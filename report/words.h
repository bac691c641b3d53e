#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Numbers in units that people know.  Each appends to @into; the same words in every locale.
 */

/* "1,234,567" */
void lens_words_count (GString *into, guint64 count);

/* "3 findings", "1 finding"; @one is the singular, an s makes the plural. */
void lens_words_some (GString *into, guint64 count, const char *one);

/* "340 octets", "68.3 kB" (powers of 1000) */
void lens_words_size (GString *into, guint64 octets);

/* "0.27 bit/s", "45.5 kbit/s" */
void lens_words_rate (GString *into, double bits_per_second);

/* "about one JPEG picture (100 kB) every 20 minutes", "enough for live speech" */
void lens_words_rate_meaning (GString *into, double bits_per_second);

/* "above 100 bit/s: high" ... the band of a covert channel after DoD 5200.28-STD (TCSEC), 8.0:
 * above 100 bit/s is high, up to 1 acceptable in most environments, above 0.1 to be audited. */
const char *lens_words_rate_band (double bits_per_second);

/* "about 5 pages of text" */
void lens_words_amount_meaning (GString *into, guint64 bits);

/* "0.250 s", "4 min 0 s", "1 h 2 min", "3 d 4 h" */
void lens_words_duration (GString *into, gint64 ns);

/* "2026-01-01 00:03:08 UTC" */
void lens_words_time (GString *into, gint64 ns);

/* "93.4 %", "below 0.1 %", "0 %" */
void lens_words_share (GString *into, guint64 part, guint64 whole);

/* @decimals digits after the point, trailing zeros kept. */
void lens_words_decimal (GString *into, double value, guint decimals);

G_END_DECLS
