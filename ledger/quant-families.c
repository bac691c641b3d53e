#include "ledger/quant-families.h"

#include <string.h>

enum
{
  ONE_TABLE = 64,  /* coefficients */
  MAX_KNOWN = 256, /* tables kept */
};

static gboolean
is_ordered (const LensQuantTables *a, const LensQuantTables *b)
{
  gboolean below = TRUE, above = TRUE;

  for (guint i = 0; i < a->length; i++)
    {
      below = below && a->octets[i] <= b->octets[i];
      above = above && a->octets[i] >= b->octets[i];
    }
  return below || above;
}

/* Some encoders scale all but the first coefficient, the mean (libavcodec does). */
static guint
first_scaled (const guint8 *a, const guint8 *b)
{
  return a[0] == b[0] ? 1 : 0;
}

/* Whether one scale fits all coefficients of a table: each may be off by a rounding in both,
 * and one that is cut at 1 or 255 tells one side only. */
static gboolean
is_scaled (const guint8 *a, const guint8 *b)
{
  double least = 0, most = G_MAXDOUBLE;

  for (guint i = first_scaled (a, b); i < ONE_TABLE; i++)
    {
      double low = MAX (b[i] - 1.5, 0) / (a[i] + 1.5);
      double high = (b[i] + 1.5) / MAX (a[i] - 1.5, 0.1);
      if (a[i] < 255 && b[i] > 1)
        least = MAX (least, low);
      if (b[i] < 255 && a[i] > 1)
        most = MIN (most, high);
    }
  return least <= most * 1.1;
}

static gboolean
orders_alike (const guint8 *a, const guint8 *b)
{
  guint first = first_scaled (a, b);

  for (guint i = first; i < ONE_TABLE; i++)
    for (guint j = first; j < i; j++)
      if ((a[i] < a[j] && b[i] > b[j]) || (a[i] > a[j] && b[i] < b[j]))
        return FALSE;
  return TRUE;
}

gsize
lens_quant_tables_differences (const LensQuantTables *a, const guint8 *octets, gsize length,
                               gsize *first, gsize *last)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    if (i >= a->length || a->octets[i] != octets[i])
      {
        if (n++ == 0)
          *first = i;
        *last = i;
      }
  return n;
}

/* A quality changes many coefficients, even its smallest step. */
static gboolean
is_step (const LensQuantTables *a, const LensQuantTables *b)
{
  gsize first, last;

  return 10 * lens_quant_tables_differences (a, b->octets, b->length, &first, &last) >= b->length;
}

static gboolean
is_of_family (const LensQuantFamilies *families, guint family, const LensQuantTables *tables)
{
  const LensQuantTables *head = NULL;

  for (guint i = 0; i < families->known->len; i++)
    {
      const LensQuantTables *other = g_ptr_array_index (families->known, i);
      if (other->family != family)
        continue;
      if (other->length != tables->length || !is_ordered (other, tables)
          || !is_step (other, tables))
        return FALSE;
      if (head == NULL)
        head = other;
    }
  for (guint at = 0; head != NULL && at + ONE_TABLE <= tables->length; at += ONE_TABLE)
    if (!is_scaled (head->octets + at, tables->octets + at)
        || !orders_alike (head->octets + at, tables->octets + at))
      return FALSE;
  return head != NULL;
}

/* The last family stands for all that would be too many. */
static guint
family_for (LensQuantFamilies *families, const LensQuantTables *tables)
{
  if (families->n == LENS_QUANT_MAX_FAMILIES)
    return LENS_QUANT_STRANGERS;
  for (guint family = 0; family < families->n; family++)
    if (is_of_family (families, family, tables))
      return family;
  return families->n++;
}

/* The last family is none's home: it holds what has nothing in common. */
guint
lens_quant_families_home (const LensQuantFamilies *families)
{
  guint home = 0;

  for (guint i = 1; i < MIN (families->n, LENS_QUANT_STRANGERS); i++)
    if (families->seen[i] > families->seen[home])
      home = i;
  return home;
}

static const LensQuantTables *
find_known (const LensQuantFamilies *families, const guint8 *octets, gsize length)
{
  for (guint i = 0; i < families->known->len; i++)
    {
      const LensQuantTables *known = g_ptr_array_index (families->known, i);
      if (known->length == length && memcmp (known->octets, octets, length) == 0)
        return known;
    }
  return NULL;
}

const LensQuantTables *
lens_quant_families_learn (LensQuantFamilies *families, const guint8 *octets, gsize length)
{
  if (families->known == NULL)
    families->known = g_ptr_array_new_with_free_func (g_free);
  const LensQuantTables *known = find_known (families, octets, length);
  if (known != NULL || families->known->len >= MAX_KNOWN)
    return known;
  LensQuantTables *made = g_new0 (LensQuantTables, 1);
  made->length = (guint)length;
  memcpy (made->octets, octets, length);
  made->family = family_for (families, made);
  g_ptr_array_add (families->known, made);
  return made;
}

void
lens_quant_families_clear (LensQuantFamilies *families)
{
  g_clear_pointer (&families->known, g_ptr_array_unref);
}
