#pragma once

#include "wire/piece.h"

G_BEGIN_DECLS

/* One direction of a TLS connection, cut into what can be seen of it: RFC 8446 section 5.1 (now
 * RFC 9846), RFC 5246 section 6.2. */
typedef enum
{
  LENS_TLS_PART_MESSAGE, /* a handshake message in clear, its head of 4 octets included, without
                            the heads of the records that it came in */
  LENS_TLS_PART_RECORD,  /* any other record: its head of 5 octets and the first octets behind
                            it, at most 8 */
} LensTlsPartKind;

typedef struct
{
  LensTlsPartKind kind;
  guint8 content_type; /* of the record: any */
  guint8 message_type; /* MESSAGE: 1 client hello, 2 server hello, 11 certificate ... */
  guint16 version;     /* of the record */
  guint16 length;      /* RECORD: octets behind its head */
  gboolean encrypted;  /* RECORD */
} LensTlsPart;

typedef void (*LensTlsPartFunc) (const LensTlsPart *part, const LensView *view, gpointer user);

enum
{
  LENS_TLS_NONCE = 8,                 /* octets shown behind the head of a record */
  LENS_TLS_MOST_MESSAGE = 128 * 1024, /* a longer one is passed over */
};

/**
 * LensTlsReader:
 * Gives its parts as they are complete.  After something that is no record, and after a hole,
 * nothing more is given.  Holds at most one handshake message.
 */
typedef struct LensTlsReader LensTlsReader;

LensTlsReader *lens_tls_reader_new (LensTlsPartFunc func, gpointer user);
void lens_tls_reader_free (LensTlsReader *reader);
void lens_tls_reader_feed (LensTlsReader *reader, const LensView *view);
void lens_tls_reader_gap (LensTlsReader *reader);

G_END_DECLS
