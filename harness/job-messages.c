/* What the workers of a job send. */
#include "harness/job-inside.h"

#include "harness/octets.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KEPT_MAX (256u << 20) /* octets of a file that is kept in memory */

static void
begin_file (LensJob *job, const LensMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = lens_message_file_name (message);

  lens_job_close (&job->file_fd);
  job->kept = NULL;
  if (name == NULL)
    lens_job_break_off (job, "a worker named a file that no worker may name");
  else if (g_str_equal (name, "record.jsonl"))
    job->kept = &job->line;
  else if (g_str_equal (name, "draft.ini"))
    job->kept = &job->draft;
  else if (g_str_equal (name, "draft.json"))
    job->kept = &job->draft_mud;
  else if (job->session != NULL)
    {
      g_autofree char *below
          = job->step == STEP_CARVE ? g_strconcat ("evidence/", name, NULL) : g_strdup (name);
      job->file_fd = lens_session_open (job->session, below, &error);
      if (job->file_fd < 0)
        lens_job_break_off (job, error->message);
    }
  if (job->kept != NULL && *job->kept == NULL)
    *job->kept = g_byte_array_new ();
}

static void
take_octets (LensJob *job, const LensMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (job->kept != NULL && (*job->kept)->len > KEPT_MAX - message->length)
    lens_job_break_off (job, "a worker wrote more than any record has");
  else if (job->kept != NULL)
    g_byte_array_append (*job->kept, message->payload, message->length);
  else if (job->file_fd >= 0
           && !lens_octets_write (job->file_fd, message->payload, message->length, &error))
    lens_job_break_off (job, error->message);
}

/* Only numbers that have a name: they are looked up by it. */
static void
take_result (LensJob *job, const LensMessage *message)
{
  LensJobResult result;

  if (message->length != sizeof result)
    return;
  memcpy (&result, message->payload, sizeof result);
  if (result.verdict > LENS_VERDICT_CONCEALED || result.worst > 1 + LENS_SEVERITY_CRITICAL
      || result.status > 2)
    return;
  job->result = result;
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

/* Of a diagnosis only how it goes is of interest: that it should come to an end proves nothing. */
static gboolean
is_wanted (const LensJob *job, guint16 type)
{
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
