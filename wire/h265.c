#include "wire/h265.h"

#include "wire/cursor.h"
#include "wire/sdp.h"

#include <string.h>

#define HEADER LENS_H265_HEADER
#define DONL 2 /* octets */
#define DOND 1

struct _LensH265
{
  LensH265NalFunc nal;
  LensH265SpanFunc span;
  gpointer user;
  gboolean with_don;

  gboolean started; /* a packet came before: @sequence and @timestamp are its own */
  guint16 sequence;
  guint32 timestamp;
  gboolean marker;

  gboolean open; /* a fragmented NAL unit waits for its end */
  LensAssembly assembly;
  LensPieces scratch;      /* pieces of slices */
  guint8 fu_first[HEADER]; /* its header */
  guint fu_flags;
  guint16 fu_sequence;
};

/* One packet's payload: its header as it counts, and where what follows it begins.  With PACI
 * the first octet was not sent as such. */
typedef struct
{
  const LensView *view;
  guint8 header[HEADER];
  gsize first, second; /* where the header's octets lie */
  gsize body;          /* behind header or PHES */
  guint flags;         /* LENS_NAL_PACI or 0 */
} Packet;

LensH265 *
lens_h265_new (gboolean with_don, LensH265NalFunc nal, LensH265SpanFunc span, gpointer user)
{
  LensH265 *h265 = g_new0 (LensH265, 1);

  h265->with_don = with_don;
  h265->nal = nal;
  h265->span = span;
  h265->user = user;
  lens_assembly_init (&h265->assembly);
  return h265;
}

void
lens_h265_free (LensH265 *h265)
{
  if (h265 == NULL)
    return;
  lens_assembly_clear (&h265->assembly);
  lens_pieces_clear (&h265->scratch);
  g_free (h265);
}

void
lens_h265_read_header (LensH265Nal *nal)
{
  LensCursor cursor = lens_cursor_over (nal->view.octets, nal->view.length);
  guint8 first = lens_cursor_u8 (&cursor), second = lens_cursor_u8 (&cursor);

  nal->forbidden_bit = (first & 0x80) != 0;
  nal->type = first >> 1 & 0x3f;
  nal->layer_id = (guint8)((first & 1) << 5 | second >> 3);
  nal->temporal_id_plus1 = second & 7;
}

static void
give_span (LensH265 *h265, LensH265SpanKind kind, const LensView *payload, gsize offset,
           gsize length)
{
  if (length > 0 && h265->span != NULL)
    h265->span (kind, payload, (LensRange){ offset, length }, h265->user);
}

static void
give_nal (LensH265 *h265, LensView view, guint flags, guint16 first_sequence)
{
  LensH265Nal nal = {
    .flags = flags,
    .view = view,
    .timestamp = h265->timestamp,
    .first_sequence = first_sequence,
    .last_sequence = h265->sequence,
    .marker = h265->marker,
  };
  const guint inside = LENS_NAL_AGGREGATED | LENS_NAL_FRAGMENTED | LENS_NAL_PACI;

  lens_h265_read_header (&nal);
  if (nal.type > LENS_H265_PACI || ((flags & inside) != 0 && nal.type >= LENS_H265_AP))
    nal.flags |= LENS_NAL_UNSPECIFIED;
  h265->nal (&nal, h265->user);
}

/* --- put together --- */

/* Begins a NAL unit whose header is the packet's, but for a first octet @first whose piece is at
 * @offset. */
static void
begin (LensH265 *h265, const Packet *packet, guint8 first, gsize offset)
{
  lens_assembly_append (&h265->assembly, packet->view, offset, 1);
  h265->assembly.octets->data[0] = first;
  lens_assembly_append (&h265->assembly, packet->view, packet->second, 1);
}

static void
give_assembly (LensH265 *h265, guint flags, guint16 first_sequence)
{
  give_nal (h265, lens_assembly_view (&h265->assembly), flags, first_sequence);
  lens_assembly_empty (&h265->assembly);
}

/* Gives out the fragmented NAL unit; @h265's sequence and marker are its last packet's. */
static void
close_fragments (LensH265 *h265, guint flags)
{
  h265->open = FALSE;
  give_assembly (h265, h265->fu_flags | flags, h265->fu_sequence);
}

void
lens_h265_flush (LensH265 *h265)
{
  if (h265->open)
    close_fragments (h265, LENS_NAL_INCOMPLETE);
  h265->started = FALSE;
}

/* --- packets --- */

/* One NAL unit (4.4.1). */
static void
push_single (LensH265 *h265, const Packet *packet)
{
  gsize left = packet->view->length - packet->body;
  gsize don = h265->with_don ? MIN (left, DONL) : 0;

  if (don == 0 && packet->flags == 0)
    {
      give_nal (h265, *packet->view, 0, h265->sequence);
      return;
    }
  give_span (h265, LENS_H265_DON, packet->view, packet->body, don);
  begin (h265, packet, packet->header[0], packet->first);
  lens_assembly_append (&h265->assembly, packet->view, packet->body + don, left - don);
  give_assembly (h265, packet->flags, h265->sequence);
}

