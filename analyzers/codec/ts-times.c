/* ts-times: do the times in a transport stream say anything but the time?
 *
 * ITU-T H.222.0 2.4.3.7: PTS and DTS of a PES packet count a clock of 90 kHz.  A player shows a
 * picture when its display next does, so the low bits may say what they like.
 *
 * Benign: what is benign of RTP's time stamps (ledger/ticks.h).
 *
 *   use    the bits by which the times of a counting multiplexer are off
 */
#include "ledger/by-track.h"
#include "ledger/spot.h"
#include "ledger/ticks.h"

#define CHANNEL "ts-ps-private"

enum
{
  MAX_PIDS = 16, /* of a track, that are followed */
  MAX_RUN = 512, /* times that are judged together */
  FEW = 24,      /* that are off, below which nothing is said */
  FIELD = 5,     /* octets of a time; the highest bits stand in the first */
};

typedef enum
{
  PTS,
  DTS,
  N_TIMES,
} Time;

typedef struct
{
  guint16 pid; /* 0: none yet */
  LensTrack *track;
  GArray *stamps[N_TIMES]; /* guint32 */
  GArray *spots[N_TIMES];  /* LensSpot */
} Pid;

typedef struct
{
  Pid pids[MAX_PIDS];
} Track;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Times in the transport stream are off by amounts that no clock explains.",
    .filter_hint = "mpeg-pes.pts",
    .reference = "ITU-T H.222.0 section 2.4.3.7",
    .hides = TRUE,
    .unit = LENS_UNIT_TS },
  { NULL },
};

static void
judge (LensLedger *ledger, const Pid *pid, Time time)
{
  guint n = pid->stamps[time] != NULL ? pid->stamps[time]->len : 0;
  g_autofree guint8 *odd = g_new0 (guint8, n + 1);

  if (n == 0)
    return;
  LensTicks ticks
      = lens_ticks_judge ((const guint32 *)(gconstpointer)pid->stamps[time]->data, n, odd);
  for (guint i = 0; ticks.n_odd >= FEW && i < n; i++)
    if (odd[i] > 0)
      lens_spot_use (&g_array_index (pid->spots[time], LensSpot, i), ledger, CHANNEL, pid->track,
                     odd[i]);
  g_array_set_size (pid->stamps[time], 0);
  g_array_set_size (pid->spots[time], 0);
}

static Pid *
pid_of (LensLedger *ledger, const LensUnit *unit, Track *track, guint16 number)
{
  for (guint i = 0; i < MAX_PIDS; i++)
    {
      if (track->pids[i].pid == 0)
        track->pids[i].pid = number;
      if (track->pids[i].pid == number)
        return &track->pids[i];
    }
  lens_ledger_full (ledger, unit->side);
  return NULL;
}

static void
take (LensLedger *ledger, Pid *pid, Time time, const LensUnit *unit, LensRange field, guint64 stamp)
{
  guint32 low = (guint32)stamp;
  /* What lies before the low bits does not fit the spot, and does not speak. */
  LensSpot spot = lens_spot_at (unit, field.offset + 1, FIELD - 1);

  if (pid->stamps[time] == NULL)
    {
      pid->stamps[time] = g_array_new (FALSE, FALSE, sizeof (guint32));
      pid->spots[time] = g_array_new (FALSE, FALSE, sizeof (LensSpot));
    }
  g_array_append_val (pid->stamps[time], low);
  g_array_append_val (pid->spots[time], spot);
  if (pid->stamps[time]->len >= MAX_RUN)
    judge (ledger, pid, time);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensTs *ts = &unit->ts->parts;
  LensTsPes pes;

  if (!ts->unit_start || ts->error || ts->reserved || ts->pid == 0 || ts->pid == LENS_TS_NULL
      || !lens_ts_pes (unit->view.octets, ts, &pes) || pes.pts_field.length == 0)
    return;
  Track *track = lens_by_track (data, unit->track, sizeof *track);
  Pid *pid = pid_of (ledger, unit, track, ts->pid);
  if (pid == NULL)
    return;
  pid->track = unit->track;
  take (ledger, pid, PTS, unit, pes.pts_field, pes.pts);
  if (pes.dts_field.length > 0)
    take (ledger, pid, DTS, unit, pes.dts_field, pes.dts);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    {
      const Track *track = lens_rows_peek (tracks, i);
      for (guint p = 0; track != NULL && p < MAX_PIDS * N_TIMES; p++)
        judge (ledger, &track->pids[p / N_TIMES], p % N_TIMES);
    }
  lens_spot_find_used (ledger, CHANNEL);
}

static void
track_clear (gpointer data)
{
  Track *track = data;

  for (guint p = 0; p < MAX_PIDS * N_TIMES; p++)
    {
      g_clear_pointer (&track->pids[p / N_TIMES].stamps[p % N_TIMES], g_array_unref);
      g_clear_pointer (&track->pids[p / N_TIMES].spots[p % N_TIMES], g_array_unref);
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, track_clear);
}

const LensAnalyzer lens_analyzer_ts_times = {
  .name = "ts-times",
  .question = "Are the times in a transport stream those of a clock, and of nothing else?",
  .source = "ITU-T H.222.0 section 2.4.3.7",
  .units = LENS_UNIT_TS,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
