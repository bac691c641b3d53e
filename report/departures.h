#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensDeparture:
 * One group of what left the devices under test, whatever its phase.
 */
typedef struct
{
  const char *name; /* "Declared picture, sound and metadata" ... */
  LensClass class_; /* the one to draw it by */
  gboolean beyond;  /* an honest device has none of it */
  guint64 octets;   /* in this run */
  guint64 per_day;  /* octets, were a day like this run; 0 if that is too short */
} LensDeparture;

enum
{
  LENS_N_DEPARTURES = 7,
  LENS_DEPARTURES_SHORTEST = 10, /* seconds of a run from which a day is reckoned */
};

/* Whether the run is long enough to tell a day from. */
gboolean lens_departures_sum (const LensEvaluation *evaluation,
                              LensDeparture departures[LENS_N_DEPARTURES]);

G_END_DECLS
