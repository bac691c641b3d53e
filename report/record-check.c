/* What a whole record says of itself: no part may contradict another. */
#include "report/record-parts.h"

enum
{
  MAX_LAYERS = 5, /* a packet, and what tunnels inside tunnels have in it: each is counted */
};

static LensJsonValue *
row_of (LensRecordReader *reader, const char *list, guint index)
{
  LensJson *json = reader->json;

  return lens_json_element (lens_json_array (json, lens_json_root (json), list), index);
}

/* --- verdicts --- */

/* What a finding alone makes of its device. */
static LensVerdict
verdict_of (const LensFindingRow *finding)
{
  if (finding->severity < LENS_SEVERITY_MEDIUM)
    return LENS_VERDICT_CONFORMS;
  return finding->hides ? LENS_VERDICT_CONCEALED : LENS_VERDICT_UNDECLARED;
}

/* What the whole run makes of a device in which nothing was found, at least: its own losses are
 * only in its reasons. */
static LensVerdict
verdict_of_run (const LensEvaluation *evaluation)
{
  const LensToolSection *tool = &evaluation->tool;
  gboolean residual = tool->profile_sha256 == NULL && tool->mud_sha256 == NULL;
  gboolean spoiled = g_strcmp0 (evaluation->input.status, "complete") != 0;

  for (guint i = 0; i < evaluation->input.interfaces->len; i++)
    spoiled |= ((const LensInterfaceRow *)evaluation->input.interfaces->pdata[i])->dropped > 0;
  for (guint i = 0; i < evaluation->coverage->len; i++)
    residual |= ((const LensCoverageRow *)evaluation->coverage->pdata[i])->bound_bps > 0;
  return spoiled    ? LENS_VERDICT_INCONCLUSIVE
         : residual ? LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY
                    : LENS_VERDICT_CONFORMS;
}

static void
check_reasons (LensRecordReader *reader, LensJsonValue *value, LensVerdict verdict,
               const GPtrArray *reasons)
{
  if (verdict != LENS_VERDICT_CONFORMS && reasons->len == 0)
    lens_json_complain (reader->json, value, "reasons", "are missing: the verdict has some");
}

static void
check_device (LensRecordReader *reader, guint index, LensVerdict found, LensVerdict least)
{
  const LensDeviceRow *device = reader->evaluation->devices->pdata[index];
  LensJsonValue *value = row_of (reader, "devices", index);

  if (MAX (device->verdict, LENS_VERDICT_INCONCLUSIVE) != MAX (found, LENS_VERDICT_INCONCLUSIVE))
    lens_json_complain (reader->json, value, "verdict", "is not that of the findings");
  if (device->verdict < least)
    lens_json_complain (reader->json, value, "verdict", "is milder than the run allows");
  check_reasons (reader, value, device->verdict, device->reasons);
}

/* The worst of its findings by the name of the device; a finding is of one that there is. */
static GHashTable *
sum_findings (LensRecordReader *reader, gboolean failed)
{
  const LensEvaluation *evaluation = reader->evaluation;
  GHashTable *worst = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];
      if (device->name != NULL)
        g_hash_table_insert (worst, device->name, GUINT_TO_POINTER (LENS_VERDICT_CONFORMS));
    }
  for (guint i = 0; i < evaluation->findings->len && !failed; i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];
      gpointer before = NULL;

      if (finding->device == NULL && finding->severity < LENS_SEVERITY_MEDIUM)
        continue;
      if (finding->device == NULL
          || !g_hash_table_lookup_extended (worst, finding->device, NULL, &before))
        lens_json_complain (reader->json, row_of (reader, "findings", i), "device",
                            "is none of the devices");
      else
        g_hash_table_insert (
            worst, finding->device,
            GUINT_TO_POINTER (MAX (GPOINTER_TO_UINT (before), (guint)verdict_of (finding))));
    }
  return worst;
}

/* Of a device the findings decide, then what spoiled the run; of a record its worst device.  One
 * without devices decides nothing, unless its reading went wrong in a way that is a finding. */
static void
check_verdicts (LensRecordReader *reader)
{
  const LensEvaluation *evaluation = reader->evaluation;
  const gboolean failed = g_strcmp0 (evaluation->input.status, "failed") == 0;
  const LensVerdict least = verdict_of_run (evaluation);
  g_autoptr (GHashTable) found = sum_findings (reader, failed);
  LensJsonValue *root = lens_json_root (reader->json);
  LensVerdict worst
      = evaluation->devices->len > 0 ? LENS_VERDICT_CONFORMS : LENS_VERDICT_INCONCLUSIVE;

  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];
      gpointer of_findings
          = device->name != NULL ? g_hash_table_lookup (found, device->name) : NULL;

      check_device (reader, i, (LensVerdict)GPOINTER_TO_UINT (of_findings), least);
      worst = MAX (worst, device->verdict);
    }
  for (guint i = 0; i < evaluation->findings->len && failed; i++)
    worst = MAX (worst, verdict_of (evaluation->findings->pdata[i]));
  if (evaluation->verdict < worst)
    lens_json_complain (reader->json, root, "verdict",
                        evaluation->devices->len > 0 ? "is milder than that of a device"
                                                     : "is milder than that of no device");
  if (evaluation->verdict > worst)
    lens_json_complain (reader->json, root, "verdict", "is that of no device");
  check_reasons (reader, root, evaluation->verdict, evaluation->reasons);
}

