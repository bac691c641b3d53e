#include "harness/live-run.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TICK_MS 200

/* The loop. */

typedef enum
{
  SOURCE_SIGNAL,
  SOURCE_PACKETS,
  SOURCE_BEATS,
  SOURCE_BROKER,
  SOURCE_PULL,
  SOURCE_FEED,
  SOURCE_WATCH,
} SourceKind;

typedef struct
{
  SourceKind kind;
  gsize index;
} Source;

static void
add_source (GArray *polled, GArray *sources, int fd, short events, SourceKind kind, gsize index)
{
  const struct pollfd row = { .fd = fd, .events = events };
  const Source source = { kind, index };

  if (fd < 0)
    return;
  g_array_append_val (polled, row);
  g_array_append_val (sources, source);
}

static void
gather (const LensLiveRun *run, GArray *polled, GArray *sources)
{
  g_array_set_size (polled, 0);
  g_array_set_size (sources, 0);
  add_source (polled, sources, run->signal_fd, POLLIN, SOURCE_SIGNAL, 0);
  for (guint i = 0; i < run->captures->len; i++)
    {
      const LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      add_source (polled, sources, lens_live_capture_packets_fd (capture), POLLIN, SOURCE_PACKETS,
                  i);
      add_source (polled, sources, lens_live_capture_messages_fd (capture), POLLIN, SOURCE_BEATS,
                  i);
    }
  for (guint i = 0; i < run->pullers->len; i++)
    {
      const LensLivePuller *puller = g_ptr_array_index (run->pullers, i);
      if (puller == NULL)
        continue;
      add_source (polled, sources, lens_live_puller_broker_fd (puller), POLLIN, SOURCE_BROKER, i);
      add_source (polled, sources, lens_live_puller_messages_fd (puller), POLLIN, SOURCE_PULL, i);
    }
  for (gsize i = 0; i < run->wish->n_devices; i++)
    add_source (polled, sources, lens_recorder_feed_fd (run->devices[i].recorder), POLLOUT,
                SOURCE_FEED, i);
  for (gsize i = 0; i < run->wish->n_watches; i++)
    add_source (polled, sources, run->wish->watches[i].fd, run->wish->watches[i].events,
                SOURCE_WATCH, i);
}

static void
take_signal (LensLiveRun *run)
{
  struct signalfd_siginfo got;

  if (read (run->signal_fd, &got, sizeof got) == sizeof got)
    lens_live_run_end_early (run, LENS_LIVE_INTERRUPTED, "the run was interrupted");
}

static void
take_packets (LensLiveRun *run, LensLiveCapture *capture)
{
  g_autoptr (GError) error = NULL;

  if (lens_live_capture_take_packets (capture, &error))
    return;
  /* A full disk is found by check_space before; what gets here is rarer. */
  lens_live_run_end_early (
      run, lens_live_capture_ended (capture) ? LENS_LIVE_CAPTURE_LOST : LENS_LIVE_NO_SPACE,
      error->message);
}

static void
dispatch (LensLiveRun *run, const Source *source, short revents)
{
  switch (source->kind)
    {
    case SOURCE_SIGNAL:
      take_signal (run);
      break;
    case SOURCE_PACKETS:
      take_packets (run, g_ptr_array_index (run->captures, source->index));
      break;
    case SOURCE_BEATS:
      lens_live_capture_take_messages (g_ptr_array_index (run->captures, source->index));
      break;
    case SOURCE_BROKER:
      lens_live_puller_serve (g_ptr_array_index (run->pullers, source->index));
      break;
    case SOURCE_PULL:
      lens_live_puller_take_messages (g_ptr_array_index (run->pullers, source->index));
      break;
    case SOURCE_FEED:
      lens_recorder_feed (run->devices[source->index].recorder);
      break;
    case SOURCE_WATCH:
      run->wish->watches[source->index].ready (revents, run->wish->watches[source->index].data);
      break;
    }
}

static void
loop (LensLiveRun *run)
{
  g_autoptr (GArray) polled = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (Source));

  run->clock_offset_us = lens_preflight_clock_offset_us ();
  lens_live_run_enter_stage (run, LENS_LIVE_STAGE_PHASES);
  lens_live_run_go_to_phase (run, 0);
  while (run->stage != LENS_LIVE_STAGE_DONE)
    {
      gather (run, polled, sources);
      int ready = poll ((struct pollfd *)(gpointer)polled->data, polled->len, TICK_MS);
      for (guint i = 0; ready > 0 && i < polled->len; i++)
        {
          short revents = g_array_index (polled, struct pollfd, i).revents;
          if (revents != 0)
            dispatch (run, &g_array_index (sources, Source, i), revents);
        }
      gint64 now_us = g_get_monotonic_time ();
      lens_live_run_tick (run, now_us);
      lens_live_run_move_on (run, now_us);
    }
  lens_live_run_write_logs (run);
}

