#include "sandbox/matrix.h"

#include "sandbox/become.h"
#include "sandbox/operations.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CELL_MS 5000

struct _LensMatrix
{
  LensOutside outside;
};

guint
lens_matrix_n_operations (void)
{
  return lens_n_operations ();
}

const char *
lens_matrix_operation (guint index)
{
  return index < lens_n_operations () ? lens_operation_at (index)->name : NULL;
}

LensMatrix *
lens_matrix_new (void)
{
  LensMatrix *matrix = g_new0 (LensMatrix, 1);

  lens_outside_init (&matrix->outside);
  return matrix;
}

void
lens_matrix_free (LensMatrix *matrix)
{
  if (matrix == NULL)
    return;
  lens_outside_clear (&matrix->outside);
  g_free (matrix);
}

/* The child. */

static gboolean
enter (LensRole role, LensLayerSet layers, int in, int out, LensLayerSet *in_force)
{
  LensConfinement got = { 0 };
  LensBecome wish = {
    .role = role == LENS_ROLE_PULL_STREAMING ? LENS_ROLE_PULL_OPENING : role,
    .transport = LENS_PULL_MULTICAST, /* of all, the one with most rows */
    .read_fds = &in,
    .n_read_fds = 1,
    .write_fds = &out,
    .n_write_fds = 1,
    .heap_octets = 65536,
  };
  gboolean entered = layers == LENS_LAYERS_ALL
                         ? lens_sandbox_become (&wish, &got, NULL)
                         : lens_sandbox_become_partly (&wish, layers, &got, NULL);

  *in_force = got.layers;
  if (!entered || role != LENS_ROLE_PULL_STREAMING || (layers & LENS_LAYER_SECCOMP) == 0)
    return entered;
  return lens_sandbox_tighten (&got, NULL);
}

/* Says on @out what is in force as it is about to try, then what came of it: errno, 0 for
 * success. */
