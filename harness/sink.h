#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lenscap-sink: the rest of the world, as far as a device in the private lab can tell.
 *
 * Descriptors, made by the lab before it starts:
 *   0  control: the program ends when the other end closes
 *   3  a listening TCP socket (IP_TRANSPARENT) that is handed every TCP connection
 *   4  a UDP socket (IP_TRANSPARENT) that is handed every datagram; they are dropped
 *   5  a UDP socket bound to port 123
 *
 * TCP is accepted, read and forgotten; what looks like an HTTP request is answered with an
 * empty 200.  NTP requests (RFC 5905 mode 3) get this machine's time.  Nothing is kept.
 */
enum
{
  LENS_SINK_CONTROL = 0,
  LENS_SINK_TCP = 3,
  LENS_SINK_UDP = 4,
  LENS_SINK_NTP = 5,
};

#define LENS_SINK_CONNECTIONS 48 /* at a time (a role may hold 64 descriptors); more wait */
#define LENS_SINK_IDLE_MS 30000  /* a silent connection is closed */
#define LENS_SINK_LIFE_MS 600000 /* and so is one this old */

/* The NTP answer to @request, 48 octets into @answer; FALSE when it is not a client's request.
 * @now_us is Unix time. */
gboolean lens_sink_ntp_answer (const guint8 *request, gsize length, gint64 now_us,
                               guint8 answer[48]);

/* Whether these first octets of a connection are an HTTP request line so far. */
gboolean lens_sink_is_http (const guint8 *octets, gsize length);

G_END_DECLS
