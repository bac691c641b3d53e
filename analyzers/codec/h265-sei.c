/* h265-sei: what does the video say beside its pictures?
 *
 * ITU-T H.265 (08/2021) 7.3.2.4 and Annex D: SEI messages ride along with the pictures, before
 * them (type 39) or behind (40), and a decoder may pass over all of them.  User data under a UUID
 * (D.2.7) or registered by ITU-T T.35 (D.2.6), filler (D.2.5) and the payload types that D.2.1
 * does not define at that place can carry anything; so can octets behind the syntax of a defined
 * one, and messages that describe the whole video, when they describe it anew again and again.
 *
 * Benign: what wire/sei-user-data.h knows; the timing of a reference decoder, and the hash of a
 * picture, which only decoding could tell from other numbers; and the leavings of GStreamer's
 * x265enc, which when it starts sends x265's version message and those behind it in a buffer that
 * is too long by the parameter sets and their start codes, with whatever lay in the memory.
 *
 *   room   8 bits per octet of a payload that may hold anything, or is a number nobody can check
 *   use    8 bits per octet that is not what a known encoder writes, or behind the end of the
 *          syntax; a description after the second change
 */
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/habit.h"
#include "ledger/sei-judge.h"
#include "ledger/seed-bed.h"

#include "wire/h265-sei.h"
#include "wire/octets.h"
#include "wire/sei-user-data.h"

#define CHANNEL "h265-sei-prefix-suffix"

enum
{
  TYPES = 256,
  FREE_CHANGES = 2, /* of a description in a device's life */
  FREE_STARTS = 4,  /* of an encoder in a capture */
  START_CODE = 4,   /* octets */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "The video carries messages beside its pictures that no known encoder writes; "
               "players ignore them.",
    .room = "The video carries messages beside its pictures (encoder settings, signatures, time, "
            "hashes); more could hide in them.",
    .filter_hint = "h265.nal_unit_type == 39 || h265.nal_unit_type == 40",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.4 and D.2",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

typedef struct
{
  LensH265Watch watch;
  LensHabit contents[TYPES]; /* hash of the payload, by its type */
  guint changes;
  gsize set_lengths[3]; /* of the VPS, SPS and PPS that came last, octets */
  guint leavings;
  gboolean has_version; /* x265's version message came, at ... */
  guint32 version_at;   /* ... this time stamp */
} Track;

typedef struct
{
  LensSeiJudge judge;
  LensByTrack tracks;
} H265Sei;

static gboolean
is_defined_before (guint32 type)
{
  return lens_h265_sei_is_defined (type, FALSE);
}

static gboolean
is_defined_behind (guint32 type)
{
  return lens_h265_sei_is_defined (type, TRUE);
}

/* By whether the NAL unit is a suffix. */
static const LensSeiRules rules[2] = {
  { CHANNEL, CHANNEL, CHANNEL, CHANNEL, is_defined_before },
  { CHANNEL, CHANNEL, CHANNEL, CHANNEL, is_defined_behind },
};

static void
take (LensLedger *ledger, H265Sei *state, const LensUnit *unit, const LensSeiMessage *message,
      guint64 room, LensRange used)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, room);
  if (used.length == 0)
    return;
  lens_sei_judge_name (&state->judge, unit, message->payload_type);
  lens_ledger_use (ledger, carrier, unit, 8 * used.length, used.offset, used.length);
}

/* Types whose content goes on from picture to picture. */
static gboolean
is_of_picture (guint32 type)
{
  static const guint8 types[]
      = { 0, 1, 2, 6, 9, 15, 16, 17, 56, 128, 130, 131, 132, 133, 136, 168 };

  for (guint i = 0; i < sizeof types; i++)
    if (types[i] == type)
      return TRUE;
  return FALSE;
}

/* Whether the payload describes the video as it did before. */
static gboolean
stays (H265Sei *state, Track *track, const LensUnit *unit, const LensSeiMessage *message)
{
  const GByteArray *payload = lens_sei_judge_payload (&state->judge, unit, message);
  guint64 hash = lens_octets_hash (LENS_HASH_START, payload->data, payload->len);

  if (lens_habit_take (&track->contents[message->payload_type % TYPES], hash))
    return TRUE;
  return ++track->changes <= FREE_CHANGES;
}

