#pragma once

#include "wire/bits.h"

G_BEGIN_DECLS

/* What an AAC stream says about itself once: AudioSpecificConfig and GASpecificConfig, ISO/IEC
 * 14496-3 1.6.2.1 and 4.4.1; program_config_element 4.4.1.1. */

/**
 * LensAacPce:
 * A program_config_element: who plays where, and a comment.  Positions are bits of the octets
 * that were read.
 */
typedef struct
{
  guint8 tag;
  guint8 sampling_index;
  guint channels;    /* SCE 1, CPE 2, LFE 1 */
  guint32 alignment; /* the bits before the comment's length; 0 from any encoder */
  gsize alignment_start;
  guint alignment_bits; /* 0-7 */
  gsize comment_start;
  gsize comment_octets; /* 0-255 */
} LensAacPce;

/* Reads behind the element's identifier.  @origin: where the octets of byte_alignment() count
 * from.  FALSE when the element runs past the end. */
gboolean lens_aac_pce_read (LensBits *bits, gsize origin, LensAacPce *pce);

/**
 * LensAacConfig:
 * @readable: raw_data_block() can be followed with it: object types 1 (Main), 2 (LC), 3 (SSR)
 * and 4 (LTP), with a sampling frequency of the table.
 */
typedef struct
{
  gboolean readable;
  guint8 object_type;    /* of the core, below SBR and PS */
  guint8 sampling_index; /* of the core; 15: @rate was spelt out */
  guint32 rate;          /* Hz */
  guint8 channel_config; /* 0: @has_pce */
  gboolean short_frames; /* 960 samples, not 1024 */
  gboolean sbr, ps;      /* signalled */
  gboolean has_pce;
  LensAacPce pce;
} LensAacConfig;

/* Reads one from @bits, without the extension behind it.  FALSE when it runs past the end. */
gboolean lens_aac_config_read (LensBits *bits, LensAacConfig *config);

/* Whether an extension follows: backward compatible signalling of SBR and PS (1.6.5.2). */
gboolean lens_aac_config_goes_on (const LensBits *bits);
/* Reads it, if so. */
void lens_aac_config_read_extension (LensBits *bits, LensAacConfig *config);

/* Reads a whole one, the extension included; @used (or NULL): bits of it. */
gboolean lens_aac_config_parse (const guint8 *octets, gsize length, LensAacConfig *config,
                                gsize *used);

/* From the hexadecimal digits of a=fmtp's config= (RFC 3640 section 4.1). */
gboolean lens_aac_config_from_hex (const char *digits, LensAacConfig *config);

/* The configuration that ADTS tells: profile (object type minus 1), sampling frequency index,
 * channel configuration. */
LensAacConfig lens_aac_config_of (guint8 object_type, guint8 sampling_index, guint8 channels);

/* Octets from hexadecimal digits; NULL when they are none.  Transfer full. */
GByteArray *lens_aac_octets_from_hex (const char *digits);

G_END_DECLS
