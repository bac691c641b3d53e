#include "wire/rtsp.h"

#include <string.h>

#include "wire/rtsp-header.h"

enum
{
  FRAME_HEAD = 4,
  CHAIN = 3,           /* frames that follow each other by chance once in 2^30 offsets */
  CHAIN_SHORT = 8,     /* least data of a frame in a chain */
  TRUSTED_LINE = 1024, /* longest start line that ends a run of junk */
};

typedef enum
{
  NO,
  YES,
  UNDECIDED,
} Answer;

static const char *const methods[] = {
  "ANNOUNCE", "DESCRIBE", "GET_PARAMETER", "OPTIONS",  "PAUSE",         "PLAY",
  "RECORD",   "REDIRECT", "SETUP",         "TEARDOWN", "SET_PARAMETER", "PLAY_NOTIFY",
};

static gsize
frame_length (const guint8 *head)
{
  return (gsize)head[2] << 8 | head[3];
}

static gboolean
is_text (guint8 octet)
{
  return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
}

static gboolean
is_method_character (guint8 octet)
{
  return g_ascii_isalnum (octet) || octet == '_' || octet == '-';
}

/* Compares with what is there of @text: UNDECIDED when the octets end too early. */
static Answer
starts_with (const guint8 *octets, gsize length, const char *text)
{
  gsize wanted = strlen (text);

  if (memcmp (octets, text, MIN (wanted, length)) != 0)
    return NO;
  return length < wanted ? UNDECIDED : YES;
}

/* The length of the line at @octets, end included, or 0 when it is not whole. */
static gsize
line_length (const guint8 *octets, gsize length)
{
  const guint8 *end = memchr (octets, '\n', length);

  return end != NULL ? (gsize)(end - octets) + 1 : 0;
}

/* "RTSP/1.0" or "HTTP/1.1" and nothing else. */
static gboolean
is_version (const guint8 *octets, gsize length)
{
  return length == 8 && (memcmp (octets, "RTSP/", 5) == 0 || memcmp (octets, "HTTP/", 5) == 0)
         && g_ascii_isdigit (octets[5]) && octets[6] == '.' && g_ascii_isdigit (octets[7]);
}

static gsize
without_line_end (const guint8 *octets, gsize length)
{
  while (length > 0 && (octets[length - 1] == '\n' || octets[length - 1] == '\r'))
    length--;
  return length;
}

/* Status-Line (RFC 2326 7.1): version, three digits, reason. */
static gboolean
parse_status_line (const guint8 *octets, gsize length, LensRtspUnit *unit)
{
  if (length < 12 || !is_version (octets, 8) || octets[8] != ' ')
    return FALSE;
  for (gsize i = 9; i < 12; i++)
    if (!g_ascii_isdigit (octets[i]))
      return FALSE;
  if (length > 12 && octets[12] != ' ')
    return FALSE;

  unit->kind = LENS_RTSP_RESPONSE;
  unit->version = (LensRange){ 0, 8 };
  unit->status
      = (guint)(octets[9] - '0') * 100 + (guint)(octets[10] - '0') * 10 + (guint)(octets[11] - '0');
  gsize reason = MIN (length, 13);
  unit->reason = (LensRange){ reason, length - reason };
  return TRUE;
}

/* Request-Line (RFC 2326 6.1): method, URI, version. */
static gboolean
parse_request_line (const guint8 *octets, gsize length, LensRtspUnit *unit)
{
  gsize method = 0;

  while (length > 0 && octets[length - 1] == ' ')
    length--;
  while (method < length && is_method_character (octets[method]))
    method++;
  if (method == 0 || length < method + 2 + 8 || octets[method] != ' ')
    return FALSE;
  if (octets[length - 9] != ' ' || !is_version (octets + length - 8, 8))
    return FALSE;

  gsize uri = method;
  gsize end = length - 9;
  while (uri < end && octets[uri] == ' ')
    uri++;
  while (end > uri && octets[end - 1] == ' ')
    end--;
  unit->kind = LENS_RTSP_REQUEST;
  unit->method = (LensRange){ 0, method };
  unit->uri = (LensRange){ uri, end - uri };
  unit->version = (LensRange){ length - 8, 8 };
  return end > uri;
}

