#pragma once

#include "samples/camera/truth.h"

G_BEGIN_DECLS

/**
 * LensTimeClient:
 * An SNTP client (RFC 4330): a request to @server every 16 s.  It never sets a clock; the
 * answers are read so that they do not bounce.  Runs in the default main context.
 */
typedef struct LensTimeClient LensTimeClient;

/* @server is dotted IPv4. */
LensTimeClient *lens_time_client_new (const char *server, LensTruth *truth, GError **error);
void lens_time_client_free (LensTimeClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensTimeClient, lens_time_client_free)

G_END_DECLS
