/* rtcp-blocks: whose reception does the device report, and under whose name?
 *
 * RFC 3550 sections 6.4.1 and 6.4.2: a report block tells a source how its packets arrive.  A
 * device that only sends has nothing to report: its SR and RR have no blocks.  One that is sent
 * media (a back channel, a call) reports on the sources of these.
 *
 * What viewers send to open the way through a firewall may look like one RTP packet; a block
 * about it has no jitter to report, and no SR of it to answer.
 *
 * A source speaks RTCP under the number of its media (section 8).  Some devices use another, but
 * keep it for as long as their media keep theirs.
 *
 *   room   160 bits for a block about a source that sends to the device (all but its number)
 *   use    192 bits for a block about any other, but for one of nothing but zeros behind a
 *          number that speaks to the device in RTCP; 32 for a sender's number that is not that of
 *          its media, but for the first two
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/rtcp.h"

enum
{
  BLOCK = 24,
  NUMBER = 4,         /* octets of a block's source */
  MAX_SOURCES = 1024, /* remembered */
  MAX_NAMES = 8,      /* of one speaker on one track */
  BELIEVED = 2,       /* of them, while its media keep theirs */
};

/* A source, whose it is and who hears it. */
typedef struct
{
  LensAddress speaker, listener;
  guint32 ssrc;
  gboolean media;   /* it sends payload */
  gboolean opens;   /* it sends RTP, but nothing in it; ... */
  guint16 sequence; /* ... the last of these */
} Source;

/* The numbers of one speaker on a track, but for those of its media. */
typedef struct
{
  gboolean any;
  LensAddress speaker;
  guint32 names[MAX_NAMES];
  guint n;        /* in all */
  guint believed; /* since its media had ... */
  guint sources;  /* ... so many numbers */
} Speaker;

typedef struct
{
  Speaker ends[2];
  gboolean heard; /* media of ... */
  guint32 source; /* ... this source, in the last RTP packet: most are like the one before */
} Names;

typedef struct
{
  GArray *sources;   /* Source */
  LensByTrack names; /* Names */
} RtcpBlocks;

