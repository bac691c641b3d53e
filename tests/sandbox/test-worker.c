#include "sandbox/become.h"
#include "sandbox/error.h"
#include "sandbox/namespace.h"
#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The workers: this program again, with the name of one in argv[1]. */

static int
confine (LensRole role, gboolean diagnose)
{
  static const int in = 0, out = 1;
  g_autoptr (GError) error = NULL;
  LensBecome wish = { .role = role,
                      .read_fds = &in,
                      .n_read_fds = 1,
                      .write_fds = &out,
                      .n_write_fds = 1,
                      .diagnose = diagnose };

  if (lens_sandbox_become (&wish, NULL, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  _exit (LENS_EXIT_UNCONFINED);
}

static int
by_size (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* What an analyzer does: reads all, counts in a hash table, sorts, allocates much, writes. */
static int
work_like_an_analyzer (void)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) large = g_byte_array_new ();
  guint8 octets[4096];
  gssize got;

  while ((got = read (0, octets, sizeof octets)) > 0)
    for (gssize i = 0; i < got; i++)
      {
        gpointer key = GINT_TO_POINTER (octets[i] + 1);
        gpointer count = g_hash_table_lookup (counts, key);
        g_hash_table_insert (counts, key, GINT_TO_POINTER (GPOINTER_TO_INT (count) + 1));
      }
  for (int i = 0; i < 20000; i++)
    {
      double number = (i * 7919) % 20011 / 3.0;
      g_array_append_val (numbers, number);
    }
  qsort (numbers->data, numbers->len, sizeof (double), by_size);
  g_byte_array_set_size (large, 1000); /* grows by mremap */
  for (guint size = 100000; size <= 200000000; size *= 2)
    g_byte_array_set_size (large, size);
  memset (large->data, 1, large->len);
  g_autofree guint8 *more = g_malloc (200000000);
  memset (more, 2, 200000000);
  g_string_append_printf (text, "%u kinds, %.3f, %s, %" G_GINT64_FORMAT, g_hash_table_size (counts),
                          1.0 / 3, g_strerror (EIO), g_get_monotonic_time () > 0 ? (gint64)1 : 0);
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (1700000000);
  g_autofree char *stamp = g_date_time_format (when, "%Y-%m-%d");
  g_string_append_printf (text, ", %s", stamp);
  return write (1, text->str, text->len) == (gssize)text->len ? 0 : 1;
}

static int
work (const char *task)
{
  if (g_str_equal (task, "unconfined-true"))
    return 7;
  if (g_str_equal (task, "sleep"))
    for (;;)
      pause ();
  if (g_str_equal (task, "fork-and-sleep"))
    {
      if (fork () == 0)
        setsid ();
      for (;;)
        pause ();
    }
  if (g_str_equal (task, "count-descriptors"))
    {
      int open_fds = 0;
      for (int fd = 0; fd < 256; fd++)
        open_fds += fcntl (fd, F_GETFD) >= 0;
      return open_fds;
    }
  if (g_str_equal (task, "swap"))
    return write (atoi (g_getenv ("SWAP")), "x", 1) == 1 ? 0 : 1;
  if (g_str_equal (task, "environment"))
    {
      g_auto (GStrv) environment = g_get_environ ();
      return (int)g_strv_length (environment);
    }

  confine (LENS_ROLE_ANALYZE, g_str_has_prefix (task, "diagnose"));
  if (g_str_equal (task, "analyze"))
    return work_like_an_analyzer ();
  if (g_str_has_suffix (task, "forbidden"))
    return open ("/etc/passwd", O_RDONLY);
  if (g_str_equal (task, "crash"))
    {
      int *volatile nowhere = NULL;
      *nowhere = 1;
    }
  if (g_str_equal (task, "abort"))
    abort ();
  if (g_str_equal (task, "warn"))
    g_warning ("odd \001 thing");
  if (g_str_equal (task, "assert"))
    g_assert_cmpint (1, ==, 2);
  if (g_str_equal (task, "spin"))
    for (;;)
      ;
  if (g_str_equal (task, "read"))
    return (int)read (0, &(char){ 0 }, 1);
  if (g_str_equal (task, "hoard"))
    for (;;)
      if (g_try_malloc0 (1 << 20) == NULL)
        return 9;
  return 0;
}

/* The supervisor. */

static LensWorker *
start (LensRole role, const char *task, int in, int out)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "test-worker", task, NULL };
  const LensWorkerFd fds[] = { { in, 0 }, { out, 1 } };
  gsize n_fds = in >= 0 ? 2 : 0;
  LensWorkerSpec spec
      = { .role = role, .argv = argv, .fds = fds, .n_fds = n_fds, .memory_octets = 2000000000 };
  LensWorker *worker = lens_worker_start (&spec, &error);

  g_assert_no_error (error);
  g_assert_nonnull (worker);
  return worker;
}

