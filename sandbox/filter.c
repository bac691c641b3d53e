#include "sandbox/filter.h"

#include "sandbox/error.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct _LensFilter
{
  gsize length; /* instructions */
  struct sock_filter code[];
};

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static gboolean
fail (GError **error, const char *what, int negative_errno)
{
  errno = -negative_errno;
  return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, what);
}

/* libseccomp writes its program to a descriptor only. */
static LensFilter *
exported (scmp_filter_ctx context, GError **error)
{
  int fd = memfd_create ("filter", MFD_CLOEXEC);
  if (fd < 0)
    {
      fail (error, "seccomp filter: memfd_create", -errno);
      return NULL;
    }
  int result = seccomp_export_bpf (context, fd);
  off_t size = lseek (fd, 0, SEEK_CUR);
  LensFilter *filter = NULL;

  if (result == 0 && size > 0)
    {
      filter = g_malloc0 (sizeof *filter + (gsize)size);
      filter->length = (gsize)size / sizeof (struct sock_filter);
      if (pread (fd, filter->code, (gsize)size, 0) != size)
        g_clear_pointer (&filter, lens_filter_free);
    }
  close (fd);
  if (filter == NULL)
    fail (error, "seccomp filter: export", result != 0 ? result : -EIO);
  return filter;
}

/* One rule per descriptor where the row asks for it, else one rule. */
static int
add_row (scmp_filter_ctx context, guint32 action, const LensCallRow *row, const int *fds,
         gsize n_fds)
{
  struct scmp_arg_cmp compare[LENS_COMPARES_MAX + 1];
  guint count = 0;

  for (const LensCompare *c = row->compare; c->mask != 0; c++)
    compare[count++] = (struct scmp_arg_cmp){ c->argument, SCMP_CMP_MASKED_EQ, c->mask, c->value };
  if (row->fds == LENS_FDS_ANY && fds == NULL)
    return seccomp_rule_add_array (context, action, row->call, count, compare);

  for (gsize i = 0; i < n_fds; i++)
    {
      compare[count] = (struct scmp_arg_cmp){ 0, SCMP_CMP_MASKED_EQ, 0xffffffff, (guint32)fds[i] };
      int result = seccomp_rule_add_array (context, action, row->call, count + 1, compare);
      if (result != 0 && result != -EEXIST)
        return result;
    }
  return 0;
}

static gboolean
is_overruled (int call)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_sanitizer_table (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].call == call)
      return TRUE;
  return FALSE;
}

static guint32
action_for (const LensCallRow *row, gboolean brokered)
{
  if (row->answer == LENS_ANSWER_ALLOW || (row->answer == LENS_ANSWER_BROKER && brokered))
    return SCMP_ACT_ALLOW; /* the broker's own filter ranks higher than ALLOW */
  return SCMP_ACT_ERRNO ((guint)(row->answer == LENS_ANSWER_BROKER ? EACCES : row->error));
}

static int
add_rows (scmp_filter_ctx context, LensRole role, LensPullTransport transport,
          const LensHanded *handed, gboolean brokered)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);
  int result = 0;

  for (gsize i = 0; result == 0 && i < n_rows; i++)
    {
      const LensCallRow *row = &rows[i];
      if (!lens_roles_row_is_for (row, role, transport) || is_overruled (row->call))
        continue;
      guint32 action = action_for (row, brokered);
      if (row->fds == LENS_FDS_READ)
        result = add_row (context, action, row, handed->read_fds, handed->n_read_fds);
      else if (row->fds == LENS_FDS_WRITE)
        result = add_row (context, action, row, handed->write_fds, handed->n_write_fds);
      else
        result = add_row (context, action, row, NULL, 0);
    }
  return result;
}

static int
add_extras (scmp_filter_ctx context, LensRole role)
{
  static const int standard_error = STDERR_FILENO;
  const LensCallRow write_row = { .call = SCMP_SYS (write) };
  gsize n_rows;
  const LensCallRow *rows = lens_roles_sanitizer_table (&n_rows);
  int result = add_row (context, SCMP_ACT_ALLOW, &write_row, &standard_error, 1);

  if (result == 0 && lens_roles_clock_needs_kernel ())
    result = seccomp_rule_add (context, SCMP_ACT_ALLOW, SCMP_SYS (clock_gettime), 0);
  result = result == -EEXIST ? 0 : result;
  for (gsize i = 0; result == 0 && i < n_rows; i++)
    if ((rows[i].roles & (1u << role)) != 0)
      result = add_row (context, action_for (&rows[i], FALSE), &rows[i], NULL, 0);
  return result == -EEXIST ? 0 : result;
}

