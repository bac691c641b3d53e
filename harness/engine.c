#include "harness/engine.h"

#include "analyzers/registry.h"
#include "harness/hash.h"
#include "harness/parts.h"
#include "harness/source.h"
#include "ledger/channels.h"
#include "ledger/coverage.h"
#include "ledger/detection-limit.h"
#include "ledger/ledger.h"
#include "ledger/stream-log.h"
#include "harness/version.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Seeding holds the capture in memory: so many octets at most. */
#define LIMITS_OCTETS (64 * 1024 * 1024)
#define LIMITS_TRIALS 20

#define PROGRESS_EVERY 500 /* packets between two looks at the clock */

/* The capture's octets, hashed as they pass. */
typedef struct
{
  LensSource *source;
  LensParts *parts;
  guint64 octets;
  gboolean recognised; /* one file at least */
} Input;

static gssize
pull_octets (gpointer data, guint8 *into, gsize room)
{
  const int *fd = data;
  gssize count;

  do
    count = read (*fd, into, room);
  while (count < 0 && errno == EINTR);
  return count;
}

static gssize
pull (gpointer data, guint8 *into, gsize room)
{
  Input *input = data;
  gssize count = lens_source_read (input->source, into, room);

  if (count > 0)
    {
      input->octets += (guint64)count;
      lens_parts_feed (input->parts, into, (gsize)count);
    }
  return count;
}

/* What follows damage belongs to the input all the same: its hash and size. */
static void
pull_rest (Input *input)
{
  g_autofree guint8 *buffer = g_malloc (LENS_SOURCE_FRAME);

  while (pull (input, buffer, LENS_SOURCE_FRAME) > 0)
    ;
}

static GPtrArray *
parse_profiles (const LensBrief *brief, GError **error)
{
  g_autoptr (GPtrArray) profiles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free);

  for (guint i = 0; i < brief->profiles->len; i++)
    {
      gsize length;
      const char *text = g_bytes_get_data (g_ptr_array_index (brief->profiles, i), &length);
      LensProfile *profile = lens_profile_parse (text, length, error);
      if (profile == NULL)
        return NULL;
      g_ptr_array_add (profiles, profile);
    }
  return g_steal_pointer (&profiles);
}

/* NULL with @error; NULL without where none was given. */
static LensMud *
parse_mud (const LensBrief *brief, GError **error)
{
  gsize length;

  if (brief->mud == NULL)
    return NULL;
  const guint8 *octets = g_bytes_get_data (brief->mud, &length);
  LensMud *mud = lens_mud_parse (octets, length, error);
  if (mud == NULL)
    g_prefix_error (error, "the MUD file: ");
  return mud;
}

/* NULL with @error. */
static LensOwnNames *
parse_names (const LensBrief *brief, GError **error)
{
  g_autoptr (LensOwnNames) names = lens_own_names_new ();
  gsize length = 0;
  const char *text = brief->endpoints != NULL ? g_bytes_get_data (brief->endpoints, &length) : NULL;

  if (text != NULL && !lens_own_names_add_endpoints (names, text, length, error))
    {
      g_prefix_error (error, "the list of endpoints: ");
      return NULL;
    }
  text = brief->resolvers != NULL ? g_bytes_get_data (brief->resolvers, &length) : NULL;
  if (text != NULL && !lens_own_names_add_resolvers (names, text, length, error))
    {
      g_prefix_error (error, "the list of resolvers: ");
      return NULL;
    }
  return g_steal_pointer (&names);
}

/* The analyzers that run: all, or those that --only names. */
static GPtrArray *
pick_analyzers (const LensBrief *brief)
{
  GPtrArray *picked = g_ptr_array_new ();
  g_auto (GStrv) only = brief->only != NULL ? g_strsplit (brief->only, ",", -1) : NULL;

  for (guint i = 0; i < lens_n_analyzers; i++)
    if (only == NULL || g_strv_contains ((const char *const *)only, lens_analyzers[i]->name))
      g_ptr_array_add (picked, (gpointer)lens_analyzers[i]);
  return picked;
}

