#include "harness/live.h"

#include "ledger/stream-log-write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TICK_MS 200
#define DRAIN_US (5 * G_USEC_PER_SEC)
#define FEED_SILENCE_US (60 * G_USEC_PER_SEC)
#define TRAFFIC_LOOK_US (5 * G_USEC_PER_SEC)

/* One device under test. */
typedef struct
{
  const LensLiveDevice *wish;
  LensLiveCapture *capture; /* borrowed: devices may share an interface */
  LensRecorder *recorder;
  LensAddress *addresses; /* of each stream's host */
  GString *log;           /* lines of stream.log not written yet */
  int log_fd;
} Device;

typedef enum
{
  STAGE_PHASES,  /* the plan is being followed */
  STAGE_PULLERS, /* the plan is over, streams are ending */
  STAGE_DRAIN,   /* captures hand over what is in their rings */
  STAGE_FEED,    /* analyses read the rest */
  STAGE_DONE,
} Stage;

typedef struct
{
  const char *name;
  guint seconds;
  gboolean pulls;
} Planned;

typedef struct
{
  const LensLiveWish *wish;
  LensLiveResult *result;
  LensLab *lab;
  char *pull_program;
  GPtrArray *captures; /* LensLiveCapture */
  GPtrArray *pullers;  /* LensLivePuller, parallel to result->streams */
  Device *devices;
  Planned plan[3];
  guint phase; /* index into @plan */
  Stage stage;
  gint64 stage_us, phase_end_us, tick_us, fed_us; /* monotonic */
  guint64 lag;
  gint64 clock_offset_us;
  gboolean looked; /* at the first traffic */
  int signal_fd;
  sigset_t signals_before;
  struct sigaction pipe_before;
} Run;

static void
flag (Run *run, LensLiveFlag which, const char *sentence)
{
  if ((run->result->flags & which) == 0 && sentence != NULL)
    g_ptr_array_add (run->result->problems, g_strdup (sentence));
  run->result->flags |= which;
}

/* Remarks. */

static void
pass_on_remarks (Run *run, GPtrArray *remarks)
{
  while (remarks->len > 0)
    {
      LensPreflightRemark *remark = g_ptr_array_steal_index (remarks, 0);
      if (run->wish->remark != NULL)
        run->wish->remark (remark, run->wish->data);
      g_ptr_array_add (run->result->remarks, remark);
    }
}

static gboolean
refuse_if_fatal (GPtrArray *remarks, GError **error)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      const LensPreflightRemark *remark = g_ptr_array_index (remarks, i);
      if (remark->severity != LENS_PREFLIGHT_FATAL)
        continue;
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, remark->sentence);
      return FALSE;
    }
  return TRUE;
}

static const char *
interface_of (const Run *run, const LensLiveDevice *device)
{
  if (run->wish->lab != NULL)
    return LENS_LAB_INTERFACE;
  return device->interface != NULL ? device->interface : device->profile->interface;
}

static gboolean
look_before (Run *run, GError **error)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();

  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      const LensLiveDevice *device = &run->wish->devices[i];
      const char *interface = interface_of (run, device);
      if (interface == NULL)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                       "%s: the profile names no interface: [capture] interface = ...",
                       device->profile->name);
          return FALSE;
        }
      lens_preflight_interface (remarks, interface);
      lens_preflight_space (remarks, device->folder,
                            lens_preflight_expected_bytes (device->profile));
    }
  lens_preflight_clock (remarks);
  gboolean good = refuse_if_fatal (remarks, error);
  pass_on_remarks (run, remarks);
  return good;
}

static void
look_at_traffic (Run *run)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();

  for (guint i = 0; i < run->captures->len; i++)
    {
      const LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      const LensCaptureBeat *beat = &lens_live_capture_state (capture)->beat;
      const LensPreflightTraffic traffic = { beat->looked, beat->tagged, beat->duplicates };
      lens_preflight_traffic (remarks, lens_live_capture_interface (capture), &traffic);
    }
  run->looked = TRUE;
  pass_on_remarks (run, remarks);
}

/* Beginning. */

static LensLiveCapture *
capture_on (Run *run, const char *interface, GError **error)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      if (g_str_equal (lens_live_capture_interface (capture), interface))
        return capture;
    }
  g_autofree char *program = g_build_filename (run->wish->libexec, "lenscap-capture", NULL);
  LensLiveCapture *capture = lens_live_capture_start (program, interface, error);
  if (capture != NULL)
    g_ptr_array_add (run->captures, capture);
  return capture;
}

