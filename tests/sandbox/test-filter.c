#include "sandbox/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define CALLS 600

static const int in = 5, out = 6;
static const LensHanded handed = { &in, 1, &out, 1 };

static LensFilter *
filter_for (LensRole role)
{
  g_autoptr (GError) error = NULL;
  LensFilter *filter
      = lens_filter_new_for_role (role, LENS_PULL_UDP, &handed, TRUE, LENS_UNLISTED_KILL, &error);

  g_assert_no_error (error);
  return filter;
}

static guint32
verdict (LensFilter *filter, int call, guint64 a, guint64 b, guint64 c, guint64 d, guint64 e)
{
  const guint64 arguments[6] = { a, b, c, d, e, 0 };

  return lens_filter_verdict (filter, AUDIT_ARCH_X86_64, call, arguments);
}

static gboolean
some_row_names (LensRole role, int call)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].call == call && (rows[i].roles & (1u << role)) != 0)
      return TRUE;
  return FALSE;
}

static void
what_no_row_names_ends_the_process (void)
{
  for (LensRole role = LENS_ROLE_CAPTURE; role < LENS_N_ROLES; role++)
    {
      g_autoptr (LensFilter) filter = filter_for (role);
      guint killed = 0;

      for (int call = 0; call < CALLS; call++)
        {
          guint32 answer = verdict (filter, call, 0, 0, 0, 0, 0);
          if (!some_row_names (role, call))
            g_assert_cmphex (answer, ==, SECCOMP_RET_KILL_PROCESS);
          killed += answer == SECCOMP_RET_KILL_PROCESS;
        }
      g_assert_cmpuint (killed, >, CALLS - 40);
    }
}

static void
other_architectures_end_the_process (void)
{
  static const guint64 none[6];

  for (LensRole role = LENS_ROLE_CAPTURE; role < LENS_N_ROLES; role++)
    {
      g_autoptr (LensFilter) filter = filter_for (role);
      for (int call = 0; call < CALLS; call++)
        {
          g_assert_cmphex (lens_filter_verdict (filter, AUDIT_ARCH_I386, call, none), ==,
                           SECCOMP_RET_KILL_PROCESS);
          g_assert_cmphex (lens_filter_verdict (filter, AUDIT_ARCH_X86_64, 0x40000000 | call, none),
                           ==, SECCOMP_RET_KILL_PROCESS);
        }
    }
}

static void
a_reader_reads_and_writes_only_what_it_was_handed (void)
{
  g_autoptr (LensFilter) filter = filter_for (LENS_ROLE_ANALYZE);

  g_assert_cmphex (verdict (filter, SYS_read, 5, 0, 1, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_read, 6, 0, 1, 0, 0), ==, SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_write, 6, 0, 1, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_write, 2, 0, 1, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_write, 5, 0, 1, 0, 0), ==, SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_write, 7, 0, 1, 0, 0), ==, SECCOMP_RET_KILL_PROCESS);
}

static void
memory_is_never_executable_or_shared (void)
{
  g_autoptr (LensFilter) filter = filter_for (LENS_ROLE_REPORT);
  const guint64 usual = MAP_PRIVATE | MAP_ANONYMOUS;

  g_assert_cmphex (verdict (filter, SYS_mmap, 0, 1, PROT_READ | PROT_WRITE, usual, 0), ==,
                   SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_mmap, 0, 1, PROT_EXEC, usual, 0), ==,
                   SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_mmap, 0, 1, PROT_READ, MAP_PRIVATE, 0), ==,
                   SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_mmap, 0, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, 0), ==,
                   SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_futex, 0, FUTEX_WAKE_PRIVATE, 1, 0, 0), ==,
                   SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_futex, 0, FUTEX_WAIT_PRIVATE, 1, 0, 0), ==,
                   SECCOMP_RET_KILL_PROCESS);
}

static void
a_puller_cannot_address_or_block (void)
{
  g_autoptr (LensFilter) filter = filter_for (LENS_ROLE_PULL_OPENING);
  const guint64 flags = O_RDWR | O_NONBLOCK;

  g_assert_cmphex (verdict (filter, SYS_sendto, 9, 1, 1, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_sendto, 9, 1, 1, 0, 4096), ==, SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_fcntl, 9, F_SETFL, flags, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_fcntl, 9, F_SETFL, O_RDWR, 0, 0), ==,
                   SECCOMP_RET_KILL_PROCESS);
  g_assert_cmphex (verdict (filter, SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, 0, 0, 0), ==,
                   SECCOMP_RET_ALLOW);
  g_assert_cmphex (verdict (filter, SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                            SECCOMP_FILTER_FLAG_NEW_LISTENER, 0, 0, 0),
                   ==, SECCOMP_RET_KILL_PROCESS);
}

