/* Whole live runs with the simulated camera in the private lab. */
#include "harness/live.h"
#include "wire/capture-file.h"

#include "apart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

/* What a run is asked for, and what it must come to. */
typedef struct
{
  LensStreamTransport transport;
  gint idle_s, stream_s, after_s;
  guint64 rotate_bytes, max_bytes, free_bytes;
  gboolean feeds;      /* an analysis reads along */
  gboolean interrupts; /* SIGINT while idle */
  gboolean breaks;     /* the device ends at once */
  guint flags;         /* that the result must have, and no others */
} Case;

typedef struct
{
  const Case *the_case;
  char *folder;
  LensProfile profile;
  LensDeclaredStream stream;
  GByteArray *fed;
  LensLiveWatch reader;
  guint seconds; /* progress reports */
  guint64 packets;
} Scene;

static void
read_along (short revents, gpointer data)
{
  Scene *scene = data;
  guint8 octets[65536];
  ssize_t got = read (scene->reader.fd, octets, sizeof octets);

  if (got > 0)
    g_byte_array_append (scene->fed, octets, got);
  else
    scene->reader.fd = -1;
}

static void
note_progress (const LensLiveProgress *progress, gpointer data)
{
  Scene *scene = data;

  g_assert_cmpuint (progress->packets, >=, scene->packets);
  scene->packets = progress->packets;
  scene->seconds++;
  if (scene->the_case->interrupts && scene->seconds == 2)
    kill (getpid (), SIGINT);
}

/* Takes @folder. */
static void
set_scene (Scene *scene, const Case *the_case, char *folder)
{
  memset (scene, 0, sizeof *scene);
  scene->the_case = the_case;
  scene->folder = folder;
  scene->fed = g_byte_array_new ();
  scene->stream = (LensDeclaredStream){
    .name = (char *)"main",
    .url = (char *)"rtsp://192.0.2.100:554/Streaming/Channels/101",
    .host = (char *)LENS_LAB_DEVICE,
    .port = 554,
    .transport = the_case->transport,
    .tracks = g_ptr_array_new (),
  };
  lens_address_parse (LENS_LAB_DEVICE, &scene->stream.address);
  scene->profile = (LensProfile){
    .name = (char *)"Simulated camera",
    .streams = g_ptr_array_new (),
    .stimuli = g_ptr_array_new (),
    .max_bytes = the_case->max_bytes,
    .rotate_bytes = the_case->rotate_bytes,
  };
  g_ptr_array_add (scene->profile.streams, &scene->stream);
}

static LensLiveResult *
run (Scene *scene, GError **error)
{
  const Case *the_case = scene->the_case;
  const char *camera[]
      = { "lenscap-camera", "--interface=" LENS_LAB_DEVICE_INTERFACE, "--seed=1", NULL };
  const char *broken[] = { "sh", "-c", "exit 4", NULL };
  int line[2] = { -1, -1 };

  if (the_case->feeds)
    g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
  scene->reader = (LensLiveWatch){ line[0], POLLIN, read_along, scene };
  const LensLiveDevice device = {
    .profile = &scene->profile,
    .folder = scene->folder,
    .analysis_fd = line[1],
  };
  const LensLiveLab lab = {
    .device_mac = { 0x44, 0x19, 0xb6, 0x00, 0x00, 0x01 },
    .device_program = the_case->breaks ? "/bin/sh" : g_getenv ("LENSCAP_CAMERA"),
    .device_argv = the_case->breaks ? broken : camera,
  };
  const LensLiveWish wish = {
    .devices = &device,
    .n_devices = 1,
    .lab = &lab,
    .libexec = g_getenv ("LENSCAP_LIBEXEC"),
    .idle_s = the_case->idle_s,
    .stream_s = the_case->stream_s,
    .after_s = the_case->after_s,
    .free_bytes = the_case->free_bytes,
    .progress = note_progress,
    .data = scene,
    .watches = &scene->reader,
    .n_watches = 1,
  };
  return lens_live_run (&wish, error);
}

/* All files of the capture, one after the other, as `analyze --set` reads them. */
static GByteArray *
read_files (const Scene *scene, guint files)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < files; i++)
    {
      g_autofree char *name
          = i == 0 ? g_strdup ("traffic.pcapng") : g_strdup_printf ("traffic-%05u.pcapng", i);
      g_autofree char *path = g_build_filename (scene->folder, name, NULL);
      g_autofree char *octets = NULL;
      gsize length = 0;
      g_assert_true (g_file_get_contents (path, &octets, &length, NULL));
      g_byte_array_append (all, (const guint8 *)octets, length);
    }
  return all;
}

typedef struct
{
  const guint8 *octets;
  gsize left;
} Input;

static gssize
read_input (gpointer data, guint8 *into, gsize room)
{
  Input *input = data;
  gsize take = MIN (room, input->left);

  memcpy (into, input->octets, take);
  input->octets += take;
  input->left -= take;
  return take;
}

