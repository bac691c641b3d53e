#include "report/record.h"

#include "report/json.h"

enum
{
  MAX_BINS = 600,
  MAX_FRACTION = 9,
};

/* One record being read. */
typedef struct
{
  LensJson *json;
  LensEvaluation *evaluation;
} Reader;

static char *
text (Reader *reader, LensJsonValue *object, const char *key)
{
  return g_strdup (lens_json_text (reader->json, object, key));
}

static guint64
number (Reader *reader, LensJsonValue *object, const char *key)
{
  return lens_json_uint (reader->json, object, key, G_MAXINT64);
}

static guint16
port (Reader *reader, LensJsonValue *object, const char *key)
{
  return (guint16)lens_json_uint (reader->json, object, key, G_MAXUINT16);
}

gboolean
lens_record_parse_time (const char *value, gint64 *ns)
{
  const gboolean negative = *value == '-';
  const char *at = value + negative;
  guint64 total = 0;
  guint fraction = 0;
  gboolean after_point = FALSE;

  for (; *at != '\0'; at++)
    {
      if (*at == '.' && !after_point)
        after_point = TRUE;
      else if (!g_ascii_isdigit (*at) || fraction == MAX_FRACTION || total > G_MAXINT64 / 10 - 9)
        return FALSE;
      else
        {
          total = 10 * total + (guint64)g_ascii_digit_value (*at);
          fraction += after_point;
        }
    }
  for (; fraction < MAX_FRACTION; fraction++)
    {
      if (total > G_MAXINT64 / 10)
        return FALSE;
      total *= 10;
    }
  *ns = negative ? -(gint64)total : (gint64)total;
  return at > value + negative;
}

static gint64
time_of (Reader *reader, LensJsonValue *object, const char *key)
{
  const char *value = lens_json_text (reader->json, object, key);
  gint64 ns = 0;

  if (value != NULL && !lens_record_parse_time (value, &ns))
    lens_json_complain (reader->json, object, key, "is not a time in seconds since the epoch");
  return ns;
}

/* The index of a name among @n names that @name_of gives; a complaint and 0 when unknown. */
static guint
choice (Reader *reader, LensJsonValue *object, const char *key, const char *(*name_of) (guint),
        guint n)
{
  const char *value = lens_json_text (reader->json, object, key);

  for (guint i = 0; value != NULL && i < n; i++)
    if (g_str_equal (value, name_of (i)))
      return i;
  lens_json_complain (reader->json, object, key, "is missing or has an unknown value");
  return 0;
}

static const char *
class_name (guint index)
{
  return lens_class_name ((LensClass)index);
}

static const char *
severity_name (guint index)
{
  return lens_severity_name ((LensSeverity)index);
}

static const char *
verdict_name (guint index)
{
  return lens_verdict_name ((LensVerdict)index);
}

static const char *
status_name (guint index)
{
  return lens_coverage_status_name ((LensCoverageStatus)index);
}

static LensClass
class_of (Reader *reader, LensJsonValue *object)
{
  return (LensClass)choice (reader, object, "class", class_name, LENS_N_CLASSES);
}

static LensVerdict
verdict_of (Reader *reader, LensJsonValue *object)
{
  return (LensVerdict)choice (reader, object, "verdict", verdict_name, LENS_VERDICT_CONCEALED + 1);
}

static LensCoverageStatus
status_of (Reader *reader, LensJsonValue *object)
{
  return (LensCoverageStatus)choice (reader, object, "status", status_name,
                                     LENS_COVERAGE_NOT_IMPLEMENTED + 1);
}

static void
read_strings (Reader *reader, LensJsonValue *object, const char *key, GPtrArray *into)
{
  LensJsonValue *array = lens_json_array (reader->json, object, key);

  for (guint i = 0; i < lens_json_length (array); i++)
    {
      const char *value = lens_json_element_text (reader->json, array, i);
      if (value != NULL)
        g_ptr_array_add (into, g_strdup (value));
    }
}

/* Calls @read for each element of the list @key. */
static void
each (Reader *reader, LensJsonValue *object, const char *key, gpointer into,
      void (*read) (Reader *, LensJsonValue *, gpointer))
{
  LensJsonValue *array = lens_json_array (reader->json, object, key);

  for (guint i = 0; i < lens_json_length (array); i++)
    read (reader, lens_json_element (array, i), into);
}

