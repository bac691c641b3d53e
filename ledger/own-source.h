#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensOwnSource:
 * Whose packets a track's are: what is learned of one source must not be asked of another that
 * is only passing through.  Zero to begin with.
 */
typedef struct
{
  gboolean any;
  guint32 ssrc;
  guint strangers; /* packets of others in a row */
} LensOwnSource;

typedef enum
{
  LENS_SOURCE_OWN,
  LENS_SOURCE_OTHER,
  LENS_SOURCE_NEW, /* another has taken over, with this packet */
} LensSourceIs;

/* A packet of another source than that of the last own one. */
LensSourceIs lens_own_source_other (LensOwnSource *source, guint32 ssrc);

static inline LensSourceIs
lens_own_source_take (LensOwnSource *source, guint32 ssrc)
{
  if (!source->any || source->ssrc != ssrc)
    return lens_own_source_other (source, ssrc);
  source->strangers = 0;
  return LENS_SOURCE_OWN;
}

G_END_DECLS
