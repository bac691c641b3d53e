/* JSON Lines in the shape of Suricata's EVE log (suricata-docs, "EVE JSON Format"): one event in a
 * line, so that what reads Suricata reads these too.
 *
 *   flow    each flow of the record
 *   alert   each finding; `signature` is the same for all findings of a channel
 *   engine  one line with the verdict
 *
 * EVE's priorities count down: 1 is the gravest.  A flow_id is the place of a flow in the record.
 * What EVE has no field for stands in `metadata`, under names that begin with lenscap.
 */
#include "report/export-parts.h"

#include <string.h>

#include "report/stamp.h"
#include "wire/address.h"

enum
{
  MICROSECONDS = 6 /* digits of a fraction */
};

typedef struct
{
  GByteArray *lines;
  const LensEvaluation *evaluation;
  GHashTable *places; /* who with whom, to a GArray of places (guint, from 0) of flows */
} Eve;

static void
begin_event (LensEmit *emit, Eve *eve, const char *type, gint64 at)
{
  g_autoptr (GString) stamp = g_string_new (NULL);

  lens_stamp (stamp, at, MICROSECONDS, "+0000");
  lens_emit_init (emit, LENS_EMIT_COMPACT, lens_emit_to_byte_array, eve->lines);
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "timestamp", stamp->str);
  lens_emit_string (emit, "event_type", type);
}

static void
end_event (LensEmit *emit)
{
  lens_emit_end_object (emit);
  lens_emit_finish (emit);
}

static gboolean
is_address (const char *text)
{
  LensAddress address;

  return lens_address_parse (text, &address);
}

/* As Suricata writes them. */
static void
put_proto (LensEmit *emit, const char *proto)
{
  g_autofree char *upper = g_ascii_strup (proto, -1);

  lens_emit_string (emit, "proto", g_str_equal (upper, "ICMPV6") ? "IPv6-ICMP" : upper);
}

/* Who with whom: addresses of the internet layer, or of the link. */
static void
put_ends (LensEmit *emit, const char *proto, const char *src, guint16 sport, const char *dst,
          guint16 dport)
{
  if (src != NULL && dst != NULL && is_address (src) && is_address (dst))
    {
      lens_emit_string (emit, "src_ip", src);
      if (sport != 0)
        lens_emit_uint (emit, "src_port", sport);
      lens_emit_string (emit, "dest_ip", dst);
      if (dport != 0)
        lens_emit_uint (emit, "dest_port", dport);
    }
  else if (src != NULL && dst != NULL)
    {
      lens_emit_begin_object (emit, "ether", LENS_EMIT_ROW);
      lens_emit_string (emit, "src_mac", src);
      lens_emit_string (emit, "dest_mac", dst);
      lens_emit_end_object (emit);
    }
  if (proto != NULL)
    put_proto (emit, proto);
}

/* Who talks with whom, the same from either end. */
static char *
pair_of (const char *proto, const char *src, const char *dst)
{
  const gboolean turned = g_strcmp0 (src, dst) > 0;

  return g_strjoin ("\t", proto, turned ? dst : src, turned ? src : dst, NULL);
}

/* A port of 0 in a finding stands for several. */
static gboolean
is_port (guint16 wanted, guint16 port)
{
  return wanted == 0 || wanted == port;
}

static gboolean
is_of_flow (const LensFlowName *name, const LensFlowRow *flow)
{
  if (g_strcmp0 (name->src, flow->src) == 0 && is_port (name->sport, flow->sport)
      && is_port (name->dport, flow->dport))
    return TRUE;
  return g_strcmp0 (name->src, flow->dst) == 0 && is_port (name->sport, flow->dport)
         && is_port (name->dport, flow->sport);
}

/* Calls @see with the place of each flow that @name names. */
static void
each_flow (const Eve *eve, const LensFlowName *name, void (*see) (guint place, gpointer data),
           gpointer data)
{
  g_autofree char *pair = pair_of (name->proto, name->src, name->dst);
  const GArray *places = g_hash_table_lookup (eve->places, pair);

  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const guint place = g_array_index (places, guint, i);
      if (is_of_flow (name, eve->evaluation->flows->pdata[place]))
        see (place, data);
    }
}

static void
put_source (LensEmit *emit, const Eve *eve, guint64 frame)
{
  const LensInputSection *input = &eve->evaluation->input;

  if (input->files->len == 0 && input->name != NULL)
    lens_emit_string (emit, "pcap_filename", input->name);
  if (frame > 0)
    lens_emit_uint (emit, "pcap_cnt", frame);
}

