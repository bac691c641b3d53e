/* The short line between a worker that is about to be confined and the one that started it.
 *
 * A socket pair, at a fixed descriptor in the worker, closed when the role is entered (in
 * diagnosis: when the forbidden call has been named).  Records have a fixed size; the broker's
 * listening descriptor travels with one of them.  Used by become.c and worker.c only.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In a worker.  Workers are handed descriptors below it. */
#define LENS_STATUS_FD 30

/* Set by the launcher for the worker: the layers that are up already, in hexadecimal. */
#define LENS_STATUS_VARIABLE "LENSCAP_WORKER"

/* How a worker leaves that could not be confined; and one that was caught in diagnosis when
 * nobody listened. */
#define LENS_EXIT_UNCONFINED 125
#define LENS_EXIT_FORBIDDEN 124

typedef enum
{
  LENS_STATUS_CONFINED = 1, /* value: LensLayerSet in force once the filter is entered, next */
  LENS_STATUS_LISTENER,     /* the broker's descriptor comes with it */
  LENS_STATUS_FORBIDDEN,    /* value: number of the system call that was refused */
  LENS_STATUS_ENDED,        /* value: how the lab program ended, as wait(2) puts it */
  LENS_STATUS_FAILED,       /* before exec: value is errno, step says where */
} LensStatusKind;

typedef struct
{
  guint32 magic;
  guint32 kind; /* LensStatusKind */
  guint32 value;
  guint32 step; /* of the launch */
} LensStatus;

/* Sends one record, with @fd if not -1.  Safe in a signal handler when @fd is -1. */
gboolean lens_status_send (int socket, LensStatusKind kind, guint32 value, guint32 step, int fd);

typedef enum
{
  LENS_STATUS_NOTHING, /* not now */
  LENS_STATUS_ONE,
  LENS_STATUS_END, /* closed by the worker, or not a record of ours */
} LensStatusGot;

/* Does not wait.  @fd receives a descriptor that came along, else -1; the caller owns it. */
LensStatusGot lens_status_receive (int socket, LensStatus *status, int *fd);

G_END_DECLS
