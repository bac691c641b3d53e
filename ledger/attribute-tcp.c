/* TCP: segments back into streams, streams into RTSP, DNS or plain content. */
#include "ledger/tcp-inside.h"

#include "wire/dns.h"
#include "wire/tls-extension.h"
#include "wire/transport.h"

#include <string.h>

/* A stream whose start was not seen may be RTSP in its middle: so many octets are looked at
 * for interleaved frames before it is taken as content. */
#define RESYNC_LIMIT (64 * 1024)

static void take_delivered (LensTcpHalf *half, const LensView *view, gboolean at_end);

LensTcpReading *
lens_tcp_half_reading (LensTcpHalf *half)
{
  if (half->reading == NULL)
    half->reading = g_new0 (LensTcpReading, 1);
  return half->reading;
}

static void
stop_reading (LensTcpHalf *half)
{
  LensTcpReading *reading = g_steal_pointer (&half->reading);

  if (reading == NULL)
    return;
  g_clear_pointer (&reading->tunnel, lens_rtsp_tunnel_free);
  g_clear_pointer (&reading->octets, g_byte_array_unref);
  g_clear_pointer (&reading->pieces, g_array_unref);
  g_free (reading);
}

static void
lose_step (LensTcpHalf *half)
{
  LensTcpReading *reading = lens_tcp_half_reading (half);

  reading->framer.lost = reading->after_gap = TRUE;
}

static void
deliver (gpointer data, const LensView *view)
{
  LensTcpHalf *half = data;

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
book_unordered (LensTcpHalf *half, const LensView *view)
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
  LensTcpHalf *half = data;
  LensLedger *ledger = half->whole->ledger;
  gboolean filler
      = how == LENS_TCP_OVERLAP_KEEPALIVE
        && ((half->stream.notes & LENS_TCP_NOTE_LAST_OCTET) != 0 || view->octets[0] == 0);

  if (ledger->segment != NULL)
    lens_segment_note_overlap (ledger->segment, ledger->segment_octets, view, how,
                               (half->stream.notes & LENS_TCP_NOTE_LAST_OCTET) != 0);
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
  LensTcpHalf *half = data;
  const LensView nothing = { NULL, 0, NULL, 0 };

  half->whole->lost = half->at_gap = TRUE;
  take_delivered (half, &nothing, TRUE);
  half->at_gap = FALSE;
  if (half->tls != NULL)
    lens_tls_reader_gap (half->tls);
  if (half->whole->flow->service == LENS_SERVICE_RTSP)
    lens_rtsp_talk_miss (lens_tcp_flow_talk (half->whole), half->side);
  if (half->whole->flow->service == LENS_SERVICE_OPAQUE)
    return;
  lose_step (half);
  if (half->reading->tunnel != NULL)
    lens_rtsp_tunnel_gap (half->reading->tunnel);
}

static const LensTcpStreamCalls calls = { deliver, duplicate, gap };

/* --- content --- */

/* A record of TLS: type 20 to 23, version 3.x (RFC 8446 section 5.1). */
static gboolean
is_tls (const LensView *view)
{
  return view->length >= 3 && view->octets[0] >= 20 && view->octets[0] <= 23 && view->octets[1] == 3
         && view->octets[2] <= 4;
}

/* Octets of a hello that only its server can open. */
static guint32
sealed_octets (const LensView *view, const LensTlsHello *hello)
{
  LensRange left = hello->extensions, data;
  gsize sealed = 0;
  guint16 type;

  while (lens_tls_extension_next (view->octets, &left, &type, &data))
    if (type == LENS_TLS_SESSION_TICKET || type == LENS_TLS_PRE_SHARED_KEY || type == LENS_TLS_ECH)
      sealed += data.length;
  return (guint32)sealed;
}