/* --- alert --- */

static guint64
first_frame (const LensFindingRow *finding)
{
  return finding->ranges->len > 0 ? g_array_index (finding->ranges, LensFrameRange, 0).first : 0;
}

/* One of the lists of strings that `metadata` holds; nothing for NULL. */
static void
put_note (LensEmit *emit, const char *key, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  lens_emit_begin_array (emit, key, LENS_EMIT_ROW);
  lens_emit_string (emit, NULL, value);
  lens_emit_end_array (emit);
}

static void
put_count (LensEmit *emit, const char *key, guint64 value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  put_note (emit, key, digits);
}

static void
put_real (LensEmit *emit, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  put_note (emit, key, g_ascii_formatd (digits, sizeof digits, "%.12g", value));
}

static void
put_notes (LensEmit *emit, const LensFindingRow *finding)
{
  lens_emit_begin_object (emit, "metadata", LENS_EMIT_ROW);
  put_note (emit, "signature_severity", lens_severity_name (finding->severity));
  put_note (emit, "lenscap_finding", finding->id);
  put_note (emit, "lenscap_device", finding->device);
  put_note (emit, "lenscap_name", finding->name);
  put_note (emit, "lenscap_summary", finding->summary);
  put_note (emit, "lenscap_detail", finding->detail);
  put_note (emit, "lenscap_hides", finding->hides ? "true" : "false");
  put_real (emit, "lenscap_confidence", finding->confidence);
  put_count (emit, "lenscap_frames", finding->frame_count);
  put_count (emit, "lenscap_used_bits", finding->used_bits);
  put_count (emit, "lenscap_room_bits", finding->room_bits);
  put_real (emit, "lenscap_capacity_bps", finding->capacity_bps);
  lens_emit_end_object (emit);
}

/* What was found, in a word: room alone is nobody's fault. */
static const char *
category_of (const LensFindingRow *finding)
{
  return finding->severity == LENS_SEVERITY_INFO ? "Room for data"
         : finding->hides                        ? "Hidden data"
                                                 : "Undeclared data";
}

typedef struct
{
  guint count, place;
} Only;

static void
count_flow (guint place, gpointer data)
{
  Only *only = data;

  only->count++;
  only->place = place;
}

static void
put_flow_of (LensEmit *emit, const Eve *eve, const LensFlowName *flow)
{
  Only only = { 0, 0 };

  each_flow (eve, flow, count_flow, &only);
  if (only.count == 1)
    lens_emit_uint (emit, "flow_id", only.place + 1);
  put_ends (emit, flow->proto, flow->src, flow->sport, flow->dst, flow->dport);
}

static void
put_alert (Eve *eve, const LensFindingRow *finding)
{
  g_autofree char *signature = g_strjoin (" ", "lenscap", finding->channel, NULL);
  LensEmit emit;

  begin_event (&emit, eve, "alert", finding->first);
  put_source (&emit, eve, first_frame (finding));
  if (finding->flow != NULL)
    put_flow_of (&emit, eve, finding->flow);
  lens_emit_begin_object (&emit, "alert", LENS_EMIT_ROW);
  lens_emit_string (&emit, "action", "allowed");
  lens_emit_string (&emit, "signature", signature);
  lens_emit_string (&emit, "category", category_of (finding));
  lens_emit_uint (&emit, "severity", 1 + LENS_SEVERITY_CRITICAL - finding->severity);
  put_notes (&emit, finding);
  if (finding->references->len > 0)
    lens_emit_strings (&emit, "references", finding->references);
  lens_emit_end_object (&emit);
  end_event (&emit);
}

/* --- flow --- */

static void
put_stamp (LensEmit *emit, const char *key, gint64 ns)
{
  g_autoptr (GString) stamp = g_string_new (NULL);

  lens_stamp (stamp, ns, MICROSECONDS, "+0000");
  lens_emit_string (emit, key, stamp->str);
}

static void
put_variable (LensEmit *emit, const char *key, const char *value)
{
  lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
  lens_emit_string (emit, "key", key);
  lens_emit_string (emit, "value", value);
  lens_emit_end_object (emit);
}

