#include "report/record-parts.h"

enum
{
  MAX_RANGES = 1000,
  MAX_OCTETS = 100,
  MAX_EXCERPT = 64,
};

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
  lens_emit_real_or_null (emit, "p_value", finding->p_value);
  lens_emit_string (emit, "device", finding->device);
  write_flow_name (emit, finding->flow);
  lens_emit_string (emit, "name", finding->name);
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
  lens_emit_strings (emit, "references", finding->references);
  lens_emit_end_object (emit);
}

void
lens_record_write_findings (LensEmit *emit, const char *key, const GPtrArray *findings)
{
  lens_emit_begin_array (emit, key, LENS_EMIT_TALL);
  for (guint i = 0; i < findings->len; i++)
    write_finding (emit, findings->pdata[i]);
  lens_emit_end_array (emit);
}

/* Ranges in ascending order, of no more frames than there are. */
static void
read_ranges (LensRecordReader *reader, LensJsonValue *frames, LensFindingRow *finding)
{
  LensJsonValue *array = lens_json_array (reader->json, frames, "ranges");
  guint64 left = finding->frame_count, before = 0;

  for (guint i = 0; i < lens_json_length (array); i++)
    {
      LensJsonValue *value = lens_json_element (array, i);
      const LensFrameRange range = { lens_json_element_uint (reader->json, value, 0),
                                     lens_json_element_uint (reader->json, value, 1) };

      if (lens_json_length (value) != 2 || range.last < range.first
          || (i > 0 && range.first <= before))
        {
          lens_json_complain (reader->json, value, NULL, "is not a range of frames");
          return;
        }
      if (range.last - range.first >= left)
        {
          lens_json_complain (reader->json, frames, "ranges", "hold more frames than count says");
          return;
        }
      left -= range.last - range.first + 1;
      before = range.last;
      g_array_append_val (finding->ranges, range);
    }
}

static void
read_piece (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  LensFindingRow *finding = into;
  const LensPiece piece = { lens_record_number (reader, value, "frame"),
                            (guint32)lens_json_uint (reader->json, value, "offset", G_MAXUINT32),
                            (guint32)lens_json_uint (reader->json, value, "length", G_MAXUINT32) };

  g_array_append_val (finding->octets, piece);
}

static void
read_excerpt (LensRecordReader *reader, LensJsonValue *value, LensFindingRow *finding)
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
read_flow_name (LensRecordReader *reader, LensJsonValue *value)
{
  if (value == NULL)
    return NULL;
  LensFlowName *flow = g_new0 (LensFlowName, 1);
  flow->proto = lens_record_text (reader, value, "proto");
  flow->src = lens_record_text (reader, value, "src");
  flow->sport = lens_record_port (reader, value, "sport");
  flow->dst = lens_record_text (reader, value, "dst");
  flow->dport = lens_record_port (reader, value, "dport");
  return flow;
}

/* What is derived is as it would be derived. */
static void
check_finding (LensRecordReader *reader, LensJsonValue *value, const LensFindingRow *row)
{
  g_autofree char *filter = lens_record_filter (row);

  if (g_strcmp0 (filter, lens_json_text (reader->json, value, "filter")) != 0)
    lens_json_complain (reader->json, value, "filter", "is not that of its frames");
  if (row->used_bits > row->room_bits)
    lens_json_complain (reader->json, value, "used_bits", "is more than room_bits");
}

static const char *const of_finding[]
    = { "id",         "channel",   "analyzer",  "severity",     "hides", "confidence",
        "frames",     "octets",    "excerpt",   "first",        "last",  "summary",
        "references", "room_bits", "used_bits", "capacity_bps", NULL };
static const char *const of_frames[] = { "count", "ranges", NULL };

static void
read_finding_into (LensRecordReader *reader, LensJsonValue *value, LensFindingRow *row)
{
  LensJsonValue *frames = lens_json_object (reader->json, value, "frames");

  lens_record_expect (reader, value, of_finding);
  lens_record_expect (reader, frames, of_frames);
  row->id = lens_record_text (reader, value, "id");
  row->channel = lens_record_text (reader, value, "channel");
  row->analyzer = lens_record_text (reader, value, "analyzer");
  row->severity = lens_record_severity (reader, value);
  row->hides = lens_json_flag (reader->json, value, "hides");
  row->confidence = lens_record_share (reader, value, "confidence", 1, 0);
  row->p_value = lens_record_share (reader, value, "p_value", 1, -1);
  row->device = lens_record_text (reader, value, "device");
  row->flow = read_flow_name (reader, lens_json_object (reader->json, value, "flow"));
  row->name = lens_record_text (reader, value, "name");
  row->frame_count = lens_record_number (reader, frames, "count");
  read_ranges (reader, frames, row);
  lens_record_each (reader, value, "octets", row, read_piece);
  read_excerpt (reader, value, row);
  row->first = lens_record_time (reader, value, "first");
  row->last = lens_record_time (reader, value, "last");
  row->room_bits = lens_record_number (reader, value, "room_bits");
  row->used_bits = lens_record_number (reader, value, "used_bits");
  row->capacity_bps = lens_record_share (reader, value, "capacity_bps", G_MAXDOUBLE, 0);
  row->summary = lens_record_text (reader, value, "summary");
  row->detail = lens_record_text (reader, value, "detail");
  row->filter_hint = lens_record_text (reader, value, "filter_hint");
  lens_json_strings (reader->json, value, "references", row->references);
  check_finding (reader, value, row);
}

/* F001, F002 and so on: a name of its evidence, and what people call it by. */
static void
check_id (LensRecordReader *reader, LensJsonValue *value, const GPtrArray *rows, char kind)
{
  const LensFindingRow *row = rows->pdata[rows->len - 1];
  g_autofree char *id = g_strdup_printf ("%c%03u", kind, rows->len);

  if (row->id != NULL && !g_str_equal (row->id, id))
    lens_json_complain (reader->json, value, "id", "is not its number in the list");
}

static void
read_finding (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  read_finding_into (reader, value, lens_evaluation_add_finding (into));
  check_id (reader, value, reader->evaluation->findings, 'F');
}

static void
read_lead (LensRecordReader *reader, LensJsonValue *value, gpointer into)
{
  read_finding_into (reader, value, lens_evaluation_add_lead (into));
  check_id (reader, value, reader->evaluation->leads, 'L');
}

void
lens_record_read_findings (LensRecordReader *reader, LensJsonValue *root)
{
  lens_record_each (reader, root, "findings", reader->evaluation, read_finding);
  lens_record_each (reader, root, "leads", reader->evaluation, read_lead);
}