static LensWorkerEnd
wait_for (LensWorker *worker, gint64 seconds)
{
  g_autoptr (GError) error = NULL;
  LensWorkerEnd end;

  lens_worker_wait (worker, g_get_monotonic_time () + seconds * G_USEC_PER_SEC, &end, &error);
  g_assert_no_error (error);
  return end;
}

static LensWorkerEnd
end_of (LensRole role, const char *task)
{
  g_autoptr (LensWorker) worker = start (role, task, -1, -1);

  return wait_for (worker, 20);
}

static void
an_analyzer_reads_allocates_and_writes (void)
{
  int in[2], out[2];
  char result[256] = "";

  g_assert_cmpint (pipe2 (in, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (out, O_CLOEXEC), ==, 0);
  g_autoptr (LensWorker) worker = start (LENS_ROLE_ANALYZE, "analyze", in[0], out[1]);
  close (in[0]);
  close (out[1]);
  g_assert_cmpint (write (in[1], "abcab", 5), ==, 5);
  close (in[1]);

  LensWorkerEnd end = wait_for (worker, 30);
  g_autofree char *complaint = lens_worker_complaint (worker);
  g_autofree char *how = lens_worker_end_describe (&end);
  g_assert_cmpstr (complaint, ==, "");
  g_assert_cmpstr (how, ==, "exited with status 0");
  g_assert_cmpint (read (out[0], result, sizeof result - 1), >, 0);
  g_assert_cmpstr (result, ==, "3 kinds, 0.333, Input/output error, 1, 2023-11-14");
  g_assert_cmpuint (end.peak_octets, >, 200000000);
  close (out[0]);
}

static void
a_worker_says_which_layers_are_in_force (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensWorker) worker = start (LENS_ROLE_ANALYZE, "read", -1, -1);
  LensLayerSet layers;

  lens_worker_settle (worker, g_get_monotonic_time () + 10 * G_USEC_PER_SEC, &layers, &error);
  g_assert_no_error (error);
  g_assert_cmphex (layers & LENS_LAYERS_REQUIRED, ==, LENS_LAYERS_REQUIRED);
  g_assert_cmphex (layers, ==, lens_worker_layers (worker));
  g_autofree char *missing = lens_layers_describe (LENS_LAYERS_ALL & ~layers);
  g_test_message ("missing here: %s", missing);
  if (lens_layers_user_namespace_works (lens_layers_worker_id ()))
    {
      const LensLayerSet namespaces = LENS_LAYER_USER | LENS_LAYER_PROCESSES | LENS_LAYER_NETWORK
                                      | LENS_LAYER_ROOT | LENS_LAYER_CAPABILITIES
                                      | LENS_LAYER_IDENTITY;
      g_assert_cmphex (layers & namespaces, ==, namespaces);
    }
  wait_for (worker, 10);
}

