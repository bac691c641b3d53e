#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensLots:
 * Numbers of 16 bits that look drawn by lot: whether they are, octet by octet.
 *
 * A generator of random numbers gives each octet of its range as often as another, whatever came
 * before.  Text does not; nor does a counter of which one octet is written over.
 */
typedef struct LensLots LensLots;

enum
{
  LENS_LOTS_LEAST = 512, /* numbers to say anything of */
  LENS_LOTS_KEPT = 4096, /* that can be shown */
};

LensLots *lens_lots_new (void);
void lens_lots_free (LensLots *lots);

/* A number at @offset of the unit's view. */
void lens_lots_take (LensLots *lots, guint16 number, const LensUnit *unit, gsize offset);

gboolean lens_lots_are_fair (const LensLots *lots);

/* Each number that was kept used @bits on @channel, from @side. */
void lens_lots_use (const LensLots *lots, LensLedger *ledger, const char *channel, LensSide *side,
                    guint64 bits);

G_END_DECLS
