#include "report/redact.h"

#include <string.h>

#include "report/pseudonyms.h"
#include "report/record.h"
#include "report/run.h"

#define KEY_PURPOSE "lenscap redaction 1"
#define KEY_LENGTH 32

/* --- in place of a string --- */

static void
name (LensPseudonyms *pseudonyms, const char *kind, char **text)
{
  char *other = lens_pseudonyms_name (pseudonyms, kind, *text);

  g_free (*text);
  *text = other;
}

static void
say (LensPseudonyms *pseudonyms, char **sentence)
{
  char *other = lens_pseudonyms_text (pseudonyms, *sentence);

  g_free (*sentence);
  *sentence = other;
}

static void
say_all (LensPseudonyms *pseudonyms, GPtrArray *sentences)
{
  for (guint i = 0; i < sentences->len; i++)
    say (pseudonyms, (char **)&sentences->pdata[i]);
}

static void
hash (LensPseudonyms *pseudonyms, char **digits)
{
  char *other = lens_pseudonyms_digits (pseudonyms, *digits);

  g_free (*digits);
  *digits = other;
}

/* A stream is called by its name in the profile, or by its URL. */
static void
stream (LensPseudonyms *pseudonyms, char **text)
{
  char *other = *text != NULL && strstr (*text, "://") != NULL
                    ? lens_pseudonyms_url (pseudonyms, *text)
                    : lens_pseudonyms_name (pseudonyms, "stream", *text);

  g_free (*text);
  *text = other;
}

/* Those that every live run has say nothing of it. */
static void
phase (LensPseudonyms *pseudonyms, char **text)
{
  if (g_strcmp0 (*text, "idle") != 0 && g_strcmp0 (*text, "stream") != 0
      && g_strcmp0 (*text, "after") != 0)
    name (pseudonyms, "phase", text);
}

/* --- part by part --- */

static void
redact_tool (LensPseudonyms *pseudonyms, LensToolSection *tool)
{
  if (g_strcmp0 (tool->device, "default") != 0 && g_strcmp0 (tool->device, "all") != 0)
    name (pseudonyms, "device", &tool->device);
  hash (pseudonyms, &tool->profile_sha256);
  hash (pseudonyms, &tool->mud_sha256);
  hash (pseudonyms, &tool->stream_log_sha256);
  hash (pseudonyms, &tool->endpoints_sha256);
  hash (pseudonyms, &tool->resolvers_sha256);
}

static void
redact_input (LensPseudonyms *pseudonyms, LensInputSection *input)
{
  if (g_strcmp0 (input->name, "-") != 0)
    name (pseudonyms, "capture", &input->name);
  hash (pseudonyms, &input->sha256);
  for (guint i = 0; i < input->files->len; i++)
    {
      LensFileRow *file = g_ptr_array_index (input->files, i);
      name (pseudonyms, "capture", &file->name);
      hash (pseudonyms, &file->sha256);
    }
  say_all (pseudonyms, input->notes);
  for (guint i = 0; i < input->interfaces->len; i++)
    name (pseudonyms, "interface",
          &((LensInterfaceRow *)g_ptr_array_index (input->interfaces, i))->name);
  say (pseudonyms, &input->problem);
}

static void
redact_device (LensPseudonyms *pseudonyms, LensDeviceRow *device)
{
  name (pseudonyms, "device", &device->name);
  name (pseudonyms, "vendor", &device->vendor);
  name (pseudonyms, "model", &device->model);
  name (pseudonyms, "firmware", &device->firmware);
  name (pseudonyms, "serial", &device->serial);
  name (pseudonyms, "site", &device->site);
  name (pseudonyms, "owner", &device->owner);
  name (pseudonyms, "asset", &device->asset);
  name (pseudonyms, "device", &device->mac);
  for (guint i = 0; i < device->addresses->len; i++)
    name (pseudonyms, "host", (char **)&device->addresses->pdata[i]);
  for (guint i = 0; i < device->identity->len; i++)
    {
      LensIdentityRow *row = g_ptr_array_index (device->identity, i);
      name (pseudonyms, row->field != NULL ? row->field : "text", &row->value);
    }
  say_all (pseudonyms, device->reasons);
}

