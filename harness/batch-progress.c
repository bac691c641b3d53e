/* How a batch comes on, on standard error. */
#include "harness/batch-inside.h"

#include <unistd.h>

#define MEGA 1e6
#define CLEAR_LINE "\r\x1b[K"

/* Octets that were read and could have been: a running analysis says once a second how far it is;
 * of a packed input it says more than there is. */
static guint64
octets_read (const LensBatch *batch)
{
  guint64 octets = batch->octets_over - batch->octets_left;

  for (guint i = batch->printed; i < batch->next; i++)
    if (batch->cases[i].job != NULL)
      octets += MIN (lens_job_octets_read (batch->cases[i].job), batch->cases[i].octets);
  return octets;
}

static double
seconds_since (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static guint
count_over (const LensBatch *batch)
{
  guint over = batch->printed;

  for (guint i = batch->printed; i < batch->next; i++)
    over += batch->cases[i].over;
  return over;
}

/* On a terminal one line that is written over, in a file a line each. */
void
lens_batch_show_progress (const LensBatch *batch)
{
  gboolean terminal = isatty (STDERR_FILENO);
  guint64 octets = octets_read (batch), to_read = batch->octets - batch->octets_left;
  double seconds = seconds_since (batch->started);

  g_printerr ("%s%u of %u done, %u running, %.1f of %.1f MB, %.1f MB/s, ",
              terminal ? CLEAR_LINE : "", count_over (batch), batch->n_cases, batch->running,
              (double)octets / MEGA, (double)to_read / MEGA,
              (double)octets / MEGA / MAX (seconds, 1e-3));
  if (octets > 0)
    g_printerr ("%.0f s left", (double)(to_read - octets) * seconds / (double)octets);
  else
    g_printerr ("%.0f s", seconds);
  if (!terminal)
    g_printerr ("\n");
}

void
lens_batch_hide_progress (void)
{
  if (isatty (STDERR_FILENO))
    g_printerr (CLEAR_LINE);
}

void
lens_batch_end_progress (const LensBatch *batch)
{
  lens_batch_show_progress (batch);
  if (isatty (STDERR_FILENO))
    g_printerr ("\n");
}

void
lens_batch_sum_up (const LensBatch *batch)
{
  double seconds = seconds_since (batch->started);

  g_printerr ("lenscap analyze: %u input%s: %u evaluated", batch->n_cases,
              batch->n_cases == 1 ? "" : "s", batch->evaluated);
  if (batch->left > 0)
    g_printerr (" (%u left as they were)", batch->left);
  g_printerr (", %u failed, %u with findings at %s or above; %.1f s, %.1f MB/s\n", batch->failed,
              batch->found, lens_severity_name (batch->wish->threshold), seconds,
              (double)octets_read (batch) / MEGA / MAX (seconds, 1e-3));
}
