#include "harness/lab.h"

#include "harness/offload.h"
#include "harness/sink.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PREFIX_BITS 24
#define SINK_PORT 9999
#define NTP_PORT 123
#define MARK 1
#define TABLE 100
#define START_US (5 * G_USEC_PER_SEC)
#define WORDS_MAX 4096

/* What is not for the lab's own subnet goes to the sink with its address kept; DNS and NTP to
 * foreign servers go to ours, which answer under the foreign address. */
static const char rules[]
    = "table ip lenscap {\n"
      "  chain sink { type filter hook prerouting priority mangle; policy accept;\n"
      "    iifname != \"" LENS_LAB_INTERFACE "\" accept\n"
      "    ip daddr { 192.0.2.0/24, 255.255.255.255, 0.0.0.0, 224.0.0.0/4 } accept\n"
      "    udp dport { 53, 123 } accept\n"
      "    tcp dport 53 accept\n"
      "    meta l4proto { tcp, udp } tproxy to :" G_STRINGIFY (
          SINK_PORT) " meta mark set " G_STRINGIFY (MARK) " accept\n"
                                                          "  }\n"
                                                          "  chain answer { type nat hook "
                                                          "prerouting priority dstnat; policy "
                                                          "accept;\n"
                                                          "    iifname != \"" LENS_LAB_INTERFACE
                                                          "\" accept\n"
                                                          "    ip daddr { " LENS_LAB_ADDRESS
                                                          ", 255.255.255.255, 224.0.0.0/4 } "
                                                          "accept\n"
                                                          "    udp dport { 53, 123 } redirect\n"
                                                          "    tcp dport 53 redirect\n"
                                                          "  }\n"
                                                          "}\n";

typedef struct
{
  char *name;
  LensWorker *worker;
  GString *words; /* the last it said */
} Program;

struct LensLab
{
  int device_netns;
  guint8 device_mac[6];
  int sink_control;
  GPtrArray *programs; /* Program */
};

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
setting_is (const char *path, const char *value)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (g_strstrip (text), value);
}

char *
lens_lab_obstacle (void)
{
  static const struct
  {
    const char *path, *bad, *setting, *good;
  } known[] = {
    { "/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone", "1" },
    { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
      "kernel.apparmor_restrict_unprivileged_userns", "0" },
    { "/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces", "1000" },
    { "/proc/sys/user/max_net_namespaces", "0", "user.max_net_namespaces", "1000" },
  };

  for (gsize i = 0; geteuid () != 0 && i < G_N_ELEMENTS (known); i++)
    if (setting_is (known[i].path, known[i].bad))
      return g_strdup_printf ("this machine does not let ordinary users make namespaces (%s is "
                              "%s): run as root, or run 'sysctl -w %s=%s' as root once",
                              known[i].setting, known[i].bad, known[i].setting, known[i].good);
  return NULL;
}

/* Programs. */

static void
program_free (gpointer data)
{
  Program *program = data;

  lens_worker_free (program->worker);
  g_string_free (program->words, TRUE);
  g_free (program->name);
  g_free (program);
}

static char *
find_program (const char *name, const char *package, GError **error)
{
  static const char *const folders[]
      = { "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);
      if (access (path, X_OK) == 0)
        return g_steal_pointer (&path);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "%s is not installed: 'apt install %s' as root", name, package);
  return NULL;
}

static Program *
start_program (LensLab *lab, const LensWorkerSpec *spec, GError **error)
{
  LensWorker *worker = lens_worker_start (spec, error);

  if (worker == NULL)
    return NULL;
  Program *program = g_new0 (Program, 1);
  program->name = g_strdup (spec->argv[0]);
  program->worker = worker;
  program->words = g_string_new (NULL);
  g_ptr_array_add (lab->programs, program);
  return program;
}

static void
hear (Program *program)
{
  char words[1024];
  ssize_t got;
  int fd = lens_worker_stderr_fd (program->worker);

  while (fd >= 0 && (got = read (fd, words, sizeof words)) > 0)
    {
      g_string_append_len (program->words, words, got);
      if (program->words->len > WORDS_MAX)
        g_string_erase (program->words, 0, program->words->len - WORDS_MAX);
    }
}

static gboolean
has_ended (const Program *program)
{
  struct pollfd polled = { .fd = lens_worker_pidfd (program->worker), .events = POLLIN };

  return poll (&polled, 1, 0) > 0;
}

static void
quote_end (Program *program, GError **error)
{
  LensWorkerEnd end;
  g_autofree char *how = NULL;

  hear (program);
  if (lens_worker_wait (program->worker, g_get_monotonic_time (), &end, NULL))
    how = lens_worker_end_describe (&end);
  g_autofree char *words = g_utf8_make_valid (program->words->str, program->words->len);
  g_strchomp (words);
  const char *line = strrchr (words, '\n');
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s %s%s%s", program->name,
               how != NULL ? how : "does not end", *words != '\0' ? ": " : "",
               line != NULL ? line + 1 : words);
}

