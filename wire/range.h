#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensRange:
 * Part of some octets: @length octets from @offset, counted from 0 at the first octet the
 * parser was handed.  An absent part has length 0 and stands where it would have been.
 */
typedef struct
{
  gsize offset; /* octets */
  gsize length; /* octets */
} LensRange;

/* The first offset behind @range. */
static inline gsize
lens_range_end (LensRange range)
{
  return range.offset + range.length;
}

G_END_DECLS
