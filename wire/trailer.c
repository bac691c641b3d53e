#include "wire/trailer.h"

#include "wire/fcs.h"

/* Where a VLAN tag may be taken off on the way, short frames are made four octets longer, so that
 * they are long enough without it. */
static gboolean
is_padded_for_tag (const guint8 *octets, gsize start, gsize at, gsize end, gsize shortest)
{
  if (start > shortest || end > shortest + 4)
    return FALSE;
  while (at < end && octets[at] == 0)
    at++;
  return at == end;
}

LensTrailer
lens_trailer_over (const LensLayers *layers, const guint8 *octets, gsize start, gsize end)
{
  gsize link = layers->link.offset;
  gsize shortest = link + 60 + 4u * layers->n_vlans + 4u * layers->n_mpls + layers->hsr.length;
  gsize fcs = 0, prp = 0;

  if (end - start >= LENS_FCS_LENGTH && !layers->truncated
      && lens_fcs_holds (octets + link, end - link))
    fcs = LENS_FCS_LENGTH;
  end -= fcs;
  if (layers->prp.length > 0 && lens_range_end (layers->prp) == end && layers->prp.offset >= start)
    prp = layers->prp.length;
  end -= prp;
  gsize pad_end = CLAMP (shortest, start, end);
  if (is_padded_for_tag (octets, start, pad_end, end, shortest))
    pad_end = end;
  return (LensTrailer){
    { start, pad_end - start }, { pad_end, end - pad_end }, { end, prp }, { end + prp, fcs }
  };
}
