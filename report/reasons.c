#include "report/reasons.h"

#include <string.h>

enum
{
  COMPARED_PIECES = 20, /* of each finding: a record of a stranger may list many */
  NAMED_ALSO = 4,
};

static const LensFindingRow *
finding_at (const LensEvaluation *evaluation, guint index)
{
  return evaluation->findings->pdata[index];
}

static gint
descending (double a, double b)
{
  return a < b ? 1 : a > b ? -1 : 0;
}

static gboolean
is_grave (const LensFindingRow *finding)
{
  return finding->severity >= LENS_SEVERITY_MEDIUM;
}

static gint
by_weight (gconstpointer a, gconstpointer b, gpointer data)
{
  const guint one_index = *(const guint *)a, other_index = *(const guint *)b;
  const LensFindingRow *one = finding_at (data, one_index);
  const LensFindingRow *other = finding_at (data, other_index);
  gint order = descending (is_grave (one), is_grave (other));

  if (order == 0)
    order = descending (one->severity, other->severity);
  if (order == 0) /* in the same time: the order of their rates */
    order = descending ((double)one->used_bits, (double)other->used_bits);
  if (order == 0)
    order = descending (one->hides, other->hides);
  if (order == 0)
    order = descending (one->capacity_bps, other->capacity_bps);
  return order != 0 ? order : descending (other_index, one_index);
}

GArray *
lens_reasons_order (const LensEvaluation *evaluation)
{
  GArray *order = g_array_sized_new (FALSE, FALSE, sizeof (guint), evaluation->findings->len);

  for (guint i = 0; i < evaluation->findings->len; i++)
    g_array_append_val (order, i);
  g_array_sort_with_data (order, by_weight, (gpointer)evaluation);
  return order;
}

static gboolean
overlap (const LensPiece *one, const LensPiece *other)
{
  return one->frame == other->frame && one->offset < (guint64)other->offset + other->length
         && other->offset < (guint64)one->offset + one->length;
}

static gboolean
same_octets (const LensFindingRow *one, const LensFindingRow *other)
{
  for (guint i = 0; i < MIN (one->octets->len, COMPARED_PIECES); i++)
    for (guint n = 0; n < MIN (other->octets->len, COMPARED_PIECES); n++)
      if (overlap (&g_array_index (one->octets, LensPiece, i),
                   &g_array_index (other->octets, LensPiece, n)))
        return TRUE;
  return FALSE;
}

/* The reason that tells already what @finding tells, or NULL. */
static LensReason *
told_by (LensReasons *reasons, const LensEvaluation *evaluation, const LensFindingRow *finding)
{
  for (guint i = 0; i < reasons->n_reasons; i++)
    if (same_octets (finding_at (evaluation, reasons->reasons[i].finding), finding))
      return &reasons->reasons[i];
  return NULL;
}

/* What makes the verdict "concealed" has a place among the reasons. */
static gboolean
wants_last_place (const LensReasons *reasons, const LensEvaluation *evaluation)
{
  if (reasons->n_reasons != LENS_REASONS_MAX - 1)
    return FALSE;
  for (guint i = 0; i < reasons->n_reasons; i++)
    {
      const LensReason *reason = &reasons->reasons[i];

      if (finding_at (evaluation, reason->finding)->hides)
        return FALSE;
      for (guint n = 0; n < reason->also->len; n++)
        if (((const LensFindingRow *)reason->also->pdata[n])->hides)
          return FALSE;
    }
  for (guint i = 0; i < evaluation->findings->len; i++)
    if (is_grave (finding_at (evaluation, i)) && finding_at (evaluation, i)->hides)
      return TRUE;
  return FALSE;
}

/* Of findings of the same octets that weigh alike, the one that hides is told: "pictures leave"
 * says more than "to an address that nobody named". */
static gboolean
tells_more (const LensFindingRow *finding, const LensFindingRow *told)
{
  return finding->hides && !told->hides && finding->severity == told->severity;
}

/* @finding, at @index and of @rank, is told by @reason already. */
static void
fold (LensReason *reason, const LensEvaluation *evaluation, guint index, guint rank)
{
  LensFindingRow *finding = evaluation->findings->pdata[index];
  LensFindingRow *told = evaluation->findings->pdata[reason->finding];

  if (tells_more (finding, told))
    {
      reason->finding = index;
      reason->rank = rank;
      finding = told;
    }
  reason->also_count++;
  if (reason->also->len < NAMED_ALSO)
    g_ptr_array_add (reason->also, finding);
}

void
lens_reasons_pick (LensReasons *reasons, const LensEvaluation *evaluation)
{
  g_autoptr (GArray) order = lens_reasons_order (evaluation);

  memset (reasons, 0, sizeof *reasons);
  for (guint i = 0; i < order->len; i++)
    {
      const guint index = g_array_index (order, guint, i);
      LensFindingRow *finding = evaluation->findings->pdata[index];
      LensReason *reason;

      if (!is_grave (finding))
        break;
      reason = told_by (reasons, evaluation, finding);
      if (reason != NULL)
        fold (reason, evaluation, index, i);
      else if (reasons->n_reasons < LENS_REASONS_MAX
               && (finding->hides || !wants_last_place (reasons, evaluation)))
        reasons->reasons[reasons->n_reasons++] = (LensReason){ index, i, g_ptr_array_new (), 0 };
      else
        reasons->left_out++;
    }
}

void
lens_reasons_clear (LensReasons *reasons)
{
  for (guint i = 0; i < reasons->n_reasons; i++)
    g_ptr_array_unref (reasons->reasons[i].also);
  reasons->n_reasons = 0;
}
