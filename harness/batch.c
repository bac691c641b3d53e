#include "harness/batch-inside.h"

#include "harness/command.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define HELD_MAX ((gsize)64 << 20) /* octets of lines */

static volatile sig_atomic_t interrupted;

static void
on_signal (int number)
{
  interrupted = number;
}

/* SIGHUP stays ignored where nohup asked for it. */
void
lens_batch_heed_signals (void)
{
  const struct sigaction end = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };
  struct sigaction before;

  sigaction (SIGINT, &end, NULL);
  sigaction (SIGTERM, &end, NULL);
  if (sigaction (SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &end, NULL);
  sigaction (SIGPIPE, &ignore, NULL);
}

/* FALSE with @error when nobody takes the lines any more: the end, as with SIGPIPE, but without
 * a half case left behind. */
static gboolean
print_lines (LensBatch *batch, GError **error)
{
  while (batch->printed < batch->n_cases && batch->cases[batch->printed].over)
    {
      LensBatchCase *one = &batch->cases[batch->printed++];
      if (one->line == NULL)
        continue;
      if (batch->wish->progress)
        lens_batch_hide_progress ();
      g_print ("%s", one->line);
      batch->held -= strlen (one->line);
      g_clear_pointer (&one->line, g_free);
    }
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  clearerr (stdout);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_IO, "standard output cannot be written");
  return FALSE;
}

static gboolean
serve_once (LensBatch *batch, GError **error)
{
  g_autofree struct pollfd *fds = g_new0 (struct pollfd, (gsize)batch->running * LENS_JOB_FDS + 1);
  guint n_fds = 0;
  gint timeout = 1000;

  for (guint i = batch->printed; i < batch->next; i++)
    n_fds += lens_batch_poll_case (&batch->cases[i], fds + n_fds, &timeout);
  (void)poll (fds, n_fds, timeout);
  for (guint i = batch->printed; i < batch->next; i++)
    if (lens_batch_runs (&batch->cases[i])
        && !lens_batch_serve_case (batch, &batch->cases[i], error))
      return FALSE;
  return TRUE;
}

/* One slow input does not make those after it pile up in memory. */
static gboolean
may_begin (const LensBatch *batch)
{
  return batch->next < batch->n_cases && batch->running < batch->wish->parallel
         && (batch->held < HELD_MAX || batch->running == 0);
}

static gboolean
run_batch (LensBatch *batch, GError **error)
{
  gint64 shown = 0;

  batch->started = g_get_monotonic_time ();
  while (!*batch->stop && (batch->next < batch->n_cases || batch->running > 0))
    {
      while (may_begin (batch))
        if (!lens_batch_begin_case (batch, &batch->cases[batch->next++], error))
          return FALSE;
      if (batch->running > 0 && !serve_once (batch, error))
        return FALSE;
      if (!print_lines (batch, error))
        return FALSE;
      if (batch->wish->progress && g_get_monotonic_time () - shown > G_USEC_PER_SEC)
        {
          shown = g_get_monotonic_time ();
          lens_batch_show_progress (batch);
        }
    }
  if (batch->wish->progress)
    lens_batch_end_progress (batch);
  return TRUE;
}

static int
overall (const LensBatch *batch)
{
  int status = LENS_EXIT_CLEAN;

  if (batch->evaluated == 0 && batch->n_cases > 0) /* a shard may have none */
    return LENS_EXIT_USAGE;
  for (guint i = 0; i < batch->n_cases; i++)
    status = MAX (status, batch->cases[i].exit_status);
  return status;
}

static void
sweep (const LensBatchWish *wish)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < wish->inputs->len; i++)
    {
      char *path = lens_batch_case_path (wish, g_ptr_array_index (wish->inputs, i));
      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  lens_session_sweep (paths);
}

static void
list_cases (LensBatch *batch)
{
  struct stat status;

  batch->cases = g_new0 (LensBatchCase, batch->n_cases);
  for (guint i = 0; i < batch->n_cases; i++)
    {
      LensBatchCase *one = &batch->cases[i];
      one->input = g_ptr_array_index (batch->wish->inputs, i);
      g_autoptr (GPtrArray) paths = lens_input_paths (one->input);
      for (guint j = 0; j < paths->len; j++)
        if (stat (g_ptr_array_index (paths, j), &status) == 0 && S_ISREG (status.st_mode))
          one->octets += (guint64)status.st_size;
      batch->octets += one->octets;
    }
}

static gboolean
write_index (const LensBatch *batch)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < batch->n_cases; i++)
    g_ptr_array_add (rows, batch->cases[i].row);
  if (lens_index_write (lens_batch_folder (batch->wish), rows, &error))
    return TRUE;
  lens_command_complain ("analyze", "the index could not be written: %s", error->message);
  return FALSE;
}

int
lens_batch_run (const LensBatchWish *wish)
{
  g_autoptr (GError) error = NULL;
  LensBatch batch = { .wish = wish, .n_cases = wish->inputs->len, .stop = &interrupted };
  int status;

  if (wish->resume)
    sweep (wish);
  list_cases (&batch);
  if (!run_batch (&batch, &error))
    {
      lens_command_complain ("analyze", "%s", error->message);
      status = batch.evaluated > 0 ? LENS_EXIT_INCONCLUSIVE : LENS_EXIT_USAGE;
    }
  else if (interrupted)
    {
      lens_command_complain ("analyze", "interrupted when %u of %u inputs were evaluated",
                             batch.evaluated, batch.n_cases);
      status = LENS_EXIT_INCONCLUSIVE;
    }
  else
    {
      status = overall (&batch);
      if (wish->index && lens_batch_folder (wish) != NULL && !write_index (&batch)
          && batch.evaluated > 0)
        status = LENS_EXIT_INCONCLUSIVE;
      if (wish->progress || batch.n_cases > 1)
        lens_batch_sum_up (&batch);
    }
  for (guint i = 0; i < batch.n_cases; i++)
    lens_batch_clear_case (&batch.cases[i]);
  g_free (batch.cases);
  return status;
}
