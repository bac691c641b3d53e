#include "report/record.h"

enum
{
  MAX_RANGES = 1000,
  MAX_OCTETS = 100,
  MAX_EXCERPT = 64,
};

G_DEFINE_QUARK (lens - record - error - quark, lens_record_error)

static void
write_strings (LensEmit *emit, const char *key, const GPtrArray *strings)
{
  lens_emit_begin_array (emit, key, LENS_EMIT_TALL);
  for (guint i = 0; i < strings->len; i++)
    lens_emit_string (emit, NULL, strings->pdata[i]);
  lens_emit_end_array (emit);
}

static void
write_real_or_null (LensEmit *emit, const char *key, double value)
{
  if (value >= 0)
    lens_emit_real (emit, key, value);
  else
    lens_emit_null (emit, key);
}

static void
write_int_or_null (LensEmit *emit, const char *key, gint64 value)
{
  if (value >= 0)
    lens_emit_int (emit, key, value);
  else
    lens_emit_null (emit, key);
}

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
  lens_emit_string (emit, "stream_log_sha256", tool->stream_log_sha256);
  lens_emit_string (emit, "libndpi", tool->libndpi);
  lens_emit_end_object (emit);
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
      write_int_or_null (emit, "dropped", row->dropped);
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
  lens_emit_uint (emit, "bytes", input->bytes);
  lens_emit_uint (emit, "packets", input->packets);
  lens_emit_uint (emit, "wire_bytes", input->wire_bytes);
  write_interfaces (emit, input->interfaces);
  if (input->has_times)
    {
      lens_emit_time (emit, "first", input->first);
      lens_emit_time (emit, "last", input->last);
    }
  else
    {
      lens_emit_null (emit, "first");
      lens_emit_null (emit, "last");
    }
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
write_identity (LensEmit *emit, const GPtrArray *identity)
{
  lens_emit_begin_array (emit, "identity", LENS_EMIT_TALL);
  for (guint i = 0; i < identity->len; i++)
    {
      const LensIdentityRow *row = identity->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "field", row->field);
      lens_emit_string (emit, "value", row->value);
      lens_emit_string (emit, "signal", row->signal);
      lens_emit_real (emit, "confidence", row->confidence);
      lens_emit_begin_array (emit, "frames", LENS_EMIT_ROW);
      for (guint n = 0; row->frames != NULL && n < row->frames->len; n++)
        lens_emit_uint (emit, NULL, g_array_index (row->frames, guint64, n));
      lens_emit_end_array (emit);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_device (LensEmit *emit, const LensDeviceRow *device)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "name", device->name);
  lens_emit_begin_object (emit, "declared_identity", LENS_EMIT_TALL);
  lens_emit_string (emit, "vendor", device->vendor);
  lens_emit_string (emit, "model", device->model);
  lens_emit_string (emit, "firmware", device->firmware);
  lens_emit_string (emit, "serial", device->serial);
  lens_emit_string (emit, "site", device->site);
  lens_emit_string (emit, "owner", device->owner);
  lens_emit_string (emit, "asset", device->asset);
  lens_emit_end_object (emit);
  lens_emit_string (emit, "mac", device->mac);
  write_strings (emit, "addresses", device->addresses);
  lens_emit_string (emit, "kind", device->kind);
  write_identity (emit, device->identity);
  lens_emit_string (emit, "verdict", lens_verdict_name (device->verdict));
  write_strings (emit, "reasons", device->reasons);
  lens_emit_end_object (emit);
}

static void
write_stream (LensEmit *emit, const LensStreamRow *stream)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "device", stream->device);
  lens_emit_string (emit, "name", stream->name);
  lens_emit_string (emit, "url", stream->url);
  lens_emit_string (emit, "transport", stream->transport);
  lens_emit_string (emit, "origin", stream->origin);
  lens_emit_boolean (emit, "seen", stream->seen);
  lens_emit_begin_array (emit, "tracks", LENS_EMIT_TALL);
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const LensTrackRow *track = stream->tracks->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "media", track->media);
      lens_emit_string (emit, "codec", track->codec);
      write_int_or_null (emit, "payload_type", track->payload_type);
      write_int_or_null (emit, "ssrc", track->ssrc);
      lens_emit_uint (emit, "packets", track->packets);
      lens_emit_uint (emit, "octets", track->octets);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
