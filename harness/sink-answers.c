#include "harness/sink.h"

#include <string.h>

/* RFC 5905 section 6: seconds from 1900 to 1970. */
#define NTP_UNIX_OFFSET G_GUINT64_CONSTANT (2208988800)

static void
put_time (guint8 *at, gint64 now_us)
{
  guint32 seconds = GUINT32_TO_BE ((guint32)(now_us / G_USEC_PER_SEC + NTP_UNIX_OFFSET));
  guint32 fraction
      = GUINT32_TO_BE ((guint32)(((guint64)(now_us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC));

  memcpy (at, &seconds, 4);
  memcpy (at + 4, &fraction, 4);
}

gboolean
lens_sink_ntp_answer (const guint8 *request, gsize length, gint64 now_us, guint8 answer[48])
{
  if (length < 48 || (request[0] & 7) != 3)
    return FALSE;
  memset (answer, 0, 48);
  answer[0] = (request[0] & 0x38) | 4; /* no leap warning, the client's version, server */
  answer[1] = 2;                       /* stratum */
  answer[2] = request[2];              /* poll */
  answer[3] = (guint8)-20;             /* precision: about a microsecond */
  answer[11] = 0x80;                   /* root dispersion: 2 ms */
  memcpy (answer + 12, "\xc0\x00\x02\x01", 4);
  put_time (answer + 16, now_us);        /* reference */
  memcpy (answer + 24, request + 40, 8); /* origin: the client's transmit time */
  put_time (answer + 32, now_us);        /* receive */
  put_time (answer + 40, now_us);        /* transmit */
  return TRUE;
}

gboolean
lens_sink_is_http (const guint8 *octets, gsize length)
{
  static const char *const methods[] = { "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS " };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (length >= strlen (methods[i]) && memcmp (octets, methods[i], strlen (methods[i])) == 0)
      return TRUE;
  return FALSE;
}
