#include "ledger/spot.h"

#include <string.h>

LensSpot
lens_spot_at (const LensUnit *unit, gsize offset, gsize length)
{
  LensSpot spot = { .time_ns = unit->time_ns, .side = unit->side, .length = (guint8)length };
  const LensView *view = &unit->view;

  memcpy (spot.octets, view->octets + offset, length);
  for (gsize i = 0; i < view->n_pieces && length > 0; i++)
    {
      const LensPiece *piece = &view->pieces[i];
      if (offset >= piece->length)
        {
          offset -= piece->length;
          continue;
        }
      gsize part = MIN (length, piece->length - offset);
      spot.pieces[spot.n_pieces++]
          = (LensPiece){ piece->frame, piece->offset + (guint32)offset, (guint32)part };
      length -= part;
      offset = 0;
    }
  return spot;
}

void
lens_spot_use (const LensSpot *spot, LensLedger *ledger, const char *channel, LensTrack *track,
               guint64 bits)
{
  const LensUnit unit = { .kind = LENS_UNIT_RTP,
                          .time_ns = spot->time_ns,
                          .side = spot->side,
                          .track = track,
                          .view = { spot->octets, spot->length, spot->pieces, spot->n_pieces } };
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
