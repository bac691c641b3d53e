/* lenscap-capture on a cable of our own, with traffic that is known packet by packet. */
#include "harness/lab.h"
#include "harness/live-capture.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"
#include "wire/capture-file.h"

#include "apart.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define PAYLOAD 1400
#define PORT 4000

static const guint8 device_mac[6] = { 0x44, 0x19, 0xb6, 0x00, 0x00, 0x01 };

typedef struct
{
  LensLab *lab;
  LensLiveCapture *capture;
  LensRecorder *recorder;
  char *folder;
  int sender, receiver;
} Scene;

static void
set_scene (Scene *scene)
{
  g_autoptr (GError) error = NULL;
  const struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons (PORT) };
  struct sockaddr_in lab = here;
  gsize length = 0;

  scene->lab = lens_lab_new (device_mac, &error);
  g_assert_no_error (error);
  int device = lens_lab_device_netns (scene->lab);
  g_assert_true (
      lens_link_add_address (device, LENS_LAB_DEVICE_INTERFACE, LENS_LAB_DEVICE, 24, &error));
  scene->receiver = lens_netns_socket (0, AF_INET, SOCK_DGRAM, 0);
  g_assert_cmpint (bind (scene->receiver, (const struct sockaddr *)&here, sizeof here), ==, 0);
  scene->sender = lens_netns_socket (device, AF_INET, SOCK_DGRAM, 0);
  inet_pton (AF_INET, LENS_LAB_ADDRESS, &lab.sin_addr);
  g_assert_cmpint (connect (scene->sender, (const struct sockaddr *)&lab, sizeof lab), ==, 0);

  scene->capture
      = lens_live_capture_start (g_getenv ("LENSCAP_CAPTURE"), LENS_LAB_INTERFACE, &error);
  g_assert_no_error (error);
  scene->folder = apart_folder (FALSE);
  const guint8 *header = lens_live_capture_header (scene->capture, &length);
  scene->recorder = lens_recorder_new (scene->folder, 0, -1, header, length, &error);
  g_assert_no_error (error);
  lens_live_capture_add (scene->capture, scene->recorder);
}

static void
send_numbered (Scene *scene, guint packets)
{
  guint8 payload[PAYLOAD] = "lenscap";

  for (guint32 i = 0; i < packets; i++)
    {
      memcpy (payload + 8, &i, sizeof i);
      while (send (scene->sender, payload, sizeof payload, 0) < 0)
        g_assert_true (errno == ENOBUFS || errno == EAGAIN);
    }
}

static void
read_to_the_end (Scene *scene)
{
  gint64 until_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  lens_live_capture_stop (scene->capture);
  while (!lens_live_capture_ended (scene->capture)
         || lens_live_capture_messages_fd (scene->capture) >= 0)
    {
      struct pollfd polled[] = {
        { .fd = lens_live_capture_packets_fd (scene->capture), .events = POLLIN },
        { .fd = lens_live_capture_messages_fd (scene->capture), .events = POLLIN },
      };
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      poll (polled, G_N_ELEMENTS (polled), 1000);
      if (polled[0].revents != 0)
        g_assert_true (lens_live_capture_take_packets (scene->capture, &error));
      if (polled[1].revents != 0)
        lens_live_capture_take_messages (scene->capture);
    }
  lens_live_capture_reap (scene->capture, g_get_monotonic_time () + G_USEC_PER_SEC);
}

static void
clear_scene (Scene *scene)
{
  lens_recorder_free (scene->recorder);
  lens_live_capture_free (scene->capture);
  lens_lab_free (scene->lab);
  apart_remove (scene->folder);
  g_free (scene->folder);
}

static gssize
read_file (gpointer data, guint8 *into, gsize room)
{
  return read (GPOINTER_TO_INT (data), into, room);
}

/* Ethernet 14, IPv4 20, UDP 8: the payload stands at 42. */
static gboolean
is_numbered (const LensRecord *record, guint32 *number)
{
  if (record->captured != 42 + PAYLOAD || memcmp (record->octets + 42, "lenscap", 8) != 0)
    return FALSE;
  memcpy (number, record->octets + 50, sizeof *number);
  return TRUE;
}

static guint64
tshark_count (const char *path)
{
  const char *argv[] = { "tshark", "-r", path, "-T", "fields", "-e", "frame.number", NULL };
  g_autofree char *lines = NULL;
  guint64 count = 0;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, &lines, NULL, &status, NULL)
      || status != 0)
    return G_MAXUINT64; /* not installed, or not for this user */
  for (const char *at = lines; *at != '\0'; at++)
    count += *at == '\n';
  return count;
}

