#pragma once

#include "ledger/analyzer.h"
#include "ledger/rows.h"

G_BEGIN_DECLS

/**
 * LensPresence:
 * Whether something that always says the same is itself a message: it stands in some units and
 * not in others of the same sort.  Zero to begin with; sorts are numbers of the analyzer's choice.
 */
typedef struct
{
  LensRows passed;  /* Counts, by the index of the side */
  GHashTable *uses; /* LensCarrier -> Counts */
} LensPresence;

enum
{
  LENS_PRESENCE_SORTS = 4,
};

/* A unit of @side was looked at. */
void lens_presence_pass (LensPresence *presence, const LensSide *side, guint sort);
/* ... and @carrier used it. */
void lens_presence_use (LensPresence *presence, const LensCarrier *carrier, guint sort);

/* For conclude: every carrier of @channel that was used becomes a finding by the common rule, but
 * is at least medium where the presence of what it says may be the message. */
void lens_presence_find_used (const LensPresence *presence, LensLedger *ledger,
                              const char *channel);
void lens_presence_clear (LensPresence *presence);

G_END_DECLS