gboolean
lens_lab_check (LensLab *lab, GError **error)
{
  for (guint i = 0; i < lab->programs->len; i++)
    {
      Program *program = g_ptr_array_index (lab->programs, i);
      hear (program);
      if (!has_ended (program))
        continue;
      quote_end (program, error);
      g_ptr_array_remove_index (lab->programs, i);
      return FALSE;
    }
  return TRUE;
}

/* The network. */

static gboolean
quiet_device_end (gpointer data)
{
  return lens_offload_disable (LENS_LAB_DEVICE_INTERFACE, data);
}

static void
disable_ipv6 (const char *interface)
{
  g_autofree char *path = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  /* Only the lab's own chatter would be missing from the capture: no reason to fail. */
  if (fd >= 0)
    {
      (void)!write (fd, "1", 1);
      close (fd);
    }
}

static gboolean
lay_cable (LensLab *lab, GError **error)
{
  lab->device_netns = lens_netns_new (error);
  if (lab->device_netns < 0
      || !lens_link_pair (0, LENS_LAB_INTERFACE, lab->device_netns, LENS_LAB_DEVICE_INTERFACE,
                          error)
      || !lens_link_set_mac (lab->device_netns, LENS_LAB_DEVICE_INTERFACE, lab->device_mac, error))
    return FALSE;
  disable_ipv6 (LENS_LAB_INTERFACE);
  return lens_offload_disable (LENS_LAB_INTERFACE, error)
         && lens_netns_call (lab->device_netns, quiet_device_end, NULL, error)
         && lens_link_add_address (0, LENS_LAB_INTERFACE, LENS_LAB_ADDRESS, PREFIX_BITS, error)
         && lens_link_up (0, LENS_LAB_INTERFACE, error)
         && lens_link_up (lab->device_netns, LENS_LAB_DEVICE_INTERFACE, error);
}

static gboolean
load_rules (GError **error)
{
  g_autofree char *program = find_program ("nft", "nftables", error);
  int input[2];

  if (program == NULL)
    return FALSE;
  if (pipe2 (input, O_CLOEXEC) != 0)
    return fail (error, "no pipe");
  G_STATIC_ASSERT (sizeof rules <= 4096); /* a pipe holds it */
  gboolean written = write (input[1], rules, sizeof rules - 1) == sizeof rules - 1;
  close (input[1]);
  const char *argv[] = { "nft", "-f", "-", NULL };
  const LensWorkerFd fd = { input[0], 0 };
  const LensWorkerSpec spec = { .program = program, .argv = argv, .fds = &fd, .n_fds = 1 };
  g_autoptr (LensWorker) worker = written ? lens_worker_start (&spec, error) : NULL;
  close (input[0]);
  if (worker == NULL)
    return FALSE;
  LensWorkerEnd end;
  if (!lens_worker_wait (worker, g_get_monotonic_time () + START_US, &end, error))
    return FALSE;
  if (end.kind == LENS_END_EXITED && end.status == 0)
    return TRUE;
  g_autofree char *complaint = g_strchomp (lens_worker_complaint (worker));
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               "nft does not take the rules of the lab (does this kernel have nf_tables with "
               "tproxy and nat?): %s",
               complaint);
  return FALSE;
}

LensLab *
lens_lab_new (const guint8 device_mac[6], GError **error)
{
  g_autofree char *obstacle = lens_lab_obstacle ();

  if (obstacle != NULL)
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_PERM, obstacle);
      return NULL;
    }
  g_autoptr (LensLab) lab = g_new0 (LensLab, 1);
  lab->device_netns = lab->sink_control = -1;
  lab->programs = g_ptr_array_new_with_free_func (program_free);
  memcpy (lab->device_mac, device_mac, 6);
  if (!lens_lab_enter (error) || !lay_cable (lab, error)
      || !lens_link_deliver_marked (0, MARK, TABLE, error) || !load_rules (error))
    {
      g_prefix_error (error, "the private network cannot be made: ");
      return NULL;
    }
  return g_steal_pointer (&lab);
}

void
lens_lab_free (LensLab *lab)
{
  if (lab == NULL)
    return;
  g_ptr_array_unref (lab->programs);
  if (lab->sink_control >= 0)
    close (lab->sink_control);
  if (lab->device_netns >= 0)
    close (lab->device_netns);
  g_free (lab);
}

int
lens_lab_device_netns (const LensLab *lab)
{
  return lab->device_netns;
}

/* Services. */