/* Whether a message starts here with a line of at most @max octets; fills its start line when
 * it does. */
static Answer
parse_start_line (const guint8 *octets, gsize length, gsize max, LensRtspUnit *unit)
{
  gsize window = MIN (length, max);
  gsize line = line_length (octets, window);
  gsize text = without_line_end (octets, line > 0 ? line : window);

  if (window == 0)
    return UNDECIDED;
  if (!g_ascii_isalpha (octets[0]) || (line == 0 && window == max))
    return NO;
  if (line > 0 && !parse_status_line (octets, text, unit)
      && !parse_request_line (octets, text, unit))
    return NO;
  for (gsize i = 0; i < text; i++)
    if (!is_text (octets[i]))
      return NO;
  if (line == 0)
    return UNDECIDED;
  unit->start_line = (LensRange){ 0, line };
  if (octets[unit->version.offset] == 'H')
    unit->odd |= LENS_RTSP_HTTP;
  return YES;
}

/* Whether the header block ends before this line because something else begins. */
static gboolean
breaks_headers (const guint8 *line, gsize length)
{
  LensRtspUnit next = { 0 };

  if (line[0] == '$' || (!is_text (line[0]) && line[0] != '\r'))
    return TRUE;
  return line_length (line, length) > 0
         && parse_start_line (line, length, LENS_RTSP_MAX_LINE, &next) == YES;
}

/* Finds the end of the header block; @scanned remembers the whole lines read so far. */
static Answer
find_headers (gsize *scanned, const guint8 *octets, gsize length, LensRtspUnit *unit)
{
  gsize start = unit->start_line.length;
  gsize position = MAX (start, *scanned);

  unit->headers = (LensRange){ start, MIN (length, LENS_RTSP_MAX_HEADERS) - start };
  while (position < length && position < LENS_RTSP_MAX_HEADERS)
    {
      gsize left = MIN (length, LENS_RTSP_MAX_HEADERS) - position;
      gsize line = line_length (octets + position, left);
      gboolean empty = line > 0 && without_line_end (octets + position, line) == 0;
      if (!empty && breaks_headers (octets + position, left))
        {
          unit->headers.length = position - start;
          unit->odd |= LENS_RTSP_UNTERMINATED;
          return YES;
        }
      if (line == 0)
        break;
      position += line;
      unit->headers.length = position - start;
      if (empty)
        return YES;
      *scanned = position;
    }
  return length < LENS_RTSP_MAX_HEADERS ? UNDECIDED : NO;
}

static gsize
content_length (const guint8 *octets, LensRtspUnit *unit)
{
  LensRtspHeader header;
  gsize position = 0;
  gboolean said = FALSE;
  guint64 length = 0;

  while (lens_rtsp_header_next (octets, unit->headers, &position, &header))
    {
      guint64 number = 0;
      if (!header.has_colon || !lens_rtsp_is (octets, header.name, "Content-Length"))
        continue;
      if (!lens_rtsp_number (octets, header.value, &number))
        unit->odd |= LENS_RTSP_LENGTH_MALFORMED;
      if (said && number != length)
        unit->odd |= LENS_RTSP_LENGTH_CONFLICT;
      said = TRUE;
      length = number;
    }
  if (length > LENS_RTSP_MAX_BODY)
    {
      unit->odd |= LENS_RTSP_BODY_TOO_LONG;
      return 0;
    }
  return (gsize)length;
}

