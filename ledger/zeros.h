#pragma once

#include "ledger/habits.h"

G_BEGIN_DECLS

enum
{
  LENS_ZEROS_ROUNDINGS = 3, /* to 2, 4 and 8 octets */
};

/**
 * LensZeros:
 * How many zeros an encoder leaves behind its units: always as many for a type of unit, or so
 * many as round lengths up.  The rule that was right most often is believed.  Zero to begin with.
 */
typedef struct
{
  LensHabits counts;                   /* by type of unit */
  guint unround[LENS_ZEROS_ROUNDINGS]; /* units whose zeros do not round their length so */
  guint seen, surprises;
} LensZeros;

/* A unit of @type ended before octet @end, and @zeros follow; whether that was foreseen. */
gboolean lens_zeros_take (LensZeros *zeros, guint type, gsize end, gsize count);
/* Whether the surprises are more than chance makes. */
gboolean lens_zeros_is_broken (const LensZeros *zeros);

G_END_DECLS
