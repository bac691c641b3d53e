#include "harness/pull-watch.h"

#include "harness/secret.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define POOL 16384 /* random octets; a session over TLS draws some hundred */

static struct
{
  LensPullWatch watch;
  guint8 pool[POOL];
  gsize drawn;
  __typeof__ (&getaddrinfo) real_getaddrinfo;
  ssize_t (*real_gnutls_record_send) (void *session, const void *octets, size_t length);
} process;

LensPullWatch *
lens_pull_watch (void)
{
  return &process.watch;
}

void
lens_pull_watch_prepare (gboolean allow_basic)
{
  process.watch = (LensPullWatch){ .allow_basic = allow_basic, .watching = TRUE };
  for (gsize have = 0; have < POOL;)
    {
      long got = syscall (SYS_getrandom, process.pool + have, MIN (256, POOL - have), 0);
      have += MAX (got, 0);
    }
  *(void **)&process.real_getaddrinfo = dlsym (RTLD_NEXT, "getaddrinfo");
  *(void **)&process.real_gnutls_record_send = dlsym (RTLD_NEXT, "gnutls_record_send");
}

static gboolean
holds (const void *octets, gsize length, const char *words)
{
  return memmem (octets, length, words, strlen (words)) != NULL;
}

/* RTSP in an HTTP tunnel goes out in base64 (Apple's draft). Caller frees; NULL: it is not that. */
static guchar *
decode_tunnelled (const char *octets, gsize length, gsize *decoded)
{
  if (length < 8 || length > 32768)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (octets[i]) && strchr ("+/=\r\n", octets[i]) == NULL)
      return NULL;
  g_autofree char *text = g_strndup (octets, length);
  return g_base64_decode (text, decoded);
}

gboolean
lens_pull_watch_sends (LensPullWatch *watch, const void *octets, gsize length)
{
  const guint8 *first = octets;

  /* RTCP and interleaved frames are not requests; nor is anything of theirs text. */
  if (length < 8 || (first[0] & 0xc0) == 0x80 || first[0] == '$')
    return TRUE;
  gsize decoded = 0;
  g_autofree guchar *plain = decode_tunnelled (octets, length, &decoded);
  if (plain != NULL)
    {
      octets = plain;
      length = decoded;
    }
  gboolean has_credentials = holds (octets, length, "\r\nAuthorization: ");
  if (has_credentials && !watch->allow_basic && holds (octets, length, "\r\nAuthorization: Basic"))
    watch->basic_refused = TRUE;
  if (has_credentials && (watch->basic_refused || watch->unauthorized))
    return FALSE;
  watch->requests++;
  watch->requests_with_credentials += has_credentials;
  watch->awaiting = has_credentials;
  watch->last_request_us = g_get_monotonic_time ();
  return TRUE;
}

static void
see_status (LensPullWatch *watch)
{
  const char *window = watch->window;

  if ((memcmp (window, "RTSP/1.", 7) != 0 && memcmp (window, "HTTP/1.", 7) != 0)
      || memcmp (window + 8, " 401", 4) != 0)
    return;
  if (watch->awaiting)
    watch->unauthorized = TRUE;
  else
    watch->challenged = TRUE;
}

void
lens_pull_watch_receives (LensPullWatch *watch, const void *octets, gsize length)
{
  const char *at = octets;

  if (!watch->watching)
    return;
  for (gsize i = 0; i < length; i++)
    {
      memmove (watch->window, watch->window + 1, sizeof watch->window - 1);
      watch->window[sizeof watch->window - 1] = at[i];
      if (at[i] == '1')
        see_status (watch);
    }
}

/* From here on: functions that libavformat finds before those of the libraries.  Only what
 * the watch needs to see, and what would otherwise tell the camera about this machine or ask
 * the kernel for more than the role allows. */

ssize_t
send (int fd, const void *octets, size_t length, int flags)
{
  if (!lens_pull_watch_sends (&process.watch, octets, length))
    {
      errno = EACCES;
      return -1;
    }
  return sendto (fd, octets, length, flags, NULL, 0);
}

ssize_t
recv (int fd, void *octets, size_t room, int flags)
{
  ssize_t length = recvfrom (fd, octets, room, flags, NULL, NULL);

  if (length > 0)
    lens_pull_watch_receives (&process.watch, octets, length);
  return length;
}

/* With rtsps the request is visible only before it is encrypted. */
ssize_t gnutls_record_send (void *session, const void *octets, size_t length);

ssize_t
gnutls_record_send (void *session, const void *octets, size_t length)
{
  if (process.real_gnutls_record_send == NULL
      || !lens_pull_watch_sends (&process.watch, octets, length))
    return -1;
  return process.real_gnutls_record_send (session, octets, length);
}

/* No name is ever looked up: the supervisor resolves, and a camera must not make us ask. */
int
getaddrinfo (const char *node, const char *service, const struct addrinfo *hints,
             struct addrinfo **found)
{
  struct addrinfo numeric = hints != NULL ? *hints : (struct addrinfo){ 0 };

  numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
  numeric.ai_flags &= ~AI_ADDRCONFIG;
  if (process.real_getaddrinfo == NULL)
    return EAI_FAIL;
  return process.real_getaddrinfo (node, service, &numeric, found);
}

/* The RTCP CNAME that libavformat makes of it (RFC 3550 section 6.5.1) goes to the camera. */
int
gethostname (char *name, size_t room)
{
  g_strlcpy (name, "viewer", room);
  return 0;
}

/* What was drawn before, each octet once.  The kernel is not asked any more. */
ssize_t
getrandom (void *octets, size_t length, unsigned int flags)
{
  if (length > POOL - process.drawn)
    {
      errno = EAGAIN;
      return -1;
    }
  memcpy (octets, process.pool + process.drawn, length);
  lens_secret_forget (process.pool + process.drawn, length);
  process.drawn += length;
  return length;
}

uint32_t av_get_random_seed (void);

uint32_t
av_get_random_seed (void)
{
  uint32_t seed = 0;

  return getrandom (&seed, sizeof seed, 0) == sizeof seed ? seed
                                                          : (uint32_t)g_get_monotonic_time ();
}
