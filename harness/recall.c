#include "harness/recall.h"

#include "harness/octets.h"
#include "harness/result.h"
#include "harness/sums.h"
#include "sandbox/message.h"
#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define SETTLE_US (10 * G_USEC_PER_SEC)
#define MEMORY (G_GUINT64_CONSTANT (8) << 30)
#define LINE_MAX_OCTETS (256u << 20)

struct _LensRecall
{
  LensRecallState state;
  LensWorker *worker;
  LensMessageReader *reader;
  int out;
  gint64 deadline; /* monotonic */

  GArray *files;    /* LensJobFile: as the inputs are now */
  gboolean altered; /* another size, time or number of files */
  guint n_told;     /* files that the case was made of */
  gboolean current, has_result, done, in_line;
  LensJobResult result;
  GByteArray *line;
  char *problem;
};

static void
look_at_inputs (LensRecall *recall, const GPtrArray *inputs)
{
  struct stat status;

  for (guint i = 0; inputs != NULL && i < inputs->len; i++)
    {
      if (stat (g_ptr_array_index (inputs, i), &status) != 0)
        recall->altered = TRUE;
      else
        {
          const LensJobFile file = { (guint64)status.st_size, lens_octets_modified (&status) };
          g_array_append_val (recall->files, file);
        }
    }
}

/* --- the process --- */

static int
open_beside (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = lens_octets_open (path, error);

  if (fd < 0)
    g_prefix_error (error, "%s: ", name);
  return fd;
}

static gboolean
start (LensRecall *recall, const LensRecallWish *wish, const int fds[3], GError **error)
{
  int pipe_fds[2];
  const char *const argv[]
      = { "lenscap", "--role", "row", wish->require_all ? LENS_ROLE_REQUIRE_ALL : NULL, NULL };

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot make a pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }
  fcntl (pipe_fds[0], F_SETFL, O_NONBLOCK);
  const LensWorkerFd handed[] = { { fds[0], LENS_ROLE_FD_IN },
                                  { pipe_fds[1], LENS_ROLE_FD_OUT },
                                  { fds[1], LENS_ROLE_FD_BRIEF },
                                  { fds[2], LENS_ROLE_FD_LOG } };
  const LensWorkerSpec spec = { .role = LENS_ROLE_REPORT,
                                .argv = argv,
                                .fds = handed,
                                .n_fds = G_N_ELEMENTS (handed),
                                .memory_octets = MEMORY };
  recall->out = pipe_fds[0];
  recall->worker = lens_worker_start (&spec, error);
  close (pipe_fds[1]);
  return recall->worker != NULL
         && lens_worker_settle (recall->worker, g_get_monotonic_time () + SETTLE_US, NULL, error);
}

static gboolean
hand_out (LensRecall *recall, const LensRecallWish *wish, GError **error)
{
  int fds[3] = { open_beside (wish->case_path, "evaluation.json", error), -1, -1 };
  gboolean started = FALSE;

  if (fds[0] >= 0
      && (fds[1] = wish->brief != NULL ? lens_brief_to_fd (wish->brief, error)
                                       : lens_octets_to_fd (NULL, 0, error))
             >= 0
      && (fds[2] = wish->brief != NULL ? open_beside (wish->case_path, "run.json", error)
                                       : lens_octets_to_fd (NULL, 0, error))
             >= 0)
    started = start (recall, wish, fds, error);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return started;
}

LensRecall *
lens_recall_new (const LensRecallWish *wish, GError **error)
{
  g_autoptr (LensRecall) recall = g_new0 (LensRecall, 1);

  recall->out = -1;
  recall->files = g_array_new (FALSE, FALSE, sizeof (LensJobFile));
  recall->reader = lens_message_reader_new ();
  recall->deadline = g_get_monotonic_time () + DEADLINE_US;
  look_at_inputs (recall, wish->inputs);
  if (wish->brief != NULL && !lens_sums_check (wish->case_path, error))
    return NULL;
  return hand_out (recall, wish, error) ? g_steal_pointer (&recall) : NULL;
}

