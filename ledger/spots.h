#pragma once

#include "ledger/spot.h"

G_BEGIN_DECLS

/**
 * LensSpots:
 * Many spots in the order in which they were seen, in a sixth of the memory or less: as differences
 * from one to the next.  Behind each stand as many numbers of the caller's own as it likes, each in
 * as many octets as it needs (signed LEB128, DWARF 5 section 7.6).  Zero to begin with.
 *
 * They lie in blocks of at most a kB, so that many lists that are emptied at different times take
 * no more than what is in them.
 */
typedef struct LensSpotsBlock LensSpotsBlock;

typedef struct
{
  LensSpotsBlock *first, *end; /* NULL: none yet */
  guint used;                  /* of the last block */
  LensSpot last;
  guint n;      /* spots */
  gsize length; /* octets of all */
} LensSpots;

void lens_spots_add (LensSpots *spots, const LensSpot *spot);
void lens_spots_add_number (LensSpots *spots, gint64 number);
/* Forgets them all; it can be added to again. */
void lens_spots_clear (LensSpots *spots);

/**
 * LensSpotsReader:
 * Reads them again, and the numbers, in the same order.  A view: nothing may be added meanwhile.
 */
typedef struct
{
  const LensSpotsBlock *block;
  guint at;     /* in @block */
  gsize octets; /* that were read */
  LensSpot last;
} LensSpotsReader;

LensSpotsReader lens_spots_reader (const LensSpots *spots);
/* The next one.  The caller knows how many there are. */
LensSpot lens_spots_next (LensSpotsReader *reader);
gint64 lens_spots_next_number (LensSpotsReader *reader);

G_END_DECLS
