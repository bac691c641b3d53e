#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensFields:
 * Fields and texts of a protocol that each speaker fills as it likes, and what it used to put
 * there: for each speaker (its network address, or else its link address) and each key of the
 * analyzer's choice.
 *
 * A value that was there before is no news; of a text in which only numbers differ, those that go
 * on are none either (LensTemplate).  The first one is as it comes; the first text is use when the
 * second differs. Bounded: at most LENS_FIELDS_MAX keys; others are room and never use.
 */
typedef struct LensFields LensFields;

#define LENS_FIELDS_MAX 8192
#define LENS_FIELDS_KNOWN 8 /* values of a key that are known again; 1 of less than 4 bits */

LensFields *lens_fields_new (void);
void lens_fields_free (LensFields *fields);

/* A value at @where of the unit's view, @bits of it free.  Whether it was foreseen. */
gboolean lens_fields_value (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                            const LensUnit *unit, guint64 key, guint64 value, guint bits,
                            LensRange where);
/* A text; and one that counts nothing, so that its numbers do not go on either. */
gboolean lens_fields_exact (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                            const LensUnit *unit, guint64 key, LensRange where);
gboolean lens_fields_text (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                           const LensUnit *unit, guint64 key, LensRange where);
/* Octets that are no text: binary numbers in them may go on. */
gboolean lens_fields_octets (LensFields *fields, LensLedger *ledger, LensCarrier *carrier,
                             const LensUnit *unit, guint64 key, LensRange where);
/* What must be as it is: @bits are use when it is not. */
void lens_fields_fixed (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit,
                        gboolean right, guint bits, LensRange where);

/* Makes @carrier, whose subject is the field's name, a finding. */
void lens_fields_find (LensLedger *ledger, LensCarrier *carrier);

/* A key of a name and a number, or of octets. */
guint64 lens_fields_key (const char *name, guint64 number);
guint64 lens_fields_hash (guint64 start, const guint8 *octets, gsize length);

G_END_DECLS
