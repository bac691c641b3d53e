/* What is there to know of a finished case. */
#include "harness/role-parts.h"

#include "harness/brief.h"
#include "harness/engine.h"
#include "harness/octets.h"
#include "harness/plain-pages.h"
#include "harness/result.h"
#include "report/run.h"
#include "sandbox/layers.h"

#include <string.h>

G_STATIC_ASSERT (sizeof ((LensJobOptions *)0)->caps / sizeof (guint64) == LENS_N_CAPS);

/* --- recall: how was this record made? --- */

/* Those that it does not name, or could not have had, are the standard ones. */
static void
recall_caps (const LensToolSection *tool, guint64 limits[LENS_N_CAPS])
{
  LensCaps caps;

  lens_caps_init (&caps);
  for (guint i = 0; i < tool->caps->len; i++)
    {
      const LensCapRow *row = g_ptr_array_index (tool->caps, i);
      g_autofree char *text = g_strdup_printf ("%s=%" G_GUINT64_FORMAT, row->name, row->value);
      lens_caps_set (&caps, text, NULL);
    }
  memcpy (limits, caps.limit, sizeof caps.limit);
}

/* Of every layer run.json says that it held or that it did not. */
static gboolean
tells_every_layer (const LensRun *run)
{
  for (guint bit = 0; bit < 32; bit++)
    {
      const char *name = lens_layer_name ((LensLayer)(1u << bit));
      if (name != NULL
          && g_ptr_array_find_with_equal_func (run->in_force, name, g_str_equal, NULL)
                 == g_ptr_array_find_with_equal_func (run->missing, name, g_str_equal, NULL))
        return FALSE;
    }
  return TRUE;
}

/* run.json and the record have little in common: who made both, and of which files.  The first key
 * of run.json that disagrees, or says less than any run does, and how; NULL: none does. */
static const char *
run_disagrees (const LensRun *run, const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;
  const guint n_files = MAX (input->files->len, 1);
  guint64 octets = 0;

  if (g_strcmp0 (run->version, evaluation->tool.version) != 0)
    return "version is not that of the record";
  if (!tells_every_layer (run))
    return "confinement does not tell of every layer";
  for (guint i = 0; i < run->files->len; i++)
    {
      const LensRunFile *file = g_ptr_array_index (run->files, i);
      const LensFileRow *row = i < input->files->len ? g_ptr_array_index (input->files, i) : NULL;
      if (i >= n_files || g_strcmp0 (file->name, row != NULL ? row->name : input->name) != 0)
        return "files are not those of the record";
      octets += file->octets;
    }
  if (run->files->len > 0 && g_strcmp0 (input->status, "failed") != 0 && octets != input->bytes)
    return "files are not those of the record";
  return NULL;
}

static LensRun *
read_run (int fd, GError **error)
{
  g_autoptr (GBytes) octets = lens_octets_from_fd (fd, MAX_RECORD, error);
  gsize length;

  if (octets == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data (octets, &length);
  return lens_run_read (data, length, error);
}

static void
recall_run (const LensEvaluation *evaluation, const LensRun *run, LensJobOptions *options)
{
  const char *differs = run_disagrees (run, evaluation);
  g_strlcpy (options->run_differs, differs != NULL ? differs : "", sizeof options->run_differs);
  options->incomplete = run->incomplete->len > 0;
  for (guint i = 0; i < run->incomplete->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (run->incomplete, i), LENS_PLAIN_PAGES_REASON))
      g_strlcpy (options->no_report,
                 (const char *)g_ptr_array_index (run->incomplete, i)
                     + strlen (LENS_PLAIN_PAGES_REASON),
                 sizeof options->no_report);
}

static guint32
given_with (const LensToolSection *tool)
{
  return (tool->profile_sha256 != NULL ? LENS_JOB_GIVEN_PROFILE : 0)
         | (tool->mud_sha256 != NULL ? LENS_JOB_GIVEN_MUD : 0)
         | (tool->endpoints_sha256 != NULL ? LENS_JOB_GIVEN_ENDPOINTS : 0)
         | (tool->resolvers_sha256 != NULL ? LENS_JOB_GIVEN_RESOLVERS : 0)
         | (tool->stream_log_sha256 != NULL ? LENS_JOB_GIVEN_LOG : 0);
}

static void
tell_origin (LensMessageWriter *writer, const char *name, const char *sha256, guint64 octets)
{
  LensJobOrigin origin = { .octets = octets };

  g_strlcpy (origin.name, name != NULL ? name : "", sizeof origin.name);
  g_strlcpy (origin.sha256, sha256 != NULL ? sha256 : "", sizeof origin.sha256);
  lens_message_write (writer, LENS_MESSAGE_ORIGIN, &origin, sizeof origin, NULL);
}

