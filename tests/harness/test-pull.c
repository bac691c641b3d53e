/* The puller against servers that do what cameras do, and worse (scripted-rtsp.py). */
#include "harness/live-puller.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WHOLE_TEST_S 20

typedef struct
{
  GPid server;
  int server_out;
  char *folder, *log_path;
  LensDeclaredStream stream;
  GString *log;
  LensLivePuller *puller;
} Scene;

typedef struct
{
  const char *mode; /* of the server; NULL: there is none */
  LensStreamTransport transport;
  const char *secret;
  gboolean allow_basic;
  LensPullEndReason reason;
  guint64 packets;
  guint credentials_on_the_wire;
} Case;

static void
die_with_the_test (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

static guint16
start_server (Scene *scene, const char *mode)
{
  const char *argv[]
      = { "/usr/bin/python3", g_getenv ("LENSCAP_SCRIPTED_RTSP"), mode, scene->log_path, NULL };
  g_autoptr (GError) error = NULL;
  char port[16] = "";

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_the_test,
                            NULL, &scene->server, NULL, &scene->server_out, NULL, &error);
  g_assert_no_error (error);
  for (gsize have = 0; strchr (port, '\n') == NULL;)
    {
      ssize_t got = read (scene->server_out, port + have, sizeof port - 1 - have);
      g_assert_cmpint (got, >, 0);
      have += got;
    }
  return g_ascii_strtoull (port, NULL, 10);
}

static void
set_scene (Scene *scene, const Case *the_case)
{
  g_autoptr (GError) error = NULL;
  guint16 port = 9; /* discard: nobody listens on 127.0.0.1 here */

  memset (scene, 0, sizeof *scene);
  scene->folder = g_dir_make_tmp ("lenscap-pull-XXXXXX", &error);
  g_assert_no_error (error);
  scene->log_path = g_build_filename (scene->folder, "wire.log", NULL);
  if (the_case->mode != NULL)
    port = start_server (scene, the_case->mode);
  scene->log = g_string_new (NULL);
  scene->stream = (LensDeclaredStream){
    .name = (char *)"main",
    .url = g_strdup_printf ("rtsp://127.0.0.1:%u/live?channel=1", port),
    .host = (char *)"127.0.0.1",
    .port = port,
    .transport = the_case->transport,
    .tracks = g_ptr_array_new (),
    .allow_basic = the_case->allow_basic,
  };
  g_assert_true (lens_address_parse ("127.0.0.1", &scene->stream.address));
  const LensLivePullWish wish = {
    .program = g_getenv ("LENSCAP_PULL"),
    .stream = &scene->stream,
    .address = scene->stream.address,
    .secret = the_case->secret,
    .number = getpid (),
    .connect_ms = 1200,
    .reply_ms = 1200,
    .media_ms = 1200,
    .log = scene->log,
  };
  scene->puller = lens_live_puller_start (&wish, &error);
  g_assert_no_error (error);
}

static void
clear_scene (Scene *scene)
{
  lens_live_puller_free (scene->puller);
  if (scene->server != 0)
    {
      kill (scene->server, SIGKILL);
      waitpid (scene->server, NULL, 0);
      close (scene->server_out);
    }
  unlink (scene->log_path);
  rmdir (scene->folder);
  g_free (scene->folder);
  g_free (scene->log_path);
  g_free (scene->stream.url);
  g_ptr_array_unref (scene->stream.tracks);
  g_string_free (scene->log, TRUE);
}

/* Until the puller has ended, or @packets have come and it is asked to stop. */
static void
play (Scene *scene, guint64 packets)
{
  gint64 until_us = g_get_monotonic_time () + WHOLE_TEST_S * G_USEC_PER_SEC;

  while (!lens_live_puller_state (scene->puller)->ended)
    {
      struct pollfd polled[] = {
        { .fd = lens_live_puller_broker_fd (scene->puller), .events = POLLIN },
        { .fd = lens_live_puller_messages_fd (scene->puller), .events = POLLIN },
      };
      poll (polled, G_N_ELEMENTS (polled), 100);
      if (polled[0].revents != 0)
        lens_live_puller_serve (scene->puller);
      if (polled[1].revents != 0)
        lens_live_puller_take_messages (scene->puller);
      lens_live_puller_tick (scene->puller, g_get_monotonic_time ());
      if (packets != 0 && lens_live_puller_state (scene->puller)->packets >= packets)
        lens_live_puller_stop (scene->puller);
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }
}

