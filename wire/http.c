#include "wire/http.h"

#include <string.h>

#define MOST_CHUNK_LINE 4096           /* octets of a chunk's size line */
#define MOST_TRAILERS (16 * 1024)      /* octets */
#define MOST_CONTENT (G_MAXUINT64 / 2) /* octets believed of a Content-Length */

typedef enum
{
  CHUNK_SIZE,      /* hexadecimal digits */
  CHUNK_EXTENSION, /* the rest of that line */
  CHUNK_DATA,
  CHUNK_END,     /* the line end after the data */
  TRAILER_START, /* at the start of a line behind the last chunk */
  TRAILER_CR,    /* a CR there */
  TRAILER_LINE,
} BodyState;

/* Octets of the line at the front of @octets, its LF included; 0 when there is no LF. */
static gsize
line_length (const guint8 *octets, gsize length)
{
  const guint8 *lf = length > 0 ? memchr (octets, '\n', length) : NULL;

  return lf != NULL ? (gsize)(lf - octets) + 1 : 0;
}

static gsize
without_line_end (const guint8 *octets, gsize line)
{
  if (line > 0 && octets[line - 1] == '\n')
    line--;
  if (line > 0 && octets[line - 1] == '\r')
    line--;
  return line;
}

static gboolean
is_token_octet (guint8 octet)
{
  return g_ascii_isalnum (octet) || (octet != 0 && strchr ("!#$%&'*+-.^_`|~", octet) != NULL);
}

static LensRange
trimmed (const guint8 *octets, LensRange range)
{
  while (range.length > 0 && strchr (" \t\r\n", octets[range.offset]) != NULL
         && octets[range.offset] != 0)
    range = (LensRange){ range.offset + 1, range.length - 1 };
  while (range.length > 0 && strchr (" \t\r\n", octets[lens_range_end (range) - 1]) != NULL
         && octets[lens_range_end (range) - 1] != 0)
    range.length--;
  return range;
}

/* The first word of @left, which is then shortened by it and the spaces after it. */
static LensRange
take_word (const guint8 *octets, LensRange *left)
{
  LensRange word = { left->offset, 0 };

  while (word.length < left->length && octets[word.offset + word.length] != ' ')
    word.length++;
  gsize step = word.length;
  while (step < left->length && octets[left->offset + step] == ' ')
    step++;
  *left = (LensRange){ left->offset + step, left->length - step };
  return word;
}

static gboolean
is_version (const guint8 *octets, LensRange word)
{
  return word.length == 8 && memcmp (octets + word.offset, "HTTP/1.", 7) == 0
         && g_ascii_isdigit (octets[word.offset + 7]);
}

static gboolean
parse_start_line (const guint8 *octets, LensHttpHead *head)
{
  LensRange left = { 0, without_line_end (octets, head->start_line.length) };
  LensRange first = take_word (octets, &left);

  if (is_version (octets, first))
    {
      LensRange code = take_word (octets, &left);
      head->is_response = TRUE;
      head->version = first;
      head->reason = left;
      if (code.length != 3)
        return FALSE;
      for (guint i = 0; i < 3; i++)
        {
          guint8 digit = octets[code.offset + i];
          if (!g_ascii_isdigit (digit))
            return FALSE;
          head->status = (guint16)(head->status * 10 + digit - '0');
        }
      return TRUE;
    }
  head->method = first;
  head->target = take_word (octets, &left);
  head->version = trimmed (octets, left);
  for (gsize i = 0; i < first.length; i++)
    if (!is_token_octet (octets[i]))
      return FALSE;
  return first.length > 0 && head->target.length > 0 && is_version (octets, head->version);
}

/* Whether octets without a line end could become a start line. */
static gboolean
may_begin (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length && octets[i] != ' '; i++)
    if (!is_token_octet (octets[i]) && !(i >= 4 && octets[i] == '/'))
      return FALSE;
    else if (i >= 32)
      return FALSE; /* no method is so long */
  return length == 0 || octets[0] != ' ';
}

gboolean
lens_http_field_next (const guint8 *octets, LensRange *left, LensHttpField *field)
{
  const guint8 *at = octets + left->offset;
  gsize whole = 0;

  if (left->length == 0)
    return FALSE;
  do /* a line that begins with white space continues the one before */
    {
      gsize line = line_length (at + whole, left->length - whole);
      whole = line > 0 ? whole + line : left->length;
    }
  while (whole < left->length && (at[whole] == ' ' || at[whole] == '\t'));

  const guint8 *colon = memchr (at, ':', whole);
  gsize name = colon != NULL ? (gsize)(colon - at) : 0;
  gsize value = colon != NULL ? name + 1 : 0;
  field->whole = (LensRange){ left->offset, whole };
  field->name = (LensRange){ left->offset, name };
  field->value = trimmed (octets, (LensRange){ left->offset + value, whole - value });
  *left = (LensRange){ left->offset + whole, left->length - whole };
  return TRUE;
}

