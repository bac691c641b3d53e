/* rtp-marker: does the marker bit say only where a picture ends?
 *
 * RFC 6184 section 5.1, RFC 7798 section 4.1, RFC 2435 section 3.1: M is set on the last packet of
 * a picture, and on no other.  RFC 3551 section 4.1: of sound, it is set on the first packet
 * behind a silence.  Players go by the time stamp.
 *
 * Benign: another habit that a device keeps (M never set; on every slice, on parameter sets; on
 * every packet of sound).  A habit is asked of each situation: the type of the unit that the
 * packet holds, or where it stands in one, and whether the next has another time stamp.
 *
 *   use    1 bit per packet that breaks the habit of its situation
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spots.h"

#include "wire/rtp-fragment.h"

enum
{
  FEW = 24,         /* breaches below which nothing is said */
  ENOUGH = 64,      /* packets that make a habit, if seven in eight agree */
  MAX_SPOTS = 4096, /* of each situation */
  PLACES = 8,       /* of LensFragmentPlace */
  TYPES = 64,       /* of whole units */
  SITUATIONS = 2 * (PLACES + TYPES),
};

typedef struct
{
  guint count[2];      /* packets that do as the standard says; that do not */
  LensSpots *spots[2]; /* of them; NULL: none, or they are what is usual */
  gboolean settled;
  guint usual; /* then */
} Situation;

/* A packet whose situation is known when the next one comes. */
typedef struct
{
  gboolean any;
  guint16 sequence;
  guint32 stamp, step;
  gboolean marker;
  guint situation;
  gboolean goes_on; /* a fragment that is not its unit's first */
  LensSpot spot;
} Before;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  Before before;
  guint judged;
  Situation situations[SITUATIONS];
} Markers;

static const LensChannelText channels[] = {
  { .id = "rtp-marker",
    .summary = "The marker bit of media packets is set where the device does not set it, or is "
               "missing where it does.",
    .filter_hint = "rtp.marker",
    .reference = "RFC 6184 section 5.1; RFC 7798 section 4.1; RFC 3551 section 4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
spots_free (LensSpots *spots)
{
  lens_spots_clear (spots);
  g_free (spots);
}

static void
settle (Situation *situation)
{
  guint all = situation->count[0] + situation->count[1];

  for (guint i = 0; i < 2; i++)
    if (8 * situation->count[i] >= 7 * all)
      {
        situation->settled = TRUE;
        situation->usual = i;
        g_clear_pointer (&situation->spots[i], spots_free);
      }
}

static void
take (Situation *situation, const Before *packet, guint breaks)
{
  situation->count[breaks]++;
  if (situation->settled && situation->usual == breaks)
    return;
  if (situation->spots[breaks] == NULL)
    situation->spots[breaks] = g_new0 (LensSpots, 1);
  if (situation->spots[breaks]->n < MAX_SPOTS)
    lens_spots_add (situation->spots[breaks], &packet->spot);
  if (!situation->settled && situation->count[0] + situation->count[1] == ENOUGH)
    settle (situation);
}

static guint
situation_of (const LensUnit *unit)
{
  const LensRtpFragment *fragment = unit->fragment;

  return fragment->place == LENS_FRAGMENT_WHOLE ? PLACES + (guint)fragment->unit % TYPES
                                                : (guint)fragment->place;
}

/* The packet before has this one behind it. */
static void
see_pair (Markers *markers, const Before *before, const Before *now)
{
  gboolean sound = markers->track->media == LENS_MEDIA_AUDIO, ends;

  if (now->sequence != (guint16)(before->sequence + 1))
    return;
  if (sound && (before->step == 0 || now->step != before->step))
    return; /* a silence, or the first ones */
  ends = before->stamp != now->stamp && !now->goes_on;
  markers->judged++;
  if (sound)
    take (&markers->situations[now->situation], now, now->marker != 0);
  else
    take (&markers->situations[before->situation * 2 + ends], before,
          (before->marker != 0) != (ends != 0));
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;

  if (!lens_unit_is_offered (unit))
    return;
  Markers *markers = lens_by_track (data, unit->track, sizeof *markers);
  LensSourceIs is = lens_own_source_take (&markers->source, rtp->ssrc);
  if (is == LENS_SOURCE_OTHER)
    return;
  const Before *before = &markers->before;
  Before now = { .any = TRUE,
                 .sequence = rtp->sequence,
                 .stamp = rtp->timestamp,
                 .step = before->any ? rtp->timestamp - before->stamp : 0,
                 .marker = rtp->marker,
                 .situation = situation_of (unit),
                 .spot = lens_spot_at (unit, 1, 1) };
  now.goes_on = now.situation == LENS_FRAGMENT_MIDDLE || now.situation == LENS_FRAGMENT_LAST;
  markers->track = unit->track;
  if (before->any && is == LENS_SOURCE_OWN)
    see_pair (markers, before, &now);
  /* One that comes late says nothing of its neighbours. */
  if (!before->any || is == LENS_SOURCE_NEW
      || (gint16)(guint16)(rtp->sequence - before->sequence) > 0)
    markers->before = now;
}

/* --- conclude --- */

static const LensSpots *
breaches (const Situation *situation)
{
  return situation->spots[situation->settled ? 1 - situation->usual : 1];
}

static void
conclude_track (LensLedger *ledger, Markers *markers)
{
  guint count = 0;

  for (guint i = 0; i < SITUATIONS; i++)
    {
      Situation *situation = &markers->situations[i];
      if (!situation->settled)
        settle (situation);
      count += breaches (situation) != NULL ? breaches (situation)->n : 0;
    }
  if (count < FEW || count < markers->judged / 100)
    return;
  for (guint i = 0; i < SITUATIONS; i++)
    {
      const LensSpots *spots = breaches (&markers->situations[i]);
      if (spots == NULL)
        continue;
      LensSpotsReader reader = lens_spots_reader (spots);
      for (guint k = 0; k < spots->n; k++)
        {
          LensSpot spot = lens_spots_next (&reader);
          lens_spot_use (&spot, ledger, "rtp-marker", markers->track, 1);
        }
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    if (lens_rows_peek (tracks, i) != NULL)
      conclude_track (ledger, lens_rows_peek (tracks, i));
  lens_spot_find_used (ledger, "rtp-marker");
}

static void
markers_clear (gpointer data)
{
  Markers *markers = data;

  for (guint i = 0; i < 2 * SITUATIONS; i++)
    g_clear_pointer (&markers->situations[i / 2].spots[i % 2], spots_free);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, markers_clear);
}

/* M of packets of the first sound, once the step is known. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  const LensTrack *track = NULL;
  LensSeedPlace place;
  guint32 bit;
  guint count = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      if (track == NULL && place.track->media == LENS_MEDIA_AUDIO)
        track = place.track;
      if (track != NULL && place.track == track && ++count > 4
          && lens_seed_bed_take_bits (bed, &bit, 1) > 0)
        lens_seed_bed_set (bed, place.start + 1, 0x80, (guint8)(bit << 7));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_marker = {
  .name = "rtp-marker",
  .question = "Is the marker bit set where the device always sets it, and nowhere else?",
  .source = "RFC 6184 section 5.1; RFC 7798 section 4.1; RFC 3551 section 4.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
