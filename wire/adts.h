#pragma once

#include "wire/aac.h"

G_BEGIN_DECLS

/* ADTS frames: ISO/IEC 14496-3 1.A.2.2.  They have no place in RTP but inside MPEG-TS, yet some
 * cameras wrap the access units of RFC 3640 in them. */

enum
{
  LENS_ADTS_HEADER = 7, /* octets without the checksum */
};

/**
 * LensAdts:
 * The header of one frame.
 */
typedef struct
{
  gboolean protection_absent;
  gboolean mpeg2; /* ID */
  guint8 profile; /* object type minus 1 */
  guint8 sampling_index;
  guint8 channel_config;
  gboolean private_bit, original_copy, home;
  gboolean copyright_bit, copyright_start;
  guint16 frame_length; /* octets, header included */
  guint16 buffer_fullness;
  guint8 blocks;       /* 1-4 raw_data_blocks */
  gsize header_length; /* with the checksum and, of several blocks, their positions */
} LensAdts;

/* FALSE unless @octets begin with the syncword, layer 0 and a length that holds the header. */
gboolean lens_adts_parse (const guint8 *octets, gsize length, LensAdts *adts);

LensAacConfig lens_adts_config (const LensAdts *adts);

G_END_DECLS
