/* TCP: segments back into streams, streams into RTSP, DNS or plain content. */
#include "ledger/inside.h"

#include "wire/dns.h"
#include "wire/rtsp-header.h"
#include "wire/rtsp-tunnel.h"
#include "wire/rtsp.h"
#include "wire/transport.h"

#include <string.h>

/* A stream whose start was not seen may be RTSP in its middle: so many octets are looked at
 * for interleaved frames before it is taken as content. */
#define RESYNC_LIMIT (64 * 1024)

typedef struct LensTcpFlow LensTcpFlow;

/* One direction. */
typedef struct
{
  LensTcpFlow *whole;
  LensSide *side; /* of the segment at hand, later of the last one */
  LensTcpStream stream;
  GByteArray *octets; /* delivered, no whole unit yet; NULL: none */
  GArray *pieces;     /* LensPiece, of @octets */
  LensRtspFramer framer;
  LensRtspTunnel *tunnel; /* base64 from here on; NULL: plain */
  gboolean after_gap;
} Half;

struct LensTcpFlow
{
  LensLedger *ledger;
  LensFlow *flow;
  LensRtspTalk *talk;
  gboolean lost;      /* the capture missed octets */
  gboolean in_middle; /* its start was not seen, and it is RTSP */
  LensFlow *replies;  /* of a tunnel's POST: the connection of its GET, or NULL */
  guint8 client;      /* of a tunnel: the half that asks */
  Half *halves[2];    /* NULL: nothing came that way */
};

static void take_delivered (Half *half, const LensView *view, gboolean at_end);

static void
deliver (gpointer data, const LensView *view)
{
  Half *half = data;

  half->whole->flow->payload[half->side->reverse] += view->length;
  /* No receiver reads on behind the end of a stream. */
  if ((half->stream.notes & LENS_TCP_NOTE_AFTER_FIN) != 0
      && half->whole->flow->service == LENS_SERVICE_RTSP)
    lens_ledger_book_residual (half->whole->ledger, half->side, LENS_KIND_CONFLICT, NULL, 0, view);
  else
    take_delivered (half, view, FALSE);
}

/* Octets that are payload, but come too late or from nowhere to be read in order. */
static void
book_unordered (Half *half, const LensView *view)
{
  LensLedger *ledger = half->whole->ledger;

  if (half->whole->flow->service == LENS_SERVICE_RTSP)
    lens_ledger_book_residual (ledger, half->side, LENS_KIND_RTSP_LOST, NULL, 0, view);
  else
    lens_ledger_book (ledger, half->side, LENS_KIND_PAYLOAD, NULL, 0, view);
}

static void
duplicate (gpointer data, const LensView *view, LensTcpOverlap how)
{
  Half *half = data;
  LensLedger *ledger = half->whole->ledger;
  gboolean filler
      = how == LENS_TCP_OVERLAP_KEEPALIVE
        && ((half->stream.notes & LENS_TCP_NOTE_LAST_OCTET) != 0 || view->octets[0] == 0);

  if (how == LENS_TCP_OVERLAP_SAME || filler)
    lens_ledger_book (ledger, half->side, LENS_KIND_REPEAT, NULL, 0, view);
  else if (how == LENS_TCP_OVERLAP_UNKNOWN || how == LENS_TCP_OVERLAP_LATE
           || (how == LENS_TCP_OVERLAP_OUTSIDE && half->whole->flow->service != LENS_SERVICE_RTSP))
    book_unordered (half, view);
  else
    lens_ledger_book_residual (ledger, half->side, LENS_KIND_CONFLICT, NULL, 0, view);
}

static void
gap (gpointer data, guint64 length)
{
  Half *half = data;
  const LensView nothing = { NULL, 0, NULL, 0 };

  half->whole->lost = TRUE;
  take_delivered (half, &nothing, TRUE);
  half->framer.lost = TRUE;
  half->after_gap = TRUE;
  if (half->tunnel != NULL)
    lens_rtsp_tunnel_gap (half->tunnel);
}

static const LensTcpStreamCalls calls = { deliver, duplicate, gap };