/* RTSP over HTTP, as QuickTime does it: both requests carry a cookie, the reply a type. */
static gboolean
opens_tunnel (const guint8 *octets, const LensRtspUnit *unit)
{
  LensRange value;

  if ((unit->odd & LENS_RTSP_HTTP) == 0)
    return FALSE;
  if (lens_rtsp_header_find (octets, unit->headers, "x-sessioncookie", 0, &value))
    return TRUE;
  return lens_rtsp_header_find (octets, unit->headers, "Content-Type", 0, &value)
         && lens_rtsp_is (octets, value, "application/x-rtsp-tunnelled");
}

static LensRtspKind
more (LensRtspUnit *unit, gsize needed)
{
  *unit = (LensRtspUnit){ .kind = LENS_RTSP_MORE, .needed = needed };
  return unit->kind;
}

static LensRtspKind
stray (LensRtspUnit *unit, gsize length, guint odd)
{
  *unit = (LensRtspUnit){ .kind = LENS_RTSP_STRAY, .length = length, .odd = odd };
  return unit->kind;
}

static LensRtspKind
next_frame (const guint8 *octets, gsize length, gboolean at_end, LensRtspUnit *unit)
{
  gsize wanted = length < FRAME_HEAD ? FRAME_HEAD : FRAME_HEAD + frame_length (octets);

  if (length < wanted && !at_end)
    return more (unit, wanted);
  if (length < FRAME_HEAD)
    return stray (unit, length, LENS_RTSP_CUT);
  *unit = (LensRtspUnit){
    .kind = LENS_RTSP_INTERLEAVED,
    .length = MIN (length, wanted),
    .odd = length < wanted ? LENS_RTSP_CUT : 0,
    .channel = octets[1],
    .data = { FRAME_HEAD, MIN (length, wanted) - FRAME_HEAD },
  };
  return unit->kind;
}

/* The rest of a message whose start line is known. */
static LensRtspKind
next_message (LensRtspFramer *framer, const guint8 *octets, gsize length, gboolean at_end,
              LensRtspUnit *unit)
{
  Answer whole = find_headers (&framer->scanned, octets, length, unit);

  if (whole == UNDECIDED && !at_end)
    return more (unit, length + 1);
  if (whole == NO)
    {
      framer->lost = TRUE;
      return stray (unit, unit->start_line.length, LENS_RTSP_TEXT);
    }
  if (whole == UNDECIDED)
    {
      unit->headers.length = length - unit->headers.offset;
      unit->odd |= LENS_RTSP_CUT;
    }

  gsize body = lens_range_end (unit->headers);
  gsize wanted = whole == YES ? content_length (octets, unit) : 0;
  if (opens_tunnel (octets, unit))
    {
      unit->odd |= LENS_RTSP_TUNNEL;
      wanted = 0;
    }
  if (wanted > length - body && !at_end)
    return more (unit, body + wanted);
  if (wanted > length - body)
    unit->odd |= LENS_RTSP_CUT;
  if ((unit->odd & LENS_RTSP_BODY_TOO_LONG) != 0)
    framer->lost = TRUE;
  unit->body = (LensRange){ body, MIN (wanted, length - body) };
  unit->length = lens_range_end (unit->body);
  return unit->kind;
}

/* Frames one behind the other from the front of @octets. */
static Answer
chain (const guint8 *octets, gsize length, gboolean at_end, gsize *needed)
{
  gsize position = 0;

  for (guint frames = 0; frames < CHAIN; frames++)
    {
      gsize left = length - position;
      const guint8 *head = octets + position;
      if (left == 0 && at_end && frames > 0)
        return YES;
      if (left > 0 && head[0] != '$')
        {
          Answer status = frames > 0 ? starts_with (head, left, "RTSP/") : NO;
          return status == UNDECIDED && at_end ? NO : status;
        }
      if (left < FRAME_HEAD + 1)
        {
          *needed = position + FRAME_HEAD + 1;
          return at_end ? NO : UNDECIDED;
        }
      if (frame_length (head) < CHAIN_SHORT || head[FRAME_HEAD] >> 6 != 2)
        return NO;
      if (at_end && frames == CHAIN - 1 && frame_length (head) > left - FRAME_HEAD)
        return YES;
      position += FRAME_HEAD + frame_length (head);
      if (position > length)
        {
          *needed = position + FRAME_HEAD + 1;
          return at_end ? NO : UNDECIDED;
        }
    }
  return YES;
}

