/* A first walk over a capture: where its devices speak, and what may be changed there. */
#include "ledger/seed-inside.h"

#include "wire/fcs.h"
#include "wire/octets.h"
#include "wire/transport.h"

#include <netinet/in.h>
#include <string.h>

#define HEAD_LENGTH 4 /* octets before an interleaved frame */
#define TWIN_NS (200 * G_GINT64_CONSTANT (1000000))

/* --- units: an analyzer that remembers where it saw what --- */

typedef struct
{
  LensSeedGround *ground; /* set once the ledger is made */
  const guint *index_of;  /* packet index by frame number */
  LensSeedUnit last_rtp;
} Scout;

/* Whether all pieces touch in one frame. */
static gboolean
lies_in_one_frame (const LensView *view)
{
  for (gsize i = 1; i < view->n_pieces; i++)
    {
      const LensPiece *before = &view->pieces[i - 1], *piece = &view->pieces[i];
      if (piece->frame != before->frame || piece->offset != before->offset + before->length)
        return FALSE;
    }
  return view->n_pieces > 0 && view->pieces[0].frame != G_MAXUINT64;
}

/* The head of an interleaved frame: the four octets before its data, when they lie in the same
 * TCP segment. */
static gboolean
find_head (const LensRecord *record, LensSeedUnit *unit)
{
  const guint8 *head = record->octets + unit->start - HEAD_LENGTH;

  if (unit->start < HEAD_LENGTH || head[0] != '$'
      || (guint32)(head[2] << 8 | head[3]) != unit->end - unit->start)
    return FALSE;
  unit->head = (gint32)(unit->start - HEAD_LENGTH);
  return TRUE;
}

/* Media over TCP grows together with the frame around it; a unit whose frame begins in an
 * earlier segment is no place. */
static gboolean
find_frame (Scout *scout, const LensUnit *seen, const LensRecord *record, LensSeedUnit *unit)
{
  const guint in_frames = LENS_UNIT_RTP | LENS_UNIT_NOT_RTP | LENS_UNIT_RTCP | LENS_UNIT_UNSETUP;
  const guint in_packets
      = LENS_UNIT_NAL | LENS_UNIT_AUDIO | LENS_UNIT_AAC_PACKET | LENS_UNIT_LATM | LENS_UNIT_OPUS;
  const LensSeedUnit *rtp = &scout->last_rtp;

  unit->head = -1;
  if ((seen->kind & in_packets) != 0)
    {
      gboolean inside = rtp->track == unit->track && rtp->packet == unit->packet
                        && rtp->start < unit->start && unit->end <= rtp->end;
      unit->head = inside ? rtp->head : -1;
      if (seen->kind == LENS_UNIT_NAL)
        unit->nal_flags = seen->nal->flags;
      if (seen->kind == LENS_UNIT_HEVC_NAL)
        unit->nal_flags = seen->hevc->flags;
      return inside;
    }
  if ((seen->kind & in_frames) == 0 || seen->side->key.protocol != IPPROTO_TCP)
    return TRUE;
  return find_head (record, unit);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *seen)
{
  Scout *scout = state;
  guint bit = (guint)g_bit_nth_lsf (seen->kind, -1);

  if (scout->ground == NULL || !lies_in_one_frame (&seen->view))
    return;
  const LensPiece *first = &seen->view.pieces[0];
  LensSeedUnit unit = { .packet = scout->index_of[first->frame],
                        .start = first->offset,
                        .end = first->offset + (guint32)seen->view.length,
                        .side = seen->side,
                        .track = seen->track };
  const LensRecord *record = lens_packets_at (scout->ground->packets, unit.packet);
  if (!find_frame (scout, seen, record, &unit))
    return;
  if (seen->kind == LENS_UNIT_RTP)
    scout->last_rtp = unit;
  g_array_append_val (scout->ground->units[bit], unit);
}

static gint
compare_units (gconstpointer a, gconstpointer b)
{
  const LensSeedUnit *x = a, *y = b;

  if (x->packet != y->packet)
    return x->packet < y->packet ? -1 : 1;
  return x->start < y->start ? -1 : x->start > y->start;
}

/* Devices are known now: only what they say, where it may be changed, in the order of time. */
static void
conclude (LensLedger *ledger, gpointer state)
{
  Scout *scout = state;

  for (guint k = 0; scout->ground != NULL && k < LENS_N_UNIT_KINDS; k++)
    {
      GArray *units = scout->ground->units[k];
      guint kept = 0;
      for (guint i = 0; i < units->len; i++)
        {
          const LensSeedUnit unit = g_array_index (units, LensSeedUnit, i);
          if (!scout->ground->info[unit.packet].unfit
              && lens_ledger_from_device (ledger, unit.side))
            g_array_index (units, LensSeedUnit, kept++) = unit;
        }
      g_array_set_size (units, kept);
      g_array_sort (units, compare_units);
    }
}

static const LensChannelText no_channels[] = { { NULL } };

