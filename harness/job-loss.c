/* A worker failed when the record was there: the case then lacks what it was to make, and says so
 * in run.json, on its pages, and in the terminal. */
#include "harness/job-inside.h"

#include "harness/plain-pages.h"

#include <unistd.h>

/* In place of whatever is there under that name. */
static gboolean
replace (LensJob *job, const char *name, GBytes *octets, GError **error)
{
  g_autofree char *path = g_build_filename (lens_session_folder (job->session), name, NULL);

  unlink (path);
  return lens_session_write (job->session, name, octets, error);
}

static gboolean
write_plain_pages (LensJob *job, const char *failure, GError **error)
{
  g_autoptr (GPtrArray) pages = lens_plain_pages (&job->result, failure);

  for (guint i = 0; i < pages->len; i++)
    {
      const LensRendered *page = g_ptr_array_index (pages, i);
      if (!replace (job, page->name, page->octets, error))
        return FALSE;
    }
  return TRUE;
}

void
lens_job_lose (LensJob *job, const char *failure)
{
  g_autoptr (GError) error = NULL;
  char *sentence
      = g_strconcat (job->step == STEP_CARVE ? "evidence of findings is missing or cut short: "
                                             : LENS_PLAIN_PAGES_REASON,
                     failure, NULL);

  g_ptr_array_add (job->run->incomplete, sentence);
  if (job->step == STEP_CARVE && job->result.status == 2)
    lens_job_keep_octets (job);
  if (job->step == STEP_CARVE)
    return; /* run.json is written before the report */
  g_autoptr (GBytes) run = lens_run_octets (job->run);
  if (!replace (job, "run.json", run, &error) || !write_plain_pages (job, failure, &error))
    lens_job_break_off (job, error->message);
}

char *
lens_job_incomplete (const LensJob *job)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < job->run->incomplete->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? "; " : "",
                            (const char *)g_ptr_array_index (job->run->incomplete, i));
  return g_string_free (words, words->len == 0);
}
