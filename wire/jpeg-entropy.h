#pragma once

/* Entropy-coded data of baseline JPEG, read just far enough to know where it ends: ITU-T T.81
 * F.2.2.  No coefficient is kept. */

#include <glib.h>

G_BEGIN_DECLS

/* One Huffman table, ready to decode with (T.81 annex C and F.2.2.3). */
typedef struct
{
  guint16 quick[512];   /* by the next 9 bits: length << 8 | value; 0: a longer code or none */
  gint32 last_code[17]; /* of each length, -1: none */
  gint32 shift[17];     /* index into @values less the code, by length */
  guint8 values[256];
  gboolean present;
} LensJpegHuffman;

/* @counts: codes of each length from 1 to 16; @values: their values, as many as that adds up
 * to.  FALSE, and no table, when the codes do not fit. */
gboolean lens_jpeg_huffman_init (LensJpegHuffman *table, const guint8 counts[16],
                                 const guint8 *values, gsize n_values);

#define LENS_JPEG_MAX_BLOCKS 10 /* of a minimum coded unit (B.2.3) */

/**
 * LensJpegEntropy:
 * What the scan's header says of its coding.
 */
typedef struct
{
  LensJpegHuffman dc[4], ac[4];
  guint n_blocks;                     /* of a minimum coded unit */
  guint8 dc_of[LENS_JPEG_MAX_BLOCKS]; /* table of each */
  guint8 ac_of[LENS_JPEG_MAX_BLOCKS];
} LensJpegEntropy;

/* The tables of T.81 K.3, which RFC 2435 prescribes (4.1), as tables 0 (luminance) and 1. */
void lens_jpeg_entropy_init_standard (LensJpegEntropy *entropy);
/* The layout of RFC 2435 types 0 and 1: @vertical is 1 (4:2:2) or 2 (4:2:0). */
void lens_jpeg_entropy_set_layout (LensJpegEntropy *entropy, guint vertical);

typedef enum
{
  LENS_JPEG_ENTROPY_WHOLE,  /* all units are there */
  LENS_JPEG_ENTROPY_SHORT,  /* the octets end before, or a marker does not let go on */
  LENS_JPEG_ENTROPY_BROKEN, /* no such code */
} LensJpegEntropyVerdict;

typedef struct
{
  LensJpegEntropyVerdict verdict;
  guint64 units;  /* decoded */
  gsize end;      /* octets: behind the one with the last bit of the last unit */
  guint pad_bits; /* left in that octet ... */
  guint8 pad;     /* ... and what they say, to the right */
  gsize pad_at;   /* that octet */

  guint restarts;    /* RSTn markers passed */
  guint wrong;       /* of these, out of turn (E.1.4) ... */
  gsize wrong_at;    /* ... the first one's octet that counts */
  guint fills;       /* octets 0xFF before them that are no part of the marker (B.1.1.2) */
  guint zero_pads;   /* restarts with padding bits before them that are not all ones (F.1.2.3) */
  gsize zero_pad_at; /* the first one's octet */
} LensJpegEntropyEnd;

/* Reads @units minimum coded units from the front of @octets, with a restart marker after each
 * @interval of them (0: none). */
LensJpegEntropyEnd lens_jpeg_entropy_walk (const LensJpegEntropy *entropy, const guint8 *octets,
                                           gsize length, guint64 units, guint interval);

G_END_DECLS
