#include "ledger/free-text.h"

static void
tell_first (LensLedger *ledger, const LensFreeText *text, LensCarrier *carrier)
{
  if (text->pieces == NULL)
    return;
  const LensView view = { .pieces = (const LensPiece *)(gconstpointer)text->pieces->data,
                          .n_pieces = text->pieces->len };
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, text->first_ns, text->first_bits,
                    &view);
}

/* If the second differs, then the first was no habit either. */
static void
judge_first (LensLedger *ledger, LensFreeText *text, LensCarrier *carrier, const LensUnit *unit,
             LensRange range, gboolean differs)
{
  if (text->template.seen == 1)
    {
      text->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      lens_view_pieces (&unit->view, range.offset, range.length, text->pieces);
      text->first_ns = unit->time_ns;
      text->first_bits = 8 * range.length;
      return;
    }
  if (differs)
    tell_first (ledger, text, carrier);
  g_clear_pointer (&text->pieces, g_array_unref);
}

void
lens_free_text_take (LensLedger *ledger, LensFreeText *text, LensCarrier *carrier,
                     const LensUnit *unit, LensRange range)
{
  LensRange where;
  gsize n = lens_template_take (&text->template, unit->time_ns, unit->view.octets + range.offset,
                                range.length, &where);

  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  judge_first (ledger, text, carrier, unit, range, n > 0);
  if (n > 0 && range.length > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * n, range.offset + where.offset, where.length);
}

void
lens_free_text_end (LensLedger *ledger, LensFreeText *text, LensCarrier *carrier)
{
  tell_first (ledger, text, carrier);
  g_clear_pointer (&text->pieces, g_array_unref);
}

void
lens_free_text_clear (LensFreeText *text)
{
  lens_template_clear (&text->template);
  g_clear_pointer (&text->pieces, g_array_unref);
}
