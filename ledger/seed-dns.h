#pragma once

#include "ledger/seed-bed.h"

G_BEGIN_DECLS

/* Queries of a seed's own, to the name server that a host of the capture asks by UDP. */

/* FALSE: nobody asks one by UDP, or nothing can be put there.  To be called before the bed is read
 * for places. */
gboolean lens_seed_dns_begin (LensSeedBed *bed);

/* A whole message (RFC 1035 section 4.1); its identifier, which is written into it, and the source
 * port are drawn by lot. */
void lens_seed_dns_send (LensSeedBed *bed, guint8 *query, gsize length);

G_END_DECLS