static char *
on_the_wire (const Scene *scene)
{
  char *text = NULL;

  return g_file_get_contents (scene->log_path, &text, NULL, NULL) ? text : g_strdup ("");
}

static guint
count (const char *text, const char *word)
{
  guint found = 0;

  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    found++;
  return found;
}

static void
pull_ends_as_it_should (gconstpointer data)
{
  const Case *the_case = data;
  Scene scene;

  set_scene (&scene, the_case);
  play (&scene, the_case->reason == LENS_PULL_END_STOPPED ? the_case->packets : 0);
  const LensLivePullerState *state = lens_live_puller_state (scene.puller);
  g_autofree char *wire = on_the_wire (&scene);
  g_test_message ("%s: %s; log:\n%s\nwire:\n%s", lens_pull_end_name (state->reason), state->detail,
                  scene.log->str, wire);
  g_assert_cmpstr (lens_pull_end_name (state->reason), ==, lens_pull_end_name (the_case->reason));
  g_assert_cmpuint (state->packets, ==, the_case->packets);
  g_assert_cmpuint (state->octets, ==, the_case->packets * 160);
  g_assert_cmpint (state->opened, ==, strstr (wire, "PLAY ") != NULL);
  /* Inside TLS there is a TEARDOWN only where no read was under way when the end came. */
  guint farewell
      = the_case->transport == LENS_STREAM_OVER_TLS && strstr (wire, "TEARDOWN ") != NULL;
  g_assert_cmpuint (count (wire, "Authorization:") - farewell, ==,
                    the_case->credentials_on_the_wire);
  g_assert_cmpuint (count (scene.log->str, "\tend\t"), ==, 1);
  if (the_case->secret != NULL)
    g_assert_null (strstr (scene.log->str, strchr (the_case->secret, ':') + 1));
  if (state->reason == LENS_PULL_END_DENIED || g_strcmp0 (the_case->mode, "source") == 0)
    {
      g_assert_cmpuint (state->denied, >, 0);
      g_assert_cmpuint (count (scene.log->str, "\tdenied\t"), >, 0);
    }
  if (state->opened)
    g_assert_cmpuint (count (scene.log->str, "\tmain\t0\taudio\tpcm_alaw\t1/8000"), ==, 1);
  clear_scene (&scene);
}

/* With reply_ms the most that one reply may take, however it arrives. */
static void
a_dripping_reply_is_late_too (void)
{
  const Case drip = { .mode = "drip" };
  gint64 begun_us = g_get_monotonic_time ();
  Scene scene;

  set_scene (&scene, &drip);
  play (&scene, 0);
  g_assert_cmpint (lens_live_puller_state (scene.puller)->reason, ==, LENS_PULL_END_REPLY_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, 4 * G_USEC_PER_SEC);
  clear_scene (&scene);
}

static void
the_password_is_in_no_argument_and_no_environment (void)
{
  const Case hang = { .mode = "hang", .secret = "admin:unfindable" };
  Scene scene;

  set_scene (&scene, &hang);
  g_autofree char *self = g_strdup_printf ("/proc/%d", getpid ());
  GDir *processes = g_dir_open ("/proc", 0, NULL);
  for (const char *name; (name = g_dir_read_name (processes)) != NULL;)
    for (guint i = 0; i < 2 && g_ascii_isdigit (*name); i++)
      {
        g_autofree char *path = g_strdup_printf ("/proc/%s/%s", name, i ? "environ" : "cmdline");
        g_autofree char *text = NULL;
        gsize length = 0;
        if (!g_str_has_prefix (path, self) && g_file_get_contents (path, &text, &length, NULL))
          g_assert_null (memmem (text, length, "unfindable", 10));
      }
  g_dir_close (processes);
  play (&scene, 0);
  clear_scene (&scene);
}

static void
a_killed_puller_is_noticed (void)
{
  const Case silent = { .mode = "close" };
  Scene scene;

  set_scene (&scene, &silent);
  while (!lens_live_puller_state (scene.puller)->opened)
    {
      struct pollfd polled[] = {
        { .fd = lens_live_puller_broker_fd (scene.puller), .events = POLLIN },
        { .fd = lens_live_puller_messages_fd (scene.puller), .events = POLLIN },
      };
      g_assert_cmpint (poll (polled, G_N_ELEMENTS (polled), 5000), >, 0);
      if (polled[0].revents != 0)
        lens_live_puller_serve (scene.puller);
      if (polled[1].revents != 0)
        lens_live_puller_take_messages (scene.puller);
    }
  kill (lens_live_puller_pid (scene.puller), SIGKILL);
  play (&scene, 0);
  g_assert_cmpint (lens_live_puller_state (scene.puller)->reason, ==, LENS_PULL_END_CRASHED);
  g_assert_cmpuint (count (scene.log->str, "\tsignal\t"), ==, 1);
  clear_scene (&scene);
}

