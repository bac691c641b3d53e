#pragma once

#include "ledger/analyzer.h"
#include "wire/http.h"

G_BEGIN_DECLS

/**
 * LensHttpReader:
 * Connections that speak HTTP/1.x (RFC 9112), message by message, out of the units of
 * LENS_UNIT_CONTENT.  A connection is HTTP when the first octets of one of its sides are.
 *
 * Bounded: at most LENS_HTTP_READERS_MAX sides are read, those that came first.
 */
typedef struct LensHttpReader LensHttpReader;

#define LENS_HTTP_READERS_MAX 8192

/* A message under way. */
typedef struct
{
  LensHttpHead head;
  guint64 target;   /* of a response: hash of the target that was asked for; 0: not known */
  gboolean is_head; /* of a response: to HEAD, so it has no body */
  gboolean uploads; /* of a request: POST, PUT or PATCH */
} LensHttpMessage;

typedef struct
{
  /* @unit: its view is the whole head. */
  void (*head) (gpointer user, const LensUnit *unit, const LensHttpMessage *message);
  /* A part of its body; @unit's view is that part. */
  void (*body) (gpointer user, const LensUnit *unit, const LensHttpMessage *message,
                LensHttpPartKind kind);
} LensHttpEvents;

LensHttpReader *lens_http_reader_new (const LensHttpEvents *events, gpointer user);
void lens_http_reader_free (LensHttpReader *reader);
void lens_http_reader_take (LensHttpReader *reader, const LensUnit *unit);
/* The stream of @side is over.  @reader may be NULL. */
void lens_http_reader_end (LensHttpReader *reader, const LensSide *side);

/* The hash of a request's target: that of LensHttpMessage.target of its response. */
guint64 lens_http_reader_target (const guint8 *octets, LensRange target);

G_END_DECLS
