#pragma once

#include "samples/camera/truth.h"

G_BEGIN_DECLS

#define LENS_RESOLVER_A 1
#define LENS_RESOLVER_TXT 16
#define LENS_RESOLVER_AAAA 28

/**
 * LensResolver:
 * A camera's small stub resolver (RFC 1035 over UDP, no cache): each question leaves from a
 * socket of its own, up to twice, 2 s apart.  Runs in the default main context.
 */
typedef struct LensResolver LensResolver;

/* @address: the first A record as dotted text, or NULL when there was none in time. */
typedef void (*LensResolved) (const char *name, const char *address, gpointer data);

/* @server is dotted IPv4; NULL: nobody is ever asked. */
LensResolver *lens_resolver_new (const char *server, LensTruth *truth);

/* Forgets open questions without calling back. */
void lens_resolver_free (LensResolver *resolver);

/* Asks for @name (no final dot, labels of 1 to 63 octets).  Every datagram sent becomes a
 * line @kind: @who of the truth log.  @resolved may be NULL. */
void lens_resolver_ask (LensResolver *resolver, const char *kind, const char *who, const char *name,
                        guint16 type, LensResolved resolved, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensResolver, lens_resolver_free)

G_END_DECLS
