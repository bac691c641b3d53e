#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/* Name servers that anybody may ask, and that answer under encryption: a row for each address
 * and for each name (exact or "*.suffix") of resolvers.tsv, which is there to be extended. */
typedef struct
{
  const char *owner;   /* NULL: the end */
  const char *address; /* or NULL */
  const char *name;    /* or NULL */
} LensResolver;

extern const LensResolver lens_resolvers[];

/* Who runs the public resolver at @address, or with this name (lower case); NULL: it is none. */
const char *lens_resolver_at (const LensAddress *address);
const char *lens_resolver_named (const char *name);
/* The same among other rows, the last of which has no owner. */
const char *lens_resolver_at_among (const LensResolver *rows, const LensAddress *address);
const char *lens_resolver_named_among (const LensResolver *rows, const char *name);

G_END_DECLS
