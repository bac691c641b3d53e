/* The private lab, seen from the device in it. */
#include "harness/lab.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"

#include "apart.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static const guint8 device_mac[6] = { 0x44, 0x19, 0xb6, 0x00, 0x00, 0x01 };

typedef struct
{
  LensLab *lab;
  int device;
} Scene;

static void
set_scene (Scene *scene)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sink = g_build_filename (g_getenv ("LENSCAP_LIBEXEC"), "lenscap-sink", NULL);

  scene->lab = lens_lab_new (device_mac, &error);
  g_assert_no_error (error);
  g_assert_true (lens_lab_serve (scene->lab, sink, &error));
  scene->device = lens_lab_device_netns (scene->lab);
}

static void
give_address (Scene *scene)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lens_link_add_address (scene->device, LENS_LAB_DEVICE_INTERFACE, LENS_LAB_DEVICE,
                                        24, &error));
  g_assert_true (lens_link_add_default_route (scene->device, LENS_LAB_ADDRESS, &error));
}

static struct sockaddr_in
endpoint (const char *address, guint16 port)
{
  struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons (port) };

  g_assert_cmpint (inet_pton (AF_INET, address, &there.sin_addr), ==, 1);
  return there;
}

static int
open_to (const Scene *scene, int type, const char *address, guint16 port)
{
  const struct sockaddr_in there = endpoint (address, port);
  int fd = lens_netns_socket (scene->device, AF_INET, type, 0);

  g_assert_cmpint (connect (fd, (const struct sockaddr *)&there, sizeof there), ==, 0);
  return fd;
}

/* -1: no answer within a second. */
static ssize_t
ask (int fd, gconstpointer question, gsize length, guint8 *answer, gsize room)
{
  struct pollfd polled = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (send (fd, question, length, MSG_NOSIGNAL), ==, length);
  return poll (&polled, 1, 1000) > 0 ? recv (fd, answer, room, 0) : -1;
}

/* The socket is connected, so an answer under another address would not arrive. */
static void
expect_name_server (const Scene *scene, const char *server)
{
  static const guint8 query[]
      = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" /* one question */
        "\x07updates\x07"
        "example\x03net\x00\x00\x01\x00\x01"; /* A, IN */
  const guint8 sink[] = { 198, 51, 100, 80 };
  guint8 answer[512];
  int fd = open_to (scene, SOCK_DGRAM, server, 53);
  ssize_t length = ask (fd, query, sizeof query - 1, answer, sizeof answer);

  g_assert_cmpint (length, >, 16);
  g_assert_cmpmem (answer, 2, query, 2);
  g_assert_cmpmem (answer + length - 4, 4, sink, 4);
  close (fd);
}

static void
expect_time_server (const Scene *scene, const char *server)
{
  guint8 request[48] = { 0x23 };
  guint8 answer[128];
  int fd = open_to (scene, SOCK_DGRAM, server, 123);

  g_assert_cmpint (ask (fd, request, sizeof request, answer, sizeof answer), ==, 48);
  g_assert_cmphex (answer[0], ==, 0x24);
  guint32 seconds = 0;
  memcpy (&seconds, answer + 40, 4);
  gint64 unix_time = (gint64)GUINT32_FROM_BE (seconds) - G_GINT64_CONSTANT (2208988800);
  g_assert_cmpint (ABS (unix_time - g_get_real_time () / G_USEC_PER_SEC), <=, 2);
  close (fd);
}

static void
expect_sink (const Scene *scene, const char *address, guint16 port)
{
  const char *http = "GET /firmware HTTP/1.1\r\nHost: updates.example.net\r\n\r\n";
  guint8 answer[256] = { 0 };
  int fd = open_to (scene, SOCK_STREAM, address, port);

  g_assert_cmpint (ask (fd, http, strlen (http), answer, sizeof answer - 1), >, 0);
  g_assert_true (g_str_has_prefix ((const char *)answer, "HTTP/1.1 200 OK\r\n"));
  close (fd);

  fd = open_to (scene, SOCK_STREAM, address, port);
  g_assert_cmpint (ask (fd, "\x16\x03\x01 not http", 12, answer, sizeof answer), ==, -1);
  close (fd);
}

static void
be_the_rest_of_the_world (gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  guint8 answer[64];

  set_scene (&scene);
  give_address (&scene);
  expect_name_server (&scene, LENS_LAB_ADDRESS);
  expect_name_server (&scene, "8.8.8.8");
  expect_time_server (&scene, LENS_LAB_ADDRESS);
  expect_time_server (&scene, "203.0.113.7");
  expect_sink (&scene, LENS_LAB_SINK, 80);
  expect_sink (&scene, "203.0.113.9", 8800);
  int datagrams = open_to (&scene, SOCK_DGRAM, "203.0.113.9", 32100);
  g_assert_cmpint (ask (datagrams, "hello", 5, answer, sizeof answer), ==, -1);
  close (datagrams);
  g_assert_true (lens_lab_check (scene.lab, &error));
  lens_lab_free (scene.lab);
}

static void
is_the_rest_of_the_world (gconstpointer data)
{
  apart_run (be_the_rest_of_the_world, NULL, GPOINTER_TO_INT (data));
}

/* More connections than the sink holds at a time: they wait, none is refused. */
static void
crowd_the_sink (gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  int crowd[80];

  set_scene (&scene);
  give_address (&scene);
  for (gsize i = 0; i < G_N_ELEMENTS (crowd); i++)
    crowd[i] = open_to (&scene, SOCK_STREAM, "203.0.113.9", 1000 + i);
  for (gsize i = 0; i < G_N_ELEMENTS (crowd); i++)
    close (crowd[i]);
  expect_sink (&scene, "203.0.113.9", 8800);
  g_assert_true (lens_lab_check (scene.lab, &error));
  lens_lab_free (scene.lab);
}

static void
a_crowd_is_served (void)
{
  apart_run (crowd_the_sink, NULL, FALSE);
}

static void
lose_a_program (gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sh", "-c", "echo first; echo no sensor found >&2; exit 3", NULL };

  set_scene (&scene);
  g_assert_true (lens_lab_start_device (scene.lab, "/bin/sh", argv, &error));
  for (guint i = 0; i < 50 && lens_lab_check (scene.lab, &error); i++)
    g_usleep (100000);
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, "sh exited with status 3: no sensor found");
  lens_lab_free (scene.lab);
}

static void
a_lost_program_is_named (void)
{
  apart_run (lose_a_program, NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/harness/lab/is-the-rest-of-the-world", GINT_TO_POINTER (FALSE),
                        is_the_rest_of_the_world);
  g_test_add_data_func ("/harness/lab/is-the-rest-of-the-world-as-nobody", GINT_TO_POINTER (TRUE),
                        is_the_rest_of_the_world);
  g_test_add_func ("/harness/lab/a-crowd-is-served", a_crowd_is_served);
  g_test_add_func ("/harness/lab/a-lost-program-is-named", a_lost_program_is_named);
  return g_test_run ();
}
