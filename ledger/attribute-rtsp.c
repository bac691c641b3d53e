/* RTSP off a TCP stream: messages, interleaved frames, tunnels over HTTP. */
#include "ledger/tcp-inside.h"

#include "wire/rtsp-header.h"

#include <string.h>

LensRtspTalk *
lens_tcp_flow_talk (LensTcpFlow *flow)
{
  if (flow->talk == NULL)
    flow->talk = lens_rtsp_talk_new (flow->flow);
  return flow->talk;
}

/* RTP or RTCP: version 2, and as long as its header (RFC 3550 sections 5.1 and 6.4). */
static gboolean
is_media (const guint8 *octets, gsize length)
{
  return length >= 8 && octets[0] >> 6 == 2;
}

static void
take_interleaved (LensTcpHalf *half, const LensView *unit_view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;
  gsize head = unit->length - unit->data.length;
  gboolean rtcp = FALSE;
  g_auto (LensPieces) pieces = { 0 };
  LensTrack *track = lens_rtsp_talk_track (half->whole->talk, unit->channel, &rtcp);
  if (track == NULL && is_media (unit_view->octets + head, unit->data.length)
      && lens_rtsp_talk_infer (ledger->sessions, half->whole->talk, half->side, unit->channel)
             != NULL)
    track = lens_rtsp_talk_track (half->whole->talk, unit->channel, &rtcp);
  lens_ledger_book_part (ledger, half->side, LENS_KIND_INTERLEAVED, track, 0, unit_view, 0, head);
  LensView data = lens_view_slice (unit_view, head, unit->data.length, &pieces);
  if (track == NULL)
    {
      lens_ledger_book_residual (ledger, half->side, LENS_KIND_UNSETUP, NULL, unit->channel, &data);
      /* An empty frame says its channel. */
      LensUnit shown = { .kind = LENS_UNIT_UNSETUP,
                         .side = half->side,
                         .view = data.length > 0 ? data : *unit_view,
                         .channel = unit->channel };
      lens_ledger_show (ledger, &shown);
    }
  else if (unit->data.length == 0)
    {
      LensUnit shown
          = { .kind = LENS_UNIT_RTSP_STRAY, .side = half->side, .view = *unit_view, .rtsp = unit };
      lens_ledger_show (ledger, &shown);
    }
  else if ((unit->odd & LENS_RTSP_CUT) != 0)
    lens_ledger_book_cut (ledger, half->side, track, rtcp, &data);
  else if (rtcp)
    lens_ledger_take_rtcp (ledger, half->side, track, &data);
  else
    lens_ledger_take_rtp (ledger, half->side, track,
                          lens_rtsp_talk_is_server (half->whole->talk, half->side), &data);
}

static void
take_stray (LensTcpHalf *half, const LensView *view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;

  LensUnit shown
      = { .kind = LENS_UNIT_RTSP_STRAY, .side = half->side, .view = *view, .rtsp = unit };

  gboolean by_gap = half->reading->after_gap || (half->at_gap && (unit->odd & LENS_RTSP_CUT) != 0);

  if (by_gap && (unit->odd & LENS_RTSP_KEEP_ALIVE) == 0)
    {
      lens_ledger_book_residual (ledger, half->side, LENS_KIND_RTSP_LOST, NULL, 0, view);
      return;
    }
  if (unit->odd & LENS_RTSP_KEEP_ALIVE)
    lens_ledger_book (ledger, half->side, LENS_KIND_RTSP, NULL, 0, view);
  else
    lens_ledger_book_residual (ledger, half->side, LENS_KIND_RTSP_STRAY, NULL, 0, view);
  lens_ledger_show (ledger, &shown);
}

static void
show_description (LensTcpHalf *half, const LensView *message, LensRange body)
{
  g_auto (LensPieces) pieces = { 0 };

  if (body.length < 2 || memcmp (message->octets + body.offset, "v=", 2) != 0)
    return;
  LensView text = lens_view_slice (message, body.offset, body.length, &pieces);
  lens_ledger_show_description (half->whole->ledger, half->side,
                                lens_rtsp_talk_url (half->whole->talk), &text);
}

/* --- RTSP over HTTP --- */

#define MAX_TUNNELS 4096

