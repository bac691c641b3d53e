#include "sandbox/roles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BIT(role) (1u << LENS_ROLE_##role)

enum
{
  CAPTURE = BIT (CAPTURE),
  OPENING = BIT (PULL_OPENING),
  STREAMING = BIT (PULL_STREAMING),
  PULL = OPENING | STREAMING,
  READER = BIT (ANALYZE) | BIT (CARVE) | BIT (REPORT),
  SINK = BIT (SINK),
  ALL = CAPTURE | PULL | READER | SINK,
};

/* The kernel reads an int argument from the lower half of the register: so do we. */
#define INT(number, is)                                                                            \
  {                                                                                                \
    (number), 0xffffffff, (guint32)(is)                                                            \
  }
#define WORD(number, is)                                                                           \
  {                                                                                                \
    (number), G_MAXUINT64, (is)                                                                    \
  }
#define BITS(number, among, are)                                                                   \
  {                                                                                                \
    (number), (among), (are)                                                                       \
  }

#define ALLOW .answer = LENS_ANSWER_ALLOW
#define BROKER .answer = LENS_ANSWER_BROKER
#define REFUSE(with) .answer = LENS_ANSWER_ERRNO, .error = (with)
#define WHY .reason =
#define IF(words, ...) .compare = { __VA_ARGS__ }, .check = words
#define CALL(name) .call = SCMP_SYS (name)
#define OVER(...) .transports = __VA_ARGS__
#define UDP (1u << LENS_PULL_UDP)
#define MULTICAST (1u << LENS_PULL_MULTICAST)

