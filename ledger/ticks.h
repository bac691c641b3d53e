#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Media clocks: whether the time stamps of a run of units are those of a clock, with another
 * message on top.
 *
 * An encoder stamps its units by counting (a step that is always the same, or one that is no
 * whole number and is rounded), or by a clock of its own, which jitters.  Units may be missing,
 * and pictures may be sent in another order than they are shown; both are whole steps.  Of a
 * clock that jitters nothing can be said, so nothing is. */

typedef enum
{
  LENS_TICKS_FREE,   /* a clock of its own, or too few units */
  LENS_TICKS_GRID,   /* counted; @odd units are not where counting leads */
  LENS_TICKS_MASKED, /* counted, but for the low @bits of nearly every one */
} LensTicksKind;

typedef struct
{
  LensTicksKind kind;
  guint n_odd; /* units that are off by more than rounding explains */
  guint bits;  /* MASKED: low bits that counting does not explain */
} LensTicks;

enum
{
  LENS_TICKS_LEAST = 32, /* units to say anything of */
};

/**
 * lens_ticks_judge:
 * @stamps: time stamps of @n units in the order sent, modulo 2^32.  @odd (@n numbers) is set to
 * the bits by which each is off, 0 for those that are where they are expected.
 */
LensTicks lens_ticks_judge (const guint32 *stamps, guint n, guint8 *odd);

/* A stamp that is off by @off. */
typedef struct
{
  gint64 ticks; /* since any one of them */
  gint64 off;
} LensTicksOff;

/* Whether @n stamps (which are sorted) are off by more and more, or by less and less: then they
 * are another clock's that runs at another rate. */
gboolean lens_ticks_drift (LensTicksOff *offs, guint n);

G_END_DECLS