static gboolean
open_log (Device *device, GError **error)
{
  g_autofree char *path = g_build_filename (device->wish->folder, "stream.log", NULL);

  device->log = g_string_new (NULL);
  lens_stream_log_write_header (device->log);
  device->log_fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (device->log_fd >= 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
resolve_streams (Device *device, GError **error)
{
  const GPtrArray *streams = device->wish->profile->streams;

  device->addresses = g_new0 (LensAddress, streams->len);
  for (guint i = 0; i < streams->len; i++)
    if (!lens_live_puller_resolve (g_ptr_array_index (streams, i), &device->addresses[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
start_device (Run *run, Device *device, const LensLiveDevice *wish, GError **error)
{
  gsize length = 0;

  device->wish = wish;
  device->log_fd = -1;
  if (!resolve_streams (device, error))
    return FALSE;
  device->capture = capture_on (run, interface_of (run, wish), error);
  if (device->capture == NULL || !open_log (device, error))
    return FALSE;
  const guint8 *header = lens_live_capture_header (device->capture, &length);
  device->recorder = lens_recorder_new (wish->folder, wish->profile->rotate_bytes,
                                        wish->analysis_fd, header, length, error);
  if (device->recorder == NULL)
    return FALSE;
  lens_live_capture_add (device->capture, device->recorder);
  return TRUE;
}

static gboolean
start_lab (Run *run, GError **error)
{
  const LensLiveLab *lab = run->wish->lab;

  if (lab == NULL)
    return TRUE;
  g_autofree char *sink = g_build_filename (run->wish->libexec, "lenscap-sink", NULL);
  return lens_lab_serve (run->lab, sink, error)
         && (lab->device_program == NULL
             || lens_lab_start_device (run->lab, lab->device_program, lab->device_argv, error));
}

static guint
longest (const Run *run, gint wished, gsize member)
{
  guint seconds = 0;

  for (gsize i = 0; wished < 0 && i < run->wish->n_devices; i++)
    seconds = MAX (seconds, G_STRUCT_MEMBER (guint, run->wish->devices[i].profile, member));
  return wished < 0 ? seconds : (guint)wished;
}

static void
make_plan (Run *run)
{
  const LensLiveWish *wish = run->wish;

  run->plan[0]
      = (Planned){ "idle", longest (run, wish->idle_s, G_STRUCT_OFFSET (LensProfile, idle_s)),
                   FALSE };
  run->plan[1]
      = (Planned){ "stream", longest (run, wish->stream_s, G_STRUCT_OFFSET (LensProfile, stream_s)),
                   TRUE };
  run->plan[2]
      = (Planned){ "after", longest (run, wish->after_s, G_STRUCT_OFFSET (LensProfile, after_s)),
                   FALSE };
}

static gboolean
begin (Run *run, GError **error)
{
  if (run->wish->lab != NULL)
    {
      run->lab = lens_lab_new (run->wish->lab->device_mac, error);
      if (run->lab == NULL)
        return FALSE;
    }
  if (!look_before (run, error))
    return FALSE;
  for (gsize i = 0; i < run->wish->n_devices; i++)
    if (!start_device (run, &run->devices[i], &run->wish->devices[i], error))
      return FALSE;
  return start_lab (run, error);
}

/* Phases. */

static void
mark (Run *run, const char *phase, const char *edge, gint64 time_ns)
{
  g_autofree char *comment = g_strdup_printf ("lenscap phase %s %s", phase, edge);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < run->wish->n_devices; i++)
    if (!lens_recorder_mark (run->devices[i].recorder, comment, time_ns, &error))
      {
        flag (run, LENS_LIVE_NO_SPACE, error->message);
        g_clear_error (&error);
      }
}

static void
start_puller (Run *run, gsize device, guint number)
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
start_pullers (Run *run)
{
  for (gsize i = 0; i < run->wish->n_devices; i++)
    for (guint k = 0; k < run->devices[i].wish->profile->streams->len; k++)
      start_puller (run, i, k);
}

static void
stop_pullers (Run *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      lens_live_puller_stop (g_ptr_array_index (run->pullers, i));
}

static void
begin_phase (Run *run)
{
  const Planned *planned = &run->plan[run->phase];
  LensLivePhase phase = { .name = planned->name, .first_ns = g_get_real_time () * 1000 };

  g_array_append_val (run->result->phases, phase);
  run->phase_end_us = g_get_monotonic_time () + (gint64)planned->seconds * G_USEC_PER_SEC;
  run->tick_us = 0;
  mark (run, planned->name, "start", phase.first_ns);
  if (planned->pulls)
    start_pullers (run);
}

static void
end_phase (Run *run, gboolean complete)
{
  LensLivePhase *phase
      = &g_array_index (run->result->phases, LensLivePhase, run->result->phases->len - 1);

  phase->last_ns = g_get_real_time () * 1000;
  phase->complete = complete;
  mark (run, phase->name, "end", phase->last_ns);
  if (run->plan[run->phase].pulls)
    stop_pullers (run);
}

static void
enter_stage (Run *run, Stage stage)
{
  run->stage = stage;
  run->stage_us = g_get_monotonic_time ();
}

/* The first phase from @from on that takes any time, or the end of the plan. */
static void
go_to_phase (Run *run, guint from)
{
  run->phase = from;
  while (run->phase < G_N_ELEMENTS (run->plan) && run->plan[run->phase].seconds == 0)
    run->phase++;
  if (run->phase < G_N_ELEMENTS (run->plan))
    begin_phase (run);
  else
    enter_stage (run, STAGE_PULLERS);
}

/* Whatever happens, it ends through the stages, so that what was seen is kept. */
static void
end_early (Run *run, LensLiveFlag why, const char *sentence)
{
  flag (run, why, sentence);
  if (run->stage != STAGE_PHASES)
    return;
  end_phase (run, FALSE);
  enter_stage (run, STAGE_PULLERS);
}

/* Once every fifth of a second. */

static void
check_captures (Run *run, gint64 now_us)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      if (run->stage >= STAGE_DRAIN)
        continue;
      if (!lens_live_capture_ended (capture) && !lens_live_capture_is_late (capture, now_us))
        continue;
      lens_live_capture_reap (capture, now_us);
      g_autofree char *sentence
          = g_strdup_printf ("capture on %s: %s", lens_live_capture_interface (capture),
                             lens_live_capture_state (capture)->end);
      end_early (run, LENS_LIVE_CAPTURE_LOST, sentence);
    }
}

static void
check_space (Run *run)
{
  guint64 least = run->wish->free_bytes != 0 ? run->wish->free_bytes : LENS_PREFLIGHT_FREE_BYTES;

  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      const Device *device = &run->devices[i];
      guint64 most = device->wish->profile->max_bytes;
      if (lens_preflight_free_bytes (device->wish->folder) < least)
        end_early (run, LENS_LIVE_NO_SPACE, "the disk is nearly full");
      if (most != 0 && lens_recorder_bytes (device->recorder) >= most)
        end_early (run, LENS_LIVE_MAX_BYTES, "the capture has reached max-bytes");
    }
}

static void
check_lab (Run *run)
{
  g_autoptr (GError) error = NULL;

  if (run->lab != NULL && run->stage == STAGE_PHASES && !lens_lab_check (run->lab, &error))
    end_early (run, LENS_LIVE_LAB_LOST, error->message);
}

static void
write_logs (Run *run)
{
  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      Device *device = &run->devices[i];
      if (device->log == NULL || device->log->len == 0 || device->log_fd < 0)
        continue;
      ssize_t wrote = write (device->log_fd, device->log->str, device->log->len);
      if (wrote < 0 && errno != EINTR)
        {
          end_early (run, LENS_LIVE_NO_SPACE, "stream.log cannot be written");
          g_string_truncate (device->log, 0);
        }
      g_string_erase (device->log, 0, MAX (wrote, 0));
    }
}

static void
report_progress (Run *run, gint64 now_us)
{
  LensLiveProgress progress = { .phase = "ending", .lag_bytes = run->lag };

  if (run->wish->progress == NULL)
    return;
  if (run->stage == STAGE_PHASES)
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

static gboolean
pullers_ended (const Run *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL
        && !lens_live_puller_state (g_ptr_array_index (run->pullers, i))->ended)
      return FALSE;
  return TRUE;
}

static gboolean
captures_ended (const Run *run)
{
  for (guint i = 0; i < run->captures->len; i++)
    if (!lens_live_capture_ended (g_ptr_array_index (run->captures, i)))
      return FALSE;
  return TRUE;
}

static void
measure_lag (Run *run, gint64 now_us)
{
  guint64 lag = 0;

  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      lag += lens_recorder_lag (run->devices[i].recorder);
      if (lens_recorder_feed_broken (run->devices[i].recorder))
        flag (run, LENS_LIVE_ANALYSIS_LOST, "an analysis closed its input early");
    }
  if (lag != run->lag)
    run->fed_us = now_us;
  run->lag = lag;
}

