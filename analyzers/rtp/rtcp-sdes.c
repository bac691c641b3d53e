/* rtcp-sdes: what does the device say about itself in source descriptions?
 *
 * RFC 3550 section 6.5: each source must send a CNAME that stays the same, and may send TOOL
 * and other texts.  IANA registers 15 items; a camera has use for CNAME, TOOL and, in
 * bundles, MID.  Null octets end a chunk.  Only a mixer describes sources other than itself.
 *
 *   room   8 bits per octet of CNAME, TOOL and MID, once for each source
 *   use    8 bits per octet of other items, of a text that differs from the source's last one,
 *          of fill that is not zero, and of whatever lies behind the chunks; 32
 *          for a source that is neither the sender nor one of the few others it described
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"
#include "wire/rtcp.h"

enum
{
  CNAME = 1,
  TOOL = 6,
  MID = 15,
  MAX_SOURCES = 8, /* of one sender on one track that are believed */
  MAX_KNOWN = 64,  /* of one track */
  MAX_OTHERS = 4,  /* described by others, of one track, that are believed */
};

/* The texts of a source, as hashes. */
typedef struct
{
  LensAddress sender;
  guint32 ssrc;
  guint8 type;
  guint8 ordinal; /* among the items of its type */
  guint64 text;
} Known;

/* The sources that senders on a track described beside themselves. */
typedef struct
{
  guint32 ssrcs[MAX_OTHERS];
  guint n;
} Others;

typedef struct
{
  GHashTable *tracks; /* LensTrack -> GArray of Known */
  LensByTrack others; /* Others */
} RtcpSdes;

