/* h264-sei-timing: do the messages about the video's times tell times?
 *
 * ITU-T H.264 (08/2021) D.1.2 and D.1.3: buffering periods and the picture's times are for
 * decoders that keep to a buffer model; those that show pictures as they come need neither.
 *
 * Benign: initial delays wander with the rate (they are room), but their sum with the offset
 * stays; removal times go on with the pictures and output times with RTP's clock; the time of day
 * goes on like the capture's.  Where the parameter set has no place for times (D.2.3), and an
 * encoder writes them all the same, they stay, go on by a step or begin anew.
 *
 *   room   the bits of the payload
 *   use    8 bits per octet that the syntax of its message has not; 8 bits for a time that does
 *          not go on
 */
#include "ledger/day-clock.h"
#include "ledger/h264-watch.h"
#include "ledger/habits.h"
#include "ledger/seed-bed.h"
#include "ledger/surprises.h"

#include "wire/sei.h"

enum
{
  HEADER = 1,
  BUFFERING = 0,
  TIMING = 1,
  UNKNOWN_SIZE = 24, /* octets of times whose syntax is not known */
  MANY = 16,         /* of these, surprises that are no finding */
};

/* What is watched in buffering periods and times. */
typedef enum
{
  WATCH_SUM,     /* initial delay and offset */
  WATCH_REMOVAL, /* cpb_removal_delay, from the picture before */
  WATCH_OUTPUT,  /* dpb_output_delay */
  WATCH_STRUCT,  /* pic_struct */
  WATCH_FLAGS,   /* of clocks, with time_offset */
  WATCH_CLOCK,   /* whether the time of day goes on */
  N_WATCHED,
} Watched;

typedef struct
{
  LensSurprises surprises;
  const LensH264Watch *watch;
  gint sps_id; /* of the last buffering period or slice, + 1 */
  LensHabits habits[N_WATCHED];
  LensHabit foreign;    /* times that the parameter set has no place for, as a number */
  gboolean period;      /* the picture at hand begins a buffering period */
  gboolean counts_anew; /* the one before did */
  gboolean has_removal, has_b;
  guint32 removal, structure;
  LensDayClock clock;
} Times;