static char *
marks_of (const GByteArray *capture, guint64 *packets)
{
  Input input = { capture->data, capture->len };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (read_input, &input);
  GString *marks = g_string_new (NULL);
  LensCaptureEvent event;
  LensRecord record;

  while ((event = lens_capture_file_next (file, &record)) != LENS_CAPTURE_END)
    {
      g_assert_cmpint (event, !=, LENS_CAPTURE_DAMAGED);
      *packets += event == LENS_CAPTURE_PACKET;
      if (event == LENS_CAPTURE_MARK && record.comment != NULL)
        g_string_append_printf (marks, "%s\n", record.comment);
    }
  return g_string_free (marks, FALSE);
}

#define MARKS_IDLE "lenscap phase idle start\nlenscap phase idle end\n"
#define MARKS_STREAM "lenscap phase stream start\nlenscap phase stream end\n"
#define MARKS_AFTER "lenscap phase after start\nlenscap phase after end\n"

static void
check_streams (const Scene *scene, const LensLiveResult *result)
{
  g_autofree char *path = g_build_filename (scene->folder, "stream.log", NULL);
  g_autofree char *log = NULL;
  const LensLiveStream *stream = &g_array_index (result->streams, LensLiveStream, 0);

  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  g_assert_true (g_str_has_prefix (log, "lenscap-stream-log 1\n"));
  g_assert_cmpuint (result->streams->len, ==, 1);
  g_assert_cmpstr (lens_pull_end_name (stream->state.reason), ==, "stopped");
  g_assert_true (stream->state.opened);
  g_assert_cmpuint (stream->state.tracks, ==, 2);
  g_assert_cmpuint (stream->state.packets, >, 50);
  g_assert_cmpuint (stream->state.denied, ==, 0);
  g_assert_nonnull (strstr (log, "\topened\t"));
  g_assert_nonnull (strstr (log, "\tvideo\th264\t1/90000\n"));
  g_assert_nonnull (strstr (log, "\tend\tstopped\n"));
}

static void
live_through (gconstpointer data)
{
  const Case *the_case = data;
  Scene scene;
  guint64 packets = 0;
  g_autoptr (GError) error = NULL;

  set_scene (&scene, the_case, apart_folder (FALSE));
  g_autoptr (LensLiveResult) result = run (&scene, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < result->problems->len; i++)
    g_test_message ("%s", (const char *)g_ptr_array_index (result->problems, i));
  g_assert_cmphex (result->flags, ==, the_case->flags);
  guint files = g_array_index (result->files, guint, 0);
  g_assert_cmpint (files > 1, ==, the_case->rotate_bytes != 0);
  g_autoptr (GByteArray) capture = read_files (&scene, files);
  g_autofree char *marks = marks_of (capture, &packets);
  const LensLiveInterface *interface = &g_array_index (result->interfaces, LensLiveInterface, 0);
  g_assert_true (interface->complete);
  g_assert_cmpuint (packets, ==, interface->packets);
  g_assert_cmpuint (interface->kernel_drops + interface->interface_drops, ==, 0);
  const LensLivePhase *last
      = &g_array_index (result->phases, LensLivePhase, result->phases->len - 1);
  g_assert_cmpint (last->complete, ==, the_case->flags == 0);
  if (the_case->flags == 0)
    {
      g_assert_cmpstr (marks, ==, MARKS_IDLE MARKS_STREAM MARKS_AFTER);
      g_assert_cmpuint (packets, >, 100);
      check_streams (&scene, result);
    }
  else
    g_assert_cmpstr (marks, ==, "lenscap phase idle start\nlenscap phase idle cut\n");
  if (the_case->feeds)
    {
      while (scene.reader.fd >= 0)
        read_along (POLLIN, &scene);
      g_assert_cmpmem (scene.fed->data, scene.fed->len, capture->data, capture->len);
    }
  apart_remove (scene.folder);
}

static const Case tcp = { LENS_STREAM_OVER_TCP, 3, 3, 1, .rotate_bytes = 100000, .feeds = TRUE };
static const Case udp = { LENS_STREAM_OVER_UDP, 3, 3, 1 };
static const Case interrupted
    = { LENS_STREAM_OVER_TCP, 20, 20, 20, .interrupts = TRUE, .flags = LENS_LIVE_INTERRUPTED };
static const Case full
    = { LENS_STREAM_OVER_TCP, 20, 20, 20, .max_bytes = 1500, .flags = LENS_LIVE_MAX_BYTES };
static const Case no_space
    = { LENS_STREAM_OVER_TCP, 20, 20, 20, .free_bytes = G_MAXINT64, .flags = LENS_LIVE_NO_SPACE };
static const Case broken
    = { LENS_STREAM_OVER_TCP, 20, 20, 20, .breaks = TRUE, .flags = LENS_LIVE_LAB_LOST };