static const LensChannelText channels[] = {
  { .id = "rtcp-sdes",
    .summary = "Source descriptions carry texts that a camera has no use for, or that change, or "
               "speak of ever new sources.",
    .room = "Source descriptions carry the usual constant texts; they could hold data.",
    .filter_hint = "rtcp.pt == 202",
    .reference = "RFC 3550 sections 6.1 and 6.5",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static void
known_free (gpointer known)
{
  g_array_unref (known);
}

static GArray *
known_of (RtcpSdes *state, LensTrack *track)
{
  if (state->tracks == NULL)
    state->tracks = g_hash_table_new_full (NULL, NULL, NULL, known_free);
  GArray *known = g_hash_table_lookup (state->tracks, track);
  if (known == NULL)
    {
      known = g_array_new (FALSE, TRUE, sizeof (Known));
      g_hash_table_insert (state->tracks, track, known);
    }
  return known;
}

/* Whether the text is the one that its source always sends as its item of this type, the
 * @ordinal-th of a packet; *@first: never sent before. */
static gboolean
is_constant (RtcpSdes *state, const LensUnit *unit, const LensRtcpSdesPart *part, guint8 ordinal,
             gboolean *first)
{
  const LensAddress *sender = &unit->side->key.src;
  guint64 text = lens_octets_hash (LENS_HASH_START, unit->view.octets + part->text.offset,
                                   part->text.length);
  guint sources = 0;

  *first = FALSE;
  GArray *all = known_of (state, unit->track);
  for (guint i = 0; i < all->len; i++)
    {
      Known *known = &g_array_index (all, Known, i);
      if (known->type != part->type || known->ordinal != ordinal
          || !lens_address_equal (&known->sender, sender))
        continue;
      if (known->ssrc != part->ssrc)
        {
          sources++;
          continue;
        }
      gboolean same = known->text == text;
      known->text = text;
      return same;
    }
  if (sources >= MAX_SOURCES || all->len >= MAX_KNOWN)
    return FALSE;
  const Known known = { *sender, part->ssrc, part->type, ordinal, text };
  g_array_append_val (all, known);
  *first = TRUE;
  return TRUE;
}

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange octets)
{
  if (octets.length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-sdes", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

static void
see_item (LensLedger *ledger, RtcpSdes *state, const LensUnit *unit, const LensRtcpSdesPart *part,
          guint8 ordinal)
{
  gboolean first;

  if (part->type != CNAME && part->type != TOOL && part->type != MID)
    use (ledger, unit, part->text.length > 0 ? part->text : part->whole);
  else if (!is_constant (state, unit, part, ordinal, &first))
    use (ledger, unit, part->text);
  else if (first)
    lens_ledger_room (ledger, lens_ledger_carrier (ledger, "rtcp-sdes", unit, NULL), unit,
                      8 * part->text.length);
}

/* @self: the number under which the compound is sent. */
static void
see_source (LensLedger *ledger, RtcpSdes *state, const LensUnit *unit, const LensRtcpSdesPart *part,
            gint64 self)
{
  const LensTrack *track = unit->track;
  Others *others = lens_by_track (&state->others, track, sizeof *others);

  if ((gint64)part->ssrc == self || track->last_ssrc == (gint64)part->ssrc
      || (track->has_ssrc && track->ssrc == part->ssrc))
    return;
  for (guint i = 0; i < others->n; i++)
    if (others->ssrcs[i] == part->ssrc)
      return;
  if (others->n < MAX_OTHERS)
    others->ssrcs[others->n++] = part->ssrc;
  else
    use (ledger, unit, part->whole);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  LensRtcp rtcp = lens_rtcp_over (octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpSdesPart part;
  gint64 self = -1;

  if (unit->track->encrypted)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    {
      if (self < 0 && packet.has_ssrc)
        self = packet.ssrc;
      if (packet.type != LENS_RTCP_SDES)
        continue;
      LensRtcpSdes sdes = lens_rtcp_sdes_over (octets, &packet);
      guint8 items[256] = { 0 };
      while (lens_rtcp_sdes_next (&sdes, &part))
        if (part.kind == LENS_RTCP_SDES_SOURCE)
          see_source (ledger, data, unit, &part, self);
        else if (part.kind == LENS_RTCP_SDES_ITEM)
          see_item (ledger, data, unit, &part, items[part.type]++);
        else if (part.kind == LENS_RTCP_SDES_REST
                 || (part.kind == LENS_RTCP_SDES_END
                     && !lens_octets_are_zero (octets + part.whole.offset, part.whole.length)))
          use (ledger, unit, part.whole);
    }
}

static void
clear (gpointer data)
{
  RtcpSdes *state = data;

  g_clear_pointer (&state->tracks, g_hash_table_unref);
  lens_by_track_clear (&state->others, NULL);
}

/* --- seeds --- */

/* Where the first chunk of a source description ends. */
static gboolean
find_end (const LensSeedPlace *place, LensRtcpPacket *packet, LensRange *end)
{
  const guint8 *octets = place->octets + place->start;
  LensRtcp rtcp = lens_rtcp_over (octets, place->end - place->start);
  LensRtcpSdesPart part;

  while (lens_rtcp_next (&rtcp, packet))
    {
      LensRtcpSdes sdes = lens_rtcp_sdes_over (octets, packet);
      while (packet->type == LENS_RTCP_SDES && lens_rtcp_sdes_next (&sdes, &part))
        if (part.kind == LENS_RTCP_SDES_END)
          {
            *end = part.whole;
            return TRUE;
          }
    }
  return FALSE;
}

static guint8
draw_item (LensSeedBed *bed)
{
  for (;;)
    {
      guint8 type = (guint8)(2 + lens_seed_bed_below (bed, 254));
      if (type != TOOL && type != MID)
        return type;
    }
}

/* Another item of a text that makes whole words, so that the fill behind it stays. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensRtcpPacket packet;
  LensRange end;
  guint8 item[256];

  item[0] = draw_item (bed);
  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      if (place.spare < sizeof item || !find_end (&place, &packet, &end))
        continue;
      gsize count = lens_seed_bed_take (bed, item + 2, 250);
      if (count == 0)
        continue;
      gsize length = (2 + count + 3) / 4 * 4;
      gsize words = (packet.whole.length + length) / 4 - 1;
      const guint8 field[] = { (guint8)(words >> 8), (guint8)words };
      lens_seed_bed_fill (bed, item + 2 + count, length - 2 - count);
      item[1] = (guint8)(length - 2);
      lens_seed_bed_replace (bed, place.start + packet.whole.offset + 2, field, sizeof field);
      lens_seed_bed_insert (bed, place.start + end.offset, item, length, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_sdes = {
  .name = "rtcp-sdes",
  .question = "Do source descriptions hold only a constant CNAME and TOOL?",
  .source = "RFC 3550 sections 6.1 and 6.5; IANA RTP SDES item types",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtcpSdes),
  .see = see,
  .clear = clear,
  .seed = seed,
};
