#include "wire/icmp.h"

#include "wire/cursor.h"

#include <string.h>

#define HEADER_LENGTH 8
#define MOST_EXTENSION_HEADERS 8

enum
{
  ROUTER_SOLICITATION = 133,
  ROUTER_ADVERTISEMENT,
  NEIGHBOUR_SOLICITATION,
  NEIGHBOUR_ADVERTISEMENT,
  REDIRECT,
};

static LensIcmpKind
kind_of_v4 (guint8 type)
{
  switch (type)
    {
    case 8:
      return LENS_ICMP_ECHO_REQUEST;
    case 0:
      return LENS_ICMP_ECHO_REPLY;
    case 3:
    case 4:
    case 5:
    case 11:
    case 12:
      return LENS_ICMP_ERROR;
    default:
      return LENS_ICMP_OTHER;
    }
}

static LensIcmpKind
kind_of_v6 (guint8 type)
{
  if (type >= ROUTER_SOLICITATION && type <= REDIRECT)
    return LENS_ICMP_DISCOVERY;
  switch (type)
    {
    case 128:
      return LENS_ICMP_ECHO_REQUEST;
    case 129:
      return LENS_ICMP_ECHO_REPLY;
    case 1:
    case 2:
    case 3:
    case 4:
      return LENS_ICMP_ERROR;
    default:
      return LENS_ICMP_OTHER;
    }
}

/* Whether the first four octets behind the IP header are ports. */
static gboolean
begins_with_ports (guint8 protocol)
{
  return protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132 || protocol == 136;
}

static gboolean
quote_v4 (LensCursor *cursor, LensIcmpQuote *quote)
{
  gsize header = (gsize)(cursor->octets[0] & 0x0f) * 4;
  LensCursor fields = *cursor;

  lens_cursor_skip (&fields, 6);
  guint16 fragment = lens_cursor_u16 (&fields) & 0x1fff;
  lens_cursor_skip (&fields, 1);
  quote->protocol = lens_cursor_u8 (&fields);
  lens_cursor_skip (&fields, 2);
  const guint8 *addresses = lens_cursor_take (&fields, 8);
  if (addresses == NULL || header < 20)
    return FALSE;
  quote->source = lens_address_from_octets (4, addresses);
  quote->destination = lens_address_from_octets (4, addresses + 4);
  lens_cursor_skip (cursor, MIN (header, cursor->length));
  return fragment == 0;
}

/* RFC 8200 section 4: passes over the extension headers that are quoted whole. */
static gboolean
skip_extension_headers (LensCursor *cursor, guint8 *protocol)
{
  for (guint i = 0; i < MOST_EXTENSION_HEADERS; i++)
    {
      gboolean is_fragment = *protocol == 44;
      if (*protocol != 0 && *protocol != 43 && *protocol != 60 && !is_fragment)
        return TRUE;
      LensCursor fields = *cursor;
      guint8 next = lens_cursor_u8 (&fields);
      guint8 eights = lens_cursor_u8 (&fields);
      guint16 fragment = lens_cursor_u16 (&fields) >> 3;
      gsize size = is_fragment ? 8 : 8 + 8 * (gsize)eights;
      if (size > lens_cursor_left (cursor))
        return FALSE;
      lens_cursor_skip (cursor, size);
      *protocol = next;
      if (is_fragment && fragment != 0)
        return FALSE;
    }
  return FALSE;
}

static gboolean
quote_v6 (LensCursor *cursor, LensIcmpQuote *quote)
{
  LensCursor fields = *cursor;

  lens_cursor_skip (&fields, 6);
  quote->protocol = lens_cursor_u8 (&fields);
  lens_cursor_skip (&fields, 1);
  const guint8 *addresses = lens_cursor_take (&fields, 32);
  if (addresses == NULL)
    return FALSE;
  quote->source = lens_address_from_octets (6, addresses);
  quote->destination = lens_address_from_octets (6, addresses + 16);
  *cursor = fields;
  return skip_extension_headers (cursor, &quote->protocol);
}

static void
parse_quote (const guint8 *octets, LensIcmp *icmp)
{
  LensIcmpQuote *quote = &icmp->quote;
  gsize start = icmp->quoted.offset;
  LensCursor cursor = lens_cursor_over (octets + start, icmp->quoted.length);
  gboolean first = FALSE;

  quote->header.offset = quote->rest.offset = start;
  quote->rest.length = icmp->quoted.length;
  if (cursor.length == 0)
    return;
  if (octets[start] >> 4 == 4)
    first = quote_v4 (&cursor, quote);
  else if (octets[start] >> 4 == 6)
    first = quote_v6 (&cursor, quote);
  if (quote->source.version == 0)
    {
      quote->protocol = 0;
      return;
    }
  quote->version = quote->source.version;
  quote->header.length = cursor.position;
  quote->rest = (LensRange){ start + cursor.position, cursor.length - cursor.position };
  if (first && begins_with_ports (quote->protocol) && lens_cursor_left (&cursor) >= 4)
    {
      quote->has_ports = TRUE;
      quote->source_port = lens_cursor_u16 (&cursor);
      quote->destination_port = lens_cursor_u16 (&cursor);
    }
}