static LensStreamLog *
read_log (int fd, char **sha256)
{
  g_autoptr (LensHash) hash = lens_hash_new ();
  LensStreamLog *log = lens_stream_log_new ();
  guint8 buffer[16 * 1024];
  gssize count;

  while ((count = read (fd, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR))
    if (count > 0)
      {
        lens_hash_feed (hash, buffer, (gsize)count);
        lens_stream_log_feed (log, buffer, (gsize)count);
      }
  lens_stream_log_end (log);
  *sha256 = lens_hash_end (hash);
  return log;
}

static char *
profiles_hash (const LensBrief *brief)
{
  g_autoptr (LensHash) hash = lens_hash_new ();

  for (guint i = 0; i < brief->profiles->len; i++)
    {
      gsize length;
      const guint8 *octets = g_bytes_get_data (g_ptr_array_index (brief->profiles, i), &length);
      lens_hash_feed (hash, octets, length);
    }
  return brief->profiles->len > 0 ? lens_hash_end (hash) : NULL;
}

void
lens_engine_tool (const LensBrief *brief, LensEvaluation *evaluation)
{
  LensToolSection *tool = &evaluation->tool;

  tool->version = g_strdup (LENSCAP_VERSION);
  tool->device = g_strdup (brief->device != NULL ? brief->device : "default");
  tool->only = g_strdup (brief->only);
  tool->alpha = brief->alpha;
  tool->limits = brief->limits;
  for (guint i = 0; i < LENS_N_CAPS; i++)
    {
      if (lens_caps[i].standard == 0)
        continue;
      LensCapRow *row = lens_evaluation_add_cap (evaluation);
      row->name = g_strdup (lens_caps[i].name);
      row->value = brief->caps.limit[i];
    }
  tool->profile_sha256 = profiles_hash (brief);
  tool->mud_sha256 = lens_hash_bytes (brief->mud);
  tool->endpoints_sha256 = lens_hash_bytes (brief->endpoints);
  tool->resolvers_sha256 = lens_hash_bytes (brief->resolvers);
}

static void
fill_report (GPtrArray *profiles, LensEvaluation *evaluation)
{
  const LensProfile *first = profiles->len > 0 ? g_ptr_array_index (profiles, 0) : NULL;

  if (first == NULL)
    return;
  evaluation->laboratory = g_strdup (first->laboratory);
  evaluation->evaluator = g_strdup (first->evaluator);
  evaluation->reference = g_strdup (first->reference);
  evaluation->notes = g_strdup (first->notes);
}

/* By this version, whatever this run was asked to look for. */
static gboolean
is_implemented (const char *channel)
{
  const char *note;

  for (guint i = 0; i < lens_n_analyzers; i++)
    for (const LensChannelText *text = lens_analyzers[i]->channels; text->id != NULL; text++)
      if (g_str_equal (text->id, channel))
        return TRUE;
  return lens_coverage_reach (channel, &note) != LENS_REACH_NOWHERE;
}

LensEvaluation *
lens_engine_failure (const LensBrief *brief, const char *problem)
{
  LensEvaluation *evaluation = lens_evaluation_new ();

  lens_engine_tool (brief, evaluation);
  evaluation->input.name = g_strdup (brief->name);
  evaluation->input.status = g_strdup ("failed");
  evaluation->input.problem = g_strdup (problem);
  evaluation->verdict = LENS_VERDICT_INCONCLUSIVE;
  g_ptr_array_add (evaluation->reasons, g_strdup ("the input could not be evaluated"));
  for (gsize i = 0; i < lens_n_channels; i++)
    {
      LensCoverageRow *row = lens_evaluation_add_coverage (evaluation);
      row->channel = g_strdup (lens_channels[i].id);
      row->status = LENS_COVERAGE_NOT_IMPLEMENTED;
      if (!is_implemented (row->channel))
        continue;
      row->status = LENS_COVERAGE_NOT_EXAMINABLE;
      row->note = g_strdup ("The input could not be evaluated.");
    }
  lens_coverage_tell_missing (evaluation);
  return evaluation;
}

#define CRASH_FRAMES 64 /* the one that was being read, and those before it */

/* Of the one declared device, if there is one: nothing else is known. */
static char *
only_device (const LensBrief *brief)
{
  g_autoptr (GPtrArray) profiles = parse_profiles (brief, NULL);

  return profiles != NULL && profiles->len == 1
             ? g_strdup (((const LensProfile *)g_ptr_array_index (profiles, 0))->name)
             : NULL;
}

LensEvaluation *
lens_engine_crash (const LensBrief *brief, const char *problem, guint64 frame)
{
  LensEvaluation *evaluation = lens_engine_failure (brief, problem);
  LensFindingRow *row = lens_evaluation_add_finding (evaluation);

  row->id = g_strdup ("F001");
  row->channel = g_strdup ("evaluator-crash");
  row->analyzer = g_strdup ("supervisor");
  row->severity = LENS_SEVERITY_CRITICAL;
  row->confidence = 1;
  row->device = only_device (brief);
  row->hides = TRUE;
  row->summary = g_strdup ("Reading this capture brought the confined reader down.");
  row->detail = g_strdup_printf ("%s.%s", problem,
                                 frame > 0 ? " The packets are the last ones that it read."
                                           : " Which packets it read then is not known.");
  g_ptr_array_add (row->references, g_strdup ("lenscap list roles"));
  if (frame > 0)
    {
      const LensFrameRange range = { frame > CRASH_FRAMES ? frame - CRASH_FRAMES + 1 : 1, frame };
      g_array_append_val (row->ranges, range);
      row->frame_count = range.last - range.first + 1;
    }
  evaluation->verdict = LENS_VERDICT_CONCEALED;
  g_ptr_array_insert (evaluation->reasons, 0, g_strdup ("1 finding of something that hides"));
  return evaluation;
}

static void
tell_progress (const LensEngineCalls *calls, LensLedger *ledger, guint64 packets,
               const Input *input)
{
  guint64 classes[LENS_N_CLASSES];

  lens_ledger_preview (ledger, classes);
  calls->progress (calls->data, packets, input->octets, classes);
}

/* --- limits of detection --- */

/* The capture once more, in memory, so that seeds can be written into it; @packets NULL: it is
 * not wanted, or too large. */
typedef struct
{
  LensPackets *packets;
  guint64 octets;
} Kept;

static void
keep (Kept *kept, const LensRecord *record)
{
  if (kept->packets == NULL)
    return;
  kept->octets += record->captured;
  if (kept->octets > LIMITS_OCTETS)
    g_clear_pointer (&kept->packets, lens_packets_free);
  else
    lens_packets_add (kept->packets, record);
}

static void
measure_limits (const Kept *kept, const LensLedgerOptions *options, LensEvaluation *evaluation)
{
  if (kept->packets == NULL)
    {
      g_ptr_array_add (evaluation->reasons,
                       g_strdup ("limits of detection were not measured: the capture has more "
                                 "than 64 MiB of packets"));
      return;
    }
  LensLedgerOptions plain = *options;
  plain.applications = NULL; /* names are not measured */
  g_autoptr (LensSeedGround) ground = lens_seed_ground_new (kept->packets, &plain);
  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      LensCoverageRow *row = g_ptr_array_index (evaluation->coverage, i);
      if (row->status == LENS_COVERAGE_EXAMINED)
        row->limit_bps = lens_detection_limit (ground, &plain, row->channel, LIMITS_TRIALS);
    }
}