static void
a_forbidden_call_is_told_apart_from_a_crash (void)
{
  LensWorkerEnd end = end_of (LENS_ROLE_ANALYZE, "forbidden");
  g_assert_cmpint (end.kind, ==, LENS_END_FORBIDDEN);
  g_assert_cmpint (end.signal, ==, SIGSYS);
  g_assert_cmpint (end.forbidden_call, ==, -1);

  end = end_of (LENS_ROLE_ANALYZE, "crash");
  g_assert_cmpint (end.kind, ==, LENS_END_SIGNALLED);
  g_assert_cmpint (end.signal, ==, SIGSEGV);

  end = end_of (LENS_ROLE_ANALYZE, "abort");
  g_assert_cmpint (end.kind, ==, LENS_END_SIGNALLED);
}

static void
diagnosis_names_the_forbidden_call (void)
{
  LensWorkerEnd end = end_of (LENS_ROLE_ANALYZE, "diagnose-forbidden");
  g_autofree char *how = lens_worker_end_describe (&end);

  g_assert_cmpint (end.kind, ==, LENS_END_FORBIDDEN);
  g_assert_cmpint (end.forbidden_call, ==, SYS_openat);
  g_assert_cmpstr (how, ==, "killed: forbidden system call openat");
}

static void
complaints_are_kept_and_tamed (void)
{
  g_autoptr (LensWorker) worker = start (LENS_ROLE_ANALYZE, "warn", -1, -1);
  LensWorkerEnd end = wait_for (worker, 10);
  g_autofree char *complaint = lens_worker_complaint (worker);

  g_assert_cmpint (end.kind, ==, LENS_END_EXITED);
  g_assert_nonnull (strstr (complaint, "odd "));
  g_assert_null (strchr (complaint, '\001'));

  g_autoptr (LensWorker) wrong = start (LENS_ROLE_ANALYZE, "assert", -1, -1);
  end = wait_for (wrong, 10);
  g_autofree char *assertion = lens_worker_complaint (wrong);
  g_assert_cmpint (end.kind, ==, LENS_END_SIGNALLED);
  g_assert_nonnull (strstr (assertion, "1 == 2"));
}

static void
a_worker_past_its_deadline_is_ended (void)
{
  g_autoptr (LensWorker) worker = start (LENS_ROLE_ANALYZE, "spin", -1, -1);
  LensWorkerEnd end;
  gint64 begin = g_get_monotonic_time ();

  /* Confined, it leaves when asked; wait until it is. */
  lens_worker_settle (worker, begin + 10 * G_USEC_PER_SEC, NULL, NULL);
  g_assert_true (lens_worker_wait (worker, g_get_monotonic_time () + 100000, &end, NULL));
  g_assert_true (end.deadline_exceeded);
  g_assert_cmpint (end.kind, ==, LENS_END_EXITED);
  g_assert_cmpint (end.status, ==, 128 + SIGTERM);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (end.cpu_us, >, 10000);
}

static void
memory_has_a_bound (void)
{
  LensWorkerEnd end = end_of (LENS_ROLE_ANALYZE, "hoard");

  g_assert_cmpint (end.kind, ==, LENS_END_EXITED);
  g_assert_cmpint (end.status, ==, 9);
  g_assert_cmpuint (end.peak_octets, <, 2100000000);
}

static void
processor_time_has_a_bound (void)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "test-worker", "spin", NULL };
  LensWorkerSpec spec = { .role = LENS_ROLE_ANALYZE, .argv = argv, .cpu_seconds = 1 };
  g_autoptr (LensWorker) worker = lens_worker_start (&spec, &error);
  g_assert_no_error (error);

  LensWorkerEnd end = wait_for (worker, 15);
  g_assert_false (end.deadline_exceeded);
  g_assert_cmpint (end.kind, ==, LENS_END_SIGNALLED);
  g_assert_cmpint (end.signal, ==, SIGKILL);
}

