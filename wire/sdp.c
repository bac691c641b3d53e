#include "wire/sdp.h"

#include <string.h>

typedef struct
{
  const char *name;
  LensSdpVary vary;
  guint8 most; /* lines of it that a description has use for, by section */
} Attribute;

enum
{
  ONCE = 4,         /* at most; servers say some twice */
  BY_FORMAT = 64,   /* for each payload type of the m= line, or several */
  BANDWIDTHS = 6,   /* AS, CT, TIAS, RR, RS (RFC 8866, 3890, 3556) */
  SOURCES = 8,      /* two, each with four attributes (RFC 5576) */
  EXTENSIONS = 16,  /* one-byte identifiers (RFC 8285) */
  MAKERS_LINE = 128 /* octets */
};

/* Attributes registered with IANA or written down by ONVIF and 3GPP. */
static const Attribute attributes[] = {
  /* RFC 8866 */
  { "cat", LENS_SDP_FIXED, ONCE },
  { "keywds", LENS_SDP_FIXED, ONCE },
  { "tool", LENS_SDP_FIXED, ONCE },
  { "ptime", LENS_SDP_FIXED, ONCE },
  { "maxptime", LENS_SDP_FIXED, ONCE },
  { "rtpmap", LENS_SDP_FIXED, BY_FORMAT },
  { "recvonly", LENS_SDP_FIXED, ONCE },
  { "sendrecv", LENS_SDP_FIXED, ONCE },
  { "sendonly", LENS_SDP_FIXED, ONCE },
  { "inactive", LENS_SDP_FIXED, ONCE },
  { "orient", LENS_SDP_FIXED, ONCE },
  { "type", LENS_SDP_FIXED, ONCE },
  { "charset", LENS_SDP_FIXED, ONCE },
  { "sdplang", LENS_SDP_FIXED, ONCE },
  { "lang", LENS_SDP_FIXED, ONCE },
  { "framerate", LENS_SDP_FIXED, ONCE },
  { "quality", LENS_SDP_FIXED, ONCE },
  { "fmtp", LENS_SDP_FIXED, BY_FORMAT },
  /* RFC 2326, RFC 7826, ONVIF, 3GPP TS 26.234 */
  { "control", LENS_SDP_FIXED, ONCE },
  { "range", LENS_SDP_NUMBERS, ONCE },
  { "etag", LENS_SDP_FIXED, ONCE },
  { "mtag", LENS_SDP_FIXED, ONCE },
  { "x-onvif-track", LENS_SDP_FIXED, ONCE },
  { "framesize", LENS_SDP_FIXED, BY_FORMAT },
  /* RTP and its friends: RFC 3605, 4585, 5506, 5576, 5761, 5888, 8285, 8852 ... */
  { "rtcp", LENS_SDP_RANDOM, ONCE },
  { "rtcp-fb", LENS_SDP_FIXED, BY_FORMAT },
  { "rtcp-mux", LENS_SDP_FIXED, ONCE },
  { "rtcp-rsize", LENS_SDP_FIXED, ONCE },
  { "rtcp-xr", LENS_SDP_FIXED, ONCE },
  { "rtcp-unicast", LENS_SDP_FIXED, ONCE },
  { "ssrc", LENS_SDP_RANDOM, SOURCES },
  { "ssrc-group", LENS_SDP_RANDOM, ONCE },
  { "mid", LENS_SDP_FIXED, ONCE },
  { "group", LENS_SDP_FIXED, ONCE },
  { "extmap", LENS_SDP_FIXED, EXTENSIONS },
  { "extmap-allow-mixed", LENS_SDP_FIXED, ONCE },
  { "msid", LENS_SDP_RANDOM, ONCE },
  { "msid-semantic", LENS_SDP_RANDOM, ONCE },
  { "rid", LENS_SDP_FIXED, SOURCES },
  { "simulcast", LENS_SDP_FIXED, ONCE },
  { "imageattr", LENS_SDP_FIXED, ONCE },
  { "label", LENS_SDP_FIXED, ONCE },
  { "content", LENS_SDP_FIXED, ONCE },
  { "depend", LENS_SDP_FIXED, SOURCES },
  { "source-filter", LENS_SDP_RANDOM, ONCE },
  { "ts-refclk", LENS_SDP_NUMBERS, ONCE },
  { "mediaclk", LENS_SDP_NUMBERS, ONCE },
  { "bundle-only", LENS_SDP_FIXED, ONCE },
  /* keys: RFC 4567, 4568, 4572, 8122; connections: RFC 4145, 8839 */
  { "key-mgmt", LENS_SDP_RANDOM, ONCE },
  { "crypto", LENS_SDP_RANDOM, SOURCES },
  { "fingerprint", LENS_SDP_RANDOM, ONCE },
  { "setup", LENS_SDP_FIXED, ONCE },
  { "connection", LENS_SDP_FIXED, ONCE },
  { "zrtp-hash", LENS_SDP_RANDOM, ONCE },
  { "ice-ufrag", LENS_SDP_RANDOM, ONCE },
  { "ice-pwd", LENS_SDP_RANDOM, ONCE },
  { "ice-lite", LENS_SDP_FIXED, ONCE },
  { "ice-options", LENS_SDP_FIXED, ONCE },
  { "candidate", LENS_SDP_RANDOM, BY_FORMAT },
  { "end-of-candidates", LENS_SDP_FIXED, ONCE },
};