/* A type that the standard defines here. */
static void
see_defined (LensLedger *ledger, H265Sei *state, Track *track, const LensUnit *unit,
             const LensSeiMessage *message)
{
  const LensH265Sps *sps = lens_h265_watch_sps (&track->watch);
  LensRange payload = message->payload;
  gsize end = 0;

  if (message->cut)
    {
      take (ledger, state, unit, message, 8 * payload.length, payload);
      return;
    }
  switch (lens_h265_sei_fit (unit->view.octets, message, sps, &end))
    {
    case LENS_H265_SEI_SHORTER:
      take (ledger, state, unit, message, 8 * payload.length, payload);
      return;
    case LENS_H265_SEI_LONGER:
      take (ledger, state, unit, message, 8 * payload.length,
            (LensRange){ end, lens_range_end (payload) - end });
      return;
    default:
      break;
    }
  if (is_of_picture (message->payload_type))
    take (ledger, state, unit, message, 8 * payload.length, (LensRange){ payload.offset, 0 });
  else if (!stays (state, track, unit, message))
    take (ledger, state, unit, message, 8 * payload.length, payload);
}

static void
remember_version (H265Sei *state, Track *track, const LensUnit *unit, const LensSeiMessage *message)
{
  if (message->payload_type != LENS_SEI_UNREGISTERED || message->cut)
    return;
  const GByteArray *payload = lens_sei_judge_payload (&state->judge, unit, message);
  if (lens_sei_user_data (payload->data, payload->len, NULL) != LENS_SEI_DATA_X265)
    return;
  track->has_version = TRUE;
  track->version_at = unit->hevc->timestamp;
}

/* Whether what follows the message and the trailing bits behind it is the rest of the buffer. */
static gboolean
has_leavings (Track *track, const LensUnit *unit, const LensSeiMessage *message)
{
  gsize end = lens_range_end (message->payload), length = unit->view.length;
  gsize sets = 0;

  if (!track->has_version || track->version_at != unit->hevc->timestamp || message->cut
      || length - end < 2 || unit->view.octets[end] != 0x80)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (track->set_lengths); i++)
    sets += START_CODE + track->set_lengths[i];
  return length - end - 1 <= sets && ++track->leavings <= FREE_STARTS;
}

static void
see_messages (LensLedger *ledger, H265Sei *state, Track *track, const LensUnit *unit)
{
  gboolean suffix = unit->hevc->type == LENS_H265_SUFFIX_SEI;
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, LENS_H265_HEADER);
  LensSeiMessage message;

  while (lens_sei_next (&sei, &message))
    {
      if (!lens_sei_judge_take (ledger, &state->judge, &rules[suffix], unit, &message))
        see_defined (ledger, state, track, unit, &message);
      remember_version (state, track, unit, &message);
      if (!has_leavings (track, unit, &message))
        continue;
      gsize end = lens_range_end (message.payload);
      take (ledger, state, unit, &message, 8 * (unit->view.length - end), (LensRange){ end, 0 });
      return;
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  H265Sei *state = data;

  if (nal->layer_id != 0 || nal->type < LENS_H265_VPS || nal->type > LENS_H265_SUFFIX_SEI)
    return;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof (Track));
  lens_h265_watch_take (&track->watch, unit);
  if (nal->type <= LENS_H265_PPS)
    track->set_lengths[nal->type - LENS_H265_VPS] = unit->view.length;
  else if (nal->type == LENS_H265_PREFIX_SEI || nal->type == LENS_H265_SUFFIX_SEI)
    see_messages (ledger, state, track, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_sei_judge_conclude (ledger, &((H265Sei *)state)->judge, &rules[0]);
}

static void
clear_track (gpointer track)
{
  lens_h265_watch_clear (&((Track *)track)->watch);
}

static void
clear (gpointer data)
{
  H265Sei *state = data;

  lens_sei_judge_clear (&state->judge);
  lens_by_track_clear (&state->tracks, clear_track);
}

/* One of the kinds that can carry anything, for the whole capture. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint32 open[]
      = { LENS_SEI_UNREGISTERED, LENS_SEI_REGISTERED, LENS_SEI_FILLER, 132, 146 };
  guint32 choice = lens_seed_bed_below (bed, 10), type;

  if (choice < G_N_ELEMENTS (open))
    return lens_sei_seed (bed, LENS_UNIT_HEVC_NAL, open[choice]);
  do
    type = lens_seed_bed_below (bed, 500);
  while (lens_h265_sei_is_defined (type, FALSE));
  return lens_sei_seed (bed, LENS_UNIT_HEVC_NAL, type);
}

const LensAnalyzer lens_analyzer_h265_sei = {
  .name = "h265-sei",
  .question = "Do H.265 SEI messages hold only what a known encoder writes?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.4 and D.2",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (H265Sei),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
