#include "wire/h265-ref-set.h"

/* What is predicted from another set: its pictures, and the current one of then, moved. */
typedef struct
{
  gint32 delta[LENS_H265_MAX_REFS + 1];
  guint32 used, kept;
} Moved;

static void
add (LensH265RefSet *set, guint *count, const Moved *moved, guint index)
{
  guint at = set->n_negative + set->n_positive;

  if (at < LENS_H265_MAX_REFS)
    {
      set->delta[at] = moved->delta[index];
      set->used |= (moved->used >> index & 1) << at;
    }
  (*count)++;
}

/* Equations 7-61 and 7-62: first those of the other side in reverse, then the one that was
 * current, then those of the same side. */
static gboolean
derive (LensH265RefSet *set, const LensH265RefSet *from, const Moved *moved)
{
  guint n = from->n_negative + from->n_positive;

  for (guint side = 0; side < 2; side++)
    {
      guint *count = side == 0 ? &set->n_negative : &set->n_positive;
      guint order[LENS_H265_MAX_REFS + 1], k = 0;
      if (side == 0)
        {
          for (guint j = n; j > from->n_negative; j--)
            order[k++] = j - 1;
          order[k++] = n;
          for (guint j = 0; j < from->n_negative; j++)
            order[k++] = j;
        }
      else
        {
          for (guint j = from->n_negative; j > 0; j--)
            order[k++] = j - 1;
          order[k++] = n;
          for (guint j = from->n_negative; j < n; j++)
            order[k++] = j;
        }
      for (guint i = 0; i < k; i++)
        {
          gint32 delta = moved->delta[order[i]];
          if ((side == 0 ? delta < 0 : delta > 0) && (moved->kept >> order[i] & 1) != 0)
            add (set, count, moved, order[i]);
        }
    }
  return set->n_negative + set->n_positive <= LENS_H265_MAX_REFS;
}

static gboolean
read_predicted (LensH265RefSet *set, const LensH265RefSet *sets, guint index, gboolean of_slice,
                LensRbsp *rbsp)
{
  guint32 back = of_slice ? lens_rbsp_ue (rbsp) : 0; /* delta_idx_minus1 */
  gboolean minus = lens_rbsp_flag (rbsp);
  guint32 size = lens_rbsp_ue (rbsp); /* abs_delta_rps_minus1 */
  Moved moved = { .kept = 0 };

  if (back >= index || size > 0x7fff)
    return FALSE;
  const LensH265RefSet *from = &sets[index - 1 - back];
  gint32 move = minus ? -(gint32)(size + 1) : (gint32)(size + 1);
  guint n = from->n_negative + from->n_positive;
  for (guint j = 0; j <= n; j++)
    {
      gboolean used = lens_rbsp_flag (rbsp);
      gboolean kept = used || lens_rbsp_flag (rbsp);
      moved.used |= (guint32)used << j;
      moved.kept |= (guint32)kept << j;
      moved.delta[j] = (j < n ? from->delta[j] : 0) + move;
    }
  return derive (set, from, &moved);
}

static gboolean
read_explicit (LensH265RefSet *set, LensRbsp *rbsp)
{
  guint32 negative = lens_rbsp_ue (rbsp), positive = lens_rbsp_ue (rbsp);

  if (negative > LENS_H265_MAX_REFS || positive > LENS_H265_MAX_REFS - negative)
    return FALSE;
  set->n_negative = negative;
  set->n_positive = positive;
  for (guint i = 0; i < negative + positive; i++)
    {
      guint32 size = lens_rbsp_ue (rbsp);
      gint32 step = (gint32)(MIN (size, 0x7fff) + 1);
      gint32 before = i == 0 || i == negative ? 0 : set->delta[i - 1];
      set->delta[i] = i < negative ? before - step : before + step;
      set->used |= lens_rbsp_u (rbsp, 1) << i;
    }
  return TRUE;
}

gboolean
lens_h265_ref_set_read (LensH265RefSet *set, const LensH265RefSet *sets, guint index,
                        gboolean of_slice, LensRbsp *rbsp)
{
  *set = (LensH265RefSet){ .n_negative = 0 };
  if (index > 0 && lens_rbsp_flag (rbsp))
    return read_predicted (set, sets, index, of_slice, rbsp);
  return read_explicit (set, rbsp);
}
