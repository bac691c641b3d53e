#pragma once

/* The first message of a TLS connection, which tells in clear whom the client wants: RFC 8446
 * 4.1.2 and 4.1.3 (now RFC 9846), records 5.1; server name RFC 6066 section 3, ALPN RFC 7301. */
#include "wire/range.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_TLS_NOT,          /* these octets do not begin a TLS connection */
  LENS_TLS_MORE,         /* could be; more octets are needed */
  LENS_TLS_CLIENT_HELLO, /* read */
  LENS_TLS_SERVER_HELLO, /* read */
  LENS_TLS_OTHER,        /* TLS records, but no hello: an alert, or a connection under way */
} LensTlsFound;

/* What is odd about a hello (a set). */
typedef enum
{
  LENS_TLS_MALFORMED = 1 << 0,  /* inner lengths do not fit: what could be read is set */
  LENS_TLS_NAME_ODD = 1 << 1,   /* a server name with octets no host name has, or too long */
  LENS_TLS_TRAILING = 1 << 2,   /* octets behind the extensions, inside the message */
  LENS_TLS_FRAGMENTED = 1 << 3, /* in more than one record */
} LensTlsOdd;

enum
{
  LENS_TLS_MOST_VERSIONS = 8,
  LENS_TLS_MOST_HELLO = 16 * 1024, /* octets of a hello that is waited for */
};

typedef struct
{
  guint16 record_version;
  guint16 version;                          /* legacy_version of the hello */
  guint16 versions[LENS_TLS_MOST_VERSIONS]; /* supported_versions: offered, or the one chosen */
  guint n_versions;
  guint16 cipher;        /* of a server hello: the one chosen */
  guint n_ciphers;       /* of a client hello */
  guint n_extensions;    /* of them: */
  gboolean has_name;     /* server_name */
  gboolean has_ech;      /* encrypted_client_hello (RFC 9849): @server_name is a front */
  char server_name[256]; /* other octets than A-Z a-z 0-9 . - _ : stand as '?' */
  char alpn[128];        /* names with commas between, cut when longer; others as '?' */
  gsize length;          /* octets of the handshake message, its head of 4 included */
  LensRange random, session, ciphers, compression; /* of the message, without their lengths */
  LensRange extensions;                            /* the same; empty: none */
  LensRange rest;                                  /* behind them */
  guint odd;                                       /* LensTlsOdd */
} LensTlsHello;

/**
 * lens_tls_hello_parse:
 * Reads the hello at the front of one direction of a connection.  @hello is set with
 * LENS_TLS_CLIENT_HELLO and LENS_TLS_SERVER_HELLO.  LENS_TLS_MORE never lasts beyond
 * LENS_TLS_MOST_HELLO octets and the heads of the records that carry them.
 */
LensTlsFound lens_tls_hello_parse (const guint8 *octets, gsize length, LensTlsHello *hello);

/* The same for a whole handshake message, without records around it. */
LensTlsFound lens_tls_message_parse (const guint8 *octets, gsize length, LensTlsHello *hello);

/* The extension at the front of @left (first LensTlsHello.extensions), which is then shortened;
 * FALSE when no whole one is left.  @data: without its type and length. */
gboolean lens_tls_extension_next (const guint8 *message, LensRange *left, guint16 *type,
                                  LensRange *data);

/* Whether a value is one of those that clients strew in to keep servers honest (RFC 8701). */
gboolean lens_tls_is_grease (guint16 value);

G_END_DECLS
