#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_html_from_record:
 * report.html from the octets of a record and, where it is at hand, of run.json (else NULL):
 * one file without scripts that fetches nothing and says so in its policy.  A run.json that
 * cannot be read is told on the page.  NULL with an error as lens_record_read gives it.
 */
GBytes *lens_html_from_record (GBytes *record, GBytes *run, GError **error);

G_END_DECLS