static void
read_tool (Reader *reader, LensJsonValue *tool)
{
  LensToolSection *into = &reader->evaluation->tool;
  LensJsonValue *options = lens_json_object (reader->json, tool, "options");
  LensJsonValue *caps = lens_json_object (reader->json, options, "caps");
  g_auto (GStrv) names = lens_json_names (caps);

  into->version = text (reader, tool, "version");
  into->device = text (reader, options, "device");
  into->only = text (reader, options, "only");
  into->limits = lens_json_flag (reader->json, options, "limits");
  into->alpha = lens_json_real (reader->json, options, "alpha", 0);
  for (guint i = 0; names[i] != NULL; i++)
    {
      LensCapRow *cap = lens_evaluation_add_cap (reader->evaluation);
      cap->name = g_strdup (names[i]);
      cap->value = number (reader, caps, names[i]);
    }
  into->profile_sha256 = text (reader, tool, "profile_sha256");
  into->mud_sha256 = text (reader, tool, "mud_sha256");
  into->stream_log_sha256 = text (reader, tool, "stream_log_sha256");
  into->libndpi = text (reader, tool, "libndpi");
}

static void
read_file (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensFileRow *file = lens_evaluation_add_file (into);

  file->name = text (reader, value, "name");
  file->sha256 = text (reader, value, "sha256");
  file->first_frame = number (reader, value, "first_frame");
}

static void
read_interface (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensInterfaceRow *row = lens_evaluation_add_interface (into);

  row->linktype = (guint16)lens_json_uint (reader->json, value, "linktype", G_MAXUINT16);
  row->snaplen = (guint32)lens_json_uint (reader->json, value, "snaplen", G_MAXUINT32);
  row->name = text (reader, value, "name");
  row->dropped = lens_json_int (reader->json, value, "dropped", -1);
}

static void
read_input (Reader *reader, LensJsonValue *input)
{
  LensInputSection *into = &reader->evaluation->input;

  into->name = text (reader, input, "name");
  into->sha256 = text (reader, input, "sha256");
  each (reader, input, "files", reader->evaluation, read_file);
  into->bytes = number (reader, input, "bytes");
  into->packets = number (reader, input, "packets");
  into->wire_bytes = number (reader, input, "wire_bytes");
  each (reader, input, "interfaces", reader->evaluation, read_interface);
  into->has_times = lens_json_text (reader->json, input, "first") != NULL;
  into->first = time_of (reader, input, "first");
  into->last = time_of (reader, input, "last");
  into->truncated_packets = number (reader, input, "truncated_packets");
  into->duplicates = number (reader, input, "duplicates");
  into->status = text (reader, input, "status");
  into->problem = text (reader, input, "problem");
}

static void
read_identity (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensIdentityRow *row = lens_device_row_add_identity (into);
  LensJsonValue *frames = lens_json_array (reader->json, value, "frames");

  row->field = text (reader, value, "field");
  row->value = text (reader, value, "value");
  row->signal = text (reader, value, "signal");
  row->confidence = lens_json_real (reader->json, value, "confidence", 0);
  for (guint i = 0; i < lens_json_length (frames); i++)
    {
      const guint64 frame = lens_json_element_uint (reader->json, frames, i);
      g_array_append_val (row->frames, frame);
    }
}

static void
read_device (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensDeviceRow *row = lens_evaluation_add_device (into);
  LensJsonValue *declared = lens_json_object (reader->json, value, "declared_identity");

  row->name = text (reader, value, "name");
  row->vendor = text (reader, declared, "vendor");
  row->model = text (reader, declared, "model");
  row->firmware = text (reader, declared, "firmware");
  row->serial = text (reader, declared, "serial");
  row->site = text (reader, declared, "site");
  row->owner = text (reader, declared, "owner");
  row->asset = text (reader, declared, "asset");
  row->mac = text (reader, value, "mac");
  read_strings (reader, value, "addresses", row->addresses);
  row->kind = text (reader, value, "kind");
  each (reader, value, "identity", row, read_identity);
  row->verdict = verdict_of (reader, value);
  read_strings (reader, value, "reasons", row->reasons);
}

