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

LensSourceIs lens_own_source_take (LensOwnSource *source, guint32 ssrc);

G_END_DECLS