#define TCP LENS_STREAM_OVER_TCP
#define UDP LENS_STREAM_OVER_UDP
#define TLS LENS_STREAM_OVER_TLS
#define WRONG "admin:wrong pass"

static const struct
{
  const char *name;
  Case the_case;
} cases[] = {
  { "plays-over-tcp", { "good", TCP, NULL, FALSE, LENS_PULL_END_STOPPED, 50, 0 } },
  { "plays-over-udp", { "good", UDP, NULL, FALSE, LENS_PULL_END_STOPPED, 50, 0 } },
  { "a-closed-connection-is-an-end", { "close", TCP, NULL, FALSE, LENS_PULL_END_CLOSED, 50, 0 } },
  { "a-bye-is-an-end", { "bye", TCP, NULL, FALSE, LENS_PULL_END_CLOSED, 50, 0 } },
  { "nobody-there", { NULL, TCP, NULL, FALSE, LENS_PULL_END_REFUSED, 0, 0 } },
  { "a-wrong-password-is-tried-once",
    { "digest", TCP, WRONG, FALSE, LENS_PULL_END_UNAUTHORIZED, 0, 1 } },
  { "no-password-is-no-attempt", { "digest", TCP, NULL, FALSE, LENS_PULL_END_UNAUTHORIZED, 0, 0 } },
  { "basic-is-refused-before-it-is-sent",
    { "basic", TCP, WRONG, FALSE, LENS_PULL_END_BASIC_REFUSED, 0, 0 } },
  { "allowed-basic-is-tried-once",
    { "basic", TCP, WRONG, TRUE, LENS_PULL_END_UNAUTHORIZED, 0, 1 } },
  { "digest-is-preferred-to-basic",
    { "basic-digest", TCP, WRONG, TRUE, LENS_PULL_END_UNAUTHORIZED, 0, 1 } },
  { "the-right-password-plays", { "digest-ok", TCP, WRONG, FALSE, LENS_PULL_END_STOPPED, 50, 4 } },
  { "allowed-basic-plays", { "basic-ok", TCP, WRONG, TRUE, LENS_PULL_END_STOPPED, 50, 4 } },
  /* No TEARDOWN: a TLS session whose read was broken off cannot send any more. */
  { "plays-inside-tls", { "tls-digest-ok", TLS, WRONG, FALSE, LENS_PULL_END_STOPPED, 50, 3 } },
  { "basic-is-refused-inside-tls",
    { "tls-basic", TLS, WRONG, FALSE, LENS_PULL_END_BASIC_REFUSED, 0, 0 } },
  { "garbage-is-not-rtsp", { "garbage", TCP, NULL, FALSE, LENS_PULL_END_NOT_RTSP, 0, 0 } },
  { "a-close-before-the-answer",
    { "early-close", TCP, NULL, FALSE, LENS_PULL_END_NOT_RTSP, 0, 0 } },
  { "no-such-stream", { "not-found", TCP, NULL, FALSE, LENS_PULL_END_NOT_FOUND, 0, 0 } },
  { "no-such-transport", { "no-transport", UDP, NULL, FALSE, LENS_PULL_END_UNSUPPORTED, 0, 0 } },
  { "no-answer-in-time", { "hang", TCP, NULL, FALSE, LENS_PULL_END_REPLY_TIMEOUT, 0, 0 } },
  { "no-media-in-time", { "silent", TCP, NULL, FALSE, LENS_PULL_END_MEDIA_TIMEOUT, 0, 0 } },
  { "a-redirect-elsewhere-is-denied",
    { "redirect", TCP, WRONG, FALSE, LENS_PULL_END_DENIED, 0, 0 } },
  { "nothing-is-sent-where-media-is-said-to-come-from",
    { "source", UDP, NULL, FALSE, LENS_PULL_END_STOPPED, 50, 0 } },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/harness/pull/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i].the_case, pull_ends_as_it_should);
    }
  g_test_add_func ("/harness/pull/a-dripping-reply-is-late-too", a_dripping_reply_is_late_too);
  g_test_add_func ("/harness/pull/the-password-is-in-no-argument-and-no-environment",
                   the_password_is_in_no_argument_and_no_environment);
  g_test_add_func ("/harness/pull/a-killed-puller-is-noticed", a_killed_puller_is_noticed);
  return g_test_run ();
}
