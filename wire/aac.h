#pragma once

#include "wire/aac-config.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* AAC access units: raw_data_block(), ISO/IEC 14496-3 4.4.2.1, read to the end of each of its
 * elements.  Nothing is decoded: codes are followed only to know where they end. */

/* id_syn_ele (Table 4.85). */
enum
{
  LENS_AAC_SCE, /* one channel */
  LENS_AAC_CPE, /* two */
  LENS_AAC_CCE, /* coupling */
  LENS_AAC_LFE,
  LENS_AAC_DSE, /* data stream: octets of any kind */
  LENS_AAC_PCE,
  LENS_AAC_FIL,
  LENS_AAC_END,
};

/**
 * LensAacElement:
 * One element.  All positions are bits of the access unit.
 *
 * @data: of DSE and FIL their octets, which may begin inside an octet of the unit; of PCE the
 * comment.
 */
typedef struct
{
  guint8 id;
  guint8 tag;       /* element_instance_tag; 0 for FIL */
  gsize start, end; /* the identifier included */
  gsize data_start;
  gsize data_octets;
  guint32 alignment;     /* the bits of a byte_alignment() inside DSE or PCE ... */
  gsize alignment_start; /* ... and where they begin */
  guint alignment_bits;  /* 0-7 */
  guint reserved;        /* reserved bits of its channels that are set: 0-2 */
  gsize reserved_at;     /* the first of them */
} LensAacElement;

typedef void (*LensAacElementFunc) (const LensAacElement *element, gpointer user);

typedef enum
{
  LENS_AAC_WHOLE,      /* came to ID_END */
  LENS_AAC_CUT,        /* ran past the end */
  LENS_AAC_INVALID,    /* a code that the standard reserves */
  LENS_AAC_UNREADABLE, /* a configuration that is not followed here */
} LensAacOutcome;

/**
 * LensAacBlock:
 * What became of a block.  @end: behind its byte_alignment() when whole, else where reading
 * stopped, in bits.  @alignment: the bits of it, which should be 0.
 */
typedef struct
{
  LensAacOutcome outcome;
  gsize end;
  gsize alignment_start;
  guint alignment_bits; /* 0-7 */
  guint32 alignment;
  guint channels; /* SCE, LFE 1, CPE 2 */
} LensAacBlock;

/* Reads the block that begins at octet @start; @element may be NULL.  Elements that are not
 * whole are not given out. */
LensAacBlock lens_aac_block_read (const LensAacConfig *config, const guint8 *octets, gsize length,
                                  gsize start, LensAacElementFunc element, gpointer user);

/* --- fill elements --- */

/* extension_type (Table 4.121). */
enum
{
  LENS_AAC_EXT_FILL = 0,
  LENS_AAC_EXT_FILL_DATA = 1,
  LENS_AAC_EXT_DATA_ELEMENT = 2,
  LENS_AAC_EXT_DYNAMIC_RANGE = 11,
  LENS_AAC_EXT_SAC_DATA = 12,
  LENS_AAC_EXT_SBR = 13,
  LENS_AAC_EXT_SBR_CRC = 14,
};

/**
 * LensAacExtension:
 * One extension_payload() of a fill element.  Positions are bits of the access unit.
 */
typedef struct
{
  guint8 type;
  guint8 nibble; /* the four bits behind the type */
  gsize start;
  gsize octets; /* of all of it: at least 1 */
} LensAacExtension;

/* The payload at bit *@at of @fill's data, and moves *@at behind it; *@at begins as
 * fill->data_start.  FALSE at the end. */
gboolean lens_aac_extension_next (const guint8 *octets, const LensAacElement *fill, gsize *at,
                                  LensAacExtension *extension);

/* The octet at bit @at. */
guint8 lens_aac_octet_at (const guint8 *octets, gsize at);

/* The octets of the unit that bits @start to @end touch. */
LensRange lens_aac_octets_of (gsize start, gsize end);

G_END_DECLS
