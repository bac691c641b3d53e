#include "wire/stun.h"

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

gboolean
lens_stun_parse (const guint8 *octets, gsize length, LensStun *stun)
{
  if (length < LENS_STUN_HEAD || (octets[0] & 0xc0) != 0 || (octets[3] & 3) != 0
      || u16 (octets + 4) != 0x2112 || u16 (octets + 6) != 0xa442)
    return FALSE;
  gsize size = u16 (octets + 2);
  gsize there = MIN (size, length - LENS_STUN_HEAD);
  *stun = (LensStun){ .type = u16 (octets),
                      .length = LENS_STUN_HEAD + there,
                      .attributes = { LENS_STUN_HEAD, there },
                      .cut = there < size };
  return TRUE;
}

gboolean
lens_stun_attribute_next (const guint8 *octets, LensRange *left, guint16 *type, LensRange *value,
                          LensRange *padding)
{
  if (left->length < 4)
    return FALSE;
  gsize size = u16 (octets + left->offset + 2);
  if (size > left->length - 4)
    return FALSE;
  *type = u16 (octets + left->offset);
  *value = (LensRange){ left->offset + 4, size };
  gsize pad = MIN ((4 - size % 4) % 4, left->length - 4 - size);
  *padding = (LensRange){ lens_range_end (*value), pad };
  left->offset = lens_range_end (*padding);
  left->length -= 4 + size + pad;
  return TRUE;
}

gboolean
lens_stun_is_known (guint16 attribute)
{
  static const struct
  {
    guint16 first, last;
  } known[] = {
    { 0x0001, 0x0030 }, /* RFC 3489, 5389, 5780, 5766, 8445, 8489, 8656 */
    { 0x4000, 0x4fff }, /* of a messenger's own relays, that reject what they do not know */
    { 0x8000, 0x8004 }, { 0x8008, 0x8008 }, { 0x8020, 0x802f },
    { 0x8050, 0x8070 }, { 0x8090, 0x8095 }, { 0xc000, 0xc003 },
    { 0xc056, 0xc065 }, { 0xdaba, 0xdaba }, { 0xff00, 0xff10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (attribute >= known[i].first && attribute <= known[i].last)
      return TRUE;
  return FALSE;
}

gboolean
lens_turn_channel (const guint8 *octets, gsize length, LensRange *data)
{
  if (length < 4 || octets[0] < 0x40 || octets[0] > 0x4f)
    return FALSE;
  gsize size = u16 (octets + 2);
  *data = (LensRange){ 4, MIN (size, length - 4) };
  return size <= length - 4 && length - 4 - size < 4;
}