/* Names of no document that cameras send: Hikvision, Dahua, Axis, and what QuickTime, Real and
 * MPEG-4 servers left behind. */
static const struct
{
  const char *name;
  gsize longest; /* octets of the value; 0: MAKERS_LINE */
} makers[] = {
  { "Media_header", 96 },
  { "appversion", 0 },
  { "x-dimensions", 0 },
  { "x-framerate", 0 },
  { "packetization-supported", 0 },
  { "rtppayload-supported", 0 },
  { "x-packetization-supported", 0 },
  { "x-rtppayload-supported", 0 },
  { "x-summary", 0 },
  { "transform", 0 },
  { "x-qt-text-nam", 0 },
  { "x-qt-text-inf", 0 },
  { "x-bufferdelay", 0 },
  { "cliprect", 0 },
  { "mpeg4-iod", 600 },
  { "mpeg4-esid", 0 },
  { "isma-compliance", 0 },
  { "StreamName", 0 },
  { "AvgBitRate", 0 },
  { "AvgPacketSize", 0 },
  { "MaxBitRate", 0 },
  { "MaxPacketSize", 0 },
  { "Width", 0 },
  { "Height", 0 },
  { "x-vp", 0 },
  { "3GPP-Adaptation-Support", 0 },
  { "decode_buf", 0 },
  { "rtpinfo", 0 },
  { "codec", 0 },
};

typedef struct
{
  LensSdp *sdp;
  LensSdpMedia *media; /* the section being read, or NULL */
  gboolean full;       /* past the cap: sections are no longer kept */
} Parser;

static void
clear_rtpmap (gpointer data)
{
  g_free (((LensSdpRtpmap *)data)->encoding);
}

static void
clear_fmtp (gpointer data)
{
  LensSdpFmtp *fmtp = data;

  g_free (fmtp->format);
  g_free (fmtp->parameters);
}

static void
clear_extmap (gpointer data)
{
  g_free (((LensSdpExtmap *)data)->uri);
}

static GArray *
list_new (guint size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, size);

  g_array_set_clear_func (list, clear);
  return list;
}

static void
media_free (gpointer data)
{
  LensSdpMedia *media = data;

  g_free (media->media);
  g_free (media->proto);
  g_ptr_array_unref (media->formats);
  g_array_unref (media->rtpmaps);
  g_array_unref (media->fmtps);
  g_array_unref (media->extmaps);
  g_free (media->control);
  g_free (media->connection);
  g_free (media->mid);
  g_free (media);
}

static LensSdpMedia *
media_new (LensSdpDirection direction)
{
  LensSdpMedia *media = g_new0 (LensSdpMedia, 1);

  media->formats = g_ptr_array_new_with_free_func (g_free);
  media->rtpmaps = list_new (sizeof (LensSdpRtpmap), clear_rtpmap);
  media->fmtps = list_new (sizeof (LensSdpFmtp), clear_fmtp);
  media->extmaps = list_new (sizeof (LensSdpExtmap), clear_extmap);
  media->direction = direction;
  return media;
}

