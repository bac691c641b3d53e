#pragma once

#include "ledger/endpoints.h"
#include "ledger/resolvers.h"

G_BEGIN_DECLS

/**
 * LensOwnNames:
 * Rows that a user adds to the makers' endpoints and to the public resolvers; they come before
 * those of the product.
 *
 * The text is that of endpoints.tsv and resolvers.tsv: a line of column names, then rows whose
 * cells are parted by tabs, "-" for none; names and addresses are parted by blanks.
 */
typedef struct LensOwnNames LensOwnNames;

LensOwnNames *lens_own_names_new (void);
void lens_own_names_free (LensOwnNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensOwnNames, lens_own_names_free)

#define LENS_OWN_NAMES_ERROR (lens_own_names_error_quark ())
typedef enum
{
  LENS_OWN_NAMES_ERROR_MALFORMED,
} LensOwnNamesError;
GQuark lens_own_names_error_quark (void);

/* What is larger is refused. */
#define LENS_OWN_NAMES_MAX_OCTETS (1024 * 1024)

/* Adds the rows of a text.  FALSE with @error, which names the line and what is allowed; nothing
 * is then added. */
gboolean lens_own_names_add_endpoints (LensOwnNames *names, const char *text, gsize length,
                                       GError **error);
gboolean lens_own_names_add_resolvers (LensOwnNames *names, const char *text, gsize length,
                                       GError **error);

/* As lens_endpoint_find(), lens_resolver_at() and lens_resolver_named(); @names may be NULL. */
const LensEndpoint *lens_own_names_endpoint (const LensOwnNames *names, const char *name,
                                             const LensAddress *address);
const char *lens_own_names_resolver_at (const LensOwnNames *names, const LensAddress *address);
const char *lens_own_names_resolver_named (const LensOwnNames *names, const char *name);

G_END_DECLS
