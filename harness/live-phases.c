#include "harness/live-run.h"

#include "ledger/stream-log-write.h"
#include "sandbox/become.h"

#define DRAIN_US (5 * G_USEC_PER_SEC)
#define FEED_SILENCE_US (60 * G_USEC_PER_SEC)

void
lens_live_run_flag (LensLiveRun *run, LensLiveFlag which, const char *sentence)
{
  if ((run->result->flags & which) == 0 && sentence != NULL)
    g_ptr_array_add (run->result->problems, g_strdup (sentence));
  run->result->flags |= which;
}

/* Phases. */

static void
mark_device (LensLiveRun *run, gsize device, const char *comment, gint64 time_ns)
{
  g_autoptr (GError) error = NULL;

  if (!lens_recorder_mark (run->devices[device].recorder, comment, time_ns, &error))
    lens_live_run_flag (run, LENS_LIVE_NO_SPACE, error->message);
}

static void
mark (LensLiveRun *run, const char *phase, const char *edge, gint64 time_ns)
{
  g_autofree char *comment = g_strdup_printf ("lenscap phase %s %s", phase, edge);

  for (gsize i = 0; i < run->wish->n_devices; i++)
    mark_device (run, i, comment, time_ns);
}

void
lens_live_run_tell_block (const LensLiveBlock *block, gpointer data)
{
  LensLiveRun *run = data;
  const char *name = block->stimulus->name;
  g_autofree char *comment
      = g_strdup_printf ("lenscap stimulus %s %s", lens_live_block_edge_name (block->edge), name);

  mark_device (run, block->device, comment, g_get_real_time () * 1000);
  if (block->edge == LENS_LIVE_BLOCK_FAILED)
    {
      g_autofree char *sentence = g_strdup_printf ("stimulus %s: %s", name, block->reason);
      lens_live_run_flag (run, LENS_LIVE_STIMULUS_FAILED, sentence);
    }
  if (run->wish->block != NULL)
    run->wish->block (block, run->wish->data);
}

static void
start_puller (LensLiveRun *run, gsize device, guint number)
{
  const LensLiveDevice *wish = run->devices[device].wish;
  const LensDeclaredStream *stream = g_ptr_array_index (wish->profile->streams, number);
  g_autoptr (GError) error = NULL;
  const LensLivePullWish pull = {
    .program = run->pull_program,
    .stream = stream,
    .address = run->devices[device].addresses[number],
    .secret = wish->secrets != NULL ? wish->secrets[number] : NULL,
    .number = run->pullers->len,
    .connect_ms = run->wish->connect_ms,
    .reply_ms = run->wish->reply_ms,
    .media_ms = run->wish->media_ms,
    .log = run->devices[device].log,
  };
  LensLiveStream row = { .device = device, .stream = stream };
  LensLivePuller *puller = lens_live_puller_start (&pull, &error);
  if (puller != NULL && run->wish->require_all
      && !lens_sandbox_has_all (lens_live_puller_state (puller)->layers, &error))
    g_clear_pointer (&puller, lens_live_puller_free);

  if (puller == NULL)
    {
      row.state.ended = TRUE;
      row.state.reason = LENS_PULL_END_FAILED;
      row.state.detail = g_strdup (error->message);
      lens_stream_log_write_event (run->devices[device].log, g_get_real_time () * 1000,
                                   stream->name, LENS_STREAM_EVENT_END, error->message);
    }
  g_ptr_array_add (run->pullers, puller);
  g_array_append_val (run->result->streams, row);
}

static void
start_pullers (LensLiveRun *run)
{
  for (gsize i = 0; i < run->wish->n_devices; i++)
    for (guint k = 0; k < run->devices[i].wish->profile->streams->len; k++)
      start_puller (run, i, k);
}

static void
stop_pullers (LensLiveRun *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      lens_live_puller_stop (g_ptr_array_index (run->pullers, i));
}

static void
begin_phase (LensLiveRun *run)
{
  const LensLivePlanned *planned = &run->plan[run->phase];
  LensLivePhase phase = { .name = planned->name, .first_ns = g_get_real_time () * 1000 };

  g_array_append_val (run->result->phases, phase);
  run->phase_end_us = g_get_monotonic_time () + (gint64)planned->seconds * G_USEC_PER_SEC;
  run->tick_us = 0;
  mark (run, planned->name, "start", phase.first_ns);
  if (planned->pulls)
    {
      start_pullers (run);
      lens_live_stimuli_begin (run->stimuli, g_get_monotonic_time ());
    }
}