static int
open_socket (int type, guint16 port, gboolean transparent, GError **error)
{
  const struct sockaddr_in any = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_ANY),
  };
  const int on = 1;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd >= 0 && (!transparent || setsockopt (fd, SOL_IP, IP_TRANSPARENT, &on, sizeof on) == 0)
      && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
      && bind (fd, (const struct sockaddr *)&any, sizeof any) == 0
      && (type != SOCK_STREAM || listen (fd, 128) == 0))
    return fd;
  fail (error, "no socket for the sink");
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
start_sink (LensLab *lab, const char *program, GError **error)
{
  int sockets[3] = { -1, -1, -1 };
  int control[2] = { -1, -1 };
  gboolean started = FALSE;

  sockets[0] = open_socket (SOCK_STREAM, SINK_PORT, TRUE, error);
  if (sockets[0] >= 0)
    sockets[1] = open_socket (SOCK_DGRAM, SINK_PORT, TRUE, error);
  if (sockets[1] >= 0)
    sockets[2] = open_socket (SOCK_DGRAM, NTP_PORT, FALSE, error);
  if (sockets[2] >= 0 && (pipe2 (control, O_CLOEXEC) == 0 || fail (error, "no pipe")))
    {
      const char *argv[] = { "lenscap-sink", NULL };
      const LensWorkerFd fds[] = {
        { control[0], LENS_SINK_CONTROL },
        { sockets[0], LENS_SINK_TCP },
        { sockets[1], LENS_SINK_UDP },
        { sockets[2], LENS_SINK_NTP },
      };
      const LensWorkerSpec spec = {
        .role = LENS_ROLE_SINK,
        .program = program,
        .argv = argv,
        .fds = fds,
        .n_fds = G_N_ELEMENTS (fds),
      };
      Program *sink = start_program (lab, &spec, error);
      started
          = sink != NULL
            && lens_worker_settle (sink->worker, g_get_monotonic_time () + START_US, NULL, error);
      close (control[0]);
      lab->sink_control = control[1];
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sockets); i++)
    if (sockets[i] >= 0)
      close (sockets[i]);
  return started;
}

static gboolean
wait_for_words (Program *program, const char *words, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + START_US;

  while (strstr (program->words->str, words) == NULL)
    {
      struct pollfd polled[] = {
        { .fd = lens_worker_stderr_fd (program->worker), .events = POLLIN },
        { .fd = lens_worker_pidfd (program->worker), .events = POLLIN },
      };
      gint64 left_us = until_us - g_get_monotonic_time ();
      if (left_us <= 0)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s did not start in time",
                       program->name);
          return FALSE;
        }
      poll (polled, G_N_ELEMENTS (polled), left_us / 1000 + 1);
      hear (program);
      if (polled[1].revents != 0)
        {
          quote_end (program, error);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
start_dnsmasq (LensLab *lab, GError **error)
{
  const guint8 *mac = lab->device_mac;
  g_autofree char *path = find_program ("dnsmasq", "dnsmasq-base", error);
  g_autofree char *host
      = g_strdup_printf ("--dhcp-host=%02x:%02x:%02x:%02x:%02x:%02x," LENS_LAB_DEVICE ",infinite",
                         mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  /* Root of the machine gives its identity away; root of a user namespace has none to give, and
   * only "no daemon" keeps dnsmasq from trying. */
  gboolean is_root = geteuid () == 0 && !lens_layers_root_is_somebody_else ();

  if (path == NULL)
    return FALSE;
  const char *argv[]
      = { "dnsmasq", is_root ? "--keep-in-foreground" : "--no-daemon",
          is_root ? "--user=nobody" : "--user=", "--conf-file=/dev/null", "--no-resolv",
          "--no-hosts", "--no-ping", "--pid-file=", "--leasefile-ro", "--log-facility=-",
          "--quiet-dhcp", "--dhcp-authoritative", "--bind-dynamic",
          "--interface=" LENS_LAB_INTERFACE, host,
          "--dhcp-range=192.0.2.100,192.0.2.150,255.255.255.0,1h",
          "--dhcp-option=option:router," LENS_LAB_ADDRESS,
          "--dhcp-option=option:dns-server," LENS_LAB_ADDRESS,
          "--dhcp-option=option:ntp-server," LENS_LAB_ADDRESS, "--address=/#/" LENS_LAB_SINK,
          /* Types other than A get "no data" instead of "refused". */
          "--local=/#/", NULL };
  const LensWorkerSpec spec = { .program = path, .argv = argv };
  Program *program = start_program (lab, &spec, error);
  return program != NULL && wait_for_words (program, "started", error);
}

gboolean
lens_lab_serve (LensLab *lab, const char *sink_program, GError **error)
{
  return start_sink (lab, sink_program, error) && start_dnsmasq (lab, error);
}

gboolean
lens_lab_start_device (LensLab *lab, const char *program, const char *const *argv, GError **error)
{
  const LensWorkerSpec spec = {
    .program = program,
    .argv = argv,
    .netns_fd = lab->device_netns,
  };

  return start_program (lab, &spec, error) != NULL;
}