/* --- content --- */

static void
take_content (Half *half, const LensView *view)
{
  LensLedger *ledger = half->whole->ledger;

  if (view->length == 0)
    return;
  lens_ledger_book (ledger, half->side, LENS_KIND_PAYLOAD, NULL, 0, view);
  LensUnit unit = { .kind = LENS_UNIT_CONTENT, .side = half->side, .view = *view };
  lens_ledger_show (ledger, &unit);
}

/* --- RTSP --- */

/* RTP or RTCP: version 2, and as long as its header (RFC 3550 sections 5.1 and 6.4). */
static gboolean
is_media (const guint8 *octets, gsize length)
{
  return length >= 8 && octets[0] >> 6 == 2;
}

static void
take_interleaved (Half *half, const LensView *unit_view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;
  gsize head = unit->length - unit->data.length;
  gboolean rtcp = FALSE;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensTrack *track = lens_rtsp_talk_track (half->whole->talk, unit->channel, &rtcp);
  if (track == NULL && is_media (unit_view->octets + head, unit->data.length)
      && lens_rtsp_talk_infer (ledger->sessions, half->whole->talk, half->side, unit->channel)
             != NULL)
    track = lens_rtsp_talk_track (half->whole->talk, unit->channel, &rtcp);
  lens_ledger_book_part (ledger, half->side, LENS_KIND_INTERLEAVED, track, 0, unit_view, 0, head);
  LensView data = lens_view_slice (unit_view, head, unit->data.length, pieces);
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
  else if ((unit->odd & LENS_RTSP_CUT) != 0)
    lens_ledger_book_cut (ledger, half->side, track, rtcp, &data);
  else if (rtcp)
    lens_ledger_take_rtcp (ledger, half->side, track, &data);
  else
    lens_ledger_take_rtp (ledger, half->side, track,
                          lens_rtsp_talk_is_server (half->whole->talk, half->side), &data);
}

static void
take_stray (Half *half, const LensView *view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;

  LensUnit shown
      = { .kind = LENS_UNIT_RTSP_STRAY, .side = half->side, .view = *view, .rtsp = unit };

  if (half->after_gap && (unit->odd & LENS_RTSP_KEEP_ALIVE) == 0)
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
show_description (Half *half, const LensView *message, LensRange body)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  if (body.length < 2 || memcmp (message->octets + body.offset, "v=", 2) != 0)
    return;
  LensView text = lens_view_slice (message, body.offset, body.length, pieces);
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
open_tunnel (Half *half, const guint8 *octets, const LensRtspUnit *unit)
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
      if (half->tunnel == NULL)
        half->tunnel = lens_rtsp_tunnel_new ();
    }
  else if (g_hash_table_size (ledger->tunnels) < MAX_TUNNELS)
    g_hash_table_insert (ledger->tunnels, g_steal_pointer (&cookie), flow);
}

static void
take_tunnelled (gpointer data, const guint8 *octets, const LensRtspUnit *unit)
{
  Half *half = data;
  LensTcpFlow *replies = half->whole->replies != NULL ? half->whole->replies->tcp : NULL;
  const Half *asker = replies != NULL ? replies->halves[replies->client] : NULL;

  if (unit->kind != LENS_RTSP_REQUEST || asker == NULL)
    return;
  if (replies->talk == NULL)
    replies->talk = lens_rtsp_talk_new (replies->flow);
  lens_sessions_message (half->whole->ledger->sessions, replies->talk, asker->side,
                         half->whole->ledger->now, octets, unit);
}

static void
take_encoded (Half *half, const LensView *view)
{
  lens_ledger_book (half->whole->ledger, half->side, LENS_KIND_RTSP, NULL, 0, view);
  lens_rtsp_tunnel_take (half->tunnel, view->octets, view->length, take_tunnelled, half);
}