/* Whether something begins here that a reader out of step may trust. */
static Answer
trusted (const guint8 *octets, gsize length, gboolean at_end, gsize *needed)
{
  LensRtspUnit unit = { 0 };
  Answer answer = NO;

  *needed = length + 1;
  if (octets[0] == '$')
    return chain (octets, length, at_end, needed);
  if (!g_ascii_isupper (octets[0]))
    return NO;
  answer = starts_with (octets, length, "RTSP/");
  for (guint i = 0; answer == NO && i < G_N_ELEMENTS (methods); i++)
    {
      gsize name = strlen (methods[i]);
      answer = starts_with (octets, length, methods[i]);
      if (answer == YES && length > name && octets[name] != ' ')
        answer = NO;
    }
  if (answer == YES)
    answer = parse_start_line (octets, length, TRUSTED_LINE, &unit);
  if (answer == YES && (unit.odd & LENS_RTSP_HTTP) != 0)
    answer = NO;
  return answer == UNDECIDED && at_end ? NO : answer;
}

/* Out of step: the stray octets before the next trusted place; length 0 when it is here. */
static LensRtspKind
next_lost (LensRtspFramer *framer, const guint8 *octets, gsize length, gboolean at_end,
           LensRtspUnit *unit)
{
  gsize window = MIN (length, LENS_RTSP_STRAY_STEP);
  gsize needed;

  for (gsize i = 0; i < window; i++)
    {
      Answer answer = trusted (octets + i, length - i, at_end, &needed);
      if (answer == NO)
        continue;
      if (i > 0)
        return stray (unit, i, 0);
      if (answer == UNDECIDED)
        return more (unit, needed);
      framer->lost = FALSE;
      return stray (unit, 0, 0);
    }
  return stray (unit, window, 0);
}

/* In step, and neither a frame nor a message: a line end, a line of text, or out of step. */
static LensRtspKind
next_between (LensRtspFramer *framer, const guint8 *octets, gsize length, gboolean at_end,
              LensRtspUnit *unit)
{
  gsize run = 0;

  while (run < length && run < LENS_RTSP_STRAY_STEP && (octets[run] == '\r' || octets[run] == '\n'))
    run++;
  if (run > 0)
    return stray (unit, run, LENS_RTSP_KEEP_ALIVE);

  gsize window = MIN (length, LENS_RTSP_MAX_LINE);
  while (run < window && is_text (octets[run]))
    run++;
  if (run == window && window < LENS_RTSP_MAX_LINE)
    return at_end ? stray (unit, run, LENS_RTSP_TEXT | LENS_RTSP_CUT) : more (unit, length + 1);
  if (run + 1 < length && octets[run] == '\r' && octets[run + 1] == '\n')
    return stray (unit, run + 2, LENS_RTSP_TEXT);
  if (run < window && octets[run] == '\n')
    return stray (unit, run + 1, LENS_RTSP_TEXT);
  if (run + 1 == length && octets[run] == '\r' && !at_end)
    return more (unit, length + 1);
  framer->lost = TRUE;
  return next_lost (framer, octets, length, at_end, unit);
}

static LensRtspKind
next_unit (LensRtspFramer *framer, const guint8 *octets, gsize length, gboolean at_end,
           LensRtspUnit *unit)
{
  if (length == 0)
    return more (unit, 1);
  if (framer->lost)
    {
      LensRtspKind kind = next_lost (framer, octets, length, at_end, unit);
      if (kind == LENS_RTSP_MORE || unit->length > 0)
        return kind;
    }
  if (octets[0] == '$')
    return next_frame (octets, length, at_end, unit);

  *unit = (LensRtspUnit){ 0 };
  Answer answer = parse_start_line (octets, length, LENS_RTSP_MAX_LINE, unit);
  if (answer == UNDECIDED && !at_end)
    return more (unit, length + 1);
  if (answer == YES)
    return next_message (framer, octets, length, at_end, unit);
  return next_between (framer, octets, length, at_end, unit);
}

