#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LENS_UUID_TEXT 37 /* octets of its text form and the zero behind it */

typedef struct
{
  guint8 octets[16]; /* in network order, RFC 9562 section 4 */
} LensUuid;

/* The namespace of names that are URLs or URNs, RFC 9562 section 6.6. */
extern const LensUuid lens_uuid_url;

/**
 * lens_uuid_of_name:
 * A UUID of version 5 (RFC 9562 section 5.5): the same for the same @name in the same @space, on
 * any machine and at any time.
 */
LensUuid lens_uuid_of_name (const LensUuid *space, const char *name);

void lens_uuid_text (const LensUuid *uuid, char text[LENS_UUID_TEXT]);

G_END_DECLS
