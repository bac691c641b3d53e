/* flow-undeclared: whom does the device talk to although nobody declared it?
 *
 * A flow is permitted by the profile, by the session that it belongs to, or by the small
 * default (address set-up and discovery on the link, DNS and NTP to the servers that DHCP
 * named).  The payload of any other flow is a finding; so is an attempt to open one, since
 * choosing whom to call, and when, already speaks.  A session that the device serves to a host
 * which is no declared viewer has a channel of its own: it leaks what is declared, to somebody
 * else.
 *
 *   use    8 bits for each octet of payload that the device sent in such flows
 */
#include "ledger/analyzer.h"
#include "ledger/endpoints.h"
#include "ledger/rows.h"
#include "ledger/seed-bed.h"

#include <netinet/in.h>
#include <string.h>

#define PIECES 16
#define MORE_PIECES (1 << 18) /* of all sides together, beyond these */
#define OPENS "opens"
#define PERHAPS "service "

/* What one side sent.  There may be millions: one piece of memory, as small as it can be. */
typedef struct
{
  gint64 first, last;   /* of the frames */
  LensFrameSet *frames; /* those with payload; as long as there are none, all; NULL: those of the
                           pieces, which are all of them */
  guint8 n_pieces;      /* before there is payload: what IP carries, one of each frame */
  guint8 n_excerpt;
  guint8 spoken;      /* there was payload */
  guint32 octets;     /* of all pieces, kept or not; as many as fit */
  LensPiece pieces[]; /* room for a power of two of them, at most LENS_CARRIER_OCTETS; behind them
                         the excerpt, at most LENS_CARRIER_EXCERPT octets */
} Sent;

typedef struct
{
  LensRows sides; /* Sent *, by the side's index */
  LensRows after; /* the same, once the session that the ports were granted to was over */
  guint more;     /* pieces of sides that have more than PIECES */
} FlowUndeclared;

