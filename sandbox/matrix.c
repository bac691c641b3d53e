#include "sandbox/matrix.h"

#include "sandbox/become.h"

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/if_ether.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define CELL_MS 5000
/* In the child: a pipe nobody handed to the role. */
#define FOREIGN_FD 29

/* How the control must come out. */
typedef enum
{
  WORKS,  /* for anybody, unconfined: a role in which it works is broken */
  MAY,    /* needs rights or a kernel this machine may not have */
  HOLLOW, /* called such that the kernel refuses: a role in which it reaches the kernel is broken */
} Control;

typedef struct
{
  const char *name;
  Control control;
  long call;                  /* or, where one call does not do, a function that returns ... */
  const void *arguments[6];   /* pointers and small numbers */
  gboolean (*attempt) (void); /* ... FALSE with errno */
} Operation;

#define N(number) ((const void *)(gintptr)(number))
#define OPERATION(name, control, call, ...)                                                        \
  {                                                                                                \
    name, control, SYS_##call,                                                                     \
    {                                                                                              \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }
#define FUNCTION(name, control, function)                                                          \
  {                                                                                                \
    name, control, -1, { NULL }, function                                                          \
  }

static guint8 page[4096] __attribute__ ((aligned (4096)));
static const char nowhere[] = "/nonexistent/file";
static const char *const arguments_of_true[] = { "/bin/true", NULL };
static const struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_port = 0x0900 };
static const struct timespec no_time;

static gboolean
fork_a_child (void)
{
  long child = syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

  if (child == 0)
    _exit (0);
  return child > 0;
}

static gboolean
start_a_thread (void)
{
  /* Without CLONE_THREAD's shared stack: a second task in the same memory is enough. */
  long child = syscall (SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, page + sizeof page, 0, 0, 0);

  if (child == 0)
    syscall (SYS_exit, 0);
  return child > 0;
}

/* The 32-bit way into the kernel: getpid is number 20 there. */
static gboolean
call_as_i386 (void)
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

