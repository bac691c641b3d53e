#pragma once

#include "ledger/analyzer.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/**
 * LensBrief:
 * What an analysis is told beside the capture: how to look, and what was declared.
 *
 * The supervisor writes it into a memory file, the confined worker reads it.  It owns what it
 * points to.
 */
typedef struct
{
  char *name;   /* of the input as the record has it */
  GStrv files;  /* of a set: the names of its files in their order; else NULL */
  char *device; /* --device, or NULL */
  char *only;   /* comma separated analyzer names, or NULL */
  double alpha;
  LensCaps caps;
  gboolean live;
  gboolean limits; /* measure limits of detection */
  gboolean has_stream_log;
  gboolean compact;              /* the record on one line too */
  gboolean draft;                /* a profile drafted from what was seen too */
  gboolean draft_mud;            /* and a MUD file */
  GPtrArray *profiles;           /* GBytes: as given */
  GBytes *mud;                   /* the same; or NULL */
  GBytes *endpoints, *resolvers; /* lists of the user, the same */
} LensBrief;

LensBrief *lens_brief_new (void);
void lens_brief_free (LensBrief *brief);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensBrief, lens_brief_free)

/* @paths: char*, of the input; several are a set, whose files get their names from them. */
void lens_brief_name_files (LensBrief *brief, const GPtrArray *paths);

/* A descriptor that reads the brief from its start; -1 with @error. */
int lens_brief_to_fd (const LensBrief *brief, GError **error);
/* Reads what lens_brief_to_fd() wrote. */
LensBrief *lens_brief_from_fd (int fd, GError **error);

G_END_DECLS
