#pragma once

#include "ledger/analyzer.h"

#include "wire/sei.h"

G_BEGIN_DECLS

/* Judges the SEI messages that can carry anything, by the same rules in H.264 and H.265: user
 * data under a UUID, registered user data, filler, and types nobody defined.  Benign are the
 * kinds of wire/sei-user-data.h: texts as long as they stay the same, times as long as they go
 * on like the capture's. */

enum
{
  LENS_SEI_FILLER = 3,
  LENS_SEI_REGISTERED = 4,
  LENS_SEI_UNREGISTERED = 5,
};

/**
 * LensSeiRules:
 * A codec's channels for each kind of message, and which types its edition defines.  One
 * channel may stand for several.
 */
typedef struct
{
  const char *unregistered, *registered, *private_type, *filler;
  gboolean (*is_defined) (guint32 payload_type);
} LensSeiRules;

/* What is remembered of each track; zeroed is empty. */
typedef struct
{
  GHashTable *tracks;
  GByteArray *payload;
} LensSeiJudge;

void lens_sei_judge_clear (LensSeiJudge *judge);

/* FALSE, and nothing done, when @message is of a defined type that cannot carry just anything. */
gboolean lens_sei_judge_take (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules,
                              const LensUnit *unit, const LensSeiMessage *message);

/**
 * lens_sei_judge_name:
 * Counts a payload type for the detail of findings, as lens_sei_judge_take() does for those
 * that are not defined.
 */
void lens_sei_judge_name (LensSeiJudge *judge, const LensUnit *unit, guint32 payload_type);

/* The payload without emulation prevention, at most 256 KiB; borrowed until the next call. */
const GByteArray *lens_sei_judge_payload (LensSeiJudge *judge, const LensUnit *unit,
                                          const LensSeiMessage *message);

/* Findings from what was used, with UUIDs and types in the detail. */
void lens_sei_judge_conclude (LensLedger *ledger, LensSeiJudge *judge, const LensSeiRules *rules);

/**
 * lens_sei_seed:
 * Writes messages into NAL units of @codec (LENS_UNIT_NAL or LENS_UNIT_HEVC_NAL), of @type
 * (LENS_SEI_UNREGISTERED, ...) behind a head as the kind has it (a
 * UUID, a country and its maker) that is drawn once; in one packet with a unit that was alone.
 */
gboolean lens_sei_seed (LensSeedBed *bed, LensUnitKind codec, guint32 type);

G_END_DECLS