static void
put_variables (LensEmit *emit, const LensFlowRow *flow)
{
  lens_emit_begin_object (emit, "metadata", LENS_EMIT_ROW);
  lens_emit_begin_array (emit, "flowvars", LENS_EMIT_ROW);
  put_variable (emit, "lenscap.class", lens_class_name (flow->class_));
  if (flow->name != NULL)
    put_variable (emit, "lenscap.name", flow->name);
  if (flow->application != NULL)
    put_variable (emit, "lenscap.application", flow->application);
  lens_emit_end_array (emit);
  lens_emit_end_object (emit);
}

static void
put_flow (Eve *eve, const LensFlowRow *flow, guint place, gboolean alerted)
{
  LensEmit emit;

  begin_event (&emit, eve, "flow", flow->last);
  put_source (&emit, eve, 0);
  lens_emit_uint (&emit, "flow_id", place);
  put_ends (&emit, flow->proto, flow->src, flow->sport, flow->dst, flow->dport);
  lens_emit_begin_object (&emit, "flow", LENS_EMIT_ROW);
  lens_emit_uint (&emit, "pkts_toserver", flow->packets_out);
  lens_emit_uint (&emit, "pkts_toclient", flow->packets_in);
  lens_emit_uint (&emit, "bytes_toserver", flow->bytes_out);
  lens_emit_uint (&emit, "bytes_toclient", flow->bytes_in);
  put_stamp (&emit, "start", flow->first);
  put_stamp (&emit, "end", flow->last);
  lens_emit_boolean (&emit, "alerted", alerted);
  lens_emit_end_object (&emit);
  put_variables (&emit, flow);
  end_event (&emit);
}

static void
mark_flow (guint place, gpointer data)
{
  gboolean *alerted = data;

  alerted[place] = TRUE;
}

static void
put_flows (Eve *eve)
{
  const GPtrArray *flows = eve->evaluation->flows;
  const GPtrArray *findings = eve->evaluation->findings;
  g_autofree gboolean *alerted = g_new0 (gboolean, flows->len);

  for (guint i = 0; i < findings->len; i++)
    {
      const LensFindingRow *finding = findings->pdata[i];
      if (finding->flow != NULL)
        each_flow (eve, finding->flow, mark_flow, alerted);
    }
  for (guint i = 0; i < flows->len; i++)
    put_flow (eve, flows->pdata[i], i + 1, alerted[i]);
}

/* --- engine --- */

/* Of a record without packets: there is no time at all, so it says 1970. */
static void
put_verdict (Eve *eve)
{
  const LensEvaluation *evaluation = eve->evaluation;
  g_autoptr (GString) message = g_string_new ("lenscap verdict ");
  LensEmit emit;

  g_string_append (message, lens_verdict_name (evaluation->verdict));
  for (guint i = 0; i < evaluation->reasons->len; i++)
    g_string_append_printf (message, "%s%s", i == 0 ? ": " : "; ",
                            (const char *)evaluation->reasons->pdata[i]);
  begin_event (&emit, eve, "engine", evaluation->input.has_times ? evaluation->input.last : 0);
  put_source (&emit, eve, 0);
  lens_emit_string (&emit, "log_level", "Notice");
  lens_emit_begin_object (&emit, "engine", LENS_EMIT_ROW);
  lens_emit_string (&emit, "module", "lenscap");
  lens_emit_string (&emit, "message", message->str);
  if (evaluation->input.problem != NULL)
    lens_emit_string (&emit, "error", evaluation->input.problem);
  lens_emit_end_object (&emit);
  end_event (&emit);
}

static void
free_places (gpointer places)
{
  g_array_unref (places);
}

static void
know_flow (GHashTable *known, const LensFlowRow *flow, guint place)
{
  g_autofree char *pair = pair_of (flow->proto, flow->src, flow->dst);
  GArray *places = g_hash_table_lookup (known, pair);

  if (places == NULL)
    {
      places = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (known, g_steal_pointer (&pair), places);
    }
  g_array_append_val (places, place);
}

GBytes *
lens_export_eve (const LensExport *export)
{
  const LensEvaluation *evaluation = export->evaluation;
  g_autoptr (GHashTable) places
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_places);
  Eve eve = { g_byte_array_new (), evaluation, places };

  for (guint i = 0; i < evaluation->flows->len; i++)
    know_flow (places, evaluation->flows->pdata[i], i);
  put_flows (&eve);
  for (guint i = 0; i < evaluation->findings->len; i++)
    put_alert (&eve, evaluation->findings->pdata[i]);
  put_verdict (&eve);
  return g_byte_array_free_to_bytes (eve.lines);
}
