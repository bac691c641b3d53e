/* Networks of our own, for the lab and for tests: anonymous namespaces, held by descriptors.
 *
 * Nothing here has a name in the file system, so nothing is left when the last holder is gone,
 * however it went.  What runs inside is started by lens_worker_start with role NONE and
 * netns_fd: that gives each program a pid namespace, which ends with the supervisor.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_lab_enter:
 *
 * Moves the calling process (one thread) into a network and a mount namespace of its own, with
 * the loopback interface up; when it is not root, into a user namespace first, in which it is.
 * No way back: a supervisor that also needs the host's network calls it in a worker.
 *
 * Afterwards lens_netns_new, lens_link_* and lens_worker_start with netns_fd work, as root and
 * unprivileged alike.
 */
gboolean lens_lab_enter (GError **error);

/* A fresh network namespace with its loopback interface up, close-on-exec.  The caller owns the
 * descriptor.  -1 with LENS_SANDBOX_ERROR_NAMESPACE. */
int lens_netns_new (GError **error);

/* The namespace this process is in.  The caller owns the descriptor; -1 with error. */
int lens_netns_own (GError **error);

/**
 * lens_netns_call:
 *
 * Calls @function inside @netns_fd and returns to where we were; sockets made there stay there.
 * @function sets errno and returns FALSE on failure, which becomes @error.
 * A process that could not return would be in the wrong network: it ends (g_error).
 */
typedef gboolean (*LensNetnsFunction) (gpointer data);
gboolean lens_netns_call (int netns_fd, LensNetnsFunction function, gpointer data, GError **error);

/* A socket inside @netns_fd (0 or less: our own network); -1 with errno. */
int lens_netns_socket (int netns_fd, int family, int type, int protocol);

G_END_DECLS
