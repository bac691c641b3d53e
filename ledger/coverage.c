/* What was looked at, channel by channel of the catalogue; and what nobody could see. */
#include "ledger/inside.h"

#include "ledger/channels.h"

#include <string.h>

/* Channels of fields that are random by design: their content cannot be told from noise, so
 * each unit counts as this many bits that may have spoken.  The rate is the residual bound. */
typedef struct
{
  const char *channel;
  guint64 (*units) (LensLedger *ledger, gint device);
  double bits;
  const char *note;
} Residual;

static guint64
dns_queries (LensLedger *ledger, gint device)
{
  guint64 count = 0;

  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      if (side->units != NULL && lens_ledger_source_device (ledger, &side->key) == device)
        count += side->units[g_bit_nth_lsf (LENS_UNIT_DNS, -1)];
    }
  return count;
}

static guint64
tracks_started (LensLedger *ledger, gint device)
{
  guint64 count = 0;

  for (guint i = 0; i < lens_sessions_n_tracks (ledger->sessions); i++)
    {
      const LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      if (track->packets > 0 && track->side != NULL
          && lens_ledger_source_device (ledger, &track->side->key) == device)
        count++;
    }
  return count;
}

static guint64
connections_of (LensLedger *ledger, gint device)
{
  guint64 count = 0;

  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      if (side->key.protocol == 6 && side->packets > 0
          && lens_ledger_source_device (ledger, &side->key) == device)
        count++;
    }
  return count;
}

static const Residual residuals[] = {
  { "dns-txid-srcport", dns_queries, 31,
    "Transaction id (16 bits) and source port (15 bits) of each query are random by design." },
  { "rtp-initial-random", tracks_started, 80,
    "First sequence number, time stamp and SSRC of each track are random by design." },
  { "tcp-isn", connections_of, 32, "Each connection's first sequence number is random by design." },
};

static const Residual *
residual_of (const char *channel)
{
  for (guint i = 0; i < G_N_ELEMENTS (residuals); i++)
    if (g_str_equal (residuals[i].channel, channel))
      return &residuals[i];
  return NULL;
}

static const LensChannelText *
examined_by (const LensLedger *ledger, const char *channel)
{
  for (guint i = 0; i < ledger->options.n_analyzers; i++)
    for (const LensChannelText *text = ledger->options.analyzers[i]->channels; text->id != NULL;
         text++)
      if (g_str_equal (text->id, channel))
        return text;
  return NULL;
}

/* Units of @kind that the device sent. */
static guint64
units_from (LensLedger *ledger, LensUnitKind kind, gint device)
{
  guint bit = (guint)g_bit_nth_lsf (kind, -1);
  guint64 count = 0;

  for (guint32 i = 0; i < lens_flows_n_sides (ledger->flows); i++)
    {
      const LensSide *side = lens_flows_side_at (ledger->flows, i);
      if (lens_ledger_source_device (ledger, &side->key) != device)
        continue;
      if (kind == LENS_UNIT_FRAME)
        count += side->packets;
      else if (side->units != NULL)
        count += side->units[bit];
    }
  return count;
}

static void
fill_examined (LensLedger *ledger, LensUnitKind kind, LensCoverageRow *row)
{
  gboolean differ = FALSE;
  g_autofree guint64 *counts = g_new0 (guint64, ledger->devices->len + 1);

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      counts[i] = units_from (ledger, kind, (gint)i);
      row->examined += counts[i];
      differ |= (counts[i] > 0) != (counts[0] > 0);
    }
  row->status = row->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
  for (guint i = 0; differ && i < ledger->devices->len; i++)
    {
      LensCoverageDevice *device = g_new0 (LensCoverageDevice, 1);
      device->device = g_strdup (((LensDevice *)g_ptr_array_index (ledger->devices, i))->name);
      device->status = counts[i] > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
      device->examined = counts[i];
      g_ptr_array_add (row->devices, device);
    }
}

static void
fill_residual (LensLedger *ledger, const Residual *residual, LensCoverageRow *row)
{
  double bound = 0;

  for (guint i = 0; i < ledger->devices->len; i++)
    {
      guint64 units = residual->units (ledger, (gint)i);
      row->examined += units;
      bound += (double)units * residual->bits / lens_ledger_seconds (ledger, (gint)i);
    }
  row->status = row->examined > 0 ? LENS_COVERAGE_NOT_EXAMINABLE : LENS_COVERAGE_NOT_PRESENT;
  row->note = g_strdup (residual->note);
  if (row->examined > 0)
    row->bound_bps = bound;
}

/* The ledger itself watches these, whatever analyzers run. */
static gboolean
is_the_ledgers (const char *channel)
{
  return g_str_equal (channel, "ledger-unexplained");
}

void
lens_ledger_fill_coverage (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    {
      const char *id = lens_channels[i].id;
      const LensChannelText *text = examined_by (ledger, id);
      const Residual *residual = residual_of (id);
      LensCoverageRow *row = lens_evaluation_add_coverage (evaluation);
      row->channel = g_strdup (id);
      if (text != NULL)
        fill_examined (ledger, text->unit, row);
      else if (is_the_ledgers (id))
        fill_examined (ledger, LENS_UNIT_FRAME, row);
      else if (g_str_equal (id, "witness-difference"))
        {
          row->examined = evaluation->witnesses->len;
          row->status = row->examined > 0 ? LENS_COVERAGE_EXAMINED : LENS_COVERAGE_NOT_PRESENT;
          row->note = g_strdup ("Needs a live run: the puller's log beside the capture.");
        }
      else if (residual != NULL)
        fill_residual (ledger, residual, row);
      else if (g_str_equal (id, "flow-out-of-band-radio"))
        {
          row->status = LENS_COVERAGE_NOT_EXAMINABLE;
          row->note = g_strdup ("Radio and light leave no octets on the wire.");
        }
      else if (ledger->options.partial)
        {
          row->status = LENS_COVERAGE_NOT_EXAMINABLE;
          row->note = g_strdup ("Left out by --only, or not implemented.");
        }
      else
        row->status = LENS_COVERAGE_NOT_IMPLEMENTED;
    }
}
