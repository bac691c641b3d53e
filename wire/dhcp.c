#include "wire/dhcp.h"

#include "wire/cursor.h"

#define COOKIE 0x63825363 /* RFC 2131 section 3 */
#define HARDWARE 28
#define HARDWARE_SIZE 16
#define SNAME 44
#define FILE_FIELD 108

static LensAddress
take_address (LensCursor *cursor)
{
  return lens_address_from_octets (4, lens_cursor_take (cursor, 4));
}

static void
parse_fixed (LensCursor *cursor, LensDhcp *dhcp)
{
  dhcp->op = lens_cursor_u8 (cursor);
  dhcp->hardware_type = lens_cursor_u8 (cursor);
  dhcp->hardware_length = lens_cursor_u8 (cursor);
  dhcp->hops = lens_cursor_u8 (cursor);
  dhcp->xid = lens_cursor_u32 (cursor);
  dhcp->seconds = lens_cursor_u16 (cursor);
  dhcp->flags = lens_cursor_u16 (cursor);
  dhcp->client = take_address (cursor);
  dhcp->yours = take_address (cursor);
  dhcp->server = take_address (cursor);
  dhcp->relay = take_address (cursor);

  gsize used = MIN (dhcp->hardware_length, HARDWARE_SIZE);
  if (dhcp->hardware_length > HARDWARE_SIZE)
    dhcp->odd |= LENS_DHCP_HARDWARE_LENGTH;
  dhcp->fixed = (LensRange){ 0, SNAME };
  dhcp->hardware = (LensRange){ HARDWARE, used };
  dhcp->hardware_unused = (LensRange){ HARDWARE + used, HARDWARE_SIZE - used };
  dhcp->sname = (LensRange){ SNAME, FILE_FIELD - SNAME };
  dhcp->file = (LensRange){ FILE_FIELD, LENS_DHCP_FIXED_LENGTH - FILE_FIELD };
}

/* The option at the front of @area, which is then shortened. */
static void
take_option (const guint8 *octets, LensRange *area, LensDhcpOption *option)
{
  const guint8 *at = octets + area->offset;
  gsize head = 2;
  gsize wanted = 0;

  option->code = at[0];
  if (option->code == LENS_DHCP_OPTION_END)
    head = 1;
  else if (option->code == LENS_DHCP_OPTION_PAD)
    for (head = 1; head < area->length && at[head] == LENS_DHCP_OPTION_PAD;)
      head++;
  else if (area->length < 2)
    {
      head = 1;
      option->cut = TRUE;
    }
  else
    wanted = at[1];
  if (wanted > area->length - head)
    option->cut = TRUE;
  option->data = (LensRange){ area->offset + head, MIN (wanted, area->length - head) };
  option->whole = (LensRange){ area->offset, head + option->data.length };
  area->offset += option->whole.length;
  area->length -= option->whole.length;
}

/* What is wrong with the length of an option whose length RFC 2132 gives. */
static gboolean
has_wrong_length (const LensDhcpOption *option)
{
  gsize length = option->data.length;

  switch (option->code)
    {
    case LENS_DHCP_OPTION_ROUTERS:
    case LENS_DHCP_OPTION_DNS:
    case LENS_DHCP_OPTION_NTP:
      return length == 0 || length % 4 != 0;
    case LENS_DHCP_OPTION_REQUESTED_ADDRESS:
    case LENS_DHCP_OPTION_LEASE_TIME:
    case LENS_DHCP_OPTION_SERVER:
      return length != 4;
    case LENS_DHCP_OPTION_OVERLOAD:
    case LENS_DHCP_OPTION_TYPE:
      return length != 1;
    default:
      return FALSE;
    }
}

/* Where the options end; the type and overload octets found on the way. */
static void
parse_options (const guint8 *octets, gsize length, LensDhcp *dhcp)
{
  LensRange left = { LENS_DHCP_FIXED_LENGTH + 4, length - LENS_DHCP_FIXED_LENGTH - 4 };
  LensDhcpOption option = { 0 };

  dhcp->options.offset = left.offset;
  while (left.length > 0 && option.code != LENS_DHCP_OPTION_END)
    {
      take_option (octets, &left, &option);
      if (option.code == LENS_DHCP_OPTION_OVERLOAD && option.data.length > 0 && dhcp->overload == 0)
        dhcp->overload = octets[option.data.offset] & 3;
    }
  if (option.code != LENS_DHCP_OPTION_END)
    dhcp->odd |= LENS_DHCP_NO_END;
  dhcp->options.length = left.offset - dhcp->options.offset;
  dhcp->rest = left;
}

gboolean
lens_dhcp_parse (const guint8 *octets, gsize length, LensDhcp *dhcp)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  LensDhcpOptions options;
  LensDhcpOption option;

  if (length < LENS_DHCP_FIXED_LENGTH)
    return FALSE;
  *dhcp = (LensDhcp){ 0 };
  parse_fixed (&cursor, dhcp);
  cursor.position = LENS_DHCP_FIXED_LENGTH;
  dhcp->cookie.offset = dhcp->options.offset = cursor.position;
  dhcp->has_options = lens_cursor_u32 (&cursor) == COOKIE;
  if (!dhcp->has_options)
    {
      dhcp->odd |= LENS_DHCP_NO_COOKIE;
      dhcp->rest = (LensRange){ LENS_DHCP_FIXED_LENGTH, length - LENS_DHCP_FIXED_LENGTH };
      return TRUE;
    }
  dhcp->cookie.length = 4;
  parse_options (octets, length, dhcp);

  lens_dhcp_options_init (&options, octets, dhcp);
  while (lens_dhcp_options_next (&options, &option))
    {
      if (option.cut)
        dhcp->odd |= LENS_DHCP_OPTION_CUT;
      else if (has_wrong_length (&option))
        dhcp->odd |= LENS_DHCP_OPTION_LENGTH;
      if (option.code == LENS_DHCP_OPTION_TYPE && option.data.length > 0 && dhcp->type == 0)
        dhcp->type = octets[option.data.offset];
    }
  return TRUE;
}

