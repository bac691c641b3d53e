#pragma once

#include "wire/layers.h"

G_BEGIN_DECLS

/**
 * LensTrailer:
 * What lies behind the last octet that a frame's own lengths account for.  The four follow
 * each other.
 *
 * @pad: up to the least length of a frame (IEEE 802.3 section 3.2.8: 60 octets without the
 * check sequence; each tag and label may come on top, when a switch put it in).  @surplus: beyond
 * that length, which nothing asks for.  @prp: of a redundant network (IEC 62439-3).  @fcs: a frame
 * check sequence that holds.
 */
typedef struct
{
  LensRange pad;
  LensRange surplus;
  LensRange prp;
  LensRange fcs;
} LensTrailer;

/* @start: where the content ends; @end: where the captured frame ends. */
LensTrailer lens_trailer_over (const LensLayers *layers, const guint8 *octets, gsize start,
                               gsize end);

G_END_DECLS
