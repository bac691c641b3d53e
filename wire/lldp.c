#include "wire/lldp.h"

LensLldp
lens_lldp_over (const guint8 *octets, gsize length)
{
  return (LensLldp){ octets, length, 0, FALSE };
}

/* The maker's number and its own sort of TLV lead the value. */
static void
open_organization (const guint8 *octets, LensLldpTlv *tlv)
{
  const guint8 *head = octets + tlv->value.offset;

  if (tlv->value.length < 4)
    {
      tlv->cut = TRUE;
      return;
    }
  tlv->oui = (guint32)head[0] << 16 | (guint32)head[1] << 8 | head[2];
  tlv->subtype = head[3];
  tlv->value.offset += 4;
  tlv->value.length -= 4;
}

gboolean
lens_lldp_next (LensLldp *lldp, LensLldpTlv *tlv)
{
  gsize left = lldp->length - lldp->position;

  if (lldp->ended || left < 2)
    return FALSE;
  const guint8 *head = lldp->octets + lldp->position;
  gsize wanted = (gsize)(head[0] & 1) << 8 | head[1];
  gsize length = MIN (wanted, left - 2);
  *tlv = (LensLldpTlv){ .type = head[0] >> 1,
                        .whole = { lldp->position, 2 + length },
                        .value = { lldp->position + 2, length },
                        .cut = length < wanted };
  if (tlv->type == LENS_LLDP_ORGANIZATION)
    open_organization (lldp->octets, tlv);
  lldp->position += 2 + length;
  lldp->ended = tlv->type == LENS_LLDP_END;
  return TRUE;
}
