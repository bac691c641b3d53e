/* h265-aud: do access unit delimiters say what the pictures are?
 *
 * ITU-T H.265 (08/2021) 7.3.2.5 and Table 7-2: pic_type 0 announces I slices, 1 also P, 2 also B;
 * 3 to 7 are reserved.  Decoders do not read it.  An encoder writes the smallest that fits, or
 * always the same.
 *
 * Coding units of raw samples (pcm_flag) are another place for data: whether a video may have
 * them stands in its SPS, but how many it has only its decoding tells.
 *
 *   room   3 bits per delimiter; 8 bits per octet of slices that may have raw samples
 *   use    3 bits per delimiter that is reserved or wrong, or against the habit for such pictures
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include <string.h>

enum
{
  UNKNOWN = 3, /* of the picture: no slice yet */
  RESERVED = 3,
  MAX_HELD = 64,
};

static const LensChannelText channels[] = {
  { .id = "h265-aud-pcm",
    .summary = "Picture delimiters of the video say something else than the pictures behind them; "
               "decoders ignore them.",
    .room = "The video has delimiters or raw samples in which data could hide.",
    .filter_hint = "h265.nal_unit_type == 35",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.5 and 7.3.8.7",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

/* Delimiters of pictures that need the same type. */
typedef struct
{
  LensHabit habit;
  LensSpot held[MAX_HELD]; /* until it is known whether there is a habit */
  guint n_held;
  gboolean spoke; /* there is none */
} Alike;

typedef struct
{
  LensH265Watch watch;
  LensTrack *track;
  gboolean open; /* a delimiter waits for its picture */
  guint8 pic_type;
  LensSpot spot;
  guint needs;    /* pic_type that the slices so far need; UNKNOWN: none */
  Alike alike[3]; /* by what the picture needs */
} Delimiters;

static void
use (LensLedger *ledger, const Delimiters *delimiters, const LensSpot *spot)
{
  lens_spot_use (spot, ledger, "h265-aud-pcm", delimiters->track, 3);
}

/* A type that fits may still be a choice.  What surprises is held back until there is more of it
 * than a change of settings explains; then it was the choice that spoke, each time. */
static void
judge_choice (LensLedger *ledger, Delimiters *delimiters, Alike *alike)
{
  lens_habit_take (&alike->habit, delimiters->pic_type);
  if (alike->spoke)
    {
      use (ledger, delimiters, &delimiters->spot);
      return;
    }
  if (alike->n_held == MAX_HELD)
    {
      memmove (alike->held, alike->held + MAX_HELD / 2, sizeof *alike->held * (MAX_HELD / 2));
      alike->n_held = MAX_HELD / 2;
    }
  alike->held[alike->n_held++] = delimiters->spot;
  if (!lens_habit_is_broken (&alike->habit, 8))
    return;
  alike->spoke = TRUE;
  for (guint i = 0; i < alike->n_held; i++)
    use (ledger, delimiters, &alike->held[i]);
}

/* The picture of the delimiter at hand is over. */
static void
judge (LensLedger *ledger, Delimiters *delimiters)
{
  guint needs = delimiters->needs;

  if (!delimiters->open)
    return;
  delimiters->open = FALSE;
  if (delimiters->pic_type >= RESERVED || (needs < UNKNOWN && delimiters->pic_type < needs))
    {
      use (ledger, delimiters, &delimiters->spot);
      if (needs < UNKNOWN)
        lens_habit_take (&delimiters->alike[needs].habit, delimiters->pic_type);
    }
  else if (needs < UNKNOWN)
    judge_choice (ledger, delimiters, &delimiters->alike[needs]);
}

static void
open_picture (LensLedger *ledger, Delimiters *delimiters, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h265-aud-pcm", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 3);
  delimiters->open = TRUE;
  delimiters->pic_type = unit->view.octets[LENS_H265_HEADER] >> 5;
  delimiters->spot = lens_spot_at (unit, LENS_H265_HEADER, 1);
  delimiters->needs = UNKNOWN;
}

static void
see_slice (LensLedger *ledger, Delimiters *delimiters, const LensUnit *unit)
{
  static const guint needs[] = { [LENS_H265_B] = 2, [LENS_H265_P] = 1, [LENS_H265_I] = 0 };
  LensH265Slice slice;

  if (!lens_h265_slice_parse (&slice, delimiters->watch.sets, unit->view.octets, unit->view.length))
    {
      delimiters->open = FALSE; /* what the picture is cannot be told */
      return;
    }
  if (slice.sps->pcm)
    lens_ledger_room (ledger, lens_ledger_carrier (ledger, "h265-aud-pcm", unit, NULL), unit,
                      8 * unit->view.length);
  if (slice.dependent)
    return;
  guint most = needs[slice.slice_type];
  delimiters->needs = delimiters->needs == UNKNOWN ? most : MAX (delimiters->needs, most);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  Delimiters *delimiters = lens_by_track (state, unit->track, sizeof (Delimiters));

  delimiters->track = unit->track;
  lens_h265_watch_take (&delimiters->watch, unit);
  if (delimiters->watch.lost)
    delimiters->open = FALSE;
  if (!lens_h265_is_base (nal))
    return;
  if (nal->type == LENS_H265_AUD && unit->view.length > LENS_H265_HEADER)
    {
      judge (ledger, delimiters);
      open_picture (ledger, delimiters, unit);
      return;
    }
  if (delimiters->watch.new_timestamp)
    judge (ledger, delimiters);
  if (lens_h265_is_slice (nal->type))
    see_slice (ledger, delimiters, unit);
}

/* The last picture ends with the capture. */
static void
conclude (LensLedger *ledger, gpointer state)
{
  const LensByTrack *tracks = state;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    if (lens_rows_peek (tracks, i) != NULL)
      judge (ledger, lens_rows_peek (tracks, i));
  lens_ledger_find_used (ledger);
}

static void
clear_delimiters (gpointer delimiters)
{
  lens_h265_watch_clear (&((Delimiters *)delimiters)->watch);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, clear_delimiters);
}

/* Delimiters of any type before pictures that had none. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint32 bits;

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      guint8 type = place.octets[place.start] >> 1 & 0x3f;
      if (!lens_seed_bed_is_single_nal (bed) || !lens_h265_is_slice (type) || place.spare < 16
          || lens_seed_bed_take_bits (bed, &bits, 3) < 3)
        continue;
      const guint8 octet = (guint8)(bits << 5 | 0x10);
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_AUD, &octet, 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_aud = {
  .name = "h265-aud",
  .question = "Do H.265 picture delimiters say what the pictures are?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.5 and Table 7-2",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
