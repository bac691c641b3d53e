#include "sandbox/namespace.h"

#include "sandbox/error.h"
#include "sandbox/link.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
fail (GError **error, const char *what)
{
  return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_NAMESPACE, what);
}

static gboolean
write_self (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  gboolean written = write (fd, text, strlen (text)) == (gssize)strlen (text);
  close (fd);
  return written;
}

static gboolean
become_root_of_a_user_namespace (GError **error)
{
  char users[48], groups[48];

  g_snprintf (users, sizeof users, "0 %u 1", (unsigned int)geteuid ());
  g_snprintf (groups, sizeof groups, "0 %u 1", (unsigned int)getegid ());
  if (unshare (CLONE_NEWUSER) != 0)
    return fail (error, "user namespace");
  if (!write_self ("/proc/self/setgroups", "deny") || !write_self ("/proc/self/uid_map", users)
      || !write_self ("/proc/self/gid_map", groups))
    return fail (error, "user namespace: id map");
  return TRUE;
}

gboolean
lens_lab_enter (GError **error)
{
  if (geteuid () != 0 && !become_root_of_a_user_namespace (error))
    return FALSE;
  if (unshare (CLONE_NEWNET | CLONE_NEWNS) != 0)
    return fail (error, "network and mount namespace");
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return fail (error, "private mounts");
  return lens_link_up (0, "lo", error);
}

int
lens_netns_own (GError **error)
{
  int fd = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    fail (error, "own network namespace");
  return fd;
}

static void
return_to (int home)
{
  if (setns (home, CLONE_NEWNET) != 0)
    g_error ("cannot return to our own network: %s", g_strerror (errno));
  close (home);
}

int
lens_netns_new (GError **error)
{
  int home = lens_netns_own (error);
  if (home < 0)
    return -1;
  if (unshare (CLONE_NEWNET) != 0)
    {
      fail (error, "new network namespace");
      close (home);
      return -1;
    }
  int fresh = lens_netns_own (error);
  if (fresh >= 0 && !lens_link_up (0, "lo", error))
    {
      close (fresh);
      fresh = -1;
    }
  return_to (home);
  return fresh;
}

gboolean
lens_netns_call (int netns_fd, LensNetnsFunction function, gpointer data, GError **error)
{
  int home = lens_netns_own (error);
  if (home < 0)
    return FALSE;
  if (setns (netns_fd, CLONE_NEWNET) != 0)
    {
      fail (error, "entering a network namespace");
      close (home);
      return FALSE;
    }
  errno = 0;
  gboolean done = function (data);
  int reason = errno;
  return_to (home);
  errno = reason;
  return done || fail (error, "in a network namespace");
}

typedef struct
{
  int family, type, protocol;
  int fd;
} SocketWish;

static gboolean
make_socket (gpointer data)
{
  SocketWish *wish = data;

  wish->fd = socket (wish->family, wish->type, wish->protocol);
  return wish->fd >= 0;
}

int
lens_netns_socket (int netns_fd, int family, int type, int protocol)
{
  SocketWish wish = { family, type, protocol, -1 };

  if (netns_fd <= 0)
    make_socket (&wish);
  else
    lens_netns_call (netns_fd, make_socket, &wish, NULL);
  return wish.fd;
}
