/* http-multipart: do pictures pushed over HTTP carry more than pictures?
 *
 * A response of type multipart/x-mixed-replace is a row of parts (RFC 2046 section 5.1): a line
 * with the boundary, fields, an empty line, content.  Players read Content-Length and pass over
 * all other fields, what stands before the first boundary and what stands behind a part's content.
 *
 * By habit: which fields a part has, and what they say: the same each time, but for times and
 * counters that go on.  Content-Length is the place of the next boundary, and free.  Octets
 * between a part's content and the next boundary are use when they come again and again (some may
 * come of a capture with gaps).
 *
 *   room   8 bits per octet of these places
 *   use    the same where the habit does not explain them
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/habit.h"

#include "wire/http.h"

#include <string.h>

#define CHANNEL "http-multipart-part-headers"

enum
{
  MAX_BOUNDARY = 72, /* RFC 2046: 70, and some makers' hyphens */
  MAX_LINE = 4096,   /* octets; what is longer is no line */
  MAX_FIELDS = 16,
  FIRST_PARTS = 4,   /* that show a maker's fields */
  MAX_STREAMS = 256, /* responses under way */
  TCP = 6,
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Pictures pushed over HTTP come with header fields or octets between them that "
               "change, and that players pass over.",
    .room = "Pictures pushed over HTTP have header fields of their own; data could travel there.",
    .filter_hint = "http",
    .reference = "RFC 2046 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_PART },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "value", 4, 0, TRUE, "Header fields of the parts change." },
  { "fields", 4, 2, FALSE, "The parts have other header fields again and again." },
  { "between", 4, 2, FALSE, "Octets between a part and the next boundary." },
  { "preamble", 4, 0, FALSE, "Text before the first part." },
  { NULL },
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

/* The fields of one name. */
typedef struct
{
  guint64 name; /* hash */
  LensFreeText text;
} Field;

typedef struct
{
  State state;
  LensHttpBody body;
  GByteArray *octets; /* of the head or the line under way */
  GArray *pieces;     /* LensPiece of them */
  char boundary[MAX_BOUNDARY + 3];
  guint64 left;  /* octets of content */
  guint64 names; /* hash of the part's fields */
  LensHabit same_names;
  Field fields[MAX_FIELDS];
  guint n_fields, parts;
} Stream;

typedef struct
{
  GPtrArray *streams; /* Stream by the side's index; NULL: none */
  guint n;
} HttpMultipart;

static guint64
hash_of (const guint8 *octets, gsize length)
{
  guint64 hash = length;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8)g_ascii_tolower ((char)octets[i])) * 0x100000001b3u;
  return hash;
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  if (stream == NULL)
    return;
  g_byte_array_unref (stream->octets);
  g_array_unref (stream->pieces);
  for (guint i = 0; i < stream->n_fields; i++)
    lens_free_text_clear (&stream->fields[i].text);
  g_free (stream);
}

/* A stream is begun by a response; NULL where none is. */
static Stream *
stream_for (HttpMultipart *state, const LensUnit *unit)
{
  guint index = unit->side->index;
  gboolean begins = unit->view.length >= 7 && memcmp (unit->view.octets, "HTTP/1.", 7) == 0;

  if (state->streams != NULL && index < state->streams->len
      && g_ptr_array_index (state->streams, index) != NULL)
    return g_ptr_array_index (state->streams, index);
  if (!begins || unit->side->key.protocol != TCP || state->n == MAX_STREAMS)
    return NULL;
  if (state->streams == NULL)
    state->streams = g_ptr_array_new_with_free_func (stream_free);
  if (index >= state->streams->len)
    g_ptr_array_set_size (state->streams, (gint)index + 1);
  Stream *stream = g_new0 (Stream, 1);
  stream->octets = g_byte_array_new ();
  stream->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  g_ptr_array_index (state->streams, index) = stream;
  state->n++;
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

static void
use (LensLedger *ledger, const LensUnit *line, const char *subject, LensRange range)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, line, subject), line,
                   8 * range.length, range.offset, range.length);
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

/* NULL: new, and too late or too many. */
static Field *
field_of (Stream *stream, guint64 name)
{
  for (guint i = 0; i < stream->n_fields; i++)
    if (stream->fields[i].name == name)
      return &stream->fields[i];
  if (stream->n_fields == MAX_FIELDS || stream->parts >= FIRST_PARTS)
    return NULL;
  stream->fields[stream->n_fields].name = name;
  return &stream->fields[stream->n_fields++];
}

