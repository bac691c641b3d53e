#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* STUN messages (RFC 8489 section 5, 14) and TURN's channels (RFC 8656 section 12.4). */
typedef struct
{
  guint16 type; /* 14 bits: method and class */
  gsize length; /* octets of the message, its head of 20 included */
  LensRange attributes;
  gboolean cut; /* the length says more than there is */
} LensStun;

enum
{
  LENS_STUN_HEAD = 20,
  LENS_STUN_DATA = 0x0013,
  LENS_STUN_PADDING = 0x0026, /* RFC 5780 section 7.6 */
  LENS_STUN_SOFTWARE = 0x8022,
  LENS_STUN_FINGERPRINT = 0x8028,
};

/* FALSE where @octets do not begin with the head of one: two zero bits, a length in words, the
 * magic cookie. */
gboolean lens_stun_parse (const guint8 *octets, gsize length, LensStun *stun);

/* The attribute at the front of @left (first LensStun.attributes), which is then shortened;
 * FALSE when no whole one is left.  @padding: up to the next word. */
gboolean lens_stun_attribute_next (const guint8 *octets, LensRange *left, guint16 *type,
                                   LensRange *value, LensRange *padding);

/* Whether somebody registered the attribute (IANA), or widely used software has it. */
gboolean lens_stun_is_known (guint16 attribute);

/* Data on a channel of TURN: @data is what it carries. */
gboolean lens_turn_channel (const guint8 *octets, gsize length, LensRange *data);

G_END_DECLS
