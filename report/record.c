#include "report/record-parts.h"

G_DEFINE_QUARK (lens - record - error - quark, lens_record_error)

static void
write_tool (LensEmit *emit, const LensToolSection *tool)
{
  lens_emit_begin_object (emit, "tool", LENS_EMIT_TALL);
  lens_emit_string (emit, "version", tool->version);
  lens_emit_begin_object (emit, "options", LENS_EMIT_TALL);
  lens_emit_string (emit, "device", tool->device);
  lens_emit_string (emit, "only", tool->only);
  lens_emit_boolean (emit, "limits", tool->limits);
  lens_emit_real (emit, "alpha", tool->alpha);
  lens_emit_begin_object (emit, "caps", LENS_EMIT_TALL);
  for (guint i = 0; i < tool->caps->len; i++)
    {
      const LensCapRow *cap = tool->caps->pdata[i];
      lens_emit_uint (emit, cap->name, cap->value);
    }
  lens_emit_end_object (emit);
  lens_emit_end_object (emit);
  lens_emit_string (emit, "profile_sha256", tool->profile_sha256);
  lens_emit_string (emit, "mud_sha256", tool->mud_sha256);
  lens_emit_string (emit, "endpoints_sha256", tool->endpoints_sha256);
  lens_emit_string (emit, "resolvers_sha256", tool->resolvers_sha256);
  lens_emit_string (emit, "stream_log_sha256", tool->stream_log_sha256);
  lens_emit_string (emit, "libndpi", tool->libndpi);
  lens_emit_end_object (emit);
}

static GBytes *
tool_octets (const LensToolSection *tool)
{
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_COMPACT, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  write_tool (&emit, tool);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}

gboolean
lens_record_same_tool (const LensToolSection *one, const LensToolSection *other)
{
  g_autoptr (GBytes) first = tool_octets (one);
  g_autoptr (GBytes) second = tool_octets (other);

  return g_bytes_equal (first, second);
}

static void
write_time (LensEmit *emit, const char *key, gint64 ns, gboolean known)
{
  if (known)
    lens_emit_time (emit, key, ns);
  else
    lens_emit_null (emit, key);
}

