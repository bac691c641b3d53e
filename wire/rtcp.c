#include "wire/rtcp.h"

#include "wire/cursor.h"

enum
{
  HEADER_LENGTH = 4,
  SENDER_INFO_LENGTH = 20,
  BLOCK_LENGTH = 24,
};

static gboolean
is_rtcp_type (guint8 type)
{
  return type >= 192 && type <= 223;
}

LensRtcp
lens_rtcp_over (const guint8 *octets, gsize length)
{
  return (LensRtcp){ .octets = octets, .length = length };
}

static void
find_padding (const guint8 *octets, LensRtcpPacket *packet)
{
  packet->padding = (LensRange){ lens_range_end (packet->whole), 0 };
  if (!packet->padding_bit)
    return;

  gsize count = packet->body.length > 0 ? octets[lens_range_end (packet->whole) - 1] : 0;
  if (count == 0 || count > packet->body.length || (packet->odd & LENS_RTCP_CUT) != 0)
    {
      packet->odd |= LENS_RTCP_PADDING_MALFORMED;
      return;
    }
  if (count % 4 != 0)
    packet->odd |= LENS_RTCP_PADDING_MALFORMED;
  packet->body.length -= count;
  packet->padding = (LensRange){ lens_range_end (packet->body), count };
}

gboolean
lens_rtcp_next (LensRtcp *rtcp, LensRtcpPacket *packet)
{
  gsize left = rtcp->length - rtcp->position;
  LensCursor cursor = lens_cursor_over (rtcp->octets + rtcp->position, left);
  guint8 first = lens_cursor_u8 (&cursor);
  guint8 type = lens_cursor_u8 (&cursor);
  gsize length = HEADER_LENGTH + 4 * (gsize)lens_cursor_u16 (&cursor);

  if (cursor.short_read || first >> 6 != 2 || (length > left && !is_rtcp_type (type)))
    return FALSE;

  *packet = (LensRtcpPacket){
    .type = type,
    .count = first & 0x1f,
    .padding_bit = (first & 0x20) != 0,
    .whole = { rtcp->position, MIN (length, left) },
    .odd = (length > left ? LENS_RTCP_CUT : 0) | (is_rtcp_type (type) ? 0 : LENS_RTCP_TYPE_UNUSUAL)
           | ((first & 0x20) != 0 && length < left ? LENS_RTCP_PADDING_INSIDE : 0),
  };
  packet->body
      = (LensRange){ rtcp->position + HEADER_LENGTH, packet->whole.length - HEADER_LENGTH };
  find_padding (rtcp->octets, packet);
  packet->has_ssrc = packet->body.length >= 4;
  packet->ssrc = packet->has_ssrc ? lens_cursor_u32 (&cursor) : 0;
  rtcp->position = lens_range_end (packet->whole);
  return TRUE;
}

LensRange
lens_rtcp_stray (const LensRtcp *rtcp)
{
  return (LensRange){ rtcp->position, rtcp->length - rtcp->position };
}

/* The least body that a packet of this type and count has. */
static gsize
least_body (const LensRtcpPacket *packet)
{
  switch (packet->type)
    {
    case LENS_RTCP_SR:
      return 4 + SENDER_INFO_LENGTH + BLOCK_LENGTH * (gsize)packet->count;
    case LENS_RTCP_RR:
      return 4 + BLOCK_LENGTH * (gsize)packet->count;
    case LENS_RTCP_SDES:
      return 8 * (gsize)packet->count;
    case LENS_RTCP_BYE:
      return 4 * (gsize)packet->count;
    case LENS_RTCP_XR:
      return 4;
    default:
      return 8;
    }
}

gboolean
lens_rtcp_plausible (const guint8 *octets, gsize length)
{
  LensRtcp rtcp = lens_rtcp_over (octets, length);
  LensRtcpPacket packet;

  if (!lens_rtcp_next (&rtcp, &packet))
    return FALSE;
  if (packet.type < LENS_RTCP_SR || packet.type > LENS_RTCP_XR)
    return FALSE;
  return packet.odd == 0 && packet.has_ssrc && packet.body.length >= least_body (&packet);
}

static LensRange
take (gsize *position, gsize end, gsize wanted)
{
  LensRange part = { *position, MIN (wanted, end - *position) };

  *position += part.length;
  return part;
}

gboolean
lens_rtcp_report (const guint8 *octets, const LensRtcpPacket *packet, LensRtcpReport *report)
{
  gsize position = packet->body.offset;
  gsize end = lens_range_end (packet->body);

  if (packet->type != LENS_RTCP_SR && packet->type != LENS_RTCP_RR)
    return FALSE;

  *report = (LensRtcpReport){ 0 };
  (void)take (&position, end, 4);
  report->sender_info
      = take (&position, end, packet->type == LENS_RTCP_SR ? SENDER_INFO_LENGTH : 0);
  report->n_blocks = (guint)MIN (packet->count, (end - position) / BLOCK_LENGTH);
  report->blocks = take (&position, end, BLOCK_LENGTH * (gsize)report->n_blocks);
  report->extension = (LensRange){ position, end - position };

  LensCursor info
      = lens_cursor_over (octets + report->sender_info.offset, report->sender_info.length);
  report->ntp = lens_cursor_u64 (&info);
  report->rtp_timestamp = lens_cursor_u32 (&info);
  report->packets = lens_cursor_u32 (&info);
  report->octets = lens_cursor_u32 (&info);
  return TRUE;
}

