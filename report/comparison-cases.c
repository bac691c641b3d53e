/* The sections of a comparison that have one row for each thing of the record: verdicts, identity,
 * what was declared, ledger, coverage. */
#include "report/comparison-parts.h"

#include <string.h>

/* The sentences of a list as one text: whether they are the same is what is asked. */
static char *
joined (const GPtrArray *sentences)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < sentences->len; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : "; ", (const char *)sentences->pdata[i]);
  return g_string_free (text, FALSE);
}

/* --- verdicts --- */

void
lens_compared_verdicts (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const parts[] = { "device", NULL };
  LensCompared *compared = lens_compared_begin ("verdicts", "Verdicts", parts);

  compared->section->whole = TRUE;
  for (guint side = 0; side < 2; side++)
    {
      const LensEvaluation *evaluation = pair->evaluation[side];
      const char *whole[] = { NULL };
      LensComparedRow *row = lens_compared_row (compared, side, 0, whole);
      g_autofree char *reasons = joined (evaluation->reasons);
      lens_compared_text (row, side, "verdict", lens_verdict_name (evaluation->verdict));
      lens_compared_text (row, side, "reasons", reasons);
      for (guint i = 0; i < evaluation->devices->len; i++)
        {
          const LensDeviceRow *device = evaluation->devices->pdata[i];
          const char *name[] = { lens_compared_device (pair, side, device->name) };
          g_autofree char *why = joined (device->reasons);
          row = lens_compared_row (compared, side, i + 1, name);
          lens_compared_text (row, side, "verdict", lens_verdict_name (device->verdict));
          lens_compared_text (row, side, "reasons", why);
        }
    }
  lens_compared_end (compared, comparison);
}

/* --- identity --- */

static void
put_identity (LensCompared *compared, guint side, guint64 rank, const char *device,
              const char *field, const char *signal, const char *value)
{
  const char *parts[] = { device, field, signal };

  if (value != NULL)
    lens_compared_text (lens_compared_row (compared, side, rank, parts), side, "value", value);
}

static void
put_device (LensCompared *compared, guint side, const char *name, const LensDeviceRow *device)
{
  const struct
  {
    const char *field, *value;
  } declared[] = { { "vendor", device->vendor },     { "model", device->model },
                   { "firmware", device->firmware }, { "serial", device->serial },
                   { "site", device->site },         { "owner", device->owner },
                   { "asset", device->asset } };
  g_autofree char *addresses = joined (device->addresses);

  put_identity (compared, side, 0, name, "name", NULL, device->name);
  put_identity (compared, side, 1, name, "kind", NULL, device->kind);
  put_identity (compared, side, 2, name, "mac", NULL, device->mac);
  put_identity (compared, side, 3, name, "addresses", NULL, addresses);
  for (guint i = 0; i < G_N_ELEMENTS (declared); i++)
    put_identity (compared, side, 4 + i, name, declared[i].field, "profile", declared[i].value);
  for (guint i = 0; i < device->identity->len; i++)
    {
      const LensIdentityRow *row = device->identity->pdata[i];
      put_identity (compared, side, 20 + i, name, row->field, row->signal, row->value);
    }
}

void
lens_compared_identity (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const parts[] = { "device", "field", "signal", NULL };
  LensCompared *compared = lens_compared_begin ("identity", "Who the devices are", parts);

  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < pair->evaluation[side]->devices->len; i++)
      {
        const LensDeviceRow *device = pair->evaluation[side]->devices->pdata[i];
        put_device (compared, side, lens_compared_device (pair, side, device->name), device);
      }
  lens_compared_end (compared, comparison);
}

/* --- declared --- */

static void
put_streams (const LensComparedPair *pair, LensCompared *compared, guint side)
{
  const GPtrArray *streams = pair->evaluation[side]->streams;

  for (guint i = 0; i < streams->len; i++)
    {
      const LensStreamRow *stream = streams->pdata[i];
      const char *device = lens_compared_device (pair, side, stream->device);
      const char *name = stream->name != NULL ? stream->name : stream->url;
      const char *parts[] = { device, "stream", name };
      LensComparedRow *row = lens_compared_row (compared, side, 0, parts);
      lens_compared_text (row, side, "origin", stream->origin);
      lens_compared_text (row, side, "transport", stream->transport);
      lens_compared_text (row, side, "seen", stream->seen ? "yes" : "no");
      for (guint t = 0; t < stream->tracks->len; t++)
        {
          const LensTrackRow *track = stream->tracks->pdata[t];
          g_autofree char *of = g_strdup_printf ("%s, %s", name != NULL ? name : "",
                                                 track->media != NULL ? track->media : "not known");
          const char *track_parts[] = { device, "track", of };
          row = lens_compared_row (compared, side, 1, track_parts);
          lens_compared_text (row, side, "codec", track->codec);
          if (track->payload_type >= 0)
            {
              g_autofree char *type = g_strdup_printf ("%d", track->payload_type);
              lens_compared_text (row, side, "payload type", type);
            }
          lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets", track->packets);
          lens_compared_count (row, side, LENS_COMPARED_OCTETS, "octets", track->octets);
        }
    }
}

