#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/**
 * LensQuic:
 * The part of a long header that every version has (RFC 8999 section 5.1).
 */
typedef struct
{
  guint32 version; /* 0: version negotiation */
  LensRange destination_id, source_id;
} LensQuic;

/* FALSE where @octets have no long header, or one that is cut. */
gboolean lens_quic_parse (const guint8 *octets, gsize length, LensQuic *quic);

/* RFC 9000, RFC 9369, their drafts, and those of browsers before them; also what is reserved to
 * keep servers honest (RFC 9000 section 15). */
gboolean lens_quic_is_known (guint32 version);

G_END_DECLS