void
lens_dhcp_options_init (LensDhcpOptions *options, const guint8 *octets, const LensDhcp *dhcp)
{
  *options = (LensDhcpOptions){ .octets = octets };
  options->areas[LENS_DHCP_IN_OPTIONS] = dhcp->options;
  if ((dhcp->overload & 1) != 0)
    options->areas[LENS_DHCP_IN_FILE] = dhcp->file;
  if ((dhcp->overload & 2) != 0)
    options->areas[LENS_DHCP_IN_SNAME] = dhcp->sname;
}

gboolean
lens_dhcp_options_next (LensDhcpOptions *options, LensDhcpOption *option)
{
  while (options->areas[options->area].length == 0)
    {
      if (options->area == LENS_DHCP_IN_SNAME)
        return FALSE;
      options->area++;
      options->ended = FALSE;
    }
  LensRange *area = &options->areas[options->area];
  *option = (LensDhcpOption){ .area = options->area, .after_end = options->ended };
  if (options->ended)
    {
      option->whole = option->data = *area;
      *area = (LensRange){ lens_range_end (*area), 0 };
      return TRUE;
    }
  take_option (options->octets, area, option);
  options->ended = option->code == LENS_DHCP_OPTION_END;
  return TRUE;
}

gboolean
lens_dhcp_option (const guint8 *octets, const LensDhcp *dhcp, guint8 code, LensRange *data)
{
  LensDhcpOptions options;
  LensDhcpOption option;

  lens_dhcp_options_init (&options, octets, dhcp);
  while (lens_dhcp_options_next (&options, &option))
    if (option.code == code && !option.after_end)
      {
        *data = option.data;
        return TRUE;
      }
  return FALSE;
}

guint
lens_dhcp_addresses (const guint8 *octets, const LensDhcp *dhcp, guint8 code, LensAddress *into,
                     guint most)
{
  LensDhcpOptions options;
  LensDhcpOption option;
  guint count = 0;

  lens_dhcp_options_init (&options, octets, dhcp);
  while (lens_dhcp_options_next (&options, &option))
    if (option.code == code && !option.after_end)
      for (gsize i = 0; i + 4 <= option.data.length && count < most; i += 4)
        into[count++] = lens_address_from_octets (4, octets + option.data.offset + i);
  return count;
}

gboolean
lens_dhcp_number (const guint8 *octets, const LensDhcp *dhcp, guint8 code, guint32 *number)
{
  LensRange data;

  if (!lens_dhcp_option (octets, dhcp, code, &data) || data.length != 4)
    return FALSE;
  LensCursor cursor = lens_cursor_over (octets + data.offset, data.length);
  *number = lens_cursor_u32 (&cursor);
  return TRUE;
}

char *
lens_dhcp_dup_text (const guint8 *octets, const LensDhcp *dhcp, guint8 code)
{
  LensRange data;

  if (!lens_dhcp_option (octets, dhcp, code, &data))
    return NULL;
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < data.length; i++)
    {
      guint8 octet = octets[data.offset + i];
      if (octet >= 0x20 && octet < 0x7f && octet != '\\')
        g_string_append_c (text, (char)octet);
      else
        g_string_append_printf (text, "\\x%02x", octet);
    }
  return g_string_free (text, FALSE);
}

gboolean
lens_dhcp6_parse (const guint8 *octets, gsize length, LensDhcp6 *dhcp6)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  guint8 type = lens_cursor_u8 (&cursor);
  gboolean is_relay = type == 12 || type == 13; /* RFC 8415 section 9 */
  gsize header = is_relay ? 34 : 4;

  if (length < header)
    return FALSE;
  *dhcp6 = (LensDhcp6){
    .type = type,
    .transaction = is_relay ? 0 : lens_cursor_u24 (&cursor),
    .header = { 0, header },
    .rest = { header, length - header },
  };
  return TRUE;
}

gboolean
lens_dhcp6_option_next (const guint8 *octets, LensRange *left, guint16 *code, LensRange *data)
{
  LensCursor cursor = lens_cursor_over (octets + left->offset, left->length);

  if (left->length == 0)
    return FALSE;
  *code = lens_cursor_u16 (&cursor);
  gsize wanted = lens_cursor_u16 (&cursor);
  gsize head = MIN (left->length, 4);
  *data = (LensRange){ left->offset + head, MIN (wanted, left->length - head) };
  left->length -= head + data->length;
  left->offset += head + data->length;
  return TRUE;
}

guint
lens_dhcp6_addresses (const guint8 *octets, const LensDhcp6 *dhcp6, guint16 wanted,
                      LensAddress *into, guint most)
{
  LensRange left = dhcp6->rest;
  LensRange data;
  LensRange part;
  guint16 code;
  guint16 sub;
  guint count = 0;

  while (lens_dhcp6_option_next (octets, &left, &code, &data))
    {
      if (code != wanted)
        continue;
      if (code == LENS_DHCP6_OPTION_NTP)
        {
          while (lens_dhcp6_option_next (octets, &data, &sub, &part))
            if ((sub == 1 || sub == 2) && part.length == 16 && count < most)
              into[count++] = lens_address_from_octets (6, octets + part.offset);
          continue;
        }
      for (gsize i = 0; i + 16 <= data.length && count < most; i += 16)
        into[count++] = lens_address_from_octets (6, octets + data.offset + i);
    }
  return count;
}
