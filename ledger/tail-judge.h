#pragma once

#include "ledger/field-rules.h"
#include "ledger/habit.h"

G_BEGIN_DECLS

/**
 * LensTailJudge:
 * What lies behind the end of an image, where a standard lets a device pad as it likes, of one
 * source.  Zero to begin with.
 *
 * Padding is one octet again and again, or what lay there before: the same content as the first
 * or the last time, or what an earlier, longer image left in the device's buffer.  Its length
 * is the same each time, or fills up to a multiple of 4 to 4096 octets.
 */
typedef struct
{
  guint images;
  GByteArray *first, *last; /* contents that are no padding by themselves; or NULL */
  GArray *pieces;           /* LensPiece: where the first image's lay, until it is told */
  gint64 first_ns;
  GByteArray *buffer; /* where images were put, one over the other; or NULL */
  LensHabit length, pad;
  LensHabit rest[11]; /* of the whole length by 4, 8 ... 4096 */
} LensTailJudge;

/* For the carriers made here. */
extern const LensFieldRule lens_tail_rules[];

/* An image of the unit's view from 0 on, whose coding ends at @end and whose octets go on to
 * @whole. */
void lens_tail_judge_take (LensLedger *ledger, LensTailJudge *judge, const char *channel,
                           const LensUnit *unit, gsize end, gsize whole);
/* The @n bits @pad behind the last code, in the octet at @at (T.81 F.1.2.3 wants ones). */
void lens_tail_judge_pad (LensLedger *ledger, LensTailJudge *judge, const char *channel,
                          const LensUnit *unit, guint n, guint8 pad, gsize at);
void lens_tail_judge_clear (LensTailJudge *judge);

G_END_DECLS
