#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tables of ISO/IEC 14496-3 subpart 4 that are needed to find the end of every syntactic
 * element of AAC. */

enum
{
  LENS_AAC_CODEBOOKS = 11,    /* of spectral data: 1 to 11 */
  LENS_AAC_CODE_LENGTHS = 20, /* 0 to 19 bits */
  LENS_AAC_RATES = 13,        /* sampling frequency indices with a table */
};

/* One canonical Huffman code. */
typedef struct
{
  guint8 counts[LENS_AAC_CODE_LENGTHS]; /* codes of each length */
  const guint16 *symbols;               /* in the order of their codes */
  guint16 n_symbols;
  guint8 dimension;     /* spectral lines a symbol stands for */
  guint8 modulus;       /* values of a line: the symbol is a number of this base */
  gboolean is_unsigned; /* a sign bit follows for each line that is not 0 */
} LensAacCodebook;

extern const LensAacCodebook lens_aac_scale_factors;
extern const LensAacCodebook lens_aac_spectrum[LENS_AAC_CODEBOOKS]; /* codebook 1 is [0] */

/* Offsets of the scale factor bands by sampling frequency index; each ends with the number of
 * lines, 1024 or 128. */
extern const guint16 *const lens_aac_long_bands[LENS_AAC_RATES];
extern const guint16 *const lens_aac_short_bands[LENS_AAC_RATES];

/* PRED_SFB_MAX of AAC Main (4.6.7). */
extern const guint8 lens_aac_prediction_bands[LENS_AAC_RATES];

extern const guint32 lens_aac_rates[LENS_AAC_RATES]; /* Hz (1.6.3.4) */

G_END_DECLS
