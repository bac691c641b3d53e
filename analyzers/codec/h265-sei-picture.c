/* h265-sei-picture: do the messages about one picture agree, and go on with the pictures?
 *
 * ITU-T H.265 (08/2021) D.3.1: where several SEI messages of one type go with one access unit and
 * layer, all have the same content.  decoded_picture_hash() has one of three methods, and
 * time_code() a clock with an offset; both are for checking and for editing, and players pass over
 * them.  That a hash is right only decoding could tell (coverage has the bound).
 *
 * Benign: the same message twice; a method, flags and an offset that stay; a clock that goes on as
 * the capture's does; hashes of some pictures by a rule.
 *
 *   use    8 bits per octet of a second message that differs; 8 for a method, a clock or its
 *          offset that has no habit; 1 for a message where their number has none
 */
#include "ledger/day-clock.h"
#include "ledger/habits.h"
#include "ledger/surprises.h"

#include "wire/h265-sei.h"
#include "wire/h265-slice.h"
#include "wire/octets.h"

#define CHANNEL "h265-sei-prefix-suffix" /* one channel with h265-sei */
#define DIFFERENT "another of the same picture"

/* Types of which one access unit has one content. */
typedef enum
{
  HASH,
  TIME_CODE,
  MASTERING,
  LIGHT,
  N_SINGLE,
} Single;

static const guint8 single_types[N_SINGLE]
    = { LENS_H265_SEI_DECODED_PICTURE_HASH, LENS_H265_SEI_TIME_CODE, 137, 144 };

typedef struct
{
  LensSurprises surprises;
  LensHabits counts[N_SINGLE]; /* messages of a picture */
  LensHabits method;           /* hash_type */
  LensHabits flags, frames, clock_on;
  LensDayClock clock;
  guint count[N_SINGLE];     /* at the picture at hand */
  guint64 content[N_SINGLE]; /* hash of the first there */
  gboolean started, lost;    /* a packet is missing since the picture began */
  gboolean reordered;        /* pictures come in another order than they are shown */
  guint16 sequence;
  guint32 timestamp;
  gint32 second; /* that the clock told last */
  gboolean key, has_slices;
} Picture;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Messages about the video's pictures contradict each other or change without a "
               "habit; players ignore them.",
    .room = "The video carries messages about its pictures (time, hashes); data could hide in "
            "them.",
    .filter_hint = "h265.nal_unit_type == 39 || h265.nal_unit_type == 40",
    .reference = "ITU-T H.265 (08/2021) D.3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

/* TRUE where the value is foreseen. */
static gboolean
judge (Picture *picture, LensHabits *habits, guint context, guint64 value)
{
  const guint contexts[] = { 0, context };
  gboolean foreseen
      = lens_surprises_take (&picture->surprises, lens_habits_take (habits, 2, contexts, value));

  return foreseen && !lens_habits_is_noise (habits);
}

/* --- one message --- */

static gboolean
hash_goes_on (LensLedger *ledger, Picture *picture, const LensUnit *unit, LensRange payload,
              LensRbsp *rbsp)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, LENS_SUBJECT_HASH);

  lens_ledger_room (ledger, carrier, unit, 8 * (payload.length - 1));
  return judge (picture, &picture->method, picture->key, lens_rbsp_u (rbsp, 8));
}

/* n_frames counts within the second, and starts anew in the next one. */
static gboolean
frames_go_on (Picture *picture, const LensH265Clock *clock)
{
  const guint contexts[] = { 0, clock->seconds == picture->second };

  picture->second = clock->seconds;
  if (picture->reordered)
    return TRUE;
  lens_habits_take (&picture->frames, 2, contexts, clock->n_frames);
  return lens_surprises_take (&picture->surprises, !lens_habits_is_noise (&picture->frames));
}

static gboolean
time_goes_on (Picture *picture, LensRbsp *rbsp, gint64 now)
{
  LensH265TimeCode code;
  guint64 flags = 0;
  gboolean on = TRUE;

  if (!lens_h265_time_code_read (&code, rbsp))
    return TRUE; /* h265-sei has it */
  for (guint i = 0; i < code.n; i++)
    {
      const LensH265Clock *clock = &code.clocks[i];
      flags = ((flags * 31 + clock->flags) * 31 + clock->offset_length) * 0x100000001b3u
              + clock->offset_value;
      if (clock->seconds >= 0)
        on &= judge (picture, &picture->clock_on, 0,
                     lens_day_clock_goes_on (&picture->clock, clock->seconds, now));
    }
  on &= judge (picture, &picture->flags, code.n, flags);
  if (code.n == 1)
    on &= frames_go_on (picture, &code.clocks[0]);
  return on;
}

