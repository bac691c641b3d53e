#include "harness/batch-inside.h"

#include "harness/command.h"

#include <poll.h>
#include <stdio.h>

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
      if (one->line != NULL)
        g_print ("%s", one->line);
      g_clear_pointer (&one->line, g_free);
    }
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  clearerr (stdout);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_IO, "standard output cannot be written");
  return FALSE;
}

static void
show_progress (const LensBatch *batch)
{
  guint over = 0;

  for (guint i = 0; i < batch->n_cases; i++)
    over += batch->cases[i].over;
  g_printerr ("\r%u of %u done, %u running, %.0f s ", over, batch->n_cases, batch->running,
              (double)(g_get_monotonic_time () - batch->started) / G_USEC_PER_SEC);
}

static void
serve_once (LensBatch *batch)
{
  g_autofree struct pollfd *fds = g_new0 (struct pollfd, (gsize)batch->running * LENS_JOB_FDS + 1);
  guint n_fds = 0;
  gint timeout = 1000;

  for (guint i = 0; i < batch->next; i++)
    if (batch->cases[i].job != NULL)
      {
        n_fds += lens_job_poll (batch->cases[i].job, fds + n_fds);
        timeout = MIN (timeout, lens_job_timeout (batch->cases[i].job));
      }
  (void)poll (fds, n_fds, timeout);
  for (guint i = batch->printed; i < batch->next; i++)
    {
      LensBatchCase *one = &batch->cases[i];
      if (one->job == NULL)
        continue;
      LensJobState state = lens_job_serve (one->job);
      if (state != LENS_JOB_RUNNING)
        lens_batch_end_case (batch, one, state);
    }
}

static gboolean
run_batch (LensBatch *batch, GError **error)
{
  const LensBatchWish *wish = batch->wish;
  gint64 shown = 0;

  batch->started = g_get_monotonic_time ();
  while (!*batch->stop && (batch->next < batch->n_cases || batch->running > 0))
    {
      while (batch->running < wish->parallel && batch->next < batch->n_cases)
        if (!lens_batch_begin_case (batch, &batch->cases[batch->next++], error))
          return FALSE;
      if (batch->running > 0)
        serve_once (batch);
      if (!print_lines (batch, error))
        return FALSE;
      if (wish->progress && g_get_monotonic_time () - shown > G_USEC_PER_SEC)
        {
          shown = g_get_monotonic_time ();
          show_progress (batch);
        }
    }
  if (wish->progress)
    g_printerr ("\n");
  return TRUE;
}

static int
overall (const LensBatch *batch)
{
  int status = LENS_EXIT_CLEAN;

  if (batch->evaluated == 0)
    return LENS_EXIT_USAGE;
  for (guint i = 0; i < batch->n_cases; i++)
    status = MAX (status, batch->cases[i].exit_status);
  return status;
}

int
lens_batch_run (const LensBatchWish *wish)
{
  g_autoptr (GError) error = NULL;
  LensBatch batch = { .wish = wish, .n_cases = wish->inputs->len, .stop = &interrupted };
  int status;

  batch.cases = g_new0 (LensBatchCase, batch.n_cases);
  for (guint i = 0; i < batch.n_cases; i++)
    batch.cases[i].input = g_ptr_array_index (wish->inputs, i);
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
    status = overall (&batch);
  for (guint i = 0; i < batch.n_cases; i++)
    lens_batch_clear_case (&batch.cases[i]);
  g_free (batch.cases);
  return status;
}
