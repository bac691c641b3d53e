#include "report/record-parts.h"

enum
{
  MAX_BINS = 600
};

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

void
lens_record_write_ledger (LensEmit *emit, const LensLedgerSection *ledger)
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

void
lens_record_write_flows (LensEmit *emit, const LensEvaluation *evaluation)
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

static void
write_coverage_row (LensEmit *emit, const LensCoverageRow *row)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "channel", row->channel);
  lens_emit_string (emit, "status", lens_coverage_status_name (row->status));
  lens_emit_uint (emit, "examined", row->examined);
  lens_emit_real_or_null (emit, "limit_bps", row->limit_bps);
  lens_emit_real_or_null (emit, "bound_bps", row->bound_bps);
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
lens_record_write_coverage (LensEmit *emit, const GPtrArray *coverage)
{
  lens_emit_begin_array (emit, "coverage", LENS_EMIT_TALL);
  for (guint i = 0; i < coverage->len; i++)
    write_coverage_row (emit, coverage->pdata[i]);
  lens_emit_end_array (emit);
}

/* The list `classes` of @object: each class once, none with more than @most has of it. */
static void
read_classes (LensRecordReader *reader, LensJsonValue *object, const LensClassRow *most,
              LensClassRow into[LENS_N_CLASSES])
{
  static const char *const of_class[] = { "class", "bytes", "packets", NULL };
  LensJsonValue *array = lens_json_array (reader->json, object, "classes");
  gboolean seen[LENS_N_CLASSES] = { FALSE };

  for (guint i = 0; i < lens_json_length (array); i++)
    {
      LensJsonValue *value = lens_json_element (array, i);
      const LensClass class_ = lens_record_class (reader, value);
      LensClassRow *row = into + class_;

      lens_record_expect (reader, value, of_class);
      if (seen[class_])
        lens_json_complain (reader->json, value, "class", "stands twice");
      seen[class_] = TRUE;
      row->bytes = lens_record_number (reader, value, "bytes");
      row->packets = lens_record_number (reader, value, "packets");
      if (row->bytes > most[class_].bytes)
        lens_json_complain (reader->json, value, "bytes", "is more than there is");
      if (row->packets > most[class_].packets)
        lens_json_complain (reader->json, value, "packets", "is more than there is");
    }
}

/* Every octet of the capture has one class: the law of the ledger. */
static void
check_sum (LensRecordReader *reader, LensJsonValue *value, const LensLedgerSection *ledger)
{
  guint64 left = ledger->total_bytes;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (ledger->classes[i].bytes > left)
      {
        lens_json_complain (reader->json, value, "classes", "add up to more than total_bytes");
        return;
      }
    else
      left -= ledger->classes[i].bytes;
  if (left > 0)
    lens_json_complain (reader->json, value, "classes", "add up to less than total_bytes");
}

static void
read_part (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensLedgerPart *part = lens_evaluation_add_part (into);

  part->device = lens_record_text (reader, value, "device");
  part->direction = lens_record_text (reader, value, "direction");
  part->phase = lens_record_text (reader, value, "phase");
  read_classes (reader, value, reader->evaluation->ledger.classes, part->classes);
}

static void
read_bins (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensLedgerSection *ledger = into;
  LensJsonValue *bytes = lens_json_array (reader->json, value, "bytes");
  const LensClass class_ = lens_record_class (reader, value);
  guint64 *bins = ledger->timeline[class_], left = ledger->classes[class_].bytes;

  if (lens_json_length (bytes) > ledger->n_bins)
    lens_json_complain (reader->json, value, "bytes", "has more bins than the time line");
  for (guint i = 0; i < MIN (lens_json_length (bytes), ledger->n_bins); i++)
    {
      bins[i] = lens_json_element_uint (reader->json, bytes, i);
      if (bins[i] > left)
        lens_json_complain (reader->json, value, "bytes", "add up to more than the class has");
      left -= MIN (bins[i], left);
    }
}

