/* The verdict: the first of its rules that holds, with every reason that was found. */
#include "ledger/inside.h"

#include "ledger/coverage.h"

#include "wire/linktype.h"

#include <string.h>

#define LINKTYPES_TOLD 8

static void
reason (GPtrArray *reasons, const char *text)
{
  for (guint i = 0; i < reasons->len; i++)
    if (g_str_equal (g_ptr_array_index (reasons, i), text))
      return;
  g_ptr_array_add (reasons, g_strdup (text));
}

static void
reason_count (GPtrArray *reasons, guint64 count, const char *one, const char *many)
{
  if (count == 0)
    return;
  g_autofree char *text = count == 1 ? g_strdup_printf ("1 %s", one)
                                     : g_strdup_printf ("%" G_GUINT64_FORMAT " %s", count, many);
  reason (reasons, text);
}

/* What the findings say of a device. */
static LensVerdict
verdict_of_findings (const LensEvaluation *evaluation, const char *device, GPtrArray *reasons)
{
  guint64 hiding = 0, undeclared = 0;

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      if (finding->severity < LENS_SEVERITY_MEDIUM || g_strcmp0 (finding->device, device) != 0)
        continue;
      *(finding->hides ? &hiding : &undeclared) += 1;
    }
  reason_count (reasons, hiding, "finding of something that hides",
                "findings of something that hides");
  reason_count (reasons, undeclared, "finding of something undeclared",
                "findings of something undeclared");
  return hiding > 0       ? LENS_VERDICT_CONCEALED
         : undeclared > 0 ? LENS_VERDICT_UNDECLARED
                          : LENS_VERDICT_CONFORMS;
}

static gboolean
stream_never_seen (LensLedger *ledger, const LensDevice *device, const LensEvaluation *evaluation)
{
  if (!ledger->options.live || device->profile == NULL)
    return FALSE;
  for (guint i = 0; i < evaluation->streams->len; i++)
    {
      const LensStreamRow *row = g_ptr_array_index (evaluation->streams, i);
      if (g_strcmp0 (row->device, device->name) == 0 && row->name != NULL && !row->seen)
        return TRUE;
    }
  return FALSE;
}

/* A capture says itself where its run was cut short; which phases should be there is known of
 * live runs only. */
static void
judge_phases (LensLedger *ledger, const LensDevice *device, GPtrArray *reasons)
{
  static const char *const names[] = { "idle", "stream", "after" };

  for (guint i = 0; i < ledger->phases->len; i++)
    {
      const LensPhase *phase = g_ptr_array_index (ledger->phases, i);
      g_autofree char *text = g_strdup_printf ("phase %s was ended early", phase->name);
      if (phase->cut)
        reason (reasons, text);
    }
  if (!ledger->options.live || device->profile == NULL)
    return;
  const guint wanted[]
      = { device->profile->idle_s, device->profile->stream_s, device->profile->after_s };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gboolean found = wanted[i] == 0;
      for (guint p = 0; p < ledger->phases->len; p++)
        {
          const LensPhase *phase = g_ptr_array_index (ledger->phases, p);
          found |= g_str_equal (phase->name, names[i]) && !phase->open;
        }
      g_autofree char *text = g_strdup_printf ("phase %s is missing", names[i]);
      if (!found)
        reason (reasons, text);
    }
}

static void
judge_stimulus (LensLedger *ledger, const LensStimulus *stimulus, GPtrArray *reasons)
{
  guint given = 0;

  for (guint i = 0; i < ledger->blocks->len; i++)
    {
      const LensBlock *block = g_ptr_array_index (ledger->blocks, i);
      if (!block->open && !block->failed && g_str_equal (block->name, stimulus->name))
        given++;
    }
  g_autofree char *text
      = g_strdup_printf ("stimulus %s: only %u of %u blocks were given, shams included",
                         stimulus->name, given, 2 * stimulus->blocks);
  if (given < 2 * stimulus->blocks)
    reason (reasons, text);
}

/* As with the phases: what should be there is known of live runs only. */
static void
judge_stimuli (LensLedger *ledger, const LensDevice *device, GPtrArray *reasons)
{
  if (!ledger->options.live || device->profile == NULL)
    return;
  for (guint i = 0; i < device->profile->stimuli->len; i++)
    judge_stimulus (ledger, g_ptr_array_index (device->profile->stimuli, i), reasons);
}

/* What caps of the analysis left out. */
static void
judge_caps (LensLedger *ledger, GPtrArray *reasons)
{
  for (guint i = 0; i < LENS_N_CAPS; i++)
    {
      const LensCapKind *kind = &lens_caps[i];
      if (ledger->left_out[i] == 0 || !kind->of_analysis)
        continue;
      g_autofree char *text = g_strdup_printf (
          "a cap of the analysis was reached (%s): %" G_GUINT64_FORMAT " %s", kind->name,
          ledger->left_out[i], ledger->left_out[i] == 1 ? kind->one : kind->many);
      reason (reasons, text);
    }
}

