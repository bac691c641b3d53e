#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_render:
 * The pages of a record (and of run.json, which may be NULL), rendered in a confined process:
 * records may be mailed by strangers.  The caller frees both pages.
 */
gboolean lens_render (GBytes *record, GBytes *run, GBytes **html, GBytes **text, GError **error);

G_END_DECLS
