/* The walls around a worker, each by its name, so that a missing one is said and not silent.
 *
 * Five must hold everywhere; a worker without them leaves.  The others depend on kernel and
 * machine: they are tried, used when they work, and named when they do not.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  /* Required. */
  LENS_LAYER_NO_NEW_PRIVILEGES = 1 << 0, /* execve can never gain rights */
  LENS_LAYER_SECCOMP = 1 << 1,           /* the role's table of system calls */
  LENS_LAYER_LIMITS = 1 << 2,            /* no core, file growth, new process, new descriptor */
  LENS_LAYER_NOT_DUMPABLE = 1 << 3,      /* no ptrace or /proc/PID/mem by its equals */
  LENS_LAYER_DESCRIPTORS = 1 << 4,       /* only what was handed is open */
  /* Where the machine has them. */
  LENS_LAYER_USER = 1 << 5,             /* own user namespace, in which no other can be made */
  LENS_LAYER_PROCESSES = 1 << 6,        /* own pid namespace: sees and ends with itself only */
  LENS_LAYER_NETWORK = 1 << 7,          /* own network namespace without any interface up */
  LENS_LAYER_ROOT = 1 << 8,             /* own mount namespace whose root is empty */
  LENS_LAYER_IPC = 1 << 9,              /* own System V and POSIX queues */
  LENS_LAYER_HOSTNAME = 1 << 10,        /* own UTS namespace */
  LENS_LAYER_CGROUP = 1 << 11,          /* own cgroup namespace */
  LENS_LAYER_IDENTITY = 1 << 12,        /* not root of the machine */
  LENS_LAYER_CAPABILITIES = 1 << 13,    /* none left, none to be had */
  LENS_LAYER_LANDLOCK_FILES = 1 << 14,  /* version 1 */
  LENS_LAYER_LANDLOCK_TCP = 1 << 15,    /* version 4 */
  LENS_LAYER_LANDLOCK_SCOPES = 1 << 16, /* version 6 */
  LENS_LAYER_NO_NEW_CODE = 1 << 17,     /* memory-deny-write-execute (Linux 6.3) */
} LensLayer;

typedef guint32 LensLayerSet;

#define LENS_LAYERS_ALL ((LensLayerSet)0x3ffff)
#define LENS_LAYERS_REQUIRED ((LensLayerSet)0x1f)
#define LENS_LAYERS_LANDLOCK ((LensLayerSet)0x1c000)

/* "network namespace" ...; NULL if @layer is not exactly one layer. */
const char *lens_layer_name (LensLayer layer);

/* The names in @layers, lowest bit first, separated by ", "; "" for none.  Caller frees. */
char *lens_layers_describe (LensLayerSet layers);

/* The user id a worker of this process gets: 65534 for root where that is mapped, else its own. */
guint32 lens_layers_worker_id (void);

/* This process is not root of the machine, whatever it is called in its user namespace. */
gboolean lens_layers_root_is_somebody_else (void);

/* An unprivileged process can make a user namespace here (tried in a child). */
gboolean lens_layers_user_namespace_works (guint32 id);

/**
 * lens_layers_apply:
 * @wanted: layers to put up, of those this call is for: all but SECCOMP and PROCESSES.
 * @have:   layers the launcher has put up already.
 * @keep:   descriptors that stay open, @n_keep of them, ascending.
 * @file_octets: how large a file the process may write; 0 is right for pipes.
 *
 * Puts up what is wanted in the one order that works.  Needs a single thread and /proc.
 *
 * Returns: the layers now in force, @have included.  A missing one is not an error here.
 */
LensLayerSet lens_layers_apply (LensLayerSet wanted, LensLayerSet have, const int *keep,
                                gsize n_keep, guint64 file_octets);

G_END_DECLS
