/* evaluator-blind: does the camera make its viewer lose what follows on the wire?
 *
 * RFC 2326 section 10.12: an interleaved frame may have any length; libavformat skips only the four
 * octets before one shorter than 8 and reads what follows as text, to the end of the connection.
 * RFC 3550 section 6.6: after BYE a source is gone; libavformat then ends the pull.  A message
 * whose end or length cannot be read has the same effect.  Media that comes afterwards is seen by
 * nobody who only views: the two witnesses, capture and stream.log, differ from there on.
 *
 * Benign: a BYE followed by nothing; any of these that the puller got over.
 *
 *   use    8 bits per octet of the frame, goodbye or message, and of the first packets of media
 *          behind it that the puller never received
 */
#include "ledger/analyzer.h"

#include "wire/rtcp.h"

#include <string.h>

/* What libavformat had no time to hand over when it was stopped; what it may hand over late. */
#define IN_FLIGHT_NS (G_GINT64_CONSTANT (1500) * 1000 * 1000)
#define LATE_NS (G_GINT64_CONSTANT (500) * 1000 * 1000)
/* Datagrams may overtake each other. */
#define OVERTAKEN_NS (G_GINT64_CONSTANT (100) * 1000 * 1000)

enum
{
  SHORT_FRAME = 8,
  MAX_EVENTS = 64, /* of one session */
  MAX_TRACKS = 32,
  MAX_AFTER = 16, /* packets behind an event that are shown */
  MAX_SESSIONS = 1024,
};

/* Media of a track behind an event. */
typedef struct
{
  LensTrack *track;
  guint64 packets;
  guint64 expected; /* octets that libavformat makes of what came before */
  gint64 first, last;
  GArray *pieces; /* LensPiece */
} After;

typedef struct
{
  const char *what;
  LensCarrier *carrier;
  gint64 time_ns;
  guint n_after;
  After after[MAX_TRACKS];
} Event;

typedef struct
{
  GPtrArray *events; /* Event */
} Session;

typedef struct
{
  GHashTable *sessions; /* LensFlow -> Session ... */
  GPtrArray *in_order;  /* ... which are these */
} EvaluatorBlind;

static const LensChannelText channels[] = {
  { .id = "evaluator-blind",
    .summary = "The camera made its viewer lose what it sent afterwards.",
    .filter_hint = "rtsp || rtcp.pt == 203",
    .reference = "RFC 2326 section 10.12; RFC 3550 section 6.6",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
event_free (gpointer data)
{
  Event *event = data;

  for (guint i = 0; i < event->n_after; i++)
    g_array_unref (event->after[i].pieces);
  g_free (event);
}

static void
session_free (gpointer data)
{
  Session *session = data;

  g_ptr_array_unref (session->events);
  g_free (session);
}

static void
take_event (LensLedger *ledger, EvaluatorBlind *state, const LensUnit *unit, const LensFlow *flow,
            const char *what)
{
  if (state->sessions == NULL)
    {
      state->sessions = g_hash_table_new (NULL, NULL);
      state->in_order = g_ptr_array_new_with_free_func (session_free);
    }
  Session *session = g_hash_table_lookup (state->sessions, flow);
  if (session == NULL
      && !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->sessions),
                                MAX_SESSIONS))
    return;
  if (session == NULL)
    {
      session = g_new0 (Session, 1);
      session->events = g_ptr_array_new_with_free_func (event_free);
      g_hash_table_insert (state->sessions, (gpointer)flow, session);
      g_ptr_array_add (state->in_order, session);
    }
  if (session->events->len >= MAX_EVENTS)
    return;
  Event *event = g_new0 (Event, 1);
  event->what = what;
  event->time_ns = unit->time_ns;
  event->carrier = lens_carriers_get (lens_ledger_carriers (ledger), "evaluator-blind",
                                      "evaluator-blind", unit->side, NULL, what);
  lens_ledger_room (ledger, event->carrier, unit, 8 * unit->view.length);
  lens_ledger_use (ledger, event->carrier, unit, 8 * unit->view.length, 0, unit->view.length);
  g_ptr_array_add (session->events, event);
}