static void
hold_what_was_sent (gconstpointer data)
{
  const guint sent = 3000;
  Scene scene = { 0 };
  guint32 expected = 0, number = 0;
  gint64 last_ns = 0;
  guint64 frames = 0;

  set_scene (&scene);
  send_numbered (&scene, sent);
  read_to_the_end (&scene);
  const LensLiveCaptureState *state = lens_live_capture_state (scene.capture);
  g_assert_true (state->complete);
  g_assert_cmpuint (state->layers & LENS_LAYERS_REQUIRED, ==, LENS_LAYERS_REQUIRED);

  g_autofree char *path = g_build_filename (scene.folder, "traffic.pcapng", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (read_file, GINT_TO_POINTER (fd));
  LensRecord record;
  for (LensCaptureEvent event;
       (event = lens_capture_file_next (file, &record)) != LENS_CAPTURE_END;)
    {
      g_assert_cmpint (event, !=, LENS_CAPTURE_DAMAGED);
      if (event != LENS_CAPTURE_PACKET)
        continue;
      frames++;
      g_assert_cmpuint (record.captured, ==, record.original);
      if (!is_numbered (&record, &number))
        continue; /* the kernel's own, perhaps from another processor: between two others */
      g_assert_cmpuint (number, ==, expected++);
      g_assert_cmpint (record.time_ns, >=, last_ns);
      last_ns = record.time_ns;
    }
  close (fd);
  g_assert_cmpuint (expected, ==, sent);
  g_assert_cmpuint (frames, ==, state->packets);
  g_assert_cmpuint (frames, ==, state->beat.packets);
  g_assert_cmpuint (state->beat.kernel_drops, ==, 0);
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, 0);
  g_assert_cmpstr (lens_capture_file_interface (file, 0)->name, ==, LENS_LAB_INTERFACE);
  g_assert_cmpint (g_get_real_time () - last_ns / 1000, <, 30 * G_USEC_PER_SEC);
  guint64 seen_by_tshark = tshark_count (path);
  if (seen_by_tshark != G_MAXUINT64)
    g_assert_cmpuint (seen_by_tshark, ==, frames);
  clear_scene (&scene);
}

static void
holds_what_was_sent (gconstpointer data)
{
  apart_run (hold_what_was_sent, data, GPOINTER_TO_INT (data));
}

/* Nobody reads until all is sent, and it is more than the ring and the pipe hold. */
static void
count_what_was_lost (gconstpointer data)
{
  const guint sent = 110000;
  Scene scene = { 0 };

  set_scene (&scene);
  send_numbered (&scene, sent);
  read_to_the_end (&scene);
  const LensLiveCaptureState *state = lens_live_capture_state (scene.capture);
  g_test_message ("recorded %" G_GUINT64_FORMAT ", lost %" G_GUINT64_FORMAT, state->packets,
                  state->beat.kernel_drops);
  g_assert_cmpuint (state->beat.kernel_drops, >, 0);
  g_assert_cmpuint (state->packets, ==, state->beat.packets);
  g_assert_cmpuint (state->packets, >, 20000);
  g_assert_cmpuint (state->packets + state->beat.kernel_drops, >=, sent);
  g_assert_cmpuint (state->packets + state->beat.kernel_drops, <, sent + 50);
  clear_scene (&scene);
}

static void
counts_what_was_lost (void)
{
  apart_run (count_what_was_lost, NULL, FALSE);
}

static void
says_that_there_is_no_such_interface (void)
{
  g_autoptr (GError) error = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("not root: the permission is missed first");
      return;
    }
  g_assert_null (lens_live_capture_start (g_getenv ("LENSCAP_CAPTURE"), "nosuch0", &error));
  g_assert_cmpstr (error->message, ==,
                   "there is no interface nosuch0: 'ip link' lists those that there are");
}

static void
ask_without_permission (gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lens_live_capture_start (g_getenv ("LENSCAP_CAPTURE"), "lo", &error));
  g_assert_nonnull (strstr (error->message, "setcap cap_net_raw+ep"));
}

static void
says_which_permission_it_needs (void)
{
  apart_run (ask_without_permission, NULL, TRUE);
}

/* lenscap, capture and sink shall not map 135 shared objects of multimedia beside hostile octets.
 */
static void
only_the_puller_loads_libav (void)
{
  const char *programs[] = { "lenscap-capture", "lenscap-sink", "lenscap-pull", "lenscap" };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_build_filename (g_getenv ("LENSCAP_LIBEXEC"), programs[i], NULL);
      const char *argv[] = { "ldd", path, NULL };
      g_autofree char *lines = NULL;
      if (access (path, X_OK) != 0)
        continue; /* a build without the command line */
      g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                   &lines, NULL, NULL, NULL));
      g_assert_nonnull (strstr (lines, "libc.so"));
      g_assert_cmpint (strstr (lines, "libavformat") != NULL, ==,
                       g_str_equal (programs[i], "lenscap-pull"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/harness/capture/holds-what-was-sent", GINT_TO_POINTER (FALSE),
                        holds_what_was_sent);
  g_test_add_data_func ("/harness/capture/holds-what-was-sent-as-nobody", GINT_TO_POINTER (TRUE),
                        holds_what_was_sent);
  g_test_add_func ("/harness/capture/counts-what-was-lost", counts_what_was_lost);
  g_test_add_func ("/harness/capture/says-that-there-is-no-such-interface",
                   says_that_there_is_no_such_interface);
  g_test_add_func ("/harness/capture/says-which-permission-it-needs",
                   says_which_permission_it_needs);
  g_test_add_func ("/harness/capture/only-the-puller-loads-libav", only_the_puller_loads_libav);
  return g_test_run ();
}