static void
only_listed_descriptors_are_open (void)
{
  int extra = open ("/dev/null", O_RDONLY); /* would be inherited */

  LensWorkerEnd end = end_of (LENS_ROLE_NONE, "count-descriptors");
  g_assert_cmpint (end.status, ==, 3);
  end = end_of (LENS_ROLE_ANALYZE, "count-descriptors");
  g_assert_cmpint (end.status, ==, 4); /* and the status line, until it is confined */
  close (extra);
}

/* Each pipe's number there is the other's number here. */
static void
a_descriptor_may_take_the_number_of_another (void)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "test-worker", "swap", NULL };
  int low = fcntl (open ("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 20);
  int line[2];
  char octet = 0;

  g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
  LensWorkerFd fds[] = { { line[1], low }, { low, line[1] } };
  LensWorkerSpec spec = { .role = LENS_ROLE_NONE, .argv = argv, .fds = fds, .n_fds = 2 };
  g_autofree char *number = g_strdup_printf ("SWAP=%d", low);
  const char *const environment[] = { number, NULL };
  spec.environment = environment;
  g_autoptr (LensWorker) worker = lens_worker_start (&spec, &error);
  g_assert_no_error (error);
  close (line[1]);
  g_assert_cmpint (wait_for (worker, 10).status, ==, 0);
  g_assert_cmpint (read (line[0], &octet, 1), ==, 1);
  close (line[0]);
  close (low);
}

static void
the_environment_is_fixed (void)
{
  g_setenv ("CAMERA_PASSWORD", "secret", TRUE);
  g_assert_cmpint (end_of (LENS_ROLE_NONE, "environment").status, ==, 4);
  g_unsetenv ("CAMERA_PASSWORD");
}

static void
many_workers_run_at_once (void)
{
  LensWorker *workers[8];
  struct pollfd lines[8];

  for (int i = 0; i < 8; i++)
    {
      workers[i] = start (LENS_ROLE_ANALYZE, "read", -1, -1);
      lines[i] = (struct pollfd){ .fd = lens_worker_pidfd (workers[i]), .events = POLLIN };
    }
  for (int left = 8; left > 0;)
    {
      g_assert_cmpint (poll (lines, 8, 10000), >, 0);
      for (int i = 0; i < 8; i++)
        if (lines[i].fd >= 0 && lines[i].revents != 0)
          {
            g_assert_cmpint (wait_for (workers[i], 0).kind, ==, LENS_END_EXITED);
            lens_worker_free (workers[i]);
            lines[i].fd = -1;
            left--;
          }
    }
}

static void
a_missing_program_is_an_error_that_names_it (void)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "nothing", NULL };
  LensWorkerSpec spec = { .role = LENS_ROLE_NONE, .program = "/nonexistent/nothing", .argv = argv };

  g_assert_null (lens_worker_start (&spec, &error));
  g_assert_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_LAUNCH);
  g_assert_cmpstr (error->message, ==, "nothing: execution: No such file or directory");
}

static void
a_lab_program_tells_its_exit_status_and_can_be_stopped (void)
{
  g_assert_cmpint (end_of (LENS_ROLE_NONE, "unconfined-true").status, ==, 7);

  g_autoptr (LensWorker) worker = start (LENS_ROLE_NONE, "sleep", -1, -1);
  lens_worker_stop (worker);
  LensWorkerEnd end = wait_for (worker, 5);
  g_assert_false (end.deadline_exceeded);
  g_assert_cmpint (end.kind, ==, LENS_END_SIGNALLED);
  g_assert_cmpint (end.signal, ==, SIGTERM);
}

/* Processes other than zombies whose command line holds @mark. */
static guint
count_processes (const char *mark)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint count = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/cmdline", name);
      g_autofree char *line = NULL;
      gsize length = 0;
      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &line, &length, NULL))
        continue;
      for (gsize i = 0; i < length; i++)
        line[i] = line[i] == '\0' ? ' ' : line[i];
      count += length > 0 && strstr (line, mark) != NULL;
    }
  return count;
}

