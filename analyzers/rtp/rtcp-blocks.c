/* rtcp-blocks: whose reception does the device report?
 *
 * RFC 3550 sections 6.4.1 and 6.4.2: a report block tells a source how its packets arrive.  A
 * device that only sends has nothing to report: its SR and RR have no blocks.  One that is sent
 * media (a back channel, a call) reports on the sources of these.
 *
 *   room   160 bits for a block about a source that sends to the device (all but its number)
 *   use    192 bits for a block about any other, but for one of nothing but zeros behind a
 *          number that speaks to the device in RTCP
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rtcp.h"

#include <string.h>

enum
{
  BLOCK = 24,
  NUMBER = 4,        /* octets of a block's source */
  MAX_SOURCES = 256, /* remembered */
};

/* A source and who hears it. */
typedef struct
{
  LensAddress listener;
  guint32 ssrc;
  gboolean media; /* else only RTCP */
} Source;

typedef struct
{
  GArray *sources;     /* Source */
  LensTrack *last;     /* of the last RTP packet, and ... */
  guint32 last_source; /* ... its source: most packets are like the one before */
} RtcpBlocks;

static const LensChannelText channels[] = {
  { .id = "rtcp-rr-report-blocks",
    .summary = "The device reports on the reception of streams that nobody sends to it.",
    .room = "The device reports how a stream sent to it arrives; its numbers could hold data.",
    .filter_hint = "rtcp.rc > 0",
    .reference = "RFC 3550 sections 6.4.1 and 6.4.2",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static Source *
find_source (const RtcpBlocks *state, const LensAddress *listener, guint32 ssrc)
{
  for (guint i = 0; i < state->sources->len; i++)
    {
      Source *source = &g_array_index (state->sources, Source, i);
      if (source->ssrc == ssrc && lens_address_equal (&source->listener, listener))
        return source;
    }
  return NULL;
}

static void
remember (RtcpBlocks *state, const LensAddress *listener, guint32 ssrc, gboolean media)
{
  Source *known = find_source (state, listener, ssrc);
  const Source source = { *listener, ssrc, media };

  if (known != NULL)
    known->media |= media;
  else if (state->sources->len < MAX_SOURCES)
    g_array_append_val (state->sources, source);
}

static gboolean
was_heard (const LensTrack *track, guint32 ssrc)
{
  for (guint i = 0; i < track->heard->len; i++)
    if (g_array_index (track->heard, guint32, i) == ssrc)
      return TRUE;
  return FALSE;
}

static gboolean
is_silent (const guint8 *octets, LensRange block)
{
  for (gsize i = NUMBER; i < block.length; i++)
    if (octets[block.offset + i] != 0)
      return FALSE;
  return TRUE;
}

static void
see_block (LensLedger *ledger, const RtcpBlocks *state, const LensUnit *unit,
           const LensRtcpBlock *block)
{
  const Source *source = find_source (state, &unit->side->key.src, block->ssrc);
  gboolean media = was_heard (unit->track, block->ssrc) || (source != NULL && source->media);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-rr-report-blocks", unit, NULL);

  if (media || (source != NULL && is_silent (unit->view.octets, block->whole)))
    {
      lens_ledger_room (ledger, carrier, unit, 8 * (BLOCK - NUMBER));
      return;
    }
  lens_ledger_room (ledger, carrier, unit, 8 * BLOCK);
  lens_ledger_use (ledger, carrier, unit, 8 * BLOCK, block->whole.offset, block->whole.length);
}

static void
see_compound (LensLedger *ledger, RtcpBlocks *state, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpReport report;

  while (lens_rtcp_next (&rtcp, &packet))
    {
      if (!lens_rtcp_report (unit->view.octets, &packet, &report))
        continue;
      for (guint i = 0; i < report.n_blocks; i++)
        {
          LensRtcpBlock block = lens_rtcp_block (unit->view.octets, &report, i);
          see_block (ledger, state, unit, &block);
        }
      if (packet.has_ssrc)
        remember (state, &unit->side->key.dst, packet.ssrc, FALSE);
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtcpBlocks *state = data;

  if (state->sources == NULL)
    state->sources = g_array_new (FALSE, TRUE, sizeof (Source));
  if (unit->kind == LENS_UNIT_RTCP && !unit->track->encrypted)
    see_compound (ledger, state, unit);
  else if (unit->kind == LENS_UNIT_RTP
           && (unit->track != state->last || unit->rtp->ssrc != state->last_source))
    {
      state->last = unit->track;
      state->last_source = unit->rtp->ssrc;
      remember (state, &unit->side->key.dst, unit->rtp->ssrc, TRUE);
    }
}

static void
clear (gpointer data)
{
  RtcpBlocks *state = data;

  g_clear_pointer (&state->sources, g_array_unref);
}

/* --- seeds --- */

/* Blocks of any content behind those that a first SR or RR has. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[8 * BLOCK];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      const guint8 *compound = place.octets + place.start;
      LensRtcp rtcp = lens_rtcp_over (compound, place.end - place.start);
      LensRtcpPacket packet;
      LensRtcpReport report;
      if (place.spare < sizeof octets || !lens_rtcp_next (&rtcp, &packet)
          || !lens_rtcp_report (compound, &packet, &report) || packet.count > 23)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      gsize blocks = (count + BLOCK - 1) / BLOCK;
      gsize words = (packet.whole.length + blocks * BLOCK) / 4 - 1;
      gsize head = place.start + packet.whole.offset;
      const guint8 field[] = { (guint8)(words >> 8), (guint8)words };
      lens_seed_bed_fill (bed, octets + count, blocks * BLOCK - count);
      lens_seed_bed_set (bed, head, 0x1f, (guint8)(packet.count + blocks));
      lens_seed_bed_replace (bed, head + 2, field, sizeof field);
      lens_seed_bed_insert (bed, place.start + lens_range_end (report.blocks), octets,
                            blocks * BLOCK, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_blocks = {
  .name = "rtcp-blocks",
  .question = "Do report blocks speak of streams that are sent to the device?",
  .source = "RFC 3550 sections 6.4.1 and 6.4.2",
  .units = LENS_UNIT_RTP | LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtcpBlocks),
  .see = see,
  .clear = clear,
  .seed = seed,
};
