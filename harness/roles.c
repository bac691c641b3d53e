/* The confined ends of this program: a capture in, an evaluation out; a record in, pages out. */
#include "harness/roles.h"

#include "harness/brief.h"
#include "harness/draft.h"
#include "harness/draft-mud.h"
#include "harness/engine.h"
#include "harness/octets.h"
#include "harness/order.h"
#include "harness/packed.h"
#include "harness/plain-pages.h"
#include "harness/result.h"
#include "harness/set-order.h"
#include "harness/source.h"
#include "ledger/mud.h"
#include "report/comparison.h"
#include "report/evidence.h"
#include "report/export.h"
#include "report/json.h"
#include "report/record.h"
#include "report/redact.h"
#include "report/run.h"
#include "sandbox/become.h"
#include "sandbox/message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_RECORD ((gsize)1 << 30)

G_STATIC_ASSERT (sizeof ((LensJobOptions *)0)->caps / sizeof (guint64) == LENS_N_CAPS);
G_STATIC_ASSERT (sizeof ((LensJobClasses *)0)->classes / sizeof (guint64) == LENS_N_CLASSES);

/* How the process was asked to work. */
typedef struct
{
  gboolean require_all, diagnose, set, whole;
  const char *tolerance, *format; /* or NULL */
} Manner;

static gboolean
confine (LensRole role, const int *read_fds, gsize n_read_fds, const Manner *manner, GError **error)
{
  const int out = LENS_ROLE_FD_OUT;
  const LensBecome wish = { .role = role,
                            .read_fds = read_fds,
                            .n_read_fds = n_read_fds,
                            .write_fds = &out,
                            .n_write_fds = 1,
                            .require_all = manner->require_all,
                            .diagnose = manner->diagnose };

  return lens_sandbox_become (&wish, NULL, error);
}

/* --- files in messages --- */

static gboolean
send_file (LensMessageWriter *writer, const char *name, GBytes *octets)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (octets, &length);

  return lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, name, strlen (name), NULL)
         && lens_message_write_all (writer, LENS_MESSAGE_FILE_DATA, data, length, NULL)
         && lens_message_write (writer, LENS_MESSAGE_FILE_END, NULL, 0, NULL);
}

/* Where octets of a document go; after one that cannot be sent none is. */
typedef struct
{
  LensMessageWriter *writer;
  gboolean sent;
} Document;

static void
send_octets (const char *octets, gsize length, gpointer data)
{
  Document *document = data;

  document->sent
      = document->sent
        && lens_message_write_all (document->writer, LENS_MESSAGE_FILE_DATA, octets, length, NULL);
}

/* As it is written: whole, it would take as much memory as all that it tells of. */
static gboolean
send_record (LensMessageWriter *writer, const char *name, const LensEvaluation *evaluation,
             LensEmitLayout layout)
{
  Document document
      = { writer, lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, name, strlen (name), NULL) };

  lens_record_write (evaluation, layout, send_octets, &document);
  return document.sent && lens_message_write (writer, LENS_MESSAGE_FILE_END, NULL, 0, NULL);
}

static int
give_up (LensMessageWriter *writer, const char *problem)
{
  lens_message_write (writer, LENS_MESSAGE_PROBLEM, problem,
                      MIN (strlen (problem), LENS_MESSAGE_PAYLOAD_MAX), NULL);
  return 1;
}

static int
done (LensMessageWriter *writer)
{
  return lens_message_write (writer, LENS_MESSAGE_DONE, NULL, 0, NULL) ? 0 : 1;
}

/* --- analyze --- */

static void
tell_classes (gpointer data, guint64 packets, guint64 octets, const guint64 classes[LENS_N_CLASSES])
{
  LensJobClasses message = { packets, octets, { 0 } };

  memcpy (message.classes, classes, sizeof message.classes);
  lens_message_write (data, LENS_MESSAGE_CLASSES, &message, sizeof message, NULL);
}

static void
tell_position (gpointer data, guint64 frame, guint64 offset)
{
  const LensJobPosition message = { frame, offset };

  lens_message_write (data, LENS_MESSAGE_POSITION, &message, sizeof message, NULL);
}

