#pragma once

#include "samples/camera/resolver.h"
#include "samples/camera/stream.h"
#include "samples/camera/truth.h"

G_BEGIN_DECLS

/* What an implant finds in the camera it lives in; all outlive it. */
typedef struct
{
  guint64 seed;
  LensTruth *truth;
  LensResolver *resolver;
  LensStream *stream; /* not yet started when an implant is */
} LensHost;

/**
 * LensImplant:
 * One way to hide.  Every choice it makes comes from dice cast with the host's seed, and
 * everything it hides becomes a line of the truth log.
 */
typedef struct
{
  const char *name; /* as in --implant and in the log */

  /* Makes the implant's state; called in the main context once the camera is on the net. */
  gpointer (*start) (const LensHost *host);

  /* A new viewer, not yet served; called in a library thread.  May be NULL. */
  void (*meet) (gpointer self, LensViewer *viewer);

  /* Frees the state; stream and viewers are gone. */
  void (*stop) (gpointer self);
} LensImplant;

extern const LensImplant lens_implant_padding;
extern const LensImplant lens_implant_dns;
extern const LensImplant lens_implant_still;

G_END_DECLS