static void
take_rtsp_unit (Half *half, const LensView *view, const LensRtspUnit *unit)
{
  LensLedger *ledger = half->whole->ledger;
  LensUnit shown = { .kind = LENS_UNIT_RTSP, .side = half->side, .view = *view, .rtsp = unit };

  if (half->whole->talk == NULL)
    half->whole->talk = lens_rtsp_talk_new (half->whole->flow);
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
  half->after_gap = FALSE;
}

/* Takes whole units off the front of @view; returns the octets taken. */
static gsize
take_rtsp (Half *half, const LensView *view, gboolean at_end)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensRtspUnit unit;
  gsize taken = 0;

  while (
      taken < view->length && half->tunnel == NULL
      && lens_rtsp_next (&half->framer, view->octets + taken, view->length - taken, at_end, &unit)
             != LENS_RTSP_MORE)
    {
      LensView part = lens_view_slice (view, taken, unit.length, pieces);
      take_rtsp_unit (half, &part, &unit);
      taken += unit.length;
    }
  if (half->tunnel != NULL && taken < view->length)
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, pieces);
      take_encoded (half, &rest);
      taken = view->length;
    }
  return taken;
}

/* --- DNS over TCP (RFC 1035 4.2.2) --- */

static gsize
take_dns (Half *half, const LensView *view, gboolean at_end)
{
  LensLedger *ledger = half->whole->ledger;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  gsize taken = 0;

  while (taken < view->length)
    {
      gsize length = lens_dns_tcp_length (view->octets + taken, view->length - taken);
      if (length == 0 || length > view->length - taken)
        break;
      lens_ledger_book_part (ledger, half->side, LENS_KIND_PAYLOAD, NULL, 0, view, taken,
                             MIN (length, 2));
      LensView message = lens_view_slice (view, taken + 2, length - 2, pieces);
      lens_ledger_take_dns (ledger, half->side, &message);
      taken += length;
    }
  if (at_end && taken < view->length)
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, pieces);
      take_content (half, &rest);
      taken = view->length;
    }
  return taken;
}

/* --- SIP over TCP (RFC 3261 section 18.3; line ends keep it open: RFC 5626 section 4.4.1) --- */

static void
take_call (Half *half, const LensView *message)
{
  LensLedger *ledger = half->whole->ledger;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensRange description;

  lens_ledger_book (ledger, half->side, LENS_KIND_RTSP, NULL, 0, message);
  if (lens_sessions_sip (ledger->sessions, half->side, message->octets, message->length,
                         &description)
      && description.length > 0)
    {
      LensView text = lens_view_slice (message, description.offset, description.length, pieces);
      lens_ledger_show_description (ledger, half->side, NULL, &text);
    }
  lens_ledger_show_content (ledger, half->side, message);
}

static gsize
take_sip (Half *half, const LensView *view, gboolean at_end)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
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
      else if (lens_sip_next (octets, left, &length) == LENS_SIP_YES)
        {
          LensView message = lens_view_slice (view, taken, length, pieces);
          take_call (half, &message);
        }
      else
        break;
      taken += length;
    }
  gboolean lost
      = taken < view->length
        && lens_sip_next (view->octets + taken, view->length - taken, &length) == LENS_SIP_NO;
  if (taken < view->length && (at_end || lost))
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, pieces);
      take_content (half, &rest);
      taken = view->length;
    }
  return taken;
}

/* --- which of them --- */

static gboolean
may_be_rtsp_in_its_middle (const LensLedger *ledger, const LensFlow *flow)
{
  const guint16 ports[] = { flow->key.sport, flow->key.dport };

  for (guint i = 0; i < 2; i++)
    if (ports[i] == 554 || ports[i] == 8554)
      return TRUE;
  for (guint p = 0; p < ledger->options.profiles->len; p++)
    {
      const LensProfile *profile = g_ptr_array_index (ledger->options.profiles, p);
      for (guint s = 0; s < profile->streams->len; s++)
        {
          const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, s);
          if (stream->port == ports[0] || stream->port == ports[1])
            return TRUE;
        }
    }
  return FALSE;
}

static void
lose_step (Half *half)
{
  half->framer.lost = half->after_gap = TRUE;
}