write_service (LensEmit *emit, const LensServiceRow *service)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "device", service->device);
  lens_emit_string (emit, "name", service->name);
  lens_emit_string (emit, "proto", service->proto);
  write_int_or_null (emit, "port", service->port);
  lens_emit_string (emit, "to", service->to);
  lens_emit_string (emit, "origin", service->origin);
  lens_emit_boolean (emit, "seen", service->seen);
  lens_emit_end_object (emit);
}

static void
write_declared (LensEmit *emit, const LensEvaluation *evaluation)
{
  lens_emit_begin_object (emit, "declared", LENS_EMIT_TALL);
  lens_emit_begin_array (emit, "streams", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->streams->len; i++)
    write_stream (emit, evaluation->streams->pdata[i]);
  lens_emit_end_array (emit);
  lens_emit_begin_array (emit, "services", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->services->len; i++)
    write_service (emit, evaluation->services->pdata[i]);
  lens_emit_end_array (emit);
  write_strings (emit, "never_seen", evaluation->never_seen);
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
write_witnesses (LensEmit *emit, const GPtrArray *witnesses)
{
  lens_emit_begin_array (emit, "witnesses", LENS_EMIT_TALL);
  for (guint i = 0; i < witnesses->len; i++)
    {
      const LensWitnessRow *row = witnesses->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
      lens_emit_string (emit, "stream", row->stream);
      lens_emit_string (emit, "track", row->track);
      lens_emit_uint (emit, "wire_packets", row->wire_packets);
      lens_emit_uint (emit, "wire_octets", row->wire_octets);
      lens_emit_uint (emit, "puller_packets", row->puller_packets);
      lens_emit_uint (emit, "puller_octets", row->puller_octets);
      lens_emit_uint (emit, "connection_octets", row->connection_octets);
      lens_emit_uint (emit, "overhead_octets", row->overhead_octets);
      lens_emit_int (emit, "unexplained", row->unexplained);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_classes (LensEmit *emit, const LensClassRow classes[LENS_N_CLASSES])
{
  lens_emit_begin_array (emit, "classes", LENS_EMIT_TALL);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "class", lens_class_name ((LensClass)i));
      lens_emit_uint (emit, "bytes", classes[i].bytes);
      lens_emit_uint (emit, "packets", classes[i].packets);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_timeline (LensEmit *emit, const LensLedgerSection *ledger)
{
  lens_emit_begin_object (emit, "timeline", LENS_EMIT_TALL);
  lens_emit_time (emit, "start", ledger->timeline_start);
  lens_emit_seconds (emit, "bin_seconds", ledger->timeline_bin);
  lens_emit_uint (emit, "bins", ledger->n_bins);
  lens_emit_begin_array (emit, "classes", LENS_EMIT_TALL);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "class", lens_class_name ((LensClass)i));
      lens_emit_begin_array (emit, "bytes", LENS_EMIT_ROW);
      for (guint bin = 0; bin < ledger->n_bins; bin++)
        lens_emit_uint (emit, NULL, ledger->timeline[i] != NULL ? ledger->timeline[i][bin] : 0);
      lens_emit_end_array (emit);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
write_ledger (LensEmit *emit, const LensLedgerSection *ledger)
{
  lens_emit_begin_object (emit, "ledger", LENS_EMIT_TALL);
  lens_emit_uint (emit, "total_bytes", ledger->total_bytes);
  lens_emit_uint (emit, "total_packets", ledger->total_packets);
  write_classes (emit, ledger->classes);
  lens_emit_begin_array (emit, "parts", LENS_EMIT_TALL);
  for (guint i = 0; i < ledger->parts->len; i++)
    {
      const LensLedgerPart *part = ledger->parts->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
      lens_emit_string (emit, "device", part->device);
      lens_emit_string (emit, "direction", part->direction);
      lens_emit_string (emit, "phase", part->phase);
      write_classes (emit, part->classes);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  write_timeline (emit, ledger);
  lens_emit_end_object (emit);
}

static void
write_flow (LensEmit *emit, const LensFlowRow *flow)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "proto", flow->proto);
  lens_emit_string (emit, "src", flow->src);
  lens_emit_uint (emit, "sport", flow->sport);
  lens_emit_string (emit, "dst", flow->dst);
  lens_emit_uint (emit, "dport", flow->dport);
  lens_emit_uint (emit, "packets_out", flow->packets_out);
  lens_emit_uint (emit, "bytes_out", flow->bytes_out);
  lens_emit_uint (emit, "packets_in", flow->packets_in);
  lens_emit_uint (emit, "bytes_in", flow->bytes_in);
  lens_emit_uint (emit, "payload", flow->payload);
  lens_emit_uint (emit, "first_frame", flow->first_frame);
  lens_emit_time (emit, "first", flow->first);
  lens_emit_time (emit, "last", flow->last);
  lens_emit_string (emit, "application", flow->application);
  lens_emit_string (emit, "class", lens_class_name (flow->class_));
  lens_emit_string (emit, "name", flow->name);
  lens_emit_end_object (emit);
}

static void
write_flows (LensEmit *emit, const LensEvaluation *evaluation)
{
  lens_emit_begin_array (emit, "flows", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->flows->len; i++)
    write_flow (emit, evaluation->flows->pdata[i]);
  lens_emit_end_array (emit);
  lens_emit_begin_object (emit, "flows_rest", LENS_EMIT_ROW);
  lens_emit_uint (emit, "count", evaluation->flows_rest_count);
  lens_emit_uint (emit, "packets", evaluation->flows_rest_packets);
  lens_emit_uint (emit, "bytes", evaluation->flows_rest_bytes);
  lens_emit_end_object (emit);
}

char *
lens_record_filter (const LensFindingRow *finding)
{
  guint64 selected = 0;

  if (finding->ranges->len == 0 || finding->ranges->len > MAX_RANGES)
    return NULL;
  g_autoptr (GString) filter = g_string_new ("frame.number in {");
  for (guint i = 0; i < finding->ranges->len; i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);

      g_string_append_printf (filter, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", range->first);
      if (range->last != range->first)
        g_string_append_printf (filter, "..%" G_GUINT64_FORMAT, range->last);
      selected += range->last - range->first + 1;
    }
  if (selected != finding->frame_count)
    return NULL;
  g_string_append_c (filter, '}');
  return g_string_free (g_steal_pointer (&filter), FALSE);
}

static void
write_frames (LensEmit *emit, const LensFindingRow *finding)
{
  lens_emit_begin_object (emit, "frames", LENS_EMIT_ROW);
  lens_emit_uint (emit, "count", finding->frame_count);
  lens_emit_begin_array (emit, "ranges", LENS_EMIT_ROW);
  for (guint i = 0; i < MIN (finding->ranges->len, MAX_RANGES); i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);

      lens_emit_begin_array (emit, NULL, LENS_EMIT_ROW);
      lens_emit_uint (emit, NULL, range->first);
      lens_emit_uint (emit, NULL, range->last);
      lens_emit_end_array (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
write_octets (LensEmit *emit, const LensFindingRow *finding)
{
  lens_emit_begin_array (emit, "octets", LENS_EMIT_TALL);
  for (guint i = 0; i < MIN (finding->octets->len, MAX_OCTETS); i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_uint (emit, "frame", piece->frame);
      lens_emit_uint (emit, "offset", piece->offset);
      lens_emit_uint (emit, "length", piece->length);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

static void
write_excerpt (LensEmit *emit, const GByteArray *excerpt)
{
  char hex[2 * MAX_EXCERPT + 1] = "";

  for (guint i = 0; i < MIN (excerpt->len, MAX_EXCERPT); i++)
    g_snprintf (hex + 2 * i, 3, "%02x", excerpt->data[i]);
  lens_emit_string (emit, "excerpt", hex);
}

static void
write_flow_name (LensEmit *emit, const LensFlowName *flow)
{
  if (flow == NULL)
    {
      lens_emit_null (emit, "flow");
      return;
    }
  lens_emit_begin_object (emit, "flow", LENS_EMIT_ROW);
  lens_emit_string (emit, "proto", flow->proto);
  lens_emit_string (emit, "src", flow->src);
  lens_emit_uint (emit, "sport", flow->sport);
  lens_emit_string (emit, "dst", flow->dst);
  lens_emit_uint (emit, "dport", flow->dport);
  lens_emit_end_object (emit);
}

static void
write_finding (LensEmit *emit, const LensFindingRow *finding)
{
  g_autofree char *filter = lens_record_filter (finding);

  lens_emit_begin_object (emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (emit, "id", finding->id);
  lens_emit_string (emit, "channel", finding->channel);
  lens_emit_string (emit, "analyzer", finding->analyzer);
  lens_emit_string (emit, "severity", lens_severity_name (finding->severity));
  lens_emit_boolean (emit, "hides", finding->hides);
  lens_emit_real (emit, "confidence", finding->confidence);
  write_real_or_null (emit, "p_value", finding->p_value);
  lens_emit_string (emit, "device", finding->device);
  write_flow_name (emit, finding->flow);
  write_frames (emit, finding);
  write_octets (emit, finding);
  write_excerpt (emit, finding->excerpt);
  lens_emit_time (emit, "first", finding->first);
  lens_emit_time (emit, "last", finding->last);
  lens_emit_uint (emit, "room_bits", finding->room_bits);
  lens_emit_uint (emit, "used_bits", finding->used_bits);
  lens_emit_real (emit, "capacity_bps", finding->capacity_bps);
  lens_emit_string (emit, "summary", finding->summary);
  lens_emit_string (emit, "detail", finding->detail);
  lens_emit_string (emit, "filter", filter);
  lens_emit_string (emit, "filter_hint", finding->filter_hint);
  write_strings (emit, "references", finding->references);
  lens_emit_end_object (emit);
}

static void
write_findings (LensEmit *emit, const char *key, const GPtrArray *findings)
{
  lens_emit_begin_array (emit, key, LENS_EMIT_TALL);
  for (guint i = 0; i < findings->len; i++)
    write_finding (emit, findings->pdata[i]);
  lens_emit_end_array (emit);
}

static void
write_coverage_row (LensEmit *emit, const LensCoverageRow *row)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "channel", row->channel);
  lens_emit_string (emit, "status", lens_coverage_status_name (row->status));
  lens_emit_uint (emit, "examined", row->examined);
  write_real_or_null (emit, "limit_bps", row->limit_bps);
  write_real_or_null (emit, "bound_bps", row->bound_bps);
  lens_emit_string (emit, "note", row->note);
  lens_emit_begin_array (emit, "devices", LENS_EMIT_ROW);
  for (guint i = 0; i < row->devices->len; i++)
    {
      const LensCoverageDevice *device = row->devices->pdata[i];

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "device", device->device);
      lens_emit_string (emit, "status", lens_coverage_status_name (device->status));
      lens_emit_uint (emit, "examined", device->examined);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
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
  write_report (&emit, evaluation);
  lens_emit_string (&emit, "verdict", lens_verdict_name (evaluation->verdict));
  write_strings (&emit, "reasons", evaluation->reasons);
  lens_emit_begin_array (&emit, "devices", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->devices->len; i++)
    write_device (&emit, evaluation->devices->pdata[i]);
  lens_emit_end_array (&emit);
  write_declared (&emit, evaluation);
  write_phases (&emit, evaluation);
  write_witnesses (&emit, evaluation->witnesses);
  write_ledger (&emit, &evaluation->ledger);
  write_findings (&emit, "findings", evaluation->findings);
  write_findings (&emit, "leads", evaluation->leads);
  lens_emit_begin_array (&emit, "coverage", LENS_EMIT_TALL);
  for (guint i = 0; i < evaluation->coverage->len; i++)
    write_coverage_row (&emit, evaluation->coverage->pdata[i]);
  lens_emit_end_array (&emit);
  write_flows (&emit, evaluation);
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