/* The payload header that an AP or FU has for itself; with PACI its first octet is the one that
 * holds cType, which belongs to the PACI header. */
static void
give_payload_header (LensH265 *h265, const Packet *packet, LensH265SpanKind kind)
{
  if (packet->first + 1 == packet->second)
    give_span (h265, kind, packet->view, packet->first, HEADER);
  else
    {
      give_span (h265, kind, packet->view, packet->first, 1);
      give_span (h265, kind, packet->view, packet->second, 1);
    }
}

/* Whether the payload header of an AP says what its units make it say, or what packetizers of one
 * layer write always. */
static gboolean
is_right_head (const LensH265 *h265, const Packet *packet)
{
  const LensView *payload = packet->view;
  guint forbidden = 0, layer = 63, temporal_id = 7;
  gsize skip = (h265->with_don ? DONL : 0);

  for (gsize at = packet->body; at + skip + 2 + HEADER <= payload->length;)
    {
      LensCursor cursor = lens_cursor_over (payload->octets + at, payload->length - at);
      lens_cursor_skip (&cursor, skip);
      gsize size = lens_cursor_u16 (&cursor);
      guint header = lens_cursor_u16 (&cursor);
      forbidden |= header >> 15;
      layer = MIN (layer, header >> 3 & 0x3f);
      temporal_id = MIN (temporal_id, header & 7);
      at += skip + 2 + size;
      skip = h265->with_don ? DOND : 0;
    }
  guint said = (guint)packet->header[0] << 8 | packet->header[1];
  return said == (forbidden << 15 | LENS_H265_AP << 9 | layer << 3 | temporal_id)
         || said == (LENS_H265_AP << 9 | 1);
}

/* An aggregation packet (4.4.2). */
static void
push_aggregate (LensH265 *h265, const Packet *packet)
{
  const LensView *payload = packet->view;
  gsize position = packet->body, don = h265->with_don ? DONL : 0;

  give_payload_header (h265, packet,
                       is_right_head (h265, packet) ? LENS_H265_AGGREGATE_HEAD
                                                    : LENS_H265_AGGREGATE_ODD);
  while (position < payload->length)
    {
      gsize left = payload->length - position;
      LensCursor cursor = lens_cursor_over (payload->octets + position, left);
      lens_cursor_skip (&cursor, don);
      gsize size = lens_cursor_u16 (&cursor);
      if (left <= don + 2 || size == 0)
        {
          give_span (h265, LENS_H265_TRAILING, payload, position, left);
          return;
        }
      give_span (h265, LENS_H265_DON, payload, position, don);
      give_span (h265, LENS_H265_UNIT_HEAD, payload, position + don, 2);
      position += don + 2;
      left -= don + 2;
      guint flags = packet->flags | LENS_NAL_AGGREGATED | (size > left ? LENS_NAL_INCOMPLETE : 0);
      LensView unit = lens_view_slice (payload, position, MIN (size, left), &h265->scratch);
      position += unit.length;
      give_nal (h265, unit, flags, h265->sequence);
      don = h265->with_don ? DOND : 0;
    }
}

/* Starts a NAL unit at this fragment, whether or not it is the first one sent. */
static void
open_fragments (LensH265 *h265, const Packet *packet, const guint8 header[HEADER], guint flags)
{
  h265->open = TRUE;
  memcpy (h265->fu_first, header, HEADER);
  h265->fu_flags = LENS_NAL_FRAGMENTED | packet->flags | flags;
  h265->fu_sequence = h265->sequence;
  give_span (h265, LENS_H265_FU_HEAD, packet->view, packet->first, 1);
  begin (h265, packet, header[0], packet->body);
}

/* A fragmentation unit (4.4.3).  Fragments that do not belong to it were closed before. */
static void
push_fragment (LensH265 *h265, const Packet *packet)
{
  const LensView *payload = packet->view;

  if (payload->length <= packet->body)
    {
      give_payload_header (h265, packet, LENS_H265_CUT);
      return;
    }
  guint8 fu = payload->octets[packet->body];
  const guint8 header[HEADER]
      = { (guint8)((packet->header[0] & 0x81) | (fu & 0x3f) << 1), packet->header[1] };
  gboolean start = (fu & 0x80) != 0, end = (fu & 0x40) != 0;
  if (!h265->open)
    open_fragments (h265, packet, header, start ? 0 : LENS_NAL_INCOMPLETE);
  else
    {
      give_payload_header (h265, packet, LENS_H265_FU_HEAD);
      give_span (h265, LENS_H265_FU_HEAD, payload, packet->body, 1);
      if (memcmp (header, h265->fu_first, HEADER) != 0)
        h265->fu_flags |= LENS_NAL_FU_VARIES;
    }
  gsize left = payload->length - packet->body - 1;
  gsize don = h265->with_don && start ? MIN (left, DONL) : 0;
  give_span (h265, LENS_H265_DON, payload, packet->body + 1, don);
  h265->fu_flags |= (start && end ? LENS_NAL_FU_BOTH : 0) | (left == don ? LENS_NAL_FU_EMPTY : 0);
  lens_assembly_append (&h265->assembly, payload, packet->body + 1 + don, left - don);
  if (end)
    close_fragments (h265, 0);
}