static void
redact_streams (LensPseudonyms *pseudonyms, LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->streams->len; i++)
    {
      LensStreamRow *row = g_ptr_array_index (evaluation->streams, i);
      name (pseudonyms, "device", &row->device);
      stream (pseudonyms, &row->name);
      stream (pseudonyms, &row->url);
      for (guint t = 0; t < row->tracks->len; t++)
        {
          LensTrackRow *track = g_ptr_array_index (row->tracks, t);
          say (pseudonyms, &track->media);
          say (pseudonyms, &track->codec);
        }
    }
  for (guint i = 0; i < evaluation->witnesses->len; i++)
    stream (pseudonyms, &((LensWitnessRow *)g_ptr_array_index (evaluation->witnesses, i))->stream);
}

static void
redact_services (LensPseudonyms *pseudonyms, LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->services->len; i++)
    {
      LensServiceRow *row = g_ptr_array_index (evaluation->services, i);
      name (pseudonyms, "device", &row->device);
      name (pseudonyms, "service", &row->name);
      name (pseudonyms, "host", &row->to);
    }
}

static void
redact_times (LensPseudonyms *pseudonyms, LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->phases->len; i++)
    phase (pseudonyms, &((LensPhaseRow *)g_ptr_array_index (evaluation->phases, i))->name);
  for (guint i = 0; i < evaluation->stimuli->len; i++)
    name (pseudonyms, "stimulus",
          &((LensStimulusRow *)g_ptr_array_index (evaluation->stimuli, i))->name);
  for (guint i = 0; i < evaluation->ledger.parts->len; i++)
    {
      LensLedgerPart *part = g_ptr_array_index (evaluation->ledger.parts, i);
      name (pseudonyms, "device", &part->device);
      phase (pseudonyms, &part->phase);
    }
}

/* A filter that looks for octets shows them. */
static void
redact_filter (LensPseudonyms *pseudonyms, char **filter)
{
  char *other = NULL;

  if (*filter != NULL && strstr (*filter, "frame[") == NULL && strstr (*filter, "contains") == NULL)
    other = lens_pseudonyms_filter (pseudonyms, *filter);
  g_free (*filter);
  *filter = other;
}

static void
redact_finding (LensPseudonyms *pseudonyms, LensFindingRow *finding)
{
  name (pseudonyms, "device", &finding->device);
  if (finding->flow != NULL)
    {
      name (pseudonyms, "host", &finding->flow->src);
      name (pseudonyms, "host", &finding->flow->dst);
    }
  name (pseudonyms, "host", &finding->name);
  g_byte_array_set_size (finding->excerpt, 0);
  say (pseudonyms, &finding->summary);
  say (pseudonyms, &finding->detail);
  redact_filter (pseudonyms, &finding->filter_hint);
}

static void
redact_rows (LensPseudonyms *pseudonyms, LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->devices->len; i++)
    redact_device (pseudonyms, g_ptr_array_index (evaluation->devices, i));
  for (guint i = 0; i < evaluation->findings->len; i++)
    redact_finding (pseudonyms, g_ptr_array_index (evaluation->findings, i));
  for (guint i = 0; i < evaluation->leads->len; i++)
    redact_finding (pseudonyms, g_ptr_array_index (evaluation->leads, i));
  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      LensFlowRow *flow = g_ptr_array_index (evaluation->flows, i);
      name (pseudonyms, "host", &flow->src);
      name (pseudonyms, "host", &flow->dst);
      name (pseudonyms, "host", &flow->name);
    }
  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      LensCoverageRow *row = g_ptr_array_index (evaluation->coverage, i);
      say (pseudonyms, &row->note);
      for (guint d = 0; d < row->devices->len; d++)
        name (pseudonyms, "device",
              &((LensCoverageDevice *)g_ptr_array_index (row->devices, d))->device);
    }
}