static int
analyze (LensMessageWriter *writer, LensApplications *applications, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensBrief) brief = lens_brief_from_fd (LENS_ROLE_FD_BRIEF, &error);

  if (brief == NULL)
    return give_up (writer, error->message);
  const LensEngineCalls calls = { .progress = brief->live ? tell_classes : NULL,
                                  .position = tell_position,
                                  .each_frame = manner->diagnose,
                                  .leaves = TRUE,
                                  .data = writer };
  g_autoptr (LensEvaluation) evaluation
      = lens_engine_run (brief, LENS_ROLE_FD_IN, brief->has_stream_log ? LENS_ROLE_FD_LOG : -1,
                         applications, &calls, &error);
  if (evaluation == NULL)
    return give_up (writer, error->message);

  LensJobResult result = lens_result_of (evaluation);
  lens_message_write (writer, LENS_MESSAGE_RESULT, &result, sizeof result, NULL);
  if (result.status == 2 && evaluation->input.problem != NULL)
    (void)give_up (writer, evaluation->input.problem);
  if (!send_record (writer, "evaluation.json", evaluation, LENS_EMIT_PRETTY))
    return 1;
  if (brief->compact)
    send_record (writer, "record.jsonl", evaluation, LENS_EMIT_COMPACT);
  if (brief->draft)
    {
      g_autoptr (GBytes) draft = lens_draft_profile (evaluation);
      send_file (writer, "draft.ini", draft);
    }
  if (brief->draft_mud)
    {
      g_autoptr (GBytes) draft = lens_draft_mud (evaluation);
      if (draft != NULL)
        send_file (writer, "draft.json", draft);
    }
  return done (writer);
}

/* --- report, render --- */

static void
send_face (const char *file, GBytes *octets, gpointer data)
{
  send_file (data, file, octets);
}

static int
send_faces (LensMessageWriter *writer, GBytes *record, const LensOrder *order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  gsize length = 0;
  const char *rows = order->mapping != NULL ? g_bytes_get_data (order->mapping, &length) : NULL;

  if (order->mapping != NULL && !lens_mapping_extend (mapping, rows, length, &error))
    {
      g_prefix_error (&error, "--mapping: ");
      return give_up (writer, error->message);
    }
  const LensExportSource source = { .record = record,
                                    .run = order->run,
                                    .mapping = mapping,
                                    .record_sha256 = order->record_sha256,
                                    .sums_sha256 = order->sums_sha256 };
  if (!lens_export ((const char *const *)order->formats, &source, send_face, writer, &error))
    return give_up (writer, error->message);
  return done (writer);
}

/* The pages of a case while it is made. */
static int
report (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  static const char *const pages[] = { "html", "text", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LensOrder) order = lens_order_new ();
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);

  order->formats = g_strdupv ((GStrv)pages);
  order->run = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  if (order->run == NULL)
    return give_up (writer, error->message);
  return send_faces (writer, record, order);
}

/* What was ordered of a finished case. */
static int
render (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) octets
      = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;

  if (octets == NULL)
    return give_up (writer, error->message);
  g_autoptr (LensOrder) order = lens_order_read (octets);
  return send_faces (writer, record, order);
}

/* --- redact: the same record without names --- */

static int
redact (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) octets
      = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  g_autoptr (GBytes) redacted = NULL, run = NULL;

  if (octets == NULL)
    return give_up (writer, error->message);
  g_autoptr (LensOrder) order = lens_order_read (octets);
  if (!lens_redact (record, order->run, order->sums_sha256, &redacted, &run, &error))
    return give_up (writer, error->message);
  send_file (writer, "evaluation.json", redacted);
  send_file (writer, "run.json", run);
  return done (writer);
}

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

/* What was handed over as @fd; its octets go into *octets, unless that is NULL. */
static LensEvaluation *
read_record (int fd, GBytes **octets, GError **error)
{
  g_autoptr (GBytes) record = lens_octets_from_fd (fd, MAX_RECORD, error);

  if (record == NULL)
    return NULL;
  if (octets != NULL)
    *octets = g_bytes_ref (record);
  return lens_record_read_of_case (g_bytes_get_data (record, NULL), g_bytes_get_size (record),
                                   error);
}

static gboolean
names (const GPtrArray *list, const char *name)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (g_ptr_array_index (list, i), name))
      return TRUE;
  return FALSE;
}