/* The record has the length of all files of a set together, run.json that of each. */
static void
tell_origins (LensMessageWriter *writer, const LensInputSection *input, const LensRun *run)
{
  if (input->files->len == 0 && input->sha256 != NULL)
    tell_origin (writer, input->name, input->sha256, input->bytes);
  for (guint i = 0; i < input->files->len; i++)
    {
      const LensFileRow *row = g_ptr_array_index (input->files, i);
      const LensRunFile *file
          = run->files->len == input->files->len ? g_ptr_array_index (run->files, i) : NULL;
      const gboolean known = file != NULL && g_strcmp0 (file->name, row->name) == 0;
      tell_origin (writer, row->name, row->sha256, known ? file->octets : LENS_JOB_UNKNOWN);
    }
}

int
lens_role_recall (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = lens_role_read_record (LENS_ROLE_FD_IN, NULL, &error);
  LensJobOptions options = { .magic = LENS_JOB_OPTIONS_MAGIC };

  if (evaluation == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (LensRun) run = read_run (LENS_ROLE_FD_BRIEF, &error);
  if (run == NULL)
    {
      g_prefix_error (&error, "run.json: ");
      return lens_role_give_up (writer, error->message);
    }
  const LensToolSection *tool = &evaluation->tool;
  recall_run (evaluation, run, &options);
  options.live = tool->stream_log_sha256 != NULL;
  options.given = given_with (tool);
  options.result = lens_result_of (evaluation);
  if (evaluation->redacted_from != NULL)
    g_strlcpy (options.redacted_from, evaluation->redacted_from, sizeof options.redacted_from);
  options.alpha = tool->alpha;
  recall_caps (tool, options.caps);
  options.limits = tool->limits;
  if (evaluation->input.name != NULL)
    g_strlcpy (options.name, evaluation->input.name, sizeof options.name);
  if (tool->device != NULL && !g_str_equal (tool->device, "default"))
    g_strlcpy (options.device, tool->device, sizeof options.device);
  if (tool->only != NULL)
    g_strlcpy (options.only, tool->only, sizeof options.only);
  lens_message_write (writer, LENS_MESSAGE_OPTIONS, &options, sizeof options, NULL);
  tell_origins (writer, &evaluation->input, run);
  return lens_role_done (writer);
}

/* --- row: what is there to know of a finished case? --- */

static gboolean
are_the_files (const LensBrief *brief, const GPtrArray *files)
{
  if (files->len != (brief->files != NULL ? g_strv_length (brief->files) : 0))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const LensFileRow *file = g_ptr_array_index (files, i);
      g_autofree char *name = lens_result_text (brief->files[i]);
      if (g_strcmp0 (name, file->name) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Whether @record, which is read as @evaluation, is what this version writes of such an
 * evaluation, from an input of that name with the same tool.  One that ended because its process
 * did (killed, out of time) names no libndpi: it is not the same, and is tried again. */
static gboolean
is_current (const LensBrief *brief, const LensEvaluation *evaluation, GBytes *record)
{
  g_autoptr (LensEvaluation) now = lens_evaluation_new ();
  g_autoptr (GBytes) canonical = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
  g_autofree char *name = lens_result_text (brief->name);

  lens_engine_tool (brief, now);
  now->tool.libndpi = g_strdup (lens_applications_version ());
  return g_bytes_equal (record, canonical) && g_strcmp0 (name, evaluation->input.name) == 0
         && are_the_files (brief, evaluation->input.files)
         && lens_record_same_tool (&evaluation->tool, &now->tool);
}

/* @complete: whether the case has all that it should. */
static gboolean
tell_files (LensMessageWriter *writer, gboolean *complete, GError **error)
{
  g_autoptr (LensRun) run = read_run (LENS_ROLE_FD_LOG, error);

  for (guint i = 0; run != NULL && i < run->files->len; i++)
    {
      const LensRunFile *file = g_ptr_array_index (run->files, i);
      const LensJobFile message = { file->octets, file->modified };
      lens_message_write (writer, LENS_MESSAGE_FILE, &message, sizeof message, NULL);
    }
  *complete = run != NULL && run->incomplete->len == 0;
  return run != NULL;
}

int
lens_role_row (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = NULL;
  g_autoptr (LensEvaluation) evaluation = lens_role_read_record (LENS_ROLE_FD_IN, &record, &error);

  if (evaluation == NULL)
    return lens_role_give_up (writer, error->message);
  const LensJobResult result = lens_result_of (evaluation);
  lens_message_write (writer, LENS_MESSAGE_RESULT, &result, sizeof result, NULL);

  g_autoptr (LensBrief) brief = lens_brief_from_fd (LENS_ROLE_FD_BRIEF, &error);
  if (brief == NULL)
    return lens_role_give_up (writer, error->message);
  if (brief->name == NULL)
    return lens_role_done (writer); /* an empty brief: nobody asks more */
  gboolean complete;
  if (!tell_files (writer, &complete, &error))
    return lens_role_give_up (writer, error->message);
  if (!complete || !is_current (brief, evaluation, record))
    return lens_role_done (writer);
  lens_message_write (writer, LENS_MESSAGE_CURRENT, NULL, 0, NULL);
  if (brief->compact)
    lens_role_send_record (writer, "record.jsonl", evaluation, LENS_EMIT_COMPACT);
  return lens_role_done (writer);
}
