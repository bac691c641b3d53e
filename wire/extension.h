#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Extension headers of IPv6 between the fixed header and what the datagram carries: RFC 8200
 * section 4, RFC 4302 section 2.2; mobility RFC 6275 section 6.1, HIP RFC 7401 section 5.1, Shim6
 * RFC 5533 section 5.1. */
enum
{
  LENS_EXTENSION_HOP_BY_HOP = 0,
  LENS_EXTENSION_ROUTING = 43,
  LENS_EXTENSION_FRAGMENT = 44,
  LENS_EXTENSION_AUTHENTICATION = 51,
  LENS_EXTENSION_NOTHING = 59, /* nothing follows */
  LENS_EXTENSION_DESTINATION = 60,
  LENS_EXTENSION_MOBILITY = 135,
  LENS_EXTENSION_HIP = 139,
  LENS_EXTENSION_SHIM6 = 140,
};

/* Octets of a header of type @type whose second octet is @field; 0: no extension header that
 * another header may follow. */
gsize lens_extension_length (guint8 type, guint8 field);

/* @options: of the two headers that have options. */
typedef struct
{
  guint8 type;
  LensRange whole;
  LensRange options;
} LensExtension;

/**
 * lens_extension_next:
 * The header of type @next at the front of @left, which is then shortened; @next becomes what it
 * names.  FALSE at the end, and where a header is not whole.  @left begins behind the fixed
 * header, whose octet 6 is the first @next.
 */
gboolean lens_extension_next (const guint8 *octets, LensRange *left, guint8 *next,
                              LensExtension *extension);

enum
{
  LENS_EXTENSION_PAD_1 = 0,
  LENS_EXTENSION_PAD_N = 1,
  LENS_EXTENSION_TUNNEL_LIMIT = 4, /* RFC 2473 section 4.1.1 */
  LENS_EXTENSION_ROUTER_ALERT = 5, /* RFC 2711 */
};

/* An option that is longer than what is left takes all of it. */
typedef struct
{
  guint8 type;
  LensRange whole;
  LensRange data;
  gboolean cut;
} LensExtensionOption;

/* The option at the front of @left, which is then shortened; FALSE when @left is empty. */
gboolean lens_extension_option_next (const guint8 *octets, LensRange *left,
                                     LensExtensionOption *option);

G_END_DECLS
