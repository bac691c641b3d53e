#pragma once

#include "ledger/analyzer.h"
#include "ledger/by-side.h"

#include "wire/url-host.h"

G_BEGIN_DECLS

/**
 * LensElsewhere:
 * The places that a speaker names to its peer as those to go to.  Which of them are its own is
 * known only at the end, so each is the subject of a carrier until then.
 *
 * Between two ends at most LENS_ELSEWHERE_PLACES have a carrier each; what is named beyond is one
 * more, which is elsewhere: no device has so many addresses.  Zero to begin with.
 */
typedef struct
{
  LensBySide named;
} LensElsewhere;

#define LENS_ELSEWHERE_PLACES 16

/* @range of @unit's view names @host: use of @channel, of the analyzer that asks. */
void lens_elsewhere_take (LensElsewhere *places, LensLedger *ledger, const char *channel,
                          const LensUnit *unit, const LensUrlHost *host, LensRange range);
void lens_elsewhere_clear (LensElsewhere *places);

/* For conclude: whether the place that @carrier is about is another host than the carrier's
 * speaker.  A name is the speaker's where its profile or an answer of the name service says so. */
gboolean lens_elsewhere_is (LensLedger *ledger, const LensCarrier *carrier);
/* The place as a sentence may end: an address, but no name, for a device may spell secrets there.
 * A view. */
const char *lens_elsewhere_text (const LensCarrier *carrier);

G_END_DECLS