LensRtcpBlock
lens_rtcp_block (const guint8 *octets, const LensRtcpReport *report, guint index)
{
  g_assert (index < report->n_blocks);

  LensRtcpBlock block = {
    .whole = { report->blocks.offset + BLOCK_LENGTH * (gsize)index, BLOCK_LENGTH },
  };
  LensCursor cursor = lens_cursor_over (octets + block.whole.offset, block.whole.length);
  block.ssrc = lens_cursor_u32 (&cursor);
  block.fraction_lost = lens_cursor_u8 (&cursor);
  block.lost = (gint32)lens_cursor_u24 (&cursor);
  if (block.lost >= 0x800000)
    block.lost -= 0x1000000;
  block.highest_sequence = lens_cursor_u32 (&cursor);
  block.jitter = lens_cursor_u32 (&cursor);
  block.last_sr = lens_cursor_u32 (&cursor);
  block.delay_since_last_sr = lens_cursor_u32 (&cursor);
  return block;
}

LensRtcpSdes
lens_rtcp_sdes_over (const guint8 *octets, const LensRtcpPacket *packet)
{
  return (LensRtcpSdes){
    .octets = octets,
    .position = packet->body.offset,
    .end = lens_range_end (packet->body),
    .chunks_left = packet->type == LENS_RTCP_SDES ? packet->count : 0,
  };
}

/* The next part inside the chunk: an item, or the octets that end the chunk. */
static void
next_in_chunk (LensRtcpSdes *sdes, LensRtcpSdesPart *part)
{
  const guint8 *at = sdes->octets + sdes->position;
  gsize left = sdes->end - sdes->position;

  if (at[0] == 0)
    {
      /* Chunks start on 32-bit boundaries, and so did the body. */
      gsize fill = 4 - sdes->position % 4;
      part->kind = LENS_RTCP_SDES_END;
      part->whole = (LensRange){ sdes->position, MIN (fill, left) };
      sdes->in_chunk = FALSE;
    }
  else if (left >= 2 && at[1] <= left - 2)
    {
      part->kind = LENS_RTCP_SDES_ITEM;
      part->type = at[0];
      part->text = (LensRange){ sdes->position + 2, at[1] };
      part->whole = (LensRange){ sdes->position, 2 + (gsize)at[1] };
    }
  else
    {
      part->type = at[0];
      part->whole = (LensRange){ sdes->position, left };
    }
}

gboolean
lens_rtcp_sdes_next (LensRtcpSdes *sdes, LensRtcpSdesPart *part)
{
  gsize left = sdes->end - sdes->position;

  if (left == 0)
    return FALSE;

  *part = (LensRtcpSdesPart){
    .kind = LENS_RTCP_SDES_REST,
    .whole = { sdes->position, left },
  };
  if (sdes->in_chunk)
    next_in_chunk (sdes, part);
  else if (sdes->chunks_left > 0 && left >= 4)
    {
      LensCursor cursor = lens_cursor_over (sdes->octets + sdes->position, 4);
      sdes->ssrc = lens_cursor_u32 (&cursor);
      sdes->chunks_left--;
      sdes->in_chunk = TRUE;
      part->kind = LENS_RTCP_SDES_SOURCE;
      part->whole.length = 4;
    }
  part->ssrc = sdes->ssrc;
  sdes->position = lens_range_end (part->whole);
  return TRUE;
}

gboolean
lens_rtcp_app (const LensRtcpPacket *packet, LensRtcpApp *app)
{
  gsize position = packet->body.offset;
  gsize end = lens_range_end (packet->body);

  if (packet->type != LENS_RTCP_APP)
    return FALSE;
  (void)take (&position, end, 4);
  app->name = take (&position, end, 4);
  app->data = (LensRange){ position, end - position };
  return TRUE;
}

gboolean
lens_rtcp_bye (const guint8 *octets, const LensRtcpPacket *packet, LensRtcpBye *bye)
{
  gsize position = packet->body.offset;
  gsize end = lens_range_end (packet->body);

  if (packet->type != LENS_RTCP_BYE)
    return FALSE;
  bye->n_sources = (guint)MIN (packet->count, packet->body.length / 4);
  bye->sources = take (&position, end, 4 * (gsize)bye->n_sources);
  bye->reason_length = take (&position, end, 1);
  gsize wanted = bye->reason_length.length > 0 ? octets[bye->reason_length.offset] : 0;
  bye->reason = take (&position, end, wanted);
  bye->rest = (LensRange){ position, end - position };
  return TRUE;
}