static const LensAnalyzer scout_analyzer = {
  .name = "seed-ground",
  .question = "Where do the devices speak?",
  .source = "none",
  .units = G_MAXUINT32,
  .channels = no_channels,
  .state_size = sizeof (Scout),
  .see = see,
  .conclude = conclude,
};

/* --- packets --- */

/* One direction of a connection. */
typedef struct
{
  gboolean started;
  guint32 sequence; /* the last seen, and its position */
  gint64 position;
  gboolean has_syn;
  guint32 syn;
} Direction;

typedef struct
{
  LensSeedGround *ground;
  GHashTable *connections; /* LensSideKey without link addresses -> stream index + 1 */
  GArray *directions;      /* Direction, by stream index */
  GHashTable *twins;       /* hash of interface and octets -> packet index + 1 */
} Walk;

static gint64
unwrap (Direction *direction, guint32 sequence)
{
  if (!direction->started)
    {
      direction->started = TRUE;
      direction->sequence = sequence;
      direction->position = sequence;
    }
  direction->position += (gint32)(sequence - direction->sequence);
  direction->sequence = sequence;
  return direction->position;
}

static guint
octets_hash (gconstpointer data)
{
  const guint8 *octets = data;
  guint hash = 2166136261u;

  for (gsize i = 0; i < sizeof (LensSideKey); i++)
    hash = (hash ^ octets[i]) * 16777619u;
  return hash;
}

static gboolean
octets_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (LensSideKey)) == 0;
}

static gint32
new_connection (Walk *walk, LensSideKey *key)
{
  gint32 stream = (gint32)walk->directions->len;
  LensSideKey *back = g_memdup2 (key, sizeof *key);

  g_array_set_size (walk->directions, (guint)stream + 2);
  back->src = key->dst;
  back->dst = key->src;
  back->sport = key->dport;
  back->dport = key->sport;
  g_hash_table_replace (walk->connections, g_memdup2 (key, sizeof *key),
                        GINT_TO_POINTER (stream + 1));
  g_hash_table_replace (walk->connections, back, GINT_TO_POINTER (stream + 2));
  return stream;
}

static gint32
stream_of (Walk *walk, const LensLayers *layers, const LensTransport *tcp)
{
  LensSideKey key;

  memset (&key, 0, sizeof key);
  key.src = layers->source;
  key.dst = layers->destination;
  key.sport = tcp->source_port;
  key.dport = tcp->destination_port;
  gint32 stream = GPOINTER_TO_INT (g_hash_table_lookup (walk->connections, &key)) - 1;
  gboolean opens = (tcp->tcp_flags & LENS_TCP_SYN) != 0;
  if (stream >= 0 && opens)
    {
      const Direction *known = &g_array_index (walk->directions, Direction, stream);
      opens = known->has_syn && known->syn != tcp->sequence;
    }
  if (stream < 0 || (opens && (tcp->tcp_flags & LENS_TCP_ACK) == 0))
    stream = new_connection (walk, &key);
  if (tcp->tcp_flags & LENS_TCP_SYN)
    {
      Direction *direction = &g_array_index (walk->directions, Direction, stream);
      direction->has_syn = TRUE;
      direction->syn = tcp->sequence;
    }
  return stream;
}

static void
look_at_tcp (Walk *walk, const LensLayers *layers, const LensTransport *tcp, LensSeedPacket *info)
{
  info->stream = stream_of (walk, layers, tcp);
  info->position = unwrap (&g_array_index (walk->directions, Direction, info->stream),
                           tcp->sequence + ((tcp->tcp_flags & LENS_TCP_SYN) != 0));
  info->length = (guint32)tcp->payload.length;
  info->acks = (tcp->tcp_flags & LENS_TCP_ACK) != 0;
  if (info->acks)
    info->acked = unwrap (&g_array_index (walk->directions, Direction, info->stream ^ 1),
                          tcp->acknowledgement);
}

static guint64
frame_hash (const LensRecord *record)
{
  return lens_octets_hash (LENS_HASH_START ^ record->interface, record->octets, record->captured);
}

/* The same octets once more, soon: a mirror's copy (ledger rule 3). */
static void
look_for_twin (Walk *walk, guint index, const LensRecord *record)
{
  guint64 hash = frame_hash (record);
  guint other = GPOINTER_TO_UINT (g_hash_table_lookup (walk->twins, &hash));

  if (other > 0
      && record->time_ns - lens_packets_at (walk->ground->packets, other - 1)->time_ns <= TWIN_NS)
    walk->ground->info[index].unfit = walk->ground->info[other - 1].unfit = TRUE;
  g_hash_table_replace (walk->twins, g_memdup2 (&hash, sizeof hash), GUINT_TO_POINTER (index + 1));
}

