#pragma once

#include "ledger/analyzer.h"
#include "ledger/habit.h"

G_BEGIN_DECLS

/**
 * LensConstancy:
 * Texts that a device says again and again, each under a key of the analyzer's choice, and
 * whether they stay what they were.
 *
 * The first text of a key is kept with the place where it lay: when later ones differ, it spoke
 * as well.  Bounded: at most LENS_CONSTANCY_MAX keys, what is new after that counts as changed;
 * and LENS_CONSTANCY_OCTETS of texts, what is longer is not kept.
 */
typedef struct LensConstancy LensConstancy;

#define LENS_CONSTANCY_MAX 4096
#define LENS_CONSTANCY_VALUES 8 /* of a key that are known again */
#define LENS_CONSTANCY_OCTETS (1024 * 1024)

LensConstancy *lens_constancy_new (void);
void lens_constancy_free (LensConstancy *constancy);

typedef enum
{
  LENS_CONSTANCY_FIRST,
  LENS_CONSTANCY_KEPT,
  LENS_CONSTANCY_CHANGED, /* not what this key's habit foresaw, and never seen before */
} LensConstancyAnswer;

/* @value: a hash or a number that stands for the @length octets from @offset of @unit's view. */
LensConstancyAnswer lens_constancy_take (LensConstancy *constancy, guint64 key, guint64 value,
                                         const LensUnit *unit, gsize offset, gsize length);

gboolean lens_constancy_knows (const LensConstancy *constancy, guint64 key);
/* How often the text of @key has changed. */
guint lens_constancy_changes (const LensConstancy *constancy, guint64 key);

/* Makes the first text of @key use, if it is still there; the number of its octets. */
gsize lens_constancy_use_first (LensConstancy *constancy, guint64 key, LensLedger *ledger,
                                LensCarrier *carrier);

G_END_DECLS
