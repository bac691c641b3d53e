#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  LENS_QUANT_MAX_OCTETS = 256, /* of tables that are compared */
  LENS_QUANT_MAX_FAMILIES = 32,
  LENS_QUANT_STRANGERS = LENS_QUANT_MAX_FAMILIES - 1, /* the last one: what has nothing in common */
};

/* Quantization tables of one frame as they came (ITU-T T.81 B.2.4.1, 8 bits to an element), and
 * the family they belong to. */
typedef struct
{
  guint length;
  guint8 octets[LENS_QUANT_MAX_OCTETS];
  guint family;
} LensQuantTables;

/**
 * LensQuantFamilies:
 * The tables that a device was seen to use.  Those that one quality setting scales form a family:
 * of any two one is nowhere smaller than the other, they order their coefficients alike, their
 * ratio is nearly the same everywhere, and many differ.
 *
 * Zero to begin with.  Bounded: 256 tables are kept.
 */
typedef struct
{
  GPtrArray *known; /* LensQuantTables */
  guint n;
  guint seen[LENS_QUANT_MAX_FAMILIES]; /* frames: who looks at them counts */
} LensQuantFamilies;

/* The tables as they are known now, @length octets up to LENS_QUANT_MAX_OCTETS; NULL when they are
 * new and nothing more can be learnt. */
const LensQuantTables *lens_quant_families_learn (LensQuantFamilies *families, const guint8 *octets,
                                                  gsize length);
/* The family that the device mostly uses. */
guint lens_quant_families_home (const LensQuantFamilies *families);
void lens_quant_families_clear (LensQuantFamilies *families);

/* How many of @length octets differ from the tables; the first and the last of them, which stay
 * where there is none. */
gsize lens_quant_tables_differences (const LensQuantTables *tables, const guint8 *octets,
                                     gsize length, gsize *first, gsize *last);

G_END_DECLS
