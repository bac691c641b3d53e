/* What the workers of a job send. */
#include "harness/job-inside.h"

#include "harness/octets.h"
#include "harness/result.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define KEPT_MAX (256 * MIB)     /* of a file that is kept in memory */
#define FREE_MIN (64 * MIB)      /* what evidence leaves free on the disk */
#define MEASURED_EACH (16 * MIB) /* how often that is looked at */

/* The files that a worker may make, in its case or in memory.  (Those that others make in the case,
 * a capture above all, are none of its business.) */
static const struct
{
  LensJobStep step;
  const char *name; /* NULL: the evidence of a finding */
  guint64 most;     /* octets */
} files[] = {
  { STEP_ANALYZE, "evaluation.json", 1024 * MIB },
  { STEP_ANALYZE, "record.jsonl", KEPT_MAX },
  { STEP_ANALYZE, "draft.ini", KEPT_MAX },
  { STEP_ANALYZE, "draft.json", KEPT_MAX },
  { STEP_CARVE, NULL, 0 /* as its cap says */ },
  { STEP_REPORT, "report.html", KEPT_MAX },
  { STEP_REPORT, "report.txt", KEPT_MAX },
};

void
lens_job_reject (LensJob *job, gboolean usurped, const char *why)
{
  g_free (job->worker_problem);
  job->worker_problem = g_strdup (why);
  job->rejected = TRUE;
  job->usurped = usurped;
}

/* F001.pcapng to that of the last finding that the analysis told of. */
static gboolean
is_evidence (const LensJob *job, const char *name)
{
  guint64 number = *name == 'F' ? g_ascii_strtoull (name + 1, NULL, 10) : 0;
  g_autofree char *right = g_strdup_printf ("F%03" G_GUINT64_FORMAT ".pcapng", number);

  return number >= 1 && number <= job->result.findings && g_str_equal (name, right);
}

/* How many octets @name may have; 0: the worker may not make it. */
static guint64
room_for (const LensJob *job, const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (files); i++)
    if (files[i].step == job->step
        && (files[i].name != NULL ? g_str_equal (files[i].name, name) : is_evidence (job, name)))
      return files[i].name != NULL ? files[i].most
                                   : job->brief->caps.limit[LENS_CAP_EVIDENCE_OCTETS];
  return 0;
}

static GByteArray **
kept_in_memory (LensJob *job, const char *name)
{
  GByteArray **kept = g_str_equal (name, "record.jsonl") ? &job->line
                      : g_str_equal (name, "draft.ini")  ? &job->draft
                      : g_str_equal (name, "draft.json") ? &job->draft_mud
                                                         : NULL;

  if (kept != NULL && *kept == NULL)
    *kept = g_byte_array_new ();
  return kept;
}

static void
open_file (LensJob *job, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *below
      = job->step == STEP_CARVE ? g_strconcat ("evidence/", name, NULL) : g_strdup (name);
  struct stat status;

  job->file_fd = lens_session_open (job->session, below, &error);
  if (job->file_fd < 0)
    lens_job_break_off (job, error->message);
  else if (fstat (job->file_fd, &status) == 0)
    job->file_room -= MIN ((guint64)status.st_size, job->file_room);
}

static void
begin_file (LensJob *job, const LensMessage *message)
{
  g_autofree char *name = lens_message_file_name (message);

  lens_job_close (&job->file_fd);
  job->kept = NULL;
  job->file_room = room_for (job, name);
  if (job->file_room == 0)
    {
      lens_job_reject (job, TRUE, "the worker named a file that it may not write");
      return;
    }
  job->kept = kept_in_memory (job, name);
  if (job->kept != NULL)
    job->file_room -= MIN ((*job->kept)->len, job->file_room);
  else if (job->session != NULL)
    open_file (job, name);
}

/* Thousands of findings have evidence of 64 MiB each. */
static gboolean
is_disk_full (LensJob *job, guint32 length)
{
  struct statvfs space;

  if (job->step != STEP_CARVE || (job->unmeasured += length) < MEASURED_EACH)
    return FALSE;
  job->unmeasured = 0;
  return fstatvfs (job->file_fd, &space) == 0
         && (guint64)space.f_bavail * space.f_frsize < FREE_MIN;
}

static void
take_octets (LensJob *job, const LensMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (job->kept == NULL && job->file_fd < 0)
    return;
  if (message->length > job->file_room)
    {
      lens_job_reject (job, FALSE, "the worker wrote more than such a file may have");
      return;
    }
  job->file_room -= message->length;
  if (job->kept != NULL)
    g_byte_array_append (*job->kept, message->payload, message->length);
  else if (is_disk_full (job, message->length))
    lens_job_reject (job, FALSE,
                     "the disk is nearly full (make room or choose another folder with -o)");
  else if (!lens_octets_write (job->file_fd, message->payload, message->length, &error))
    lens_job_break_off (job, error->message);
}

static void
take_result (LensJob *job, const LensMessage *message)
{
  if (lens_result_take (message->payload, message->length, &job->result))
    job->has_result = TRUE;
}

/* A worker's sentence as it may stand in a terminal. */
static char *
printable (const guint8 *octets, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid ((const char *)octets, (gssize)length);
  GString *text = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      g_string_append_c (text, '?');
    else
      g_string_append_unichar (text, g_utf8_get_char (at));
  return g_string_free (text, FALSE);
}

/* Of a diagnosis only how it goes is of interest: that it should come to an end proves nothing.
 * What was found is the analysis's to say. */
static gboolean
is_wanted (const LensJob *job, guint16 type)
{
  if (job->step != STEP_ANALYZE
      && (type == LENS_MESSAGE_RESULT || type == LENS_MESSAGE_CLASSES
          || type == LENS_MESSAGE_POSITION))
    return FALSE;
  return !job->diagnosing || type == LENS_MESSAGE_POSITION || type == LENS_MESSAGE_PROBLEM
         || type == LENS_MESSAGE_DONE;
}

void
lens_job_take_message (LensJob *job, const LensMessage *message)
{
  if (!is_wanted (job, message->type))
    return;
  switch (message->type)
    {
    case LENS_MESSAGE_FILE_BEGIN:
      begin_file (job, message);
      break;
    case LENS_MESSAGE_FILE_DATA:
      take_octets (job, message);
      break;
    case LENS_MESSAGE_FILE_END:
      lens_job_close (&job->file_fd);
      job->kept = NULL;
      break;
    case LENS_MESSAGE_RESULT:
      take_result (job, message);
      break;
    case LENS_MESSAGE_CLASSES:
      if (message->length == sizeof job->classes)
        memcpy (&job->classes, message->payload, sizeof job->classes);
      break;
    case LENS_MESSAGE_POSITION:
      if (message->length == sizeof job->position)
        memcpy (&job->position, message->payload, sizeof job->position);
      break;
    case LENS_MESSAGE_PROBLEM:
      g_free (job->worker_problem);
      job->worker_problem = printable (message->payload, message->length);
      break;
    case LENS_MESSAGE_DONE:
      job->done = TRUE;
      break;
    default:
      break;
    }
}
