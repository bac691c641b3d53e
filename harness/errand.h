#pragma once

#include "sandbox/message.h"

G_BEGIN_DECLS

typedef void (*LensErrandFunc) (const LensMessage *message, gpointer data);

/**
 * lens_errand_run:
 * One short piece of work in a confined process of this program: @in on its descriptor
 * LENS_ROLE_FD_IN, @more (NULL: nothing) on LENS_ROLE_FD_BRIEF, its messages to @take (NULL:
 * it has no answer but that it is done).
 * For octets of strangers that the supervisor needs something from: it reads none itself.
 *
 * FALSE with @error unless the worker said that it was done, within a minute; what it
 * complained of is the error's text.
 */
gboolean lens_errand_run (const char *role, GBytes *in, GBytes *more, LensErrandFunc take,
                          gpointer data, GError **error);

/* The same with @options of the role (harness/roles.h) on its command line; they end with NULL. */
gboolean lens_errand_run_with (const char *role, const char *const *options, GBytes *in,
                               GBytes *more, LensErrandFunc take, gpointer data, GError **error);

G_END_DECLS