static void
end_phase (LensLiveRun *run, gboolean complete)
{
  LensLivePhase *phase
      = &g_array_index (run->result->phases, LensLivePhase, run->result->phases->len - 1);

  if (run->plan[run->phase].pulls)
    lens_live_stimuli_end (run->stimuli);
  phase->last_ns = g_get_real_time () * 1000;
  phase->complete = complete;
  mark (run, phase->name, complete ? "end" : "cut", phase->last_ns);
  if (run->plan[run->phase].pulls)
    stop_pullers (run);
}

void
lens_live_run_enter_stage (LensLiveRun *run, LensLiveStage stage)
{
  run->stage = stage;
  run->stage_us = g_get_monotonic_time ();
}

/* The first phase from @from on that takes any time, or the end of the plan. */
void
lens_live_run_go_to_phase (LensLiveRun *run, guint from)
{
  run->phase = from;
  while (run->phase < G_N_ELEMENTS (run->plan) && run->plan[run->phase].seconds == 0)
    run->phase++;
  if (run->phase < G_N_ELEMENTS (run->plan))
    begin_phase (run);
  else
    lens_live_run_enter_stage (run, LENS_LIVE_STAGE_PULLERS);
}

/* Whatever happens, it ends through the stages, so that what was seen is kept. */
void
lens_live_run_end_early (LensLiveRun *run, LensLiveFlag why, const char *sentence)
{
  lens_live_run_flag (run, why, sentence);
  if (run->stage != LENS_LIVE_STAGE_PHASES)
    return;
  end_phase (run, FALSE);
  lens_live_run_enter_stage (run, LENS_LIVE_STAGE_PULLERS);
}

/* The way to the end. */

static gboolean
pullers_ended (const LensLiveRun *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL
        && !lens_live_puller_state (g_ptr_array_index (run->pullers, i))->ended)
      return FALSE;
  return TRUE;
}

static gboolean
captures_ended (const LensLiveRun *run)
{
  for (guint i = 0; i < run->captures->len; i++)
    if (!lens_live_capture_ended (g_ptr_array_index (run->captures, i)))
      return FALSE;
  return TRUE;
}

static void
stop_captures (LensLiveRun *run)
{
  for (guint i = 0; i < run->captures->len; i++)
    lens_live_capture_stop (g_ptr_array_index (run->captures, i));
  lens_live_run_enter_stage (run, LENS_LIVE_STAGE_DRAIN);
}

static void
reap_captures (LensLiveRun *run, gint64 now_us)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      lens_live_capture_reap (capture, now_us + G_USEC_PER_SEC);
      const LensLiveCaptureState *state = lens_live_capture_state (capture);
      if (!state->complete)
        lens_live_run_flag (run, LENS_LIVE_CAPTURE_LOST, state->end);
      if (state->beat.kernel_drops + state->beat.interface_drops > 0)
        lens_live_run_flag (run, LENS_LIVE_PACKETS_LOST, "packets were lost while capturing");
    }
  run->fed_us = now_us;
  lens_live_run_enter_stage (run, LENS_LIVE_STAGE_FEED);
}

void
lens_live_run_move_on (LensLiveRun *run, gint64 now_us)
{
  switch (run->stage)
    {
    case LENS_LIVE_STAGE_PHASES:
      if (now_us < run->phase_end_us)
        break;
      end_phase (run, TRUE);
      lens_live_run_go_to_phase (run, run->phase + 1);
      break;
    case LENS_LIVE_STAGE_PULLERS:
      if (pullers_ended (run) || now_us - run->stage_us > DRAIN_US)
        stop_captures (run);
      break;
    case LENS_LIVE_STAGE_DRAIN:
      if (captures_ended (run) || now_us - run->stage_us > DRAIN_US)
        reap_captures (run, now_us);
      break;
    case LENS_LIVE_STAGE_FEED:
      if (run->lag > 0 && now_us - run->fed_us > FEED_SILENCE_US)
        lens_live_run_flag (run, LENS_LIVE_ANALYSIS_LOST, "an analysis has not read for a minute");
      if (run->lag == 0 || now_us - run->fed_us > FEED_SILENCE_US)
        lens_live_run_enter_stage (run, LENS_LIVE_STAGE_DONE);
      break;
    case LENS_LIVE_STAGE_DONE:
      break;
    }
}
