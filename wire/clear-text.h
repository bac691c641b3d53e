#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Names with values, as HTTP fields, forms, URLs, JSON, XML and line protocols write them in
 * clear, and what such a value is. */
typedef enum
{
  LENS_CLEAR_PASSWORD,
  LENS_CLEAR_BASIC,       /* Authorization: Basic (RFC 7617) */
  LENS_CLEAR_PRIVATE_KEY, /* PEM (RFC 7468 section 10) */
  LENS_CLEAR_NETWORK_KEY, /* of a wireless network */
  LENS_CLEAR_TOKEN,       /* cookies, Bearer and Digest, keys of an interface */
  LENS_CLEAR_SERIAL,
  LENS_CLEAR_NETWORK, /* the name of a wireless network */
  LENS_CLEAR_LATITUDE,
  LENS_CLEAR_LONGITUDE,
  LENS_N_CLEAR,
} LensClearKind;

typedef struct
{
  LensClearKind kind;
  LensRange whole; /* name and value */
  LensRange value;
} LensClearText;

/**
 * lens_clear_text_next:
 * The next such value in @octets from @at on, which is then moved behind it; FALSE at the end.
 * Values that are empty, masked ("****") or evidently program text are passed over, and so are
 * those that @octets cut off: a value ends where a character that cannot be part of it follows.
 */
gboolean lens_clear_text_next (const guint8 *octets, gsize length, gsize *at, LensClearText *text);

/* As people call it: "a password". */
const char *lens_clear_text_name (LensClearKind kind);

/* How a link address is written. */
typedef enum
{
  LENS_MAC_TEXT,       /* hexadecimal digits, with or without separators */
  LENS_MAC_EUI64_TEXT, /* the same as EUI-64, FFFE in its middle; also modified (RFC 4291
                          appendix A) */
  LENS_MAC_BASE64,
  LENS_MAC_OCTETS, /* as it stands on the wire */
} LensMacForm;

/**
 * lens_mac_find:
 * The next place from @at on where @octets have the link address @mac; @at is then moved behind
 * it.  FALSE at the end.
 */
gboolean lens_mac_find (const guint8 *octets, gsize length, const guint8 mac[6], gsize *at,
                        LensRange *where, LensMacForm *form);

G_END_DECLS
