/* SIP off a TCP stream (RFC 3261 section 18.3); line ends keep it open (RFC 5626 section 4.4.1). */
#include "ledger/tcp-inside.h"

static void
take_call (LensTcpHalf *half, const LensView *message)
{
  LensLedger *ledger = half->whole->ledger;
  g_auto (LensPieces) pieces = { 0 };
  LensRange description;

  lens_ledger_book (ledger, half->side, LENS_KIND_RTSP, NULL, 0, message);
  if (lens_sessions_sip (ledger->sessions, half->side, message->octets, message->length,
                         &description)
      && description.length > 0)
    {
      LensView text = lens_view_slice (message, description.offset, description.length, &pieces);
      lens_ledger_show_description (ledger, half->side, NULL, &text);
    }
  lens_ledger_show_content (ledger, half->side, message);
}

gsize
lens_tcp_half_take_sip (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  g_auto (LensPieces) pieces = { 0 };
  LensSipGuess guess = LENS_SIP_YES;
  gsize taken = 0, length;

  while (taken < view->length)
    {
      const guint8 *octets = view->octets + taken;
      gsize left = view->length - taken;
      length = 0;
      while (length < left && (octets[length] == '\r' || octets[length] == '\n'))
        length++;
      if (length > 0)
        lens_ledger_book_part (half->whole->ledger, half->side, LENS_KIND_RTSP, NULL, 0, view,
                               taken, length);
      else if ((guess = lens_sip_next (octets, left, &length)) == LENS_SIP_YES)
        {
          LensView message = lens_view_slice (view, taken, length, &pieces);
          take_call (half, &message);
        }
      else
        break;
      taken += length;
    }
  if (taken < view->length && (at_end || guess == LENS_SIP_NO))
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, &pieces);
      lens_tcp_half_take_content (half, &rest);
      taken = view->length;
    }
  half->reading->needed = taken < view->length ? length : 0;
  return taken;
}