gboolean
lens_http_is_named (const guint8 *octets, LensRange range, const char *name)
{
  return range.length == strlen (name)
         && g_ascii_strncasecmp ((const char *)octets + range.offset, name, range.length) == 0;
}

static void
note_content_length (const guint8 *octets, LensRange value, LensHttpHead *head)
{
  guint64 number = 0;
  gboolean bad = value.length == 0;

  for (gsize i = 0; i < value.length && !bad; i++)
    {
      guint8 digit = octets[value.offset + i];
      bad = !g_ascii_isdigit (digit) || number > MOST_CONTENT / 10;
      number = number * 10 + digit - '0';
    }
  if (bad || (head->framing == LENS_HTTP_BODY_LENGTH && head->content_length != number))
    head->odd |= LENS_HTTP_BAD_LENGTH;
  if (!bad && head->framing != LENS_HTTP_BODY_LENGTH)
    {
      head->framing = LENS_HTTP_BODY_LENGTH;
      head->content_length = number;
    }
}

static void
note_field (const guint8 *octets, const LensHttpField *field, LensHttpHead *head,
            gboolean *is_coded, gboolean *is_chunked)
{
  const guint8 *name = octets + field->name.offset;
  gsize length = field->name.length;

  if (length == 0 || name[length - 1] == ' ' || name[length - 1] == '\t')
    head->odd |= LENS_HTTP_BAD_FIELD;
  if (lens_http_is_named (octets, field->name, "Content-Length"))
    note_content_length (octets, field->value, head);
  if (lens_http_is_named (octets, field->name, "Transfer-Encoding"))
    {
      gsize tail = MIN (field->value.length, 7); /* the last coding decides */
      LensRange last = { lens_range_end (field->value) - tail, tail };
      *is_coded = TRUE;
      *is_chunked = lens_http_is_named (octets, last, "chunked");
    }
}

static void
note_lines (const guint8 *octets, gsize length, LensHttpHead *head)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean after_cr = i > 0 && octets[i - 1] == '\r';
      gboolean is_line_end
          = octets[i] == '\n' || (octets[i] == '\r' && i + 1 < length && octets[i + 1] == '\n');
      if (octets[i] == '\n' && !after_cr)
        head->odd |= LENS_HTTP_BARE_LF;
      if (octets[i] == '\n' && i + 1 < length && (octets[i + 1] == ' ' || octets[i + 1] == '\t'))
        head->odd |= LENS_HTTP_FOLDED;
      if (!is_line_end && octets[i] != '\t' && (octets[i] < 0x20 || octets[i] == 0x7f))
        head->odd |= LENS_HTTP_CONTROL;
    }
}

static void
decide_framing (const guint8 *octets, LensHttpHead *head)
{
  LensRange left = head->fields;
  LensHttpField field;
  gboolean is_coded = FALSE;
  gboolean is_chunked = FALSE;

  while (lens_http_field_next (octets, &left, &field))
    note_field (octets, &field, head, &is_coded, &is_chunked);
  if (is_coded && head->framing == LENS_HTTP_BODY_LENGTH)
    head->odd |= LENS_HTTP_TWO_LENGTHS;
  if (is_coded)
    head->framing = is_chunked          ? LENS_HTTP_BODY_CHUNKED
                    : head->is_response ? LENS_HTTP_BODY_UNTIL_CLOSE
                                        : LENS_HTTP_BODY_NONE;
  else if (head->framing == LENS_HTTP_BODY_NONE && head->is_response)
    head->framing = LENS_HTTP_BODY_UNTIL_CLOSE;
  if (head->is_response && (head->status / 100 == 1 || head->status == 204 || head->status == 304))
    head->framing = LENS_HTTP_BODY_NONE;
}

LensHttpFound
lens_http_parse (const guint8 *octets, gsize length, LensHttpHead *head)
{
  gsize there = MIN (length, LENS_HTTP_MOST_HEAD);
  gsize start = line_length (octets, there);
  LensHttpHead found = { .start_line = { 0, start } };

  if (start == 0)
    return length < LENS_HTTP_MOST_HEAD && may_begin (octets, length) ? LENS_HTTP_MORE
                                                                      : LENS_HTTP_NOT;
  if (!parse_start_line (octets, &found))
    return LENS_HTTP_NOT;
  for (gsize end = start, line; (line = line_length (octets + end, there - end)) > 0; end += line)
    if (without_line_end (octets + end, line) == 0)
      {
        found.fields = (LensRange){ start, end - start };
        found.end = (LensRange){ end, line };
        note_lines (octets, end + line, &found);
        decide_framing (octets, &found);
        *head = found;
        return LENS_HTTP_HEAD;
      }
  return length < LENS_HTTP_MOST_HEAD ? LENS_HTTP_MORE : LENS_HTTP_NOT;
}

