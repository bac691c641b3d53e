#include "ledger/marks.h"

typedef struct
{
  gint64 time_ns;
  LensSide *side;
  guint64 bits;
  guint first_piece, n_pieces;
  guint first_octet, n_octets;
} Mark;

struct LensMarks
{
  GArray *marks;      /* Mark */
  GArray *pieces;     /* LensPiece */
  GByteArray *octets; /* LENS_MARK_OCTETS of each place at most */
  guint64 n, bits;
};

LensMarks *
lens_marks_new (void)
{
  LensMarks *marks = g_new0 (LensMarks, 1);

  marks->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  marks->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  marks->octets = g_byte_array_new ();
  return marks;
}

void
lens_marks_free (LensMarks *marks)
{
  if (marks == NULL)
    return;
  g_array_unref (marks->marks);
  g_array_unref (marks->pieces);
  g_byte_array_unref (marks->octets);
  g_free (marks);
}

void
lens_marks_add (LensMarks *marks, const LensUnit *unit, guint64 bits, LensRange range)
{
  Mark mark = { .time_ns = unit->time_ns,
                .side = unit->side,
                .bits = bits,
                .first_piece = marks->pieces->len,
                .first_octet = marks->octets->len,
                .n_octets = (guint)MIN (range.length, LENS_MARK_OCTETS) };

  marks->n++;
  marks->bits += bits;
  if (marks->marks->len >= LENS_MARKS_MAX)
    return;
  lens_view_pieces (&unit->view, range.offset, range.length, marks->pieces);
  mark.n_pieces = marks->pieces->len - mark.first_piece;
  g_byte_array_append (marks->octets, unit->view.octets + range.offset, mark.n_octets);
  g_array_append_val (marks->marks, mark);
}

guint64
lens_marks_n (const LensMarks *marks)
{
  return marks->n;
}

guint64
lens_marks_bits (const LensMarks *marks)
{
  return marks->bits;
}

gint64
lens_marks_time (const LensMarks *marks, guint index)
{
  return g_array_index (marks->marks, Mark, index).time_ns;
}

static void
tell (const LensMarks *marks, LensLedger *ledger, const char *channel, const char *subject,
      gboolean use)
{
  for (guint i = 0; i < marks->marks->len; i++)
    {
      const Mark *mark = &g_array_index (marks->marks, Mark, i);
      const LensUnit unit
          = { .kind = LENS_UNIT_FRAME,
              .time_ns = mark->time_ns,
              .side = mark->side,
              .view
              = { marks->octets->data + mark->first_octet, mark->n_octets,
                  &g_array_index (marks->pieces, LensPiece, mark->first_piece), mark->n_pieces } };
      LensCarrier *carrier = lens_ledger_carrier (ledger, channel, &unit, subject);
      LensCarriers *carriers = lens_ledger_carriers (ledger);
      lens_carrier_room (carriers, carrier, unit.time_ns, mark->bits, &unit.view);
      if (use)
        lens_carrier_use (carriers, carrier, unit.time_ns, mark->bits, &unit.view);
    }
}

void
lens_marks_use (const LensMarks *marks, LensLedger *ledger, const char *channel,
                const char *subject)
{
  tell (marks, ledger, channel, subject, TRUE);
}

void
lens_marks_room (const LensMarks *marks, LensLedger *ledger, const char *channel,
                 const char *subject)
{
  tell (marks, ledger, channel, subject, FALSE);
}
