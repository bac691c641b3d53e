#pragma once

#include "ledger/analyzer.h"
#include "ledger/by-track.h"

G_BEGIN_DECLS

/* The subject of carriers whose uses are no finding until there are many. */
#define LENS_BY_HABIT "by habit"

/**
 * LensSurprises:
 * How often any of the fields of one track's messages was not foreseen.  To be the first member of
 * what an analyzer remembers of a track.
 */
typedef struct
{
  guint surprises, judged;
} LensSurprises;

/* A field was judged.  Returns @foreseen. */
gboolean lens_surprises_take (LensSurprises *surprises, gboolean foreseen);

/* Whether there are more than an honest device's life explains: a few, and one in fifty. */
gboolean lens_surprises_are_many (const LensSurprises *surprises);

/**
 * lens_surprises_conclude:
 * For conclude: a carrier of @analyzer that was used is a finding, but one of LENS_BY_HABIT only
 * where the surprises of its track are many.  One without a subject is room where neither holds.
 */
void lens_surprises_conclude (LensLedger *ledger, const char *analyzer,
                              const LensByTrack *by_track);

G_END_DECLS