void
lens_recall_free (LensRecall *recall)
{
  if (recall == NULL)
    return;
  g_clear_pointer (&recall->worker, lens_worker_free);
  lens_message_reader_free (recall->reader);
  if (recall->out >= 0)
    close (recall->out);
  g_array_unref (recall->files);
  g_clear_pointer (&recall->line, g_byte_array_unref);
  g_free (recall->problem);
  g_free (recall);
}

/* --- what it says --- */

static void
take_file (LensRecall *recall, const LensMessage *message)
{
  LensJobFile was;
  guint index = recall->n_told++;

  if (message->length != sizeof was || index >= recall->files->len)
    {
      recall->altered = TRUE;
      return;
    }
  memcpy (&was, message->payload, sizeof was);
  const LensJobFile *is = &g_array_index (recall->files, LensJobFile, index);
  recall->altered |= was.octets != is->octets || was.modified != is->modified;
}

static void
take_octets (LensRecall *recall, const LensMessage *message)
{
  if (recall->line == NULL)
    recall->line = g_byte_array_new ();
  if (recall->line->len <= LINE_MAX_OCTETS - message->length)
    g_byte_array_append (recall->line, message->payload, message->length);
  else
    recall->altered = TRUE;
}

static void
take_message (LensRecall *recall, const LensMessage *message)
{
  switch (message->type)
    {
    case LENS_MESSAGE_RESULT:
      recall->has_result |= lens_result_take (message->payload, message->length, &recall->result);
      break;
    case LENS_MESSAGE_FILE:
      take_file (recall, message);
      break;
    case LENS_MESSAGE_CURRENT:
      recall->current = TRUE;
      break;
    case LENS_MESSAGE_FILE_DATA:
      take_octets (recall, message);
      break;
    case LENS_MESSAGE_PROBLEM:
      g_free (recall->problem);
      recall->problem = g_utf8_make_valid ((const char *)message->payload, (gssize)message->length);
      break;
    case LENS_MESSAGE_DONE:
      recall->done = TRUE;
      break;
    default:
      break;
    }
}

static LensRecallState
break_off (LensRecall *recall, const char *problem)
{
  if (recall->problem == NULL)
    recall->problem = g_strdup (problem);
  g_clear_pointer (&recall->worker, lens_worker_free);
  return recall->state = LENS_RECALL_BROKEN;
}

LensRecallState
lens_recall_serve (LensRecall *recall)
{
  LensMessage message;
  g_autoptr (GError) error = NULL;
  LensFill fill = LENS_FILL_SOME;

  while (recall->state == LENS_RECALL_RUNNING && fill == LENS_FILL_SOME)
    {
      fill = lens_message_reader_fill (recall->reader, recall->out, &error);
      while (error == NULL && lens_message_next (recall->reader, &message, &error))
        take_message (recall, &message);
      if (error != NULL)
        return break_off (recall, error->message);
    }
  if (fill == LENS_FILL_END)
    {
      if (!recall->done || !recall->has_result)
        return break_off (recall, "the process that read the case ended early");
      g_clear_pointer (&recall->worker, lens_worker_free);
      recall->state = LENS_RECALL_DONE;
    }
  else if (g_get_monotonic_time () > recall->deadline)
    return break_off (recall, "it was not read in a minute");
  return recall->state;
}

struct pollfd
lens_recall_poll (const LensRecall *recall)
{
  return (struct pollfd){ recall->out, POLLIN, 0 };
}

gint
lens_recall_timeout (const LensRecall *recall)
{
  return (gint)CLAMP ((recall->deadline - g_get_monotonic_time ()) / 1000, 0, 60000);
}

gboolean
lens_recall_is_current (const LensRecall *recall)
{
  return recall->state == LENS_RECALL_DONE && recall->current && !recall->altered
         && recall->n_told == recall->files->len && recall->n_told > 0;
}

const LensJobResult *
lens_recall_result (const LensRecall *recall)
{
  return &recall->result;
}

GBytes *
lens_recall_line (const LensRecall *recall)
{
  return recall->line != NULL ? g_bytes_new (recall->line->data, recall->line->len) : NULL;
}

const char *
lens_recall_problem (const LensRecall *recall)
{
  return recall->problem;
}