static void
redact_evaluation (LensPseudonyms *pseudonyms, LensEvaluation *evaluation)
{
  redact_tool (pseudonyms, &evaluation->tool);
  redact_input (pseudonyms, &evaluation->input);
  name (pseudonyms, "laboratory", &evaluation->laboratory);
  name (pseudonyms, "evaluator", &evaluation->evaluator);
  name (pseudonyms, "reference", &evaluation->reference);
  name (pseudonyms, "note", &evaluation->notes);
  redact_streams (pseudonyms, evaluation);
  redact_services (pseudonyms, evaluation);
  redact_times (pseudonyms, evaluation);
  redact_rows (pseudonyms, evaluation);
  say_all (pseudonyms, evaluation->never_seen);
  say_all (pseudonyms, evaluation->unusable);
  say_all (pseudonyms, evaluation->reasons);
}

static void
redact_run (LensPseudonyms *pseudonyms, LensRun *run)
{
  name (pseudonyms, "machine", &run->host);
  g_ptr_array_set_size (run->paths, 0);
  g_ptr_array_set_size (run->files, 0);
  say_all (pseudonyms, run->losses);
  say_all (pseudonyms, run->incomplete);
}

/* --- all --- */

/* Of all the record, by a purpose of its own: SHA256SUMS, which may be shown to anybody, names the
 * record's plain hash. */
static LensPseudonyms *
pseudonyms_for (GBytes *record)
{
  guint8 key[KEY_LENGTH];
  gsize length, key_length = sizeof key;
  const guint8 *octets = g_bytes_get_data (record, &length);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)KEY_PURPOSE, strlen (KEY_PURPOSE));

  while (length > 0)
    {
      const gssize part = (gssize)MIN (length, (gsize)1 << 30);
      g_hmac_update (hmac, octets, part);
      octets += part;
      length -= (gsize)part;
    }
  g_hmac_get_digest (hmac, key, &key_length);
  g_hmac_unref (hmac);
  return lens_pseudonyms_new (key, key_length);
}

/* One pass over both; what it yields is written only the second time. */
static gboolean
pass (LensPseudonyms *pseudonyms, GBytes *record, GBytes *run, LensEvaluation **evaluation,
      LensRun **ran, GError **error)
{
  gsize length, run_length;
  const guint8 *octets = g_bytes_get_data (record, &length);
  const guint8 *run_octets = g_bytes_get_data (run, &run_length);
  g_autoptr (LensEvaluation) read = lens_record_read_of_case (octets, length, error);
  g_autoptr (LensRun) read_run
      = read != NULL ? lens_run_read (run_octets, run_length, error) : NULL;

  if (read != NULL && read_run == NULL)
    g_prefix_error (error, "run.json: ");
  if (read_run == NULL)
    return FALSE;
  if (read->redacted_from != NULL)
    {
      g_set_error_literal (error, LENS_RECORD_ERROR, LENS_RECORD_ERROR_INVALID,
                           "it is redacted already");
      return FALSE;
    }
  redact_evaluation (pseudonyms, read);
  redact_run (pseudonyms, read_run);
  *evaluation = g_steal_pointer (&read);
  *ran = g_steal_pointer (&read_run);
  return TRUE;
}

gboolean
lens_redact (GBytes *record, GBytes *run, const char *sums_sha256, GBytes **redacted,
             GBytes **redacted_run, GError **error)
{
  g_autoptr (LensPseudonyms) pseudonyms = pseudonyms_for (record);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (LensEvaluation) evaluation = NULL;
      g_autoptr (LensRun) ran = NULL;
      if (!pass (pseudonyms, record, run, &evaluation, &ran, error))
        return FALSE;
      if (i == 1)
        {
          evaluation->redacted_from = g_strdup (sums_sha256);
          *redacted = lens_record_octets (evaluation, LENS_EMIT_PRETTY);
          *redacted_run = lens_run_octets (ran);
        }
      lens_pseudonyms_begin (pseudonyms);
    }
  return TRUE;
}