/* --- media behind an event --- */

static After *
after_of (Event *event, const LensUnit *unit)
{
  for (guint i = 0; i < event->n_after; i++)
    if (event->after[i].track == unit->track)
      return &event->after[i];
  if (event->n_after == MAX_TRACKS)
    return NULL;
  After *after = &event->after[event->n_after++];
  *after = (After){ .track = unit->track,
                    .expected = unit->track->expected,
                    .first = unit->time_ns,
                    .pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece)) };
  return after;
}

static void
take_media (EvaluatorBlind *state, const LensUnit *unit)
{
  const LensStream *stream = unit->track->stream;
  Session *session = state->sessions != NULL && stream != NULL
                         ? g_hash_table_lookup (state->sessions, stream->flow)
                         : NULL;

  for (guint i = 0; session != NULL && i < session->events->len; i++)
    {
      Event *event = g_ptr_array_index (session->events, i);
      if (!stream->over_tcp && unit->time_ns < event->time_ns + OVERTAKEN_NS)
        continue;
      After *after = after_of (event, unit);
      if (after != NULL)
        after->last = unit->time_ns;
      if (after != NULL && after->packets++ < MAX_AFTER)
        g_array_append_vals (after->pieces, unit->view.pieces,
                             (guint)MIN (unit->view.n_pieces, MAX_AFTER));
    }
}

/* --- events --- */

static gboolean
says_goodbye (const LensView *compound)
{
  LensRtcp rtcp = lens_rtcp_over (compound->octets, compound->length);
  LensRtcpPacket packet;

  while (lens_rtcp_next (&rtcp, &packet))
    if (packet.type == LENS_RTCP_BYE)
      return TRUE;
  return FALSE;
}

static gboolean
is_servers (const LensSide *side)
{
  return side->flow->server == (side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE);
}

