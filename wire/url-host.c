#include "wire/url-host.h"

#include <arpa/inet.h>
#include <string.h>

static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

/* An IPv4 address inside an IPv6 one (RFC 4291 section 2.5.5.2) is reached as what it is. */
static LensAddress
unmapped (LensAddress address)
{
  return address.version == 6 && memcmp (address.octets, mapped, sizeof mapped) == 0
             ? lens_address_from_octets (4, address.octets + sizeof mapped)
             : address;
}

static gboolean
take_number (const char *text, LensAddress *address)
{
  struct in_addr ipv4;

  if (lens_address_parse (text, address))
    {
      *address = unmapped (*address);
      return TRUE;
    }
  if (inet_aton (text, &ipv4) == 0)
    return FALSE;
  *address = lens_address_from_octets (4, (const guint8 *)&ipv4);
  return TRUE;
}

/* A range as text, zeros and what does not print as dots. */
static void
copy_text (char into[LENS_URL_HOST_TEXT], const guint8 *octets, LensRange range)
{
  gsize length = MIN (range.length, LENS_URL_HOST_TEXT - 1);

  for (gsize i = 0; i < length; i++)
    {
      char octet = (char)octets[range.offset + i];
      into[i] = g_ascii_isgraph (octet) ? g_ascii_tolower (octet) : '.';
    }
  into[length] = '\0';
}

gboolean
lens_url_host_parse (const guint8 *octets, LensRange range, LensUrlHost *host)
{
  *host = (LensUrlHost){ .port = -1 };
  if (range.length >= 2 && octets[range.offset] == '[' && octets[lens_range_end (range) - 1] == ']')
    range = (LensRange){ range.offset + 1, range.length - 2 };
  if (range.length == 0)
    return FALSE;
  copy_text (host->text, octets, range);
  char *zone = strchr (host->text, '%'); /* RFC 6874: names a link, not a host */
  if (zone != NULL && strchr (host->text, ':') != NULL)
    *zone = '\0';
  if (take_number (host->text, &host->address))
    lens_address_text (&host->address, host->text);
  return *host->text != '\0';
}

static LensRange
from (LensRange range, gsize offset)
{
  return (LensRange){ offset, lens_range_end (range) - offset };
}

/* Where one of @stops first stands in @range, or its end. */
static gsize
find (const guint8 *octets, LensRange range, const char *stops)
{
  gsize at = range.offset;

  while (at < lens_range_end (range) && (octets[at] == '\0' || strchr (stops, octets[at]) == NULL))
    at++;
  return at;
}

/* "host", "host:port", "[v6]:port"; user information comes before the last "@", as libavformat
 * and the WHATWG standard have it. */
static gboolean
take_authority (const guint8 *octets, LensRange authority, LensUrlHost *host)
{
  for (gsize at; (at = find (octets, authority, "@")) < lens_range_end (authority);)
    authority = from (authority, at + 1);
  gsize colon = authority.length > 0 && octets[authority.offset] == '['
                    ? find (octets, authority, "]") + 1
                    : find (octets, authority, ":");
  colon = MIN (colon, lens_range_end (authority));
  if (!lens_url_host_parse (octets, (LensRange){ authority.offset, colon - authority.offset },
                            host))
    return FALSE;
  if (colon + 1 >= lens_range_end (authority) || octets[colon] != ':')
    return TRUE;
  g_autofree char *port
      = g_strndup ((const char *)octets + colon + 1, lens_range_end (authority) - colon - 1);
  guint64 number;
  if (g_ascii_string_to_unsigned (port, 10, 0, G_MAXUINT16, &number, NULL))
    host->port = (gint)number;
  return TRUE;
}

gboolean
lens_url_host_of (const guint8 *octets, LensRange url, LensUrlHost *host)
{
  /* A scheme, or (RFC 3986 section 4.2) none. */
  gsize colon = find (octets, url, ":/?#[@");
  gsize start = colon < lens_range_end (url) && octets[colon] == ':' ? colon + 1 : url.offset;

  if (start + 2 > lens_range_end (url) || memcmp (octets + start, "//", 2) != 0)
    return FALSE;
  LensRange rest = from (url, start + 2);
  return take_authority (
      octets, (LensRange){ rest.offset, find (octets, rest, "/?#") - rest.offset }, host);
}