static void
read_track (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensTrackRow *row = lens_stream_row_add_track (into);

  row->media = text (reader, value, "media");
  row->codec = text (reader, value, "codec");
  row->payload_type
      = (gint)CLAMP (lens_json_int (reader->json, value, "payload_type", -1), -1, 255);
  row->ssrc = lens_json_int (reader->json, value, "ssrc", -1);
  row->packets = number (reader, value, "packets");
  row->octets = number (reader, value, "octets");
}

static void
read_stream (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensStreamRow *row = lens_evaluation_add_stream (into);

  row->device = text (reader, value, "device");
  row->name = text (reader, value, "name");
  row->url = text (reader, value, "url");
  row->transport = text (reader, value, "transport");
  row->origin = text (reader, value, "origin");
  row->seen = lens_json_flag (reader->json, value, "seen");
  each (reader, value, "tracks", row, read_track);
}

static void
read_service (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensServiceRow *row = lens_evaluation_add_service (into);

  row->device = text (reader, value, "device");
  row->name = text (reader, value, "name");
  row->proto = text (reader, value, "proto");
  row->port = (gint)CLAMP (lens_json_int (reader->json, value, "port", -1), -1, G_MAXUINT16);
  row->to = text (reader, value, "to");
  row->origin = text (reader, value, "origin");
  row->seen = lens_json_flag (reader->json, value, "seen");
}

static void
read_phase (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensPhaseRow *row = lens_evaluation_add_phase (into);

  row->name = text (reader, value, "name");
  row->first = time_of (reader, value, "first");
  row->last = time_of (reader, value, "last");
}

static void
read_stimulus (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensStimulusRow *row = lens_evaluation_add_stimulus (into);

  row->name = text (reader, value, "name");
  row->first = time_of (reader, value, "first");
  row->last = time_of (reader, value, "last");
  row->sham = lens_json_flag (reader->json, value, "sham");
}

static void
read_witness (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensWitnessRow *row = lens_evaluation_add_witness (into);

  row->stream = text (reader, value, "stream");
  row->track = text (reader, value, "track");
  row->wire_packets = number (reader, value, "wire_packets");
  row->wire_octets = number (reader, value, "wire_octets");
  row->puller_packets = number (reader, value, "puller_packets");
  row->puller_octets = number (reader, value, "puller_octets");
  row->connection_octets = number (reader, value, "connection_octets");
  row->overhead_octets = number (reader, value, "overhead_octets");
  row->unexplained = lens_json_int (reader->json, value, "unexplained", 0);
}

static void
read_class (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensClassRow *row = (LensClassRow *)into + class_of (reader, value);

  row->bytes = number (reader, value, "bytes");
  row->packets = number (reader, value, "packets");
}

static void
read_part (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensLedgerPart *part = lens_evaluation_add_part (into);

  part->device = text (reader, value, "device");
  part->direction = text (reader, value, "direction");
  part->phase = text (reader, value, "phase");
  each (reader, value, "classes", part->classes, read_class);
}

static void
read_bins (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensLedgerSection *ledger = into;
  LensJsonValue *bytes = lens_json_array (reader->json, value, "bytes");
  guint64 *bins = ledger->timeline[class_of (reader, value)];

  if (lens_json_length (bytes) > ledger->n_bins)
    lens_json_complain (reader->json, value, "bytes", "has more bins than the time line");
  for (guint i = 0; i < MIN (lens_json_length (bytes), ledger->n_bins); i++)
    bins[i] = lens_json_element_uint (reader->json, bytes, i);
}

static void
read_timeline (Reader *reader, LensJsonValue *value, LensLedgerSection *ledger)
{
  const double bin = lens_json_real (reader->json, value, "bin_seconds", 0);

  ledger->timeline_start = time_of (reader, value, "start");
  if (bin >= 0 && bin < 1e9)
    ledger->timeline_bin = (gint64)(bin * 1e9 + 0.5);
  else
    lens_json_complain (reader->json, value, "bin_seconds", "is out of range");
  ledger->n_bins = (guint)lens_json_uint (reader->json, value, "bins", MAX_BINS);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    ledger->timeline[i] = g_new0 (guint64, ledger->n_bins);
  each (reader, value, "classes", ledger, read_bins);
}