static const LensChannelText channels[] = {
  { .id = "h264-sei-timing-fields",
    .summary = "Messages about the video's times and display hold what is no time and no display; "
               "players ignore them.",
    .room = "The video carries messages about its times and display; data could hide in them.",
    .filter_hint = "h264.nal_unit_type == 6",
    .reference = "ITU-T H.264 (08/2021) D.1.2 and D.1.3",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channels[0].id, unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
}

static void
room (LensLedger *ledger, const LensUnit *unit, guint64 bits)
{
  lens_ledger_room (ledger, lens_ledger_carrier (ledger, channels[0].id, unit, NULL), unit, bits);
}

/* TRUE where the value is foreseen. */
static gboolean
judge (Times *times, Watched what, guint n_views, const guint *contexts, guint64 value)
{
  LensHabits *habits = &times->habits[what];
  gboolean foreseen = lens_surprises_take (&times->surprises,
                                           lens_habits_take (habits, n_views, contexts, value));

  return foreseen && !lens_habits_is_noise (habits);
}

/* Behind the last field: nothing, or a bit that is set and zeros up to the octet (7.3.2.3.1,
 * D.1.1).  @from: the octet after which all others are too many. */
static gboolean
has_more (LensRbsp *reader, const LensSeiMessage *message, gsize *from)
{
  gsize end = lens_range_end (message->payload);

  *from = lens_rbsp_offset (reader) + (reader->bit > 0);
  return !reader->short_read && *from < end;
}

/* --- buffering periods --- */

static guint64
read_delays (LensRbsp *reader, const LensH264Hrd *hrd)
{
  guint64 sums = 0;

  for (guint i = 0; hrd->present && i < hrd->cpb_cnt; i++)
    {
      guint64 delay = lens_rbsp_u (reader, hrd->initial_cpb_removal_delay_length);
      guint64 offset = lens_rbsp_u (reader, hrd->initial_cpb_removal_delay_length);
      sums = sums * 31 + delay + offset;
    }
  return sums;
}

static void
see_period (LensLedger *ledger, Times *times, const LensUnit *unit, const LensSeiMessage *message)
{
  gsize end = lens_range_end (message->payload), from;
  LensRbsp reader = lens_rbsp_over (unit->view.octets, end, message->payload.offset);
  static const guint context = 0;
  guint32 id = lens_rbsp_ue (&reader);
  const LensH264Sps *sps = id < 32 ? lens_h264_sets_sps (times->watch->sets, id) : NULL;

  times->period = TRUE;
  room (ledger, unit, 8 * message->payload.length);
  if (sps == NULL || !sps->valid || (!sps->vui.nal_hrd.present && !sps->vui.vcl_hrd.present))
    {
      if (message->payload.length > UNKNOWN_SIZE)
        use (ledger, unit, NULL, 8 * message->payload.length, message->payload);
      return;
    }
  times->sps_id = (gint)id + 1;
  guint64 sum = read_delays (&reader, &sps->vui.nal_hrd);
  sum = sum * 31 + read_delays (&reader, &sps->vui.vcl_hrd);
  if (has_more (&reader, message, &from))
    use (ledger, unit, NULL, 8 * (end - from), (LensRange){ from, end - from });
  else if (!judge (times, WATCH_SUM, 1, &context, sum))
    use (ledger, unit, LENS_BY_HABIT, 8, message->payload);
}

/* --- times --- */

/* D.2.3: seconds of the day, as far as they are sent; -1 where not all are. */
static gint64
read_clock (LensRbsp *reader, guint offset_length, guint64 *flags)
{
  guint32 kind = lens_rbsp_u (reader, 2 + 1 + 5);
  gboolean full = lens_rbsp_u (reader, 1);
  guint32 seconds = 0, minutes = 0, hours = 0;
  gboolean all = full;

  *flags = *flags * 31 + (kind << 2 | lens_rbsp_u (reader, 2)); /* discontinuity, cnt_dropped */
  lens_rbsp_u (reader, 8);                                      /* n_frames */
  if (full)
    {
      seconds = lens_rbsp_u (reader, 6);
      minutes = lens_rbsp_u (reader, 6);
      hours = lens_rbsp_u (reader, 5);
    }
  else if (lens_rbsp_u (reader, 1) == 1)
    {
      seconds = lens_rbsp_u (reader, 6);
      if (lens_rbsp_u (reader, 1) == 1)
        {
          minutes = lens_rbsp_u (reader, 6);
          all = lens_rbsp_u (reader, 1);
          hours = all ? lens_rbsp_u (reader, 5) : 0;
        }
    }
  *flags = *flags * 31 + lens_rbsp_u (reader, offset_length);
  return all ? (gint64)((hours * 60 + minutes) * 60 + seconds) : -1;
}

static gboolean
clocks_go_on (Times *times, LensRbsp *reader, guint structure, guint offset_length, gint64 now)
{
  static const guint8 clocks[16] = { 1, 1, 1, 2, 2, 3, 3, 2, 3 };
  static const guint context = 0;
  guint64 flags = 1;
  gboolean on = TRUE;

  for (guint i = 0; i < clocks[structure]; i++)
    if (lens_rbsp_u (reader, 1) == 1)
      {
        gint64 clock = read_clock (reader, offset_length, &flags);
        if (clock >= 0 && !reader->short_read)
          on &= judge (times, WATCH_CLOCK, 1, &context,
                       lens_day_clock_goes_on (&times->clock, clock, now));
      }
  if (flags != 1)
    on &= judge (times, WATCH_FLAGS, 1, &context, flags);
  return on;
}

/* Removal times count from the last buffering period, by a step; output times, which follow them
 * where pictures are reordered, are only judged where they stay. */
static gboolean
delays_go_on (Times *times, guint32 removal, guint32 output)
{
  const guint contexts[] = { 0, times->counts_anew };
  guint32 value = times->counts_anew ? removal : removal - times->removal;
  gboolean on = TRUE;

  if (times->has_removal && !times->watch->lost)
    on = judge (times, WATCH_REMOVAL, 2, contexts, value);
  if (!times->has_b)
    on &= judge (times, WATCH_OUTPUT, 1, contexts, output);
  times->has_removal = TRUE;
  times->removal = removal;
  return on;
}

static const LensH264Sps *
sps_in_force (const Times *times)
{
  for (guint id = 0; times->sps_id == 0 && id < 32; id++)
    if (lens_h264_sets_sps (times->watch->sets, id) != NULL)
      return lens_h264_sets_sps (times->watch->sets, id);
  return times->sps_id > 0 ? lens_h264_sets_sps (times->watch->sets, (guint)times->sps_id - 1)
                           : NULL;
}

/* D.2.3: there is no syntax element for the times; so only times without any order speak. */
static void
see_foreign (LensLedger *ledger, Times *times, const LensUnit *unit, const LensSeiMessage *message)
{
  guint64 number = 0;

  for (gsize i = 0; i < message->payload.length; i++)
    number = number << 8 | unit->view.octets[message->payload.offset + i];
  lens_habit_take (&times->foreign, number);
  gboolean noise
      = times->foreign.surprises >= MANY && times->foreign.surprises >= times->foreign.seen / 4;
  if (!lens_surprises_take (&times->surprises, !noise))
    use (ledger, unit, LENS_BY_HABIT, 8 * message->payload.length, message->payload);
}

static void
see_times (LensLedger *ledger, Times *times, const LensUnit *unit, const LensSeiMessage *message)
{
  gsize end = lens_range_end (message->payload), from;
  LensRbsp reader = lens_rbsp_over (unit->view.octets, end, message->payload.offset);
  const LensH264Sps *sps = sps_in_force (times);
  gboolean on = TRUE;

  room (ledger, unit, 8 * message->payload.length);
  const LensH264Vui *vui = sps != NULL && sps->valid ? &sps->vui : NULL;
  const LensH264Hrd *hrd = vui == NULL            ? NULL
                           : vui->nal_hrd.present ? &vui->nal_hrd
                           : vui->vcl_hrd.present ? &vui->vcl_hrd
                                                  : NULL;
  if (hrd == NULL && (vui == NULL || !vui->pic_struct_present))
    {
      if (message->payload.length > UNKNOWN_SIZE)
        use (ledger, unit, NULL, 8 * message->payload.length, message->payload);
      else if (vui != NULL)
        see_foreign (ledger, times, unit, message);
      return;
    }
  if (hrd != NULL)
    {
      guint32 removal = lens_rbsp_u (&reader, hrd->cpb_removal_delay_length);
      guint32 output = lens_rbsp_u (&reader, hrd->dpb_output_delay_length);
      on = delays_go_on (times, removal, output);
    }
  if (vui->pic_struct_present)
    {
      guint structure = lens_rbsp_u (&reader, 4);
      const guint contexts[] = { 0, times->structure };
      on &= judge (times, WATCH_STRUCT, 2, contexts, structure);
      on &= clocks_go_on (times, &reader, structure, hrd != NULL ? hrd->time_offset_length : 24,
                          unit->time_ns);
      times->structure = structure;
    }
  times->counts_anew = times->period;
  times->period = FALSE;
  if (has_more (&reader, message, &from))
    use (ledger, unit, NULL, 8 * (end - from), (LensRange){ from, end - from });
  else if (!on && message->payload.length > 0)
    use (ledger, unit, LENS_BY_HABIT, 8, message->payload);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Times *times = lens_by_track (state, unit->track, sizeof (Times));
  LensSeiMessage message;

  times->watch = unit->h264;
  if (times->watch->lost)
    times->has_removal = FALSE;
  if (times->watch->is_slice && times->watch->slice.valid)
    {
      times->sps_id = (gint)times->watch->slice.sps->id + 1;
      times->has_b |= times->watch->slice.slice_type == LENS_H264_B;
    }
  if (unit->nal->type != LENS_H264_SEI)
    return;
  LensSei sei = lens_sei_over (unit->view.octets, unit->view.length, HEADER);
  while (lens_sei_next (&sei, &message))
    {
      if (!message.cut && message.payload_type == BUFFERING)
        see_period (ledger, times, unit, &message);
      else if (!message.cut && message.payload_type == TIMING)
        see_times (ledger, times, unit, &message);
    }
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_surprises_conclude (ledger, "h264-sei-timing", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

/* Times before pictures, longer than any are. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    SIZE = 40,
  };
  LensSeedPlace place;
  guint8 octets[2 + SIZE + 1] = { TIMING, SIZE };

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

const LensAnalyzer lens_analyzer_h264_sei_timing = {
  .name = "h264-sei-timing",
  .question = "Do SEI messages about times tell times?",
  .source = "ITU-T H.264 (08/2021) D.1.2 and D.1.3",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