/* A record of TLS: type 20 to 23, version 3.x (RFC 8446 section 5.1). */
static gboolean
is_tls (const LensView *view)
{
  return view->length >= 3 && view->octets[0] >= 20 && view->octets[0] <= 23 && view->octets[1] == 3
         && view->octets[2] <= 4;
}

static LensService
decide (Half *half, const LensView *view, gboolean at_end)
{
  LensFlow *flow = half->whole->flow;
  gsize message;

  flow->is_tls |= is_tls (view);
  if (flow->key.sport == 53 || flow->key.dport == 53)
    return LENS_SERVICE_DNS;
  switch (lens_rtsp_looks_like (view->octets, view->length))
    {
    case LENS_RTSP_GUESS_YES:
    case LENS_RTSP_GUESS_TUNNEL:
      return LENS_SERVICE_RTSP;
    case LENS_RTSP_GUESS_UNDECIDED:
      if (!at_end)
        return LENS_SERVICE_UNDECIDED;
      break;
    default:
      break;
    }
  switch (lens_sip_next (view->octets, view->length, &message))
    {
    case LENS_SIP_YES:
      return LENS_SERVICE_SIP;
    case LENS_SIP_MORE:
      if (!at_end)
        return LENS_SERVICE_UNDECIDED;
      break;
    default:
      break;
    }
  if (flow->opened || !may_be_rtsp_in_its_middle (half->whole->ledger, flow))
    return LENS_SERVICE_OPAQUE;
  if (lens_rtsp_find_interleaved (view->octets, view->length) >= 0)
    {
      half->whole->in_middle = TRUE;
      for (guint i = 0; i < 2; i++)
        if (half->whole->halves[i] != NULL)
          lose_step (half->whole->halves[i]);
      return LENS_SERVICE_RTSP;
    }
  return at_end || view->length > RESYNC_LIMIT ? LENS_SERVICE_OPAQUE : LENS_SERVICE_UNDECIDED;
}

/* Hands @view to the reader of the flow's service; returns the octets taken. */
static gsize
read_units (Half *half, const LensView *view, gboolean at_end)
{
  LensFlow *flow = half->whole->flow;

  if (flow->service == LENS_SERVICE_UNDECIDED && view->length > 0)
    flow->service = decide (half, view, at_end);
  switch (flow->service)
    {
    case LENS_SERVICE_UNDECIDED:
      return 0;
    case LENS_SERVICE_RTSP:
      flow->was_rtsp = TRUE;
      return take_rtsp (half, view, at_end);
    case LENS_SERVICE_SIP:
      return take_sip (half, view, at_end);
    case LENS_SERVICE_DNS:
      return take_dns (half, view, at_end);
    default:
      take_content (half, view);
      return view->length;
    }
}

static void
keep (Half *half, const LensView *view, gsize from)
{
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensView rest = lens_view_slice (view, from, view->length - from, scratch);

  if (rest.length == 0)
    return;
  if (half->octets == NULL)
    {
      half->octets = g_byte_array_new ();
      half->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
    }
  g_byte_array_append (half->octets, rest.octets, (guint)rest.length);
  g_array_append_vals (half->pieces, rest.pieces, (guint)rest.n_pieces);
}

static void
drop_front (Half *half, gsize count)
{
  if (count == 0)
    return;
  g_byte_array_remove_range (half->octets, 0, (guint)count);
  guint whole = 0;
  while (whole < half->pieces->len)
    {
      LensPiece *piece = &g_array_index (half->pieces, LensPiece, whole);
      if (count < piece->length)
        {
          piece->offset += (guint32)count;
          piece->length -= (guint32)count;
          break;
        }
      count -= piece->length;
      whole++;
    }
  g_array_remove_range (half->pieces, 0, whole);
}

static void
take_delivered (Half *half, const LensView *view, gboolean at_end)
{
  if (half->octets == NULL || half->octets->len == 0)
    {
      keep (half, view, read_units (half, view, at_end));
      return;
    }
  keep (half, view, 0);
  LensView all = { half->octets->data, half->octets->len, (const LensPiece *)half->pieces->data,
                   half->pieces->len };
  drop_front (half, read_units (half, &all, at_end));
}