/* clang-format off */
static const LensCallRow table[] = {
  /* What every role does: speak through what it was handed, and leave. */
  { CALL (write), ALL, ALLOW, .fds = LENS_FDS_WRITE, .check = "fd handed for writing",
    WHY "results go to the pipes that were handed over" },
  { CALL (exit_group), ALL, ALLOW, WHY "the end" },

  /* analyze, carve, report: a filter from pipe to pipe with a heap. */
  { CALL (read), READER, ALLOW, .fds = LENS_FDS_READ, .check = "fd handed for reading",
    WHY "the input was opened by the supervisor" },
  { CALL (clock_gettime), READER, ALLOW,
    WHY "progress is paced; a system call only where the vDSO has no clock" },
  { CALL (brk), READER, ALLOW, WHY "malloc" },
  { CALL (mmap), READER, ALLOW,
    IF ("anonymous, private, never executable", BITS (2, PROT_EXEC, 0),
        BITS (3, MAP_ANONYMOUS | MAP_SHARED, MAP_ANONYMOUS)),
    WHY "malloc, large blocks" },
  { CALL (munmap), READER, ALLOW, WHY "free, large blocks" },
  { CALL (mremap), READER, ALLOW, IF ("MREMAP_MAYMOVE", INT (3, MREMAP_MAYMOVE)),
    WHY "realloc, large blocks" },
  { CALL (futex), READER, ALLOW, IF ("FUTEX_WAKE_PRIVATE", INT (1, FUTEX_WAKE_PRIVATE)),
    WHY "g_once and pthread_once wake waiters even when there are none" },

  /* capture: the ring is mapped and the socket bound before. */
  { CALL (poll), CAPTURE | PULL | SINK, ALLOW, WHY "waits for packets; those of capture come by shared memory" },
  { CALL (getsockopt), CAPTURE, ALLOW,
    IF ("SOL_PACKET, PACKET_STATISTICS", INT (1, SOL_PACKET), INT (2, PACKET_STATISTICS)),
    WHY "packets the kernel had to drop are part of the evidence" },

  /* puller, until PLAY. */
  { CALL (recvfrom), PULL | SINK, ALLOW, WHY "the stream; in the sink, what is thrown away" },
  { CALL (sendto), PULL | SINK, ALLOW, IF ("no address", WORD (4, 0), INT (5, 0)),
    WHY "requests, keep-alive and RTCP, only to where the broker connected the socket" },
  { CALL (close), PULL | SINK, ALLOW, WHY "connections end" },
  { CALL (fcntl), OPENING, ALLOW, IF ("F_GETFL", INT (1, F_GETFL)),
    WHY "libavformat reads the flags it is about to set" },
  { CALL (fcntl), OPENING, ALLOW,
    IF ("F_SETFL, O_RDWR with O_NONBLOCK", INT (1, F_SETFL), WORD (2, O_RDWR | O_NONBLOCK)),
    WHY "exactly these flags: else the broker's connect on the shared socket could block" },
  { CALL (fcntl), OPENING, ALLOW, IF ("F_SETFD, FD_CLOEXEC", INT (1, F_SETFD), WORD (2, FD_CLOEXEC)),
    WHY "libavformat marks each socket" },
  { CALL (getsockopt), OPENING, ALLOW,
    IF ("SOL_SOCKET, SO_ERROR", INT (1, SOL_SOCKET), INT (2, SO_ERROR)),
    WHY "how a connect ended" },
  { CALL (getpeername), OPENING, ALLOW, WHY "the RTSP client asks whom it talks to" },
  { CALL (seccomp), OPENING, ALLOW,
    IF ("SECCOMP_SET_MODE_FILTER, no flags", INT (0, SECCOMP_SET_MODE_FILTER), INT (1, 0)),
    WHY "enters the streaming role; a second filter can only forbid more" },
  { CALL (socket), OPENING, BROKER, WHY "the supervisor makes the socket in its own network" },
  { CALL (connect), OPENING, BROKER, WHY "only to what the profile declares" },

  /* puller, until PLAY, over datagrams.  tcp, http and tls need nothing of their own. */
  { CALL (bind), OPENING, BROKER, OVER (UDP | MULTICAST), WHY "receiving ports for RTP and RTCP" },
  { CALL (getsockname), OPENING, ALLOW, OVER (UDP | MULTICAST), WHY "the client ports named in SETUP" },
  { CALL (getsockopt), OPENING, ALLOW, OVER (UDP | MULTICAST),
    IF ("SOL_SOCKET, SO_RCVBUF", INT (1, SOL_SOCKET), INT (2, SO_RCVBUF)),
    WHY "libavformat looks whether its buffer was granted" },
  { CALL (setsockopt), OPENING, ALLOW, OVER (UDP | MULTICAST),
    IF ("SOL_SOCKET, SO_RCVBUF", INT (1, SOL_SOCKET), INT (2, SO_RCVBUF)),
    WHY "a receive buffer for RTP over UDP" },
  { CALL (setsockopt), OPENING, ALLOW, OVER (MULTICAST),
    IF ("SOL_SOCKET, SO_REUSEADDR", INT (1, SOL_SOCKET), INT (2, SO_REUSEADDR)),
    WHY "several viewers of one group on one machine" },
  { CALL (setsockopt), OPENING, BROKER, OVER (MULTICAST),
    IF ("IPPROTO_IP, IP_ADD_MEMBERSHIP", INT (1, IPPROTO_IP), INT (2, IP_ADD_MEMBERSHIP)),
    WHY "a declared multicast group" },
  { CALL (setsockopt), OPENING, BROKER, OVER (MULTICAST),
    IF ("IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP", INT (1, IPPROTO_IPV6), INT (2, IPV6_ADD_MEMBERSHIP)),
    WHY "a declared multicast group" },

  /* sink: its sockets are of the private lab, and there is no other network for them. */
  { CALL (accept4), SINK, ALLOW,
    IF ("SOCK_NONBLOCK with SOCK_CLOEXEC", INT (3, SOCK_NONBLOCK | SOCK_CLOEXEC)),
    WHY "whatever the device opens" },
  { CALL (sendto), SINK, ALLOW, .fds = LENS_FDS_WRITE, .check = "fd handed for writing",
    WHY "the time, to who asked for it" },

  /* Answered without being done: libraries go on, and a crash stays a crash. */
  { CALL (brk), CAPTURE | PULL | SINK, REFUSE (0),
    WHY "the heap was reserved before; the old break says no" },
  { CALL (mmap), CAPTURE | PULL | SINK, REFUSE (ENOMEM), WHY "the heap was reserved before" },
  { CALL (mremap), CAPTURE | PULL | SINK, REFUSE (ENOMEM), WHY "the heap was reserved before" },
  { CALL (munmap), CAPTURE | PULL | SINK, REFUSE (0), WHY "blocks from before stay mapped" },
  { CALL (futex), CAPTURE | PULL | SINK, REFUSE (EINVAL), WHY "one thread: nobody to wake" },
  { CALL (openat), CAPTURE, REFUSE (ENOENT), WHY "pcap_stats looks for a counter in /sys" },
  { CALL (openat), OPENING, REFUSE (ENOENT), WHY "GnuTLS looks for certificate authorities" },
  { CALL (setsockopt), OPENING, REFUSE (0), OVER (MULTICAST),
    IF ("IPPROTO_IP, IP_MULTICAST_TTL", INT (1, IPPROTO_IP), INT (2, IP_MULTICAST_TTL)),
    WHY "nothing is sent to a group" },
  { CALL (setsockopt), OPENING, REFUSE (0), OVER (MULTICAST),
    IF ("IPPROTO_IPV6, IPV6_MULTICAST_HOPS", INT (1, IPPROTO_IPV6), INT (2, IPV6_MULTICAST_HOPS)),
    WHY "nothing is sent to a group" },
  { CALL (setsockopt), PULL, REFUSE (0), OVER (MULTICAST),
    IF ("IPPROTO_IP, IP_DROP_MEMBERSHIP", INT (1, IPPROTO_IP), INT (2, IP_DROP_MEMBERSHIP)),
    WHY "a group is left when the supervisor closes its end" },
  { CALL (setsockopt), PULL, REFUSE (0), OVER (MULTICAST),
    IF ("IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP", INT (1, IPPROTO_IPV6), INT (2, IPV6_DROP_MEMBERSHIP)),
    WHY "a group is left when the supervisor closes its end" },
  { CALL (uname), PULL, REFUSE (EPERM), WHY "the RTCP CNAME would tell the camera our name" },
  { CALL (restart_syscall), ALL, REFUSE (EINTR), WHY "a wait cut by suspend or a debugger" },
  { CALL (ioctl), ALL, REFUSE (ENOTTY), IF ("TCGETS", INT (1, TCGETS)),
    WHY "isatty before a message of GLib" },
  { CALL (newfstatat), ALL, REFUSE (EACCES), WHY "stdio asks how large its buffer should be" },
  { CALL (getpeername), CAPTURE | READER | SINK, REFUSE (ENOTSOCK),
    WHY "g_log asks whether standard error is the journal" },
  { CALL (rt_sigprocmask), ALL, REFUSE (EPERM), WHY "abort(); it then ends by SIGSEGV" },
  { CALL (rt_sigaction), ALL, REFUSE (EPERM), WHY "abort()" },
  { CALL (getpid), ALL, REFUSE (EPERM), WHY "abort()" },
  { CALL (gettid), ALL, REFUSE (EPERM), WHY "abort()" },
  { CALL (tgkill), ALL, REFUSE (EPERM), WHY "abort()" },
};

