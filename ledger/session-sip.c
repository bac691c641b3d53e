/* What SIP sets up: an offer or answer says where its author receives (RFC 3264 section 5). */
#include "ledger/session-inside.h"

#include <string.h>

/* RFC 3261 section 7: a status line opens with the version, a request line ends with it. */
static gboolean
is_sip (const guint8 *octets, gsize length)
{
  const guint8 *end = memchr (octets, '\n', MIN (length, 1024));

  if (length > 8 && memcmp (octets, "SIP/2.0 ", 8) == 0)
    return TRUE;
  gsize line = end != NULL ? (gsize)(end - octets) : 0;
  if (line > 0 && octets[line - 1] == '\r')
    line--;
  return line > 8 && g_ascii_isupper (octets[0]) && memcmp (octets + line - 8, " SIP/2.0", 8) == 0;
}

/* Whether @line is the field called @name, or by its short name (RFC 3261 section 7.3.3). */
static gboolean
is_field (const guint8 *line, gsize length, const char *name, char brief, gsize *value)
{
  gsize full = strlen (name);

  if (length > full && g_ascii_strncasecmp ((const char *)line, name, full) == 0)
    *value = full;
  else if (length > 1 && g_ascii_tolower ((char)line[0]) == brief)
    *value = 1;
  else
    return FALSE;
  while (*value < length && (line[*value] == ' ' || line[*value] == '\t'))
    ++*value;
  return *value < length && line[(*value)++] == ':';
}

/* Octets of the body that the headers announce; none where they are silent. */
static gsize
announced (const guint8 *headers, gsize length)
{
  for (gsize at = 0; at < length;)
    {
      const guint8 *end = memchr (headers + at, '\n', length - at);
      gsize line = end != NULL ? (gsize)(end - headers) + 1 - at : length - at, value;
      if (is_field (headers + at, line, "Content-Length", 'l', &value))
        return (gsize)MIN (g_ascii_strtoull ((const char *)headers + at + value, NULL, 10),
                           (guint64)LENS_RTSP_MAX_BODY + 1);
      at += line;
    }
  return 0;
}

/* Whether octets without a whole line may become a start line: the version, or a method and a
 * URI of a scheme that it may have. */
static gboolean
may_begin (const guint8 *octets, gsize length)
{
  static const char *const openings[] = { "SIP/2.0 ", "sip:", "sips:", "tel:" };
  gsize method = 0;

  while (method < length && g_ascii_isupper (octets[method]))
    method++;
  gboolean request = method > 0 && (method == length || octets[method] == ' ');
  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      gsize start = i == 0 ? 0 : MIN (method + 1, length);
      gsize compared = MIN (strlen (openings[i]), length - start);
      if ((i == 0 || request) && memcmp (octets + start, openings[i], compared) == 0)
        return TRUE;
    }
  return FALSE;
}

LensSipGuess
lens_sip_next (const guint8 *octets, gsize length, gsize *message)
{
  const guint8 *line = memchr (octets, '\n', MIN (length, 1024));

  *message = length + 1;
  if (line == NULL)
    return length < 1024 && may_begin (octets, length) ? LENS_SIP_MORE : LENS_SIP_NO;
  if (!is_sip (octets, length))
    return LENS_SIP_NO;
  const guint8 *empty = memmem (octets, length, "\r\n\r\n", 4);
  if (empty == NULL)
    return length < LENS_RTSP_MAX_HEADERS ? LENS_SIP_MORE : LENS_SIP_NO;
  gsize head = (gsize)(empty - octets) + 4;
  gsize body = announced (octets, head);
  if (body > LENS_RTSP_MAX_BODY)
    return LENS_SIP_NO;
  *message = head + body;
  return *message > length ? LENS_SIP_MORE : LENS_SIP_YES;
}

/* The description in a SIP message: what follows the empty line, when it opens with v=. */
static const guint8 *
sip_body (const guint8 *octets, gsize length, gsize *body_length)
{
  const guint8 *empty = memmem (octets, length, "\r\n\r\n", 4);

  if (empty == NULL)
    return NULL;
  *body_length = length - (gsize)(empty + 4 - octets);
  return *body_length > 4 && memcmp (empty + 4, "v=", 2) == 0 ? empty + 4 : NULL;
}

static void
grant_offer (LensSessions *sessions, LensStream *stream, const LensSdp *sdp,
             const LensSdpMedia *section, const LensAddress *author)
{
  const char *where = section->connection != NULL ? section->connection : sdp->connection;
  LensGrant grant = { .receiver = *author };

  if (section->port == 0 || section->port > G_MAXUINT16 - 1)
    return;
  g_autofree char *plain
      = g_strndup (where != NULL ? where : "", strcspn (where != NULL ? where : "", "/"));
  if (!lens_address_parse (plain, &grant.receiver))
    grant.receiver = *author;
  grant.receiver_port = (guint16)section->port;
  if (lens_sessions_receiving (sessions, stream, &grant.receiver, grant.receiver_port) != NULL)
    return;
  LensTrack *track = grant.track = lens_sessions_add_track (sessions);
  if (track == NULL)
    return;
  track->stream = stream;
  track->setup = TRUE;
  lens_track_describe (track, sdp, section);
  g_ptr_array_add (stream->tracks, track);
  lens_sessions_grant (sessions, grant);
  grant.rtcp = TRUE;
  grant.receiver_port++;
  lens_sessions_grant (sessions, grant);
}

/* What @side's host offered on the flow before, or a new stream for it. */
static LensStream *
offer_stream (LensSessions *sessions, LensSide *side)
{
  for (LensStream *stream = side->flow->rare->streams; stream != NULL;
       stream = stream->next_of_flow)
    if (lens_address_equal (&stream->server, &side->key.src))
      return stream;
  g_autofree char *host = lens_address_dup_text (&side->key.src);
  return lens_sessions_add_stream (sessions, side->flow, side, g_strdup_printf ("sip:%s", host));
}

gboolean
lens_sessions_sip (LensSessions *sessions, LensSide *side, const guint8 *octets, gsize length,
                   LensRange *description)
{
  gsize body_length = 0;

  if (!is_sip (octets, length))
    return FALSE;
  const guint8 *body = sip_body (octets, length, &body_length);
  *description = (LensRange){ length, 0 };
  if (body != NULL)
    *description = (LensRange){ (gsize)(body - octets), body_length };
  LensStream *stream = body != NULL ? offer_stream (sessions, side) : NULL;
  if (stream == NULL)
    return TRUE;
  g_autoptr (LensSdp) sdp = lens_sdp_parse (body, body_length);
  for (guint i = 0; i < sdp->media->len; i++)
    grant_offer (sessions, stream, sdp, g_ptr_array_index (sdp->media, i), &side->key.src);
  return TRUE;
}
