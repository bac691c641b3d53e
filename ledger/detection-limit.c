#include "ledger/detection-limit.h"

#include "ledger/seed-inside.h"

#include <math.h>

#define LOWEST (-6) /* powers of two */
#define HIGHEST 16
#define DRAWS 8

typedef struct
{
  const LensSeedGround *ground;
  LensLedgerOptions options; /* with the channel's analyzer only */
  const char *channel;
  guint trials;
  guint32 seed;
} Measure;

static gboolean
holds_frame (const LensFindingRow *finding, guint64 frame)
{
  for (guint i = 0; i < finding->ranges->len; i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);
      if (frame >= range->first && frame <= range->last)
        return TRUE;
    }
  return FALSE;
}

gboolean
lens_detection_found (const LensEvaluation *evaluation, const char *channel,
                      const LensSeedTruth *truth)
{
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      if (finding->severity < LENS_SEVERITY_LOW || !g_str_equal (finding->channel, channel))
        continue;
      for (guint f = 0; f < truth->frames->len; f++)
        if (holds_frame (finding, g_array_index (truth->frames, guint64, f)))
          return TRUE;
    }
  return FALSE;
}

/* A stream with a message in it: chance may leave a seed without a place when a part was due,
 * and what was not said cannot be missed. */
static LensPackets *
speak (const Measure *measure, gint power, guint trial, LensSeedTruth *truth)
{
  guint32 seed = measure->seed ^ ((guint32)(power - LOWEST) << 16 | trial);

  for (guint32 draw = 0; draw < DRAWS; draw++)
    {
      g_autoptr (LensSeedBed) bed
          = lens_seed_bed_new (measure->ground, seed ^ draw << 24, ldexp (1, power));
      if (measure->options.analyzers[0]->seed (bed, measure->channel))
        return lens_seed_bed_finish (bed, truth);
    }
  return NULL;
}

static gboolean
try_once (const Measure *measure, gint power, guint trial)
{
  g_autofree char *problem = NULL;
  LensSeedTruth truth;
  g_autoptr (LensPackets) packets = speak (measure, power, trial, &truth);

  if (packets == NULL)
    return FALSE;
  g_autoptr (LensEvaluation) evaluation
      = lens_packets_evaluate (packets, &measure->options, &problem);
  gboolean found
      = evaluation != NULL && lens_detection_found (evaluation, measure->channel, &truth);
  lens_seed_truth_clear (&truth);
  return found;
}

static gboolean
holds_at (const Measure *measure, gint power)
{
  guint may_miss = measure->trials * (100 - LENS_DETECTION_CONFIDENCE) / 100, missed = 0;

  for (guint trial = 0; trial < measure->trials && missed <= may_miss; trial++)
    missed += !try_once (measure, power, trial);
  return missed <= may_miss;
}

static guint32
seed_of (const LensSeedGround *ground, const char *channel)
{
  guint32 hash = g_str_hash (channel);

  for (guint i = 0; i < lens_packets_n (ground->packets); i++)
    {
      const LensRecord *record = lens_packets_at (ground->packets, i);
      for (gsize o = 0; o < record->captured; o++)
        hash = (hash ^ record->octets[o]) * 16777619u;
    }
  return hash;
}

static const LensAnalyzer *const *
owner_of (const LensLedgerOptions *options, const char *channel)
{
  for (guint i = 0; i < options->n_analyzers; i++)
    for (const LensChannelText *text = options->analyzers[i]->channels; text->id != NULL; text++)
      if (g_str_equal (text->id, channel))
        return &options->analyzers[i];
  return NULL;
}

double
lens_detection_limit (const LensSeedGround *ground, const LensLedgerOptions *options,
                      const char *channel, guint trials)
{
  const LensAnalyzer *const *owner = owner_of (options, channel);
  Measure measure = { .ground = ground, .options = *options, .channel = channel, .trials = trials };
  gint low = LOWEST, high = HIGHEST + 1;

  if (owner == NULL || (*owner)->seed == NULL || trials == 0)
    return -1;
  measure.options.analyzers = owner;
  measure.options.n_analyzers = 1;
  measure.seed = seed_of (ground, channel);
  /* The lowest power that holds lies in low .. high; more of a message is never harder to see. */
  while (low < high)
    {
      gint middle = low + (high - low) / 2;
      if (holds_at (&measure, middle))
        high = middle;
      else
        low = middle + 1;
    }
  return low <= HIGHEST ? ldexp (1, low) : -1;
}