#ifdef LENS_SANITIZED
/* What the run-time libraries of the sanitizers ask for.  Not part of any shipped build; it
 * replaces the rows of the same call. */
#define SANITIZER WHY "run-time library of the sanitizers"
static const LensCallRow sanitizer_table[] = {
  { CALL (brk), ALL, ALLOW, SANITIZER },
  { CALL (mmap), ALL, ALLOW, IF ("never executable", BITS (2, PROT_EXEC, 0)), SANITIZER },
  { CALL (munmap), ALL, ALLOW, SANITIZER },
  { CALL (mprotect), ALL, ALLOW, IF ("never executable", BITS (2, PROT_EXEC, 0)), SANITIZER },
  { CALL (madvise), ALL, ALLOW, SANITIZER },
  { CALL (futex), ALL, ALLOW, SANITIZER },
  { CALL (clock_gettime), ALL, ALLOW, SANITIZER },
  { CALL (sigaltstack), ALL, ALLOW, SANITIZER },
  { CALL (rt_sigprocmask), ALL, ALLOW, SANITIZER },
  { CALL (rt_sigaction), ALL, ALLOW, SANITIZER },
  { CALL (gettid), ALL, ALLOW, SANITIZER },
  { CALL (getpid), ALL, ALLOW, SANITIZER },
  { CALL (sched_yield), ALL, ALLOW, SANITIZER },
  { CALL (readlink), ALL, REFUSE (ENOENT), SANITIZER },
  { CALL (open), ALL, REFUSE (ENOENT), SANITIZER },
  { CALL (close), ALL, ALLOW, SANITIZER },
  { CALL (pipe), ALL, REFUSE (EMFILE), SANITIZER },
  { CALL (process_vm_readv), ALL, REFUSE (EPERM), SANITIZER },
  { CALL (getrlimit), ALL, ALLOW, SANITIZER },
};
#endif
/* clang-format on */