/* Ending. */

static void
note_interfaces (LensLiveRun *run)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      const LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      const LensLiveCaptureState *state = lens_live_capture_state (capture);
      LensLiveInterface row = {
        .interface = g_strdup (lens_live_capture_interface (capture)),
        .packets = state->packets,
        .bytes = state->bytes,
        .kernel_drops = state->beat.kernel_drops,
        .interface_drops = state->beat.interface_drops,
        .layers = state->layers,
        .complete = state->complete,
        .end = g_strdup (state->end),
      };
      g_array_append_val (run->result->interfaces, row);
    }
}

static void
note_result (LensLiveRun *run)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();

  note_interfaces (run);
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      {
        LensLiveStream *row = &g_array_index (run->result->streams, LensLiveStream, i);
        row->state = *lens_live_puller_state (g_ptr_array_index (run->pullers, i));
        row->state.detail = g_strdup (row->state.detail);
      }
  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      guint files = lens_recorder_files (run->devices[i].recorder);
      g_array_append_val (run->result->files, files);
    }
  lens_preflight_clock_step (remarks, run->clock_offset_us, lens_preflight_clock_offset_us ());
  if (remarks->len > 0)
    lens_live_run_flag (run, LENS_LIVE_CLOCK_STEPPED, NULL);
  lens_live_run_pass_on (run, remarks);
}

static void
clear (LensLiveRun *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    lens_live_puller_free (g_ptr_array_index (run->pullers, i));
  g_ptr_array_unref (run->pullers);
  for (guint i = 0; i < run->captures->len; i++)
    lens_live_capture_free (g_ptr_array_index (run->captures, i));
  g_ptr_array_unref (run->captures);
  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      LensLiveRunDevice *device = &run->devices[i];
      if (device->recorder == NULL && run->wish->devices[i].analysis_fd >= 0)
        close (run->wish->devices[i].analysis_fd);
      lens_recorder_free (device->recorder);
      g_free (device->addresses);
      if (device->log != NULL)
        g_string_free (device->log, TRUE);
      if (device->log != NULL && device->log_fd >= 0)
        close (device->log_fd);
    }
  lens_live_stimuli_free (run->stimuli);
  g_free (run->devices);
  g_free (run->pull_program);
  lens_lab_free (run->lab);
}

static void
hold_signals (LensLiveRun *run)
{
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  sigset_t held;

  sigaction (SIGPIPE, &ignore, &run->pipe_before);
  sigemptyset (&held);
  sigaddset (&held, SIGINT);
  sigaddset (&held, SIGTERM);
  sigprocmask (SIG_BLOCK, &held, &run->signals_before);
  run->signal_fd = signalfd (-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
release_signals (LensLiveRun *run)
{
  if (run->signal_fd >= 0)
    close (run->signal_fd);
  sigprocmask (SIG_SETMASK, &run->signals_before, NULL);
  sigaction (SIGPIPE, &run->pipe_before, NULL);
}

static LensLiveResult *
result_new (void)
{
  LensLiveResult *result = g_new0 (LensLiveResult, 1);

  result->phases = g_array_new (FALSE, FALSE, sizeof (LensLivePhase));
  result->streams = g_array_new (FALSE, FALSE, sizeof (LensLiveStream));
  result->interfaces = g_array_new (FALSE, FALSE, sizeof (LensLiveInterface));
  result->files = g_array_new (FALSE, FALSE, sizeof (guint));
  result->remarks = lens_preflight_new ();
  result->problems = g_ptr_array_new_with_free_func (g_free);
  return result;
}

LensLiveResult *
lens_live_run (const LensLiveWish *wish, GError **error)
{
  g_autoptr (LensLiveResult) result = result_new ();
  LensLiveRun run = {
    .wish = wish,
    .result = result,
    .pull_program = g_build_filename (wish->libexec, "lenscap-pull", NULL),
    .captures = g_ptr_array_new (),
    .pullers = g_ptr_array_new (),
    .devices = g_new0 (LensLiveRunDevice, wish->n_devices),
  };

  hold_signals (&run);
  gboolean began = lens_live_run_begin (&run, error);
  if (began)
    {
      loop (&run);
      note_result (&run);
    }
  clear (&run);
  release_signals (&run);
  return began ? g_steal_pointer (&result) : NULL;
}
