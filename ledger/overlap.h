#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensOverlap:
 * Streams of content, each shown with the last octets of the unit before, so that what lies
 * across two units is seen whole.  Datagrams stand alone.
 *
 * Bounded: the ends of at most LENS_OVERLAP_MAX streams are kept, those that came first.
 */
typedef struct LensOverlap LensOverlap;

#define LENS_OVERLAP_MAX 16384

/* @keep: octets of the unit before that are shown again. */
LensOverlap *lens_overlap_new (gsize keep);
void lens_overlap_free (LensOverlap *overlap);

/**
 * lens_overlap_take:
 * @unit with a longer view, valid until the next call: the octets from @fresh on are new.  What
 * ends at or before @fresh was shown whole before.
 */
LensUnit lens_overlap_take (LensOverlap *overlap, const LensUnit *unit, gsize *fresh);

/* The stream of @side is not read any more, or over. */
void lens_overlap_drop (LensOverlap *overlap, const LensSide *side);

G_END_DECLS
