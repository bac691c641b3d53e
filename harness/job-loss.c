/* A worker failed when the record was there: the case then lacks what it was to make, and says so
 * in run.json, on its pages, and in the terminal. */
#include "harness/job-inside.h"

#include "report/words.h"

#include <string.h>
#include <unistd.h>

/* In place of whatever is there under that name. */
static gboolean
replace (LensJob *job, const char *name, GBytes *octets, GError **error)
{
  g_autofree char *path = g_build_filename (lens_session_folder (job->session), name, NULL);

  unlink (path);
  return lens_session_write (job->session, name, octets, error);
}

/* What the supervisor knows by itself. */
static char *
plain_page (const LensJob *job, const char *failure)
{
  const LensJobResult *result = &job->result;
  GString *page = g_string_new ("The pages of this case could not be made.\n\n");

  g_string_append_printf (page, "%s.\n\nThe record, evaluation.json, is whole:\n\n", failure);
  g_string_append_printf (page, "  verdict   %s\n", lens_verdict_name (result->verdict));
  g_string_append_printf (page, "  findings  %u%s%s\n", result->findings,
                          result->worst > 0 ? ", worst " : "",
                          result->worst > 0 ? lens_severity_name (result->worst - 1) : "");
  g_string_append (page, "\nlenscap report CASE tries again to make them, elsewhere.\n");
  return g_string_free (page, FALSE);
}

static gboolean
write_plain_pages (LensJob *job, const char *failure, GError **error)
{
  g_autofree char *plain = plain_page (job, failure);
  g_autofree char *escaped = g_markup_escape_text (plain, -1);
  g_autofree char *page
      = g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                         "<title>lenscap</title>\n<pre>\n%s</pre>\n</html>\n",
                         escaped);
  g_autoptr (GBytes) text = g_bytes_new (plain, strlen (plain));
  g_autoptr (GBytes) html = g_bytes_new (page, strlen (page));

  return replace (job, "report.txt", text, error) && replace (job, "report.html", html, error);
}

void
lens_job_lose (LensJob *job, const char *failure)
{
  g_autoptr (GError) error = NULL;
  char *sentence
      = g_strdup_printf ("%s: %s",
                         job->step == STEP_CARVE ? "evidence of findings is missing or cut short"
                                                 : "there is no report",
                         failure);

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
