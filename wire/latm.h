#pragma once

#include "wire/aac-config.h"
#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* AAC in the LATM multiplex: RTP RFC 6416, audioMuxElement() and StreamMuxConfig() ISO/IEC
 * 14496-3 1.7.3.  Followed for one program of one layer, as cameras send it. */

/**
 * LensLatmConfig:
 * StreamMuxConfig().  Positions are bits of the octets that it was read from.
 */
typedef struct
{
  gboolean readable;      /* whole, and of a kind that is followed here */
  guint8 sub_frames;      /* access units of an element: 1-64 */
  guint8 length_type;     /* frameLengthType */
  gsize fixed_bits;       /* of a unit of type 1 */
  guint8 buffer_fullness; /* of type 0 */
  gboolean has_other;     /* otherDataPresent */
  gsize other_bits;
  gboolean has_checksum;
  guint8 checksum;
  LensAacConfig aac;
} LensLatmConfig;

/* Reads from @bits. */
void lens_latm_config_read (LensBits *bits, LensLatmConfig *config);
/* From the hexadecimal digits of a=fmtp's config=.  What of it cannot be read counts as absent. */
void lens_latm_config_from_hex (const char *digits, LensLatmConfig *config);

/**
 * LensLatmElement:
 * One audioMuxElement().  Positions are bits of it.
 *
 * @config_start, @config_end: of a StreamMuxConfig in the element, useSameStreamMux excluded;
 * equal when there is none.  @other_start: of other_bits.  @end: behind ByteAlign, whose bits
 * are @alignment.
 */
typedef struct
{
  gboolean whole;
  gsize config_start, config_end;
  gsize units;
  gsize other_start, other_bits;
  gsize alignment_start;
  guint alignment_bits;
  guint32 alignment;
  gsize end;
  LensView view; /* of the element and what lies behind it */
} LensLatmElement;

typedef void (*LensLatmFunc) (const LensLatmElement *element, const LensLatmConfig *config,
                              gpointer user);
/* One access unit.  Where it does not begin with an octet of the element, each of its octets
 * is said to lie where it begins. */
typedef void (*LensLatmUnitFunc) (const LensView *unit, const LensLatmConfig *config,
                                  gpointer user);
/* An element that is not all here, or cannot be followed. */
typedef void (*LensLatmRestFunc) (const LensView *octets, gboolean cut, gpointer user);

typedef struct
{
  LensLatmFunc element;
  LensLatmUnitFunc unit;
  LensLatmRestFunc rest;
} LensLatmFuncs;

enum
{
  LENS_LATM_MAX_LENGTH = 64 * 1024, /* octets of an element put together from packets */
};

/**
 * LensLatm:
 * Elements of one stream.  RFC 6416 puts one in a packet, or part of one: the marker is on the
 * last.
 */
typedef struct LensLatm LensLatm;

/* @fmtp: cpresent=0 says that config= holds the StreamMuxConfig and the elements have none. */
LensLatm *lens_latm_new (const char *fmtp, const LensLatmFuncs *funcs, gpointer user);
void lens_latm_free (LensLatm *latm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLatm, lens_latm_free)

void lens_latm_push (LensLatm *latm, const LensView *payload, guint16 sequence, guint32 timestamp,
                     gboolean marker);
void lens_latm_flush (LensLatm *latm);

G_END_DECLS
