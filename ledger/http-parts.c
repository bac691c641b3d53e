#include "ledger/http-parts.h"

#include "wire/http.h"

#include <netinet/in.h>
#include <string.h>

enum
{
  MAX_BOUNDARY = 72, /* RFC 2046: 70, and some makers' hyphens */
  MAX_LINE = 4096,   /* octets; what is longer is no line */
  MAX_STREAMS = 256, /* responses under way */
};

typedef enum
{
  HEAD,     /* of the response */
  BEFORE,   /* lines before the first boundary */
  FIELDS,   /* of a part */
  CONTENT,  /* of a length that is known */
  BETWEEN,  /* behind content: lines up to the next boundary */
  SEARCH,   /* content whose length nobody said: lines up to the next boundary */
  NO_PARTS, /* something else */
} State;

typedef struct
{
  State state;
  LensHttpBody body;
  GByteArray *octets; /* of the head or the line under way */
  GArray *pieces;     /* LensPiece of them */
  char boundary[MAX_BOUNDARY + 3];
  guint64 left;    /* octets of content */
  gpointer memory; /* NULL: no parts yet */
} Stream;

/* In the place of a response that is none of parts: so most are. */
static const Stream something_else = { .state = NO_PARTS };

/* What a call of lens_http_parts_take() is about. */
typedef struct
{
  LensLedger *ledger;
  Stream *stream;
  LensHttpPartsSee see;
} Reading;

static void
stream_free (Stream *stream)
{
  g_byte_array_unref (stream->octets);
  g_array_unref (stream->pieces);
  g_free (stream->memory);
  g_free (stream);
}

/* A stream is begun by a response; NULL where none is. */
static Stream *
stream_for (LensHttpParts *parts, const LensUnit *unit)
{
  guint index = unit->side->index;
  gboolean begins = unit->view.length >= 7 && memcmp (unit->view.octets, "HTTP/1.", 7) == 0;

  if (parts->streams != NULL && index < parts->streams->len
      && g_ptr_array_index (parts->streams, index) != NULL)
    return g_ptr_array_index (parts->streams, index);
  if (!begins || unit->side->key.protocol != IPPROTO_TCP || parts->n == MAX_STREAMS)
    return NULL;
  if (parts->streams == NULL)
    parts->streams = g_ptr_array_new ();
  if (index >= parts->streams->len)
    g_ptr_array_set_size (parts->streams, (gint)index + 1);
  Stream *stream = g_new0 (Stream, 1);
  stream->octets = g_byte_array_new ();
  stream->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  g_ptr_array_index (parts->streams, index) = stream;
  parts->n++;
  return stream;
}

/* --- what is gathered --- */

static void
drop (Stream *stream)
{
  g_byte_array_set_size (stream->octets, 0);
  g_array_set_size (stream->pieces, 0);
}

static void
gather (Stream *stream, const LensUnit *unit, gsize at, gsize length)
{
  g_byte_array_append (stream->octets, unit->view.octets + at, (guint)length);
  lens_view_pieces (&unit->view, at, length, stream->pieces);
}

/* What was gathered, as a unit of its own. */
static LensUnit
gathered (const Stream *stream, const LensUnit *unit)
{
  LensUnit line = *unit;

  line.view
      = (LensView){ stream->octets->data, stream->octets->len,
                    (const LensPiece *)(gconstpointer)stream->pieces->data, stream->pieces->len };
  return line;
}

/* --- the response --- */

/* The boundary parameter of the type; FALSE when it is another type. */
static gboolean
read_boundary (Stream *stream, const char *type)
{
  g_autofree char *lower = g_ascii_strdown (type, -1);
  const char *found = strstr (lower, "boundary=");

  if (!g_str_has_prefix (lower, "multipart/x-mixed-replace") || found == NULL)
    return FALSE;
  const char *value = type + (found - lower) + strlen ("boundary=");
  value += *value == '"';
  gsize length = strcspn (value, "\"; \t");
  /* Some say it with the hyphens that stand before it. */
  if (length >= 2 && memcmp (value, "--", 2) == 0)
    {
      value += 2;
      length -= 2;
    }
  if (length == 0 || length > MAX_BOUNDARY)
    return FALSE;
  memcpy (stream->boundary, value, length);
  return TRUE;
}

