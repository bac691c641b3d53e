/* rtp-aggregates: do NAL units share packets by a rule?
 *
 * RFC 6184 section 5.7 and RFC 7798 section 4.4.2: a sender may put several NAL units of a picture
 * into one packet, as long as they fit.  Which ones is its choice, and receivers take them apart
 * again.  A sender is a program, though: it joins units of a kind where they fit, or never.
 *
 * Benign: no aggregates; parameter sets and messages joined with each other or with the slice
 * behind them; packets filled up with whatever fits.
 *
 *   use    1 bit for each packet that begins where the units might have been joined, or that joins
 *          some, where that has no habit
 */
#include "ledger/by-track.h"
#include "ledger/habits.h"
#include "ledger/own-source.h"
#include "ledger/spot.h"

#include "wire/rtp-fragment.h"

#include <string.h>

enum
{
  FEW = 48,         /* surprises that are no finding */
  MAX_SPOTS = 8192, /* of packets that are judged */
  SIZE = 2,         /* octets before each unit */
  STAP_A = 24,
  AP = 48,
};

/* A packet of whole units. */
typedef struct
{
  gboolean any;
  guint32 timestamp;
  guint16 sequence;
  gsize joined; /* octets of it as an aggregate */
  gboolean parameter;
} Before;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  Before before;
  gsize largest; /* aggregate that came, octets */
  LensHabits habits;
  GArray *spots; /* LensSpot */
} Joins;

static const LensChannelText channels[] = {
  { .id = "rtp-size-modulation", /* one channel with rtp-sizes */
    .summary = "Which parts of a picture share a packet follows no rule; the choice can carry "
               "data.",
    .filter_hint = "rtp",
    .reference = "RFC 6184 section 5.7; RFC 7798 section 4.4.2",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

/* What the units of a payload are. */
typedef struct
{
  gsize head;         /* octets of an aggregate's own header */
  gsize first;        /* octets of the first unit */
  guint n;            /* units */
  gsize joined;       /* octets, if it is or were an aggregate */
  gboolean parameter; /* all of them are: no picture */
  gboolean begins;    /* the first one is */
} Units;

/* FALSE where the payload is no whole units: a fragment, or of another kind of aggregates. */
static gboolean
read_units (Units *units, const LensRtpFragment *fragment, const guint8 *payload, gsize length)
{
  gboolean hevc = fragment->of == LENS_FRAGMENT_OF_H265;
  gsize head = hevc ? 2 : 1, at = head;

  *units = (Units){ .head = head, .first = length, .n = 1, .joined = head + SIZE + length };
  units->parameter = units->begins = fragment->parameter;
  if (fragment->place != LENS_FRAGMENT_WHOLE)
    return FALSE;
  if (fragment->unit != (hevc ? AP : STAP_A))
    return hevc || fragment->unit < STAP_A;
  units->n = 0;
  units->joined = length;
  units->parameter = TRUE;
  while (at + SIZE < length)
    {
      gsize size = MIN ((gsize)payload[at] << 8 | payload[at + 1], length - at - SIZE);
      gboolean parameter = lens_rtp_fragment (fragment->of, payload + at + SIZE, size).parameter;
      if (units->n++ == 0)
        {
          units->first = size;
          units->begins = parameter;
        }
      units->parameter &= parameter;
      at += SIZE + size;
    }
  return units->n > 0;
}

static void
judge (Joins *joins, const LensUnit *unit, gsize offset, guint context, gboolean joined)
{
  const guint contexts[] = { 0, context };

  lens_habits_take (&joins->habits, 2, contexts, joined);
  if (joins->spots->len >= MAX_SPOTS)
    return;
  const LensSpot spot = lens_spot_at (unit, offset, 1);
  g_array_append_val (joins->spots, spot);
}

static void
see_units (Joins *joins, const LensUnit *unit, const Units *units)
{
  const LensRtp *rtp = unit->rtp;
  const Before *before = &joins->before;
  gboolean follows = before->any && before->timestamp == rtp->timestamp
                     && rtp->sequence == (guint16)(before->sequence + 1);

  if (units->n > 1)
    joins->largest = MAX (joins->largest, units->joined);
  if (follows && before->joined + SIZE + units->first <= joins->largest)
    judge (joins, unit, rtp->payload.offset, 2u * before->parameter + units->begins, FALSE);
  if (units->n > 1)
    judge (joins, unit, rtp->payload.offset, 2u * units->begins + units->parameter, TRUE);
  joins->before = (Before){ TRUE, rtp->timestamp, rtp->sequence, units->joined, units->parameter };
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const LensRtpFragment *fragment = unit->fragment;
  Units units;

  if ((fragment->of != LENS_FRAGMENT_OF_H264 && fragment->of != LENS_FRAGMENT_OF_H265)
      || rtp->payload.length < SIZE)
    return;
  Joins *joins = lens_by_track (state, unit->track, sizeof *joins);
  if (lens_own_source_take (&joins->source, rtp->ssrc) == LENS_SOURCE_OTHER)
    return;
  if (joins->spots == NULL)
    joins->spots = g_array_new (FALSE, FALSE, sizeof (LensSpot));
  joins->track = unit->track;
  if (read_units (&units, fragment, unit->view.octets + rtp->payload.offset, rtp->payload.length))
    see_units (joins, unit, &units);
  else
    joins->before.any = FALSE;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensByTrack *by_track = state;

  for (guint i = 0; i < lens_rows_n (by_track); i++)
    {
      Joins *joins = lens_rows_peek (by_track, i);
      if (joins == NULL || joins->habits.surprises < FEW || !lens_habits_is_noise (&joins->habits))
        continue;
      for (guint s = 0; s < joins->spots->len; s++)
        lens_spot_use (&g_array_index (joins->spots, LensSpot, s), ledger, channels[0].id,
                       joins->track, 1);
    }
  lens_spot_find_used (ledger, channels[0].id);
}

static void
joins_clear (gpointer data)
{
  Joins *joins = data;

  g_clear_pointer (&joins->spots, g_array_unref);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, joins_clear);
}

const LensAnalyzer lens_analyzer_rtp_aggregates = {
  .name = "rtp-aggregates",
  .question = "Do NAL units share packets by a rule?",
  .source = "RFC 6184 section 5.7; RFC 7798 section 4.4.2",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
