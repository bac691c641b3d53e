/* One TCP segment for the analyzers: what its header says, beside what its connection said. */
#include "ledger/tcp-inside.h"

#include "wire/tcp-options.h"

#define TALKS 3 /* segments behind the handshake that give a direction its number */

void
lens_segment_open (LensLedger *ledger, LensTcpHalf *half, const LensTcpHalf *other,
                   LensSegment *segment)
{
  const LensTransport *header = &segment->header;
  LensTcpEnd *end = &half->end;

  if ((header->tcp_flags & (LENS_TCP_SYN | LENS_TCP_RST)) == 0 && end->talked < TALKS
      && ++end->talked == TALKS && ledger->n_talks < LENS_SEGMENT_NUMBERS)
    end->number = ++ledger->n_talks;
  segment->number = end->number > 0 ? end->number - 1 : LENS_SEGMENT_NO_NUMBER;
  segment->again = half->whole->again;
  segment->own = *end;
  segment->stream = &half->stream;
  segment->position = lens_tcp_stream_position (
      &half->stream, header->sequence + ((header->tcp_flags & LENS_TCP_SYN) != 0));
  if (other == NULL)
    return;
  segment->peer = other->end;
  segment->peer_stream = &other->stream;
}

void
lens_segment_note_overlap (LensSegment *segment, const guint8 *octets, const LensView *view,
                           LensTcpOverlap how, gboolean last_octet)
{
  const LensRange range = { (gsize)(view->octets - octets), view->length };

  if (segment->n_overlaps < LENS_SEGMENT_OVERLAPS)
    segment->overlaps[segment->n_overlaps++] = (LensSegmentOverlap){ range, how, last_octet };
  else
    {
      LensRange *last = &segment->overlaps[segment->n_overlaps - 1].octets;
      last->length = MAX (lens_range_end (*last), lens_range_end (range)) - last->offset;
    }
}

static void
learn_offer (LensTcpEnd *end, const LensSegment *segment, const guint8 *octets)
{
  const LensTransport *header = &segment->header;
  LensTcpOptions options;

  lens_tcp_options_parse (octets + header->tcp_options.offset, header->tcp_options.length,
                          &options);
  end->flags |= header->tcp_flags;
  end->scale = options.has_scale ? (gint8)MIN (options.scale, 14) : -1;
  end->stamps |= options.has_timestamps;
  end->mptcp |= options.has_mptcp;
  end->fast_open |= options.has_fast_open;
  end->data |= header->payload.length > 0;
}

void
lens_segment_show (LensLedger *ledger, LensSide *side, LensTcpHalf *half, LensTcpHalf *other,
                   const LensView *view, LensSegment *segment)
{
  guint16 flags = segment->header.tcp_flags;

  segment->ecn = ledger->layers.dscp_ecn & 3;
  segment->cut = ledger->layers.truncated || ledger->layers.bad_total_length;
  LensUnit unit = { .kind = LENS_UNIT_SEGMENT, .side = side, .view = *view, .segment = segment };
  unit.traits = (flags & LENS_TCP_SYN) != 0 ? LENS_TRAIT_SYN : 0;
  lens_ledger_show (ledger, &unit);
  if (half == NULL)
    return;
  if ((flags & LENS_TCP_SYN) != 0)
    learn_offer (&half->end, segment, view->octets);
  half->end.reset |= (flags & LENS_TCP_RST) != 0;
  half->end.ece |= (flags & LENS_TCP_SYN) == 0 && (flags & LENS_TCP_ECE) != 0;
  half->end.cwr |= (flags & LENS_TCP_SYN) == 0 && (flags & LENS_TCP_CWR) != 0;
  if (other != NULL)
    other->end.got_ce |= segment->ecn == 3;
}
