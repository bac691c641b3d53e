#include "sandbox/operations.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/if_ether.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define N(number) ((const void *)(gintptr)(number))
#define OPERATION(name, control, call, ...)                                                        \
  {                                                                                                \
    name, LENS_CONTROL_##control, SYS_##call,                                                      \
    {                                                                                              \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }
#define FUNCTION(name, control, function)                                                          \
  {                                                                                                \
    name, LENS_CONTROL_##control, -1, { NULL }, function                                           \
  }

static guint8 page[4096] __attribute__ ((aligned (4096)));
static const char nowhere[] = "/nonexistent/file";
static const char *const arguments_of_true[] = { "/bin/true", NULL };
static const struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_port = 0x0900 };
static const struct timespec no_time;

static gboolean
fork_a_child (const LensOutside *outside)
{
  long child = syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

  if (child == 0)
    _exit (0);
  return child > 0;
}

static gboolean
start_a_thread (const LensOutside *outside)
{
  /* Without CLONE_THREAD's shared stack: a second task in the same memory is enough. */
  long child = syscall (SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, page + sizeof page, 0, 0, 0);

  if (child == 0)
    syscall (SYS_exit, 0);
  return child > 0;
}

/* The 32-bit way into the kernel: getpid is number 20 there. */
static gboolean
call_as_i386 (const LensOutside *outside)
{
#ifdef __x86_64__
  long result = 20;

  __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  if (result > 0)
    return TRUE;
#endif
  errno = ENOSYS;
  return FALSE;
}

#ifdef __x86_64__
/* A page of old that the kernel answers for, where it still does: time(2). */
static gboolean
call_vsyscall (const LensOutside *outside)
{
  long (*volatile tell_time) (long *) = (long (*) (long *))0xffffffffff600400;

  return tell_time (NULL) > 0;
}
#endif

/* What a stranger's code would want most: out of the process, to what is outside. */