/* A supervisor with a lab program that forked, and an analyzer; says when both run. */
static void G_GNUC_NORETURN
supervise (const char *mark, int line)
{
  const char *const lab[] = { "test-worker", "fork-and-sleep", mark, NULL };
  const char *const analyze[] = { "test-worker", "spin", mark, NULL };
  LensWorkerSpec lab_spec = { .role = LENS_ROLE_NONE, .argv = lab };
  LensWorkerSpec analyze_spec = { .role = LENS_ROLE_ANALYZE, .argv = analyze };

  /* Unprivileged, a pid namespace needs the lab's user namespace. */
  if (geteuid () != 0 && !lens_lab_enter (NULL))
    _exit (1);
  LensWorker *analyzer = lens_worker_start (&analyze_spec, NULL);
  if (lens_worker_start (&lab_spec, NULL) == NULL || analyzer == NULL
      || !lens_worker_settle (analyzer, g_get_monotonic_time () + 10 * G_USEC_PER_SEC, NULL, NULL)
      || write (line, "r", 1) != 1)
    _exit (1);
  for (;;)
    pause ();
}

static guint
count_until (const char *mark, guint wanted)
{
  for (int i = 0; i < 200 && count_processes (mark) != wanted; i++)
    g_usleep (20000);
  return count_processes (mark);
}

static void
a_killed_supervisor_leaves_nothing_running (void)
{
  g_autofree char *mark = g_strdup_printf ("supervised by test %d", (int)getpid ());
  int line[2];
  char ready;

  g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
  pid_t supervisor = fork ();
  if (supervisor == 0)
    supervise (mark, line[1]);
  close (line[1]);
  if (read (line[0], &ready, 1) == 1)
    {
      g_assert_cmpuint (count_until (mark, 3), ==, 3);
      kill (supervisor, SIGKILL);
      g_assert_cmpuint (count_until (mark, 0), ==, 0);
    }
  else
    {
      /* Only a machine without user namespaces is an excuse. */
      g_assert_false (geteuid () == 0 || lens_layers_user_namespace_works (geteuid ()));
      g_test_skip ("no namespaces here");
    }
  close (line[0]);
  waitpid (supervisor, NULL, 0);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && argv[1][0] != '-')
    return work (argv[1]);
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/worker/" name, function)
  TEST ("an-analyzer-reads-allocates-and-writes", an_analyzer_reads_allocates_and_writes);
  TEST ("a-worker-says-which-layers-are-in-force", a_worker_says_which_layers_are_in_force);
  TEST ("a-forbidden-call-is-told-apart-from-a-crash", a_forbidden_call_is_told_apart_from_a_crash);
  TEST ("diagnosis-names-the-forbidden-call", diagnosis_names_the_forbidden_call);
  TEST ("complaints-are-kept-and-tamed", complaints_are_kept_and_tamed);
  TEST ("a-worker-past-its-deadline-is-ended", a_worker_past_its_deadline_is_ended);
  TEST ("memory-has-a-bound", memory_has_a_bound);
  TEST ("processor-time-has-a-bound", processor_time_has_a_bound);
  TEST ("only-listed-descriptors-are-open", only_listed_descriptors_are_open);
  TEST ("a-descriptor-may-take-the-number-of-another", a_descriptor_may_take_the_number_of_another);
  TEST ("the-environment-is-fixed", the_environment_is_fixed);
  TEST ("many-workers-run-at-once", many_workers_run_at_once);
  TEST ("a-missing-program-is-an-error-that-names-it", a_missing_program_is_an_error_that_names_it);
  TEST ("a-lab-program-tells-its-exit-status-and-can-be-stopped",
        a_lab_program_tells_its_exit_status_and_can_be_stopped);
  TEST ("a-killed-supervisor-leaves-nothing-running", a_killed_supervisor_leaves_nothing_running);
  return g_test_run ();
}
