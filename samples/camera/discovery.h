#pragma once

#include "samples/camera/truth.h"

G_BEGIN_DECLS

/**
 * LensDiscovery:
 * WS-Discovery 2005/04 as ONVIF cameras speak it: Hello when the camera comes, Bye when it
 * goes, to 239.255.255.250:3702.  Probes are not answered.
 */
typedef struct LensDiscovery LensDiscovery;

/* Says Hello from @address; the endpoint's UUID is derived from @hardware (6 octets) but
 * does not show it. */
LensDiscovery *lens_discovery_new (const char *address, const guint8 *hardware, const char *model,
                                   LensTruth *truth, GError **error);

/* Says Bye. */
void lens_discovery_free (LensDiscovery *discovery);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensDiscovery, lens_discovery_free)

G_END_DECLS
