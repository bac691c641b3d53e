/* lenscap-camera: an IP camera made of software, for a network namespace that somebody else
 * made.  It does what a camera does beside its stream, and, told to, hides things in it.
 * samples/README.md tells the whole story. */
#include "samples/camera/discovery.h"
#include "samples/camera/implant.h"
#include "samples/camera/link.h"
#include "samples/camera/resolver.h"
#include "samples/camera/stream.h"
#include "samples/camera/time-client.h"
#include "samples/camera/truth.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#define LINK_DEADLINE_S 30
#define UPDATE_CHECK_S 60

static const LensImplant *const known_implants[]
    = { &lens_implant_padding, &lens_implant_dns, &lens_implant_still };

typedef struct
{
  char *interface, *address, *resolver, *time_server, *path, *user, *password;
  char *model, *vendor_class, *time_name, *update_name, *implants, *truth;
  int port, kbps, duration_s;
  gint64 seed;
} Options;

typedef struct
{
  const Options *options;
  LensTruth *truth;
  GMainLoop *loop;
  LensLease lease;
  guint8 hardware[6];
  LensResolver *resolver;
  LensTimeClient *time_client;
  LensDiscovery *discovery;
  LensStream *stream;
  LensHost host;
  const LensImplant *implants[G_N_ELEMENTS (known_implants)];
  gpointer states[G_N_ELEMENTS (known_implants)];
  guint n_implants;
} Camera;

static gboolean
choose_implants (Camera *camera, const char *list, GError **error)
{
  g_auto (GStrv) names = g_strsplit (list != NULL ? list : "", ",", -1);
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (known_implants); i++)
    if (g_strv_contains ((const char *const *)names, known_implants[i]->name))
      camera->implants[found++] = known_implants[i];
  camera->n_implants = found;
  if (found == g_strv_length (names))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--implant %s: allowed are padding, dns and still, each once", list);
  return FALSE;
}

static void
meet_viewer (LensViewer *viewer, gpointer data)
{
  Camera *camera = data;

  for (guint i = 0; i < camera->n_implants; i++)
    if (camera->implants[i]->meet != NULL)
      camera->implants[i]->meet (camera->states[i], viewer);
}

static void
log_network (Camera *camera)
{
  const LensLease *lease = &camera->lease;
  const guint8 *octet = camera->hardware;
  g_autofree char *hardware = g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", octet[0], octet[1],
                                               octet[2], octet[3], octet[4], octet[5]);
  GString *line = lens_truth_begin ("honest", "network");

  lens_truth_add_text (line, "mac", hardware);
  lens_truth_add_text (line, "address", lease->address);
  lens_truth_add_text (line, "router", lease->router != NULL ? lease->router : "");
  lens_truth_add_text (line, "resolver", lease->resolver != NULL ? lease->resolver : "");
  lens_truth_add_text (line, "time-server", lease->time_server != NULL ? lease->time_server : "");
  lens_truth_end (camera->truth, line);
}

static void
replace (char **value, const char *with)
{
  if (with == NULL)
    return;
  g_free (*value);
  *value = g_strdup (with);
}

/* Waits for the link and learns who and where the camera is. */
static gboolean
come_up (Camera *camera, GError **error)
{
  const Options *options = camera->options;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", error);
  if (self == NULL)
    return FALSE;
  g_autofree char *folder = g_path_get_dirname (self);
  g_autofree char *script = g_build_filename (folder, "lenscap-camera-dhcp", NULL);

  if (!lens_link_wait (options->interface, LINK_DEADLINE_S, error)
      || !lens_link_hardware_address (options->interface, camera->hardware, error))
    return FALSE;
  if (options->address == NULL
      && !lens_link_lease (options->interface, script, options->model, options->vendor_class,
                           &camera->lease, error))
    return FALSE;
  replace (&camera->lease.address, options->address);
  replace (&camera->lease.resolver, options->resolver);
  replace (&camera->lease.time_server, options->time_server);
  log_network (camera);
  return TRUE;
}

static void
keep_time_with (Camera *camera, const char *server)
{
  g_autoptr (GError) error = NULL;

  if (camera->time_client != NULL)
    return;
  camera->time_client = lens_time_client_new (server, camera->truth, &error);
  if (camera->time_client == NULL)
    fprintf (stderr, "lenscap-camera: time server %s: %s\n", server, error->message);
}