static const LensChannelText channels[] = {
  { .id = "flow-undeclared-destination",
    .summary = "The device talks to a host that nobody declared.",
    .reference = "lenscap-case(5), the rules of the ledger: rule 9",
    .unit = LENS_UNIT_FRAME },
  { .id = "rtsp-second-client-session",
    .summary = "A host that is no declared viewer has a session of its own with the device.",
    .filter_hint = "rtsp or http",
    .reference = "the profile's [viewer]; RFC 2326 section 10; RFC 9110 section 3.3",
    .unit = LENS_UNIT_FRAME },
  { .id = "flow-direct-ip-no-dns",
    .summary = "The device talks to an address that nobody named to it.",
    .reference = "RITA version 5 (activecm/rita): connections without a name look-up",
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
note_time (Sent *sent, gint64 time_ns, gboolean start)
{
  sent->first = start ? time_ns : MIN (sent->first, time_ns);
  sent->last = start ? time_ns : MAX (sent->last, time_ns);
}

static guint
room_of (guint n_pieces)
{
  return n_pieces < 2 ? n_pieces : 1u << g_bit_storage (n_pieces - 1);
}

static const guint8 *
excerpt_of (const Sent *sent)
{
  return (const guint8 *)(sent->pieces + room_of (sent->n_pieces));
}

/* @sent (or NULL), with room for so many more. */
static Sent *
with_room (Sent *sent, guint pieces, guint octets)
{
  guint n = sent != NULL ? sent->n_pieces : 0, kept = sent != NULL ? sent->n_excerpt : 0;
  gsize before = room_of (n), after = room_of (n + pieces);
  gboolean fresh = sent == NULL;

  sent = g_realloc (sent, sizeof *sent + after * sizeof (LensPiece) + kept + octets);
  if (fresh)
    memset (sent, 0, sizeof *sent);
  if (after > before)
    memmove (sent->pieces + after, sent->pieces + before, kept);
  return sent;
}

/* All frames, as long as pieces do not say them. */
static void
keep_frame (Sent *sent, guint64 frame)
{
  if (sent->frames == NULL)
    {
      sent->frames = g_new0 (LensFrameSet, 1);
      for (guint i = 0; i < sent->n_pieces; i++)
        lens_frame_set_add (sent->frames, sent->pieces[i].frame);
    }
  lens_frame_set_add (sent->frames, frame);
}

/* Few sides have many pieces: so that a million sides stay small, these share what is more. */
static gboolean
may_keep (const FlowUndeclared *flows, guint n_pieces)
{
  return n_pieces < PIECES || (n_pieces < LENS_CARRIER_OCTETS && flows->more < MORE_PIECES);
}

static Sent *
keep_piece (FlowUndeclared *flows, Sent *sent, const LensPiece *piece)
{
  const guint n = sent != NULL ? sent->n_pieces : 0;
  const gboolean kept = may_keep (flows, n);

  if (sent != NULL && (sent->frames != NULL || !kept))
    keep_frame (sent, piece->frame);
  if (!kept)
    return sent;
  flows->more += n >= PIECES;
  sent = with_room (sent, 1, 0);
  sent->pieces[sent->n_pieces++] = *piece;
  return sent;
}

static Sent *
keep_excerpt (Sent *sent, const LensView *view)
{
  gsize want = MIN (view->length, (gsize)LENS_CARRIER_EXCERPT - sent->n_excerpt);

  if (want == 0)
    return sent;
  sent = with_room (sent, 0, (guint)want);
  memcpy ((guint8 *)excerpt_of (sent) + sent->n_excerpt, view->octets, want);
  sent->n_excerpt = (guint8)(sent->n_excerpt + want);
  return sent;
}

static void
sent_clear (gpointer data)
{
  Sent *sent = *(Sent **)data;

  if (sent != NULL && sent->frames != NULL)
    {
      lens_frame_set_clear (sent->frames);
      g_free (sent->frames);
    }
  g_free (sent);
}

static void
count_octets (Sent *sent, guint32 octets)
{
  sent->octets += MIN (octets, G_MAXUINT32 - sent->octets);
}

/* A frame, as long as there is no payload: in order, and each once. */
static Sent *
note_frame (FlowUndeclared *flows, Sent *sent, const LensUnit *unit)
{
  if ((sent != NULL && sent->spoken) || unit->view.n_pieces == 0)
    return sent;
  gboolean start = sent == NULL;
  LensPiece frame = unit->view.pieces[0];
  frame.offset += (guint32)MIN (unit->frame->payload.offset, frame.length);
  frame.length = (guint32)unit->frame->payload.length;
  if (start || sent->pieces[sent->n_pieces - 1].frame != frame.frame)
    {
      sent = keep_piece (flows, sent, &frame);
      count_octets (sent, frame.length);
    }
  note_time (sent, unit->time_ns, start);
  return sent;
}

static Sent *
note (FlowUndeclared *flows, Sent *sent, const LensUnit *unit)
{
  if (unit->kind == LENS_UNIT_FRAME)
    return note_frame (flows, sent, unit);
  gboolean start = sent == NULL || !sent->spoken;
  if (start)
    {
      sent_clear (&sent);
      sent = with_room (NULL, 0, 0);
    }
  note_time (sent, unit->time_ns, start);
  sent->spoken = TRUE;
  for (gsize i = 0; i < unit->view.n_pieces; i++)
    {
      sent = keep_piece (flows, sent, &unit->view.pieces[i]);
      count_octets (sent, unit->view.pieces[i].length);
    }
  return keep_excerpt (sent, &unit->view);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  FlowUndeclared *flows = state;
  Sent **sent = lens_rows_at (&flows->sides, unit->side->index, sizeof *sent);

  *sent = note (flows, *sent, unit);
  if (lens_rows_peek (&flows->after, unit->side->index) != NULL
      || lens_ledger_is_over (ledger, unit->side))
    {
      Sent **after = lens_rows_at (&flows->after, unit->side->index, sizeof *after);
      *after = note (flows, *after, unit);
    }
}

/* A page, or a reply of ONVIF. */
static gboolean
answers_http (LensLedger *ledger, const LensSide *side, const Sent *sent)
{
  return side->key.protocol == IPPROTO_TCP && sent->n_excerpt >= 7
         && memcmp (excerpt_of (sent), "HTTP/1.", 7) == 0
         && lens_ledger_is_stranger (ledger, &side->key.src, &side->key.dst);
}

static const char *
channel_of (LensLedger *ledger, const LensSide *side, const Sent *sent)
{
  return lens_ledger_served (ledger, side) != LENS_SERVED_NOTHING
                 || answers_http (ledger, side, sent)
             ? channels[1].id
             : channels[0].id;
}

/* What flows between the same hosts have in common: nothing was said in them; or, in a capture
 * that is too poor to tell, they may be a service.  NULL: neither. */
static char *
subject_of (LensLedger *ledger, const LensSide *side, guint64 octets)
{
  const LensDeclaredService *service
      = octets > 0 ? lens_ledger_may_be_service (ledger, side->flow) : NULL;

  if (octets == 0)
    return g_strdup (OPENS);
  return service != NULL ? g_strconcat (PERHAPS, service->name, NULL) : NULL;
}

static void
join_frames (LensCarrier *carrier, const Sent *sent)
{
  LensFrameSet few = { 0 };

  for (guint i = 0; sent->frames == NULL && i < sent->n_pieces; i++)
    lens_frame_set_add (&few, sent->pieces[i].frame);
  lens_frame_set_join (&carrier->frames, sent->frames != NULL ? sent->frames : &few);
  lens_frame_set_clear (&few);
}

static void
join_places (LensCarrier *carrier, const Sent *sent)
{
  guint64 kept = 0;

  for (guint i = 0; i < sent->n_pieces; i++)
    kept += sent->pieces[i].length;
  lens_carrier_add_places (carrier, sent->pieces, sent->n_pieces);
  carrier->place_octets += sent->octets - MIN (kept, sent->octets);
}

/* Joins what one side sent to what other flows between the same hosts said. */
static LensCarrier *
join (LensLedger *ledger, const char *channel, LensSide *side, const Sent *sent, guint64 octets)
{
  g_autofree char *subject = subject_of (ledger, side, octets);
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "flow-undeclared",
                                            channel, side, NULL, subject);

  carrier->first = carrier->uses == 0 ? sent->first : MIN (carrier->first, sent->first);
  carrier->last = carrier->uses == 0 ? sent->last : MAX (carrier->last, sent->last);
  carrier->uses++;
  carrier->used_bits += 8 * octets;
  /* Octets that belong to no unit (of a RST, behind the end) lie in frames without one. */
  join_frames (carrier, sent);
  if (octets > 0)
    join_places (carrier, sent);
  guint want = MIN (LENS_CARRIER_EXCERPT - carrier->excerpt->len, octets > 0 ? sent->n_excerpt : 0);
  g_byte_array_append (carrier->excerpt, excerpt_of (sent), want);
  return carrier;
}

static gboolean
is_icmp (const LensSide *side)
{
  return side->key.protocol == IPPROTO_ICMP || side->key.protocol == IPPROTO_ICMPV6;
}

/* Somebody's ping, answered with no more octets than it had. */
static gboolean
only_echoes (const LensSide *side)
{
  return is_icmp (side) && side->reverse
         && side->flow->payload[side->reverse] <= side->flow->payload[!side->reverse];
}

/* Of a service that is asked by datagrams: where nothing that was sent to the device was
 * captured, that it answers cannot be told from that it speaks unasked. */
static gboolean
may_answer (LensLedger *ledger, const LensSide *side)
{
  static const guint16 ports[] = { 53, 67, 68, 123, 137, 161, 500, 546, 1900, 3702, 5353 };

  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    if (side->key.protocol == IPPROTO_UDP && side->key.sport == ports[i])
      return lens_ledger_is_one_way (ledger, side);
  return FALSE;
}

static gboolean
may_open (const LensSide *side)
{
  return !side->reverse && !side->of_fragments && !side->flow->encapsulates
         && (side->key.protocol == IPPROTO_TCP || side->key.protocol == IPPROTO_UDP);
}

/* To an address beyond the link that no answer of the name service and no lease named: built in,
 * or come by another way. */
static gboolean
is_direct (LensLedger *ledger, const LensSide *side)
{
  return may_open (side) && lens_ledger_leaves_link (ledger, side)
         && !lens_ledger_has_name (ledger, &side->key.dst) && !lens_ledger_is_server (ledger, side);
}

/* @judged: the carriers of octets that nobody asked for; TRUE where declared media is among
 * them. */
static void
judge (LensLedger *ledger, LensSide *side, const Sent *sent, GHashTable *judged)
{
  guint64 octets = lens_ledger_undeclared_octets (ledger, side);
  LensCarrier *carrier;

  if (octets > 0)
    carrier = join (ledger, channel_of (ledger, side, sent), side, sent, octets);
  else if (octets == 0 && may_open (side) && lens_ledger_is_bare (ledger, side)
           && !lens_ledger_permits (ledger, side->flow))
    carrier = join (ledger, channels[0].id, side, sent, 0);
  else
    return;
  if (octets > 0 && is_direct (ledger, side))
    {
      LensCarrier *direct = join (ledger, channels[2].id, side, sent, octets);
      if (!g_hash_table_contains (judged, direct))
        g_hash_table_insert (judged, direct, NULL);
    }
  if (!only_echoes (side) && !may_answer (ledger, side))
    {
      gboolean media = lens_ledger_served (ledger, side) == LENS_SERVED_MEDIA
                       || g_hash_table_lookup (judged, carrier) != NULL;
      g_hash_table_insert (judged, carrier, GINT_TO_POINTER (media));
    }
  else if (!g_hash_table_contains (judged, carrier))
    carrier->room_bits = MAX (carrier->room_bits, carrier->used_bits);
}

/* Who is at the other end, as far as the name service and the list of makers' endpoints know. */
static char *
destination_text (LensLedger *ledger, const LensCarrier *carrier)
{
  const LensAddress *to = &carrier->side->key.dst;
  const char *name = lens_ledger_name_of (ledger, to);
  const LensEndpoint *endpoint = lens_own_names_endpoint (lens_ledger_own_names (ledger), name,
                                                          to->version != 0 ? to : NULL);

  if (lens_flow_is_webrtc (carrier->side->flow))
    return g_strdup ("WebRTC: STUN, a DTLS handshake, and SRTP on the same ports.");
  if (endpoint != NULL)
    return g_strdup_printf ("%s%sAn endpoint of %s: %s.", name != NULL ? name : "",
                            name != NULL ? ". " : "", endpoint->vendor, endpoint->role);
  return name != NULL ? g_strdup_printf ("%s.", name) : NULL;
}

static const char *
service_of (const LensCarrier *carrier)
{
  return carrier->subject != NULL && g_str_has_prefix (carrier->subject, PERHAPS) ? carrier->subject
                                                                                  : NULL;
}

/* @judged: as judge() left it. */
static LensSeverity
severity_of (LensLedger *ledger, const LensCarrier *carrier, GHashTable *judged)
{
  if (!g_hash_table_contains (judged, carrier))
    return LENS_SEVERITY_INFO;
  if (g_hash_table_lookup (judged, carrier) != NULL)
    return LENS_SEVERITY_CRITICAL;
  return lens_ledger_has_declaration (ledger, carrier->side) && service_of (carrier) == NULL
             ? lens_ledger_severity (ledger, carrier)
             : LENS_SEVERITY_LOW;
}

static char *
detail_of (LensLedger *ledger, const LensCarrier *carrier, LensSeverity severity)
{
  if (service_of (carrier) != NULL)
    return g_strdup_printf ("It may be %s: the capture lacks the answer that says where its name "
                            "is.",
                            carrier->subject);
  if (severity > LENS_SEVERITY_INFO)
    return destination_text (ledger, carrier);
  return g_strdup (lens_ledger_is_one_way (ledger, carrier->side)
                       ? "It may have been asked: the capture has nothing that was sent to the "
                         "device."
                       : "Answers to a peer's echo requests.");
}

static const Sent *
sent_by (const LensRows *rows, guint32 side)
{
  Sent **sent = lens_rows_peek (rows, side);

  return sent != NULL ? *sent : NULL;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  FlowUndeclared *flows = state;
  LensFlows *all = lens_ledger_flows (ledger);
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autoptr (GHashTable) judged = g_hash_table_new (NULL, NULL);

  for (guint32 i = 0; i < lens_flows_n_sides (all); i++)
    {
      LensSide *side = lens_flows_side_at (all, i);
      const Sent *sent = sent_by (&flows->sides, i);
      if (sent == NULL || !lens_ledger_from_device (ledger, side))
        continue;
      const Sent *after = sent_by (&flows->after, i);
      if (after != NULL && lens_ledger_permits (ledger, side->flow))
        sent = after;
      judge (ledger, side, sent, judged);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "flow-undeclared"))
        continue;
      LensSeverity severity = severity_of (ledger, carrier, judged);
      g_autofree char *detail = detail_of (ledger, carrier, severity);
      const char *summary
          = severity == LENS_SEVERITY_CRITICAL
                ? "The declared media goes to a host that is no declared viewer, in a session of "
                  "its own."
            : g_strcmp0 (carrier->subject, OPENS) == 0
                ? "The device tries to reach a host that nobody declared."
                : NULL;
      lens_ledger_find (ledger, carrier, severity, summary, detail);
    }
}

