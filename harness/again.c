#include "harness/again.h"

#include "harness/case-files.h"
#include "harness/job.h"
#include "harness/octets.h"

#include <string.h>

struct _LensAgain
{
  char *temporary, *path; /* a folder of our own; the case in it */
  GBytes *record;
  char *incomplete; /* what could not be made; NULL: nothing */
};

static void
add_declarations (const char *folder, LensBrief *brief)
{
  brief->mud = lens_octets_read_in (folder, "mud.json", NULL);
  brief->endpoints = lens_octets_read_in (folder, "endpoints.tsv", NULL);
  brief->resolvers = lens_octets_read_in (folder, "resolvers.tsv", NULL);

  g_autoptr (GPtrArray) profiles = lens_case_profiles (folder);
  for (guint i = 0; i < profiles->len; i++)
    {
      GBytes *profile = lens_octets_read (g_ptr_array_index (profiles, i), NULL);
      if (profile != NULL)
        g_ptr_array_add (brief->profiles, profile);
    }
}

static LensBrief *
brief_of (const char *folder, const LensJobOptions *options)
{
  LensBrief *brief = lens_brief_new ();

  brief->name = g_strndup (options->name, sizeof options->name);
  brief->device
      = *options->device != '\0' ? g_strndup (options->device, sizeof options->device) : NULL;
  brief->only = *options->only != '\0' ? g_strndup (options->only, sizeof options->only) : NULL;
  brief->alpha = options->alpha;
  memcpy (brief->caps.limit, options->caps, sizeof brief->caps.limit);
  brief->limits = options->limits != 0;
  brief->live = options->live != 0;
  add_declarations (folder, brief);
  return brief;
}

/* FALSE with @error: no record came of it. */
static gboolean
make (LensAgain *again, const LensJobWish *wish, GError **error)
{
  struct pollfd fds[LENS_JOB_FDS];
  g_autoptr (LensJob) job = lens_job_new (wish, error);
  LensJobState state;

  if (job == NULL || !lens_job_start (job, error))
    return FALSE;
  while ((state = lens_job_serve (job)) == LENS_JOB_RUNNING)
    (void)poll (fds, lens_job_poll (job, fds), lens_job_timeout (job));
  again->incomplete = lens_job_incomplete (job);
  if (state == LENS_JOB_DONE)
    again->record = lens_octets_read_in (again->path, "evaluation.json", error);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", lens_job_problem (job));
  return again->record != NULL;
}

LensAgain *
lens_again_new (const char *folder, GPtrArray *inputs, const LensJobOptions *options,
                GError **error)
{
  g_autoptr (LensAgain) again = g_new0 (LensAgain, 1);
  g_autofree char *log = g_build_filename (folder, "stream.log", NULL);

  again->temporary = g_dir_make_tmp ("lenscap-XXXXXX", error);
  if (again->temporary == NULL)
    return NULL;
  again->path = g_build_filename (again->temporary, "again.case", NULL);
  const LensJobWish wish = { .brief = brief_of (folder, options),
                             .inputs = inputs,
                             .live_fd = -1,
                             .log_path = options->live ? log : NULL,
                             .case_path = again->path };
  return make (again, &wish, error) ? g_steal_pointer (&again) : NULL;
}

void
lens_again_free (LensAgain *again)
{
  if (again == NULL)
    return;
  if (again->temporary != NULL)
    lens_session_remove (again->temporary);
  g_clear_pointer (&again->record, g_bytes_unref);
  g_free (again->temporary);
  g_free (again->path);
  g_free (again->incomplete);
  g_free (again);
}

GBytes *
lens_again_record (const LensAgain *again)
{
  return again->record;
}

/* --- evidence --- */

static gint
by_name (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *)one, *(const char *const *)other);
}

static char *
hash_of (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return lens_case_hash (path);
}

/* Names below evidence/ of both cases, each once, in order. */
static GPtrArray *
evidence_names (const LensAgain *again, const char *folder)
{
  const char *const cases[] = { again->path, folder };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (cases[i], "evidence", NULL);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          char *copy = g_build_filename ("evidence", name, NULL);
          if (g_hash_table_add (seen, copy))
            g_ptr_array_add (names, copy);
          else
            g_free (copy);
        }
    }
  g_ptr_array_sort (names, by_name);
  return names;
}

static gboolean
check_one (const LensAgain *again, const char *folder, const char *name, GError **error)
{
  g_autofree char *note = again->incomplete != NULL
                              ? g_strdup_printf (" (nor did all come now: %s)", again->incomplete)
                              : g_strdup ("");
  g_autofree char *here = hash_of (folder, name), *there = hash_of (again->path, name);

  if (here != NULL && there != NULL && g_str_equal (here, there))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s %s%s", name,
               here == NULL    ? "is missing, and the capture yields it"
               : there == NULL ? "is nothing that the capture yields"
                               : "is not what the capture yields",
               note);
  return FALSE;
}

gboolean
lens_again_check_evidence (const LensAgain *again, const char *folder, guint *n, GError **error)
{
  g_autoptr (GPtrArray) names = evidence_names (again, folder);

  *n = names->len;
  for (guint i = 0; i < names->len; i++)
    if (!check_one (again, folder, g_ptr_array_index (names, i), error))
      return FALSE;
  return TRUE;
}
