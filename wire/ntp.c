#include "wire/ntp.h"

#include "wire/cursor.h"

#define EPOCH_SECONDS 2208988800u /* from 1900 to 1970 */
#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)
#define SMALLEST_EXTENSION 16

static gboolean
is_mac_length (gsize length)
{
  return length == 4 || length == 20 || length == 24;
}

/* Octets of the extension field at the front of @octets, 0 when there is none. */
static gsize
extension_length (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);

  lens_cursor_skip (&cursor, 2);
  gsize whole = lens_cursor_u16 (&cursor);
  return whole >= SMALLEST_EXTENSION && whole % 4 == 0 && whole <= length ? whole : 0;
}

static void
parse_behind_header (const guint8 *octets, gsize length, LensNtp *ntp)
{
  gsize end = LENS_NTP_HEADER_LENGTH;
  gsize step;

  /* RFC 7822 section 3: what is as long as a MAC at the end is one. */
  while (end < length && !is_mac_length (length - end)
         && (step = extension_length (octets + end, length - end)) > 0)
    end += step;
  ntp->extensions = (LensRange){ LENS_NTP_HEADER_LENGTH, end - LENS_NTP_HEADER_LENGTH };
  gsize left = length - end;
  ntp->mac = (LensRange){ end, is_mac_length (left) ? left : 0 };
  ntp->rest = (LensRange){ lens_range_end (ntp->mac), left - ntp->mac.length };
}

gboolean
lens_ntp_parse (const guint8 *octets, gsize length, LensNtp *ntp)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  guint8 first = lens_cursor_u8 (&cursor);

  if (length == 0)
    return FALSE;
  *ntp = (LensNtp){
    .leap = first >> 6,
    .version = first >> 3 & 7,
    .mode = first & 7,
    .header = { 0, 1 },
    .extensions = { 1, 0 },
    .mac = { 1, 0 },
    .rest = { 1, length - 1 },
  };
  if (ntp->mode >= LENS_NTP_MODE_CONTROL || length < LENS_NTP_HEADER_LENGTH)
    return TRUE;
  ntp->header.length = LENS_NTP_HEADER_LENGTH;
  ntp->stratum = lens_cursor_u8 (&cursor);
  ntp->poll = (gint8)lens_cursor_u8 (&cursor);
  ntp->precision = (gint8)lens_cursor_u8 (&cursor);
  ntp->root_delay = lens_cursor_u32 (&cursor);
  ntp->root_dispersion = lens_cursor_u32 (&cursor);
  ntp->reference_id = lens_cursor_u32 (&cursor);
  ntp->reference = lens_cursor_u64 (&cursor);
  ntp->origin = lens_cursor_u64 (&cursor);
  ntp->receive = lens_cursor_u64 (&cursor);
  ntp->transmit = lens_cursor_u64 (&cursor);
  parse_behind_header (octets, length, ntp);
  return TRUE;
}

gboolean
lens_ntp_extension_next (const guint8 *octets, LensRange *left, guint16 *type, LensRange *value)
{
  gsize whole = left->length > 0 ? extension_length (octets + left->offset, left->length) : 0;

  if (whole == 0)
    return FALSE;
  *type = (guint16)(octets[left->offset] << 8 | octets[left->offset + 1]);
  *value = (LensRange){ left->offset + 4, whole - 4 };
  left->offset += whole;
  left->length -= whole;
  return TRUE;
}

gint64
lens_ntp_unix_ns (guint64 timestamp, gint64 near_ns)
{
  guint32 seconds = (guint32)(timestamp >> 32) - EPOCH_SECONDS; /* modulo an era */
  gint64 near_seconds = near_ns / NS_PER_SECOND;
  gint64 unix_seconds = near_seconds + (gint32)(seconds - (guint32)near_seconds);
  guint64 fraction = ((timestamp & G_MAXUINT32) * (guint64)NS_PER_SECOND) >> 32;

  return (gint64)((guint64)unix_seconds * NS_PER_SECOND + fraction); /* may wrap, defined */
}