static gboolean
reach (int family, int type, const void *address, gsize length)
{
  int fd = socket (family, type | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return FALSE;
  gboolean reached
      = connect (fd, address, (socklen_t)length) == 0 && send (fd, "x", 1, MSG_NOSIGNAL) == 1;
  int error = errno;
  close (fd);
  errno = error;
  return reached;
}

static gboolean
reach_a_port (const LensOutside *outside)
{
  return reach (AF_INET, SOCK_STREAM, &outside->tcp, sizeof outside->tcp);
}

static gboolean
send_a_datagram (const LensOutside *outside)
{
  return reach (AF_INET, SOCK_DGRAM, &outside->udp, sizeof outside->udp);
}

static gboolean
reach_a_name (const LensOutside *outside)
{
  return reach (AF_UNIX, SOCK_STREAM, &outside->name, outside->name_length);
}

static gboolean
signal_the_supervisor (const LensOutside *outside)
{
  return syscall (SYS_kill, outside->supervisor, 0) == 0;
}

static gboolean
find_a_segment (const LensOutside *outside)
{
  struct shmid_ds state;

  return syscall (SYS_shmctl, outside->segment, IPC_STAT, &state) == 0;
}

/* Writes code into memory and calls it. */
static gboolean
run_new_code (const LensOutside *outside)
{
#ifdef __x86_64__
  static const guint8 returns[] = { 0xc3 };
#elif defined(__aarch64__)
  static const guint8 returns[] = { 0xc0, 0x03, 0x5f, 0xd6 };
#else
  static const guint8 returns[] = { 0 };
#endif
  void *code = (void *)syscall (SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (code == MAP_FAILED)
    return FALSE;
  memcpy (code, returns, sizeof returns);
  if (syscall (SYS_mprotect, code, 4096, PROT_READ | PROT_EXEC) != 0)
    return FALSE;
  __builtin___clear_cache ((char *)code, (char *)code + sizeof returns);
  if (returns[0] != 0)
    ((void (*) (void))code) ();
  return TRUE;
}

/* clang-format off */
static const LensOperation operations[] = {
  /* Files. */
  OPERATION ("open /etc/passwd", WORKS, openat, N (AT_FDCWD), "/etc/passwd", N (O_RDONLY)),
  OPERATION ("open /", WORKS, openat, N (AT_FDCWD), "/", N (O_RDONLY | O_DIRECTORY)),
  OPERATION ("open /proc/self/mem", WORKS, openat, N (AT_FDCWD), "/proc/self/mem", N (O_RDWR)),
  OPERATION ("open the old way", WORKS, open, "/etc/passwd", N (O_RDONLY)),
  OPERATION ("make a file", HOLLOW, openat, N (AT_FDCWD), nowhere, N (O_CREAT | O_RDWR), N (0600)),
  OPERATION ("openat2", HOLLOW, openat2, N (AT_FDCWD), nowhere, NULL, N (0)),
  OPERATION ("open by handle", HOLLOW, open_by_handle_at, N (-1), NULL, N (0)),
  OPERATION ("make a handle of a file", HOLLOW, name_to_handle_at, N (AT_FDCWD), nowhere, NULL, NULL,
             N (0)),
  OPERATION ("copy between files", HOLLOW, copy_file_range, N (-1), NULL, N (-1), NULL, N (1),
             N (0)),
  OPERATION ("stat a file", WORKS, newfstatat, N (AT_FDCWD), "/etc/passwd", page, N (0)),
  OPERATION ("statx", WORKS, statx, N (AT_FDCWD), "/etc/passwd", N (0), N (1), page),
  OPERATION ("access", WORKS, access, "/etc/passwd", N (R_OK)),
  OPERATION ("read a link", WORKS, readlink, "/proc/self/exe", page, N (sizeof page)),
  OPERATION ("list a directory", HOLLOW, getdents64, N (-1), page, N (sizeof page)),
  OPERATION ("change directory", WORKS, chdir, "/"),
  OPERATION ("change root", HOLLOW, chroot, nowhere),
  OPERATION ("make a directory", HOLLOW, mkdir, nowhere, N (0700)),
  OPERATION ("remove a file", HOLLOW, unlink, nowhere),
  OPERATION ("rename a file", HOLLOW, rename, nowhere, nowhere),
  OPERATION ("link a file", HOLLOW, link, nowhere, nowhere),
  OPERATION ("symlink", HOLLOW, symlink, nowhere, nowhere),
  OPERATION ("change mode", HOLLOW, chmod, nowhere, N (0777)),
  OPERATION ("change owner", HOLLOW, chown, nowhere, N (0), N (0)),
  OPERATION ("make a device", HOLLOW, mknod, nowhere, N (S_IFCHR), N (0)),
  OPERATION ("truncate", HOLLOW, truncate, nowhere, N (0)),
  OPERATION ("mount", HOLLOW, mount, "none", nowhere, "tmpfs", N (0), NULL),
  OPERATION ("unmount", HOLLOW, umount2, nowhere, N (0)),
  OPERATION ("make a file system", HOLLOW, fsopen, nowhere, N (0)),
  OPERATION ("take a tree of mounts", HOLLOW, open_tree, N (AT_FDCWD), nowhere, N (0)),
  OPERATION ("move a mount", HOLLOW, move_mount, N (-1), nowhere, N (-1), nowhere, N (0)),
  OPERATION ("change a mount", HOLLOW, mount_setattr, N (-1), nowhere, N (0), NULL, N (0)),
  OPERATION ("quotas", HOLLOW, quotactl, N (-1), nowhere, N (0), NULL),
  OPERATION ("pivot root", HOLLOW, pivot_root, nowhere, nowhere),
  OPERATION ("watch files", WORKS, inotify_init1, N (0)),
  OPERATION ("watch all files", HOLLOW, fanotify_init, N (-1), N (0)),
  OPERATION ("secret memory file", HOLLOW, memfd_secret, N (-1)),
  OPERATION ("write all files back", HOLLOW, syncfs, N (-1)),
  OPERATION ("memory file", WORKS, memfd_create, "x", N (0)),

  /* Descriptors. */
  OPERATION ("write to a foreign descriptor", WORKS, write, N (LENS_FOREIGN_WRITE_FD), "x", N (1)),
  OPERATION ("read a foreign descriptor", WORKS, read, N (LENS_FOREIGN_READ_FD), page, N (1)),
  OPERATION ("duplicate a descriptor", WORKS, dup, N (1)),
  OPERATION ("duplicate by fcntl", WORKS, fcntl, N (1), N (F_DUPFD), N (0)),
  OPERATION ("make a descriptor wait", HOLLOW, fcntl, N (-1), N (F_SETFL), N (O_RDWR)),
  OPERATION ("signals of a descriptor", HOLLOW, fcntl, N (-1), N (F_SETOWN), N (1)),
  OPERATION ("close a range", HOLLOW, close_range, N (1), N (0), N (0)),
  OPERATION ("make a pipe", WORKS, pipe2, page, N (0)),
  OPERATION ("eventfd", WORKS, eventfd2, N (0), N (0)),
  OPERATION ("epoll", WORKS, epoll_create1, N (0)),
  OPERATION ("timerfd", WORKS, timerfd_create, N (CLOCK_MONOTONIC), N (0)),
  OPERATION ("signalfd", HOLLOW, signalfd4, N (-1), NULL, N (8), N (0)),
  OPERATION ("splice", HOLLOW, splice, N (-1), NULL, N (-1), NULL, N (1), N (0)),
  OPERATION ("sendfile", HOLLOW, sendfile, N (1), N (-1), NULL, N (1)),
  OPERATION ("vmsplice", HOLLOW, vmsplice, N (-1), NULL, N (0), N (0)),
  OPERATION ("writev", WORKS, writev, N (1), page, N (0)),
  OPERATION ("push terminal input", HOLLOW, ioctl, N (1), N (0x5412), "x"),
  OPERATION ("list the interfaces", HOLLOW, ioctl, N (-1), N (0x8912), NULL),
  OPERATION ("io_uring", HOLLOW, io_uring_setup, N (0), NULL),
  OPERATION ("submit to io_uring", HOLLOW, io_uring_enter, N (-1), N (0), N (0), N (0), NULL, N (0)),
  OPERATION ("asynchronous input", HOLLOW, io_setup, N (0), NULL),

  /* Network. */
  OPERATION ("TCP socket", WORKS, socket, N (AF_INET), N (SOCK_STREAM), N (0)),
  OPERATION ("UDP socket", WORKS, socket, N (AF_INET), N (SOCK_DGRAM), N (0)),
  OPERATION ("IPv6 socket", MAY, socket, N (AF_INET6), N (SOCK_STREAM), N (0)),
  OPERATION ("unix socket", WORKS, socket, N (AF_UNIX), N (SOCK_STREAM), N (0)),
  OPERATION ("netlink socket", WORKS, socket, N (AF_NETLINK), N (SOCK_RAW), N (0)),
  OPERATION ("raw socket", MAY, socket, N (AF_INET), N (SOCK_RAW), N (IPPROTO_ICMP)),
  OPERATION ("packet socket", MAY, socket, N (AF_PACKET), N (SOCK_RAW), N (ETH_P_ALL)),
  OPERATION ("vsock socket", MAY, socket, N (40), N (SOCK_STREAM), N (0)),
  OPERATION ("socket pair", WORKS, socketpair, N (AF_UNIX), N (SOCK_STREAM), N (0), page),
  OPERATION ("connect", HOLLOW, connect, N (1), &loopback, N (sizeof loopback)),
  OPERATION ("bind", HOLLOW, bind, N (1), &loopback, N (sizeof loopback)),
  OPERATION ("listen", HOLLOW, listen, N (1), N (1)),
  OPERATION ("accept", HOLLOW, accept4, N (1), NULL, NULL, N (0)),
  OPERATION ("send to an address", HOLLOW, sendto, N (1), "x", N (1), N (0), &loopback,
             N (sizeof loopback)),
  OPERATION ("send a message", HOLLOW, sendmsg, N (1), page, N (0)),
  OPERATION ("send many messages", HOLLOW, sendmmsg, N (1), page, N (1), N (0)),
  OPERATION ("receive a message", HOLLOW, recvmsg, N (1), page, N (0)),
  OPERATION ("set a socket option", HOLLOW, setsockopt, N (1), N (SOL_SOCKET), N (SO_MARK), page,
             N (4)),
  OPERATION ("attach a socket filter", HOLLOW, setsockopt, N (1), N (SOL_SOCKET),
             N (SO_ATTACH_FILTER), page, N (16)),

  OPERATION ("bind to an interface", HOLLOW, setsockopt, N (-1), N (SOL_SOCKET),
             N (SO_BINDTODEVICE), page, N (4)),
  OPERATION ("speak for other addresses", HOLLOW, setsockopt, N (-1), N (IPPROTO_IP),
             N (IP_TRANSPARENT), page, N (4)),
  OPERATION ("who is at the other end", HOLLOW, getsockopt, N (-1), N (SOL_SOCKET),
             N (SO_PEERCRED), page, page + 8),
  FUNCTION ("reach the supervisor's TCP port", WORKS, reach_a_port),
  FUNCTION ("send to the supervisor's UDP port", WORKS, send_a_datagram),
  FUNCTION ("reach the supervisor's unix name", WORKS, reach_a_name),

  /* Processes. */
  FUNCTION ("fork", WORKS, fork_a_child),
  FUNCTION ("second task in this memory", WORKS, start_a_thread),
  OPERATION ("clone3", HOLLOW, clone3, NULL, N (0)),
  OPERATION ("execute a program", WORKS, execve, "/bin/true", arguments_of_true,
             arguments_of_true + 1),
  OPERATION ("execute a descriptor", HOLLOW, execveat, N (-1), "", arguments_of_true,
             arguments_of_true + 1, N (0x1000)),
  FUNCTION ("signal the supervisor", WORKS, signal_the_supervisor),
  OPERATION ("signal a process", HOLLOW, kill, N (G_MAXINT), N (0)),
  OPERATION ("signal everybody", HOLLOW, kill, N (-1), N (999)),
  OPERATION ("pidfd", WORKS, pidfd_open, N (1), N (0)),
  OPERATION ("take a descriptor of another", HOLLOW, pidfd_getfd, N (-1), N (0), N (0)),
  OPERATION ("signal by descriptor", HOLLOW, pidfd_send_signal, N (-1), N (0), NULL, N (0)),
  OPERATION ("queue a signal", HOLLOW, rt_sigqueueinfo, N (G_MAXINT), N (0), page),
  OPERATION ("advise about another's memory", HOLLOW, process_madvise, N (-1), page, N (0), N (0),
             N (0)),
  OPERATION ("compare two processes", HOLLOW, kcmp, N (G_MAXINT), N (G_MAXINT), N (0), N (0), N (0)),
  OPERATION ("move another's pages", HOLLOW, move_pages, N (G_MAXINT), N (0), page, NULL, page,
             N (0)),
  OPERATION ("ptrace", WORKS, ptrace, N (PTRACE_TRACEME), N (0), N (0), N (0)),
  OPERATION ("read another's memory", HOLLOW, process_vm_readv, N (G_MAXINT), page, N (0), page,
             N (0), N (0)),
  OPERATION ("write another's memory", HOLLOW, process_vm_writev, N (G_MAXINT), page, N (0), page,
             N (0), N (0)),
  OPERATION ("wait for a child", HOLLOW, wait4, N (-1), NULL, N (WNOHANG), NULL),
  OPERATION ("priority", WORKS, getpriority, N (PRIO_PROCESS), N (0)),
  OPERATION ("processor affinity", WORKS, sched_getaffinity, N (0), N (sizeof page), page),
  OPERATION ("limits", WORKS, prlimit64, N (0), N (RLIMIT_NOFILE), NULL, page),
  OPERATION ("schedule in real time", HOLLOW, sched_setscheduler, N (0), N (99), page),
  OPERATION ("group of processes", HOLLOW, setpgid, N (G_MAXINT), N (0)),
  OPERATION ("sleep", WORKS, nanosleep, &no_time, NULL),
  OPERATION ("alarm", WORKS, alarm, N (0)),
  OPERATION ("timer with a signal", HOLLOW, timer_create, N (99), NULL, NULL),
  OPERATION ("timer", WORKS, setitimer, N (ITIMER_REAL), page, NULL),

  /* Memory. */
  OPERATION ("map executable memory", WORKS, mmap, NULL, N (4096),
             N (PROT_READ | PROT_WRITE | PROT_EXEC), N (MAP_PRIVATE | MAP_ANONYMOUS), N (-1)),
  OPERATION ("map shared memory", WORKS, mmap, NULL, N (4096), N (PROT_READ | PROT_WRITE),
             N (MAP_SHARED | MAP_ANONYMOUS), N (-1)),
  OPERATION ("map a file", HOLLOW, mmap, NULL, N (4096), N (PROT_READ), N (MAP_PRIVATE), N (1)),
  OPERATION ("make memory executable", WORKS, mprotect, page, N (4096),
             N (PROT_READ | PROT_WRITE | PROT_EXEC)),
  FUNCTION ("run new code", WORKS, run_new_code),
  OPERATION ("move memory to a place", HOLLOW, mremap, page, N (4096), N (4096), N (2), page),
  OPERATION ("rearrange a mapping", HOLLOW, remap_file_pages, page, N (0), N (0), N (0), N (0)),
  OPERATION ("protect by key", HOLLOW, pkey_mprotect, page, N (4096), N (PROT_READ), N (99)),
  OPERATION ("advise", WORKS, madvise, page, N (4096), N (MADV_NORMAL)),
  OPERATION ("lock memory", HOLLOW, mlock2, page, N (4096), N (99)),
  OPERATION ("shared segment", HOLLOW, shmget, N (0), N (0), N (01000)),
  FUNCTION ("find another's shared segment", WORKS, find_a_segment),
  OPERATION ("message queue", HOLLOW, msgrcv, N (-1), page, N (0), N (0), N (04000)),
  OPERATION ("semaphores", HOLLOW, semget, N (0), N (0), N (01000)),
  OPERATION ("named message queue", HOLLOW, mq_open, nowhere, N (0), N (0), NULL),
  OPERATION ("userfaultfd", HOLLOW, userfaultfd, N (0xff)),
  OPERATION ("wait on a futex", HOLLOW, futex, page, N (FUTEX_WAIT_PRIVATE), N (1), NULL),

  /* Rights. */
  OPERATION ("new user namespace", MAY, unshare, N (CLONE_NEWUSER)),
  OPERATION ("new network namespace", MAY, unshare, N (CLONE_NEWNET)),
  OPERATION ("enter a namespace", HOLLOW, setns, N (-1), N (0)),
  OPERATION ("become root", MAY, setuid, N (0)),
  OPERATION ("change groups", MAY, setgroups, N (0), NULL),
  OPERATION ("set capabilities", HOLLOW, capset, NULL, NULL),
  OPERATION ("prctl", WORKS, prctl, N (PR_GET_DUMPABLE)),
  OPERATION ("be dumpable again", WORKS, prctl, N (PR_SET_DUMPABLE), N (1)),
  OPERATION ("personality", WORKS, personality, N (0xffffffff)),
  OPERATION ("ask about seccomp", WORKS, seccomp, N (SECCOMP_GET_ACTION_AVAIL), N (0), &no_time),
  OPERATION ("filter with a listener", HOLLOW, seccomp, N (SECCOMP_SET_MODE_FILTER),
             N (SECCOMP_FILTER_FLAG_NEW_LISTENER), NULL),
  OPERATION ("ask about Landlock", MAY, landlock_create_ruleset, NULL, N (0), N (1)),
  OPERATION ("bpf", HOLLOW, bpf, N (-1), NULL, N (0)),
  OPERATION ("perf", HOLLOW, perf_event_open, NULL, N (0), N (-1), N (-1), N (0)),
  OPERATION ("keys", WORKS, keyctl, N (0), N (-3), N (1)),
  OPERATION ("make a key", HOLLOW, add_key, NULL, NULL, NULL, N (0), N (0)),
  OPERATION ("ask for a key", HOLLOW, request_key, NULL, NULL, NULL, N (0)),
  OPERATION ("kernel module", HOLLOW, finit_module, N (-1), NULL, N (0)),
  OPERATION ("other kernel", HOLLOW, kexec_load, N (0), N (99), NULL, N (-1)),
  OPERATION ("reboot", HOLLOW, reboot, N (0), N (0), N (0), NULL),
  OPERATION ("swap", HOLLOW, swapon, nowhere, N (0)),
  OPERATION ("kernel log", HOLLOW, syslog, N (99), NULL, N (0)),
  OPERATION ("host name", HOLLOW, sethostname, NULL, N (-1)),
  OPERATION ("set the clock", HOLLOW, clock_settime, N (-99), NULL),
  OPERATION ("adjust the clock", HOLLOW, clock_adjtime, N (-99), page),
  OPERATION ("accounting", HOLLOW, acct, nowhere),

  /* About this machine. */
  OPERATION ("uname", WORKS, uname, page),
  OPERATION ("system information", WORKS, sysinfo, page),
  OPERATION ("user id", MAY, getuid),
  OPERATION ("working directory", WORKS, getcwd, page, N (sizeof page)),
  OPERATION ("random numbers", WORKS, getrandom, page, N (1), N (0)),

  /* Other doors into the same kernel. */
  FUNCTION ("32-bit system call", MAY, call_as_i386),
#ifdef __x86_64__
  FUNCTION ("vsyscall", MAY, call_vsyscall),
  OPERATION ("local descriptor table", MAY, modify_ldt, N (0), page, N (0)),
  OPERATION ("ports of the machine", HOLLOW, ioperm, N (-1), N (1), N (1)),
  OPERATION ("level of the machine's ports", HOLLOW, iopl, N (99)),
  OPERATION ("segment registers", HOLLOW, arch_prctl, N (-1), NULL),
  { "x32 system call", LENS_CONTROL_MAY, 0x40000000 | SYS_getppid, { NULL } },
#endif
};
/* clang-format on */

guint
lens_n_operations (void)
{
  return G_N_ELEMENTS (operations);
}

const LensOperation *
lens_operation_at (guint index)
{
  return &operations[index];
}

gboolean
lens_operation_attempt (const LensOperation *operation, const LensOutside *outside)
{
  const void *const *a = operation->arguments;

  if (operation->attempt != NULL)
    return operation->attempt (outside);
  return syscall (operation->call, a[0], a[1], a[2], a[3], a[4], a[5]) != -1;
}

static gboolean
listen_at (int fd, void *address, socklen_t *length)
{
  return fd >= 0 && bind (fd, address, *length) == 0 && getsockname (fd, address, length) == 0;
}

void
lens_outside_init (LensOutside *outside)
{
  socklen_t length = sizeof outside->tcp;

  memset (outside, 0, sizeof *outside);
  outside->supervisor = getpid ();
  outside->tcp = outside->udp
      = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  outside->fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listen_at (outside->fds[0], &outside->tcp, &length))
    listen (outside->fds[0], SOMAXCONN);
  length = sizeof outside->udp;
  outside->fds[1] = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  listen_at (outside->fds[1], &outside->udp, &length);

  /* Without a name of ours the kernel chooses an abstract one. */
  outside->name.sun_family = AF_UNIX;
  outside->name_length = sizeof outside->name.sun_family;
  outside->fds[2] = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (outside->fds[2] >= 0
      && bind (outside->fds[2], (void *)&outside->name, outside->name_length) == 0)
    {
      outside->name_length = sizeof outside->name;
      getsockname (outside->fds[2], (void *)&outside->name, &outside->name_length);
      listen (outside->fds[2], SOMAXCONN);
    }
  outside->segment = shmget (IPC_PRIVATE, 1, IPC_CREAT | 0644);
}

void
lens_outside_clear (LensOutside *outside)
{
  for (guint i = 0; i < G_N_ELEMENTS (outside->fds); i++)
    if (outside->fds[i] >= 0)
      close (outside->fds[i]);
  if (outside->segment >= 0)
    shmctl (outside->segment, IPC_RMID, NULL);
}
