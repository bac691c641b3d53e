#include "wire/arp.h"

#include "wire/cursor.h"

#include <string.h>

#define HEADER_LENGTH 8

static LensRange
take_part (LensCursor *cursor, gsize wanted, gboolean *cut)
{
  LensRange part = { cursor->position, MIN (wanted, lens_cursor_left (cursor)) };

  if (part.length < wanted)
    *cut = TRUE;
  lens_cursor_skip (cursor, part.length);
  return part;
}

gboolean
lens_arp_parse (const guint8 *octets, gsize length, LensArp *arp)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  if (length < HEADER_LENGTH)
    return FALSE;
  *arp = (LensArp){ .header = { 0, HEADER_LENGTH } };
  arp->hardware = lens_cursor_u16 (&cursor);
  arp->protocol = lens_cursor_u16 (&cursor);
  arp->hardware_length = lens_cursor_u8 (&cursor);
  arp->protocol_length = lens_cursor_u8 (&cursor);
  arp->operation = lens_cursor_u16 (&cursor);
  arp->sender_hardware = take_part (&cursor, arp->hardware_length, &arp->cut);
  arp->sender_protocol = take_part (&cursor, arp->protocol_length, &arp->cut);
  arp->target_hardware = take_part (&cursor, arp->hardware_length, &arp->cut);
  arp->target_protocol = take_part (&cursor, arp->protocol_length, &arp->cut);
  arp->rest = (LensRange){ cursor.position, lens_cursor_left (&cursor) };

  arp->is_ipv4 = arp->hardware == 1 && arp->protocol == 0x0800 && arp->hardware_length == 6
                 && arp->protocol_length == 4 && !arp->cut;
  if (!arp->is_ipv4)
    return TRUE;
  memcpy (arp->sender_mac, octets + arp->sender_hardware.offset, 6);
  memcpy (arp->target_mac, octets + arp->target_hardware.offset, 6);
  arp->sender_address = lens_address_from_octets (4, octets + arp->sender_protocol.offset);
  arp->target_address = lens_address_from_octets (4, octets + arp->target_protocol.offset);
  return TRUE;
}
