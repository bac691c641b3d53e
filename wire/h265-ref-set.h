#pragma once

#include "wire/rbsp.h"

G_BEGIN_DECLS

/* Short-term reference picture sets: ITU-T H.265 (08/2021) 7.3.7 and 7.4.8. */

enum
{
  LENS_H265_MAX_REF_SETS = 64, /* of an SPS; a slice header may bring one more */
  LENS_H265_MAX_REFS = 16,     /* pictures of one */
};

/* Pictures before (negative) the current one in output order, then those behind it. */
typedef struct
{
  guint n_negative, n_positive;
  gint32 delta[LENS_H265_MAX_REFS]; /* of the picture order count */
  guint32 used;                     /* bit i: used_by_curr_pic */
} LensH265RefSet;

/* Set number @index, of which @sets holds those before it; @of_slice: index is the number of
 * sets.  FALSE when a count is out of range. */
gboolean lens_h265_ref_set_read (LensH265RefSet *set, const LensH265RefSet *sets, guint index,
                                 gboolean of_slice, LensRbsp *rbsp);

G_END_DECLS
