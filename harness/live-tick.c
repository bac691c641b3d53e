#include "harness/live-run.h"

#include <errno.h>
#include <unistd.h>

#define TRAFFIC_LOOK_US (5 * G_USEC_PER_SEC)

static void
check_captures (LensLiveRun *run, gint64 now_us)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      if (run->stage >= LENS_LIVE_STAGE_DRAIN)
        continue;
      if (!lens_live_capture_ended (capture) && !lens_live_capture_is_late (capture, now_us))
        continue;
      lens_live_capture_reap (capture, now_us);
      g_autofree char *sentence
          = g_strdup_printf ("capture on %s: %s", lens_live_capture_interface (capture),
                             lens_live_capture_state (capture)->end);
      lens_live_run_end_early (run, LENS_LIVE_CAPTURE_LOST, sentence);
    }
}

static void
check_space (LensLiveRun *run)
{
  guint64 least = run->wish->free_bytes != 0 ? run->wish->free_bytes : LENS_PREFLIGHT_FREE_BYTES;

  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      const LensLiveRunDevice *device = &run->devices[i];
      guint64 most = device->wish->profile->max_bytes;
      if (lens_preflight_free_bytes (device->wish->folder) < least)
        lens_live_run_end_early (run, LENS_LIVE_NO_SPACE, "the disk is nearly full");
      if (most != 0 && lens_recorder_bytes (device->recorder) >= most)
        lens_live_run_end_early (run, LENS_LIVE_MAX_BYTES, "the capture has reached max-bytes");
    }
}

static void
check_lab (LensLiveRun *run)
{
  g_autoptr (GError) error = NULL;

  if (run->lab != NULL && run->stage == LENS_LIVE_STAGE_PHASES
      && !lens_lab_check (run->lab, &error))
    lens_live_run_end_early (run, LENS_LIVE_LAB_LOST, error->message);
}

void
lens_live_run_write_logs (LensLiveRun *run)
{
  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      LensLiveRunDevice *device = &run->devices[i];
      if (device->log == NULL || device->log->len == 0 || device->log_fd < 0)
        continue;
      ssize_t wrote = write (device->log_fd, device->log->str, device->log->len);
      if (wrote < 0 && errno != EINTR)
        {
          lens_live_run_end_early (run, LENS_LIVE_NO_SPACE, "stream.log cannot be written");
          g_string_truncate (device->log, 0);
        }
      g_string_erase (device->log, 0, MAX (wrote, 0));
    }
}

static void
report_progress (LensLiveRun *run, gint64 now_us)
{
  LensLiveProgress progress = { .phase = "ending", .lag_bytes = run->lag };

  if (run->wish->progress == NULL)
    return;
  if (run->stage == LENS_LIVE_STAGE_PHASES)
    {
      progress.phase = run->plan[run->phase].name;
      progress.seconds_left = MAX (run->phase_end_us - now_us, 0) / G_USEC_PER_SEC;
    }
  for (guint i = 0; i < run->captures->len; i++)
    {
      const LensLiveCaptureState *state
          = lens_live_capture_state (g_ptr_array_index (run->captures, i));
      progress.packets += state->packets;
      progress.bytes += state->bytes;
      progress.drops += state->beat.kernel_drops + state->beat.interface_drops;
    }
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      {
        const LensLivePullerState *state
            = lens_live_puller_state (g_ptr_array_index (run->pullers, i));
        progress.stream_packets += state->packets;
        progress.stream_octets += state->octets;
      }
  run->wish->progress (&progress, run->wish->data);
}

static void
measure_lag (LensLiveRun *run, gint64 now_us)
{
  guint64 lag = 0;

  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      lag += lens_recorder_lag (run->devices[i].recorder);
      if (lens_recorder_feed_broken (run->devices[i].recorder))
        lens_live_run_flag (run, LENS_LIVE_ANALYSIS_LOST, "an analysis closed its input early");
    }
  if (lag != run->lag)
    run->fed_us = now_us;
  run->lag = lag;
}

void
lens_live_run_tick (LensLiveRun *run, gint64 now_us)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      lens_live_puller_tick (g_ptr_array_index (run->pullers, i), now_us);
  lens_live_stimuli_tick (run->stimuli, now_us);
  check_captures (run, now_us);
  check_lab (run);
  measure_lag (run, now_us);
  lens_live_run_write_logs (run);
  if (now_us - run->tick_us < G_USEC_PER_SEC)
    return;
  run->tick_us = now_us;
  check_space (run);
  report_progress (run, now_us);
  if (!run->looked && run->result->phases->len > 0 && now_us - run->stage_us > TRAFFIC_LOOK_US)
    lens_live_run_look_at_traffic (run);
}
