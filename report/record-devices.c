#include "report/record-parts.h"

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
  lens_emit_strings (emit, "addresses", device->addresses);
  lens_emit_string (emit, "kind", device->kind);
  write_identity (emit, device->identity);
  lens_emit_string (emit, "verdict", lens_verdict_name (device->verdict));
  lens_emit_strings (emit, "reasons", device->reasons);
  lens_emit_end_object (emit);
}

void
lens_record_write_devices (LensEmit *emit, const GPtrArray *devices)
{
  lens_emit_begin_array (emit, "devices", LENS_EMIT_TALL);
  for (guint i = 0; i < devices->len; i++)
    write_device (emit, devices->pdata[i]);
  lens_emit_end_array (emit);
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
      lens_emit_int_or_null (emit, "payload_type", track->payload_type);
      lens_emit_int_or_null (emit, "ssrc", track->ssrc);
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
  lens_emit_int_or_null (emit, "port", service->port);
  lens_emit_string (emit, "to", service->to);
  lens_emit_string (emit, "direction", service->direction);
  lens_emit_string (emit, "origin", service->origin);
  lens_emit_boolean (emit, "anybody", service->anybody);
  lens_emit_boolean (emit, "seen", service->seen);
  lens_emit_uint (emit, "packets", service->packets);
  lens_emit_uint (emit, "octets", service->octets);
  lens_emit_uint (emit, "room_bits", 8 * service->octets);
  lens_emit_end_object (emit);
}

void
lens_record_write_declared (LensEmit *emit, const LensEvaluation *evaluation)
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
  lens_emit_strings (emit, "never_seen", evaluation->never_seen);
  lens_emit_strings (emit, "unusable", evaluation->unusable);
  lens_emit_end_object (emit);
}

void
lens_record_write_witnesses (LensEmit *emit, const GPtrArray *witnesses)
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
read_identity (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensIdentityRow *row = lens_device_row_add_identity (into);
  LensJsonValue *frames = lens_json_array (reader->json, value, "frames");

  row->field = lens_record_text (reader, value, "field");
  row->value = lens_record_text (reader, value, "value");
  row->signal = lens_record_text (reader, value, "signal");
  row->confidence = lens_record_share (reader, value, "confidence", 1, 0);
  for (guint i = 0; i < lens_json_length (frames); i++)
    {
      const guint64 frame = lens_json_element_uint (reader->json, frames, i);
      g_array_append_val (row->frames, frame);
    }
}

static void
read_device (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensDeviceRow *row = lens_evaluation_add_device (into);
  LensJsonValue *declared = lens_json_object (reader->json, value, "declared_identity");

  row->name = lens_record_text (reader, value, "name");
  row->vendor = lens_record_text (reader, declared, "vendor");
  row->model = lens_record_text (reader, declared, "model");
  row->firmware = lens_record_text (reader, declared, "firmware");
  row->serial = lens_record_text (reader, declared, "serial");
  row->site = lens_record_text (reader, declared, "site");
  row->owner = lens_record_text (reader, declared, "owner");
  row->asset = lens_record_text (reader, declared, "asset");
  row->mac = lens_record_text (reader, value, "mac");
  lens_json_strings (reader->json, value, "addresses", row->addresses);
  row->kind = lens_record_text (reader, value, "kind");
  lens_record_each (reader, value, "identity", row, read_identity);
  row->verdict = lens_record_verdict (reader, value);
  lens_json_strings (reader->json, value, "reasons", row->reasons);
}

void
lens_record_read_devices (LensRecordReader *reader, LensJsonValue *root)
{
  lens_record_each (reader, root, "devices", reader->evaluation, read_device);
}

static void
read_track (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensTrackRow *row = lens_stream_row_add_track (into);

  row->media = lens_record_text (reader, value, "media");
  row->codec = lens_record_text (reader, value, "codec");
  row->payload_type
      = (gint)CLAMP (lens_json_int (reader->json, value, "payload_type", -1), -1, 255);
  row->ssrc = lens_json_int (reader->json, value, "ssrc", -1);
  row->packets = lens_record_number (reader, value, "packets");
  row->octets = lens_record_number (reader, value, "octets");
}

static void
read_stream (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensStreamRow *row = lens_evaluation_add_stream (into);

  row->device = lens_record_text (reader, value, "device");
  row->name = lens_record_text (reader, value, "name");
  row->url = lens_record_text (reader, value, "url");
  row->transport = lens_record_text (reader, value, "transport");
  row->origin = lens_record_text (reader, value, "origin");
  row->seen = lens_json_flag (reader->json, value, "seen");
  lens_record_each (reader, value, "tracks", row, read_track);
}

static void
read_service (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensServiceRow *row = lens_evaluation_add_service (into);

  row->device = lens_record_text (reader, value, "device");
  row->name = lens_record_text (reader, value, "name");
  row->proto = lens_record_text (reader, value, "proto");
  row->port = (gint)CLAMP (lens_json_int (reader->json, value, "port", -1), -1, G_MAXUINT16);
  row->to = lens_record_text (reader, value, "to");
  row->direction = lens_record_text (reader, value, "direction");
  row->origin = lens_record_text (reader, value, "origin");
  row->anybody = lens_json_flag (reader->json, value, "anybody");
  row->seen = lens_json_flag (reader->json, value, "seen");
  row->packets = lens_json_uint (reader->json, value, "packets", G_MAXUINT64);
  row->octets = lens_json_uint (reader->json, value, "octets", G_MAXUINT64 / 8);
}

void
lens_record_read_declared (LensRecordReader *reader, LensJsonValue *root)
{
  LensJsonValue *declared = lens_json_object (reader->json, root, "declared");

  lens_record_each (reader, declared, "streams", reader->evaluation, read_stream);
  lens_record_each (reader, declared, "services", reader->evaluation, read_service);
  lens_json_strings (reader->json, declared, "never_seen", reader->evaluation->never_seen);
  lens_json_strings (reader->json, declared, "unusable", reader->evaluation->unusable);
}

static void
read_witness (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensWitnessRow *row = lens_evaluation_add_witness (into);

  row->stream = lens_record_text (reader, value, "stream");
  row->track = lens_record_text (reader, value, "track");
  row->wire_packets = lens_record_number (reader, value, "wire_packets");
  row->wire_octets = lens_record_number (reader, value, "wire_octets");
  row->puller_packets = lens_record_number (reader, value, "puller_packets");
  row->puller_octets = lens_record_number (reader, value, "puller_octets");
  row->connection_octets = lens_record_number (reader, value, "connection_octets");
  row->overhead_octets = lens_record_number (reader, value, "overhead_octets");
  row->unexplained = lens_json_int (reader->json, value, "unexplained", 0);
}

void
lens_record_read_witnesses (LensRecordReader *reader, LensJsonValue *root)
{
  lens_record_each (reader, root, "witnesses", reader->evaluation, read_witness);
}