static char *
cookie_of (const guint8 *octets, const LensRtspUnit *unit)
{
  LensRange value;

  return lens_rtsp_header_find (octets, unit->headers, "x-sessioncookie", 0, &value)
             ? g_strndup ((const char *)octets + value.offset, MIN (value.length, 256))
             : NULL;
}

/* Of the two requests with one cookie, replies come to the GET; what is asked goes behind the
 * POST. */
static void
open_tunnel (LensTcpHalf *half, const guint8 *octets, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;
  LensFlow *flow = half->whole->flow;
  g_autofree char *cookie = cookie_of (octets, unit);

  flow->tunnel = TRUE;
  if (unit->kind != LENS_RTSP_REQUEST || cookie == NULL)
    return;
  flow->server = half->side->reverse ? LENS_SERVER_SOURCE : LENS_SERVER_DESTINATION;
  half->whole->client = half->side->reverse;
  if (ledger->tunnels == NULL)
    ledger->tunnels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (lens_rtsp_is (octets, unit->method, "POST"))
    {
      half->whole->replies = g_hash_table_lookup (ledger->tunnels, cookie);
      if (half->reading->tunnel == NULL)
        half->reading->tunnel = lens_rtsp_tunnel_new ();
    }
  else if (g_hash_table_size (ledger->tunnels) < MAX_TUNNELS)
    g_hash_table_insert (ledger->tunnels, g_steal_pointer (&cookie), flow);
  else
    ledger->capped = TRUE;
}

static void
take_tunnelled (gpointer data, const guint8 *octets, const LensRtspUnit *unit)
{
  LensTcpHalf *half = data;
  LensTcpFlow *replies = half->whole->replies != NULL ? half->whole->replies->tcp : NULL;
  const LensTcpHalf *asker = replies != NULL ? replies->halves[replies->client] : NULL;

  if (unit->kind != LENS_RTSP_REQUEST || asker == NULL)
    return;
  lens_sessions_message (half->whole->ledger->sessions, lens_tcp_flow_talk (replies), asker->side,
                         half->whole->ledger->now, octets, unit);
}

static void
take_encoded (LensTcpHalf *half, const LensView *view)
{
  lens_ledger_book (half->whole->ledger, half->side, LENS_KIND_RTSP, NULL, 0, view);
  lens_rtsp_tunnel_take (half->reading->tunnel, view->octets, view->length, take_tunnelled, half);
}

static void
take_rtsp_unit (LensTcpHalf *half, const LensView *view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;
  LensUnit shown = { .kind = LENS_UNIT_RTSP, .side = half->side, .view = *view, .rtsp = unit };

  lens_tcp_flow_talk (half->whole);
  switch (unit->kind)
    {
    case LENS_RTSP_INTERLEAVED:
      take_interleaved (half, view, unit);
      break;
    case LENS_RTSP_STRAY:
      take_stray (half, view, unit);
      return;
    default:
      lens_ledger_book (ledger, half->side, LENS_KIND_RTSP, NULL, 0, view);
      if ((unit->odd & LENS_RTSP_TUNNEL) != 0)
        {
          open_tunnel (half, view->octets, unit);
          lens_ledger_show (ledger, &shown);
          break;
        }
      lens_sessions_message (ledger->sessions, half->whole->talk, half->side, ledger->now,
                             view->octets, unit);
      shown.asked = lens_rtsp_talk_answered (half->whole->talk);
      lens_ledger_show (ledger, &shown);
      show_description (half, view, unit->body);
    }
  half->reading->after_gap = FALSE;
}

/* Takes whole units off the front of @view; returns the octets taken. */
gsize
lens_tcp_half_take_rtsp (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  g_auto (LensPieces) pieces = { 0 };
  LensRtspUnit unit;
  gsize taken = 0;

  while (taken < view->length && half->reading->tunnel == NULL
         && lens_rtsp_next (&half->reading->framer, view->octets + taken, view->length - taken,
                            at_end, &unit)
                != LENS_RTSP_MORE)
    {
      LensView part = lens_view_slice (view, taken, unit.length, &pieces);
      take_rtsp_unit (half, &part, &unit);
      taken += unit.length;
    }
  half->reading->needed = taken < view->length ? unit.needed : 0;
  if (half->reading->tunnel != NULL && taken < view->length)
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, &pieces);
      take_encoded (half, &rest);
      taken = view->length;
    }
  return taken;
}
