#include "harness/live-run.h"

#include "ledger/stream-log-write.h"
#include "sandbox/become.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Remarks. */

void
lens_live_run_pass_on (LensLiveRun *run, GPtrArray *remarks)
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
interface_of (const LensLiveRun *run, const LensLiveDevice *device)
{
  if (run->wish->lab != NULL)
    return LENS_LAB_INTERFACE;
  return device->interface != NULL ? device->interface : device->profile->interface;
}

static gboolean
looked_at (const LensLiveRun *run, gsize before, const char *interface)
{
  for (gsize i = 0; i < before; i++)
    if (g_strcmp0 (interface_of (run, &run->wish->devices[i]), interface) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
look_before (LensLiveRun *run, GError **error)
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
      g_autofree char *disk = g_path_get_dirname (device->folder); /* its own name is temporary */
      if (!looked_at (run, i, interface))
        lens_preflight_interface (remarks, interface);
      lens_preflight_space (remarks, disk, lens_preflight_expected_bytes (device->profile));
    }
  lens_preflight_clock (remarks);
  gboolean good = refuse_if_fatal (remarks, error);
  lens_live_run_pass_on (run, remarks);
  return good;
}

void
lens_live_run_look_at_traffic (LensLiveRun *run)
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
  lens_live_run_pass_on (run, remarks);
}

/* Beginning. */

static LensLiveCapture *
capture_on (LensLiveRun *run, const char *interface, GError **error)
{
  for (guint i = 0; i < run->captures->len; i++)
    {
      LensLiveCapture *capture = g_ptr_array_index (run->captures, i);
      if (g_str_equal (lens_live_capture_interface (capture), interface))
        return capture;
    }
  g_autofree char *program = g_build_filename (run->wish->libexec, "lenscap-capture", NULL);
  LensLiveCapture *capture = lens_live_capture_start (program, interface, error);
  if (capture == NULL)
    return NULL;
  g_ptr_array_add (run->captures, capture);
  if (run->wish->require_all
      && !lens_sandbox_has_all (lens_live_capture_state (capture)->layers, error))
    {
      g_prefix_error (error, "capture on %s: ", interface);
      return NULL;
    }
  return capture;
}

static gboolean
open_log (LensLiveRunDevice *device, GError **error)
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
resolve_streams (LensLiveRunDevice *device, GError **error)
{
  const GPtrArray *streams = device->wish->profile->streams;

  device->addresses = g_new0 (LensAddress, streams->len);
  for (guint i = 0; i < streams->len; i++)
    if (!lens_live_puller_resolve (g_ptr_array_index (streams, i), &device->addresses[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
start_device (LensLiveRun *run, LensLiveRunDevice *device, const LensLiveDevice *wish,
              GError **error)
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
start_lab (LensLiveRun *run, GError **error)
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
longest (const LensLiveRun *run, gint wished, gsize member)
{
  guint seconds = 0;

  for (gsize i = 0; wished < 0 && i < run->wish->n_devices; i++)
    seconds = MAX (seconds, G_STRUCT_MEMBER (guint, run->wish->devices[i].profile, member));
  return wished < 0 ? seconds : (guint)wished;
}

static void
make_plan (LensLiveRun *run)
{
  const LensLiveWish *wish = run->wish;

  run->plan[0] = (LensLivePlanned){
    "idle", longest (run, wish->idle_s, G_STRUCT_OFFSET (LensProfile, idle_s)), FALSE
  };
  run->plan[1] = (LensLivePlanned){
    "stream", longest (run, wish->stream_s, G_STRUCT_OFFSET (LensProfile, stream_s)), TRUE
  };
  run->plan[2] = (LensLivePlanned){
    "after", longest (run, wish->after_s, G_STRUCT_OFFSET (LensProfile, after_s)), FALSE
  };
}

gboolean
lens_live_run_begin (LensLiveRun *run, GError **error)
{
  make_plan (run);
  run->stimuli = lens_live_stimuli_new (run->wish->devices, run->wish->n_devices,
                                        run->plan[1].seconds, lens_live_run_tell_block, run, error);
  if (run->stimuli == NULL)
    return FALSE;
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