static void
a_puller_without_a_broker_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensFilter) filter = lens_filter_new_for_role (
      LENS_ROLE_PULL_OPENING, LENS_PULL_UDP, &handed, FALSE, LENS_UNLISTED_KILL, &error);

  g_assert_no_error (error);
  g_assert_cmphex (verdict (filter, SYS_socket, 2, 1, 0, 0, 0), ==, SECCOMP_RET_ERRNO | EACCES);
  g_assert_cmphex (verdict (filter, SYS_connect, 2, 1, 0, 0, 0), ==, SECCOMP_RET_ERRNO | EACCES);
}

static void
the_brokers_filter_asks_for_its_calls_alone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensFilter) tcp
      = lens_filter_new_for_broker (LENS_ROLE_PULL_OPENING, LENS_PULL_TCP, &error);
  g_assert_no_error (error);
  g_autoptr (LensFilter) multicast
      = lens_filter_new_for_broker (LENS_ROLE_PULL_OPENING, LENS_PULL_MULTICAST, &error);
  g_assert_no_error (error);
  guint asked = 0, asked_for_groups = 0;

  for (int call = 0; call < CALLS; call++)
    {
      asked += verdict (tcp, call, 0, 0, 0, 0, 0) == SECCOMP_RET_USER_NOTIF;
      asked_for_groups += verdict (multicast, call, 0, 0, 0, 0, 0) == SECCOMP_RET_USER_NOTIF;
    }
  g_assert_cmpuint (asked, ==, 2);
  g_assert_cmpuint (asked_for_groups, ==, 3); /* setsockopt with its arguments is the fourth */
  g_assert_cmphex (verdict (tcp, SYS_socket, 2, 1, 0, 0, 0), ==, SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (verdict (multicast, SYS_setsockopt, 9, 0, 35, 0, 0), ==, SECCOMP_RET_USER_NOTIF);
}

static void
a_puller_has_the_rows_of_its_transport_alone (void)
{
  static const int memberships[] = { 35, 36 }; /* IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP */

  for (LensPullTransport over = 0; over < LENS_PULL_N_TRANSPORTS; over++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LensFilter) filter = lens_filter_new_for_role (
          LENS_ROLE_PULL_OPENING, over, &handed, TRUE, LENS_UNLISTED_KILL, &error);
      gboolean binds = verdict (filter, SYS_bind, 9, 0, 0, 0, 0) != SECCOMP_RET_KILL_PROCESS;

      g_assert_true (binds == (over == LENS_PULL_UDP || over == LENS_PULL_MULTICAST));
      for (gsize i = 0; i < G_N_ELEMENTS (memberships); i++)
        g_assert_true ((verdict (filter, SYS_setsockopt, 9, 0, (guint64)memberships[i], 0, 0)
                        != SECCOMP_RET_KILL_PROCESS)
                       == (over == LENS_PULL_MULTICAST));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/filter/what-no-row-names-ends-the-process",
                   what_no_row_names_ends_the_process);
  g_test_add_func ("/sandbox/filter/other-architectures-end-the-process",
                   other_architectures_end_the_process);
  g_test_add_func ("/sandbox/filter/a-reader-reads-and-writes-only-what-it-was-handed",
                   a_reader_reads_and_writes_only_what_it_was_handed);
  g_test_add_func ("/sandbox/filter/memory-is-never-executable-or-shared",
                   memory_is_never_executable_or_shared);
  g_test_add_func ("/sandbox/filter/a-puller-cannot-address-or-block",
                   a_puller_cannot_address_or_block);
  g_test_add_func ("/sandbox/filter/a-puller-without-a-broker-is-refused",
                   a_puller_without_a_broker_is_refused);
  g_test_add_func ("/sandbox/filter/the-brokers-filter-asks-for-its-calls-alone",
                   the_brokers_filter_asks_for_its_calls_alone);
  g_test_add_func ("/sandbox/filter/a-puller-has-the-rows-of-its-transport-alone",
                   a_puller_has_the_rows_of_its_transport_alone);
  return g_test_run ();
}
