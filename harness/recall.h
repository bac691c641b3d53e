#pragma once

#include "harness/brief.h"
#include "harness/roles.h"

#include <poll.h>

G_BEGIN_DECLS

/**
 * LensRecall:
 * A finished case read again by a confined process: it may be a stranger's.  Like a job it never
 * waits by itself.
 */
typedef struct _LensRecall LensRecall;

typedef struct
{
  const char *case_path;   /* its final name */
  const LensBrief *brief;  /* what it would be made with now; NULL: it is only read */
  const GPtrArray *inputs; /* char*: and of what */
  gboolean require_all;
} LensRecallWish;

typedef enum
{
  LENS_RECALL_RUNNING,
  LENS_RECALL_DONE,
  LENS_RECALL_BROKEN, /* it is no case, or cannot be read: lens_recall_problem() */
} LensRecallState;

/* All of @wish is borrowed for the call.  NULL with @error: there is no such case, or no process
 * to read it. */
LensRecall *lens_recall_new (const LensRecallWish *wish, GError **error);
void lens_recall_free (LensRecall *recall);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensRecall, lens_recall_free)

/* The one descriptor to poll, and the milliseconds until lens_recall_serve() must be called. */
struct pollfd lens_recall_poll (const LensRecall *recall);
gint lens_recall_timeout (const LensRecall *recall);
LensRecallState lens_recall_serve (LensRecall *recall);

/* Once done.  Whether the inputs have the size, time and name that they had, the `tool` would be
 * the same, and the record is one that this version would write. */
gboolean lens_recall_is_current (const LensRecall *recall);
const LensJobResult *lens_recall_result (const LensRecall *recall);
/* The record on one line; NULL unless the brief asked. */
GBytes *lens_recall_line (const LensRecall *recall);
const char *lens_recall_problem (const LensRecall *recall);

G_END_DECLS
