#pragma once

#include "wire/aac-config.h"

G_BEGIN_DECLS

/* The coded channels of AAC: ISO/IEC 14496-3 4.4.2.1 and 4.4.2.7. */

/* Window sequence, bands and codebooks of one channel stream. */
typedef struct
{
  gboolean reserved; /* ics_reserved_bit, which shall be 0 */
  gsize reserved_at; /* its bit */
  guint8 window_sequence;
  guint8 n_groups;
  guint8 group_lengths[8];
  guint8 max_sfb;
  guint8 n_bands;
  const guint16 *bands;
  guint16 n_lines; /* of a window */
  guint8 codebooks[8][64];
} LensAacIcs;

/* Reads an ics_info(). FALSE: a value that the standard reserves. */
gboolean lens_aac_ics_info_read (LensBits *bits, const LensAacConfig *config, gboolean common,
                                 LensAacIcs *ics);

/* Reads an individual_channel_stream(); @ics has been read when @common. */
gboolean lens_aac_channel_read (LensBits *bits, const LensAacConfig *config, gboolean common,
                                LensAacIcs *ics);

/* Passes over one code word of the scale factors. */
gboolean lens_aac_scale_factor_skip (LensBits *bits);

G_END_DECLS