/* --- segments --- */

static LensTcpFlow *
tcp_flow (LensLedger *ledger, LensFlow *flow)
{
  if (flow->tcp != NULL)
    return flow->tcp;
  LensTcpFlow *tcp = flow->tcp = g_new0 (LensTcpFlow, 1);
  tcp->ledger = ledger;
  tcp->flow = flow;
  return tcp;
}

/* One direction, made when something comes that way: most connections of a scan have one. */
static Half *
half_of (LensTcpFlow *tcp, guint direction)
{
  Half *half = tcp->halves[direction];

  if (half != NULL)
    return half;
  half = tcp->halves[direction] = g_new0 (Half, 1);
  half->whole = tcp;
  lens_tcp_stream_init (&half->stream, &calls, half);
  if (tcp->in_middle)
    lose_step (half);
  return half;
}

static void
finish_half (Half *half)
{
  const LensView nothing = { NULL, 0, NULL, 0 };

  lens_tcp_stream_finish (&half->stream);
  take_delivered (half, &nothing, TRUE);
  lens_tcp_stream_clear (&half->stream);
  g_clear_pointer (&half->tunnel, lens_rtsp_tunnel_free);
  g_clear_pointer (&half->octets, g_byte_array_unref);
  g_clear_pointer (&half->pieces, g_array_unref);
}

static void
finish_flow (LensTcpFlow *tcp)
{
  for (guint i = 0; i < 2; i++)
    if (tcp->halves[i] != NULL)
      finish_half (tcp->halves[i]);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&tcp->halves[i], g_free);
  g_clear_pointer (&tcp->talk, lens_rtsp_talk_free);
  tcp->flow->lost |= tcp->lost;
}

void
lens_ledger_take_tcp (LensLedger *ledger, LensSide *side, const LensView *segment)
{
  LensTransport header;
  LensFlow *flow = side->flow;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  lens_transport_parse (LENS_PROTOCOL_TCP, segment->octets, segment->length, &header);
  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, segment, header.header.offset,
                         header.header.length);
  LensView payload
      = lens_view_slice (segment, header.payload.offset, header.payload.length, pieces);
  if (header.header_cut || header.bad_header)
    {
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &payload);
      return;
    }

  gboolean syn = (header.tcp_flags & LENS_TCP_SYN) != 0;
  if (syn && flow->packets[0] + flow->packets[1] <= 2)
    flow->opened = TRUE;
  LensTcpFlow *tcp = tcp_flow (ledger, flow);
  Half *half = half_of (tcp, side->reverse);
  if (lens_tcp_stream_is_new_connection (&half->stream, header.sequence, syn))
    {
      finish_flow (tcp);
      flow->tcp = NULL;
      g_free (tcp);
      flow->service = LENS_SERVICE_UNDECIDED;
      flow->opened = TRUE;
      tcp = tcp_flow (ledger, flow);
      half = half_of (tcp, side->reverse);
    }
  half->side = side;
  lens_tcp_stream_segment (&half->stream, ledger->now, header.sequence, syn,
                           (header.tcp_flags & LENS_TCP_FIN) != 0,
                           (header.tcp_flags & LENS_TCP_RST) != 0, &payload);
  if (lens_tcp_stream_ended (&half->stream))
    lens_tcp_stream_forget (&half->stream);
  Half *other = tcp->halves[!side->reverse];
  if ((header.tcp_flags & LENS_TCP_ACK) != 0 && other != NULL)
    lens_tcp_stream_acknowledged (&other->stream, header.acknowledgement);
}

void
lens_ledger_finish_tcp (LensLedger *ledger)
{
  for (guint32 i = 0; i < lens_flows_n (ledger->flows); i++)
    {
      LensFlow *flow = lens_flows_at (ledger->flows, i);
      if (flow->tcp == NULL)
        continue;
      finish_flow (flow->tcp);
      g_clear_pointer (&flow->tcp, g_free);
    }
}
