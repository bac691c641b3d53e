#pragma once

#include "wire/range.h"
#include "wire/rbsp.h"

G_BEGIN_DECLS

/* The messages of an SEI NAL unit: ITU-T H.264 7.3.2.3 and 7.3.2.3.1, H.265 7.3.5; the
 * payloads themselves are Annex D of both. */

/**
 * LensSeiMessage:
 * @head (type and size) and @payload lie in the NAL unit's own octets, emulation prevention
 * octets included, so the payload range may be longer than @payload_size; read it with
 * lens_rbsp_over() from its offset.
 */
typedef struct
{
  guint32 payload_type;
  guint32 payload_size; /* octets, as announced, without emulation prevention */
  LensRange head;
  LensRange payload;
  gboolean cut; /* the NAL unit ends inside the message */
} LensSeiMessage;

typedef struct
{
  LensRbsp reader;
} LensSei;

/* @header is the length of the NAL unit's header: 1 for H.264, 2 for H.265.  Borrows. */
LensSei lens_sei_over (const guint8 *octets, gsize length, gsize header);

/* Heads, payloads and the rest add up to the NAL unit without its header. */
gboolean lens_sei_next (LensSei *sei, LensSeiMessage *message);

/* After the last message: what is left; @proper when it is rbsp_trailing_bits() and nothing
 * else (7.3.2.11: one octet 0x80). */
LensRange lens_sei_rest (const LensSei *sei, gboolean *proper);

G_END_DECLS