const char *
lens_role_name (LensRole role)
{
  static const char *const names[LENS_N_ROLES] = {
    [LENS_ROLE_NONE] = "none",
    [LENS_ROLE_CAPTURE] = "capture",
    [LENS_ROLE_PULL_OPENING] = "pull-opening",
    [LENS_ROLE_PULL_STREAMING] = "pull-streaming",
    [LENS_ROLE_ANALYZE] = "analyze",
    [LENS_ROLE_CARVE] = "carve",
    [LENS_ROLE_REPORT] = "report",
    [LENS_ROLE_SINK] = "sink",
  };

  return (guint)role < LENS_N_ROLES ? names[role] : NULL;
}

const char *
lens_pull_transport_name (LensPullTransport transport)
{
  static const char *const names[LENS_PULL_N_TRANSPORTS] = {
    [LENS_PULL_TCP] = "tcp",   [LENS_PULL_UDP] = "udp", [LENS_PULL_MULTICAST] = "multicast",
    [LENS_PULL_HTTP] = "http", [LENS_PULL_TLS] = "tls",
  };

  return (guint)transport < LENS_PULL_N_TRANSPORTS ? names[transport] : NULL;
}

const LensCallRow *
lens_roles_table (gsize *rows)
{
  *rows = G_N_ELEMENTS (table);
  return table;
}

const LensCallRow *
lens_roles_sanitizer_table (gsize *rows)
{
#ifdef LENS_SANITIZED
  *rows = G_N_ELEMENTS (sanitizer_table);
  return sanitizer_table;
#else
  *rows = 0;
  return NULL;
#endif
}

char *
lens_roles_call_name (int call)
{
  char *name = seccomp_syscall_resolve_num_arch (SCMP_ARCH_NATIVE, call);
  char *copy = g_strdup (name);

  free (name);
  return copy;
}

gboolean
lens_roles_row_is_for (const LensCallRow *row, LensRole role, LensPullTransport transport)
{
  return (row->roles & (1u << role)) != 0
         && (row->transports == 0 || (row->transports & (1u << transport)) != 0);
}

static gboolean
permits (const LensCallRow *row, LensRole role, LensPullTransport transport)
{
  return row->answer != LENS_ANSWER_ERRNO && lens_roles_row_is_for (row, role, transport);
}

guint
lens_roles_count (LensRole role, LensPullTransport transport)
{
  guint count = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gboolean counted = FALSE;
      for (gsize k = 0; k < i; k++)
        counted |= table[k].call == table[i].call && permits (&table[k], role, transport);
      count += permits (&table[i], role, transport) && !counted;
    }
  return count;
}

gboolean
lens_roles_filter_is_shipped (void)
{
#ifdef LENS_SANITIZED
  return FALSE;
#else
  return TRUE;
#endif
}

gboolean
lens_roles_clock_needs_kernel (void)
{
  static const char *const in_vdso[]
      = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter" };
  char name[64] = "";
  int fd = open ("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                 O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return TRUE;
  gssize got = read (fd, name, sizeof name - 1);
  close (fd);
  if (got <= 0)
    return TRUE;
  g_strchomp (name);
  for (gsize i = 0; i < G_N_ELEMENTS (in_vdso); i++)
    if (g_str_equal (name, in_vdso[i]))
      return FALSE;
  return TRUE;
}
