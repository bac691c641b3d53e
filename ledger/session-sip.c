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
  for (LensStream *stream = side->flow->streams; stream != NULL; stream = stream->next_of_flow)
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
