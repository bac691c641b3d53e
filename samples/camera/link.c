#include "samples/camera/link.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <net/if.h>

#define POLL_MS 50
#define DHCP_DEADLINE_S 20

void
lens_lease_clear (LensLease *lease)
{
  g_clear_pointer (&lease->address, g_free);
  g_clear_pointer (&lease->router, g_free);
  g_clear_pointer (&lease->resolver, g_free);
  g_clear_pointer (&lease->time_server, g_free);
}

/* One interface ioctl on a socket of its own; 0 or an errno. */
static int
ask_interface (const char *interface, unsigned long request, struct ifreq *answer)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd == -1)
    return errno;
  g_strlcpy (answer->ifr_name, interface, sizeof answer->ifr_name);
  int result = ioctl (fd, request, answer) == -1 ? errno : 0;
  close (fd);
  return result;
}

/* Not sysfs: /sys shows the network namespace of whoever mounted it. */
static gboolean
has_carrier (const char *interface)
{
  struct ifreq state = { 0 };

  if (ask_interface (interface, SIOCGIFFLAGS, &state) != 0)
    return FALSE;
  if ((state.ifr_flags & IFF_UP) == 0)
    {
      state.ifr_flags |= IFF_UP;
      ask_interface (interface, SIOCSIFFLAGS, &state);
      return FALSE;
    }
  return (state.ifr_flags & IFF_RUNNING) != 0;
}

gboolean
lens_link_wait (const char *interface, guint deadline_s, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64)deadline_s * G_USEC_PER_SEC;

  while (!has_carrier (interface))
    {
      if (g_get_monotonic_time () > deadline_us)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: no link within %u s",
                       interface, deadline_s);
          return FALSE;
        }
      g_usleep (POLL_MS * 1000);
    }
  return TRUE;
}

gboolean
lens_link_hardware_address (const char *interface, guint8 address[6], GError **error)
{
  struct ifreq answer = { 0 };
  int reason = ask_interface (interface, SIOCGIFHWADDR, &answer);

  if (reason != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reason), "%s: hardware address: %s",
                   interface, g_strerror (reason));
      return FALSE;
    }
  memcpy (address, answer.ifr_hwaddr.sa_data, 6);
  return TRUE;
}

typedef struct
{
  GSubprocess *process;
  char *said;
  GError *error;
  gboolean ended;
} DhcpClient;

static void
client_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  DhcpClient *client = data;

  g_subprocess_communicate_utf8_finish (client->process, result, &client->said, NULL,
                                        &client->error);
  client->ended = TRUE;
}

static gboolean
client_is_late (gpointer data)
{
  DhcpClient *client = data;

  g_subprocess_force_exit (client->process);
  return G_SOURCE_CONTINUE;
}

/* Between fork and exec: only calls that are safe there. */
static void
die_with_the_camera (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static char *
run_client (const char *const *arguments, GError **error)
{
  DhcpClient client = { 0 };
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_the_camera, NULL, NULL);

  client.process = g_subprocess_launcher_spawnv (launcher, arguments, error);
  if (client.process == NULL)
    return NULL;
  g_subprocess_communicate_utf8_async (client.process, NULL, NULL, client_ended, &client);
  guint alarm = g_timeout_add_seconds (DHCP_DEADLINE_S, client_is_late, &client);
  while (!client.ended)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (alarm);
  g_object_unref (client.process);
  if (client.error != NULL)
    g_propagate_error (error, client.error);
  return client.said;
}

/* The first dotted address of "KEY=a b c"; what is no address is not believed. */
static void
take_address (const char *line, const char *key, char **address)
{
  if (!g_str_has_prefix (line, key))
    return;
  g_auto (GStrv) words = g_strsplit_set (line + strlen (key), " ", 2);
  g_autoptr (GInetAddress) first
      = words[0] != NULL ? g_inet_address_new_from_string (words[0]) : NULL;
  if (first == NULL || g_inet_address_get_family (first) != G_SOCKET_FAMILY_IPV4)
    return;
  g_free (*address);
  *address = g_inet_address_to_string (first);
}

gboolean
lens_link_lease (const char *interface, const char *script, const char *host_name,
                 const char *vendor_class, LensLease *lease, GError **error)
{
  g_autofree char *name_option = g_strconcat ("hostname:", host_name, NULL);
  /* At most 6 discovers 2 s apart (-t, -T); leave when bound (-q) or not (-n). */
  const char *const arguments[]
      = { "busybox", "udhcpc",  "-f", "-n",   "-q", "-t",        "6",  "-T",         "2",
          "-i",      interface, "-s", script, "-x", name_option, "-V", vendor_class, NULL };
  g_autofree char *said = run_client (arguments, error);
  if (said == NULL)
    return FALSE;

  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      take_address (*line, "address=", &lease->address);
      take_address (*line, "router=", &lease->router);
      take_address (*line, "resolver=", &lease->resolver);
      take_address (*line, "time-server=", &lease->time_server);
    }
  if (lease->address != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "%s: no DHCP lease", interface);
  return FALSE;
}