static void
read_timeline (LensRecordReader *reader, LensJsonValue *value, LensLedgerSection *ledger)
{
  const double bin = lens_json_real (reader->json, value, "bin_seconds", 0);

  ledger->timeline_start = lens_record_time (reader, value, "start");
  if (bin >= 0 && bin < 1e9)
    ledger->timeline_bin = (gint64)(bin * 1e9 + 0.5);
  else
    lens_json_complain (reader->json, value, "bin_seconds", "is out of range");
  ledger->n_bins = (guint)lens_json_uint (reader->json, value, "bins", MAX_BINS);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    ledger->timeline[i] = g_new0 (guint64, ledger->n_bins);
  lens_record_each (reader, value, "classes", ledger, read_bins);
}

static const char *const of_ledger[]
    = { "total_bytes", "total_packets", "classes", "parts", "timeline", NULL };

void
lens_record_read_ledger (LensRecordReader *reader, LensJsonValue *value)
{
  LensLedgerSection *ledger = &reader->evaluation->ledger;
  LensClassRow most[LENS_N_CLASSES];

  lens_record_expect (reader, value, of_ledger);
  ledger->total_bytes = lens_record_number (reader, value, "total_bytes");
  ledger->total_packets = lens_record_number (reader, value, "total_packets");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    most[i] = (LensClassRow){ .bytes = G_MAXUINT64, .packets = ledger->total_packets };
  read_classes (reader, value, most, ledger->classes);
  check_sum (reader, value, ledger);
  lens_record_each (reader, value, "parts", reader->evaluation, read_part);
  read_timeline (reader, lens_json_object (reader->json, value, "timeline"), ledger);
}

static void
read_flow (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensFlowRow *row = lens_evaluation_add_flow (into);

  row->proto = lens_record_text (reader, value, "proto");
  row->src = lens_record_text (reader, value, "src");
  row->sport = lens_record_port (reader, value, "sport");
  row->dst = lens_record_text (reader, value, "dst");
  row->dport = lens_record_port (reader, value, "dport");
  row->packets_out = lens_record_number (reader, value, "packets_out");
  row->bytes_out = lens_record_number (reader, value, "bytes_out");
  row->packets_in = lens_record_number (reader, value, "packets_in");
  row->bytes_in = lens_record_number (reader, value, "bytes_in");
  row->payload = lens_record_number (reader, value, "payload");
  row->first_frame = lens_record_number (reader, value, "first_frame");
  row->first = lens_record_time (reader, value, "first");
  row->last = lens_record_time (reader, value, "last");
  row->application = lens_record_text (reader, value, "application");
  row->class_ = lens_record_class (reader, value);
  row->name = lens_record_text (reader, value, "name");
}

void
lens_record_read_flows (LensRecordReader *reader, LensJsonValue *root)
{
  LensEvaluation *evaluation = reader->evaluation;
  LensJsonValue *rest = lens_json_object (reader->json, root, "flows_rest");

  lens_record_each (reader, root, "flows", evaluation, read_flow);
  evaluation->flows_rest_count = lens_record_number (reader, rest, "count");
  evaluation->flows_rest_packets = lens_record_number (reader, rest, "packets");
  evaluation->flows_rest_bytes = lens_record_number (reader, rest, "bytes");
}

static void
read_coverage_device (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensCoverageDevice *row = lens_coverage_row_add_device (into);

  row->device = lens_record_text (reader, value, "device");
  row->status = lens_record_status (reader, value);
  row->examined = lens_record_number (reader, value, "examined");
}

static void
read_coverage (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  static const char *const of_coverage[] = { "channel", "status", "examined", NULL };
  LensCoverageRow *row = lens_evaluation_add_coverage (into);

  lens_record_expect (reader, value, of_coverage);
  row->channel = lens_record_text (reader, value, "channel");
  row->status = lens_record_status (reader, value);
  row->examined = lens_record_number (reader, value, "examined");
  row->limit_bps = lens_record_share (reader, value, "limit_bps", G_MAXDOUBLE, -1);
  row->bound_bps = lens_record_share (reader, value, "bound_bps", G_MAXDOUBLE, -1);
  row->note = lens_record_text (reader, value, "note");
  lens_record_each (reader, value, "devices", row, read_coverage_device);
}

void
lens_record_read_coverage (LensRecordReader *reader, LensJsonValue *root)
{
  lens_record_each (reader, root, "coverage", reader->evaluation, read_coverage);
}