static void
runs_to_its_end (void)
{
  apart_run (live_through, &tcp, FALSE);
}

static void
runs_to_its_end_as_nobody (void)
{
  apart_run (live_through, &udp, TRUE);
}

static void
ends_early_when_interrupted (void)
{
  apart_run (live_through, &interrupted, FALSE);
}

static void
ends_early_at_max_bytes (void)
{
  apart_run (live_through, &full, FALSE);
}

static void
ends_early_without_space (void)
{
  apart_run (live_through, &no_space, FALSE);
}

static void
ends_early_without_its_device (void)
{
  apart_run (live_through, &broken, FALSE);
}

static void
begin_without_programs (gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;

  g_setenv ("LENSCAP_LIBEXEC", "/nonexistent", TRUE);
  set_scene (&scene, &udp, apart_folder (FALSE));
  g_assert_null (run (&scene, &error));
  g_assert_nonnull (strstr (error->message, "lenscap-capture"));
  apart_remove (scene.folder);
}

static void
says_what_it_cannot_begin_with (void)
{
  apart_run (begin_without_programs, NULL, FALSE);
}

/* kill -9. */

static pid_t
parent_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  const char *after_name = strrchr (text, ')');
  return after_name != NULL ? g_ascii_strtoll (after_name + 4, NULL, 10) : 0;
}

/* Processes that descend from @ancestor, itself included. */
static GArray *
family_of (pid_t ancestor)
{
  GArray *family = g_array_new (FALSE, FALSE, sizeof (pid_t));
  GDir *processes = g_dir_open ("/proc", 0, NULL);

  for (const char *name; (name = g_dir_read_name (processes)) != NULL;)
    {
      pid_t pid = g_ascii_strtoll (name, NULL, 10);
      pid_t above = pid;
      while (above > 1 && above != ancestor)
        above = parent_of (above);
      if (pid > 0 && above == ancestor)
        g_array_append_val (family, pid);
    }
  g_dir_close (processes);
  return family;
}

static guint
alive (const GArray *family)
{
  guint count = 0;

  for (guint i = 0; i < family->len; i++)
    {
      pid_t pid = g_array_index (family, pid_t, i);
      g_autofree char *path = g_strdup_printf ("/proc/%d/exe", pid);
      g_autofree char *program = g_file_read_link (path, NULL); /* NULL for a zombie too */
      count += program != NULL;
    }
  return count;
}

static void
run_for_long (gconstpointer data)
{
  static const Case long_run = { LENS_STREAM_OVER_TCP, 1, 60, 0 };
  Scene scene;

  set_scene (&scene, &long_run, g_strdup (data));
  run (&scene, NULL);
}

static void
kill_leaves_nothing (gconstpointer data)
{
  gboolean as_nobody = GPOINTER_TO_INT (data);
  g_autofree char *folder = apart_folder (as_nobody); /* the run will not live to remove it */
  pid_t child = apart_start (run_for_long, folder, as_nobody);
  gint64 until_us = g_get_monotonic_time () + 15 * G_USEC_PER_SEC;
  g_autoptr (GArray) family = NULL;
  int status = 0;

  /* The test, capture, puller; and below a first process each: sink, dnsmasq, camera ... */
  do
    {
      g_clear_pointer (&family, g_array_unref);
      g_usleep (200000);
      family = family_of (child);
    }
  while (family->len < 8 && g_get_monotonic_time () < until_us
         && waitpid (child, &status, WNOHANG) == 0);
  if (WIFEXITED (status) && WEXITSTATUS (status) == APART_SKIP)
    {
      g_test_skip ("an unprivileged user cannot reach the build folder");
      apart_remove (folder);
      return;
    }
  g_assert_cmpuint (family->len, >=, 8);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  until_us = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;
  while (alive (family) > 0 && g_get_monotonic_time () < until_us)
    g_usleep (50000);
  g_assert_cmpuint (alive (family), ==, 0);
  apart_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/live/runs-to-its-end", runs_to_its_end);
  g_test_add_func ("/harness/live/runs-to-its-end-as-nobody", runs_to_its_end_as_nobody);
  g_test_add_func ("/harness/live/ends-early-when-interrupted", ends_early_when_interrupted);
  g_test_add_func ("/harness/live/ends-early-at-max-bytes", ends_early_at_max_bytes);
  g_test_add_func ("/harness/live/ends-early-without-space", ends_early_without_space);
  g_test_add_func ("/harness/live/ends-early-without-its-device", ends_early_without_its_device);
  g_test_add_func ("/harness/live/says-what-it-cannot-begin-with", says_what_it_cannot_begin_with);
  g_test_add_data_func ("/harness/live/kill-leaves-nothing", GINT_TO_POINTER (FALSE),
                        kill_leaves_nothing);
  g_test_add_data_func ("/harness/live/kill-leaves-nothing-as-nobody", GINT_TO_POINTER (TRUE),
                        kill_leaves_nothing);
  return g_test_run ();
}