static void
read_ledger (Reader *reader, LensJsonValue *value)
{
  LensLedgerSection *ledger = &reader->evaluation->ledger;

  ledger->total_bytes = number (reader, value, "total_bytes");
  ledger->total_packets = number (reader, value, "total_packets");
  each (reader, value, "classes", ledger->classes, read_class);
  each (reader, value, "parts", reader->evaluation, read_part);
  read_timeline (reader, lens_json_object (reader->json, value, "timeline"), ledger);
}

static void
read_flow (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensFlowRow *row = lens_evaluation_add_flow (into);

  row->proto = text (reader, value, "proto");
  row->src = text (reader, value, "src");
  row->sport = port (reader, value, "sport");
  row->dst = text (reader, value, "dst");
  row->dport = port (reader, value, "dport");
  row->packets_out = number (reader, value, "packets_out");
  row->bytes_out = number (reader, value, "bytes_out");
  row->packets_in = number (reader, value, "packets_in");
  row->bytes_in = number (reader, value, "bytes_in");
  row->payload = number (reader, value, "payload");
  row->first_frame = number (reader, value, "first_frame");
  row->first = time_of (reader, value, "first");
  row->last = time_of (reader, value, "last");
  row->application = text (reader, value, "application");
  row->class_ = class_of (reader, value);
  row->name = text (reader, value, "name");
}

static void
read_range (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensFindingRow *finding = into;
  const LensFrameRange range = { lens_json_element_uint (reader->json, value, 0),
                                 lens_json_element_uint (reader->json, value, 1) };

  if (lens_json_length (value) != 2 || range.last < range.first)
    lens_json_complain (reader->json, value, NULL, "is not a range of frames");
  else
    g_array_append_val (finding->ranges, range);
}

static void
read_piece (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensFindingRow *finding = into;
  const LensPiece piece = { number (reader, value, "frame"),
                            (guint32)lens_json_uint (reader->json, value, "offset", G_MAXUINT32),
                            (guint32)lens_json_uint (reader->json, value, "length", G_MAXUINT32) };

  g_array_append_val (finding->octets, piece);
}

static void
read_excerpt (Reader *reader, LensJsonValue *value, LensFindingRow *finding)
{
  const char *hex = lens_json_text (reader->json, value, "excerpt");

  for (; hex != NULL && hex[0] != '\0'; hex += 2)
    {
      if (!g_ascii_isxdigit (hex[0]) || !g_ascii_isxdigit (hex[1]))
        {
          lens_json_complain (reader->json, value, "excerpt", "is not hexadecimal");
          return;
        }
      const guint8 octet
          = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (finding->excerpt, &octet, 1);
    }
}

static LensFlowName *
read_flow_name (Reader *reader, LensJsonValue *value)
{
  if (value == NULL)
    return NULL;
  LensFlowName *flow = g_new0 (LensFlowName, 1);
  flow->proto = text (reader, value, "proto");
  flow->src = text (reader, value, "src");
  flow->sport = port (reader, value, "sport");
  flow->dst = text (reader, value, "dst");
  flow->dport = port (reader, value, "dport");
  return flow;
}

static void
read_finding_into (Reader *reader, LensJsonValue *value, LensFindingRow *row)
{
  LensJsonValue *frames = lens_json_object (reader->json, value, "frames");

  row->id = text (reader, value, "id");
  row->channel = text (reader, value, "channel");
  row->analyzer = text (reader, value, "analyzer");
  row->severity
      = (LensSeverity)choice (reader, value, "severity", severity_name, LENS_SEVERITY_CRITICAL + 1);
  row->hides = lens_json_flag (reader->json, value, "hides");
  row->confidence = lens_json_real (reader->json, value, "confidence", 0);
  row->p_value = lens_json_real (reader->json, value, "p_value", -1);
  row->device = text (reader, value, "device");
  row->flow = read_flow_name (reader, lens_json_object (reader->json, value, "flow"));
  row->frame_count = number (reader, frames, "count");
  each (reader, frames, "ranges", row, read_range);
  each (reader, value, "octets", row, read_piece);
  read_excerpt (reader, value, row);
  row->first = time_of (reader, value, "first");
  row->last = time_of (reader, value, "last");
  row->room_bits = number (reader, value, "room_bits");
  row->used_bits = number (reader, value, "used_bits");
  row->capacity_bps = lens_json_real (reader->json, value, "capacity_bps", 0);
  row->summary = text (reader, value, "summary");
  row->detail = text (reader, value, "detail");
  row->filter_hint = text (reader, value, "filter_hint");
  read_strings (reader, value, "references", row->references);
}