static void
see_field (LensLedger *ledger, Stream *stream, const LensUnit *line)
{
  const guint8 *octets = line->view.octets;
  LensRange left = { 0, line->view.length };
  LensHttpField field;

  if (!lens_http_field_next (octets, &left, &field))
    return;
  guint64 name = hash_of (octets + field.name.offset, field.name.length);
  stream->names = stream->names * 31 + name;
  if (name == hash_of ((const guint8 *)"content-length", 14))
    {
      g_autofree char *text
          = g_strndup ((const char *)octets + field.value.offset, field.value.length);
      stream->left = g_ascii_strtoull (text, NULL, 10);
      return;
    }
  Field *known = field_of (stream, name);
  if (known == NULL)
    use (ledger, line, "fields", field.whole);
  else
    lens_free_text_take (ledger, &known->text, lens_ledger_carrier (ledger, CHANNEL, line, "value"),
                         line, field.value);
}

static gboolean
is_boundary (const Stream *stream, const guint8 *octets, gsize length)
{
  gsize size = strlen (stream->boundary);

  return length >= size + 2 && memcmp (octets, "--", 2) == 0
         && memcmp (octets + 2, stream->boundary, size) == 0;
}

/* A whole line, with its end. */
static void
see_line (LensLedger *ledger, Stream *stream, const LensUnit *line)
{
  const guint8 *octets = line->view.octets;
  gsize length = line->view.length;

  while (length > 0 && (octets[length - 1] == '\n' || octets[length - 1] == '\r'))
    length--;
  if (stream->state == FIELDS && length > 0)
    see_field (ledger, stream, line);
  else if (stream->state == FIELDS)
    {
      lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, line, "fields"), line, 8);
      lens_ledger_room (ledger, lens_ledger_carrier (ledger, CHANNEL, line, "between"), line, 8);
      if (!lens_habit_take (&stream->same_names, stream->names))
        use (ledger, line, "fields", (LensRange){ 0, line->view.length });
      stream->parts++;
      lens_ledger_count (ledger, line, LENS_UNIT_PART);
      stream->state = stream->left > 0 ? CONTENT : SEARCH;
    }
  else if (is_boundary (stream, octets, length))
    {
      stream->state = FIELDS;
      stream->left = stream->names = 0;
    }
  else if (length > 0 && stream->state != SEARCH)
    {
      use (ledger, line, stream->state == BEFORE ? "preamble" : "between",
           (LensRange){ 0, length });
      stream->state = stream->state == BETWEEN ? SEARCH : stream->state;
    }
}

/* How many of the @length octets from @at on go on with a line, which may be whole then. */
static gsize
take_line (LensLedger *ledger, Stream *stream, const LensUnit *unit, gsize at, gsize length)
{
  const guint8 *octets = unit->view.octets + at;
  const guint8 *end = memchr (octets, '\n', length);
  gsize taken = end != NULL ? (gsize)(end - octets) + 1 : length;

  gather (stream, unit, at, MIN (taken, MAX_LINE));
  gboolean long_line = stream->octets->len >= MAX_LINE;
  if (end == NULL && !long_line)
    return taken;
  LensUnit line = gathered (stream, unit);
  see_line (ledger, stream, &line);
  drop (stream);
  return taken;
}

/* @length octets from @at on of the parts. */
static void
take_parts (LensLedger *ledger, Stream *stream, const LensUnit *unit, gsize at, gsize length)
{
  while (length > 0)
    {
      gsize taken = (gsize)MIN (stream->left, length);
      if (stream->state != CONTENT)
        taken = take_line (ledger, stream, unit, at, length);
      else if ((stream->left -= taken) == 0)
        stream->state = BETWEEN;
      at += taken;
      length -= taken;
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Stream *stream = stream_for (data, unit);
  gsize at = 0;
  LensHttpPartKind kind;

  while (stream != NULL && at < unit->view.length && stream->state != NO_PARTS)
    if (stream->state == HEAD)
      at += take_head (stream, unit, at);
    else
      {
        gsize taken = lens_http_body_take (&stream->body, unit->view.octets + at,
                                           unit->view.length - at, &kind);
        if (taken == 0 || kind == LENS_HTTP_PART_BROKEN)
          stream->state = NO_PARTS;
        else if (kind == LENS_HTTP_PART_DATA)
          take_parts (ledger, stream, unit, at, taken);
        at += taken;
      }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "http-multipart", rules);
}

static void
clear (gpointer data)
{
  g_clear_pointer (&((HttpMultipart *)data)->streams, g_ptr_array_unref);
}

const LensAnalyzer lens_analyzer_http_multipart = {
  .name = "http-multipart",
  .question = "Do pictures pushed over HTTP carry more than pictures?",
  .source = "RFC 2046 section 5.1",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (HttpMultipart),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
