#pragma once

#include "ledger/analyzer.h"
#include "ledger/by-side.h"

G_BEGIN_DECLS

/**
 * LensLastHeard:
 * The last frames with octets that each declared stream's server sent to its viewers: what a
 * viewer had read when something happened to it.  Zero to begin with.
 */
typedef struct
{
  LensBySide sides;
  GPtrArray *heard; /* LensSide, those that something was heard of; NULL: none */
} LensLastHeard;

#define LENS_LAST_HEARD_UNITS (LENS_UNIT_SEGMENT | LENS_UNIT_DATAGRAM)
#define LENS_LAST_HEARD_FRAMES 64 /* of each side */
#define LENS_LAST_HEARD_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

void lens_last_heard_see (LensLastHeard *heard, LensLedger *ledger, const LensUnit *unit);
void lens_last_heard_clear (LensLastHeard *heard);

/**
 * lens_last_heard_before:
 * For conclude: the side of the server of the profiles' stream @name (NULL: of any) that was last
 * heard before @at; NULL where nothing was.
 */
LensSide *lens_last_heard_before (const LensLastHeard *heard, LensLedger *ledger, const char *name,
                                  gint64 at);

/* The frames of LENS_LAST_HEARD_NS before @at become @carrier's, of all sides of @side's two hosts.
 */
void lens_last_heard_note (const LensLastHeard *heard, LensLedger *ledger, LensCarrier *carrier,
                           const LensSide *side, gint64 at);

G_END_DECLS
