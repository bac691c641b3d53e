#include "ledger/traits.h"

enum
{
  PLAIN_HEADER = 20, /* octets of an IPv4 header without options */
  RESERVED_FLAG = 4,
};

guint
lens_traits_of_kind (LensUnitKind kind)
{
  switch (kind)
    {
    case LENS_UNIT_FRAME:
      return LENS_TRAITS_FRAME;
    case LENS_UNIT_SEGMENT:
      return LENS_TRAITS_SEGMENT;
    case LENS_UNIT_RTP:
      return LENS_TRAITS_RTP;
    default:
      return 0;
    }
}

static guint
when (gboolean is, LensTrait trait)
{
  return is ? trait : 0;
}

guint
lens_traits_of_frame (const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  guint traits = when (layers->ip_version == 0, LENS_TRAIT_NO_IP)
                 | when (layers->ip_version == 6, LENS_TRAIT_IP6)
                 | when (layers->fragment, LENS_TRAIT_FRAGMENT)
                 | when (layers->trailer.length > 0, LENS_TRAIT_TRAILER)
                 | when (unit->side->packets <= 1, LENS_TRAIT_FIRST);

  traits |= when (layers->protocol != LENS_PROTOCOL_TCP && layers->protocol != LENS_PROTOCOL_UDP,
                  LENS_TRAIT_OTHER_PROTOCOL);
  traits |= when (
      layers->ip_version == 4
          && (layers->network.length > PLAIN_HEADER || (layers->ip_flags & RESERVED_FLAG) != 0),
      LENS_TRAIT_HEADER);
  traits |= when (layers->n_vlans > 0 || layers->has_pppoe || layers->n_mpls > 0
                      || layers->hsr.length > 0 || layers->prp.length > 0 || unit->around != NULL,
                  LENS_TRAIT_WRAPPED);
  return traits;
}

guint
lens_traits_of_rtp (const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;

  return when (rtp->extension.length > 0, LENS_TRAIT_EXTENSION)
         | when (rtp->csrc.length > 0, LENS_TRAIT_CSRC)
         | when (rtp->padding_bit, LENS_TRAIT_PADDING)
         | when (unit->track->guessed, LENS_TRAIT_GUESSED)
         | when (unit->track->formats->len > 1, LENS_TRAIT_MIXED);
}
