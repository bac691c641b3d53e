#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LENS_RUN_SCHEMA "lenscap-run/1"

/* An input as it was when it was read: whether it was changed since. */
typedef struct
{
  char *name; /* without folder */
  guint64 octets;
  gint64 modified; /* ns since the epoch */
} LensRunFile;

/**
 * LensRun:
 * run.json ("lenscap-run/1"): what may differ between two runs over the same input, and how
 * well the processes that read it were confined.  It owns what it points to.
 */
typedef struct
{
  gint64 started, finished; /* ns since the epoch; 0 unknown */
  char *host;               /* or NULL */
  char *version;            /* of lenscap, or NULL */
  GPtrArray *in_force;      /* char*: layers of confinement that held */
  GPtrArray *missing;       /* char*: layers that this machine lacks */
  GPtrArray *libraries;     /* char*: "libavformat 59.27.100" */
  GPtrArray *losses;        /* char*: "capture: 0 packets dropped by the kernel" */
  GPtrArray *paths;         /* char*: where the inputs lay */
  GPtrArray *incomplete;    /* char*: what the case lacks, and why: "evidence: the worker ..." */
  GPtrArray *files;         /* LensRunFile: the same inputs, if they are files */
} LensRun;

LensRun *lens_run_new (void);
void lens_run_free (LensRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensRun, lens_run_free)

/* Adds a file; @name is copied. */
void lens_run_add_file (LensRun *run, const char *name, guint64 octets, gint64 modified);

GBytes *lens_run_octets (const LensRun *run);

/* Whether it says which layers held and which lacked: where it names none, that is not known. */
gboolean lens_run_tells_confinement (const LensRun *run);

/* NULL with an error that names the key; missing keys read as nothing, but for the schema. */
LensRun *lens_run_read (const guint8 *octets, gsize length, GError **error);

G_END_DECLS
