/* rtp-identity: who is this packet?
 *
 * RFC 3550 section 5.1: the payload type says how to read a packet, the SSRC whose it is.  A
 * player drops packets of a type that the SDP does not bind, and most drop those of a second
 * source, so both can carry anything beside the video.
 *
 * Benign: a new SSRC after an RTCP BYE, or one that starts a sequence of its own and stays (an
 * encoder that was started again); packets without payload (RFC 6263 section 4.6).
 *
 * Media that nobody announced may have several sources on one pair of ports (RFC 9143), so they
 * are not asked for theirs.
 *
 *   room   8 bits per payload octet; 32 bits for a benign change of SSRC
 *   use    8 bits per payload octet under a type that is not declared; of a source that comes
 *          and goes, from its SSRC to the end of its payload
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rtcp.h"

#include <string.h>

enum
{
  SETTLED = 32,           /* packets after which a new source has come to stay */
  CLEAN_CHANGES = 4,      /* of one track without BYE; an encoder is not started more often */
  MAX_SOURCES = 64,       /* remembered of one track */
  MAX_HELD = 1024 * 1024, /* octets of packets that wait, of all tracks */
  SSRC_OFFSET = 8,
};

/* What would speak if its source proved not to stay. */
typedef struct
{
  gint64 time_ns;
  LensSide *side;
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
  guint64 bits;
} Held;

typedef struct Sources Sources;
struct Sources
{
  LensTrack *track;
  Sources *repair; /* of retransmissions and error correction, which have their own; or NULL */
  gboolean started;
  guint32 current;
  guint32 last;     /* source of the last packet, whoever's */
  guint16 sequence; /* of that packet */
  gboolean follows; /* its source began where the one before it left off */
  gboolean bye;     /* the current source said so */
  guint run;        /* packets since it came */
  guint changes;    /* clean ones */
  GArray *left;     /* guint32: sources before it */
  GArray *extra;    /* guint32: sources that came and went */
  GPtrArray *held;  /* Held: packets of the current source, until it has settled */
  guint32 *types;   /* 128 packet counts of undeclared payload types, or NULL */
};

typedef struct
{
  GHashTable *tracks; /* LensTrack -> Sources */
  gsize held;         /* octets */
} RtpIdentity;