static void
read_finding (Reader *reader, LensJsonValue *value, gpointer into)
{
  read_finding_into (reader, value, lens_evaluation_add_finding (into));
}

static void
read_lead (Reader *reader, LensJsonValue *value, gpointer into)
{
  read_finding_into (reader, value, lens_evaluation_add_lead (into));
}

static void
read_coverage_device (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensCoverageDevice *row = lens_coverage_row_add_device (into);

  row->device = text (reader, value, "device");
  row->status = status_of (reader, value);
  row->examined = number (reader, value, "examined");
}

static void
read_coverage (Reader *reader, LensJsonValue *value, gpointer into)
{
  LensCoverageRow *row = lens_evaluation_add_coverage (into);

  row->channel = text (reader, value, "channel");
  row->status = status_of (reader, value);
  row->examined = number (reader, value, "examined");
  row->limit_bps = lens_json_real (reader->json, value, "limit_bps", -1);
  row->bound_bps = lens_json_real (reader->json, value, "bound_bps", -1);
  row->note = text (reader, value, "note");
  each (reader, value, "devices", row, read_coverage_device);
}

static void
read_all (Reader *reader)
{
  LensEvaluation *evaluation = reader->evaluation;
  LensJson *json = reader->json;
  LensJsonValue *root = lens_json_root (json);
  LensJsonValue *report = lens_json_object (json, root, "report");
  LensJsonValue *declared = lens_json_object (json, root, "declared");
  LensJsonValue *rest = lens_json_object (json, root, "flows_rest");

  read_tool (reader, lens_json_object (json, root, "tool"));
  read_input (reader, lens_json_object (json, root, "input"));
  evaluation->laboratory = text (reader, report, "laboratory");
  evaluation->evaluator = text (reader, report, "evaluator");
  evaluation->reference = text (reader, report, "reference");
  evaluation->notes = text (reader, report, "notes");
  evaluation->verdict = verdict_of (reader, root);
  read_strings (reader, root, "reasons", evaluation->reasons);
  each (reader, root, "devices", evaluation, read_device);
  each (reader, declared, "streams", evaluation, read_stream);
  each (reader, declared, "services", evaluation, read_service);
  read_strings (reader, declared, "never_seen", evaluation->never_seen);
  each (reader, root, "phases", evaluation, read_phase);
  each (reader, root, "stimuli", evaluation, read_stimulus);
  each (reader, root, "witnesses", evaluation, read_witness);
  read_ledger (reader, lens_json_object (json, root, "ledger"));
  each (reader, root, "findings", evaluation, read_finding);
  each (reader, root, "leads", evaluation, read_lead);
  each (reader, root, "coverage", evaluation, read_coverage);
  each (reader, root, "flows", evaluation, read_flow);
  evaluation->flows_rest_count = number (reader, rest, "count");
  evaluation->flows_rest_packets = number (reader, rest, "packets");
  evaluation->flows_rest_bytes = number (reader, rest, "bytes");
}

LensEvaluation *
lens_record_read (const guint8 *octets, gsize length, GError **error)
{
  g_autoptr (LensJson) json = lens_json_parse (octets, length, error);
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  if (json == NULL)
    return NULL;
  Reader reader = { json, evaluation };
  const char *schema = lens_json_text (json, lens_json_root (json), "schema");
  if (g_strcmp0 (schema, LENS_RECORD_SCHEMA) == 0)
    read_all (&reader);
  else
    lens_json_complain (json, NULL, "schema", "is not " LENS_RECORD_SCHEMA);

  const char *problem = lens_json_problem (json);
  if (problem != NULL)
    {
      g_set_error_literal (error, LENS_RECORD_ERROR, LENS_RECORD_ERROR_INVALID, problem);
      return NULL;
    }
  return g_steal_pointer (&evaluation);
}
