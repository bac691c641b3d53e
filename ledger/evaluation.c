#include "ledger/evaluation.h"

static const char *const severity_names[] = { "info", "low", "medium", "high", "critical" };

const char *
lens_severity_name (LensSeverity severity)
{
  return severity_names[severity];
}

gboolean
lens_severity_parse (const char *name, LensSeverity *severity)
{
  for (guint i = 0; i < G_N_ELEMENTS (severity_names); i++)
    if (g_str_equal (name, severity_names[i]))
      {
        *severity = (LensSeverity)i;
        return TRUE;
      }
  return FALSE;
}

const char *
lens_verdict_name (LensVerdict verdict)
{
  static const char *const names[] = { "conforms", "conforms-with-residual-capacity",
                                       "inconclusive", "undeclared", "concealed" };

  return names[verdict];
}

const char *
lens_coverage_status_name (LensCoverageStatus status)
{
  static const char *const names[]
      = { "examined", "not-present", "not-examinable", "not-implemented" };

  return names[status];
}

static void
free_array (GPtrArray *array)
{
  if (array != NULL)
    g_ptr_array_unref (array);
}

static GPtrArray *
strings (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static void
free_reached (gpointer data)
{
  LensReachedRow *row = data;

  g_free (row->name);
  g_free (row);
}

static void
free_cap (gpointer data)
{
  LensCapRow *row = data;

  g_free (row->name);
  g_free (row);
}

static void
free_file (gpointer data)
{
  LensFileRow *row = data;

  g_free (row->name);
  g_free (row->sha256);
  g_free (row);
}

static void
free_interface (gpointer data)
{
  LensInterfaceRow *row = data;

  g_free (row->name);
  g_free (row);
}

static void
free_identity (gpointer data)
{
  LensIdentityRow *row = data;

  g_free (row->field);
  g_free (row->value);
  g_free (row->signal);
  if (row->frames != NULL)
    g_array_unref (row->frames);
  g_free (row);
}

static void
free_device (gpointer data)
{
  LensDeviceRow *row = data;

  g_free (row->name);
  g_free (row->vendor);
  g_free (row->model);
  g_free (row->firmware);
  g_free (row->serial);
  g_free (row->site);
  g_free (row->owner);
  g_free (row->asset);
  g_free (row->mac);
  g_free (row->kind);
  free_array (row->addresses);
  free_array (row->identity);
  free_array (row->reasons);
  g_free (row);
}

static void
free_track (gpointer data)
{
  LensTrackRow *row = data;

  g_free (row->media);
  g_free (row->codec);
  g_free (row);
}

static void
free_stream (gpointer data)
{
  LensStreamRow *row = data;

  g_free (row->device);
  g_free (row->name);
  g_free (row->url);
  g_free (row->transport);
  g_free (row->origin);
  free_array (row->tracks);
  g_free (row);
}

static void
free_service (gpointer data)
{
  LensServiceRow *row = data;

  g_free (row->device);
  g_free (row->name);
  g_free (row->proto);
  g_free (row->to);
  g_free (row->direction);
  g_free (row->origin);
  g_free (row);
}

static void
free_phase (gpointer data)
{
  LensPhaseRow *row = data;

  g_free (row->name);
  g_free (row);
}

static void
free_stimulus (gpointer data)
{
  LensStimulusRow *row = data;

  g_free (row->name);
  g_free (row);
}

static void
free_witness (gpointer data)
{
  LensWitnessRow *row = data;

  g_free (row->stream);
  g_free (row->track);
  g_free (row);
}

static void
free_flow (gpointer data)
{
  LensFlowRow *row = data;

  g_free (row->proto);
  g_free (row->src);
  g_free (row->dst);
  g_free (row->application);
  g_free (row->name);
  g_free (row);
}

static void
free_finding (gpointer data)
{
  LensFindingRow *row = data;

  g_free (row->id);
  g_free (row->channel);
  g_free (row->analyzer);
  g_free (row->device);
  if (row->flow != NULL)
    {
      g_free (row->flow->proto);
      g_free (row->flow->src);
      g_free (row->flow->dst);
      g_free (row->flow);
    }
  g_array_unref (row->ranges);
  g_array_unref (row->octets);
  g_byte_array_unref (row->excerpt);
  g_free (row->summary);
  g_free (row->detail);
  g_free (row->name);
  g_free (row->filter_hint);
  free_array (row->references);
  g_free (row);
}

static void
free_coverage_device (gpointer data)
{
  LensCoverageDevice *row = data;

  g_free (row->device);
  g_free (row);
}

static void
free_coverage (gpointer data)
{
  LensCoverageRow *row = data;

  g_free (row->channel);
  g_free (row->note);
  free_array (row->devices);
  g_free (row);
}

static void
free_part (gpointer data)
{
  LensLedgerPart *part = data;

  g_free (part->device);
  g_free (part->direction);
  g_free (part->phase);
  g_free (part);
}

LensEvaluation *
lens_evaluation_new (void)
{
  LensEvaluation *evaluation = g_new0 (LensEvaluation, 1);

  evaluation->tool.caps = g_ptr_array_new_with_free_func (free_cap);
  evaluation->input.files = g_ptr_array_new_with_free_func (free_file);
  evaluation->caps_reached = g_ptr_array_new_with_free_func (free_reached);
  evaluation->input.notes = g_ptr_array_new_with_free_func (g_free);
  evaluation->input.interfaces = g_ptr_array_new_with_free_func (free_interface);
  evaluation->devices = g_ptr_array_new_with_free_func (free_device);
  evaluation->streams = g_ptr_array_new_with_free_func (free_stream);
  evaluation->services = g_ptr_array_new_with_free_func (free_service);
  evaluation->never_seen = strings ();
  evaluation->unusable = strings ();
  evaluation->phases = g_ptr_array_new_with_free_func (free_phase);
  evaluation->stimuli = g_ptr_array_new_with_free_func (free_stimulus);
  evaluation->witnesses = g_ptr_array_new_with_free_func (free_witness);
  evaluation->ledger.parts = g_ptr_array_new_with_free_func (free_part);
  evaluation->flows = g_ptr_array_new_with_free_func (free_flow);
  evaluation->findings = g_ptr_array_new_with_free_func (free_finding);
  evaluation->leads = g_ptr_array_new_with_free_func (free_finding);
  evaluation->coverage = g_ptr_array_new_with_free_func (free_coverage);
  evaluation->reasons = strings ();
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    evaluation->ledger.classes[i].class_ = (LensClass)i;
  return evaluation;
}

void
lens_evaluation_free (LensEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  g_free (evaluation->tool.version);
  g_free (evaluation->tool.device);
  g_free (evaluation->tool.only);
  g_free (evaluation->tool.profile_sha256);
  g_free (evaluation->tool.mud_sha256);
  g_free (evaluation->tool.endpoints_sha256);
  g_free (evaluation->tool.resolvers_sha256);
  g_free (evaluation->tool.stream_log_sha256);
  g_free (evaluation->tool.libndpi);
  g_free (evaluation->input.name);
  g_free (evaluation->input.sha256);
  g_free (evaluation->input.status);
  g_free (evaluation->input.problem);
  free_array (evaluation->tool.caps);
  free_array (evaluation->input.files);
  free_array (evaluation->input.notes);
  free_array (evaluation->caps_reached);
  free_array (evaluation->input.interfaces);
  g_free (evaluation->redacted_from);
  g_free (evaluation->laboratory);
  g_free (evaluation->evaluator);
  g_free (evaluation->reference);
  g_free (evaluation->notes);
  free_array (evaluation->devices);
  free_array (evaluation->streams);
  free_array (evaluation->services);
  free_array (evaluation->never_seen);
  free_array (evaluation->unusable);
  free_array (evaluation->phases);
  free_array (evaluation->stimuli);
  free_array (evaluation->witnesses);
  free_array (evaluation->ledger.parts);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    g_free (evaluation->ledger.timeline[i]);
  free_array (evaluation->flows);
  free_array (evaluation->findings);
  free_array (evaluation->leads);
  free_array (evaluation->coverage);
  free_array (evaluation->reasons);
  g_free (evaluation);
}

static gpointer
add (GPtrArray *list, gsize size)
{
  gpointer row = g_malloc0 (size);

  g_ptr_array_add (list, row);
  return row;
}

LensDeviceRow *
lens_evaluation_add_device (LensEvaluation *evaluation)
{
  LensDeviceRow *row = add (evaluation->devices, sizeof *row);

  row->addresses = strings ();
  row->identity = g_ptr_array_new_with_free_func (free_identity);
  row->reasons = strings ();
  return row;
}

LensStreamRow *
lens_evaluation_add_stream (LensEvaluation *evaluation)
{
  LensStreamRow *row = add (evaluation->streams, sizeof *row);

  row->tracks = g_ptr_array_new_with_free_func (free_track);
  return row;
}

LensTrackRow *
lens_stream_row_add_track (LensStreamRow *stream)
{
  return add (stream->tracks, sizeof (LensTrackRow));
}

LensServiceRow *
lens_evaluation_add_service (LensEvaluation *evaluation)
{
  return add (evaluation->services, sizeof (LensServiceRow));
}

LensPhaseRow *
lens_evaluation_add_phase (LensEvaluation *evaluation)
{
  return add (evaluation->phases, sizeof (LensPhaseRow));
}

LensStimulusRow *
lens_evaluation_add_stimulus (LensEvaluation *evaluation)
{
  return add (evaluation->stimuli, sizeof (LensStimulusRow));
}

LensWitnessRow *
lens_evaluation_add_witness (LensEvaluation *evaluation)
{
  return add (evaluation->witnesses, sizeof (LensWitnessRow));
}

LensFlowRow *
lens_evaluation_add_flow (LensEvaluation *evaluation)
{
  return add (evaluation->flows, sizeof (LensFlowRow));
}

static LensFindingRow *
add_finding (GPtrArray *list)
{
  LensFindingRow *row = add (list, sizeof *row);

  row->p_value = -1;
  row->ranges = g_array_new (FALSE, FALSE, sizeof (LensFrameRange));
  row->octets = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  row->excerpt = g_byte_array_new ();
  row->references = strings ();
  return row;
}

LensFindingRow *
lens_evaluation_add_finding (LensEvaluation *evaluation)
{
  return add_finding (evaluation->findings);
}

LensFindingRow *
lens_evaluation_add_lead (LensEvaluation *evaluation)
{
  return add_finding (evaluation->leads);
}

LensCoverageRow *
lens_evaluation_add_coverage (LensEvaluation *evaluation)
{
  LensCoverageRow *row = add (evaluation->coverage, sizeof *row);

  row->limit_bps = -1;
  row->bound_bps = -1;
  row->devices = g_ptr_array_new_with_free_func (free_coverage_device);
  return row;
}

LensLedgerPart *
lens_evaluation_add_part (LensEvaluation *evaluation)
{
  LensLedgerPart *part = add (evaluation->ledger.parts, sizeof *part);

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    part->classes[i].class_ = (LensClass)i;
  return part;
}

LensFileRow *
lens_evaluation_add_file (LensEvaluation *evaluation)
{
  return add (evaluation->input.files, sizeof (LensFileRow));
}

LensReachedRow *
lens_evaluation_add_reached (LensEvaluation *evaluation)
{
  return add (evaluation->caps_reached, sizeof (LensReachedRow));
}

LensCapRow *
lens_evaluation_add_cap (LensEvaluation *evaluation)
{
  return add (evaluation->tool.caps, sizeof (LensCapRow));
}

LensIdentityRow *
lens_device_row_add_identity (LensDeviceRow *device)
{
  LensIdentityRow *row = add (device->identity, sizeof *row);

  row->frames = g_array_new (FALSE, FALSE, sizeof (guint64));
  return row;
}

LensCoverageDevice *
lens_coverage_row_add_device (LensCoverageRow *row)
{
  return add (row->devices, sizeof (LensCoverageDevice));
}

LensInterfaceRow *
lens_evaluation_add_interface (LensEvaluation *evaluation)
{
  return add (evaluation->input.interfaces, sizeof (LensInterfaceRow));
}

gboolean
lens_evaluation_adds_up (const LensEvaluation *evaluation)
{
  const LensLedgerSection *ledger = &evaluation->ledger;
  guint64 sum = 0, timeline = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      sum += ledger->classes[i].bytes;
      for (guint bin = 0; ledger->timeline[i] != NULL && bin < ledger->n_bins; bin++)
        timeline += ledger->timeline[i][bin];
    }
  return sum == ledger->total_bytes && (ledger->n_bins == 0 || timeline == sum);
}