static void
show_tls (const LensTlsPart *part, const LensView *view, gpointer user)
{
  LensTcpHalf *half = user;
  LensSide *side = half->side;
  LensUnit unit = { .kind = LENS_UNIT_TLS, .side = side, .view = *view, .tls = part };

  LensTlsHello hello;

  if (part->kind == LENS_TLS_PART_RECORD)
    lens_flow_rare (side->flow)->tls_records[side->reverse]++;
  else if (lens_tls_message_parse (view->octets, view->length, &hello) != LENS_TLS_OTHER)
    {
      lens_flow_rare (side->flow)->tls_hellos[side->reverse]++;
      lens_flow_rare (side->flow)->tls_sealed[side->reverse] += sealed_octets (view, &hello);
      unit.hello = &hello;
      if (hello.has_name && side->flow->rare->server_name == NULL)
        lens_flow_rare (side->flow)->server_name = g_strdup (hello.server_name);
    }
  lens_ledger_show (half->whole->ledger, &unit);
}

static void
read_tls (LensTcpHalf *half, const LensView *view)
{
  if (!half->begun && is_tls (view))
    half->tls = lens_tls_reader_new (show_tls, half);
  half->begun = TRUE;
  if (half->tls != NULL)
    lens_tls_reader_feed (half->tls, view);
}

void
lens_tcp_half_take_content (LensTcpHalf *half, const LensView *view)
{
  LensLedger *ledger = half->whole->ledger;

  if (view->length == 0)
    return;
  lens_ledger_book (ledger, half->side, LENS_KIND_PAYLOAD, NULL, 0, view);
  LensUnit unit = { .kind = LENS_UNIT_CONTENT, .side = half->side, .view = *view };
  lens_ledger_show (ledger, &unit);
  read_tls (half, view);
}

/* --- DNS over TCP (RFC 1035 4.2.2) --- */

static gsize
take_dns (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  LensLedger *ledger = half->whole->ledger;
  g_auto (LensPieces) pieces = { 0 };
  gsize taken = 0;

  while (taken < view->length)
    {
      gsize length = lens_dns_tcp_length (view->octets + taken, view->length - taken);
      if (length == 0 || length > view->length - taken)
        break;
      lens_ledger_book_part (ledger, half->side, LENS_KIND_PAYLOAD, NULL, 0, view, taken,
                             MIN (length, 2));
      LensView message = lens_view_slice (view, taken + 2, length - 2, &pieces);
      lens_ledger_take_dns (ledger, half->side, &message);
      taken += length;
    }
  if (at_end && taken < view->length)
    {
      LensView rest = lens_view_slice (view, taken, view->length - taken, &pieces);
      lens_tcp_half_take_content (half, &rest);
      taken = view->length;
    }
  return taken;
}

/* --- which of them --- */

