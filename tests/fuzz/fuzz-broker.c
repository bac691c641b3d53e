/* The broker of the puller's sockets, asked by a puller that is the camera's: any calls with any
 * arguments and any memory.  The kernel is played by the functions below; whatever is asked, no
 * socket is connected, bound or joined to what the policy does not name, and no quota is passed. */
#include "tests/fuzz/fuzz.h"

#include "sandbox/broker.h"
#include "sandbox/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int __wrap_ioctl (int fd, unsigned long request, void *argument);
ssize_t __wrap_process_vm_readv (pid_t pid, const struct iovec *here, unsigned long n_here,
                                 const struct iovec *there, unsigned long n_there,
                                 unsigned long flags);
int __wrap_poll (struct pollfd *fds, nfds_t n, int timeout);
int __wrap_connect (int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind (int fd, const struct sockaddr *address, socklen_t length);
int __wrap_setsockopt (int fd, int level, int name, const void *value, socklen_t length);
int __wrap_lens_netns_socket (int netns_fd, int family, int type, int protocol);

enum
{
  SOCKETS_MAX = 5,
  CONNECTS_MAX = 7,
};

/* The puller: what it asks next, and what lies in its memory. */
static struct
{
  LensCursor asks;
  guint8 memory[64];
  guint sockets, connects;
  int next_fd;
} puller;

int
__wrap_poll (struct pollfd *fds, nfds_t n, int timeout)
{
  fds[0].revents = lens_cursor_left (&puller.asks) > 0 ? POLLIN : 0;
  return fds[0].revents != 0;
}

static int
receive (struct seccomp_notif *notice)
{
  static const int calls[] = { SYS_socket, SYS_connect, SYS_bind, SYS_setsockopt, SYS_openat };
  guint8 which = lens_cursor_u8 (&puller.asks);

  notice->id = 1;
  notice->pid = 1;
  notice->data.nr = which < 250 ? calls[which % G_N_ELEMENTS (calls)] : which;
  for (gsize i = 0; i < G_N_ELEMENTS (notice->data.args); i++)
    {
      /* Small numbers mostly, as descriptors, families and lengths are. */
      guint8 small = lens_cursor_u8 (&puller.asks);
      notice->data.args[i] = small < 0xf0 ? small : lens_cursor_u64 (&puller.asks);
    }
  const guint8 *memory = lens_cursor_take (&puller.asks, 32);
  memset (puller.memory, 0, sizeof puller.memory);
  if (memory != NULL)
    memcpy (puller.memory, memory, 32);
  return 0;
}

int
__wrap_ioctl (int fd, unsigned long request, void *argument)
{
  if (request == SECCOMP_IOCTL_NOTIF_RECV)
    return receive (argument);
  if (request == SECCOMP_IOCTL_NOTIF_ADDFD)
    return puller.next_fd++ % 8 == 7 ? -1 : 3 + puller.next_fd % 6;
  if (request == SECCOMP_IOCTL_NOTIF_SEND)
    {
      /* Never "go on" (SECCOMP_USER_NOTIF_FLAG_CONTINUE). */
      g_assert_cmpuint (((struct seccomp_notif_resp *)argument)->flags, ==, 0);
      return 0;
    }
  return puller.memory[31] == 0xee ? -1 : 0; /* still there? */
}

ssize_t
__wrap_process_vm_readv (pid_t pid, const struct iovec *here, unsigned long n_here,
                         const struct iovec *there, unsigned long n_there, unsigned long flags)
{
  g_assert_cmpuint (here->iov_len, <=, sizeof puller.memory);
  memcpy (here->iov_base, puller.memory, here->iov_len);
  return (ssize_t)here->iov_len;
}

int
__wrap_lens_netns_socket (int netns_fd, int family, int type, int protocol)
{
  puller.sockets++;
  g_assert_cmpuint (puller.sockets, <=, SOCKETS_MAX);
  g_assert_true (family == AF_INET);
  g_assert_true ((type & SOCK_STREAM) != 0 || (type & SOCK_DGRAM) != 0);
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static gboolean
is_camera (const struct sockaddr *address, guint16 from, guint16 to)
{
  struct sockaddr_in v4;

  memcpy (&v4, address, sizeof v4);
  return v4.sin_family == AF_INET && ntohl (v4.sin_addr.s_addr) == 0xc0000264
         && ntohs (v4.sin_port) >= from && ntohs (v4.sin_port) <= to;
}

int
__wrap_connect (int fd, const struct sockaddr *address, socklen_t length)
{
  puller.connects++;
  g_assert_cmpuint (puller.connects, <=, CONNECTS_MAX);
  g_assert_true (is_camera (address, 554, 554) || is_camera (address, 5000, 5001));
  errno = EINPROGRESS;
  return -1;
}

int
__wrap_bind (int fd, const struct sockaddr *address, socklen_t length)
{
  struct sockaddr_in v4;

  memcpy (&v4, address, sizeof v4);
  g_assert_true (v4.sin_family == AF_INET && v4.sin_addr.s_addr == 0);
  g_assert_cmpuint (ntohs (v4.sin_port), >=, 20000);
  g_assert_cmpuint (ntohs (v4.sin_port), <=, 20010);
  return 0;
}

int
__wrap_setsockopt (int fd, int level, int name, const void *value, socklen_t length)
{
  struct ip_mreqn request;

  g_assert_cmpuint (length, ==, sizeof request);
  memcpy (&request, value, sizeof request);
  g_assert_cmpuint (ntohl (request.imr_multiaddr.s_addr), ==, 0xef010101);
  g_assert_cmpint (request.imr_ifindex, ==, 3);
  return 0;
}

static void
report (const LensBrokerEvent *event, gpointer data)
{
  g_autofree char *text = lens_endpoint_format (&event->endpoint);

  g_assert_nonnull (text);
  g_assert_nonnull (lens_broker_call_name (event->call));
  g_assert_nonnull (lens_broker_reason_name (event->reason));
  g_assert_true (event->reason == LENS_BROKER_ALLOWED || event->error != 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  const LensEndpoint camera = { .family = AF_INET, .octets = { 192, 0, 2, 100 } };
  const LensEndpoint any = { .family = AF_INET };
  const LensEndpoint group = { .family = AF_INET, .octets = { 239, 1, 1, 1 } };
  const LensBrokerRule rules[] = { { LENS_BROKER_CONNECT, IPPROTO_TCP, camera, 554, 554 },
                                   { LENS_BROKER_CONNECT, IPPROTO_UDP, camera, 5000, 5001 },
                                   { LENS_BROKER_BIND, IPPROTO_UDP, any, 20000, 20010 },
                                   { LENS_BROKER_JOIN, IPPROTO_UDP, group, .interface = 3 } };
  const LensBrokerPolicy policy = { .rules = rules,
                                    .n_rules = G_N_ELEMENTS (rules),
                                    .sockets_max = SOCKETS_MAX,
                                    .connects_max = CONNECTS_MAX };
  g_autoptr (GError) error = NULL;
  LensEndpoint endpoint;

  lens_broker_parse_sockaddr (octets, length, &endpoint);
  memset (&puller, 0, sizeof puller);
  puller.asks = lens_cursor_over (octets, length);
  int listener = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_autoptr (LensBroker) broker = lens_broker_new (listener, &policy, report, NULL);
  while (lens_cursor_left (&puller.asks) > 0 && lens_broker_serve (broker, &error))
    ;
  return 0;
}
