/* The confined ends of this program: a capture in, an evaluation out; a record in, pages out. */
#include "harness/role-parts.h"

#include "harness/brief.h"
#include "harness/draft.h"
#include "harness/draft-mud.h"
#include "harness/engine.h"
#include "harness/octets.h"
#include "harness/order.h"
#include "harness/packed.h"
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
#include "sandbox/become.h"
#include "sandbox/message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

G_STATIC_ASSERT (sizeof ((LensJobClasses *)0)->classes / sizeof (guint64) == LENS_N_CLASSES);

static gboolean
confine (LensRole role, const int *read_fds, gsize n_read_fds, const LensRoleManner *manner,
         GError **error)
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

gboolean
lens_role_send_record (LensMessageWriter *writer, const char *name,
                       const LensEvaluation *evaluation, LensEmitLayout layout)
{
  Document document
      = { writer, lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, name, strlen (name), NULL) };

  lens_record_write (evaluation, layout, send_octets, &document);
  return document.sent && lens_message_write (writer, LENS_MESSAGE_FILE_END, NULL, 0, NULL);
}

int
lens_role_give_up (LensMessageWriter *writer, const char *problem)
{
  lens_message_write (writer, LENS_MESSAGE_PROBLEM, problem,
                      MIN (strlen (problem), LENS_MESSAGE_PAYLOAD_MAX), NULL);
  return 1;
}

int
lens_role_done (LensMessageWriter *writer)
{
  return lens_message_write (writer, LENS_MESSAGE_DONE, NULL, 0, NULL) ? 0 : 1;
}

LensEvaluation *
lens_role_read_record (int fd, GBytes **octets, GError **error)
{
  g_autoptr (GBytes) record = lens_octets_from_fd (fd, MAX_RECORD, error);

  if (record == NULL)
    return NULL;
  if (octets != NULL)
    *octets = g_bytes_ref (record);
  return lens_record_read_of_case (g_bytes_get_data (record, NULL), g_bytes_get_size (record),
                                   error);
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
analyze (LensMessageWriter *writer, LensApplications *applications, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensBrief) brief = lens_brief_from_fd (LENS_ROLE_FD_BRIEF, &error);

  if (brief == NULL)
    return lens_role_give_up (writer, error->message);
  const LensEngineCalls calls = { .progress = brief->live ? tell_classes : NULL,
                                  .position = tell_position,
                                  .each_frame = manner->diagnose,
                                  .leaves = TRUE,
                                  .data = writer };
  g_autoptr (LensEvaluation) evaluation
      = lens_engine_run (brief, LENS_ROLE_FD_IN, brief->has_stream_log ? LENS_ROLE_FD_LOG : -1,
                         applications, &calls, &error);
  if (evaluation == NULL)
    return lens_role_give_up (writer, error->message);

  LensJobResult result = lens_result_of (evaluation);
  lens_message_write (writer, LENS_MESSAGE_RESULT, &result, sizeof result, NULL);
  if (result.status == 2 && evaluation->input.problem != NULL)
    (void)lens_role_give_up (writer, evaluation->input.problem);
  if (!lens_role_send_record (writer, "evaluation.json", evaluation, LENS_EMIT_PRETTY))
    return 1;
  if (brief->compact)
    lens_role_send_record (writer, "record.jsonl", evaluation, LENS_EMIT_COMPACT);
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
  return lens_role_done (writer);
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
      return lens_role_give_up (writer, error->message);
    }
  const LensExportSource source = { .record = record,
                                    .run = order->run,
                                    .mapping = mapping,
                                    .record_sha256 = order->record_sha256,
                                    .sums_sha256 = order->sums_sha256 };
  if (!lens_export ((const char *const *)order->formats, &source, send_face, writer, &error))
    return lens_role_give_up (writer, error->message);
  return lens_role_done (writer);
}

/* The pages of a case while it is made. */
static int
report (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  static const char *const pages[] = { "html", "text", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LensOrder) order = lens_order_new ();
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);

  order->formats = g_strdupv ((GStrv)pages);
  order->run = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  if (order->run == NULL)
    return lens_role_give_up (writer, error->message);
  return send_faces (writer, record, order);
}

/* What was ordered of a finished case. */
static int
render (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) octets
      = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;

  if (octets == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (LensOrder) order = lens_order_read (octets);
  return send_faces (writer, record, order);
}

/* --- redact: the same record without names --- */

