#include "harness/pull-watch.h"

#include "harness/secret.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define POOL 16384 /* random octets; a session over TLS draws some hundred */

static struct
{
  LensPullWatch watch;
  gboolean prepared; /* the pool is filled */
  guint8 pool[POOL];
  gsize drawn;
  const char *user_agent;
  __typeof__ (&getaddrinfo) real_getaddrinfo;
  int (*real_av_opt_set) (void *object, const char *name, const char *value, int flags);
  ssize_t (*real_gnutls_record_send) (void *session, const void *octets, size_t length);
} process;

LensPullWatch *
lens_pull_watch (void)
{
  return &process.watch;
}

void
lens_pull_watch_prepare (gboolean allow_basic, const char *user_agent)
{
  process.watch = (LensPullWatch){ .allow_basic = allow_basic, .watching = TRUE };
  for (gsize have = 0; have < POOL;)
    {
      long got = syscall (SYS_getrandom, process.pool + have, MIN (256, POOL - have), 0);
      have += MAX (got, 0);
    }
  process.prepared = TRUE;
  process.user_agent = user_agent;
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
  return syscall (SYS_sendto, fd, octets, length, flags, NULL, 0);
}

static gboolean
is_group (const struct sockaddr *to)
{
  const void *address = to;
  const struct sockaddr_in *v4 = address;
  const struct sockaddr_in6 *v6 = address;

  return to != NULL
         && ((to->sa_family == AF_INET && IN_MULTICAST (ntohl (v4->sin_addr.s_addr)))
             || (to->sa_family == AF_INET6 && IN6_IS_ADDR_MULTICAST (&v6->sin6_addr)));
}

/* A socket that hears a group cannot be connected to it, and a filter cannot read an address.  So
 * libavformat's RTCP to the group is not sent; receivers need not report (RFC 3550 section 6.2).
 * Where the broker did not connect a socket (a camera named another host, a port below 1024, or
 * none), libavformat tries to send all the same: it is told no here, where it is known to be
 * libavformat.  Whoever else asks the kernel to send to an address is ended by it. */
ssize_t
sendto (int fd, const void *octets, size_t length, int flags, const struct sockaddr *to,
        socklen_t to_length)
{
  if (is_group (to))
    return (ssize_t)length;
  if (to == NULL)
    return syscall (SYS_sendto, fd, octets, length, flags, NULL, 0);
  errno = EDESTADDRREQ;
  return -1;
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
  if (!process.prepared) /* a library's constructor, before main */
    return syscall (SYS_getrandom, octets, length, flags);
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

int av_opt_set (void *object, const char *name, const char *value, int flags);

/* libavformat hands its user_agent to RTSP alone: a tunnel's HTTP requests would name its version.
 */
int
av_opt_set (void *object, const char *name, const char *value, int flags)
{
  g_autofree char *more = NULL;

  if (process.real_av_opt_set == NULL)
    *(void **)&process.real_av_opt_set = dlsym (RTLD_NEXT, "av_opt_set");
  if (process.user_agent != NULL && value != NULL && g_str_equal (name, "headers")
      && g_str_has_prefix (value, "x-sessioncookie:"))
    more = g_strdup_printf ("%sUser-Agent: %s\r\n", value, process.user_agent);
  return process.real_av_opt_set (object, name, more != NULL ? more : value, flags);
}