static void G_GNUC_NORETURN
live_one_cell (const LensMatrix *matrix, const LensOperation *operation, LensRole role,
               LensLayerSet layers, int out)
{
  int foreign[2];
  LensLayerSet in_force = 0;

  unsetenv (LENS_STATUS_VARIABLE); /* we speak for ourselves */
  if (pipe2 (foreign, O_CLOEXEC) != 0 || dup2 (foreign[0], LENS_FOREIGN_READ_FD) < 0
      || dup2 (foreign[1], LENS_FOREIGN_WRITE_FD) < 0 || write (LENS_FOREIGN_WRITE_FD, "x", 1) != 1)
    _exit (LENS_EXIT_UNCONFINED);
  if (role != LENS_ROLE_NONE && !enter (role, layers, foreign[0], out, &in_force))
    _exit (LENS_EXIT_UNCONFINED);
  if (write (out, &in_force, sizeof in_force) != sizeof in_force)
    _exit (LENS_EXIT_UNCONFINED);
  int result = lens_operation_attempt (operation, &matrix->outside) ? 0 : errno;
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
judge (LensMatrixCell *cell, const LensOperation *operation)
{
  gboolean refused = cell->outcome == LENS_OUTCOME_REFUSED;

  if (cell->role == LENS_ROLE_NONE)
    cell->expected = cell->outcome == LENS_OUTCOME_SUCCEEDED
                     || (refused && operation->control != LENS_CONTROL_WORKS);
  else
    cell->expected = cell->outcome == LENS_OUTCOME_KILLED
                     || (refused
                         && (operation->control != LENS_CONTROL_HOLLOW
                             || is_of_the_table (operation->call, cell)));
}

static LensMatrixCell
run_cell (const LensMatrix *matrix, const LensOperation *operation, LensRole role,
          LensLayerSet layers)
{
  LensMatrixCell cell
      = { .operation = operation->name, .role = role, .outcome = LENS_OUTCOME_UNTRIED };
  int line[2];
  int layers_in_force = 0, result = 0, status = 0;

  if (pipe2 (line, O_CLOEXEC) != 0)
    return cell;
  pid_t child = fork ();
  if (child == 0)
    live_one_cell (matrix, operation, role, layers, line[1]);
  close (line[1]);
  gboolean has_tried = child > 0 && hear (line[0], &layers_in_force);
  gboolean has_result = has_tried && hear (line[0], &result);
  close (line[0]);
  if (child < 0)
    return cell;
  if (!has_result && waitpid (child, &status, has_tried ? 0 : WNOHANG) == 0)
    kill (child, SIGKILL);
  waitpid (child, &status, 0);

  if (!has_tried)
    return cell;
  cell.layers = (LensLayerSet)layers_in_force;
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

LensMatrixCell
lens_matrix_try (LensMatrix *matrix, guint operation, LensRole role, LensLayerSet layers)
{
  LensMatrixCell cell = run_cell (matrix, lens_operation_at (operation), role, layers);

  judge (&cell, lens_operation_at (operation));
  return cell;
}

guint
lens_matrix_run (LensRole role, LensLayerSet layers, LensMatrixReport report, gpointer data)
{
  g_autoptr (LensMatrix) matrix = lens_matrix_new ();
  guint unexpected = 0;

  for (guint i = 0; i < lens_n_operations (); i++)
    {
      LensMatrixCell cell = lens_matrix_try (matrix, i, role, layers);
      if (!cell.expected)
        unexpected++;
      report (&cell, data);
    }
  return unexpected;
}

/* Which layer holds what. */

/* What @layer cannot be put up without, by somebody with our rights. */
static LensLayerSet
stands_on (LensLayer layer)
{
  const LensLayerSet promised = LENS_LAYER_SECCOMP | LENS_LAYERS_LANDLOCK;
  const LensLayerSet owned = LENS_LAYER_NETWORK | LENS_LAYER_ROOT | LENS_LAYER_IPC
                             | LENS_LAYER_HOSTNAME | LENS_LAYER_CGROUP;

  if ((layer & promised) != 0)
    return LENS_LAYER_NO_NEW_PRIVILEGES;
  return (layer & owned) != 0 && geteuid () != 0 ? LENS_LAYER_USER : 0;
}

static gboolean
succeeds (LensMatrix *matrix, guint operation, LensRole role, LensLayerSet layers,
          LensLayerSet *in_force)
{
  LensMatrixCell cell = run_cell (matrix, lens_operation_at (operation), role, layers);

  *in_force = cell.layers;
  return cell.outcome == LENS_OUTCOME_SUCCEEDED;
}

LensMatrixHolding
lens_matrix_holding (LensMatrix *matrix, guint operation, LensRole role)
{
  LensMatrixHolding holding = { .operation = lens_matrix_operation (operation) };
  LensLayerSet got;

  holding.works = succeeds (matrix, operation, LENS_ROLE_NONE, 0, &got);
  for (guint bit = 0; holding.works && (LENS_LAYERS_ALL >> bit) != 0; bit++)
    {
      LensLayer layer = (LensLayer)(1u << bit);
      LensLayerSet walls = layer, ground = stands_on (layer);
      if (layer == LENS_LAYER_PROCESSES
          || (layer & LENS_LAYERS_LANDLOCK & ~LENS_LAYER_LANDLOCK_FILES) != 0)
        continue; /* the launcher's; one with its first version */
      if (layer == LENS_LAYER_LANDLOCK_FILES)
        walls = LENS_LAYERS_LANDLOCK;
      gboolean before = ground == 0 || succeeds (matrix, operation, role, ground, &got);
      if (before && !succeeds (matrix, operation, role, walls | ground, &got) && (got & layer) != 0)
        holding.alone |= layer;
      if (succeeds (matrix, operation, role, LENS_LAYERS_ALL & ~walls, &got))
        holding.needed |= layer;
    }
  return holding;
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