/* The server that DHCP named wins over the factory's name. */
static void
time_name_resolved (const char *name, const char *address, gpointer data)
{
  Camera *camera = data;
  const char *server = camera->lease.time_server != NULL ? camera->lease.time_server : address;

  if (server != NULL)
    keep_time_with (camera, server);
}

static gboolean
look_for_updates (gpointer data)
{
  Camera *camera = data;

  lens_resolver_ask (camera->resolver, "honest", "dns", camera->options->update_name,
                     LENS_RESOLVER_A, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
begin_services (Camera *camera, GError **error)
{
  const Options *options = camera->options;

  camera->discovery = lens_discovery_new (camera->lease.address, camera->hardware, options->model,
                                          camera->truth, error);
  if (camera->discovery == NULL)
    return FALSE;
  camera->resolver = lens_resolver_new (camera->lease.resolver, camera->truth);
  if (camera->lease.resolver != NULL)
    lens_resolver_ask (camera->resolver, "honest", "dns", options->time_name, LENS_RESOLVER_A,
                       time_name_resolved, camera);
  else
    time_name_resolved (options->time_name, NULL, camera);
  look_for_updates (camera);
  return TRUE;
}

static gboolean
begin_stream (Camera *camera, GError **error)
{
  const Options *options = camera->options;
  const LensStreamOptions wanted = {
    .address = camera->lease.address,
    .path = options->path,
    .realm = options->model,
    .user = options->user,
    .password = options->password,
    .port = (guint)options->port,
    .kbps = (guint)options->kbps,
  };

  camera->stream = lens_stream_new (&wanted, meet_viewer, camera, error);
  if (camera->stream == NULL)
    return FALSE;
  camera->host = (LensHost){ .seed = (guint64)options->seed,
                             .truth = camera->truth,
                             .resolver = camera->resolver,
                             .stream = camera->stream };
  for (guint i = 0; i < camera->n_implants; i++)
    camera->states[i] = camera->implants[i]->start (&camera->host);
  if (!lens_stream_start (camera->stream, error))
    return FALSE;

  g_autofree char *url
      = g_strdup_printf ("rtsp://%s:%u%s", wanted.address, wanted.port, wanted.path);
  GString *line = lens_truth_begin ("honest", "serving");
  lens_truth_add_text (line, "url", url);
  lens_truth_end (camera->truth, line);
  return TRUE;
}

static void
go_down (Camera *camera)
{
  g_clear_pointer (&camera->stream, lens_stream_free);
  for (guint i = 0; i < camera->n_implants; i++)
    if (camera->states[i] != NULL)
      camera->implants[i]->stop (camera->states[i]);
  g_clear_pointer (&camera->resolver, lens_resolver_free);
  g_clear_pointer (&camera->time_client, lens_time_client_free);
  g_clear_pointer (&camera->discovery, lens_discovery_free);
  lens_lease_clear (&camera->lease);
}

static gboolean
stop_now (gpointer data)
{
  Camera *camera = data;

  g_main_loop_quit (camera->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
live (Camera *camera, GError **error)
{
  gboolean well = come_up (camera, error);

  if (well)
    {
      /* Until here a signal simply ends the process; from here there is something to say. */
      guint sources[]
          = { g_unix_signal_add (SIGTERM, stop_now, camera),
              g_unix_signal_add (SIGINT, stop_now, camera),
              g_timeout_add_seconds ((guint)camera->options->duration_s, stop_now, camera),
              g_timeout_add_seconds (UPDATE_CHECK_S, look_for_updates, camera) };
      well = begin_services (camera, error) && begin_stream (camera, error);
      if (well)
        g_main_loop_run (camera->loop);
      for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        g_source_remove (sources[i]);
    }
  go_down (camera);
  return well;
}

/* A camera without its laboratory must not outlive it. */
static void
die_with_parent (pid_t parent)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != parent)
    exit (EXIT_FAILURE);
}

static gboolean
is_address (const char *text)
{
  g_autoptr (GInetAddress) address = text != NULL ? g_inet_address_new_from_string (text) : NULL;

  return text == NULL
         || (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4);
}

static gboolean
is_host_name (const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  if (strlen (name) > 253 || labels[0] == NULL)
    return FALSE;
  for (char **label = labels; *label != NULL; label++)
    if (**label == '\0' || strlen (*label) > 63)
      return FALSE;
  return TRUE;
}

static gboolean
check (const Options *options, GError **error)
{
  const char *wrong = NULL;

  if (!is_address (options->address) || !is_address (options->resolver)
      || !is_address (options->time_server))
    wrong = "addresses are dotted IPv4";
  else if (!is_host_name (options->time_name) || !is_host_name (options->update_name))
    wrong = "names have labels of 1 to 63 octets, 253 in all";
  else if (options->port < 1 || options->port > 65535)
    wrong = "--port is 1 to 65535";
  else if (options->kbps < 100 || options->kbps > 20000)
    wrong = "--kbps is 100 to 20000";
  else if (options->duration_s < 1 || options->duration_s > 86400)
    wrong = "--duration is 1 to 86400 seconds";
  else if (options->path[0] != '/')
    wrong = "--path begins with a slash";
  else if ((options->user == NULL) != (options->password == NULL))
    wrong = "--user and --password go together";
  if (wrong != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
  return wrong == NULL;
}

static void
set_defaults (Options *options)
{
  *options = (Options){
    .interface = g_strdup ("cam0"),
    .path = g_strdup ("/Streaming/Channels/101"),
    .model = g_strdup ("IPC-640"),
    .vendor_class = g_strdup ("ipc-640"),
    .time_name = g_strdup ("time.example.net"),
    .update_name = g_strdup ("updates.example.net"),
    .port = 554,
    .kbps = 2000,
    .duration_s = 600,
  };
}

static void
clear_options (Options *options)
{
  char **texts[]
      = { &options->interface,    &options->address,   &options->resolver,    &options->time_server,
          &options->path,         &options->user,      &options->password,    &options->model,
          &options->vendor_class, &options->time_name, &options->update_name, &options->implants,
          &options->truth };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
}

static gboolean
read_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "interface", 'i', 0, G_OPTION_ARG_STRING, &options->interface, "the camera's port (cam0)",
      "IF" },
    { "address", 0, 0, G_OPTION_ARG_STRING, &options->address,
      "the address IF already has; no DHCP", "ADDRESS" },
    { "resolver", 0, 0, G_OPTION_ARG_STRING, &options->resolver,
      "whom to ask for names (what DHCP says)", "ADDRESS" },
    { "time-server", 0, 0, G_OPTION_ARG_STRING, &options->time_server,
      "whom to ask for the time (what DHCP says)", "ADDRESS" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &options->port, "RTSP port (554)", "N" },
    { "path", 0, 0, G_OPTION_ARG_STRING, &options->path, "RTSP path (/Streaming/Channels/101)",
      "PATH" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options->user, "ask viewers for Digest", "NAME" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &options->password, "the viewers' password", "TEXT" },
    { "kbps", 0, 0, G_OPTION_ARG_INT, &options->kbps, "video rate (2000)", "N" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options->model, "host name and scope (IPC-640)",
      "TEXT" },
    { "vendor-class", 0, 0, G_OPTION_ARG_STRING, &options->vendor_class, "DHCP option 60 (ipc-640)",
      "TEXT" },
    { "time-name", 0, 0, G_OPTION_ARG_STRING, &options->time_name,
      "time server's factory name (time.example.net)", "NAME" },
    { "update-name", 0, 0, G_OPTION_ARG_STRING, &options->update_name,
      "where updates would be (updates.example.net)", "NAME" },
    { "implant", 0, 0, G_OPTION_ARG_STRING, &options->implants,
      "what to hide: padding, dns, still (nothing)", "LIST" },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &options->seed, "decides all the implants do (0)", "N" },
    { "truth", 't', 0, G_OPTION_ARG_FILENAME, &options->truth,
      "log of what was hidden where, - for standard output", "FILE" },
    { "duration", 'd', 0, G_OPTION_ARG_INT, &options->duration_s, "stop after S seconds (600)",
      "S" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- a simulated IP camera");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error) && check (options, error);
}

int
main (int argc, char **argv)
{
  pid_t parent = getppid ();
  Options options;
  Camera camera = { .options = &options };
  g_autoptr (GError) error = NULL;

  die_with_parent (parent);
  set_defaults (&options);
  gboolean well = read_options (&options, &argc, &argv, &error)
                  && choose_implants (&camera, options.implants, &error);
  if (well)
    {
      gst_init (NULL, NULL);
      camera.truth = lens_truth_new (options.truth, &error);
      camera.loop = g_main_loop_new (NULL, FALSE);
      well = camera.truth != NULL && live (&camera, &error);
      g_main_loop_unref (camera.loop);
      lens_truth_free (camera.truth);
    }
  if (!well)
    fprintf (stderr, "lenscap-camera: %s\n", error->message);
  clear_options (&options);
  return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
