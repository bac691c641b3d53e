#pragma once

#include "wire/address.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* Hosts of URLs (RFC 3986 section 3.2.2) as viewers reach them: what getaddrinfo(3) takes for a
 * number is one, the forms of inet_aton(3) included ("0xc0.0.2.1", "3221225985"), and an IPv4
 * address inside an IPv6 one is the IPv4 address. */

#define LENS_URL_HOST_TEXT 128

/**
 * LensUrlHost:
 * @text: the address as RFC 5952 has it, or the name in small letters, what does not print as
 * dots, cut where it is longer.
 */
typedef struct
{
  LensAddress address; /* version 0: a name */
  gint port;           /* -1: not said, or no number */
  char text[LENS_URL_HOST_TEXT];
} LensUrlHost;

/* A host by itself, brackets around IPv6 or none.  FALSE where there is none. */
gboolean lens_url_host_parse (const guint8 *octets, LensRange range, LensUrlHost *host);

/* The host of a URL; FALSE for one without authority ("/live", "rtsp:live"), whose host is that
 * of the message, and for one without a host. */
gboolean lens_url_host_of (const guint8 *octets, LensRange url, LensUrlHost *host);

G_END_DECLS