static gboolean
spoiled (LensLedger *ledger, const LensDevice *device, const LensEvaluation *evaluation,
         GPtrArray *reasons)
{
  guint before = reasons->len;
  gint64 dropped = 0;

  for (guint i = 0; i < evaluation->input.interfaces->len; i++)
    {
      const LensInterfaceRow *row = g_ptr_array_index (evaluation->input.interfaces, i);
      dropped += MAX (row->dropped, 0);
    }
  reason_count (reasons, (guint64)dropped, "packet was lost by the capture",
                "packets were lost by the capture");
  if (device->lost)
    reason (reasons, "octets of a connection are missing in the capture");
  reason_count (reasons, device->truncated, "packet of the device was cut by the snap length",
                "packets of the device were cut by the snap length");
  reason_count (reasons, device->sealed,
                "packet of the device is encrypted on the link (IEEE 802.11) and was not examined",
                "packets of the device are encrypted on the link (IEEE 802.11) and were not "
                "examined");
  if (device->packets_from == 0)
    reason (reasons, "no packet of the device was seen");
  if (stream_never_seen (ledger, device, evaluation))
    reason (reasons, "a declared stream was never seen");
  judge_phases (ledger, device, reasons);
  judge_stimuli (ledger, device, reasons);
  if (evaluation->input.status != NULL && !g_str_equal (evaluation->input.status, "complete"))
    reason (reasons, "the capture is not complete");
  judge_caps (ledger, reasons);
  return reasons->len > before;
}

static gboolean
has_residual (const LensEvaluation *evaluation)
{
  for (guint i = 0; i < evaluation->coverage->len; i++)
    if (((const LensCoverageRow *)g_ptr_array_index (evaluation->coverage, i))->bound_bps > 0)
      return TRUE;
  return FALSE;
}

static void
judge_device (LensLedger *ledger, guint index, LensEvaluation *evaluation)
{
  const LensDevice *device = g_ptr_array_index (ledger->devices, index);
  LensDeviceRow *row = g_ptr_array_index (evaluation->devices, index);
  gboolean bad;

  row->verdict = verdict_of_findings (evaluation, device->name, row->reasons);
  bad = spoiled (ledger, device, evaluation, row->reasons);
  if (row->verdict == LENS_VERDICT_CONFORMS && bad)
    row->verdict = LENS_VERDICT_INCONCLUSIVE;
  gboolean undeclared = device->profile == NULL && ledger->options.mud == NULL;
  if (undeclared)
    reason (row->reasons, "no-declaration");
  if (has_residual (evaluation))
    reason (row->reasons, "fields that are random by design have residual capacity");
  if (row->verdict == LENS_VERDICT_CONFORMS && (undeclared || has_residual (evaluation)))
    row->verdict = LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY;
}

static void
tell_linktype (guint16 linktype, guint64 packets, GPtrArray *reasons)
{
  const char *name = lens_linktype_name (linktype);
  g_autofree char *one = g_strdup_printf ("packet of link type %u%s%s%s was not opened", linktype,
                                          name != NULL ? " (" : "", name != NULL ? name : "",
                                          name != NULL ? ")" : "");
  g_autofree char *many = g_strdup_printf ("packets of link type %u%s%s%s were not opened",
                                           linktype, name != NULL ? " (" : "",
                                           name != NULL ? name : "", name != NULL ? ")" : "");

  reason_count (reasons, packets, one, many);
}

/* Frames of a link type that nobody opens here are of nobody's device: that is said. */
static void
tell_unopened (LensEvaluation *evaluation)
{
  g_autofree guint64 *packets = g_new0 (guint64, G_MAXUINT16 + 1);
  guint64 rest = 0;
  guint told = 0;

  for (guint i = 0; i < evaluation->input.interfaces->len; i++)
    {
      const LensInterfaceRow *row = g_ptr_array_index (evaluation->input.interfaces, i);
      if (!lens_linktype_is_opened (row->linktype))
        packets[row->linktype] += row->packets;
    }
  for (guint linktype = 0; linktype <= G_MAXUINT16; linktype++)
    {
      if (packets[linktype] == 0)
        continue;
      if (told++ < LINKTYPES_TOLD)
        tell_linktype ((guint16)linktype, packets[linktype], evaluation->reasons);
      else
        rest += packets[linktype];
    }
  reason_count (evaluation->reasons, rest, "packet of another link type was not opened",
                "packets of other link types were not opened");
}

void
lens_ledger_fill_verdicts (LensLedger *ledger, const LensStreamLog *log, LensEvaluation *evaluation)
{
  for (guint i = 0; i < ledger->devices->len; i++)
    judge_device (ledger, i, evaluation);
  evaluation->verdict = LENS_VERDICT_CONFORMS;
  for (guint i = 0; i < evaluation->devices->len; i++)
    {
      const LensDeviceRow *row = g_ptr_array_index (evaluation->devices, i);
      evaluation->verdict = MAX (evaluation->verdict, row->verdict);
      for (guint r = 0; r < row->reasons->len; r++)
        reason (evaluation->reasons, g_ptr_array_index (row->reasons, r));
    }
  if (evaluation->devices->len == 0)
    {
      evaluation->verdict = LENS_VERDICT_INCONCLUSIVE;
      reason (evaluation->reasons, "no packet of a device under test was seen");
    }
  tell_unopened (evaluation);
  if (evaluation->devices->len == 0)
    reason_count (evaluation->reasons, ledger->sealed,
                  "packet is encrypted on the link (IEEE 802.11) and was not examined",
                  "packets are encrypted on the link (IEEE 802.11) and were not examined");
  reason_count (evaluation->reasons, ledger->damaged,
                "packet was damaged on the air: its check sequence does not hold",
                "packets were damaged on the air: their check sequences do not hold");
  if (ledger->options.partial)
    reason (evaluation->reasons, "partial");
  lens_coverage_tell_missing (evaluation);
}