static void
write_files (LensEmit *emit, const GPtrArray *files)
{
  if (files->len == 0)
    return;
  lens_emit_begin_array (emit, "files", LENS_EMIT_TALL);
  for (guint i = 0; i < files->len; i++)
    {
      const LensFileRow *file = files->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "name", file->name);
      lens_emit_string (emit, "sha256", file->sha256);
      lens_emit_uint (emit, "first_frame", file->first_frame);
      lens_emit_uint (emit, "packets", file->packets);
      write_time (emit, "first", file->first, file->has_times);
      write_time (emit, "last", file->last, file->has_times);
      write_time (emit, "gap", file->gap, file->has_gap);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_interfaces (LensEmit *emit, const GPtrArray *interfaces)
{
  lens_emit_begin_array (emit, "interfaces", LENS_EMIT_TALL);
  for (guint i = 0; i < interfaces->len; i++)
    {
      const LensInterfaceRow *row = interfaces->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_uint (emit, "linktype", row->linktype);
      lens_emit_uint (emit, "snaplen", row->snaplen);
      lens_emit_string (emit, "name", row->name);
      lens_emit_int_or_null (emit, "dropped", row->dropped);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_input (LensEmit *emit, const LensInputSection *input)
{
  lens_emit_begin_object (emit, "input", LENS_EMIT_TALL);
  lens_emit_string (emit, "name", input->name);
  lens_emit_string (emit, "sha256", input->sha256);
  write_files (emit, input->files);
  if (input->files->len > 0)
    lens_emit_strings (emit, "notes", input->notes);
  lens_emit_uint (emit, "bytes", input->bytes);
  lens_emit_uint (emit, "packets", input->packets);
  lens_emit_uint (emit, "wire_bytes", input->wire_bytes);
  write_interfaces (emit, input->interfaces);
  write_time (emit, "first", input->first, input->has_times);
  write_time (emit, "last", input->last, input->has_times);
  lens_emit_uint (emit, "truncated_packets", input->truncated_packets);
  lens_emit_uint (emit, "duplicates", input->duplicates);
  lens_emit_string (emit, "status", input->status);
  lens_emit_string (emit, "problem", input->problem);
  lens_emit_end_object (emit);
}

static void
write_report (LensEmit *emit, const LensEvaluation *evaluation)
{
  lens_emit_begin_object (emit, "report", LENS_EMIT_TALL);
  lens_emit_string (emit, "laboratory", evaluation->laboratory);
  lens_emit_string (emit, "evaluator", evaluation->evaluator);
  lens_emit_string (emit, "reference", evaluation->reference);
  lens_emit_string (emit, "notes", evaluation->notes);
  lens_emit_end_object (emit);
}

static void
write_redaction (LensEmit *emit, const char *from)
{
  if (from == NULL)
    return;
  lens_emit_begin_object (emit, "redaction", LENS_EMIT_TALL);
  lens_emit_string (emit, "original_sums_sha256", from);
  lens_emit_end_object (emit);
}

static void
write_stretch (LensEmit *emit, const char *name, gint64 first, gint64 last, gboolean sham)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "name", name);
  lens_emit_time (emit, "first", first);
  lens_emit_time (emit, "last", last);
  lens_emit_boolean (emit, "sham", sham);
  lens_emit_end_object (emit);
}

static void
write_phases (LensEmit *emit, const LensEvaluation *evaluation)
{
  lens_emit_begin_array (emit, "phases", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->phases->len; i++)
    {
      const LensPhaseRow *phase = evaluation->phases->pdata[i];
      write_stretch (emit, phase->name, phase->first, phase->last, FALSE);
    }
  lens_emit_end_array (emit);
  lens_emit_begin_array (emit, "stimuli", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->stimuli->len; i++)
    {
      const LensStimulusRow *stimulus = evaluation->stimuli->pdata[i];
      write_stretch (emit, stimulus->name, stimulus->first, stimulus->last, stimulus->sham);
    }
  lens_emit_end_array (emit);
}

static void
write_reached (LensEmit *emit, const GPtrArray *reached)
{
  if (reached->len == 0)
    return;
  lens_emit_begin_array (emit, "caps_reached", LENS_EMIT_TALL);
  for (guint i = 0; i < reached->len; i++)
    {
      const LensReachedRow *row = reached->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "name", row->name);
      lens_emit_uint (emit, "limit", row->limit);
      lens_emit_uint (emit, "left_out", row->left_out);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

void
lens_record_write (const LensEvaluation *evaluation, LensEmitLayout layout, LensEmitSink sink,
                   gpointer data)
{
  LensEmit emit;

  lens_emit_init (&emit, layout, sink, data);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&emit, "schema", LENS_RECORD_SCHEMA);
  write_tool (&emit, &evaluation->tool);
  write_input (&emit, &evaluation->input);
  write_redaction (&emit, evaluation->redacted_from);
  write_report (&emit, evaluation);
  lens_emit_string (&emit, "verdict", lens_verdict_name (evaluation->verdict));
  lens_emit_strings (&emit, "reasons", evaluation->reasons);
  write_reached (&emit, evaluation->caps_reached);
  lens_record_write_devices (&emit, evaluation->devices);
  lens_record_write_declared (&emit, evaluation);
  write_phases (&emit, evaluation);
  lens_record_write_witnesses (&emit, evaluation->witnesses);
  lens_record_write_ledger (&emit, &evaluation->ledger);
  lens_record_write_findings (&emit, "findings", evaluation->findings);
  lens_record_write_findings (&emit, "leads", evaluation->leads);
  lens_record_write_coverage (&emit, evaluation->coverage);
  lens_record_write_flows (&emit, evaluation);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
}

GBytes *
lens_record_octets (const LensEvaluation *evaluation, LensEmitLayout layout)
{
  GByteArray *octets = g_byte_array_new ();

  lens_record_write (evaluation, layout, lens_emit_to_byte_array, octets);
  return g_byte_array_free_to_bytes (octets);
}

static const char *const of_tool[] = { "version", "options", NULL };

static void
read_tool (LensRecordReader *reader, LensJsonValue *tool)
{
  LensToolSection *into = &reader->evaluation->tool;
  LensJsonValue *options = lens_json_object (reader->json, tool, "options");
  LensJsonValue *caps = lens_json_object (reader->json, options, "caps");
  g_auto (GStrv) names = lens_json_names (caps);

  lens_record_expect (reader, tool, of_tool);
  into->version = lens_record_text (reader, tool, "version");
  into->device = lens_record_text (reader, options, "device");
  into->only = lens_record_text (reader, options, "only");
  into->limits = lens_json_flag (reader->json, options, "limits");
  into->alpha = lens_record_share (reader, options, "alpha", 1, 0);
  for (guint i = 0; names[i] != NULL; i++)
    {
      LensCapRow *cap = lens_evaluation_add_cap (reader->evaluation);
      cap->name = g_strdup (names[i]);
      cap->value = lens_record_number (reader, caps, names[i]);
    }
  into->profile_sha256 = lens_record_text (reader, tool, "profile_sha256");
  into->mud_sha256 = lens_record_text (reader, tool, "mud_sha256");
  into->endpoints_sha256 = lens_record_text (reader, tool, "endpoints_sha256");
  into->resolvers_sha256 = lens_record_text (reader, tool, "resolvers_sha256");
  into->stream_log_sha256 = lens_record_text (reader, tool, "stream_log_sha256");
  into->libndpi = lens_record_text (reader, tool, "libndpi");
}

static void
read_file (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensFileRow *file = lens_evaluation_add_file (into);

  file->name = lens_record_text (reader, value, "name");
  file->sha256 = lens_record_text (reader, value, "sha256");
  file->first_frame = lens_record_number (reader, value, "first_frame");
  file->packets = lens_record_number (reader, value, "packets");
  file->has_times = lens_json_text (reader->json, value, "first") != NULL;
  file->first = lens_record_time (reader, value, "first");
  file->last = lens_record_time (reader, value, "last");
  file->has_gap = lens_json_text (reader->json, value, "gap") != NULL;
  file->gap = lens_record_time (reader, value, "gap");
}

static void
read_interface (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensInterfaceRow *row = lens_evaluation_add_interface (into);

  row->linktype = (guint16)lens_json_uint (reader->json, value, "linktype", G_MAXUINT16);
  row->snaplen = (guint32)lens_json_uint (reader->json, value, "snaplen", G_MAXUINT32);
  row->name = lens_record_text (reader, value, "name");
  row->dropped = lens_json_int (reader->json, value, "dropped", -1);
}

static void
read_reached (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensReachedRow *row = lens_evaluation_add_reached (into);

  row->name = lens_record_text (reader, value, "name");
  row->limit = lens_record_number (reader, value, "limit");
  row->left_out = lens_record_number (reader, value, "left_out");
}

static const char *const of_input[]
    = { "name", "bytes", "packets", "wire_bytes", "interfaces", "status", NULL };

static void
read_input (LensRecordReader *reader, LensJsonValue *input)
{
  LensInputSection *into = &reader->evaluation->input;

  lens_record_expect (reader, input, of_input);
  into->name = lens_record_text (reader, input, "name");
  into->sha256 = lens_record_text (reader, input, "sha256");
  lens_record_each (reader, input, "files", reader->evaluation, read_file);
  lens_json_strings (reader->json, input, "notes", into->notes);
  into->bytes = lens_record_number (reader, input, "bytes");
  into->packets = lens_record_number (reader, input, "packets");
  into->wire_bytes = lens_record_number (reader, input, "wire_bytes");
  lens_record_each (reader, input, "interfaces", reader->evaluation, read_interface);
  into->has_times = lens_json_text (reader->json, input, "first") != NULL;
  into->first = lens_record_time (reader, input, "first");
  into->last = lens_record_time (reader, input, "last");
  into->truncated_packets = lens_record_number (reader, input, "truncated_packets");
  into->duplicates = lens_record_number (reader, input, "duplicates");
  into->status = lens_record_text (reader, input, "status");
  into->problem = lens_record_text (reader, input, "problem");
}

static void
read_phase (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensPhaseRow *row = lens_evaluation_add_phase (into);

  row->name = lens_record_text (reader, value, "name");
  row->first = lens_record_time (reader, value, "first");
  row->last = lens_record_time (reader, value, "last");
}

static void
read_stimulus (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensStimulusRow *row = lens_evaluation_add_stimulus (into);

  row->name = lens_record_text (reader, value, "name");
  row->first = lens_record_time (reader, value, "first");
  row->last = lens_record_time (reader, value, "last");
  row->sham = lens_json_flag (reader->json, value, "sham");
}

static const char *const of_root[]
    = { "tool",     "input",    "report",  "verdict",    "reasons", "devices",
        "declared", "phases",   "stimuli", "witnesses",  "ledger",  "findings",
        "leads",    "coverage", "flows",   "flows_rest", NULL };

static void
read_all (LensRecordReader *reader)
{
  LensEvaluation *evaluation = reader->evaluation;
  LensJson *json = reader->json;
  LensJsonValue *root = lens_json_root (json);
  LensJsonValue *report = lens_json_object (json, root, "report");

  lens_record_expect (reader, root, of_root);
  read_tool (reader, lens_json_object (json, root, "tool"));
  read_input (reader, lens_json_object (json, root, "input"));
  LensJsonValue *redaction = lens_json_object (json, root, "redaction");
  evaluation->redacted_from = lens_record_text (reader, redaction, "original_sums_sha256");
  evaluation->laboratory = lens_record_text (reader, report, "laboratory");
  evaluation->evaluator = lens_record_text (reader, report, "evaluator");
  evaluation->reference = lens_record_text (reader, report, "reference");
  evaluation->notes = lens_record_text (reader, report, "notes");
  evaluation->verdict = lens_record_verdict (reader, root);
  lens_json_strings (reader->json, root, "reasons", evaluation->reasons);
  lens_record_each (reader, root, "caps_reached", evaluation, read_reached);
  lens_record_read_devices (reader, root);
  lens_record_read_declared (reader, root);
  lens_record_each (reader, root, "phases", evaluation, read_phase);
  lens_record_each (reader, root, "stimuli", evaluation, read_stimulus);
  lens_record_read_witnesses (reader, root);
  lens_record_read_ledger (reader, lens_json_object (json, root, "ledger"));
  lens_record_read_findings (reader, root);
  lens_record_read_coverage (reader, root);
  lens_record_read_flows (reader, root);
  lens_record_check (reader);
}

LensEvaluation *
lens_record_read (const guint8 *octets, gsize length, GError **error)
{
  g_autoptr (LensJson) json = lens_json_parse (octets, length, error);
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  if (json == NULL)
    return NULL;
  LensRecordReader reader = { json, evaluation };
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

LensEvaluation *
lens_record_read_of_case (const guint8 *octets, gsize length, GError **error)
{
  g_autoptr (GError) cause = NULL;
  LensEvaluation *evaluation = lens_record_read (octets, length, &cause);

  if (cause != NULL && cause->domain == LENS_JSON_ERROR)
    g_prefix_error (&cause, "evaluation.json: ");
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return evaluation;
}