static void
put_services (const LensComparedPair *pair, LensCompared *compared, guint side)
{
  const GPtrArray *services = pair->evaluation[side]->services;

  for (guint i = 0; i < services->len; i++)
    {
      const LensServiceRow *service = services->pdata[i];
      const char *parts[]
          = { lens_compared_device (pair, side, service->device), "service", service->name };
      g_autofree char *port = service->port >= 0 ? g_strdup_printf ("%d", service->port) : NULL;
      LensComparedRow *row = lens_compared_row (compared, side, 2, parts);
      lens_compared_text (row, side, "protocol", service->proto);
      lens_compared_text (row, side, "port", port != NULL ? port : "any");
      lens_compared_text (row, side, "to", service->anybody ? "anybody" : service->to);
      lens_compared_text (row, side, "direction", service->direction);
      lens_compared_text (row, side, "origin", service->origin);
      lens_compared_text (row, side, "seen", service->seen ? "yes" : "no");
      lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets", service->packets);
      lens_compared_count (row, side, LENS_COMPARED_OCTETS, "octets", service->octets);
    }
}

void
lens_compared_declared (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const parts[] = { "device", "what", "name", NULL };
  LensCompared *compared = lens_compared_begin ("declared", "What was declared", parts);

  for (guint side = 0; side < 2; side++)
    {
      put_streams (pair, compared, side);
      put_services (pair, compared, side);
    }
  lens_compared_end (compared, comparison);
}

/* --- what was captured --- */

/* Packets that the interfaces dropped; FALSE where none tells. */
static gboolean
sum_dropped (const LensInputSection *input, guint64 *dropped)
{
  gboolean told = FALSE;

  *dropped = 0;
  for (guint i = 0; i < input->interfaces->len; i++)
    {
      const LensInterfaceRow *row = input->interfaces->pdata[i];
      told |= row->dropped >= 0;
      *dropped += (guint64)MAX (row->dropped, 0);
    }
  return told;
}

void
lens_compared_capture (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const parts[] = { NULL };
  LensCompared *compared = lens_compared_begin ("capture", "What was captured", parts);

  for (guint side = 0; side < 2; side++)
    {
      const LensInputSection *input = &pair->evaluation[side]->input;
      LensComparedRow *row = lens_compared_row (compared, side, 0, parts);
      guint64 dropped;

      lens_compared_text (row, side, "status", input->status);
      lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets", input->packets);
      if (sum_dropped (input, &dropped))
        lens_compared_count (row, side, LENS_COMPARED_COUNT, "lost", dropped);
      lens_compared_count (row, side, LENS_COMPARED_COUNT, "cut short", input->truncated_packets);
    }
  lens_compared_end (compared, comparison);
}

/* --- ledger --- */

static void
put_class (LensCompared *compared, guint side, guint64 rank, const char *const *parts,
           guint64 octets, guint64 packets)
{
  LensComparedRow *row = lens_compared_row (compared, side, rank, parts);

  lens_compared_count (row, side, LENS_COMPARED_OCTETS, "octets", octets);
  lens_compared_count (row, side, LENS_COMPARED_COUNT, "packets", packets);
}

static void
put_classes (LensCompared *compared, guint side, guint64 rank, const char *const *of,
             const LensClassRow *classes)
{
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      const char *parts[] = { of[0], of[1], of[2], lens_class_name ((LensClass)i) };
      /* What no part has is not worth a row; of the whole all classes are shown. */
      if (of[0] == NULL || classes[i].bytes > 0)
        put_class (compared, side, rank + i, parts, classes[i].bytes, classes[i].packets);
    }
}

void
lens_compared_ledger (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const names[] = { "device", "direction", "phase", "class", NULL };
  static const char *const total[] = { NULL, NULL, NULL, "total" };
  LensCompared *compared = lens_compared_begin ("ledger", "Ledger: octets by class", names);

  compared->section->whole = TRUE;
  for (guint side = 0; side < 2; side++)
    {
      const LensLedgerSection *ledger = &pair->evaluation[side]->ledger;
      put_classes (compared, side, 0, total, ledger->classes);
      put_class (compared, side, LENS_N_CLASSES, total, ledger->total_bytes, ledger->total_packets);
      for (guint i = 0; i < ledger->parts->len; i++)
        {
          const LensLedgerPart *part = ledger->parts->pdata[i];
          const char *of[]
              = { lens_compared_device (pair, side, part->device), part->direction, part->phase };
          if (of[0] != NULL)
            put_classes (compared, side, ((guint64)i + 1) * 2 * LENS_N_CLASSES, of, part->classes);
        }
    }
  lens_compared_end (compared, comparison);
}

/* --- coverage --- */

void
lens_compared_coverage (const LensComparedPair *pair, LensComparison *comparison)
{
  static const char *const names[] = { "channel", NULL };
  LensCompared *compared = lens_compared_begin ("coverage", "What was examined", names);

  compared->section->folds = TRUE;
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < pair->evaluation[side]->coverage->len; i++)
      {
        const LensCoverageRow *coverage = pair->evaluation[side]->coverage->pdata[i];
        const char *parts[] = { coverage->channel };
        LensComparedRow *row = lens_compared_row (compared, side, i, parts);
        lens_compared_text (row, side, "status", lens_coverage_status_name (coverage->status));
        lens_compared_count (row, side, LENS_COMPARED_COUNT, "examined", coverage->examined);
        lens_compared_rate (row, side, "limit of detection", coverage->limit_bps);
        lens_compared_rate (row, side, "residual bound", coverage->bound_bps);
        lens_compared_text (row, side, "note", coverage->note);
      }
  lens_compared_end (compared, comparison);
}