gboolean
lens_http_field (const guint8 *octets, const LensHttpHead *head, const char *name, LensRange *value)
{
  LensRange left = head->fields;
  LensHttpField field;

  while (lens_http_field_next (octets, &left, &field))
    if (lens_http_is_named (octets, field.name, name))
      {
        *value = field.value;
        return TRUE;
      }
  return FALSE;
}

void
lens_http_body_init (LensHttpBody *body, const LensHttpHead *head)
{
  *body = (LensHttpBody){ .framing = head->framing, .state = CHUNK_SIZE };
  if (head->framing == LENS_HTTP_BODY_LENGTH)
    body->left = head->content_length;
  body->complete = head->framing == LENS_HTTP_BODY_NONE
                   || (head->framing == LENS_HTTP_BODY_LENGTH && body->left == 0);
}

/* One octet of a size line. */
static void
step_size_line (LensHttpBody *body, guint8 octet)
{
  int digit = g_ascii_xdigit_value ((char)octet);

  body->in_lines++;
  if (octet == '\n')
    {
      gboolean is_last = body->left == 0;
      body->state = is_last ? TRAILER_START : CHUNK_DATA;
      body->in_lines = 0;
    }
  else if (body->in_lines > MOST_CHUNK_LINE)
    body->broken = TRUE;
  else if (body->state == CHUNK_SIZE && digit >= 0)
    {
      if (body->left > G_MAXUINT64 >> 8)
        body->broken = TRUE;
      body->left = body->left << 4 | (guint64)digit;
    }
  else if (body->state == CHUNK_SIZE && body->in_lines == 1)
    body->broken = TRUE; /* a size must come first */
  else
    {
      body->state = CHUNK_EXTENSION;
      if (octet != '\r' && octet != ' ')
        body->extended = TRUE;
    }
}

static void
step_trailer (LensHttpBody *body, guint8 octet)
{
  body->in_lines++;
  if (octet == '\n')
    {
      body->complete = body->state != TRAILER_LINE;
      body->state = TRAILER_START;
    }
  else if (body->state == TRAILER_START && octet == '\r')
    body->state = TRAILER_CR;
  else
    {
      body->state = TRAILER_LINE;
      body->trailers = TRUE;
    }
  if (body->in_lines > MOST_TRAILERS)
    body->broken = TRUE;
}

/* The octets of the line end after a chunk's data: CR LF, or LF alone. */
static void
step_chunk_end (LensHttpBody *body, guint8 octet)
{
  if (octet == '\n')
    {
      body->state = CHUNK_SIZE;
      body->in_lines = 0;
    }
  else if (octet == '\r' && body->in_lines == 0)
    body->in_lines++;
  else
    body->broken = TRUE;
}

static gsize
take_framing (LensHttpBody *body, const guint8 *octets, gsize length)
{
  gsize taken = 0;

  while (taken < length && body->state != CHUNK_DATA && !body->complete && !body->broken)
    {
      guint8 octet = octets[taken];
      if (body->state == CHUNK_SIZE || body->state == CHUNK_EXTENSION)
        step_size_line (body, octet);
      else if (body->state == CHUNK_END)
        step_chunk_end (body, octet);
      else
        step_trailer (body, octet);
      if (!body->broken)
        taken++;
    }
  return taken;
}

/* @length octets of content, no more than are left, have passed. */
static void
pass_content (LensHttpBody *body, guint64 length)
{
  body->left -= length;
  if (body->left > 0)
    return;
  if (body->framing == LENS_HTTP_BODY_LENGTH)
    body->complete = TRUE;
  else
    {
      body->state = CHUNK_END;
      body->in_lines = 0;
    }
}

gsize
lens_http_body_take (LensHttpBody *body, const guint8 *octets, gsize length, LensHttpPartKind *kind)
{
  if (length == 0 || body->complete)
    return 0;
  if (!body->broken && body->framing == LENS_HTTP_BODY_CHUNKED && body->state != CHUNK_DATA)
    {
      *kind = LENS_HTTP_PART_FRAMING;
      gsize taken = take_framing (body, octets, length);
      if (taken > 0)
        return taken;
    }
  if (body->broken)
    {
      *kind = LENS_HTTP_PART_BROKEN;
      return length;
    }
  *kind = LENS_HTTP_PART_DATA;
  if (body->framing == LENS_HTTP_BODY_UNTIL_CLOSE)
    return length;
  length = (gsize)MIN ((guint64)length, body->left);
  pass_content (body, length);
  return length;
}

gboolean
lens_http_body_gap (LensHttpBody *body, guint64 length)
{
  gboolean in_content = body->framing == LENS_HTTP_BODY_LENGTH
                        || (body->framing == LENS_HTTP_BODY_CHUNKED && body->state == CHUNK_DATA);

  if (body->complete || body->broken)
    return FALSE;
  if (body->framing == LENS_HTTP_BODY_UNTIL_CLOSE)
    return TRUE;
  if (!in_content || length > body->left)
    {
      body->broken = TRUE;
      return FALSE;
    }
  pass_content (body, length);
  return TRUE;
}