/* Of every layer run.json says that it held or that it did not. */
static gboolean
tells_every_layer (const LensRun *run)
{
  for (guint bit = 0; bit < 32; bit++)
    {
      const char *name = lens_layer_name ((LensLayer)(1u << bit));
      if (name != NULL && names (run->in_force, name) == names (run->missing, name))
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

static int
recall (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = read_record (LENS_ROLE_FD_IN, NULL, &error);
  LensJobOptions options = { .magic = LENS_JOB_OPTIONS_MAGIC };

  if (evaluation == NULL)
    return give_up (writer, error->message);
  g_autoptr (LensRun) run = read_run (LENS_ROLE_FD_BRIEF, &error);
  if (run == NULL)
    {
      g_prefix_error (&error, "run.json: ");
      return give_up (writer, error->message);
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
  return done (writer);
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

static int
row (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = NULL;
  g_autoptr (LensEvaluation) evaluation = read_record (LENS_ROLE_FD_IN, &record, &error);

  if (evaluation == NULL)
    return give_up (writer, error->message);
  const LensJobResult result = lens_result_of (evaluation);
  lens_message_write (writer, LENS_MESSAGE_RESULT, &result, sizeof result, NULL);

  g_autoptr (LensBrief) brief = lens_brief_from_fd (LENS_ROLE_FD_BRIEF, &error);
  if (brief == NULL)
    return give_up (writer, error->message);
  if (brief->name == NULL)
    return done (writer); /* an empty brief: nobody asks more */
  gboolean complete;
  if (!tell_files (writer, &complete, &error))
    return give_up (writer, error->message);
  if (!complete || !is_current (brief, evaluation, record))
    return done (writer);
  lens_message_write (writer, LENS_MESSAGE_CURRENT, NULL, 0, NULL);
  if (brief->compact)
    send_record (writer, "record.jsonl", evaluation, LENS_EMIT_COMPACT);
  return done (writer);
}

/* --- differ: the first key in which two records differ --- */

static LensJson *
read_json (int fd, GError **error)
{
  g_autoptr (GBytes) octets = lens_octets_from_fd (fd, MAX_RECORD, error);
  gsize length;

  if (octets == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data (octets, &length);
  return lens_json_parse (data, length, error);
}

static int
differ (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensJson) one = read_json (LENS_ROLE_FD_IN, &error);
  g_autoptr (LensJson) other = one != NULL ? read_json (LENS_ROLE_FD_BRIEF, &error) : NULL;

  if (other == NULL)
    return give_up (writer, error->message);
  g_autofree char *difference = lens_json_first_difference (one, other);
  if (difference != NULL)
    lens_message_write (writer, LENS_MESSAGE_DATA, difference,
                        MIN (strlen (difference), LENS_MESSAGE_PAYLOAD_MAX), NULL);
  return done (writer);
}

/* --- compare: two records side by side --- */

static int
compare (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) one = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) other
      = one != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  const double tolerance
      = manner->tolerance != NULL ? g_ascii_strtod (manner->tolerance, NULL) / 100 : 0;

  if (other == NULL)
    return give_up (writer, error->message);
  g_autoptr (LensComparison) comparison
      = lens_comparison_from_records (one, other, tolerance, &error);
  if (comparison == NULL)
    return give_up (writer, error->message);
  g_autoptr (GBytes) page
      = g_strcmp0 (manner->format, "json") == 0   ? lens_comparison_json (comparison)
        : g_strcmp0 (manner->format, "html") == 0 ? lens_comparison_html (comparison)
                                                  : lens_comparison_text (comparison);
  if (comparison->same)
    lens_message_write (writer, LENS_MESSAGE_SAME, NULL, 0, NULL);
  send_file (writer, "comparison", page);
  return done (writer);
}

/* --- mud: is this a MUD file? --- */

static int
mud (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) given = lens_octets_from_fd (LENS_ROLE_FD_IN, LENS_MUD_MAX_OCTETS, &error);
  gsize length;

  if (given == NULL)
    return give_up (writer, error->message);
  const guint8 *octets = g_bytes_get_data (given, &length);
  g_autoptr (LensMud) read = lens_mud_parse (octets, length, &error);
  return read != NULL ? done (writer) : give_up (writer, error->message);
}

/* --- look: do these packed files hold captures? --- */

static int
look (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) heads = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);

  if (heads == NULL)
    return give_up (writer, error->message);
  g_autoptr (GByteArray) answers = lens_packed_answer (heads);
  lens_message_write_all (writer, LENS_MESSAGE_DATA, answers->data, answers->len, NULL);
  return done (writer);
}

static gssize
pull_capture (gpointer data, guint8 *into, gsize room)
{
  gssize count;

  do
    count = read (LENS_ROLE_FD_IN, into, room);
  while (count < 0 && errno == EINTR);
  return count;
}

/* --- times: when do the files of a set begin? --- */

static int
times (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  lens_set_times_answer (writer, manner->whole, pull_capture);
  return done (writer);
}

/* --- carve --- */