/* The next word of @text, or NULL at its end. */
static char *
take_word (const char **text)
{
  const char *start = *text + strspn (*text, " \t");
  gsize length = strcspn (start, " \t");

  *text = start + length;
  return length > 0 ? g_strndup (start, length) : NULL;
}

static guint
count_words (const char *text)
{
  guint n = 0;

  for (text += strspn (text, " \t"); *text != '\0'; text += strspn (text, " \t"))
    {
      text += strcspn (text, " \t");
      n++;
    }
  return n;
}

/* Reads digits; FALSE when there are none or the number is above @max. */
static gboolean
take_number (const char **text, guint64 max, guint *number)
{
  guint64 value = 0;
  const char *at = *text;

  for (; g_ascii_isdigit (*at) && value <= max; at++)
    value = value * 10 + (guint64)(*at - '0');
  if (at == *text || value > max)
    return FALSE;
  *text = at;
  *number = (guint)value;
  return TRUE;
}

static void
replace (char **string, const char *value)
{
  g_free (*string);
  *string = g_strdup (value);
}

/* m=<media> <port>["/"<number>] <proto> <fmt> ... (5.14) */
static gboolean
parse_media (Parser *parser, const char *value)
{
  LensSdp *sdp = parser->sdp;

  parser->media = NULL;
  parser->full = sdp->media->len >= LENS_SDP_MAX_MEDIA;
  if (parser->full)
    return FALSE;

  LensSdpMedia *media = media_new (sdp->direction);
  g_ptr_array_add (sdp->media, media);
  parser->media = media;
  media->media = take_word (&value);
  g_autofree char *port = take_word (&value);
  const char *digits = port;
  gboolean good = port != NULL && take_number (&digits, G_MAXUINT16, &media->port)
                  && (*digits == '\0' || *digits == '/');
  media->proto = take_word (&value);
  while (media->formats->len < LENS_SDP_MAX_ENTRIES)
    {
      char *format = take_word (&value);
      if (format == NULL)
        break;
      g_ptr_array_add (media->formats, format);
    }
  return good && media->formats->len > 0 && *value == '\0';
}

/* a=rtpmap:<payload type> <encoding name>/<clock rate>[/<encoding parameters>] (6.6) */
static gboolean
parse_rtpmap (LensSdpMedia *media, const char *value)
{
  LensSdpRtpmap map = { .channels = 1 };

  if (media == NULL || media->rtpmaps->len >= LENS_SDP_MAX_ENTRIES)
    return FALSE;
  value += strspn (value, " ");
  if (!take_number (&value, 127, &map.payload_type))
    return FALSE;
  value += strspn (value, " \t");
  gsize length = strcspn (value, "/ ");
  map.encoding = g_strndup (value, length);
  value += length;
  gboolean good = length > 0 && *value == '/';
  value += *value == '/';
  good = take_number (&value, G_MAXUINT32, &map.clock) && good;
  if (*value == '/')
    {
      value++;
      if (!take_number (&value, G_MAXUINT16, &map.channels))
        map.channels = 1;
    }
  g_array_append_val (media->rtpmaps, map);
  return good && *value == '\0';
}

/* a=fmtp:<format> <format specific parameters> (6.15) */
static gboolean
parse_fmtp (LensSdpMedia *media, const char *value)
{
  if (media == NULL || media->fmtps->len >= LENS_SDP_MAX_ENTRIES)
    return FALSE;

  char *format = take_word (&value);
  if (format == NULL)
    return FALSE;
  value += strspn (value, " \t");
  const LensSdpFmtp fmtp = { format, g_strdup (value) };
  g_array_append_val (media->fmtps, fmtp);
  return *value != '\0';
}

