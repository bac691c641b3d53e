#include "wire/octets.h"
#include "wire/rtp.h"

#include "wire/cursor.h"
#include "wire/stun.h"

/* The next @wanted octets as a part; what is there when there are fewer. */
static LensRange
take_part (LensCursor *cursor, gsize wanted, gboolean *cut)
{
  gsize left = lens_cursor_left (cursor);
  LensRange part = { cursor->position, MIN (wanted, left) };

  *cut = wanted > left;
  lens_cursor_skip (cursor, part.length);
  return part;
}

static void
parse_csrc (LensCursor *cursor, LensRtp *rtp)
{
  gboolean cut;

  rtp->csrc = take_part (cursor, (gsize)rtp->csrc_count * 4, &cut);
  if (cut)
    rtp->odd |= LENS_RTP_CSRC_CUT;
}

static void
parse_extension (LensCursor *cursor, LensRtp *rtp)
{
  LensCursor head = *cursor;
  gsize wanted = 0;
  gboolean cut = FALSE;

  if (rtp->extension_bit)
    {
      rtp->extension_profile = lens_cursor_u16 (&head);
      wanted = 4 + 4 * (gsize)lens_cursor_u16 (&head);
    }
  rtp->extension = take_part (cursor, wanted, &cut);
  if (cut)
    rtp->odd |= LENS_RTP_EXTENSION_CUT;
}

static void
parse_padding (const guint8 *octets, gsize length, LensRtp *rtp)
{
  if (!rtp->padding_bit)
    return;

  gsize count = rtp->payload.length > 0 ? octets[length - 1] : 0;
  if (count > rtp->payload.length || rtp->payload.length == 0)
    rtp->odd |= LENS_RTP_PADDING_BEYOND;
  else if (count == 0)
    rtp->odd |= LENS_RTP_PADDING_ZERO;
  else
    {
      rtp->payload.length -= count;
      rtp->padding = (LensRange){ length - count, count };
    }
}

gboolean
lens_rtp_parse (const guint8 *octets, gsize length, LensRtp *rtp)
{
  if (length < LENS_RTP_HEADER_LENGTH || octets[0] >> 6 != 2)
    return FALSE;

  LensCursor cursor = lens_cursor_over (octets, length);
  guint8 first = lens_cursor_u8 (&cursor);
  guint8 second = lens_cursor_u8 (&cursor);
  *rtp = (LensRtp){
    .padding_bit = (first & 0x20) != 0,
    .extension_bit = (first & 0x10) != 0,
    .csrc_count = first & 0x0f,
    .marker = (second & 0x80) != 0,
    .payload_type = second & 0x7f,
    .header = { 0, LENS_RTP_HEADER_LENGTH },
  };
  rtp->sequence = lens_cursor_u16 (&cursor);
  rtp->timestamp = lens_cursor_u32 (&cursor);
  rtp->ssrc = lens_cursor_u32 (&cursor);
  parse_csrc (&cursor, rtp);
  parse_extension (&cursor, rtp);
  rtp->payload = (LensRange){ cursor.position, lens_cursor_left (&cursor) };
  rtp->padding = (LensRange){ length, 0 };
  parse_padding (octets, length, rtp);
  return TRUE;
}

gboolean
lens_rtp_plausible (const guint8 *octets, gsize length)
{
  LensRtp rtp;

  if (!lens_rtp_parse (octets, length, &rtp))
    return FALSE;
  /* RTCP types 192-223 read as M and payload types 64-95; 72-76 are kept free of RTP
   * altogether (RFC 3551 Table 5). */
  if (rtp.marker && rtp.payload_type >= 64 && rtp.payload_type <= 95)
    return FALSE;
  if (rtp.payload_type >= 72 && rtp.payload_type <= 76)
    return FALSE;
  if (rtp.odd != 0 || rtp.payload.length == 0)
    return FALSE;
  return rtp.sequence != 0 || rtp.timestamp != 0 || rtp.ssrc != 0;
}

gboolean
lens_rtp_continues (const LensRtp *before, const LensRtp *after)
{
  guint16 step = (guint16)(after->sequence - before->sequence);

  return before->ssrc == after->ssrc && step >= 1 && step <= 100;
}

