#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/* What stands in a row of parts, as a server pushes pictures: a response of type
 * multipart/x-mixed-replace (RFC 2046 section 5.1). */
typedef enum
{
  LENS_HTTP_PARTS_PREAMBLE, /* a line before the first boundary */
  LENS_HTTP_PARTS_FIELD,    /* a header field of a part */
  LENS_HTTP_PARTS_HEAD,     /* the empty line behind the fields */
  LENS_HTTP_PARTS_CONTENT,  /* octets of a part whose length is known, as they come */
  LENS_HTTP_PARTS_BETWEEN,  /* the first line behind a part's content, if it is no boundary */
} LensHttpPartsWhat;

/* @range of @unit's view; lines come without what ends them.  @memory: of the connection's side,
 * zero to begin with. */
typedef void (*LensHttpPartsSee) (LensLedger *ledger, gpointer memory, const LensUnit *unit,
                                  LensHttpPartsWhat what, LensRange range);

/**
 * LensHttpParts:
 * All responses of that kind, out of units of LENS_UNIT_CONTENT.  Zero to begin with.
 *
 * Bounded: 256 responses that are of parts, or may yet be, those that came first; lines of 4,096
 * octets.
 */
typedef struct
{
  GPtrArray *streams; /* by the side's index; NULL: none */
  guint n;
} LensHttpParts;

/* @size: octets of each memory, the same in each call. */
void lens_http_parts_take (LensHttpParts *parts, LensLedger *ledger, const LensUnit *unit,
                           gsize size, LensHttpPartsSee see);
/* @clear (or NULL) frees what a memory holds. */
void lens_http_parts_clear (LensHttpParts *parts, GDestroyNotify clear);

/* For seeds: where in @octets a part begins that holds a JPEG image, fields and all. */
typedef struct
{
  gsize field;    /* where one more field may stand */
  LensRange size; /* the digits of Content-Length */
  gsize image;    /* its first octet */
} LensHttpPictureAt;

gboolean lens_http_parts_find_picture (const guint8 *octets, gsize length, LensHttpPictureAt *at);

G_END_DECLS
