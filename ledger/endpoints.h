#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/* Where the devices of known makers go: a row for each name (exact or "*.suffix") and each
 * address of endpoints.tsv, which is there to be extended.  A name, never an excuse. */
typedef struct
{
  const char *vendor;  /* NULL: the end */
  const char *name;    /* or NULL */
  const char *address; /* or NULL */
  const char *role;    /* what it is for, as part of a sentence */
} LensEndpoint;

extern const LensEndpoint lens_endpoints[];

/* The first row with this name (lower case), or else this address; either may be NULL.  NULL:
 * none. */
const LensEndpoint *lens_endpoint_find (const char *name, const LensAddress *address);
/* The same among other rows, the last of which has no vendor. */
const LensEndpoint *lens_endpoint_among (const LensEndpoint *rows, const char *name,
                                         const LensAddress *address);

G_END_DECLS
