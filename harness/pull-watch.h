#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensPullWatch:
 * What the puller's own side of the connection shows, seen where libavformat calls send() and
 * recv(): how far the opening has come, and whether credentials may go out.
 *
 * libavformat has no option for any of this.  The dynamic linker prefers an executable's own
 * functions, so those of pull-watch.c are called in place of libc's; each does the same and
 * tells the watch.  Two rules are enforced there, before an octet leaves:
 *
 *  - Basic credentials (RFC 7617) go out only if @allow_basic.
 *  - After a 401 to a request with credentials no credentials go out any more.
 */
typedef struct
{
  gboolean allow_basic;

  gboolean watching;               /* until the stream plays */
  guint requests;                  /* sent */
  guint requests_with_credentials; /* of them */
  gboolean awaiting;               /* the last request had credentials, its status is not known */
  gboolean unauthorized;           /* 401 came to one with credentials */
  gboolean challenged;             /* 401 came to one without */
  gboolean basic_refused;          /* Basic was held back */
  gint64 last_request_us;          /* monotonic */
  char window[12];                 /* the last octets received: "RTSP/1.0 401" */
} LensPullWatch;

/* The one watch of the process: functions that libavformat calls by name have no other way
 * to find it. */
LensPullWatch *lens_pull_watch (void);

/* Random octets for SSRCs and nonces are drawn now, while the kernel can still be asked.
 * @user_agent, borrowed for good: what the requests of an HTTP tunnel say. */
void lens_pull_watch_prepare (gboolean allow_basic, const char *user_agent);

/* FALSE: these octets must not leave. */
gboolean lens_pull_watch_sends (LensPullWatch *watch, const void *octets, gsize length);
void lens_pull_watch_receives (LensPullWatch *watch, const void *octets, gsize length);

G_END_DECLS
