#include "wire/octets.h"
#include "wire/rtsp-shape.h"

#include <string.h>

/* Which parts of a value vary. */
typedef enum
{
  NOTHING,
  NUMBERS, /* and times */
  FIRST,   /* up to the first semicolon */
  NAMED,   /* values of the parameters that are named */
} Vary;

typedef struct
{
  const char *name;
  LensRtspNature nature;
  Vary vary;
  const char *parameters; /* NAMED: each behind a blank and before one */
} Row;

#define ADDRESSES                                                                                  \
  " interleaved client_port server_port port ssrc source destination ttl layers src_addr "         \
  "dest_addr mode setup connection "
#define NONCES " nonce opaque nextnonce cnonce rspauth nc response "

/* Names that RFC 2326 and RFC 7826 define or take over from HTTP, and those that servers in the
 * field send with constant values. */
static const Row rows[] = {
  { "CSeq", LENS_RTSP_NATURE_OWN, NOTHING, NULL },
  { "Content-Length", LENS_RTSP_NATURE_OWN, NOTHING, NULL },
  { "Date", LENS_RTSP_NATURE_DATE, NUMBERS, NULL },
  { "Expires", LENS_RTSP_NATURE_DATE, NUMBERS, NULL },
  { "Last-Modified", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "Content-Base", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "Content-Location", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "Location", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "ETag", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "MTag", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "Session", LENS_RTSP_NATURE_PARTS, FIRST, NULL },
  { "Transport", LENS_RTSP_NATURE_PARTS, NAMED, ADDRESSES },
  { "RTP-Info", LENS_RTSP_NATURE_PARTS, NAMED, " url seq rtptime ssrc " },
  { "WWW-Authenticate", LENS_RTSP_NATURE_PARTS, NAMED, NONCES },
  { "Proxy-Authenticate", LENS_RTSP_NATURE_PARTS, NAMED, NONCES },
  { "Authentication-Info", LENS_RTSP_NATURE_PARTS, NAMED, NONCES },
  { "Range", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Media-Range", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Media-Properties", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Scale", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Speed", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Timestamp", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Retry-After", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "x-Dynamic-Rate", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Accept", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Accept-Encoding", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Accept-Language", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Accept-Ranges", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Allow", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Bandwidth", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Blocksize", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Cache-Control", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Connection", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Content-Encoding", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Content-Language", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Connection-Credentials", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Content-Type", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Notify-Reason", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Pipelined-Requests", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Pragma", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Proxy-Authentication-Info", LENS_RTSP_NATURE_PARTS, NAMED, NONCES },
  { "Proxy-Require", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Proxy-Supported", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Public", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Referrer", LENS_RTSP_NATURE_URL, NOTHING, NULL },
  { "Request-Status", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Require", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Seek-Style", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Server", LENS_RTSP_NATURE_SERVER, NOTHING, NULL },
  { "Supported", LENS_RTSP_NATURE_SERVER, NOTHING, NULL },
  { "Terminate-Reason", LENS_RTSP_NATURE_PARTS, NUMBERS, NULL },
  { "Unsupported", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "User-Agent", LENS_RTSP_NATURE_SERVER, NOTHING, NULL },
  { "Vary", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "Via", LENS_RTSP_NATURE_SERVER, NOTHING, NULL },
  { "x-Accept-Dynamic-Rate", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "x-Accept-Retransmit", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
  { "x-Transport-Options", LENS_RTSP_NATURE_FIXED, NOTHING, NULL },
};

guint64
lens_rtsp_hash (guint64 hash, const guint8 *octets, LensRange range, gboolean fold)
{
  const guint8 *from = octets + range.offset, *size = (const guint8 *)&range.length;

  hash = fold ? lens_octets_hash_folded (hash, from, range.length)
              : lens_octets_hash (hash, from, range.length);
  return lens_octets_hash (hash, size, sizeof range.length);
}

guint64
lens_rtsp_hash_without_digits (guint64 hash, const guint8 *octets, LensRange range)
{
  for (gsize i = range.offset; i < lens_range_end (range); i++)
    if (!g_ascii_isdigit (octets[i]))
      hash = lens_octets_hash (hash, octets + i, 1);
  return hash;
}

static const Row *
row_of (const guint8 *octets, LensRange name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (lens_rtsp_is (octets, name, rows[i].name))
      return &rows[i];
  return NULL;
}

LensRtspNature
lens_rtsp_header_nature (const guint8 *octets, LensRange name)
{
  const Row *row = row_of (octets, name);

  return row != NULL ? row->nature : LENS_RTSP_NATURE_UNKNOWN;
}

static gboolean
is_number (guint8 octet)
{
  return g_ascii_isdigit (octet) || (octet != 0 && strchr (".:TZ", octet) != NULL);
}

/* The octets from @start that go on with a number, or with none. */
static gsize
run_of (const guint8 *octets, gsize start, gsize end, gboolean number)
{
  gsize at = start;

  while (at < end && is_number (octets[at]) == number)
    at++;
  return at - start;
}

static guint64
without_numbers (const guint8 *octets, LensRange value, gsize *longest)
{
  guint64 hash = LENS_RTSP_HASH_START;
  gsize end = lens_range_end (value);

  for (gsize at = value.offset; at < end;)
    {
      gsize number = run_of (octets, at, end, TRUE);
      gsize text = run_of (octets, at + number, end, FALSE);
      *longest = MAX (*longest, number);
      hash = lens_rtsp_hash (hash, octets, (LensRange){ at + number, text }, FALSE);
      at += number + text;
    }
  return hash;
}

static gboolean
is_named (const guint8 *octets, LensRange name, const char *parameters)
{
  if (name.length == 0 || name.length > 32)
    return FALSE;
  g_autofree char *text = g_strndup ((const char *)octets + name.offset, name.length);
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autofree char *wanted = g_strconcat (" ", lower, " ", NULL);

  return strstr (parameters, wanted) != NULL;
}

/* A value of lists of name=value: hashed but for the values of those that vary. */
static guint64
without_named (const guint8 *octets, LensRange value, const char *parameters, gsize *longest)
{
  guint64 hash = LENS_RTSP_HASH_START;
  gsize end = lens_range_end (value);

  for (gsize at = value.offset; at < end;)
    {
      gsize stop = at;
      for (gboolean quoted = FALSE; stop < end; stop++)
        if (octets[stop] == '"')
          quoted = !quoted;
        else if (!quoted && (octets[stop] == ';' || octets[stop] == ','))
          break;
      const guint8 *equals = memchr (octets + at, '=', stop - at);
      gsize name_end = equals != NULL ? (gsize)(equals - octets) : stop;
      gsize name_start = name_end;
      while (name_start > at && octets[name_start - 1] != ' ')
        name_start--;
      LensRange name = { name_start, name_end - name_start };
      gboolean varies = equals != NULL && is_named (octets, name, parameters);
      if (varies)
        *longest = MAX (*longest, stop - name_end - 1);
      hash = lens_rtsp_hash (hash, octets, (LensRange){ at, (varies ? name_end : stop) - at },
                             FALSE);
      at = stop + 1;
    }
  return hash;
}

guint64
lens_rtsp_header_shape (const guint8 *octets, const LensRtspHeader *header, gsize *longest)
{
  const Row *row = row_of (octets, header->name);
  LensRange value = header->value;
  const guint8 *semicolon = NULL;

  *longest = 0;
  switch (row != NULL ? row->vary : NOTHING)
    {
    case NUMBERS:
      return without_numbers (octets, value, longest);
    case NAMED:
      return without_named (octets, value, row->parameters, longest);
    case FIRST:
      semicolon = value.length > 0 ? memchr (octets + value.offset, ';', value.length) : NULL;
      *longest = semicolon != NULL ? (gsize)(semicolon - octets) - value.offset : value.length;
      value = (LensRange){ value.offset + *longest, value.length - *longest };
      return lens_rtsp_hash (LENS_RTSP_HASH_START, octets, value, FALSE);
    default:
      return lens_rtsp_hash (LENS_RTSP_HASH_START, octets, value, FALSE);
    }
}

static gint
two_digits (const guint8 *octets)
{
  return g_ascii_isdigit (octets[0]) && g_ascii_isdigit (octets[1])
             ? 10 * (octets[0] - '0') + octets[1] - '0'
             : -1;
}

gint
lens_rtsp_time_of_day (const guint8 *octets, LensRange value)
{
  for (gsize at = value.offset; at + 8 <= lens_range_end (value); at++)
    {
      gint hour = two_digits (octets + at), minute = two_digits (octets + at + 3);
      gint second = two_digits (octets + at + 6);
      if (hour >= 0 && minute >= 0 && second >= 0 && octets[at + 2] == ':' && octets[at + 5] == ':')
        return (hour * 60 + minute) * 60 + second;
    }
  return -1;
}