static const LensChannelText channels[] = {
  { .id = "rtcp-rr-report-blocks",
    .summary = "The device reports on the reception of streams that nobody sends to it, or under "
               "ever new numbers.",
    .room = "The device reports how a stream sent to it arrives; its numbers could hold data.",
    .filter_hint = "rtcp.rc > 0",
    .reference = "RFC 3550 sections 6.4.1, 6.4.2 and 8",
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

/* The source, as far as it is remembered from now on. */
static Source *
remember (LensLedger *ledger, RtcpBlocks *state, const LensUnit *unit, guint32 ssrc)
{
  Source *known = find_source (state, &unit->side->key.dst, ssrc);
  const Source source
      = { .speaker = unit->side->key.src, .listener = unit->side->key.dst, .ssrc = ssrc };

  if (known != NULL)
    return known;
  if (!lens_ledger_has_room (ledger, unit->side, state->sources->len, MAX_SOURCES))
    return NULL;
  g_array_append_val (state->sources, source);
  return &g_array_index (state->sources, Source, state->sources->len - 1);
}

static void
see_rtp (LensLedger *ledger, RtcpBlocks *state, const LensUnit *unit)
{
  Names *names = lens_by_track (&state->names, unit->track, sizeof *names);
  const guint32 ssrc = unit->rtp->ssrc;

  if (names->heard && names->source == ssrc)
    return;
  Source *source = remember (ledger, state, unit, ssrc);
  if (source == NULL)
    return;
  source->media |= unit->rtp->payload.length > 0;
  source->opens = TRUE;
  source->sequence = unit->rtp->sequence;
  names->heard = source->media;
  names->source = ssrc;
}

static gboolean
was_heard (const LensTrack *track, guint32 ssrc)
{
  for (guint i = 0; i < track->heard->len; i++)
    if (g_array_index (track->heard, guint32, i) == ssrc)
      return TRUE;
  return FALSE;
}

/* Whether the block says nothing but what its source said.  A receiver that starts at the number
 * before 0 has counted a cycle (RFC 3550 appendix A.1). */
static gboolean
is_silent (const LensRtcpBlock *block, const Source *source)
{
  return block->fraction_lost == 0 && block->lost == 0 && block->jitter == 0 && block->last_sr == 0
         && block->delay_since_last_sr == 0
         && (block->highest_sequence == 0 || block->highest_sequence == 1u << 16
             || (source->opens && (guint16)block->highest_sequence == source->sequence));
}

static void
see_block (LensLedger *ledger, const RtcpBlocks *state, const LensUnit *unit,
           const LensRtcpBlock *block)
{
  const Source *source = find_source (state, &unit->side->key.src, block->ssrc);
  gboolean media = was_heard (unit->track, block->ssrc) || (source != NULL && source->media);
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-rr-report-blocks", unit, NULL);

  if (media || (source != NULL && is_silent (block, source)))
    {
      lens_ledger_room (ledger, carrier, unit, 8 * (BLOCK - NUMBER));
      return;
    }
  lens_ledger_room (ledger, carrier, unit, 8 * BLOCK);
  lens_ledger_use (ledger, carrier, unit, 8 * BLOCK, block->whole.offset, block->whole.length);
}

/* --- names --- */

static Speaker *
speaker_of (RtcpBlocks *state, const LensUnit *unit)
{
  Names *names = lens_by_track (&state->names, unit->track, sizeof *names);

  for (guint i = 0; i < G_N_ELEMENTS (names->ends); i++)
    {
      Speaker *speaker = &names->ends[i];
      if (speaker->any && !lens_address_equal (&speaker->speaker, &unit->side->key.src))
        continue;
      speaker->any = TRUE;
      speaker->speaker = unit->side->key.src;
      return speaker;
    }
  return NULL;
}

/* How many sources of media are the speaker's; whether @ssrc is one of them. */
static guint
count_media (const RtcpBlocks *state, const LensUnit *unit, guint32 ssrc, gboolean *own)
{
  const LensTrack *track = unit->track;
  guint count = 0;

  *own = track->last_ssrc == (gint64)ssrc || (track->has_ssrc && track->ssrc == ssrc);
  for (guint i = 0; i < state->sources->len; i++)
    {
      const Source *source = &g_array_index (state->sources, Source, i);
      if (!source->opens || !lens_address_equal (&source->speaker, &unit->side->key.src))
        continue;
      count++;
      *own |= source->ssrc == ssrc;
    }
  return count;
}

static gboolean
is_known (const Speaker *speaker, guint32 ssrc)
{
  for (guint i = 0; i < MIN (speaker->n, MAX_NAMES); i++)
    if (speaker->names[i] == ssrc)
      return TRUE;
  return FALSE;
}

/* Whether the sender of a packet may call itself so. */
static gboolean
see_name (LensLedger *ledger, RtcpBlocks *state, const LensUnit *unit, const LensRtcpPacket *packet)
{
  gboolean own;
  guint sources = count_media (state, unit, packet->ssrc, &own);
  Speaker *speaker = speaker_of (state, unit);

  if (own || speaker == NULL || state->sources->len >= MAX_SOURCES
      || is_known (speaker, packet->ssrc))
    return TRUE;
  if (speaker->sources != sources)
    speaker->believed = 0;
  speaker->sources = sources;
  if (speaker->believed < BELIEVED)
    {
      speaker->believed++;
      speaker->names[speaker->n++ % MAX_NAMES] = packet->ssrc;
      return TRUE;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-rr-report-blocks", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * NUMBER);
  lens_ledger_use (ledger, carrier, unit, 8 * NUMBER, packet->body.offset, NUMBER);
  return FALSE;
}

/* --- compounds --- */

/* Whether a packet begins with the number of who sends it; SDES and BYE list sources. */
static gboolean
has_sender (const LensRtcpPacket *packet)
{
  return packet->has_ssrc && packet->type >= LENS_RTCP_SR && packet->type <= LENS_RTCP_XR
         && packet->type != LENS_RTCP_SDES && packet->type != LENS_RTCP_BYE;
}

static void
see_compound (LensLedger *ledger, RtcpBlocks *state, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpReport report;

  while (lens_rtcp_next (&rtcp, &packet))
    {
      guint n_blocks = 0;
      if (lens_rtcp_report (unit->view.octets, &packet, &report))
        n_blocks = report.n_blocks;
      for (guint i = 0; i < n_blocks; i++)
        {
          LensRtcpBlock block = lens_rtcp_block (unit->view.octets, &report, i);
          see_block (ledger, state, unit, &block);
        }
      if (has_sender (&packet) && see_name (ledger, state, unit, &packet))
        remember (ledger, state, unit, packet.ssrc);
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
  else if (unit->kind == LENS_UNIT_RTP)
    see_rtp (ledger, state, unit);
}

static void
clear (gpointer data)
{
  RtcpBlocks *state = data;

  g_clear_pointer (&state->sources, g_array_unref);
  lens_by_track_clear (&state->names, NULL);
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
  .question = "Are reports about streams that are sent to the device, under a constant number?",
  .source = "RFC 3550 sections 6.4.1, 6.4.2 and 8",
  .units = LENS_UNIT_RTP | LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtcpBlocks),
  .see = see,
  .clear = clear,
  .seed = seed,
};