LensRtspKind
lens_rtsp_next (LensRtspFramer *framer, const guint8 *octets, gsize length, gboolean at_end,
                LensRtspUnit *unit)
{
  LensRtspKind kind = next_unit (framer, octets, length, at_end, unit);

  if (kind != LENS_RTSP_MORE)
    framer->scanned = 0;
  return kind;
}

static gboolean
has_word_of_tunnels (const guint8 *octets, gsize length)
{
  static const char *const words[] = { "x-sessioncookie", "x-rtsp-tunnelled" };

  for (gsize at = 0; at < length; at++)
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
      if (length - at >= strlen (words[i])
          && g_ascii_strncasecmp ((const char *)octets + at, words[i], strlen (words[i])) == 0)
        return TRUE;
  return FALSE;
}

/* HTTP is RTSP's business only when it opens a tunnel.  Lines that were read in vain are not read
 * again for each one that comes. */
static LensRtspGuess
guess_tunnel (gsize *scanned, const guint8 *octets, gsize length, LensRtspUnit *unit)
{
  gsize before = *scanned;
  Answer whole = find_headers (scanned, octets, length, unit);

  if (whole == UNDECIDED && before > 0 && !has_word_of_tunnels (octets + before, *scanned - before))
    return LENS_RTSP_GUESS_UNDECIDED;
  if (opens_tunnel (octets, unit))
    return LENS_RTSP_GUESS_TUNNEL;
  return whole == UNDECIDED ? LENS_RTSP_GUESS_UNDECIDED : LENS_RTSP_GUESS_NO;
}

/* Behind a method: the scheme is enough, a snap length may have cut the line. */
static gboolean
asks_by_rtsp_url (const guint8 *octets, gsize length, gsize method)
{
  return length >= method + 6 && memcmp (octets + method, " rtsp", 5) == 0
         && (octets[method + 5] == ':' || octets[method + 5] == 's');
}

LensRtspGuess
lens_rtsp_looks_like (gsize *scanned, const guint8 *octets, gsize length)
{
  static const char *const openings[] = { "RTSP/", "HTTP/", "GET ", "POST " };
  LensRtspUnit unit = { 0 };

  while (length > 0 && (octets[0] == '\r' || octets[0] == '\n'))
    {
      octets++;
      length--;
    }
  switch (parse_start_line (octets, length, LENS_RTSP_MAX_LINE, &unit))
    {
    case YES:
      if ((unit.odd & LENS_RTSP_HTTP) != 0)
        return guess_tunnel (scanned, octets, length, &unit);
      return LENS_RTSP_GUESS_YES;
    case UNDECIDED:
      break;
    default:
      return LENS_RTSP_GUESS_NO;
    }
  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    if (starts_with (octets, length, openings[i]) != NO)
      return LENS_RTSP_GUESS_UNDECIDED;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (starts_with (octets, length, methods[i]) != NO)
      return asks_by_rtsp_url (octets, length, strlen (methods[i])) ? LENS_RTSP_GUESS_YES
                                                                    : LENS_RTSP_GUESS_UNDECIDED;
  return LENS_RTSP_GUESS_NO;
}

gssize
lens_rtsp_find_interleaved (const guint8 *octets, gsize length)
{
  const guint8 *end = octets + length;
  const guint8 *at = octets;
  gsize needed;

  while (at < end && (at = memchr (at, '$', (gsize)(end - at))) != NULL)
    {
      gsize left = (gsize)(end - at);
      if (chain (at, left, FALSE, &needed) == YES)
        return at - octets;
      at++;
    }
  return -1;
}
