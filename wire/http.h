#pragma once

/* HTTP/1.x messages: RFC 9112.  A head is read from a buffer that holds it whole; the body is
 * cut from the stream as it comes. */
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_HTTP_MOST_HEAD = 64 * 1024, /* octets of a head; a longer one is no HTTP here */
};

typedef enum
{
  LENS_HTTP_NOT,  /* these octets do not begin an HTTP/1.x message */
  LENS_HTTP_MORE, /* could be one; the head is not whole yet */
  LENS_HTTP_HEAD, /* a whole head */
} LensHttpFound;

/* How the body ends (RFC 9112 section 6.3). */
typedef enum
{
  LENS_HTTP_BODY_NONE,
  LENS_HTTP_BODY_LENGTH,
  LENS_HTTP_BODY_CHUNKED,
  LENS_HTTP_BODY_UNTIL_CLOSE,
} LensHttpFraming;

/* What is odd about a message (a set). */
typedef enum
{
  LENS_HTTP_BARE_LF = 1 << 0,     /* a line that ends in LF alone */
  LENS_HTTP_FOLDED = 1 << 1,      /* a field value continued on the next line */
  LENS_HTTP_BAD_FIELD = 1 << 2,   /* a line without colon, or with white space before it */
  LENS_HTTP_BAD_LENGTH = 1 << 3,  /* Content-Length is no number, or several that differ */
  LENS_HTTP_TWO_LENGTHS = 1 << 4, /* Content-Length beside Transfer-Encoding */
  LENS_HTTP_CONTROL = 1 << 5,     /* a control octet other than tab in the head */
} LensHttpOdd;

/**
 * LensHttpHead:
 * @start_line, @fields and @end follow each other and add up to the head, line ends included.
 * The words of the start line are ranges without white space.
 */
typedef struct
{
  gboolean is_response;
  guint16 status;    /* of a response */
  LensRange method;  /* of a request */
  LensRange target;  /* of a request */
  LensRange version; /* "HTTP/1.1" */
  LensRange reason;  /* of a response */
  LensRange start_line;
  LensRange fields;
  LensRange end; /* the empty line */
  LensHttpFraming framing;
  guint64 content_length; /* octets, with LENS_HTTP_BODY_LENGTH */
  guint odd;              /* LensHttpOdd */
} LensHttpHead;

/**
 * lens_http_parse:
 * Reads the head at the front of @octets.  @head is set only with LENS_HTTP_HEAD.  A response
 * to HEAD, or a 2xx to CONNECT, has no body whatever its head says: the caller knows.
 */
LensHttpFound lens_http_parse (const guint8 *octets, gsize length, LensHttpHead *head);

/* @whole is the line or lines with their ends; @name is empty when there is no colon, and then
 * @value is the line. */
typedef struct
{
  LensRange whole;
  LensRange name;
  LensRange value; /* without white space around it */
} LensHttpField;

/* The field at the front of @left (first LensHttpHead.fields), which is then shortened; FALSE
 * when @left is empty. */
gboolean lens_http_field_next (const guint8 *octets, LensRange *left, LensHttpField *field);

/* The value of the first field @name (letter case does not matter); FALSE when there is none. */
gboolean lens_http_field (const guint8 *octets, const LensHttpHead *head, const char *name,
                          LensRange *value);

/* Whether @name is what the field, or another word at @range, is called (letter case does not
 * matter). */
gboolean lens_http_is_named (const guint8 *octets, LensRange range, const char *name);

typedef enum
{
  LENS_HTTP_PART_DATA,    /* content */
  LENS_HTTP_PART_FRAMING, /* chunk sizes, their extensions and line ends, trailers */
  LENS_HTTP_PART_BROKEN,  /* no chunked coding any more: all that follows */
} LensHttpPartKind;

/* Where a body is; to be started by lens_http_body_init(), private otherwise. */
typedef struct
{
  LensHttpFraming framing;
  guint8 state;
  guint64 left;      /* octets of the content or of this chunk */
  guint64 in_lines;  /* octets of this chunk line or of the trailers */
  gboolean complete; /* for others: the body has ended */
  gboolean broken;   /* for others */
  gboolean extended; /* for others: a chunk line had more than a size */
  gboolean trailers; /* for others: fields followed the last chunk */
} LensHttpBody;

void lens_http_body_init (LensHttpBody *body, const LensHttpHead *head);

/**
 * lens_http_body_take:
 * How many octets at the front of @octets are one part of the body, and its kind.  0 when
 * @length is 0 or the body is complete; what then follows is the next message.  A gap in the
 * stream breaks a chunked body: lens_http_body_gap().
 */
gsize lens_http_body_take (LensHttpBody *body, const guint8 *octets, gsize length,
                           LensHttpPartKind *kind);

/* @length octets were not captured.  FALSE when nobody can know where the body goes on. */
gboolean lens_http_body_gap (LensHttpBody *body, guint64 length);

G_END_DECLS