/* How many octets from @at on are of the head. */
static gsize
take_head (Stream *stream, const LensUnit *unit, gsize at)
{
  gsize before = stream->octets->len, length = unit->view.length - at;
  LensHttpHead head;
  LensRange value;

  gather (stream, unit, at, length);
  LensHttpFound found = lens_http_parse (stream->octets->data, stream->octets->len, &head);
  if (found == LENS_HTTP_MORE)
    return length;
  stream->state = NO_PARTS;
  if (found == LENS_HTTP_HEAD && head.is_response
      && lens_http_field (stream->octets->data, &head, "Content-Type", &value))
    {
      g_autofree char *type
          = g_strndup ((const char *)stream->octets->data + value.offset, value.length);
      if (read_boundary (stream, type))
        stream->state = BEFORE;
      lens_http_body_init (&stream->body, &head);
    }
  gsize end = found == LENS_HTTP_HEAD ? lens_range_end (head.end) : before + length;
  drop (stream);
  return end - before;
}

/* --- parts --- */

static gboolean
is_boundary (const Stream *stream, const guint8 *octets, gsize length)
{
  gsize size = strlen (stream->boundary);

  return length >= size + 2 && memcmp (octets, "--", 2) == 0
         && memcmp (octets + 2, stream->boundary, size) == 0;
}

static void
read_length (Stream *stream, const guint8 *octets, gsize length)
{
  LensRange left = { 0, length };
  LensHttpField field;

  if (!lens_http_field_next (octets, &left, &field)
      || field.name.length != strlen ("Content-Length")
      || g_ascii_strncasecmp ((const char *)octets + field.name.offset, "Content-Length",
                              field.name.length)
             != 0)
    return;
  g_autofree char *text = g_strndup ((const char *)octets + field.value.offset, field.value.length);
  stream->left = g_ascii_strtoull (text, NULL, 10);
}

/* A whole line, with its end. */
static void
see_line (const Reading *reading, const LensUnit *line)
{
  Stream *stream = reading->stream;
  const guint8 *octets = line->view.octets;
  gsize length = line->view.length;

  while (length > 0 && (octets[length - 1] == '\n' || octets[length - 1] == '\r'))
    length--;
  const LensRange text = { 0, length };
  if (stream->state == FIELDS && length > 0)
    {
      read_length (stream, octets, line->view.length);
      reading->see (reading->ledger, stream->memory, line, LENS_HTTP_PARTS_FIELD, text);
    }
  else if (stream->state == FIELDS)
    {
      reading->see (reading->ledger, stream->memory, line, LENS_HTTP_PARTS_HEAD, text);
      stream->state = stream->left > 0 ? CONTENT : SEARCH;
    }
  else if (is_boundary (stream, octets, length))
    {
      stream->state = FIELDS;
      stream->left = 0;
    }
  else if (length > 0 && stream->state != SEARCH)
    {
      gboolean before = stream->state == BEFORE;
      reading->see (reading->ledger, stream->memory, line,
                    before ? LENS_HTTP_PARTS_PREAMBLE : LENS_HTTP_PARTS_BETWEEN, text);
      stream->state = before ? BEFORE : SEARCH;
    }
}

/* How many of the @length octets from @at on go on with a line, which may be whole then. */
static gsize
take_line (const Reading *reading, const LensUnit *unit, gsize at, gsize length)
{
  Stream *stream = reading->stream;
  const guint8 *octets = unit->view.octets + at;
  const guint8 *end = memchr (octets, '\n', length);
  gsize taken = end != NULL ? (gsize)(end - octets) + 1 : length;

  gather (stream, unit, at, MIN (taken, MAX_LINE));
  gboolean long_line = stream->octets->len >= MAX_LINE;
  if (end == NULL && !long_line)
    return taken;
  LensUnit line = gathered (stream, unit);
  see_line (reading, &line);
  drop (stream);
  return taken;
}

