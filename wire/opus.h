#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Opus packets: RFC 6716 section 3; in RTP one packet is one payload (RFC 7587 4.2). */

enum
{
  LENS_OPUS_MAX_FRAMES = 48, /* of 2.5 ms in 120 ms */
};

/**
 * LensOpus:
 * The parts of a packet: head (TOC, frame count, padding and frame lengths), frames, padding;
 * they add up to it.
 */
typedef struct
{
  guint8 config; /* 0-31: mode, bandwidth, frame size */
  gboolean stereo;
  guint8 code;  /* 0-3: how frames are packed */
  gboolean vbr; /* of code 3 */
  gboolean has_padding;
  guint frames;
  guint duration; /* of all frames, in 48 kHz samples */
  LensRange head;
  LensRange data;
  LensRange padding; /* the octets that the lengths count, which shall be 0 */
} LensOpus;

/* FALSE when the packet breaks a rule of 3.4. */
gboolean lens_opus_parse (const guint8 *octets, gsize length, LensOpus *opus);

G_END_DECLS