static void
tell_position (const LensEngineCalls *calls, const LensCaptureFile *file, guint64 frame)
{
  if (calls->position != NULL)
    calls->position (calls->data, frame, lens_capture_file_input_offset (file));
}

/* The loop. */
static LensCaptureEvent
feed (LensLedger *ledger, LensCaptureFile *file, const Input *input, Kept *kept,
      const LensEngineCalls *calls)
{
  LensCaptureEvent event;
  LensRecord record;
  guint64 packets = 0;
  gint64 told = 0;

  while ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
         || event == LENS_CAPTURE_MARK)
    {
      keep (kept, &record);
      if (event == LENS_CAPTURE_MARK)
        {
          lens_ledger_mark (ledger, &record);
          continue;
        }
      if (calls != NULL && calls->each_frame)
        tell_position (calls, file, record.frame);
      lens_ledger_packet (ledger, &record);
      lens_parts_packet (input->parts, &record);
      if (calls == NULL || ++packets % PROGRESS_EVERY != 0
          || g_get_monotonic_time () - told < G_USEC_PER_SEC)
        continue;
      tell_position (calls, file, record.frame);
      if (calls->progress != NULL)
        tell_progress (calls, ledger, packets, input);
      told = g_get_monotonic_time ();
    }
  return event;
}