/* clang-format off */
static const Operation operations[] = {
  /* Files. */
  OPERATION ("open /etc/passwd", WORKS, openat, N (AT_FDCWD), "/etc/passwd", N (O_RDONLY)),
  OPERATION ("open /", WORKS, openat, N (AT_FDCWD), "/", N (O_RDONLY | O_DIRECTORY)),
  OPERATION ("open /proc/self/mem", WORKS, openat, N (AT_FDCWD), "/proc/self/mem", N (O_RDWR)),
  OPERATION ("open the old way", WORKS, open, "/etc/passwd", N (O_RDONLY)),
  OPERATION ("make a file", HOLLOW, openat, N (AT_FDCWD), nowhere, N (O_CREAT | O_RDWR), N (0600)),
  OPERATION ("openat2", HOLLOW, openat2, N (AT_FDCWD), nowhere, NULL, N (0)),
  OPERATION ("open by handle", HOLLOW, open_by_handle_at, N (-1), NULL, N (0)),
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
  OPERATION ("pivot root", HOLLOW, pivot_root, nowhere, nowhere),
  OPERATION ("watch files", WORKS, inotify_init1, N (0)),
  OPERATION ("memory file", WORKS, memfd_create, "x", N (0)),

  /* Descriptors. */
  OPERATION ("write to a foreign descriptor", WORKS, write, N (FOREIGN_FD), "x", N (1)),
  OPERATION ("read a foreign descriptor", WORKS, read, N (FOREIGN_FD - 1), page, N (1)),
  OPERATION ("duplicate a descriptor", WORKS, dup, N (1)),
  OPERATION ("duplicate by fcntl", WORKS, fcntl, N (1), N (F_DUPFD), N (0)),
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
  OPERATION ("io_uring", HOLLOW, io_uring_setup, N (0), NULL),

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

  /* Processes. */
  FUNCTION ("fork", WORKS, fork_a_child),
  FUNCTION ("second task in this memory", WORKS, start_a_thread),
  OPERATION ("clone3", HOLLOW, clone3, NULL, N (0)),
  OPERATION ("execute a program", WORKS, execve, "/bin/true", arguments_of_true,
             arguments_of_true + 1),
  OPERATION ("execute a descriptor", HOLLOW, execveat, N (-1), "", arguments_of_true,
             arguments_of_true + 1, N (0x1000)),
  OPERATION ("signal a process", HOLLOW, kill, N (G_MAXINT), N (0)),
  OPERATION ("signal everybody", HOLLOW, kill, N (-1), N (999)),
  OPERATION ("pidfd", WORKS, pidfd_open, N (1), N (0)),
  OPERATION ("take a descriptor of another", HOLLOW, pidfd_getfd, N (-1), N (0), N (0)),
  OPERATION ("ptrace", WORKS, ptrace, N (PTRACE_TRACEME), N (0), N (0), N (0)),
  OPERATION ("read another's memory", HOLLOW, process_vm_readv, N (G_MAXINT), page, N (0), page,
             N (0), N (0)),
  OPERATION ("write another's memory", HOLLOW, process_vm_writev, N (G_MAXINT), page, N (0), page,
             N (0), N (0)),
  OPERATION ("wait for a child", HOLLOW, wait4, N (-1), NULL, N (WNOHANG), NULL),
  OPERATION ("priority", WORKS, getpriority, N (PRIO_PROCESS), N (0)),
  OPERATION ("processor affinity", WORKS, sched_getaffinity, N (0), N (sizeof page), page),
  OPERATION ("limits", WORKS, prlimit64, N (0), N (RLIMIT_NOFILE), NULL, page),
  OPERATION ("sleep", WORKS, nanosleep, &no_time, NULL),
  OPERATION ("alarm", WORKS, alarm, N (0)),
  OPERATION ("timer", WORKS, setitimer, N (ITIMER_REAL), page, NULL),

  /* Memory. */
  OPERATION ("map executable memory", WORKS, mmap, NULL, N (4096),
             N (PROT_READ | PROT_WRITE | PROT_EXEC), N (MAP_PRIVATE | MAP_ANONYMOUS), N (-1)),
  OPERATION ("map shared memory", WORKS, mmap, NULL, N (4096), N (PROT_READ | PROT_WRITE),
             N (MAP_SHARED | MAP_ANONYMOUS), N (-1)),
  OPERATION ("map a file", HOLLOW, mmap, NULL, N (4096), N (PROT_READ), N (MAP_PRIVATE), N (1)),
  OPERATION ("make memory executable", WORKS, mprotect, page, N (4096),
             N (PROT_READ | PROT_WRITE | PROT_EXEC)),
  OPERATION ("protect by key", HOLLOW, pkey_mprotect, page, N (4096), N (PROT_READ), N (99)),
  OPERATION ("advise", WORKS, madvise, page, N (4096), N (MADV_NORMAL)),
  OPERATION ("lock memory", HOLLOW, mlock2, page, N (4096), N (99)),
  OPERATION ("shared segment", HOLLOW, shmget, N (0), N (0), N (01000)),
  OPERATION ("message queue", HOLLOW, msgrcv, N (-1), page, N (0), N (0), N (04000)),
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
  OPERATION ("bpf", HOLLOW, bpf, N (-1), NULL, N (0)),
  OPERATION ("perf", HOLLOW, perf_event_open, NULL, N (0), N (-1), N (-1), N (0)),
  OPERATION ("keys", WORKS, keyctl, N (0), N (-3), N (1)),
  OPERATION ("kernel module", HOLLOW, finit_module, N (-1), NULL, N (0)),
  OPERATION ("other kernel", HOLLOW, kexec_load, N (0), N (99), NULL, N (-1)),
  OPERATION ("reboot", HOLLOW, reboot, N (0), N (0), N (0), NULL),
  OPERATION ("swap", HOLLOW, swapon, nowhere, N (0)),
  OPERATION ("kernel log", HOLLOW, syslog, N (99), NULL, N (0)),
  OPERATION ("host name", HOLLOW, sethostname, NULL, N (-1)),
  OPERATION ("set the clock", HOLLOW, clock_settime, N (-99), NULL),
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
  { "x32 system call", MAY, 0x40000000 | SYS_getppid, { NULL } },
#endif
};
/* clang-format on */

guint
lens_matrix_n_operations (void)
{
  return G_N_ELEMENTS (operations);
}

const char *
lens_matrix_operation (guint index)
{
  return index < G_N_ELEMENTS (operations) ? operations[index].name : NULL;
}

/* The child. */

static gboolean
attempt (const Operation *operation)
{
  const void *const *a = operation->arguments;

  if (operation->attempt != NULL)
    return operation->attempt ();
  return syscall (operation->call, a[0], a[1], a[2], a[3], a[4], a[5]) != -1;
}

static gboolean
enter (LensRole role, LensLayerSet layers, int in, int out)
{
  LensConfinement got = { 0 };
  LensBecome wish = {
    .role = role == LENS_ROLE_PULL_STREAMING ? LENS_ROLE_PULL_OPENING : role,
    .read_fds = &in,
    .n_read_fds = 1,
    .write_fds = &out,
    .n_write_fds = 1,
    .heap_octets = 65536,
  };
  gboolean entered = layers == LENS_LAYERS_ALL
                         ? lens_sandbox_become (&wish, &got, NULL)
                         : lens_sandbox_become_partly (&wish, layers, &got, NULL);

  if (!entered || role != LENS_ROLE_PULL_STREAMING || (layers & LENS_LAYER_SECCOMP) == 0)
    return entered;
  return lens_sandbox_tighten (&got, NULL);
}