static void
see_single (LensLedger *ledger, Picture *picture, const LensUnit *unit,
            const LensSeiMessage *message, Single single)
{
  guint64 content = lens_octets_hash (LENS_HASH_START, unit->view.octets + message->payload.offset,
                                      message->payload.length);
  LensRbsp rbsp = lens_rbsp_over (unit->view.octets, lens_range_end (message->payload),
                                  message->payload.offset);
  gboolean on = TRUE;

  if (picture->count[single]++ > 0 && content != picture->content[single])
    {
      /* After loss it may be of another picture. */
      if (!picture->lost)
        use (ledger, unit, DIFFERENT, 8 * message->payload.length, message->payload);
      return;
    }
  picture->content[single] = content;
  if (single == HASH)
    on = hash_goes_on (ledger, picture, unit, message->payload, &rbsp);
  else if (single == TIME_CODE)
    on = time_goes_on (picture, &rbsp, unit->time_ns);
  if (!on)
    use (ledger, unit, LENS_BY_HABIT, 8, message->payload);
  else if (lens_habits_is_noise (&picture->counts[single]))
    use (ledger, unit, LENS_BY_HABIT, 1, message->payload);
}

/* --- units --- */

/* Types whose messages no picture has yet are not counted. */
static void
end_picture (Picture *picture)
{
  for (Single i = 0; i < N_SINGLE; i++)
    {
      const guint contexts[] = { 0, picture->key };
      if (!picture->lost && (picture->count[i] > 0 || picture->counts[i].seen > 0))
        lens_surprises_take (&picture->surprises,
                             lens_habits_take (&picture->counts[i], 2, contexts, picture->count[i])
                                 || !lens_habits_is_noise (&picture->counts[i]));
      picture->count[i] = 0;
    }
  picture->lost = picture->key = picture->has_slices = FALSE;
}

/* 7.4.2.4.4 and 7.4.2.4.5. */
static gboolean
is_next (const Picture *picture, const LensH265Nal *nal)
{
  if (nal->timestamp != picture->timestamp)
    return TRUE;
  if (lens_h265_is_slice (nal->type))
    return picture->has_slices && nal->view.length > LENS_H265_HEADER
           && nal->view.octets[LENS_H265_HEADER] >> 7 == 1;
  return picture->has_slices
         && ((nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_AUD)
             || nal->type == LENS_H265_PREFIX_SEI);
}

static void
follow (Picture *picture, const LensH265Nal *nal)
{
  gboolean lost = picture->started && nal->first_sequence != picture->sequence
                  && nal->first_sequence != (guint16)(picture->sequence + 1);

  if (picture->started && is_next (picture, nal))
    {
      picture->reordered |= (gint32)(nal->timestamp - picture->timestamp) < 0;
      picture->lost |= lost;
      end_picture (picture);
    }
  picture->lost |= lost || !picture->started;
  picture->started = TRUE;
  picture->sequence = nal->last_sequence;
  picture->timestamp = nal->timestamp;
  picture->has_slices |= lens_h265_is_slice (nal->type);
  picture->key |= lens_h265_is_irap (nal->type);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  LensSeiMessage message;

  if (nal->layer_id != 0)
    return;
  Picture *picture = lens_by_track (state, unit->track, sizeof (Picture));
  follow (picture, nal);
  if (nal->type != LENS_H265_PREFIX_SEI && nal->type != LENS_H265_SUFFIX_SEI)
    return;
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, LENS_H265_HEADER);
  while (lens_sei_next (&sei, &message))
    for (Single i = 0; i < N_SINGLE; i++)
      if (message.payload_type == single_types[i] && !message.cut && message.payload.length > 0)
        see_single (ledger, picture, unit, &message, i);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_surprises_conclude (ledger, "h265-sei-picture", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

const LensAnalyzer lens_analyzer_h265_sei_picture = {
  .name = "h265-sei-picture",
  .question = "Do H.265 SEI messages about one picture agree, and go on with the pictures?",
  .source = "ITU-T H.265 (08/2021) D.2.1 and D.3.1",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
