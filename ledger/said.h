#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensSaid:
 * What one speaker says again and again beside what its protocol needs, and whether that spoke:
 * use of one channel.
 *
 * A device that is set up anew changes its texts once.  So it is use at once, but told only when
 * texts that had changed before have changed LENS_SAID_AGAIN times in all and LENS_SAID_BITS are
 * used; or when a text is so long that it needs no second time.
 */
typedef struct LensSaid LensSaid;

#define LENS_SAID_AGAIN 3
#define LENS_SAID_BITS 48

/* @channel: static, of the analyzer that uses it. */
LensSaid *lens_said_new (const char *channel);
void lens_said_free (LensSaid *said);

/**
 * lens_said_text:
 * The text at @octets of @unit's view is @value (a hash or a number) under @key.  Not what it was
 * before: @bits are used; 0 for all of it, and for all of the first one.  @name: of the text, for
 * people; copied.  Whether it was new under its key.
 */
gboolean lens_said_text (LensSaid *said, LensLedger *ledger, const LensUnit *unit, guint64 key,
                         guint64 value, LensRange octets, guint64 bits, const char *name);
/* The same for a text that no document knows: @line is room, and all of them are use when there
 * are more than LENS_SAID_MUCH octets of them, or when one is @dense. */
void lens_said_unknown (LensSaid *said, LensLedger *ledger, const LensUnit *unit, guint64 key,
                        guint64 value, LensRange line, LensRange octets, gboolean dense,
                        const char *name);
#define LENS_SAID_MUCH 256
/* Octets that speak by themselves. */
void lens_said_large (LensSaid *said, LensLedger *ledger, const LensUnit *unit, LensRange octets,
                      const char *name);
/* Something else changed, by @bits; @again: not for the first time. */
void lens_said_changed (LensSaid *said, LensLedger *ledger, const LensUnit *unit, LensRange octets,
                        guint64 bits, gboolean again, const char *name);

/* Makes @carrier of the channel a finding. */
void lens_said_conclude (const LensSaid *said, LensLedger *ledger, LensCarrier *carrier);

G_END_DECLS