static gboolean
may_be_rtsp_in_its_middle (const LensLedger *ledger, const LensFlow *flow)
{
  const guint16 ports[] = { flow->key->sport, flow->key->dport };

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

static LensService
decide (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  LensFlow *flow = half->whole->flow;
  gsize message;

  flow->is_tls |= is_tls (view);
  if (flow->key->sport == 53 || flow->key->dport == 53)
    return LENS_SERVICE_DNS;
  switch (lens_rtsp_looks_like (&half->reading->guessed, view->octets, view->length))
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
      half->reading->needed = message;
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

/* What waits for its service to be known waits no longer. */
static void
settle (LensTcpFlow *tcp, LensService service)
{
  tcp->flow->service = service;
  for (guint i = 0; service != LENS_SERVICE_UNDECIDED && i < 2; i++)
    if (tcp->halves[i] != NULL && tcp->halves[i]->reading != NULL)
      tcp->halves[i]->reading->needed = 0;
}

/* Hands @view to the reader of the flow's service; returns the octets taken. */
static gsize
read_units (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  LensFlow *flow = half->whole->flow;

  lens_tcp_half_reading (half)->needed = 0;
  if (flow->service == LENS_SERVICE_UNDECIDED && view->length > 0)
    settle (half->whole, decide (half, view, at_end));
  switch (flow->service)
    {
    case LENS_SERVICE_UNDECIDED:
      return 0;
    case LENS_SERVICE_RTSP:
      flow->was_rtsp = TRUE;
      return lens_tcp_half_take_rtsp (half, view, at_end);
    case LENS_SERVICE_SIP:
      return lens_tcp_half_take_sip (half, view, at_end);
    case LENS_SERVICE_DNS:
      return take_dns (half, view, at_end);
    default:
      lens_tcp_half_take_content (half, view);
      return view->length;
    }
}

static void
keep (LensTcpHalf *half, const LensView *view, gsize from)
{
  g_auto (LensPieces) scratch = { 0 };
  LensView rest = lens_view_slice (view, from, view->length - from, &scratch);

  if (rest.length == 0)
    return;
  LensTcpReading *reading = lens_tcp_half_reading (half);
  if (reading->octets == NULL)
    {
      reading->octets = g_byte_array_new ();
      reading->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
    }
  g_byte_array_append (reading->octets, rest.octets, (guint)rest.length);
  g_array_append_vals (reading->pieces, rest.pieces, (guint)rest.n_pieces);
}

static void
drop_front (LensTcpReading *reading, gsize count)
{
  if (count == 0)
    return;
  g_byte_array_remove_range (reading->octets, 0, (guint)count);
  guint whole = 0;
  while (whole < reading->pieces->len)
    {
      LensPiece *piece = &g_array_index (reading->pieces, LensPiece, whole);
      if (count < piece->length)
        {
          piece->offset += (guint32)count;
          piece->length -= (guint32)count;
          break;
        }
      count -= piece->length;
      whole++;
    }
  g_array_remove_range (reading->pieces, 0, whole);
}

static gboolean
waits (const LensTcpHalf *half)
{
  return half->reading != NULL && half->reading->octets != NULL && half->reading->octets->len > 0;
}

static void
take_delivered (LensTcpHalf *half, const LensView *view, gboolean at_end)
{
  if (!waits (half))
    keep (half, view, read_units (half, view, at_end));
  else
    {
      LensTcpReading *reading = half->reading;
      keep (half, view, 0);
      if (reading->octets->len < reading->needed && !at_end)
        return;
      LensView all = { reading->octets->data, reading->octets->len,
                       (const LensPiece *)reading->pieces->data, reading->pieces->len };
      drop_front (reading, read_units (half, &all, at_end));
    }
  /* Content is taken as it comes. */
  if (half->whole->flow->service == LENS_SERVICE_OPAQUE && !waits (half))
    stop_reading (half);
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
static LensTcpHalf *
half_of (LensTcpFlow *tcp, guint direction)
{
  LensTcpHalf *half = tcp->halves[direction];

  if (half != NULL)
    return half;
  half = tcp->halves[direction] = g_new0 (LensTcpHalf, 1);
  half->whole = tcp;
  lens_tcp_stream_init (&half->stream, &calls, half);
  if (tcp->in_middle)
    lose_step (half);
  return half;
}

static gsize
held_by (const LensTcpHalf *half)
{
  return half != NULL ? lens_tcp_stream_memory (&half->stream) : 0;
}

static void
finish_half (LensTcpHalf *half)
{
  const LensView nothing = { NULL, 0, NULL, 0 };

  half->whole->ledger->reassembly -= held_by (half);
  lens_tcp_stream_finish (&half->stream);
  take_delivered (half, &nothing, TRUE);
  lens_tcp_stream_clear (&half->stream);
  stop_reading (half);
  g_clear_pointer (&half->tls, lens_tls_reader_free);
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
  tcp->ledger->lossy |= tcp->lost;
}

/* Octets of the segment that the snap length cut; 0 where it is whole, or was in parts. */
static guint32
cut_octets (const LensLedger *ledger)
{
  const LensLayers *layers = &ledger->layers;

  if (layers->fragment || ledger->record->captured >= ledger->record->original
      || layers->payload_declared <= layers->payload.length)
    return 0;
  return (guint32)MIN (layers->payload_declared - layers->payload.length, G_MAXUINT16);
}

/* What was cut is a hole of the stream, and a FIN lies behind it. */
static void
take_segment (LensTcpHalf *half, const LensTransport *header, gboolean syn, const LensView *payload)
{
  gboolean fin = (header->tcp_flags & LENS_TCP_FIN) != 0;
  gboolean rst = (header->tcp_flags & LENS_TCP_RST) != 0;
  guint32 cut = rst ? 0 : cut_octets (half->whole->ledger);
  gint64 now = half->whole->ledger->now;
  guint32 end = header->sequence + syn + (guint32)payload->length;
  const LensView nothing = { NULL, 0, NULL, 0 };

  lens_tcp_stream_segment (&half->stream, now, header->sequence, syn, fin && cut == 0, rst,
                           payload);
  if (cut == 0)
    return;
  lens_tcp_stream_cut (&half->stream, end, cut);
  if (fin)
    lens_tcp_stream_segment (&half->stream, now, end + cut, FALSE, TRUE, FALSE, &nothing);
}

/* A FIN counts as one octet. */
static gboolean
acknowledges_more (const LensTcpStream *stream, guint32 acknowledgement)
{
  return lens_tcp_stream_position (stream, acknowledgement)
         > (gint64)lens_tcp_stream_offset (stream) + 1;
}

/* The connection at hand is the one that grows. */
static void
give_up (LensLedger *ledger, LensTcpHalf *half)
{
  gsize held = held_by (half);

  if (held == 0)
    return;
  lens_tcp_stream_give_up (&half->stream);
  ledger->left_out[LENS_CAP_REASSEMBLY_OCTETS] += held;
  ledger->reassembly -= held;
}

void
lens_ledger_take_tcp (LensLedger *ledger, LensSide *side, const LensView *segment,
                      const LensTransport *header)
{
  LensSegment shown = { .header = *header, .number = LENS_SEGMENT_NO_NUMBER };
  LensFlow *flow = side->flow;
  g_auto (LensPieces) pieces = { 0 };

  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, segment, header->header.offset,
                         header->header.length);
  LensView payload
      = lens_view_slice (segment, header->payload.offset, header->payload.length, &pieces);
  if (header->header_cut || header->bad_header)
    {
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &payload);
      lens_segment_show (ledger, side, NULL, NULL, segment, &shown);
      return;
    }

  gboolean syn = (header->tcp_flags & LENS_TCP_SYN) != 0;
  if (syn && flow->packets[0] + flow->packets[1] <= 2)
    {
      /* A SYN with ACK that comes first answers one that is not there. */
      if (!flow->opened)
        flow->opened_back = ((header->tcp_flags & LENS_TCP_ACK) != 0) != side->reverse;
      flow->opened = TRUE;
    }
  LensTcpFlow *tcp = tcp_flow (ledger, flow);
  LensTcpHalf *half = half_of (tcp, side->reverse);
  if (lens_tcp_stream_is_new_connection (&half->stream, header->sequence, syn))
    {
      finish_flow (tcp);
      flow->tcp = NULL;
      g_free (tcp);
      flow->service = LENS_SERVICE_UNDECIDED;
      flow->opened = TRUE;
      tcp = tcp_flow (ledger, flow);
      tcp->again = TRUE;
      half = half_of (tcp, side->reverse);
    }
  LensTcpHalf *other = tcp->halves[!side->reverse];
  gsize held = held_by (half) + held_by (other);
  half->side = side;
  if ((header->tcp_flags & LENS_TCP_ACK) != 0)
    flow->unseen |= other != NULL ? acknowledges_more (&other->stream, header->acknowledgement)
                                  : header->payload.length > 0;
  ledger->lossy |= flow->unseen;
  lens_segment_open (ledger, half, other, &shown);
  ledger->segment = &shown;
  ledger->segment_octets = segment->octets;
  take_segment (half, header, syn, &payload);
  ledger->segment = NULL;
  gboolean over = lens_tcp_stream_ended (&half->stream);
  if (over)
    lens_tcp_stream_forget (&half->stream);
  if ((header->tcp_flags & LENS_TCP_ACK) != 0 && other != NULL)
    lens_tcp_stream_acknowledged (&other->stream, header->acknowledgement);
  ledger->reassembly += held_by (half) + held_by (other) - held;
  if (ledger->reassembly > ledger->options.caps.limit[LENS_CAP_REASSEMBLY_OCTETS])
    give_up (ledger, half);
  lens_segment_show (ledger, side, half, other, segment, &shown);
  if (over && !half->over)
    lens_ledger_end_side (ledger, side);
  half->over = over;
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
