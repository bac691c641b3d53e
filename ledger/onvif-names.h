#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether ONVIF's metadata has an element or an attribute of that name (without prefix). */
gboolean lens_onvif_is_name (const guint8 *name, gsize length);

/**
 * lens_onvif_kind:
 * What analytics an element or attribute of that name tells of: "faces", "licence plates",
 * "body temperature", "pictures of objects", "radio addresses"; NULL: of no person and of no
 * thing that belongs to one.
 */
const char *lens_onvif_kind (const guint8 *name, gsize length);

G_END_DECLS
