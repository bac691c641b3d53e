#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensPartText:
 * Octets that must be drawn by lot, each time anew, under keys of the analyzer's choice: whether
 * text fills a part of them, however it is spread.
 *
 * Bounded: LENS_PART_TEXT_KEYS keys, LENS_PART_TEXT_VALUES values; what is beyond is passed over.
 * A value that comes back was not drawn, and counts once.
 */
typedef struct LensPartText LensPartText;

#define LENS_PART_TEXT_KEYS 16384
#define LENS_PART_TEXT_VALUES 65536

LensPartText *lens_part_text_new (void);
void lens_part_text_free (LensPartText *text);

/* What lies at @range of the unit's view was drawn under @key. */
void lens_part_text_take (LensPartText *text, guint64 key, const LensUnit *unit, LensRange range);

/* For conclude: all values of those keys under which there is text are use of @channel (static),
 * 8 bits for each octet that is printable. */
void lens_part_text_use (const LensPartText *text, LensLedger *ledger, const char *channel);

G_END_DECLS