static void
see_rtsp (LensLedger *ledger, EvaluatorBlind *state, const LensUnit *unit)
{
  const guint unreadable = LENS_RTSP_LENGTH_MALFORMED | LENS_RTSP_LENGTH_CONFLICT
                           | LENS_RTSP_BODY_TOO_LONG | LENS_RTSP_UNTERMINATED;

  if (!is_servers (unit->side))
    return;
  if (unit->rtsp->kind == LENS_RTSP_INTERLEAVED)
    take_event (ledger, state, unit, unit->side->flow, "a short frame");
  else if ((unit->rtsp->odd & unreadable) != 0 || unit->kind == LENS_UNIT_RTSP_STRAY)
    {
      if ((unit->rtsp->odd & LENS_RTSP_KEEP_ALIVE) == 0)
        take_event (ledger, state, unit, unit->side->flow, "a message without a clear end");
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  EvaluatorBlind *state = data;
  const LensStream *stream = unit->track != NULL ? unit->track->stream : NULL;
  gboolean tcp = unit->side->key.protocol == 6;

  if (!lens_ledger_is_logged (ledger))
    return;
  if (unit->kind == LENS_UNIT_RTSP || unit->kind == LENS_UNIT_RTSP_STRAY)
    see_rtsp (ledger, state, unit);
  else if (unit->kind == LENS_UNIT_RTP)
    take_media (state, unit);
  else if (tcp && unit->view.length < SHORT_FRAME && is_servers (unit->side))
    take_event (ledger, state, unit, unit->side->flow, "a short frame");
  else if (unit->kind == LENS_UNIT_RTCP && stream != NULL && says_goodbye (&unit->view)
           && lens_address_equal (&unit->side->key.src, &stream->server))
    take_event (ledger, state, unit, stream->flow, "a goodbye");
}

/* --- at the end --- */

/* When the pull of the stream that was under way at @at ended, and whether that was planned. */
static gint64
end_of (const LensStreamLog *log, const char *stream, gint64 at, gboolean *planned)
{
  *planned = TRUE;
  for (guint i = 0; i < log->events->len; i++)
    {
      const LensLoggedEvent *event = g_ptr_array_index (log->events, i);
      if (event->kind != LENS_STREAM_EVENT_END || event->at < at
          || g_strcmp0 (event->stream, stream) != 0)
        continue;
      *planned = g_str_has_prefix (event->text, "stopped");
      return event->at;
    }
  return G_MAXINT64;
}

/* Whether nothing of it is among what the puller received.  Its octets say so, where it is known
 * what libavformat makes of them; else the time of the last one. */
static gboolean
is_missing (const LensLoggedTrack *logged, const Event *event, const After *after)
{
  if (after->track->readable && !after->track->mixed)
    return logged->octets <= after->expected;
  return logged->packets == 0
         || (logged->last <= event->time_ns + LATE_NS
             && after->last > event->time_ns + 2 * LATE_NS);
}

/* Whether the puller got none of it, though there was time. */
static gboolean
was_lost (LensLedger *ledger, const Event *event, const After *after)
{
  const LensStreamLog *log = lens_ledger_stream_log (ledger);
  const char *stream = NULL;
  const LensLoggedTrack *logged = lens_ledger_logged_track (ledger, after->track, &stream);
  gboolean planned;

  if (logged == NULL || !is_missing (logged, event, after))
    return FALSE;
  gint64 end = end_of (log, stream, event->time_ns, &planned);
  return !planned || after->first <= end - IN_FLIGHT_NS;
}

static void
judge (LensLedger *ledger, const Event *event)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  guint64 packets = 0;

  for (guint i = 0; i < event->n_after; i++)
    {
      const After *after = &event->after[i];
      if (!was_lost (ledger, event, after))
        continue;
      packets += after->packets;
      for (guint p = 0; p < after->pieces->len; p++)
        {
          const LensPiece *piece = &g_array_index (after->pieces, LensPiece, p);
          const LensView view = { .length = piece->length, .pieces = piece, .n_pieces = 1 };
          lens_carrier_note (carriers, event->carrier, after->first, 8 * piece->length, &view);
        }
    }
  if (packets == 0)
    return;
  g_autofree char *summary
      = g_strdup_printf ("After %s the viewer received nothing more, while the camera went on to "
                         "send: %" G_GUINT64_FORMAT " packets of media reached nobody.",
                         event->what, packets);
  lens_ledger_find (ledger, event->carrier, LENS_SEVERITY_CRITICAL, summary, NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  EvaluatorBlind *state = data;

  if (lens_ledger_stream_log (ledger) == NULL || state->sessions == NULL)
    return;
  for (guint s = 0; s < state->in_order->len; s++)
    {
      const Session *session = g_ptr_array_index (state->in_order, s);
      for (guint i = 0; i < session->events->len; i++)
        judge (ledger, g_ptr_array_index (session->events, i));
    }
}

static void
clear (gpointer data)
{
  EvaluatorBlind *state = data;

  g_clear_pointer (&state->sessions, g_hash_table_unref);
  g_clear_pointer (&state->in_order, g_ptr_array_unref);
}

const LensAnalyzer lens_analyzer_evaluator_blind = {
  .name = "evaluator-blind",
  .question = "Does the camera make its viewer lose what follows on the wire?",
  .source = "RFC 2326 section 10.12; RFC 3550 section 6.6; lenscap-stream-log(5)",
  .severity = LENS_SEVERITY_RULE_ATTACK,
  .units = LENS_UNIT_RTSP | LENS_UNIT_RTSP_STRAY | LENS_UNIT_UNSETUP | LENS_UNIT_NOT_RTP
           | LENS_UNIT_RTCP | LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (EvaluatorBlind),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
