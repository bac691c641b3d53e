#pragma once

/* What the files of the roles share: for these only.
 *
 *   roles.c      what octets of strangers become: evaluations, pages, captures of findings
 *   role-case.c  what is there to know of a case that is finished */

#include "harness/roles.h"

#include "ledger/applications.h"
#include "report/record.h"
#include "sandbox/message.h"

G_BEGIN_DECLS

/* Octets of a record, or of run.json, at most. */
#define MAX_RECORD ((gsize)1 << 30)

/* How the process was asked to work. */
typedef struct
{
  gboolean require_all, diagnose, set, whole;
  const char *tolerance, *format; /* or NULL */
} LensRoleManner;

/* What was handed over as @fd; its octets go into *octets, unless that is NULL. */
LensEvaluation *lens_role_read_record (int fd, GBytes **octets, GError **error);
/* As it is written: whole, it would take as much memory as all that it tells of. */
gboolean lens_role_send_record (LensMessageWriter *writer, const char *name,
                                const LensEvaluation *evaluation, LensEmitLayout layout);
/* The status that the process ends with. */
int lens_role_give_up (LensMessageWriter *writer, const char *problem);
int lens_role_done (LensMessageWriter *writer);

int lens_role_recall (LensMessageWriter *writer, LensApplications *none,
                      const LensRoleManner *manner);
int lens_role_row (LensMessageWriter *writer, LensApplications *none, const LensRoleManner *manner);

G_END_DECLS
