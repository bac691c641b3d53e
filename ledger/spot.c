#include "ledger/spot.h"

#include <string.h>

/* One more piece, if there is room to tell of it. */
static gboolean
note_piece (LensSpot *spot, const LensPiece *piece)
{
  gint64 on = (gint64)(piece->frame - spot->frame);

  if (spot->in_first == 0)
    {
      spot->frame = piece->frame;
      spot->offset = piece->offset;
      spot->in_first = (guint8)piece->length;
      return TRUE;
    }
  if (spot->in_rest > 0 || on > G_MAXINT16 || on < G_MININT16 || piece->offset > G_MAXUINT16)
    return FALSE;
  spot->rest_frame = (gint16)on;
  spot->rest_offset = (guint16)piece->offset;
  spot->in_rest = (guint8)piece->length;
  return TRUE;
}

LensSpot
lens_spot_in_pieces (const LensUnit *unit, gsize offset, gsize length)
{
  LensSpot spot = { .time_ns = unit->time_ns, .side = unit->side, .length = (guint8)length };
  const LensView *view = &unit->view;

  memcpy (spot.octets, view->octets + offset, length);
  if (view->n_pieces > 0 && length > 0 && offset + length <= view->pieces[0].length)
    {
      spot.frame = view->pieces[0].frame;
      spot.offset = view->pieces[0].offset + (guint32)offset;
      spot.in_first = (guint8)length;
      return spot;
    }
  for (gsize i = 0; i < view->n_pieces && length > 0; i++)
    {
      const LensPiece *piece = &view->pieces[i];
      if (offset >= piece->length)
        {
          offset -= piece->length;
          continue;
        }
      gsize part = MIN (length, piece->length - offset);
      const LensPiece here = { piece->frame, piece->offset + (guint32)offset, (guint32)part };
      if (!note_piece (&spot, &here))
        break;
      length -= part;
      offset = 0;
    }
  return spot;
}

LensSpot
lens_spot_of (gint64 time_ns, LensSide *side, const LensPiece *piece, guint32 value, guint length)
{
  LensSpot spot = { .time_ns = time_ns, .side = side, .length = (guint8)length };

  for (guint i = 0; i < length; i++)
    spot.octets[i] = (guint8)(value >> (8 * (length - 1 - i)));
  note_piece (&spot, piece);
  return spot;
}

guint
lens_spot_pieces (const LensSpot *spot, LensPiece pieces[2])
{
  pieces[0] = (LensPiece){ spot->frame, spot->offset, spot->in_first };
  pieces[1]
      = (LensPiece){ spot->frame + (guint64)spot->rest_frame, spot->rest_offset, spot->in_rest };
  return (spot->in_first > 0) + (spot->in_rest > 0);
}

gboolean
lens_spot_is_whole (const LensSpot *spot, LensPiece *piece)
{
  *piece = (LensPiece){ spot->frame, spot->offset, spot->in_first };
  return spot->in_first > 0 && spot->in_first == spot->length;
}

void
lens_spot_use (const LensSpot *spot, LensLedger *ledger, const char *channel, LensTrack *track,
               guint64 bits)
{
  LensPiece pieces[2];
  const guint n = lens_spot_pieces (spot, pieces);
  const LensUnit unit = { .kind = LENS_UNIT_RTP,
                          .time_ns = spot->time_ns,
                          .side = spot->side,
                          .track = track,
                          .view = { spot->octets, spot->length, pieces, n } };
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, &unit, NULL);

  lens_ledger_room (ledger, carrier, &unit, bits);
  lens_ledger_use (ledger, carrier, &unit, bits, 0, spot->length);
}

void
lens_spot_find_used (LensLedger *ledger, const char *channel)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses == 0 || !g_str_equal (carrier->channel, channel)
          || !lens_ledger_owns (ledger, carrier))
        continue;
      LensSeverity severity = lens_ledger_severity (ledger, carrier);
      lens_ledger_find (ledger, carrier, MAX (severity, LENS_SEVERITY_MEDIUM), NULL, NULL);
    }
}