/* RFC 4884 section 3: octet 5 counts the quote in 32-bit words, in ICMPv6 octet 4 in 64-bit
 * words; extensions follow. */
static void
parse_error (guint8 version, const guint8 *octets, gsize length, LensIcmp *icmp)
{
  gboolean may_extend = version == 4 ? icmp->type == 3 || icmp->type == 11 || icmp->type == 12
                                     : icmp->type == 1 || icmp->type == 3;
  gsize counted = version == 4 ? (gsize)octets[5] * 4 : (gsize)octets[4] * 8;
  gsize there = length - HEADER_LENGTH;

  icmp->quoted = (LensRange){ HEADER_LENGTH, there };
  if (may_extend && counted > 0 && counted < there)
    icmp->quoted.length = counted;
  icmp->extensions = (LensRange){ lens_range_end (icmp->quoted), there - icmp->quoted.length };
  parse_quote (octets, icmp);
}

static void
parse_discovery (const guint8 *octets, gsize length, LensIcmp *icmp)
{
  static const guint8 fixed_lengths[] = { 0, 8, 16, 16, 32 }; /* RFC 4861 4.1 to 4.5 */
  gsize wanted = fixed_lengths[icmp->type - ROUTER_SOLICITATION];
  gsize there = length - HEADER_LENGTH;

  icmp->cut = wanted > there;
  icmp->fixed = (LensRange){ HEADER_LENGTH, MIN (wanted, there) };
  icmp->options = (LensRange){ lens_range_end (icmp->fixed), there - icmp->fixed.length };
  if (icmp->type >= NEIGHBOUR_SOLICITATION && there >= 16)
    icmp->target = lens_address_from_octets (6, octets + HEADER_LENGTH);
}

gboolean
lens_icmp_parse (guint8 version, const guint8 *octets, gsize length, LensIcmp *icmp)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  if (length < HEADER_LENGTH)
    return FALSE;
  *icmp = (LensIcmp){ .header = { 0, HEADER_LENGTH } };
  icmp->type = lens_cursor_u8 (&cursor);
  icmp->code = lens_cursor_u8 (&cursor);
  icmp->checksum = lens_cursor_u16 (&cursor);
  icmp->word = lens_cursor_u32 (&cursor);
  icmp->kind = version == 4 ? kind_of_v4 (icmp->type) : kind_of_v6 (icmp->type);
  icmp->data.offset = icmp->quoted.offset = icmp->extensions.offset = HEADER_LENGTH;
  icmp->fixed.offset = icmp->options.offset = HEADER_LENGTH;
  switch (icmp->kind)
    {
    case LENS_ICMP_ECHO_REQUEST:
    case LENS_ICMP_ECHO_REPLY:
      icmp->identifier = (guint16)(icmp->word >> 16);
      icmp->sequence = (guint16)icmp->word;
      G_GNUC_FALLTHROUGH;
    case LENS_ICMP_OTHER:
      icmp->data.length = length - HEADER_LENGTH;
      break;
    case LENS_ICMP_ERROR:
      parse_error (version, octets, length, icmp);
      break;
    case LENS_ICMP_DISCOVERY:
      parse_discovery (octets, length, icmp);
      break;
    }
  return TRUE;
}

gboolean
lens_icmp_option_next (const guint8 *octets, LensRange *left, LensIcmpOption *option)
{
  LensCursor cursor = lens_cursor_over (octets + left->offset, left->length);

  if (left->length == 0)
    return FALSE;
  *option = (LensIcmpOption){ .type = lens_cursor_u8 (&cursor) };
  gsize size = 8 * (gsize)lens_cursor_u8 (&cursor);
  option->cut = size == 0 || size > left->length;
  if (option->cut)
    size = left->length;
  gsize head = MIN (size, 2);
  option->whole = (LensRange){ left->offset, size };
  option->data = (LensRange){ left->offset + head, size - head };
  left->offset += size;
  left->length -= size;
  return TRUE;
}

gboolean
lens_icmp_link_address (const guint8 *octets, const LensIcmp *icmp, const LensAddress *source,
                        LensAddress *address, guint8 mac[6])
{
  gboolean of_target = icmp->type == NEIGHBOUR_ADVERTISEMENT || icmp->type == REDIRECT;
  guint8 wanted = of_target ? LENS_ICMP_OPTION_TARGET_LINK : LENS_ICMP_OPTION_SOURCE_LINK;
  LensRange left = icmp->options;
  LensIcmpOption option;

  if (icmp->kind != LENS_ICMP_DISCOVERY || icmp->cut)
    return FALSE;
  *address = of_target ? icmp->target : *source;
  while (lens_icmp_option_next (octets, &left, &option))
    if (option.type == wanted && !option.cut && option.data.length == 6)
      {
        memcpy (mac, octets + option.data.offset, 6);
        return !lens_address_is_unspecified (address);
      }
  return FALSE;
}
