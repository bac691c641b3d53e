#include "wire/rtsp-header.h"

#include <string.h>

static gboolean
is_blank (guint8 octet)
{
  return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

static LensRange
trimmed (const guint8 *octets, gsize start, gsize end)
{
  while (start < end && is_blank (octets[start]))
    start++;
  while (end > start && is_blank (octets[end - 1]))
    end--;
  return (LensRange){ start, end - start };
}

/* The offset of the first @wanted in the range, or its end. */
static gsize
find (const guint8 *octets, gsize start, gsize end, guint8 wanted)
{
  const guint8 *at = end > start ? memchr (octets + start, wanted, end - start) : NULL;

  return at != NULL ? (gsize)(at - octets) : end;
}

gboolean
lens_rtsp_header_next (const guint8 *octets, LensRange headers, gsize *position,
                       LensRtspHeader *header)
{
  gsize end = lens_range_end (headers);
  gsize start = headers.offset + *position;

  if (start >= end || octets[start] == '\n'
      || (octets[start] == '\r' && (start + 1 == end || octets[start + 1] == '\n')))
    return FALSE;

  gsize next = MIN (find (octets, start, end, '\n') + 1, end);
  gsize first_line_end = next;
  while (next < end && (octets[next] == ' ' || octets[next] == '\t'))
    next = MIN (find (octets, next, end, '\n') + 1, end);

  gsize colon = find (octets, start, first_line_end, ':');
  *header = (LensRtspHeader){
    .line = { start, next - start },
    .has_colon = colon<first_line_end, .folded = next> first_line_end,
    .name = trimmed (octets, start, colon),
    .value = trimmed (octets, MIN (colon + 1, next), next),
  };
  if (!header->has_colon)
    header->value = (LensRange){ next, 0 };
  *position = next - headers.offset;
  return TRUE;
}

gboolean
lens_rtsp_is (const guint8 *octets, LensRange range, const char *text)
{
  return range.length == strlen (text)
         && g_ascii_strncasecmp ((const char *)octets + range.offset, text, range.length) == 0;
}

gboolean
lens_rtsp_header_find (const guint8 *octets, LensRange headers, const char *name, guint nth,
                       LensRange *value)
{
  LensRtspHeader header;
  gsize position = 0;

  while (lens_rtsp_header_next (octets, headers, &position, &header))
    if (header.has_colon && lens_rtsp_is (octets, header.name, name) && nth-- == 0)
      {
        *value = header.value;
        return TRUE;
      }
  return FALSE;
}

gboolean
lens_rtsp_number (const guint8 *octets, LensRange range, guint64 *number)
{
  guint64 value = 0;

  if (range.length == 0 || range.length > 18)
    return FALSE;
  for (gsize i = range.offset; i < lens_range_end (range); i++)
    {
      if (!g_ascii_isdigit (octets[i]))
        return FALSE;
      value = value * 10 + (octets[i] - '0');
    }
  *number = value;
  return TRUE;
}

gboolean
lens_rtsp_cseq (const guint8 *octets, LensRange headers, guint64 *cseq)
{
  LensRange value;

  return lens_rtsp_header_find (octets, headers, "CSeq", 0, &value)
         && lens_rtsp_number (octets, value, cseq);
}

/* A parameter "name=value" or "name"; quotes around the value are left out. */
typedef struct
{
  LensRange name;
  LensRange value;
} Parameter;

/* The next part of a list whose separators @stops do not count inside quotes. */
static LensRange
next_part (const guint8 *octets, gsize *position, gsize end, const char *stops)
{
  gsize start = *position;
  gboolean quoted = FALSE;
  gsize at = start;

  for (; at < end; at++)
    {
      if (octets[at] == '"')
        quoted = !quoted;
      else if (!quoted && octets[at] != 0 && strchr (stops, octets[at]) != NULL)
        break;
    }
  *position = MIN (at + 1, end);
  return (LensRange){ start, at - start };
}

static Parameter
parse_parameter (const guint8 *octets, LensRange part)
{
  gsize end = lens_range_end (part);
  gsize equals = find (octets, part.offset, end, '=');
  Parameter parameter = {
    .name = trimmed (octets, part.offset, equals),
    .value = trimmed (octets, MIN (equals + 1, end), end),
  };
  LensRange *value = &parameter.value;

  if (value->length >= 2 && octets[value->offset] == '"'
      && octets[lens_range_end (*value) - 1] == '"')
    *value = (LensRange){ value->offset + 1, value->length - 2 };
  return parameter;
}

gboolean
lens_rtsp_session (const guint8 *octets, LensRange headers, LensRange *id, guint64 *timeout)
{
  LensRange value;

  if (!lens_rtsp_header_find (octets, headers, "Session", 0, &value))
    return FALSE;

  gsize position = value.offset;
  gsize end = lens_range_end (value);
  LensRange part = next_part (octets, &position, end, ";");
  *id = trimmed (octets, part.offset, lens_range_end (part));
  *timeout = 60;
  while (position < end)
    {
      Parameter parameter = parse_parameter (octets, next_part (octets, &position, end, ";"));
      if (lens_rtsp_is (octets, parameter.name, "timeout"))
        (void)lens_rtsp_number (octets, parameter.value, timeout);
    }
  return TRUE;
}

static gint
small_number (const guint8 *octets, LensRange range)
{
  guint64 number;

  return lens_rtsp_number (octets, range, &number) && number <= G_MAXINT ? (gint)number : -1;
}

static LensRtspPair
parse_pair (const guint8 *octets, LensRange value)
{
  gsize end = lens_range_end (value);
  gsize dash = find (octets, value.offset, end, '-');

  return (LensRtspPair){
    .first = small_number (octets, trimmed (octets, value.offset, dash)),
    .last = small_number (octets, trimmed (octets, MIN (dash + 1, end), end)),
  };
}

/* Hexadecimal; cameras put blanks around it, RFC 7826 lists several behind slashes. */
static gboolean
parse_ssrc (const guint8 *octets, LensRange value, guint32 *ssrc)
{
  gsize end = find (octets, value.offset, lens_range_end (value), '/');
  LensRange first = trimmed (octets, value.offset, end);

  if (first.length == 0 || first.length > 8)
    return FALSE;
  *ssrc = 0;
  for (gsize i = first.offset; i < lens_range_end (first); i++)
    {
      if (!g_ascii_isxdigit (octets[i]))
        return FALSE;
      *ssrc = *ssrc << 4 | (guint32)g_ascii_xdigit_value ((gchar)octets[i]);
    }
  return TRUE;
}

static gboolean
take_pair (const guint8 *octets, const Parameter *parameter, LensRtspTransport *spec)
{
  const struct
  {
    const char *name;
    LensRtspPair *pair;
  } pairs[] = {
    { "interleaved", &spec->interleaved },
    { "client_port", &spec->client_port },
    { "server_port", &spec->server_port },
    { "port", &spec->port },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (lens_rtsp_is (octets, parameter->name, pairs[i].name))
      {
        *pairs[i].pair = parse_pair (octets, parameter->value);
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_range (const guint8 *octets, const Parameter *parameter, LensRtspTransport *spec)
{
  const struct
  {
    const char *name;
    LensRange *range;
  } ranges[] = {
    { "destination", &spec->destination },
    { "source", &spec->source },
    { "dest_addr", &spec->dest_addr },
    { "src_addr", &spec->src_addr },
    { "mode", &spec->mode },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (lens_rtsp_is (octets, parameter->name, ranges[i].name))
      {
        *ranges[i].range = parameter->value;
        return TRUE;
      }
  return FALSE;
}

static void
take_parameter (const guint8 *octets, const Parameter *parameter, LensRtspTransport *spec)
{
  static const char *const without_use[] = { "append", "setup", "connection", "MIKEY" };
  LensRange name = parameter->name;

  if (name.length == 0 || take_pair (octets, parameter, spec)
      || take_range (octets, parameter, spec))
    return;
  if (lens_rtsp_is (octets, name, "unicast"))
    spec->unicast = TRUE;
  else if (lens_rtsp_is (octets, name, "multicast"))
    spec->multicast = TRUE;
  else if (lens_rtsp_is (octets, name, "RTCP-mux"))
    spec->rtcp_mux = TRUE;
  else if (lens_rtsp_is (octets, name, "ttl"))
    spec->ttl = small_number (octets, parameter->value);
  else if (lens_rtsp_is (octets, name, "layers"))
    spec->layers = small_number (octets, parameter->value);
  else if (lens_rtsp_is (octets, name, "ssrc"))
    spec->has_ssrc = parse_ssrc (octets, parameter->value, &spec->ssrc);
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (without_use); i++)
        if (lens_rtsp_is (octets, name, without_use[i]))
          return;
      spec->n_unknown++;
      LensRange whole = { name.offset, lens_range_end (parameter->value) - name.offset };
      if (whole.length > spec->unknown.length)
        spec->unknown = whole;
    }
}

static LensRtspTransport
parse_spec (const guint8 *octets, LensRange whole)
{
  const LensRtspPair absent = { -1, -1 };
  LensRtspTransport spec = {
    .whole = trimmed (octets, whole.offset, lens_range_end (whole)),
    .interleaved = absent,
    .client_port = absent,
    .server_port = absent,
    .port = absent,
    .ttl = -1,
    .layers = -1,
  };
  gsize end = lens_range_end (spec.whole);
  gsize position = spec.whole.offset;
  LensRange part = next_part (octets, &position, end, ";");

  spec.protocol = trimmed (octets, part.offset, lens_range_end (part));
  LensRange tail = { lens_range_end (spec.protocol) - MIN (spec.protocol.length, 4),
                     MIN (spec.protocol.length, 4) };
  spec.is_tcp = lens_rtsp_is (octets, tail, "/TCP");
  while (position < end)
    {
      Parameter parameter = parse_parameter (octets, next_part (octets, &position, end, ";"));
      take_parameter (octets, &parameter, &spec);
    }
  return spec;
}

guint
lens_rtsp_transport (const guint8 *octets, LensRange value, LensRtspTransport *specs, guint max)
{
  gsize position = value.offset;
  gsize end = lens_range_end (value);
  guint n = 0;

  while (position < end && n < max)
    {
      LensRange part = next_part (octets, &position, end, ",");
      if (trimmed (octets, part.offset, lens_range_end (part)).length > 0)
        specs[n++] = parse_spec (octets, part);
    }
  return n;
}

/* Where the entry that starts at @start ends: at a comma before "url=", for URLs may hold
 * commas of their own. */
static gsize
rtp_info_end (const guint8 *octets, gsize start, gsize end)
{
  for (gsize comma = find (octets, start, end, ','); comma < end;
       comma = find (octets, comma + 1, end, ','))
    {
      LensRange rest = trimmed (octets, comma + 1, end);
      if (rest.length == 0)
        return comma;
      rest.length = MIN (rest.length, 4);
      if (lens_rtsp_is (octets, rest, "url="))
        return comma;
    }
  return end;
}

/* A field of an RTP-Info entry; of the numbers of several sources the first ones count. */
static void
take_info (const guint8 *octets, const Parameter *parameter, LensRtspRtpInfo *info)
{
  guint64 number = 0;
  gboolean is_number = lens_rtsp_number (octets, parameter->value, &number);

  if (lens_rtsp_is (octets, parameter->name, "url") && info->url.length == 0)
    info->url = parameter->value;
  else if (lens_rtsp_is (octets, parameter->name, "ssrc") && !info->has_ssrc)
    info->has_ssrc = parse_ssrc (octets, parameter->value, &info->ssrc);
  else if (lens_rtsp_is (octets, parameter->name, "seq") && is_number && number <= G_MAXUINT16
           && !info->has_sequence)
    {
      info->has_sequence = TRUE;
      info->sequence = (guint16)number;
    }
  else if (lens_rtsp_is (octets, parameter->name, "rtptime") && is_number && number <= G_MAXUINT32
           && !info->has_timestamp)
    {
      info->has_timestamp = TRUE;
      info->timestamp = (guint32)number;
    }
}

/* Where the value of @part that RFC 7826 puts others behind ends: `"URL" ssrc=` with a blank,
 * `ssrc=0123:seq=` with a colon; any other goes on to the end. */
static gsize
info_value_end (const guint8 *octets, LensRange part)
{
  gsize end = lens_range_end (part);
  gsize equals = find (octets, part.offset, end, '=');
  LensRange name = trimmed (octets, part.offset, equals);
  gsize at = trimmed (octets, MIN (equals + 1, end), end).offset;

  if (at < end && octets[at] == '"')
    return MIN (find (octets, at + 1, end, '"') + 1, end);
  return lens_rtsp_is (octets, name, "ssrc") ? find (octets, at, end, ':')
                                             : find (octets, at, end, ' ');
}

gboolean
lens_rtsp_rtp_info_next (const guint8 *octets, LensRange value, gsize *position,
                         LensRtspRtpInfo *info)
{
  gsize start = value.offset + *position;
  gsize end = lens_range_end (value);

  if (*position >= value.length)
    return FALSE;

  gsize stop = rtp_info_end (octets, start, end);
  *info = (LensRtspRtpInfo){ .whole = { start, stop - start } };
  for (gsize at = start; at < stop;)
    {
      LensRange part = next_part (octets, &at, stop, ";");
      for (gsize last = lens_range_end (part), from = part.offset; from < last;)
        {
          LensRange rest = trimmed (octets, from, last);
          gsize value_end = info_value_end (octets, rest);
          Parameter parameter
              = parse_parameter (octets, (LensRange){ rest.offset, value_end - rest.offset });
          take_info (octets, &parameter, info);
          from = value_end + 1;
        }
    }
  *position = MIN (stop + 1, end) - value.offset;
  return TRUE;
}

char *
lens_rtsp_join_control (const char *base, const char *control)
{
  if (control == NULL || *control == '\0' || strcmp (control, "*") == 0)
    return g_strdup (base);
  if (g_ascii_strncasecmp (control, "rtsp://", 7) == 0
      || g_ascii_strncasecmp (control, "rtsps://", 8) == 0
      || g_ascii_strncasecmp (control, "rtspu://", 8) == 0)
    return g_strdup (control);
  return g_strconcat (base, g_str_has_suffix (base, "/") ? "" : "/", control, NULL);
}