/* --- the input --- */

static void
check_input (LensRecordReader *reader)
{
  const LensEvaluation *evaluation = reader->evaluation;
  const LensInputSection *input = &evaluation->input;
  LensJsonValue *value = lens_json_object (reader->json, lens_json_root (reader->json), "input");
  const gboolean complete = g_strcmp0 (input->status, "complete") == 0;
  const gboolean failed = g_strcmp0 (input->status, "failed") == 0;

  if (!complete && !failed && g_strcmp0 (input->status, "truncated") != 0)
    lens_json_complain (reader->json, value, "status", "has an unknown value");
  if (complete == (input->problem != NULL))
    lens_json_complain (reader->json, value, "problem",
                        complete ? "is named, and yet the input is complete"
                                 : "is missing: the input is not complete");
  if (failed && (evaluation->devices->len > 0 || evaluation->ledger.total_packets > 0))
    lens_json_complain (reader->json, value, "status", "is failed, and yet there are packets");
  if (input->packets != evaluation->ledger.total_packets)
    lens_json_complain (reader->json, value, "packets", "is not total_packets of the ledger");
  if (input->last < input->first)
    lens_json_complain (reader->json, value, "last", "is before first");
}

/* --- findings --- */

static gboolean
is_in (const GArray *ranges, guint64 frame)
{
  guint from = 0, to = ranges->len;

  while (from < to)
    {
      const guint middle = from + (to - from) / 2;
      const LensFrameRange *range = &g_array_index (ranges, LensFrameRange, middle);

      if (frame >= range->first && frame <= range->last)
        return TRUE;
      if (frame < range->first)
        to = middle;
      else
        from = middle + 1;
    }
  return FALSE;
}

static gboolean
holds_all (const LensFindingRow *finding)
{
  guint64 left = finding->frame_count;

  for (guint i = 0; i < finding->ranges->len; i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);
      left -= MIN (left, range->last - range->first + 1);
    }
  return left == 0;
}

static void
check_finding (LensRecordReader *reader, const char *list, guint index,
               const LensFindingRow *finding)
{
  if (finding->last < finding->first)
    lens_json_complain (reader->json, row_of (reader, list, index), "last", "is before first");
  if (!holds_all (finding))
    return; /* the frames between are not listed */
  for (guint i = 0; i < finding->octets->len; i++)
    if (!is_in (finding->ranges, g_array_index (finding->octets, LensPiece, i).frame))
      {
        lens_json_complain (reader->json, row_of (reader, list, index), "octets",
                            "lie in a frame that is not the finding's");
        return;
      }
}

static void
check_findings (LensRecordReader *reader, const char *list, const GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    check_finding (reader, list, i, findings->pdata[i]);
}

/* --- coverage and flows --- */

static void
check_coverage (LensRecordReader *reader)
{
  const GPtrArray *coverage = reader->evaluation->coverage;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (coverage->len == 0)
    lens_json_complain (reader->json, lens_json_root (reader->json), "coverage",
                        "is empty: every catalogue has channels");
  for (guint i = 0; i < coverage->len; i++)
    {
      const LensCoverageRow *row = coverage->pdata[i];
      if (row->channel != NULL && !g_hash_table_add (seen, row->channel))
        lens_json_complain (reader->json, row_of (reader, "coverage", i), "channel",
                            "stands twice");
    }
}

static void
check_flows (LensRecordReader *reader)
{
  const LensLedgerSection *ledger = &reader->evaluation->ledger;
  const GPtrArray *flows = reader->evaluation->flows;

  for (guint i = 0; i < flows->len; i++)
    {
      const LensFlowRow *row = flows->pdata[i];

      if (row->last < row->first)
        lens_json_complain (reader->json, row_of (reader, "flows", i), "last", "is before first");
      if ((row->bytes_out + row->bytes_in) / MAX_LAYERS > ledger->total_bytes)
        lens_json_complain (reader->json, row_of (reader, "flows", i), NULL,
                            "has more octets than the capture");
    }
}

void
lens_record_check (LensRecordReader *reader)
{
  const LensEvaluation *evaluation = reader->evaluation;

  if (lens_json_problem (reader->json) != NULL)
    return; /* what is there is not even what it seems */
  check_input (reader);
  check_verdicts (reader);
  check_findings (reader, "findings", evaluation->findings);
  check_findings (reader, "leads", evaluation->leads);
  check_coverage (reader);
  check_flows (reader);
}
