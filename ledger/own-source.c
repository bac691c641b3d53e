#include "ledger/own-source.h"

/* Packets in a row after which another source has taken over. */
#define TAKEN_OVER 8

LensSourceIs
lens_own_source_other (LensOwnSource *source, guint32 ssrc)
{
  if (source->any && ++source->strangers < TAKEN_OVER)
    return LENS_SOURCE_OTHER;
  gboolean first = !source->any;
  *source = (LensOwnSource){ .any = TRUE, .ssrc = ssrc };
  return first ? LENS_SOURCE_OWN : LENS_SOURCE_NEW;
}