static const LensChannelText channels[] = {
  { .id = "rtp-undeclared-pt",
    .summary = "Packets of a payload type that the session does not declare travel with the "
               "media; every player drops them.",
    .room = "Empty packets of a payload type that the session does not declare travel with the "
            "media.",
    .filter_hint = "rtp",
    .reference = "RFC 3550 section 5.1; RFC 3551 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { .id = "rtp-private-pt-in-ssrc",
    .summary = "Packets of a private payload type travel inside the declared stream under its "
               "own source number; every player drops them.",
    .room = "Empty packets of a private payload type travel inside the declared stream.",
    .filter_hint = "rtp",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { .id = "rtp-extra-ssrc",
    .summary = "A second source sends on a track that has only one.",
    .room = "The source number of a track changed once, as when an encoder is started again; the "
            "number itself could hold data.",
    .filter_hint = "rtp.ssrc",
    .reference = "RFC 3550 sections 5.1 and 8; RFC 2326 section 12.39",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
held_free (gpointer data)
{
  Held *held = data;

  g_byte_array_unref (held->octets);
  g_array_unref (held->pieces);
  g_free (held);
}

static void
sources_free (gpointer data)
{
  Sources *sources = data;

  if (sources == NULL)
    return;
  sources_free (sources->repair);
  g_array_unref (sources->left);
  g_array_unref (sources->extra);
  g_ptr_array_unref (sources->held);
  g_free (sources->types);
  g_free (sources);
}

static Sources *
sources_new (LensTrack *track)
{
  Sources *sources = g_new0 (Sources, 1);

  sources->track = track;
  sources->left = g_array_new (FALSE, FALSE, sizeof (guint32));
  sources->extra = g_array_new (FALSE, FALSE, sizeof (guint32));
  sources->held = g_ptr_array_new_with_free_func (held_free);
  return sources;
}

static Sources *
sources_of (RtpIdentity *state, LensTrack *track)
{
  if (state->tracks == NULL)
    state->tracks = g_hash_table_new_full (NULL, NULL, NULL, sources_free);
  Sources *sources = g_hash_table_lookup (state->tracks, track);
  if (sources != NULL)
    return sources;
  sources = sources_new (track);
  g_hash_table_insert (state->tracks, track, sources);
  return sources;
}

static gboolean
holds (const GArray *list, guint32 ssrc)
{
  for (guint i = 0; i < list->len; i++)
    if (g_array_index (list, guint32, i) == ssrc)
      return TRUE;
  return FALSE;
}

static void
remember (GArray *list, guint32 ssrc)
{
  if (list->len < MAX_SOURCES && !holds (list, ssrc))
    g_array_append_val (list, ssrc);
}

/* --- payload types --- */

static void
see_undeclared_type (LensLedger *ledger, Sources *sources, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const LensTrack *track = unit->track;
  gboolean inside = (sources->started && rtp->ssrc == sources->current)
                    || (track->has_ssrc && rtp->ssrc == track->ssrc);
  LensCarrier *carrier = lens_ledger_carrier (
      ledger, inside ? "rtp-private-pt-in-ssrc" : "rtp-undeclared-pt", unit, NULL);
  guint64 bits = 8 * rtp->payload.length;

  if (sources->types == NULL)
    sources->types = g_new0 (guint32, 128);
  sources->types[rtp->payload_type]++;
  lens_ledger_room (ledger, carrier, unit, MAX (bits, 7));
  if (bits > 0)
    lens_ledger_use (ledger, carrier, unit, bits, rtp->payload.offset, rtp->payload.length);
}

/* --- sources --- */

/* What speaks in a packet of a source that does not belong: its number, and all that it
 * carries under it. */
static LensRange
speaking (const LensRtp *rtp)
{
  return (LensRange){ SSRC_OFFSET, lens_range_end (rtp->payload) - SSRC_OFFSET };
}

static LensCarrier *
carrier_of (LensLedger *ledger, const LensUnit *unit)
{
  return lens_ledger_carrier (ledger, "rtp-extra-ssrc", unit, NULL);
}

static void
use (LensLedger *ledger, const LensUnit *unit)
{
  LensRange octets = speaking (unit->rtp);
  LensCarrier *carrier = carrier_of (ledger, unit);

  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

static void
hold (LensLedger *ledger, RtpIdentity *state, Sources *sources, const LensUnit *unit)
{
  LensRange octets = speaking (unit->rtp);

  if (state->held + octets.length > MAX_HELD)
    {
      lens_ledger_full (ledger, unit->side);
      return;
    }
  Held *held = g_new0 (Held, 1);
  held->time_ns = unit->time_ns;
  held->side = unit->side;
  held->bits = 8 * octets.length;
  held->octets = g_byte_array_new ();
  held->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  g_byte_array_append (held->octets, unit->view.octets + octets.offset, (guint)octets.length);
  lens_view_pieces (&unit->view, octets.offset, octets.length, held->pieces);
  state->held += octets.length;
  g_ptr_array_add (sources->held, held);
}

static void
drop_held (RtpIdentity *state, Sources *sources)
{
  for (guint i = 0; i < sources->held->len; i++)
    state->held -= ((Held *)g_ptr_array_index (sources->held, i))->octets->len;
  g_ptr_array_set_size (sources->held, 0);
}

/* The current source did not stay: its packets spoke. */
static void
use_held (LensLedger *ledger, RtpIdentity *state, Sources *sources)
{
  for (guint i = 0; i < sources->held->len; i++)
    {
      const Held *held = g_ptr_array_index (sources->held, i);
      const LensUnit unit
          = { .kind = LENS_UNIT_RTP,
              .time_ns = held->time_ns,
              .side = held->side,
              .track = sources->track,
              .view = { held->octets->data, held->octets->len,
                        (const LensPiece *)(gconstpointer)held->pieces->data, held->pieces->len } };
      LensCarrier *carrier = carrier_of (ledger, &unit);
      lens_ledger_room (ledger, carrier, &unit, held->bits);
      lens_ledger_use (ledger, carrier, &unit, held->bits, 0, held->octets->len);
    }
  drop_held (state, sources);
}

static void
change_to (Sources *sources, guint32 ssrc)
{
  sources->current = ssrc;
  sources->run = 1;
  sources->bye = FALSE;
}

/* A source that was never here before. */
static void
see_new_source (LensLedger *ledger, RtpIdentity *state, Sources *sources, const LensUnit *unit)
{
  if (sources->held->len > 0)
    {
      remember (sources->extra, sources->current);
      use_held (ledger, state, sources);
    }
  else if (!sources->bye)
    remember (sources->left, sources->current);
  if (sources->bye)
    lens_ledger_room (ledger, carrier_of (ledger, unit), unit, 32);
  else if (sources->follows || sources->changes >= CLEAN_CHANGES)
    use (ledger, unit);
  else
    hold (ledger, state, sources, unit);
  change_to (sources, unit->rtp->ssrc);
}

static void
see_source (LensLedger *ledger, RtpIdentity *state, Sources *sources, const LensUnit *unit)
{
  guint32 ssrc = unit->rtp->ssrc;

  if (ssrc != sources->last)
    sources->follows = unit->rtp->sequence == (guint16)(sources->sequence + 1);
  if (!sources->started)
    {
      sources->started = TRUE;
      change_to (sources, ssrc);
    }
  else if (ssrc == sources->current)
    {
      sources->run++;
      if (sources->held->len > 0 && sources->run < SETTLED)
        hold (ledger, state, sources, unit);
      else if (sources->held->len > 0)
        {
          drop_held (state, sources);
          sources->changes++;
          lens_ledger_room (ledger, carrier_of (ledger, unit), unit, 32);
        }
    }
  else if (holds (sources->extra, ssrc))
    use (ledger, unit);
  else if (holds (sources->left, ssrc))
    {
      /* The first one is back: the one between was extra. */
      remember (sources->extra, sources->current);
      use_held (ledger, state, sources);
      change_to (sources, ssrc);
    }
  else
    see_new_source (ledger, state, sources, unit);
  sources->last = ssrc;
  sources->sequence = unit->rtp->sequence;
}

static gboolean
is_among (const LensView *view, LensRange list, guint32 ssrc)
{
  guint32 wire = GUINT32_TO_BE (ssrc);

  for (gsize at = 0; at + 4 <= list.length; at += 4)
    if (memcmp (view->octets + list.offset + at, &wire, 4) == 0)
      return TRUE;
  return FALSE;
}

static void
see_goodbye (RtpIdentity *state, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpBye bye;
  Sources *sources = sources_of (state, unit->track);

  while (lens_rtcp_next (&rtcp, &packet))
    if (lens_rtcp_bye (unit->view.octets, &packet, &bye)
        && is_among (&unit->view, bye.sources, sources->current))
      sources->bye = TRUE;
}

/* Retransmissions (RFC 4588 section 5.3) and error correction (RFC 5109, RFC 8627) come from a
 * source of their own. */
static Sources *
sources_for (RtpIdentity *state, const LensUnit *unit)
{
  static const char *const repairs[] = { "RTX", "ULPFEC", "FLEXFEC", "PARITYFEC", NULL };
  const LensFormat *format = unit->format;
  Sources *sources = sources_of (state, unit->track);

  if (unit->fragment->of != LENS_FRAGMENT_OF_NOTHING || format == NULL || format->codec == NULL
      || !g_strv_contains (repairs, format->codec))
    return sources;
  if (sources->repair == NULL)
    sources->repair = sources_new (unit->track);
  return sources->repair;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpIdentity *state = data;

  if (unit->kind == LENS_UNIT_RTCP)
    see_goodbye (state, unit);
  else if (!lens_unit_is_offered (unit))
    see_undeclared_type (ledger, sources_of (state, unit->track), unit);
  else if (!unit->track->guessed)
    see_source (ledger, state, sources_for (state, unit), unit);
}

/* --- conclude --- */

/* "Payload type 50 (12 packets)." and what is known of it. */
static char *
types_text (const Sources *sources)
{
  GString *text = g_string_new (NULL);

  for (guint type = 0; type < 128; type++)
    if (sources->types[type] > 0)
      g_string_append_printf (text, "%s %u (%u packet%s)",
                              text->len == 0 ? "Payload type" : ", payload type", type,
                              sources->types[type], sources->types[type] == 1 ? "" : "s");
  g_string_append_c (text, '.');
  if (sources->types[50] > 0)
    g_string_append (text, " Uniview, Uniarch and Geovision cameras are known to send payload type "
                           "50; what is in it is not documented.");
  return g_string_free (text, FALSE);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  RtpIdentity *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      gboolean type = g_str_equal (carrier->channel, "rtp-undeclared-pt")
                      || g_str_equal (carrier->channel, "rtp-private-pt-in-ssrc");
      if (!type || carrier->uses == 0 || !g_str_equal (carrier->analyzer, "rtp-identity"))
        continue;
      g_autofree char *detail = types_text (sources_of (state, carrier->track));
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, detail);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  RtpIdentity *state = data;

  g_clear_pointer (&state->tracks, g_hash_table_unref);
}

/* --- seeds --- */

static void
put_head (guint8 *octets, guint8 payload_type, guint16 sequence, const guint8 *timestamp,
          const guint8 *ssrc)
{
  octets[0] = 0x80;
  octets[1] = payload_type;
  octets[2] = (guint8)(sequence >> 8);
  octets[3] = (guint8)sequence;
  memcpy (octets + 4, timestamp, 4);
  memcpy (octets + SSRC_OFFSET, ssrc, 4);
}

/* A type that the track does not declare, and that RTCP does not look like (RFC 5761 section 4);
 * of the private ones or of all. */
static guint8
undeclared_type (LensSeedBed *bed, const LensTrack *track, gboolean private)
{
  for (;;)
    {
      guint8 type
          = (guint8)(private ? 96 + lens_seed_bed_below (bed, 32) : lens_seed_bed_below (bed, 128));
      if ((type < 64 || type > 95) && !lens_track_offers (track, type))
        return type;
    }
}

/* Packets beside those of one track: under the track's own number or another, of a type that it
 * declares or another, with a sequence of their own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean own = g_str_equal (channel, "rtp-private-pt-in-ssrc");
  gboolean declared = g_str_equal (channel, "rtp-extra-ssrc");
  guint16 sequence = (guint16)lens_seed_bed_below (bed, 0x10000);
  guint8 octets[LENS_RTP_HEADER_LENGTH + 500], ssrc[4], type = 0;
  const LensTrack *track = NULL;
  LensSeedPlace place;

  lens_seed_bed_fill (bed, ssrc, sizeof ssrc);
  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const guint8 *like = place.octets + place.start;
      if (place.track->formats->len == 0 || (track != NULL && place.track != track))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + LENS_RTP_HEADER_LENGTH, 500);
      if (count == 0)
        continue;
      if (track == NULL)
        {
          track = place.track;
          type = declared ? like[1] & 0x7f : undeclared_type (bed, track, own);
        }
      put_head (octets, type, sequence++, like + 4, own ? like + SSRC_OFFSET : ssrc);
      lens_seed_bed_send_beside (bed, octets, LENS_RTP_HEADER_LENGTH + count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_identity = {
  .name = "rtp-identity",
  .question = "Does every RTP packet have a declared payload type and the track's own source?",
  .source = "RFC 3550 section 5.1; RFC 3551 section 3; RFC 2326 section 12.39",
  .units = LENS_UNIT_RTP | LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtpIdentity),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