/* All files of the input, mostly one. */
static void
feed_all (LensLedger *ledger, LensCaptureFile *file, Input *input, Kept *kept,
          const LensEngineCalls *calls)
{
  for (;;)
    {
      lens_parts_begin (input->parts);
      LensCaptureEvent event = feed (ledger, file, input, kept, calls);
      pull_rest (input);
      input->recognised |= lens_capture_file_recognised (file);
      if (event == LENS_CAPTURE_DAMAGED)
        {
          g_autofree char *damage = lens_capture_file_damage (file);
          lens_parts_damaged (input->parts, damage);
        }
      if (!lens_source_next (input->source))
        return;
      lens_capture_file_join (file);
    }
}

static LensEvaluation *
conclude (LensLedger *ledger, LensCaptureFile *file, const LensStreamLog *log, GError **error)
{
  g_autofree char *problem = NULL;
  LensEvaluation *evaluation = lens_ledger_conclude (ledger, file, log, &problem);

  if (evaluation == NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                 "the ledger does not add up, which is an error of lenscap: %s", problem);
  return evaluation;
}

static LensSourceKind
kind_of (const LensBrief *brief)
{
  return brief->files != NULL ? LENS_SOURCE_SET : brief->live ? LENS_SOURCE_LIVE : LENS_SOURCE_FILE;
}

LensEvaluation *
lens_engine_run (const LensBrief *brief, int capture_fd, int log_fd, LensApplications *applications,
                 const LensEngineCalls *calls, GError **error)
{
  g_autoptr (GPtrArray) profiles = parse_profiles (brief, error);
  g_autoptr (LensMud) mud = NULL;
  g_autoptr (LensOwnNames) names = NULL;
  g_autoptr (GPtrArray) analyzers = pick_analyzers (brief);
  g_autoptr (LensStreamLog) log = NULL;
  g_autofree char *log_sha256 = NULL, *damage = NULL;
  g_autoptr (LensParts) parts = lens_parts_new ((const char *const *)brief->files);
  g_autoptr (LensSource) source = lens_source_new (kind_of (brief), pull_octets, &capture_fd);
  Input input = { .source = source, .parts = parts };

  if (profiles == NULL || ((mud = parse_mud (brief, error)) == NULL && brief->mud != NULL)
      || (names = parse_names (brief, error)) == NULL)
    return NULL;
  const LensLedgerOptions options = { .profiles = profiles,
                                      .mud = mud,
                                      .names = names,
                                      .applications = applications,
                                      .device = brief->device,
                                      .analyzers = (const LensAnalyzer *const *)analyzers->pdata,
                                      .n_analyzers = analyzers->len,
                                      .partial = brief->only != NULL,
                                      .live = brief->live,
                                      .logged = log_fd >= 0,
                                      .caps = brief->caps };
  g_autoptr (LensLedger) ledger = lens_ledger_new (&options);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (pull, &input);

  Kept kept = { brief->limits ? lens_packets_new () : NULL, 0 };
  feed_all (ledger, file, &input, &kept, calls);
  damage = lens_parts_problem (parts);
  if (log_fd >= 0)
    log = read_log (log_fd, &log_sha256);

  LensEvaluation *evaluation;
  if (damage != NULL && !input.recognised)
    evaluation = lens_engine_failure (brief, damage);
  else
    {
      lens_ledger_set_status (ledger, damage == NULL ? "complete" : "truncated");
      evaluation = conclude (ledger, file, log, error);
      if (evaluation != NULL && brief->limits)
        measure_limits (&kept, &options, evaluation);
    }
  g_clear_pointer (&kept.packets, lens_packets_free);
  if (calls != NULL && calls->leaves)
    (void)g_steal_pointer (&ledger);
  if (evaluation == NULL)
    return NULL;
  if (evaluation->input.name == NULL)
    {
      lens_engine_tool (brief, evaluation);
      evaluation->input.name = g_strdup (brief->name);
      evaluation->input.problem = g_steal_pointer (&damage);
    }
  fill_report (profiles, evaluation);
  if (applications != NULL)
    evaluation->tool.libndpi = g_strdup (lens_applications_version ());
  evaluation->tool.stream_log_sha256 = g_steal_pointer (&log_sha256);
  evaluation->input.bytes = input.octets;
  if (!lens_parts_end (parts, evaluation))
    evaluation->input.sha256 = lens_parts_hash (parts);
  return evaluation;
}
