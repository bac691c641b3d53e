#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensLeftover:
 * The octets that only make a short frame long enough, where no document says that they must be
 * zero: whether they speak, or are what a driver left there of frames before (Etherleak,
 * CVE-2003-0001), a few octets among zeros now and then.
 *
 * Zero to begin with.
 */
typedef struct
{
  GHashTable *carriers; /* LensCarrier -> whether most octets of some frame spoke */
} LensLeftover;

/* @octets of @unit's view: room of @carrier, and use where they are not zero.  @carrier is for
 * nothing else. */
void lens_leftover_take (LensLeftover *leftover, LensLedger *ledger, LensCarrier *carrier,
                         const LensUnit *unit, LensRange octets);
/* Whether there is anything but zeros. */
gboolean lens_leftover_any (const LensUnit *unit, LensRange octets);
/* For conclude: makes those carriers findings.  Beside the common rule: what the capture device
 * appended, and leftovers, are info. */
void lens_leftover_conclude (LensLeftover *leftover, LensLedger *ledger);
void lens_leftover_clear (LensLeftover *leftover);

G_END_DECLS
