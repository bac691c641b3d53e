#pragma once

#include "ledger/analyzer.h"
#include "ledger/template.h"

G_BEGIN_DECLS

/**
 * LensFreeText:
 * A place where a device may write what it likes, and what it used to write there.  Zero to
 * begin with.
 */
typedef struct
{
  LensTemplate template;
  GArray *pieces; /* LensPiece: where the first one lies; NULL once there were two */
  guint64 first_bits;
  gint64 first_ns;
} LensFreeText;

/**
 * lens_free_text_take:
 * The text at @range of the unit's view: room, and use of the carrier where the habit does not
 * explain it (LensTemplate).  The first one is use only when the second differs from it.
 */
void lens_free_text_take (LensLedger *ledger, LensFreeText *text, LensCarrier *carrier,
                          const LensUnit *unit, LensRange range);
/* For a place that no device fills once only: a text that stayed the only one is use. */
void lens_free_text_end (LensLedger *ledger, LensFreeText *text, LensCarrier *carrier);
void lens_free_text_clear (LensFreeText *text);

G_END_DECLS
