#pragma once

#include "harness/session.h"

#include <signal.h>

G_BEGIN_DECLS

/**
 * lens_spool_stdin:
 * Standard input as a temporary file: its octets as they came, and its size known.  The caller
 * removes the file and frees its path; NULL with @error, also when a signal has set @stop.
 */
char *lens_spool_stdin (const volatile sig_atomic_t *stop, GError **error);

/* Copies the file at @path into the case, as traffic.pcap or traffic.pcapng: a case made of
 * standard input keeps the octets. */
gboolean lens_spool_keep (LensSession *session, const char *path, GError **error);

G_END_DECLS