static void
stop_captures (Run *run)
{
  for (guint i = 0; i < run->captures->len; i++)
    lens_live_capture_stop (g_ptr_array_index (run->captures, i));
  enter_stage (run, STAGE_DRAIN);
}

static void
reap_captures (Run *run, gint64 now_us)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      lens_live_capture_reap (capture, now_us + G_USEC_PER_SEC);
      const LensLiveCaptureState *state = lens_live_capture_state (capture);
      if (!state->complete)
        flag (run, LENS_LIVE_CAPTURE_LOST, state->end);
      if (state->beat.kernel_drops + state->beat.interface_drops > 0)
        flag (run, LENS_LIVE_PACKETS_LOST, "packets were lost while capturing");
    }
  run->fed_us = now_us;
  enter_stage (run, STAGE_FEED);
}

static void
move_on (Run *run, gint64 now_us)
{
  switch (run->stage)
    {
    case STAGE_PHASES:
      if (now_us < run->phase_end_us)
        break;
      end_phase (run, TRUE);
      go_to_phase (run, run->phase + 1);
      break;
    case STAGE_PULLERS:
      if (pullers_ended (run) || now_us - run->stage_us > DRAIN_US)
        stop_captures (run);
      break;
    case STAGE_DRAIN:
      if (captures_ended (run) || now_us - run->stage_us > DRAIN_US)
        reap_captures (run, now_us);
      break;
    case STAGE_FEED:
      if (run->lag > 0 && now_us - run->fed_us > FEED_SILENCE_US)
        flag (run, LENS_LIVE_ANALYSIS_LOST, "an analysis has not read for a minute");
      if (run->lag == 0 || now_us - run->fed_us > FEED_SILENCE_US)
        enter_stage (run, STAGE_DONE);
      break;
    case STAGE_DONE:
      break;
    }
}

