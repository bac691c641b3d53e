#pragma once

/* Gzip members (RFC 1952 section 2.3): what stands around the compressed data, and what is inside.
 */

#include "wire/range.h"

G_BEGIN_DECLS

/**
 * LensGzip:
 * Ranges count from the member's first octet; parts that are not there are empty.
 */
typedef struct
{
  guint8 method;           /* 8: deflate */
  guint8 flags;            /* with reserved bits (0xe0) */
  guint32 mtime;           /* seconds since 1970; 0: not said */
  guint8 extra_flags;      /* XFL */
  guint8 system;           /* OS */
  LensRange extra;         /* XLEN and FEXTRA */
  LensRange name;          /* FNAME with its zero */
  LensRange comment;       /* FCOMMENT with its zero */
  LensRange header_check;  /* CRC16, of FHCRC */
  gboolean header_differs; /* ... and the header is another one */
  LensRange data;          /* compressed data, trailer and whatever follows */
} LensGzip;

/* FALSE when @octets does not begin with a whole header. */
gboolean lens_gzip_parse (const guint8 *octets, gsize length, LensGzip *gzip);

/**
 * LensGunzip:
 * How unpacking ended.
 */
typedef struct
{
  gboolean whole;    /* the compressed data came to their end, and the trailer is there */
  gboolean capped;   /* there is more than was asked for */
  gboolean broken;   /* the data are not compressed data, or end too early */
  gboolean differs;  /* the trailer's CRC32 or size is of another text */
  LensRange trailer; /* empty unless @whole */
  LensRange behind;  /* what follows the member */
} LensGunzip;

/**
 * lens_gzip_unpack:
 * Unpacks the member that @gzip was read of (method 8), at most @max octets of it, into @into,
 * which is emptied first.  What came before something went wrong stays there.
 */
void lens_gzip_unpack (const guint8 *octets, gsize length, const LensGzip *gzip, gsize max,
                       GByteArray *into, LensGunzip *end);

G_END_DECLS
