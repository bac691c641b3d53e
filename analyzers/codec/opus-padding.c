/* opus-padding: does the padding of Opus packets pad?
 *
 * RFC 6716 section 3.2.5: a packet of code 3 may end in padding, whose octets an encoder must
 * set to 0 and a decoder must accept whatever they are.  A packet that breaks the rules of 3.4
 * is none: decoders drop it.
 *
 * How much there is of it, is for a constant bit rate to say (ledger/fill-sizes.h).
 *
 *   room   8 bits per octet of padding
 *   use    8 bits per octet of it that is not 0; 3 bits for a packet of a size that no rate
 *          explains; of a packet that is none, all of it
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/fill-sizes.h"
#include "ledger/seed-bed.h"

#include "wire/opus.h"

/* Packets that are none, more than faults explain; and at most as many as there are others:
 * else it is another format under this name. */
#define BROKEN 3

typedef struct
{
  guint whole, broken;
  LensFillSizes sizes;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} OpusPadding;

static const LensChannelText channels[] = {
  { .id = "opus-padding",
    .summary = "Padding of the sound, which every decoder discards, holds something else.",
    .room = "The sound is padded; data could travel in the padding.",
    .filter_hint = "rtp",
    .reference = "RFC 6716 section 3.2.5",
    .hides = TRUE,
    .unit = LENS_UNIT_OPUS },
  { NULL },
};

/* A packet that is padded to a size of its own. */
static void
use_size (LensLedger *ledger, const LensUnit *unit, const LensOpus *opus)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "opus-padding", unit, "size");

  lens_ledger_room (ledger, carrier, unit, LENS_FILL_SIZES_BITS);
  lens_ledger_use (ledger, carrier, unit, LENS_FILL_SIZES_BITS, opus->padding.offset,
                   opus->padding.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  OpusPadding *state = data;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  LensOpus opus;
  gsize used = 0;

  if (!lens_opus_parse (unit->view.octets, unit->view.length, &opus))
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, "opus-padding", unit, "packets");
      voice->broken++;
      lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
      lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
      return;
    }
  voice->whole++;
  if (lens_fill_sizes_take (&voice->sizes, unit->view.length, opus.padding.length))
    use_size (ledger, unit, &opus);
  if (opus.padding.length == 0)
    return;
  for (gsize i = opus.padding.offset; i < lens_range_end (opus.padding); i++)
    used += unit->view.octets[i] != 0;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "opus-padding", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * opus.padding.length);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, opus.padding.offset, opus.padding.length);
}

static void
conclude_size (LensLedger *ledger, const Voice *voice, LensCarrier *carrier)
{
  if (voice != NULL && lens_fill_sizes_speak (&voice->sizes))
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                      "The sound is padded to sizes that no bit rate explains.");
  else
    lens_ledger_pass_over (ledger, carrier);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  OpusPadding *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "opus-padding") || carrier->subject == NULL)
        continue;
      const Voice *voice = lens_by_track_peek (&state->tracks, carrier->track);
      if (g_str_equal (carrier->subject, "size"))
        conclude_size (ledger, voice, carrier);
      else if (voice == NULL || voice->broken < BROKEN || voice->broken > voice->whole)
        lens_ledger_find_room (ledger, carrier, "Packets that are no Opus.");
      else
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier),
                          "Packets travel with the sound that no decoder can read.", NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((OpusPadding *)data)->tracks, NULL);
}

/* A packet of one frame (code 0) becomes one of code 3, padded. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    ONE_FRAME = 0x41, /* padded, one frame */
    MOST = 200
  };
  LensSeedPlace place;
  guint8 octets[MOST];

  while (lens_seed_bed_next (bed, LENS_UNIT_OPUS, &place))
    {
      if ((place.octets[place.start] & 3) != 0 || place.spare < MOST + 2)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, MOST);
      if (count == 0)
        continue;
      const guint8 head[] = { ONE_FRAME, (guint8)count },
                   toc = (guint8)(place.octets[place.start] | 3);
      lens_seed_bed_replace (bed, place.start, &toc, 1);
      lens_seed_bed_insert (bed, place.start + 1, head, sizeof head, LENS_SEED_UNIT);
      lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_opus_padding = {
  .name = "opus-padding",
  .question = "Does the padding of Opus packets pad?",
  .source = "RFC 6716 section 3.2.5",
  .units = LENS_UNIT_OPUS,
  .channels = channels,
  .state_size = sizeof (OpusPadding),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
