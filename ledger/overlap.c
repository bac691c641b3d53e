#include "ledger/overlap.h"

#include <netinet/in.h>

typedef struct
{
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
} End;

struct LensOverlap
{
  gsize keep;
  GHashTable *ends;   /* LensSide -> End */
  GByteArray *octets; /* of the unit handed out */
  GArray *pieces;
  LensPieces scratch;
};

static void
end_free (gpointer data)
{
  End *end = data;

  g_byte_array_unref (end->octets);
  g_array_unref (end->pieces);
  g_free (end);
}

LensOverlap *
lens_overlap_new (gsize keep)
{
  LensOverlap *overlap = g_new0 (LensOverlap, 1);

  overlap->keep = keep;
  overlap->ends = g_hash_table_new_full (NULL, NULL, NULL, end_free);
  overlap->octets = g_byte_array_new ();
  overlap->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  return overlap;
}

void
lens_overlap_free (LensOverlap *overlap)
{
  if (overlap == NULL)
    return;
  g_hash_table_unref (overlap->ends);
  g_byte_array_unref (overlap->octets);
  g_array_unref (overlap->pieces);
  lens_pieces_clear (&overlap->scratch);
  g_free (overlap);
}

static End *
end_of (LensOverlap *overlap, LensSide *side)
{
  End *end = g_hash_table_lookup (overlap->ends, side);

  if (end != NULL || g_hash_table_size (overlap->ends) >= LENS_OVERLAP_MAX)
    return end;
  end = g_new0 (End, 1);
  end->octets = g_byte_array_new ();
  end->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  g_hash_table_insert (overlap->ends, side, end);
  return end;
}

LensUnit
lens_overlap_take (LensOverlap *overlap, const LensUnit *unit, gsize *fresh)
{
  LensUnit whole = *unit;
  End *end = unit->side->key.protocol == IPPROTO_TCP ? end_of (overlap, unit->side) : NULL;

  *fresh = 0;
  if (end == NULL)
    return whole;
  if (end->octets->len > 0)
    {
      *fresh = end->octets->len;
      g_byte_array_set_size (overlap->octets, 0);
      g_byte_array_append (overlap->octets, end->octets->data, end->octets->len);
      g_byte_array_append (overlap->octets, unit->view.octets, (guint)unit->view.length);
      g_array_set_size (overlap->pieces, 0);
      g_array_append_vals (overlap->pieces, end->pieces->data, end->pieces->len);
      g_array_append_vals (overlap->pieces, unit->view.pieces, (guint)unit->view.n_pieces);
      whole.view = (LensView){ overlap->octets->data, overlap->octets->len,
                               (const LensPiece *)overlap->pieces->data, overlap->pieces->len };
    }
  gsize keep = MIN (whole.view.length, overlap->keep);
  LensView last = lens_view_slice (&whole.view, whole.view.length - keep, keep, &overlap->scratch);
  g_byte_array_set_size (end->octets, 0);
  g_byte_array_append (end->octets, last.octets, (guint)last.length);
  g_array_set_size (end->pieces, 0);
  g_array_append_vals (end->pieces, last.pieces, (guint)last.n_pieces);
  return whole;
}

void
lens_overlap_drop (LensOverlap *overlap, const LensSide *side)
{
  if (overlap != NULL)
    g_hash_table_remove (overlap->ends, side);
}
