#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_text_from_record:
 * report.txt, 80 columns, from the octets of a record and, where it is at hand, of run.json
 * (else NULL); @colours adds ANSI colours for a terminal.  Filters stay in one line.  NULL with an
 * error as lens_record_read gives it.
 */
GBytes *lens_text_from_record (GBytes *record, GBytes *run, gboolean colours, GError **error);

G_END_DECLS