static void
clear (gpointer state)
{
  FlowUndeclared *flows = state;

  lens_rows_clear (&flows->sides, sent_clear);
  lens_rows_clear (&flows->after, sent_clear);
}

/* Replies of RTSP to one who is no viewer: parameters, say (RFC 2326 section 10.8). */
static gboolean
seed_session (LensSeedBed *bed, const LensAddress *stranger, guint16 dport)
{
  LensSeedPlace place;
  guint8 octets[1000];
  guint32 sequence = 1, asked = 0;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed)
          || !lens_seed_bed_is_stranger (bed, stranger))
        continue;
      gsize room = sizeof octets - 100;
      gsize count = lens_seed_bed_take (bed, octets + 100, room);
      if (count == 0)
        continue;
      g_autofree char *head = g_strdup_printf (
          "RTSP/1.0 200 OK\r\nCSeq: %u\r\nContent-Length: %zu\r\n\r\n", ++asked, count);
      gsize length = strlen (head);
      memcpy (octets + 100 - length, head, length);
      lens_seed_bed_send_tcp (bed, stranger, 554, dport, sequence, octets + 100 - length,
                              length + count);
      sequence += (guint32)(length + count);
    }
  return lens_seed_bed_written (bed);
}

/* Datagrams to a host and a port that nobody named. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensAddress stranger = { .version = 4 };
  LensSeedPlace place;
  guint8 octets[1000];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));
  guint16 dport = (guint16)(1024 + lens_seed_bed_below (bed, 0xfc00));

  /* Any address that is a host's: not of this net, not 127/8, below the groups (RFC 6890). */
  lens_seed_bed_fill (bed, stranger.octets, 4);
  stranger.octets[0] = (guint8)(128 + lens_seed_bed_below (bed, 64));
  if (g_str_equal (channel, channels[1].id))
    return seed_session (bed, &stranger, dport);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count > 0)
        lens_seed_bed_send_udp (bed, &stranger, sport, dport, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_flow_undeclared = {
  .name = "flow-undeclared",
  .question = "Whom does the device talk to although nobody declared it?",
  .source = "the profile, RFC 8520, RFC 2326; the default of ledger/README.md",
  .severity = LENS_SEVERITY_RULE_FLOW,
  .units = LENS_UNIT_FRAME | LENS_UNIT_CONTENT | LENS_UNIT_RTSP | LENS_UNIT_RTSP_STRAY
           | LENS_UNIT_UNSETUP | LENS_UNIT_RTP | LENS_UNIT_NOT_RTP | LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (FlowUndeclared),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
