#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* The forms of the extensions of TLS hellos, as far as a standard fixes them: RFC 8446 section 4.2
 * (now RFC 9846), RFC 6066, 7301, 5746, 7627, 7366, 8449, 8879, 9345 ...; IANA, TLS ExtensionType
 * Values. */
typedef enum
{
  LENS_TLS_FORM_KEPT,
  LENS_TLS_FORM_BROKEN,    /* not what its standard gives it */
  LENS_TLS_FORM_ELSEWHERE, /* of QUIC (RFC 9001 section 8.2) or DTLS (IANA: DTLS-Only), not of TLS
                              over TCP */
  LENS_TLS_FORM_UNKNOWN,   /* of a type that nobody registered, and no well-known client has */
} LensTlsForm;

enum
{
  LENS_TLS_SERVER_NAME = 0,
  LENS_TLS_STATUS_REQUEST = 5,
  LENS_TLS_ALPN = 16,
  LENS_TLS_EXTENDED_SECRET = 23,
  LENS_TLS_ENCRYPT_THEN_MAC = 22,
  LENS_TLS_PADDING = 21,
  LENS_TLS_SESSION_TICKET = 35,
  LENS_TLS_PRE_SHARED_KEY = 41,
  LENS_TLS_EARLY_DATA = 42,
  LENS_TLS_COOKIE = 44,
  LENS_TLS_KEY_SHARE = 51,
  LENS_TLS_ECH = 0xfe0d,
};

/* Of an extension over TCP with these octets (without type and length), in a client's hello or a
 * server's.  What a standard leaves to the sender has any form. */
LensTlsForm lens_tls_extension_form (guint16 type, gboolean client, const guint8 *octets,
                                     gsize length);

/* Of a hello's extension of encrypted_client_hello (RFC 9849 section 5), whose form is kept. */
typedef struct
{
  LensRange key, payload; /* of the extension's octets */
} LensTlsEch;
gboolean lens_tls_ech_parse (const guint8 *octets, gsize length, LensTlsEch *ech);

G_END_DECLS
