#include "ledger/rtsp-asked.h"

#include "wire/rtsp-header.h"

#define MAX_WAITING 64
#define MAX_URL 2048

struct LensRtspWaiting
{
  GPtrArray *requests;     /* LensRtspAsked, oldest first */
  LensRtspAsked *answered; /* the last one that was taken, or NULL */
};

static void
asked_free (gpointer data)
{
  LensRtspAsked *asked = data;

  if (asked == NULL)
    return;
  g_free (asked->method);
  g_free (asked->uri);
  g_free (asked->octets);
  g_free (asked);
}

LensRtspWaiting *
lens_rtsp_waiting_new (void)
{
  LensRtspWaiting *waiting = g_new0 (LensRtspWaiting, 1);

  waiting->requests = g_ptr_array_new_with_free_func (asked_free);
  return waiting;
}

void
lens_rtsp_waiting_free (LensRtspWaiting *waiting)
{
  if (waiting == NULL)
    return;
  g_ptr_array_unref (waiting->requests);
  asked_free (waiting->answered);
  g_free (waiting);
}

static char *
dup_range (const guint8 *octets, LensRange range)
{
  return g_strndup ((const char *)octets + range.offset, MIN (range.length, MAX_URL));
}

void
lens_rtsp_waiting_add (LensRtspWaiting *waiting, const guint8 *octets, const LensRtspUnit *request)
{
  LensRtspAsked *asked = g_new0 (LensRtspAsked, 1);

  asked->has_cseq = lens_rtsp_cseq (octets, request->headers, &asked->cseq);
  asked->method = dup_range (octets, request->method);
  asked->uri = dup_range (octets, request->uri);
  asked->length = MIN (request->length, LENS_RTSP_ASKED_MAX);
  asked->octets = g_memdup2 (octets, asked->length);
  if (asked->length == request->length)
    {
      asked->headers = request->headers;
      asked->body = request->body;
    }
  if (waiting->requests->len >= MAX_WAITING)
    g_ptr_array_remove_index (waiting->requests, 0);
  g_ptr_array_add (waiting->requests, asked);
}

/* An informational reply is followed by another one (RFC 2326 section 7.1.1). */
static gboolean
is_last (const LensRtspUnit *reply)
{
  return reply->status >= 200;
}

const LensRtspAsked *
lens_rtsp_waiting_take (LensRtspWaiting *waiting, const guint8 *octets, const LensRtspUnit *reply)
{
  GPtrArray *requests = waiting->requests;
  guint64 cseq;
  gboolean named = lens_rtsp_cseq (octets, reply->headers, &cseq);

  for (guint i = 0; i < requests->len; i++)
    {
      LensRtspAsked *asked = g_ptr_array_index (requests, i);
      if (named && (!asked->has_cseq || asked->cseq != cseq))
        continue;
      if (!is_last (reply))
        return asked;
      asked_free (waiting->answered);
      waiting->answered = g_ptr_array_steal_index (requests, i);
      return waiting->answered;
    }
  return requests->len > 0 ? g_ptr_array_index (requests, requests->len - 1) : NULL;
}