/* Where those who define header extensions name them; others are of some maker. */
static gboolean
is_documents (const char *uri)
{
  static const char *const roots[] = {
    "urn:ietf:params:rtp-hdrext:",
    "urn:3gpp:",
    "http://www.webrtc.org/experiments/rtp-hdrext/",
    "http://www.ietf.org/id/draft-",
    "http://tools.ietf.org/html/draft-",
    "https://aomediacodec.github.io/av1-rtp-spec/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    if (g_ascii_strncasecmp (uri, roots[i], strlen (roots[i])) == 0)
      return TRUE;
  return FALSE;
}

/* a=extmap:<id>["/"<direction>] <URI> <attributes> (RFC 8285 8) */
static gboolean
parse_extmap (Parser *parser, const char *value)
{
  GArray *list = parser->media != NULL ? parser->media->extmaps : parser->sdp->extmaps;
  LensSdpExtmap map = { 0 };

  if (list->len >= LENS_SDP_MAX_ENTRIES || !take_number (&value, G_MAXUINT16, &map.id))
    return FALSE;
  value += strcspn (value, " ");
  map.uri = take_word (&value);
  if (map.uri == NULL)
    return FALSE;
  g_array_append_val (list, map);
  return is_documents (map.uri);
}

static gboolean
parse_direction (Parser *parser, const char *name)
{
  static const char *const names[] = { "sendrecv", "sendonly", "recvonly", "inactive" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        if (parser->media != NULL)
          parser->media->direction = (LensSdpDirection)i;
        else
          parser->sdp->direction = (LensSdpDirection)i;
        return TRUE;
      }
  return FALSE;
}

/* What is known of an attribute's name; whether a document has it. */
static gboolean
know (const char *name, LensSdpLine *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (strcmp (name, attributes[i].name) == 0)
      {
        line->vary = attributes[i].vary;
        line->most = attributes[i].most;
        return TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (makers) && !line->makers; i++)
    if (g_ascii_strcasecmp (name, makers[i].name) == 0)
      {
        line->makers = TRUE;
        line->longest = makers[i].longest > 0 ? makers[i].longest : MAKERS_LINE;
      }
  return FALSE;
}

/* a=<name>[:<value>] (5.13) */
static gboolean
parse_attribute (Parser *parser, const char *text, LensSdpLine *line)
{
  LensSdpMedia *media = parser->media;
  gsize length = strcspn (text, ":");
  g_autofree char *name = g_strndup (text, length);
  const char *value = text + length + (text[length] == ':');

  gboolean known = know (name, line);
  line->name = length;
  line->value += length + (text[length] == ':');
  if (strcmp (name, "rtpmap") == 0)
    return parse_rtpmap (media, value);
  if (strcmp (name, "fmtp") == 0)
    return parse_fmtp (media, value);
  if (strcmp (name, "extmap") == 0)
    return parse_extmap (parser, value);
  if (strcmp (name, "control") == 0)
    replace (media != NULL ? &media->control : &parser->sdp->control, value);
  else if (strcmp (name, "mid") == 0 && media != NULL)
    replace (&media->mid, value);
  else if (strcmp (name, "rtcp-mux") == 0 && media != NULL)
    media->rtcp_mux = TRUE;
  else if (*value == '\0' && parse_direction (parser, name))
    return TRUE;
  return known;
}

/* c=<nettype> <addrtype> <connection-address> (5.7) */
static gboolean
parse_connection (Parser *parser, const char *value)
{
  g_autofree char *network = take_word (&value);
  g_autofree char *family = take_word (&value);
  g_autofree char *address = take_word (&value);

  if (address == NULL)
    return FALSE;
  replace (parser->media != NULL ? &parser->media->connection : &parser->sdp->connection, address);
  return strcmp (network, "IN") == 0 && g_str_has_prefix (family, "IP") && count_words (value) == 0;
}

static gboolean
parse_line (Parser *parser, char type, const char *value, LensSdpLine *line)
{
  LensSdp *sdp = parser->sdp;

  if (type == 'm')
    return parse_media (parser, value);
  if (parser->full)
    return FALSE;
  switch (type)
    {
    case 'a':
      return parse_attribute (parser, value, line);
    case 'c':
      return parse_connection (parser, value);
    case 'v':
      return strcmp (value, "0") == 0;
    case 'o':
      line->vary = LENS_SDP_NUMBERS;
      replace (&sdp->origin, value);
      return count_words (value) == 6;
    case 's':
      replace (&sdp->name, value);
      return TRUE;
    case 't':
      return count_words (value) == 2;
    case 'b':
      return strchr (value, ':') != NULL;
    default:
      return type != '\0' && strchr ("iueprzk", type) != NULL;
    }
}

static gboolean
has_control_characters (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((octets[i] < 0x20 && octets[i] != '\t') || octets[i] == 0x7f)
      return TRUE;
  return FALSE;
}

/* One line without its end. */
static void
take_line (Parser *parser, const guint8 *octets, gsize length, LensSdpLine *line)
{
  line->text = length;
  gboolean odd = has_control_characters (octets, length);

  if (length >= 2 && g_ascii_isalpha (octets[0]) && octets[1] == '=')
    {
      gsize end = length;
      while (end > 2 && octets[end - 1] == ' ')
        end--;
      g_autofree char *value = g_strndup ((const char *)octets + 2, end - 2);
      line->type = (char)octets[0];
      line->value = 2;
      line->vary = strchr ("cm", line->type) != NULL     ? LENS_SDP_RANDOM
                   : strchr ("btrz", line->type) != NULL ? LENS_SDP_NUMBERS
                                                         : LENS_SDP_FIXED;
      line->most = line->type == 'b'                     ? BANDWIDTHS
                   : strchr ("cmtr", line->type) != NULL ? BY_FORMAT
                                                         : ONCE;
      line->understood = parse_line (parser, line->type, value, line) && !odd;
    }
  else
    line->understood = length == 0;
  line->media = parser->media != NULL ? (gint)parser->sdp->media->len - 1 : -1;
}

LensSdp *
lens_sdp_parse (const guint8 *octets, gsize length)
{
  LensSdp *sdp = g_new0 (LensSdp, 1);
  Parser parser = { .sdp = sdp };
  gsize position = 0;

  sdp->lines = g_array_new (FALSE, FALSE, sizeof (LensSdpLine));
  sdp->media = g_ptr_array_new_with_free_func (media_free);
  sdp->extmaps = list_new (sizeof (LensSdpExtmap), clear_extmap);
  while (position < length)
    {
      const guint8 *start = octets + position;
      const guint8 *end = memchr (start, '\n', length - position);
      LensSdpLine line = { .offset = position, .length = length - position, .media = -1 };
      if (sdp->lines->len < LENS_SDP_MAX_LINES)
        {
          gsize text = end != NULL ? (gsize)(end - start) : line.length;
          line.length = end != NULL ? text + 1 : text;
          while (text > 0 && start[text - 1] == '\r')
            text--;
          take_line (&parser, start, text, &line);
        }
      g_array_append_val (sdp->lines, line);
      position += line.length;
    }
  return sdp;
}

void
lens_sdp_free (LensSdp *sdp)
{
  if (sdp == NULL)
    return;
  g_array_unref (sdp->lines);
  g_ptr_array_unref (sdp->media);
  g_array_unref (sdp->extmaps);
  g_free (sdp->origin);
  g_free (sdp->name);
  g_free (sdp->control);
  g_free (sdp->connection);
  g_free (sdp);
}

static gboolean
is_payload_type (const char *format, guint payload_type)
{
  guint number;

  return take_number (&format, 127, &number) && *format == '\0' && number == payload_type;
}

gboolean
lens_sdp_has_format (const LensSdpMedia *media, guint payload_type)
{
  for (guint i = 0; i < media->formats->len; i++)
    if (is_payload_type (g_ptr_array_index (media->formats, i), payload_type))
      return TRUE;
  return FALSE;
}

const LensSdpRtpmap *
lens_sdp_rtpmap (const LensSdpMedia *media, guint payload_type)
{
  for (guint i = 0; i < media->rtpmaps->len; i++)
    {
      const LensSdpRtpmap *map = &g_array_index (media->rtpmaps, LensSdpRtpmap, i);
      if (map->payload_type == payload_type)
        return map;
    }
  return NULL;
}

const char *
lens_sdp_fmtp (const LensSdpMedia *media, guint payload_type)
{
  for (guint i = 0; i < media->fmtps->len; i++)
    {
      const LensSdpFmtp *fmtp = &g_array_index (media->fmtps, LensSdpFmtp, i);
      if (is_payload_type (fmtp->format, payload_type))
        return fmtp->parameters;
    }
  return NULL;
}

char *
lens_sdp_parameter (const char *parameters, const char *name)
{
  gsize wanted = strlen (name);

  while (*parameters != '\0')
    {
      parameters += strspn (parameters, "; \t");
      gsize length = strcspn (parameters, ";");
      gsize key = strcspn (parameters, "=;");
      gsize value = MIN (key + 1, length);
      if (key == wanted && g_ascii_strncasecmp (parameters, name, key) == 0)
        return g_strchomp (g_strndup (parameters + value, length - value));
      parameters += length;
    }
  return NULL;
}