/* @length octets from @at on of the parts. */
static void
take_parts (const Reading *reading, const LensUnit *unit, gsize at, gsize length)
{
  Stream *stream = reading->stream;

  while (length > 0)
    {
      gsize taken = (gsize)MIN (stream->left, length);
      if (stream->state != CONTENT)
        taken = take_line (reading, unit, at, length);
      else
        {
          reading->see (reading->ledger, stream->memory, unit, LENS_HTTP_PARTS_CONTENT,
                        (LensRange){ at, taken });
          stream->left -= taken;
          stream->state = stream->left == 0 ? BETWEEN : CONTENT;
        }
      at += taken;
      length -= taken;
    }
}

static void
pass_over (LensHttpParts *parts, guint index)
{
  gpointer *place = &g_ptr_array_index (parts->streams, index);

  if (*place == &something_else)
    return;
  stream_free (*place);
  *place = (gpointer)&something_else;
  parts->n--;
}

void
lens_http_parts_take (LensHttpParts *parts, LensLedger *ledger, const LensUnit *unit, gsize size,
                      LensHttpPartsSee see)
{
  Stream *stream = stream_for (parts, unit);
  const Reading reading = { ledger, stream, see };
  gsize at = 0;
  LensHttpPartKind kind;

  while (stream != NULL && at < unit->view.length && stream->state != NO_PARTS)
    if (stream->state == HEAD)
      {
        at += take_head (stream, unit, at);
        if (stream->state == BEFORE)
          stream->memory = g_malloc0 (size);
      }
    else
      {
        gsize taken = lens_http_body_take (&stream->body, unit->view.octets + at,
                                           unit->view.length - at, &kind);
        if (taken == 0 || kind == LENS_HTTP_PART_BROKEN)
          stream->state = NO_PARTS;
        else if (kind == LENS_HTTP_PART_DATA)
          take_parts (&reading, unit, at, taken);
        at += taken;
      }
  if (stream != NULL && stream->state == NO_PARTS && stream->memory == NULL)
    pass_over (parts, unit->side->index);
}

void
lens_http_parts_clear (LensHttpParts *parts, GDestroyNotify clear)
{
  for (guint i = 0; parts->streams != NULL && i < parts->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (parts->streams, i);
      if (stream == NULL || stream == &something_else)
        continue;
      if (clear != NULL && stream->memory != NULL)
        clear (stream->memory);
      stream_free (stream);
    }
  g_clear_pointer (&parts->streams, g_ptr_array_unref);
}

/* Whether the line that ends before @end is a boundary. */
static gboolean
is_behind_boundary (const guint8 *octets, gsize end)
{
  const guint8 *before = memrchr (octets, '\n', end);
  gsize start = before != NULL ? (gsize)(before - octets) + 1 : 0;

  return end - start > 2 && memcmp (octets + start, "--", 2) == 0;
}

gboolean
lens_http_parts_find_picture (const guint8 *octets, gsize length, LensHttpPictureAt *at)
{
  static const char type[] = "\r\nContent-Type: image/jpeg\r\n",
                    size[] = "Content-Length: ", image[] = "\r\n\r\n\xff\xd8";
  const guint8 *found = memmem (octets, length, type, strlen (type));

  if (found == NULL || !is_behind_boundary (octets, (gsize)(found - octets)))
    return FALSE;
  at->field = (gsize)(found - octets) + strlen (type);
  const guint8 *head_end = memmem (octets + at->field, length - at->field, image, strlen (image));
  if (head_end == NULL)
    return FALSE;
  at->image = (gsize)(head_end - octets) + strlen ("\r\n\r\n");
  found = memmem (octets + at->field, at->image - at->field, size, strlen (size));
  if (found == NULL)
    return FALSE;
  at->size = (LensRange){ (gsize)(found - octets) + strlen (size), 0 };
  while (g_ascii_isdigit (octets[lens_range_end (at->size)]))
    at->size.length++;
  return at->size.length > 0 && at->size.length < 10;
}
