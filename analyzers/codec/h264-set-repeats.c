/* h264-set-repeats: how often is the same parameter set said again before one picture?
 *
 * ITU-T H.264 (08/2021) 7.4.1.2.1: a parameter set may be sent again at any time with the content
 * it had.  Once before a picture helps those who come late; a second copy in the same place helps
 * nobody, and a decoder does not count.
 *
 * Benign: a copy now and then, before key pictures or by a clock; two of each before every key
 * picture, since both the encoder and the server put them there.
 *
 *   use    1 bit per copy behind the first, where the number of copies has no habit
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habits.h"

enum
{
  KNOWN = 8, /* different sets before one picture that are told apart */
};

#define CHURN "h264-ps-churn" /* one channel with h264-parameter-sets */

typedef struct
{
  LensHabits habits[2]; /* copies behind the first, by kind: SPS, PPS */
  guint copies[2];      /* before the next picture */
  guint64 known[KNOWN]; /* hashes of the sets there */
  guint n_known;
  gboolean started, lost; /* a packet is missing since the last picture */
  guint16 sequence;
} Repeats;

static const LensChannelText channels[] = {
  { .id = CHURN,
    .summary = "The video's parameter sets come again and again before one picture, in numbers "
               "without a habit.",
    .filter_hint = "h264.nal_unit_type == 7 || h264.nal_unit_type == 8",
    .reference = "ITU-T H.264 (08/2021) 7.4.1.2.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static gboolean
is_known (Repeats *repeats, const LensView *view)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (gsize i = 0; i < view->length; i++)
    hash = (hash ^ view->octets[i]) * 0x100000001b3u;
  for (guint i = 0; i < repeats->n_known; i++)
    if (repeats->known[i] == hash)
      return TRUE;
  if (repeats->n_known < KNOWN)
    repeats->known[repeats->n_known++] = hash;
  return FALSE;
}

static void
see_set (LensLedger *ledger, Repeats *repeats, const LensUnit *unit)
{
  guint kind = unit->nal->type == LENS_H264_PPS;

  if (!is_known (repeats, &unit->view))
    return;
  repeats->copies[kind]++;
  if (!lens_habits_is_noise (&repeats->habits[kind]))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHURN, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 1);
  lens_ledger_use (ledger, carrier, unit, 1, 0, unit->view.length);
}

static void
begin_picture (Repeats *repeats, gboolean key)
{
  const guint contexts[] = { 0, key };

  for (guint kind = 0; kind < 2; kind++)
    {
      if (!repeats->lost)
        lens_habits_take (&repeats->habits[kind], 2, contexts, repeats->copies[kind]);
      repeats->copies[kind] = 0;
    }
  repeats->n_known = 0;
  repeats->lost = FALSE;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Repeats *repeats = lens_by_track (state, unit->track, sizeof (Repeats));
  const LensNal *nal = unit->nal;

  repeats->lost |= !repeats->started
                   || (nal->first_sequence != repeats->sequence
                       && nal->first_sequence != (guint16)(repeats->sequence + 1));
  repeats->started = TRUE;
  repeats->sequence = nal->last_sequence;
  if (nal->type == LENS_H264_SPS || nal->type == LENS_H264_PPS)
    see_set (ledger, repeats, unit);
  /* first_mb_in_slice is 0 where its first bit is set. */
  else if ((nal->type == 1 || nal->type == 2 || nal->type == LENS_H264_IDR) && unit->view.length > 1
           && unit->view.octets[1] >> 7 == 1)
    begin_picture (repeats, nal->type == LENS_H264_IDR);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Repeats *repeats
          = carrier->track != NULL ? lens_by_track_peek (state, carrier->track) : NULL;
      if (repeats != NULL && g_str_equal (carrier->analyzer, "h264-set-repeats")
          && carrier->uses > 0
          && (lens_habits_is_noise (&repeats->habits[0])
              || lens_habits_is_noise (&repeats->habits[1])))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          "Found: copies before one picture.");
    }
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

const LensAnalyzer lens_analyzer_h264_set_repeats = {
  .name = "h264-set-repeats",
  .question = "Do parameter sets come again only as often as they usually do?",
  .source = "ITU-T H.264 (08/2021) 7.4.1.2.1",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
