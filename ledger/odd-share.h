#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensOddShare:
 * For carriers that several connections feed: of how many units how many were odd.  A few of
 * many are an accident.  Zero to begin with.
 */
typedef struct
{
  GHashTable *rows; /* LensCarrier -> counts */
} LensOddShare;

/* Of @looked units that may have spoken on @carrier, @odd did. */
void lens_odd_share_add (LensOddShare *share, LensCarrier *carrier, guint64 looked, guint64 odd);

/* For conclude: each carrier becomes a finding.  At least @least odd units, and one of @one_in, are
 * at least medium, for which of them it is, is the message, even where all say the same; fewer are
 * info, for the reason @few. */
void lens_odd_share_conclude (const LensOddShare *share, LensLedger *ledger, guint64 least,
                              guint64 one_in, const char *few);
void lens_odd_share_clear (LensOddShare *share);

G_END_DECLS
