#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Code words of ITU-T G.711: a sign (the highest bit), a segment, which doubles the size each, and
 * a step in it.  A-law is sent with every second bit inverted (3.2), mu-law with all (3.3). */

enum
{
  LENS_G711_SEGMENTS = 8,
};

/* 0 (quiet) to 7 (loud). */
static inline guint
lens_g711_segment (gboolean a_law, guint8 code)
{
  return (code ^ (a_law ? 0x55 : 0x7f)) >> 4 & 7;
}

/* The value that a code word stands for: the middle of its step, of 16 bits. */
gint16 lens_g711_sample (gboolean a_law, guint8 code);

/* Zero, of either sign, or its neighbour. */
gboolean lens_g711_is_silent (gboolean a_law, guint8 code);

G_END_DECLS