static void
tick (Run *run, gint64 now_us)
{
  for (guint i = 0; i < run->pullers->len; i++)
    if (g_ptr_array_index (run->pullers, i) != NULL)
      lens_live_puller_tick (g_ptr_array_index (run->pullers, i), now_us);
  check_captures (run, now_us);
  check_lab (run);
  measure_lag (run, now_us);
  write_logs (run);
  if (now_us - run->tick_us < G_USEC_PER_SEC)
    return;
  run->tick_us = now_us;
  check_space (run);
  report_progress (run, now_us);
  if (!run->looked && run->result->phases->len > 0 && now_us - run->stage_us > TRAFFIC_LOOK_US)
    look_at_traffic (run);
}

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
gather (const Run *run, GArray *polled, GArray *sources)
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
take_signal (Run *run)
{
  struct signalfd_siginfo got;

  if (read (run->signal_fd, &got, sizeof got) == sizeof got)
    end_early (run, LENS_LIVE_INTERRUPTED, "the run was interrupted");
}

static void
take_packets (Run *run, LensLiveCapture *capture)
{
  g_autoptr (GError) error = NULL;

  if (lens_live_capture_take_packets (capture, &error))
    return;
  /* A full disk is found by check_space before; what gets here is rarer. */
  end_early (run, lens_live_capture_ended (capture) ? LENS_LIVE_CAPTURE_LOST : LENS_LIVE_NO_SPACE,
             error->message);
}

static void
dispatch (Run *run, const Source *source, short revents)
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
loop (Run *run)
{
  g_autoptr (GArray) polled = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (Source));

  run->clock_offset_us = lens_preflight_clock_offset_us ();
  enter_stage (run, STAGE_PHASES);
  go_to_phase (run, 0);
  while (run->stage != STAGE_DONE)
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
      tick (run, now_us);
      move_on (run, now_us);
    }
  write_logs (run);
}

/* Ending. */

static void
note_interfaces (Run *run)
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
note_result (Run *run)
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
    flag (run, LENS_LIVE_CLOCK_STEPPED, NULL);
  pass_on_remarks (run, remarks);
}

static void
clear (Run *run)
{
  for (guint i = 0; i < run->pullers->len; i++)
    lens_live_puller_free (g_ptr_array_index (run->pullers, i));
  g_ptr_array_unref (run->pullers);
  for (guint i = 0; i < run->captures->len; i++)
    lens_live_capture_free (g_ptr_array_index (run->captures, i));
  g_ptr_array_unref (run->captures);
  for (gsize i = 0; i < run->wish->n_devices; i++)
    {
      Device *device = &run->devices[i];
      if (device->recorder == NULL && run->wish->devices[i].analysis_fd >= 0)
        close (run->wish->devices[i].analysis_fd);
      lens_recorder_free (device->recorder);
      g_free (device->addresses);
      if (device->log != NULL)
        g_string_free (device->log, TRUE);
      if (device->log != NULL && device->log_fd >= 0)
        close (device->log_fd);
    }
  g_free (run->devices);
  g_free (run->pull_program);
  lens_lab_free (run->lab);
}

static void
hold_signals (Run *run)
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
release_signals (Run *run)
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
  Run run = {
    .wish = wish,
    .result = result,
    .pull_program = g_build_filename (wish->libexec, "lenscap-pull", NULL),
    .captures = g_ptr_array_new (),
    .pullers = g_ptr_array_new (),
    .devices = g_new0 (Device, wish->n_devices),
  };

  make_plan (&run);
  hold_signals (&run);
  gboolean began = begin (&run, error);
  if (began)
    {
      loop (&run);
      note_result (&run);
    }
  clear (&run);
  release_signals (&run);
  return began ? g_steal_pointer (&result) : NULL;
}