gboolean
lens_rtp_elements_init (LensRtpElements *elements, const guint8 *octets, const LensRtp *rtp)
{
  guint16 profile = rtp->extension_profile;
  gboolean two_byte = (profile & 0xfff0) == 0x1000;

  if (rtp->extension.length < 4 || (profile != 0xbede && !two_byte))
    return FALSE;
  *elements = (LensRtpElements){
    .octets = octets,
    .position = rtp->extension.offset + 4,
    .end = lens_range_end (rtp->extension),
    .two_byte = two_byte,
    .appbits = two_byte ? profile & 0x0f : 0,
  };
  return TRUE;
}

static gsize
padding_run (const LensRtpElements *elements)
{
  gsize end = elements->position;

  while (end < elements->end && elements->octets[end] == 0)
    end++;
  return end - elements->position;
}

/* Reads the head of an element: sets id and data; the data may run past the end. */
static LensRtpElementKind
read_head (const LensRtpElements *elements, LensRtpElement *element)
{
  const guint8 *head = elements->octets + elements->position;
  gsize left = elements->end - elements->position;

  if (elements->two_byte)
    {
      element->id = head[0];
      element->data = (LensRange){ elements->position + 2, left > 1 ? head[1] : 0 };
      return left < 2 || element->data.length > left - 2 ? LENS_RTP_ELEMENT_CUT
                                                         : LENS_RTP_ELEMENT_DATA;
    }
  element->id = head[0] >> 4;
  element->data = (LensRange){ elements->position + 1, (head[0] & 0x0fu) + 1 };
  if (element->id == 0 || element->id == 15)
    return LENS_RTP_ELEMENT_STOPPED;
  return element->data.length > left - 1 ? LENS_RTP_ELEMENT_CUT : LENS_RTP_ELEMENT_DATA;
}

gboolean
lens_rtp_elements_next (LensRtpElements *elements, LensRtpElement *element)
{
  gsize start = elements->position;

  if (start >= elements->end)
    return FALSE;

  gsize zeros = padding_run (elements);
  if (zeros > 0)
    {
      *element = (LensRtpElement){
        .kind = LENS_RTP_ELEMENT_PADDING,
        .whole = { start, zeros },
        .data = { start, zeros },
      };
      elements->position += zeros;
      return TRUE;
    }

  element->kind = read_head (elements, element);
  if (element->kind != LENS_RTP_ELEMENT_DATA)
    {
      element->data.offset = MIN (element->data.offset, elements->end);
      element->data.length = elements->end - element->data.offset;
    }
  element->whole = (LensRange){ start, lens_range_end (element->data) - start };
  elements->position = lens_range_end (element->whole);
  return TRUE;
}

enum
{
  LINE_ENDS_MAX = 4,
};

static gboolean
is_line_ends (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != '\r' && octets[i] != '\n')
      return FALSE;
  return length <= LINE_ENDS_MAX;
}

/* A STUN binding: request, indication or success. */
static gboolean
is_binding (const guint8 *octets, gsize length, LensRange *attributes)
{
  LensStun stun;

  if (!lens_stun_parse (octets, length, &stun) || stun.cut || stun.length != length
      || (stun.type != 0x0001 && stun.type != 0x0011 && stun.type != 0x0101))
    return FALSE;
  *attributes = stun.attributes;
  if (attributes->length >= 8)
    {
      LensCursor cursor = lens_cursor_over (octets + length - 8, 8);
      if (lens_cursor_u16 (&cursor) == LENS_STUN_FINGERPRINT && lens_cursor_u16 (&cursor) == 4)
        attributes->length -= 8;
    }
  return TRUE;
}

/* A header of version 0 that says nothing, or less of it. */
static gboolean
is_zero (const guint8 *octets, gsize length)
{
  return length <= LENS_RTP_HEADER_LENGTH && lens_octets_are_zero (octets, length);
}

gboolean
lens_rtp_keep_alive (const guint8 *octets, gsize length, LensRange *free)
{
  LensRange attributes = { length, 0 };

  if (!is_line_ends (octets, length) && !is_zero (octets, length)
      && !is_binding (octets, length, &attributes))
    return FALSE;
  *free = attributes;
  return TRUE;
}