/* Says on @out that it is about to try, then what came of it: errno, 0 for success. */
static void G_GNUC_NORETURN
live_one_cell (const Operation *operation, LensRole role, LensLayerSet layers, int out)
{
  int foreign[2];
  int about_to_try = -1;

  unsetenv (LENS_STATUS_VARIABLE); /* we speak for ourselves */
  if (pipe2 (foreign, O_CLOEXEC) != 0 || dup2 (foreign[0], FOREIGN_FD - 1) < 0
      || dup2 (foreign[1], FOREIGN_FD) < 0 || write (FOREIGN_FD, "x", 1) != 1)
    _exit (LENS_EXIT_UNCONFINED);
  if (role != LENS_ROLE_NONE && !enter (role, layers, foreign[0], out))
    _exit (LENS_EXIT_UNCONFINED);
  if (write (out, &about_to_try, sizeof about_to_try) != sizeof about_to_try)
    _exit (LENS_EXIT_UNCONFINED);
  int result = attempt (operation) ? 0 : errno;
  _exit (write (out, &result, sizeof result) == sizeof result ? 0 : LENS_EXIT_UNCONFINED);
}

/* The parent. */

/* The next number of the child, or FALSE at its end or past its time. */
static gboolean
hear (int in, int *number)
{
  struct pollfd line = { .fd = in, .events = POLLIN };

  return poll (&line, 1, CELL_MS) > 0 && read (in, number, sizeof *number) == sizeof *number;
}

/* The refusal is one the role's table gives, not one of the kernel's. */
static gboolean
is_of_the_table (long call, const LensMatrixCell *cell)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].call == call && (rows[i].roles & (1u << cell->role)) != 0
        && ((rows[i].answer == LENS_ANSWER_ERRNO && rows[i].error == cell->number)
            || (rows[i].answer == LENS_ANSWER_BROKER && cell->number == EACCES)))
      return TRUE;
  return FALSE;
}

static void
judge (LensMatrixCell *cell, const Operation *operation)
{
  gboolean refused = cell->outcome == LENS_OUTCOME_REFUSED;

  if (cell->role == LENS_ROLE_NONE)
    cell->expected
        = cell->outcome == LENS_OUTCOME_SUCCEEDED || (refused && operation->control != WORKS);
  else
    cell->expected
        = cell->outcome == LENS_OUTCOME_KILLED
          || (refused && (operation->control != HOLLOW || is_of_the_table (operation->call, cell)));
}

static LensMatrixCell
run_cell (const Operation *operation, LensRole role, LensLayerSet layers)
{
  LensMatrixCell cell
      = { .operation = operation->name, .role = role, .outcome = LENS_OUTCOME_UNTRIED };
  int line[2];
  int tried = 0, result = 0, status = 0;

  if (pipe2 (line, O_CLOEXEC) != 0)
    return cell;
  pid_t child = fork ();
  if (child == 0)
    live_one_cell (operation, role, layers, line[1]);
  close (line[1]);
  gboolean has_tried = child > 0 && hear (line[0], &tried);
  gboolean has_result = has_tried && hear (line[0], &result);
  close (line[0]);
  if (child < 0)
    return cell;
  if (!has_result && waitpid (child, &status, has_tried ? 0 : WNOHANG) == 0)
    kill (child, SIGKILL);
  waitpid (child, &status, 0);

  if (!has_tried)
    return cell;
  if (has_result)
    {
      cell.outcome = result == 0 ? LENS_OUTCOME_SUCCEEDED : LENS_OUTCOME_REFUSED;
      cell.number = result;
    }
  else if (WIFSIGNALED (status))
    {
      cell.outcome = LENS_OUTCOME_KILLED;
      cell.number = WTERMSIG (status);
    }
  else
    cell.outcome = LENS_OUTCOME_SUCCEEDED; /* became another program, and that ended */
  return cell;
}

guint
lens_matrix_run (LensRole role, LensLayerSet layers, LensMatrixReport report, gpointer data)
{
  guint unexpected = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      LensMatrixCell cell = run_cell (&operations[i], role, layers);
      judge (&cell, &operations[i]);
      if (!cell.expected)
        unexpected++;
      report (&cell, data);
    }
  return unexpected;
}

char *
lens_matrix_cell_describe (const LensMatrixCell *cell)
{
  switch (cell->outcome)
    {
    case LENS_OUTCOME_SUCCEEDED:
      return g_strdup ("succeeded");
    case LENS_OUTCOME_REFUSED:
      return g_strdup_printf ("refused: %s", g_strerror (cell->number));
    case LENS_OUTCOME_KILLED:
      return g_strdup_printf ("killed: %s", g_strsignal (cell->number));
    default:
      return g_strdup ("not tried");
    }
}
