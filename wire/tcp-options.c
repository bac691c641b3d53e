#include "wire/tcp-options.h"

#define EXPERIMENT_FAST_OPEN 0xf989 /* RFC 7413 section 4.1.1 */

gboolean
lens_tcp_option_next (const guint8 *octets, gsize length, gsize *position, LensTcpOption *option)
{
  gsize at = *position, left;

  if (at >= length)
    return FALSE;
  left = length - at;
  *option = (LensTcpOption){ .kind = octets[at], .whole = { at, 1 }, .data = { at + 1, 0 } };
  if (option->kind > LENS_TCP_OPTION_NOP)
    {
      gsize size = left >= 2 ? octets[at + 1] : 0;
      option->bad_length = size < 2 || size > left;
      option->whole.length = option->bad_length ? left : size;
      gsize head = MIN (option->whole.length, 2);
      option->data = (LensRange){ at + head, option->whole.length - head };
    }
  *position = lens_range_end (option->whole);
  return TRUE;
}

static guint32
number (const guint8 *octets, gsize length)
{
  guint32 value = 0;

  for (gsize i = 0; i < length; i++)
    value = value << 8 | octets[i];
  return value;
}

static void
take (const guint8 *octets, const LensTcpOption *option, LensTcpOptions *options)
{
  const guint8 *data = octets + option->data.offset;
  gsize length = option->data.length;

  switch (option->kind)
    {
    case LENS_TCP_OPTION_MSS:
      if (length == 2 && !options->has_mss)
        options->mss = (guint16)number (data, 2);
      options->has_mss |= length == 2;
      break;
    case LENS_TCP_OPTION_SCALE:
      if (length == 1 && !options->has_scale)
        options->scale = data[0];
      options->has_scale |= length == 1;
      break;
    case LENS_TCP_OPTION_SACK_PERMITTED:
      options->sack_permitted |= length == 0;
      break;
    case LENS_TCP_OPTION_TIMESTAMPS:
      if (length != 8 || options->has_timestamps)
        break;
      options->has_timestamps = TRUE;
      options->value = number (data, 4);
      options->echo = number (data + 4, 4);
      options->stamps = option->data;
      break;
    case LENS_TCP_OPTION_MPTCP:
      options->has_mptcp = TRUE;
      break;
    case LENS_TCP_OPTION_FAST_OPEN:
      options->has_fast_open = TRUE;
      break;
    case LENS_TCP_OPTION_EXPERIMENT_1:
    case LENS_TCP_OPTION_EXPERIMENT_2:
      options->has_fast_open |= length >= 2 && number (data, 2) == EXPERIMENT_FAST_OPEN;
      break;
    default:
      break;
    }
}

void
lens_tcp_options_parse (const guint8 *octets, gsize length, LensTcpOptions *options)
{
  LensTcpOption option;
  gsize position = 0;

  *options = (LensTcpOptions){ .padding = { length, 0 } };
  while (lens_tcp_option_next (octets, length, &position, &option))
    {
      if (option.kind == LENS_TCP_OPTION_END)
        {
          options->padding = (LensRange){ position, length - position };
          return;
        }
      if (!option.bad_length)
        take (octets, &option, options);
    }
}
