#include "ledger/seed-dns.h"

#include "wire/transport.h"

#define DNS_PORT 53
#define FIRST_PORT 0x8000

gboolean
lens_seed_dns_begin (LensSeedBed *bed)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_DNS, &place))
    if (lens_seed_bed_can_send (bed) && place.layers->protocol == LENS_PROTOCOL_UDP)
      lens_seed_bed_keep_way (bed);
  return lens_seed_bed_has_way (bed);
}

void
lens_seed_dns_send (LensSeedBed *bed, guint8 *query, gsize length)
{
  guint16 port = (guint16)(FIRST_PORT + lens_seed_bed_below (bed, 0x10000 - FIRST_PORT));

  lens_seed_bed_fill (bed, query, 2);
  lens_seed_bed_send_udp (bed, NULL, port, DNS_PORT, query, length);
}
