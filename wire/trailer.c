#include "wire/trailer.h"

#include "wire/fcs.h"

LensTrailer
lens_trailer_over (const LensLayers *layers, const guint8 *octets, gsize start, gsize end)
{
  gsize link = layers->link.offset, shortest = link + 60 + 4u * layers->n_vlans;
  gsize fcs = 0;

  if (end - start >= LENS_FCS_LENGTH && !layers->truncated
      && lens_fcs_holds (octets + link, end - link))
    fcs = LENS_FCS_LENGTH;
  end -= fcs;
  gsize pad_end = CLAMP (shortest, start, end);
  return (LensTrailer){ { start, pad_end - start }, { pad_end, end - pad_end }, { end, fcs } };
}