gboolean
lens_h265_read_paci (const guint8 *payload, gsize length, LensH265Paci *paci)
{
  LensCursor cursor = lens_cursor_over (payload, length);

  lens_cursor_skip (&cursor, HEADER);
  guint16 fields = lens_cursor_u16 (&cursor);
  *paci = (LensH265Paci){
    .inner_type = fields >> 9 & 0x3f,
    .phes = fields >> 4 & 0x1f,
    .flags = fields & 0xf,
  };
  return !cursor.short_read && lens_cursor_left (&cursor) >= paci->phes;
}

/* The packet inside a PACI packet (4.4.4): A and cType stand for F and Type of its payload
 * header. */
static gboolean
unwrap (LensH265 *h265, Packet *packet)
{
  const LensView *payload = packet->view;
  LensH265Paci paci;

  if (!lens_h265_read_paci (payload->octets, payload->length, &paci))
    return FALSE;
  packet->header[0] = (guint8)((payload->octets[HEADER] & 0xfe) | (packet->header[0] & 1));
  packet->first = HEADER;
  packet->body = HEADER + 2 + paci.phes;
  packet->flags = LENS_NAL_PACI;
  give_span (h265, LENS_H265_PACI_HEAD, payload, 0, 1);
  give_span (h265, LENS_H265_PACI_HEAD, payload, HEADER + 1, 1);
  give_span (h265, LENS_H265_PHES, payload, HEADER + 2, paci.phes);
  return TRUE;
}

static guint8
type_of (const guint8 header[HEADER])
{
  return header[0] >> 1 & 0x3f;
}

/* Whether this packet goes on with the fragments that wait. */
static gboolean
continues (const LensH265 *h265, const LensView *payload, guint16 sequence, guint32 timestamp)
{
  guint8 type = type_of (payload->octets);
  gsize fu = HEADER;
  LensH265Paci paci;

  if (sequence != (guint16)(h265->sequence + 1) || timestamp != h265->timestamp)
    return FALSE;
  if (type == LENS_H265_PACI && lens_h265_read_paci (payload->octets, payload->length, &paci))
    {
      type = paci.inner_type;
      fu += 2 + (gsize)paci.phes;
    }
  return type == LENS_H265_FU && (payload->length <= fu || (payload->octets[fu] & 0x80) == 0);
}

static void
push_packet (LensH265 *h265, const LensView *payload)
{
  Packet packet = { .view = payload, .first = 0, .second = 1, .body = HEADER };

  if (payload->length < HEADER)
    {
      give_span (h265, LENS_H265_CUT, payload, 0, payload->length);
      return;
    }
  memcpy (packet.header, payload->octets, HEADER);
  if (type_of (packet.header) == LENS_H265_PACI && !unwrap (h265, &packet))
    {
      give_span (h265, LENS_H265_CUT, payload, 0, payload->length);
      return;
    }
  guint8 type = type_of (packet.header);
  if (type == LENS_H265_FU)
    push_fragment (h265, &packet);
  else if (type == LENS_H265_AP)
    push_aggregate (h265, &packet);
  else
    push_single (h265, &packet);
}

void
lens_h265_push (LensH265 *h265, const LensView *payload, guint16 sequence, guint32 timestamp,
                gboolean marker)
{
  if (payload->length == 0)
    {
      if (sequence == (guint16)(h265->sequence + 1))
        h265->sequence = sequence;
      return;
    }
  if (h265->started && sequence == h265->sequence && timestamp == h265->timestamp)
    {
      give_span (h265, LENS_H265_DUPLICATE, payload, 0, payload->length);
      return;
    }
  if (h265->open && (payload->length < HEADER || !continues (h265, payload, sequence, timestamp)))
    close_fragments (h265, LENS_NAL_INCOMPLETE);
  else if (h265->open && !lens_nal_has_room (&h265->assembly, payload))
    close_fragments (h265, LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED);

  h265->started = TRUE;
  h265->sequence = sequence;
  h265->timestamp = timestamp;
  h265->marker = marker;
  push_packet (h265, payload);
}

gboolean
lens_h265_has_don (const char *fmtp)
{
  g_autofree char *value = fmtp != NULL ? lens_sdp_parameter (fmtp, "sprop-max-don-diff") : NULL;

  return value != NULL && g_ascii_strtoull (value, NULL, 10) > 0;
}