LensFilter *
lens_filter_new_for_role (LensRole role, LensPullTransport transport, const LensHanded *handed,
                          gboolean brokered, LensUnlisted unlisted, GError **error)
{
  g_assert (role > LENS_ROLE_NONE && role < LENS_N_ROLES);

  scmp_filter_ctx context
      = seccomp_init (unlisted == LENS_UNLISTED_TRAP ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS);
  if (context == NULL)
    {
      fail (error, "seccomp filter", -ENOMEM);
      return NULL;
    }
  LensFilter *filter = NULL;
  int result = seccomp_attr_set (context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

  if (result == 0)
    result = add_rows (context, role, transport, handed, brokered);
  if (result == 0)
    result = add_extras (context, role);
  if (result == 0)
    filter = exported (context, error);
  else
    fail (error, "seccomp filter: rule", result);
  seccomp_release (context);
  return filter;
}

LensFilter *
lens_filter_new_for_broker (LensRole role, LensPullTransport transport, GError **error)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);
  scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);
  if (context == NULL)
    {
      fail (error, "broker's filter", -ENOMEM);
      return NULL;
    }
  LensFilter *filter = NULL;
  int result = seccomp_attr_set (context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

  for (gsize i = 0; result == 0 && i < n_rows; i++)
    if (lens_roles_row_is_for (&rows[i], role, transport) && rows[i].answer == LENS_ANSWER_BROKER)
      result = add_row (context, SCMP_ACT_NOTIFY, &rows[i], NULL, 0);
  if (result == 0)
    filter = exported (context, error);
  else
    fail (error, "broker's filter: rule", result);
  seccomp_release (context);
  return filter;
}

gboolean
lens_filter_enter (const LensFilter *filter, int *listener)
{
  struct sock_fprog program
      = { (unsigned short)filter->length, (struct sock_filter *)filter->code };
  unsigned int flags = 0;

  if (listener != NULL)
    flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  long result = syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result < 0)
    return FALSE;
  if (listener != NULL)
    *listener = (int)result;
  return TRUE;
}

const struct sock_filter *
lens_filter_code (const LensFilter *filter, gsize *length)
{
  *length = filter->length;
  return filter->code;
}

/* Exactly the instructions libseccomp emits: load, and, jumps, return. */
guint32
lens_filter_verdict (const LensFilter *filter, guint32 architecture, int call,
                     const guint64 arguments[6])
{
  struct seccomp_data data = { .nr = call, .arch = architecture };
  guint32 accumulator = 0;
  gsize at = 0;

  for (int i = 0; i < 6; i++)
    data.args[i] = arguments[i];
  while (at < filter->length)
    {
      const struct sock_filter *op = &filter->code[at++];
      switch (op->code)
        {
        case BPF_LD | BPF_W | BPF_ABS:
          g_assert (op->k + 4 <= sizeof data);
          accumulator = *(const guint32 *)(const void *)((const char *)&data + op->k);
          break;
        case BPF_ALU | BPF_AND | BPF_K:
          accumulator &= op->k;
          break;
        case BPF_JMP | BPF_JA:
          at += op->k;
          break;
        case BPF_JMP | BPF_JEQ | BPF_K:
          at += accumulator == op->k ? op->jt : op->jf;
          break;
        case BPF_JMP | BPF_JGE | BPF_K:
          at += accumulator >= op->k ? op->jt : op->jf;
          break;
        case BPF_JMP | BPF_JGT | BPF_K:
          at += accumulator > op->k ? op->jt : op->jf;
          break;
        case BPF_JMP | BPF_JSET | BPF_K:
          at += (accumulator & op->k) != 0 ? op->jt : op->jf;
          break;
        case BPF_RET | BPF_K:
          return op->k;
        default:
          g_assert_not_reached ();
        }
    }
  g_assert_not_reached ();
}

void
lens_filter_free (LensFilter *filter)
{
  g_free (filter);
}
