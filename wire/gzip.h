#pragma once

/* What stands before the compressed data of a gzip member: RFC 1952 section 2.3. */

#include "wire/range.h"

G_BEGIN_DECLS

/**
 * LensGzip:
 * Ranges count from the member's first octet; parts that are not there are empty.
 */
typedef struct
{
  guint8 method;      /* 8: deflate */
  guint8 flags;       /* with reserved bits (0xe0) */
  guint32 mtime;      /* seconds since 1970; 0: not said */
  guint8 extra_flags; /* XFL */
  guint8 system;      /* OS */
  LensRange extra;    /* XLEN and FEXTRA */
  LensRange name;     /* FNAME with its zero */
  LensRange comment;  /* FCOMMENT with its zero */
  LensRange data;     /* compressed data, trailer and whatever follows */
} LensGzip;

/* FALSE when @octets does not begin with a whole header. */
gboolean lens_gzip_parse (const guint8 *octets, gsize length, LensGzip *gzip);

G_END_DECLS