static int
redact (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) octets
      = record != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  g_autoptr (GBytes) redacted = NULL, run = NULL;

  if (octets == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (LensOrder) order = lens_order_read (octets);
  if (!lens_redact (record, order->run, order->sums_sha256, &redacted, &run, &error))
    return lens_role_give_up (writer, error->message);
  send_file (writer, "evaluation.json", redacted);
  send_file (writer, "run.json", run);
  return lens_role_done (writer);
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
differ (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensJson) one = read_json (LENS_ROLE_FD_IN, &error);
  g_autoptr (LensJson) other = one != NULL ? read_json (LENS_ROLE_FD_BRIEF, &error) : NULL;

  if (other == NULL)
    return lens_role_give_up (writer, error->message);
  g_autofree char *difference = lens_json_first_difference (one, other);
  if (difference != NULL)
    lens_message_write (writer, LENS_MESSAGE_DATA, difference,
                        MIN (strlen (difference), LENS_MESSAGE_PAYLOAD_MAX), NULL);
  return lens_role_done (writer);
}

/* --- compare: two records side by side --- */

static int
compare (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) one = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);
  g_autoptr (GBytes) other
      = one != NULL ? lens_octets_from_fd (LENS_ROLE_FD_BRIEF, MAX_RECORD, &error) : NULL;
  const double tolerance
      = manner->tolerance != NULL ? g_ascii_strtod (manner->tolerance, NULL) / 100 : 0;

  if (other == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (LensComparison) comparison
      = lens_comparison_from_records (one, other, tolerance, &error);
  if (comparison == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (GBytes) page
      = g_strcmp0 (manner->format, "json") == 0   ? lens_comparison_json (comparison)
        : g_strcmp0 (manner->format, "html") == 0 ? lens_comparison_html (comparison)
                                                  : lens_comparison_text (comparison);
  if (comparison->same)
    lens_message_write (writer, LENS_MESSAGE_SAME, NULL, 0, NULL);
  send_file (writer, "comparison", page);
  return lens_role_done (writer);
}

/* --- mud: is this a MUD file? --- */

static int
mud (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) given = lens_octets_from_fd (LENS_ROLE_FD_IN, LENS_MUD_MAX_OCTETS, &error);
  gsize length;

  if (given == NULL)
    return lens_role_give_up (writer, error->message);
  const guint8 *octets = g_bytes_get_data (given, &length);
  g_autoptr (LensMud) read = lens_mud_parse (octets, length, &error);
  return read != NULL ? lens_role_done (writer) : lens_role_give_up (writer, error->message);
}

/* --- look: do these packed files hold captures? --- */

static int
look (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) heads = lens_octets_from_fd (LENS_ROLE_FD_IN, MAX_RECORD, &error);

  if (heads == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (GByteArray) answers = lens_packed_answer (heads);
  lens_message_write_all (writer, LENS_MESSAGE_DATA, answers->data, answers->len, NULL);
  return lens_role_done (writer);
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
times (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  lens_set_times_answer (writer, manner->whole, pull_capture);
  return lens_role_done (writer);
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
carve (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = lens_role_read_record (LENS_ROLE_FD_BRIEF, NULL, &error);

  if (evaluation == NULL)
    return lens_role_give_up (writer, error->message);
  g_autoptr (LensEvidence) evidence = lens_evidence_new (evaluation, send_evidence, writer);
  g_autoptr (LensSource) source
      = lens_source_new (manner->set ? LENS_SOURCE_SET : LENS_SOURCE_FILE, pull_capture, NULL);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (lens_source_read, source);
  while (carve_file (evidence, file) && lens_source_next (source))
    lens_capture_file_join (file);
  return lens_role_done (writer);
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
  const LensRoleManner manner = { .require_all = g_strv_contains (options, LENS_ROLE_REQUIRE_ALL),
                                  .diagnose = g_strv_contains (options, LENS_ROLE_DIAGNOSE),
                                  .set = g_strv_contains (options, LENS_ROLE_SET),
                                  .whole = g_strv_contains (options, LENS_ROLE_WHOLE),
                                  .tolerance = value_of (options, LENS_ROLE_TOLERANCE),
                                  .format = value_of (options, LENS_ROLE_FORMAT) };
  static const struct
  {
    const char *name;
    LensRole role;
    int (*run) (LensMessageWriter *writer, LensApplications *applications,
                const LensRoleManner *manner);
    gsize n_fds;
  } roles[] = {
    { "analyze", LENS_ROLE_ANALYZE, analyze, 3 },
    { "report", LENS_ROLE_REPORT, report, 2 },
    { "carve", LENS_ROLE_CARVE, carve, 2 },
    { "recall", LENS_ROLE_REPORT, lens_role_recall, 2 },
    { "differ", LENS_ROLE_REPORT, differ, 2 },
    { "mud", LENS_ROLE_REPORT, mud, 2 },
    { "times", LENS_ROLE_REPORT, times, 1 },
    { "look", LENS_ROLE_REPORT, look, 2 },
    { "redact", LENS_ROLE_REPORT, redact, 2 },
    { "row", LENS_ROLE_REPORT, lens_role_row, 3 },
    { "compare", LENS_ROLE_REPORT, compare, 2 },
    { "render", LENS_ROLE_REPORT, render, 2 },
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