static void
look_at_packet (Walk *walk, guint index)
{
  const LensRecord *record = lens_packets_at (walk->ground->packets, index);
  LensSeedPacket *info = &walk->ground->info[index];
  LensTransport transport;
  LensLayers layers;

  info->stream = -1;
  if (record->frame == 0)
    return;
  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, &layers);
  info->unfit |= layers.truncated || layers.fragment || record->captured != record->original;
  look_for_twin (walk, index, record);
  if (layers.ip_version == 0 || layers.fragment)
    return;
  lens_transport_parse (layers.protocol, record->octets + layers.payload.offset,
                        layers.payload.length, &transport);
  if (transport.kind == LENS_TRANSPORT_TCP && !transport.header_cut && !transport.bad_header)
    look_at_tcp (walk, &layers, &transport, info);
}

typedef struct
{
  gint32 stream;
  guint packet;
  gint64 start, end;
} Segment;

static gint
compare_segments (gconstpointer a, gconstpointer b)
{
  const Segment *x = a, *y = b;

  if (x->stream != y->stream)
    return x->stream < y->stream ? -1 : 1;
  if (x->start != y->start)
    return x->start < y->start ? -1 : 1;
  return x->packet < y->packet ? -1 : x->packet > y->packet;
}

/* Octets that travel twice must stay the same: a segment that overlaps another is no place. */
static void
mark_repeated_segments (LensSeedGround *ground)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  guint n = lens_packets_n (ground->packets);
  gint64 reach = 0;

  for (guint i = 0; i < n; i++)
    {
      const LensSeedPacket *info = &ground->info[i];
      Segment segment = { info->stream, i, info->position, info->position + info->length };
      if (info->stream >= 0 && info->length > 0)
        g_array_append_val (segments, segment);
    }
  g_array_sort (segments, compare_segments);
  for (guint i = 0; i < segments->len; i++)
    {
      const Segment *segment = &g_array_index (segments, Segment, i), *before = segment - 1;
      if (i == 0 || segment->stream != before->stream || segment->start >= reach)
        {
          reach = segment->end;
          continue;
        }
      /* Whoever reaches this far is the one before, or marked already. */
      ground->info[before->packet].unfit = ground->info[segment->packet].unfit = TRUE;
      reach = MAX (reach, segment->end);
    }
}

static void
look_at_packets (LensSeedGround *ground)
{
  Walk walk = { .ground = ground };

  walk.connections = g_hash_table_new_full (octets_hash, octets_equal, g_free, NULL);
  walk.directions = g_array_new (FALSE, TRUE, sizeof (Direction));
  walk.twins = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < lens_packets_n (ground->packets); i++)
    look_at_packet (&walk, i);
  ground->n_streams = walk.directions->len;
  mark_repeated_segments (ground);
  g_hash_table_unref (walk.connections);
  g_array_unref (walk.directions);
  g_hash_table_unref (walk.twins);
}

/* --- the whole --- */

static guint *
index_packets (LensSeedGround *ground)
{
  guint n = lens_packets_n (ground->packets);
  guint *index_of = g_new0 (guint, n + 1);
  gboolean any = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const LensRecord *record = lens_packets_at (ground->packets, i);
      if (record->frame == 0)
        continue;
      index_of[record->frame] = i;
      ground->first = any ? MIN (ground->first, record->time_ns) : record->time_ns;
      ground->last = any ? MAX (ground->last, record->time_ns) : record->time_ns;
      any = TRUE;
    }
  return index_of;
}

LensSeedGround *
lens_seed_ground_new (const LensPackets *packets, const LensLedgerOptions *options)
{
  static const LensAnalyzer *const analyzers[] = { &scout_analyzer };
  LensSeedGround *ground = g_new0 (LensSeedGround, 1);
  LensLedgerOptions own = *options;
  g_autofree char *problem = NULL;

  ground->packets = packets;
  ground->info = g_new0 (LensSeedPacket, lens_packets_n (packets) + 1);
  for (guint i = 0; i < LENS_N_UNIT_KINDS; i++)
    ground->units[i] = g_array_new (FALSE, FALSE, sizeof (LensSeedUnit));
  g_autofree guint *index_of = index_packets (ground);
  look_at_packets (ground);

  own.analyzers = analyzers;
  own.n_analyzers = 1;
  ground->ledger = lens_ledger_new (&own);
  Scout *scout = ground->ledger->states[0];
  scout->ground = ground;
  scout->index_of = index_of;
  lens_packets_feed (packets, ground->ledger);
  lens_evaluation_free (lens_ledger_conclude (ground->ledger, NULL, NULL, &problem));
  scout->ground = NULL;
  return ground;
}

void
lens_seed_ground_free (LensSeedGround *ground)
{
  if (ground == NULL)
    return;
  for (guint i = 0; i < LENS_N_UNIT_KINDS; i++)
    g_array_unref (ground->units[i]);
  lens_ledger_free (ground->ledger);
  g_free (ground->info);
  g_free (ground);
}

guint
lens_seed_ground_n_places (const LensSeedGround *ground, LensUnitKind kind)
{
  return ground->units[lens_unit_number (kind)]->len;
}