/* The evidence of several findings grows side by side; a file is named before each part. */
static void
send_evidence (const char *finding, const guint8 *octets, gsize length, gpointer data)
{
  LensMessageWriter *writer = data;
  g_autofree char *name = g_strconcat (finding, ".pcapng", NULL);

  lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, name, strlen (name), NULL);
  lens_message_write_all (writer, LENS_MESSAGE_FILE_DATA, octets, length, NULL);
  lens_message_write (writer, LENS_MESSAGE_FILE_END, NULL, 0, NULL);
}

/* FALSE: no packet behind it is wanted. */
static gboolean
carve_file (LensEvidence *evidence, LensCaptureFile *file)
{
  LensCaptureEvent event;
  LensRecord packet;

  while ((event = lens_capture_file_next (file, &packet)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET
        && !lens_evidence_packet (evidence, &packet,
                                  lens_capture_file_interface (file, packet.interface)))
      return FALSE;
  return TRUE;
}

static int
carve (LensMessageWriter *writer, LensApplications *none, const Manner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = read_record (LENS_ROLE_FD_BRIEF, NULL, &error);

  if (evaluation == NULL)
    return give_up (writer, error->message);
  g_autoptr (LensEvidence) evidence = lens_evidence_new (evaluation, send_evidence, writer);
  g_autoptr (LensSource) source
      = lens_source_new (manner->set ? LENS_SOURCE_SET : LENS_SOURCE_FILE, pull_capture, NULL);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (lens_source_read, source);
  while (carve_file (evidence, file) && lens_source_next (source))
    lens_capture_file_join (file);
  return done (writer);
}

/* What follows @prefix in the first of @options that begins with it; NULL: none does. */
static const char *
value_of (const char *const *options, const char *prefix)
{
  for (; *options != NULL; options++)
    if (g_str_has_prefix (*options, prefix))
      return *options + strlen (prefix);
  return NULL;
}

int
lens_role_main (const char *name, const char *const *options)
{
  const Manner manner = { .require_all = g_strv_contains (options, LENS_ROLE_REQUIRE_ALL),
                          .diagnose = g_strv_contains (options, LENS_ROLE_DIAGNOSE),
                          .set = g_strv_contains (options, LENS_ROLE_SET),
                          .whole = g_strv_contains (options, LENS_ROLE_WHOLE),
                          .tolerance = value_of (options, LENS_ROLE_TOLERANCE),
                          .format = value_of (options, LENS_ROLE_FORMAT) };
  static const struct
  {
    const char *name;
    LensRole role;
    int (*run) (LensMessageWriter *writer, LensApplications *applications, const Manner *manner);
    gsize n_fds;
  } roles[] = {
    { "analyze", LENS_ROLE_ANALYZE, analyze, 3 }, { "report", LENS_ROLE_REPORT, report, 2 },
    { "carve", LENS_ROLE_CARVE, carve, 2 },       { "recall", LENS_ROLE_REPORT, recall, 2 },
    { "differ", LENS_ROLE_REPORT, differ, 2 },    { "mud", LENS_ROLE_REPORT, mud, 2 },
    { "times", LENS_ROLE_REPORT, times, 1 },      { "look", LENS_ROLE_REPORT, look, 2 },
    { "redact", LENS_ROLE_REPORT, redact, 2 },    { "row", LENS_ROLE_REPORT, row, 3 },
    { "compare", LENS_ROLE_REPORT, compare, 2 },  { "render", LENS_ROLE_REPORT, render, 2 },
  };
  const int fds[] = { LENS_ROLE_FD_IN, LENS_ROLE_FD_BRIEF, LENS_ROLE_FD_LOG };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      if (!g_str_equal (roles[i].name, name))
        continue;
      g_autoptr (LensMessageWriter) writer = lens_message_writer_new (LENS_ROLE_FD_OUT);
      /* Its tables need what a confined process may not do; it has read nothing yet. */
      g_autoptr (LensApplications) applications
          = roles[i].role == LENS_ROLE_ANALYZE ? lens_applications_new () : NULL;
      if (!confine (roles[i].role, fds, roles[i].n_fds, &manner, &error))
        {
          g_printerr ("lenscap: %s\n", error->message);
          return LENS_EXIT_UNCONFINED;
        }
      int status = roles[i].run (writer, applications, &manner);
      /* The kernel takes its tables back at once; one by one they would take milliseconds. */
      (void)g_steal_pointer (&applications);
      return status;
    }
  g_printerr ("lenscap: no role is called %s\n", name);
  return 2;
}
