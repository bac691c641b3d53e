/* h264-sei-display: do the messages about display and recovery say what they are for?
 *
 * ITU-T H.264 (08/2021) Annex D: beside the messages that can carry anything (h264-sei) and the
 * times (h264-sei-timing) there are fifty with a syntax: rectangles to show (D.1.4), recovery
 * points (D.1.8), film grain, colours, views.  Cameras rarely send one, and hardly a player reads
 * any.
 *
 * Benign: what stays the same, or goes on by turns.
 *
 *   room   the bits of the payload
 *   use    8 bits per octet of a message that is longer than its syntax allows, or not foreseen;
 *          of the type and size where nothing follows them, though the syntax has something
 */
#include "ledger/habit.h"
#include "ledger/seed-bed.h"
#include "ledger/surprises.h"

#include "wire/octets.h"
#include "wire/sei.h"

enum
{
  HEADER = 1,
  N_TYPES = 208,
  FREEZE_RELEASE = 14, /* the one message without any syntax element (D.1.16) */
  MARKING = 7,         /* repeats what the slices before said */
};

typedef struct
{
  LensSurprises surprises;
  LensHabit habits[N_TYPES]; /* by type: hash of the payload */
} Messages;

#define FIELDS "h264-sei-timing-fields" /* one channel with h264-sei-timing */

static const LensChannelText channels[] = {
  { .id = FIELDS,
    .summary = "Messages about the video's times and display hold what is no time and no display; "
               "players ignore them.",
    .room = "The video carries messages about its times and display; data could hide in them.",
    .filter_hint = "h264.nal_unit_type == 6",
    .reference = "ITU-T H.264 (08/2021) D.1.4, D.1.8 and others of D.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* The most octets that the syntax of D.1 allows, where that is few; 0: not known. */
static gsize
most_octets (guint32 type)
{
  static const struct
  {
    guint16 type, octets;
  } sizes[] = {
    { 2, 112 }, { 6, 6 },   { 9, 12 },   { 10, 12 }, { 13, 5 },  { 14, 1 },
    { 15, 5 },  { 16, 10 }, { 17, 5 },   { 20, 4 },  { 21, 1 },  { 45, 24 },
    { 46, 5 },  { 47, 12 }, { 137, 24 }, { 144, 4 }, { 147, 1 }, { 148, 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i].type == type)
      return sizes[i].octets;
  return 0;
}

/* Types that Table D.1.1 defines, but for times and what h264-sei looks at. */
static gboolean
is_judged (guint32 type)
{
  static const struct
  {
    guint16 first, last;
  } defined[]
      = { { 2, 2 },     { 6, 54 },    { 56, 56 },   { 137, 137 }, { 142, 142 }, { 144, 144 },
          { 147, 151 }, { 154, 156 }, { 181, 181 }, { 200, 202 }, { 205, 205 } };

  for (guint i = 0; i < G_N_ELEMENTS (defined); i++)
    if (type >= defined[i].first && type <= defined[i].last)
      return TRUE;
  return FALSE;
}

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, FIELDS, unit, subject);
  guint64 bits = 8 * (guint64)octets.length;

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
see_message (LensLedger *ledger, Messages *messages, const LensUnit *unit,
             const LensSeiMessage *message)
{
  guint64 hash = lens_octets_hash (LENS_HASH_START, unit->view.octets + message->payload.offset,
                                   message->payload.length);
  gsize most = most_octets (message->payload_type);
  LensHabit *habit = &messages->habits[message->payload_type];

  lens_ledger_room (ledger, lens_ledger_carrier (ledger, FIELDS, unit, NULL), unit,
                    8 * (guint64)message->payload.length);
  if (most > 0 && message->payload_size > most)
    {
      use (ledger, unit, NULL, message->payload);
      return;
    }
  if (message->payload_type == MARKING)
    return;
  if (lens_surprises_take (&messages->surprises, lens_habit_take (habit, hash))
      && (habit->seen == 1 || habit->surprises < habit->seen / 4))
    return;
  use (ledger, unit, LENS_BY_HABIT, message->payload);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensSeiMessage message;

  if (unit->nal->type != LENS_H264_SEI)
    return;
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  while (lens_sei_next (&sei, &message))
    {
      if (message.cut || !is_judged (message.payload_type))
        continue;
      Messages *messages = lens_by_track (state, unit->track, sizeof (Messages));
      if (message.payload.length > 0)
        see_message (ledger, messages, unit, &message);
      else if (message.payload_type != FREEZE_RELEASE)
        use (ledger, unit, NULL, message.head);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_surprises_conclude (ledger, "h264-sei-display", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* Pan-scan rectangles (type 2), larger than any are, before pictures. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    SIZE = 120,
  };
  LensSeedPlace place;
  guint8 octets[2 + SIZE + 1] = { 2, SIZE };

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      lens_seed_bed_fill (bed, octets + 2, SIZE);
      if (lens_seed_bed_take (bed, octets + 2, SIZE) == 0)
        continue;
      octets[2 + SIZE] = 0x80;
      lens_seed_bed_put_nal (bed, LENS_H264_SEI, octets, sizeof octets);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_sei_display = {
  .name = "h264-sei-display",
  .question = "Do SEI messages about display and recovery hold only what they are for?",
  .source = "ITU-T H.264 (08/2021) D.1.4 to D.1.8 and others of D.1",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
