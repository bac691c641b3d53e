/* tcp-closed: does anything follow the end of a connection?
 *
 * RFC 9293 section 3.6: FIN says that no more data comes; section 3.5.3: a RST may carry text that
 * says why (SHLD-2), and nothing follows it.  No program receives what does.
 *
 * Benign: the FIN and what lies before it once more; a keep-alive behind it; the other direction,
 * which may go on for long; a RST that the other end does not heed, as somebody between sends it:
 * the data behind is then acknowledged; a new connection on the same ports; a few RST with text.
 *
 *   room   8 bits per octet in a RST, or behind FIN or RST
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/seed-bed.h"

#define NOTES 3             /* RST with text that a host may send */
#define REACH (1024 * 1024) /* octets behind a FIN that still belong to its connection */
#define MAX_RESET 4096      /* connections that went on behind a RST */

static const char in_reset[] = "in a reset", after_reset[] = "after a reset";

/* What followed a RST. */
typedef struct
{
  LensCarrier *carrier;
  gint64 position; /* in the stream of the end that sent both */
} Behind;

typedef struct
{
  GHashTable *behind;   /* LensFlow -> Behind */
  GHashTable *heard;    /* LensCarrier: of what followed a RST and was acknowledged */
  GHashTable *not_text; /* LensCarrier: of a reset */
} TcpClosed;

static const char channel_id[] = "tcp-data-after-fin-rst";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Data follows the end of a TCP connection; no program receives it.",
    .reference = "RFC 9293 sections 3.5.3 and 3.6",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

static LensCarrier *
use (LensLedger *ledger, const LensUnit *unit, const char *subject, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, subject);

  lens_ledger_room (ledger, carrier, unit, 8 * length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, offset, length);
  return carrier;
}

static gboolean
is_text (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint ((char)octets[i]) && !g_ascii_isspace ((char)octets[i])
        && !(octets[i] == 0 && i + 1 == length))
      return FALSE;
  return TRUE;
}

static void
look_at_reset (LensLedger *ledger, TcpClosed *state, const LensUnit *unit)
{
  const LensRange *payload = &unit->segment->header.payload;
  LensCarrier *carrier = use (ledger, unit, in_reset, payload->offset, payload->length);

  if (is_text (unit->view.octets + payload->offset, payload->length))
    return;
  if (state->not_text == NULL)
    state->not_text = g_hash_table_new (NULL, NULL);
  g_hash_table_add (state->not_text, carrier);
}

/* At or beyond the number of the FIN.  One octet at it may be a keep-alive (RFC 9293 3.8.4). */
static gboolean
look_behind_fin (LensLedger *ledger, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  const LensRange *payload = &segment->header.payload;
  gint64 fin = segment->stream->fin, end = segment->position + (gint64)payload->length;

  if (fin == G_MAXINT64 || end <= fin || segment->position > fin + REACH
      || (segment->position == fin && payload->length == 1))
    return FALSE;
  gsize before = segment->position < fin ? (gsize)(fin - segment->position) : 0;
  use (ledger, unit, NULL, payload->offset + before, payload->length - before);
  return TRUE;
}

static void
look_behind_reset (LensLedger *ledger, TcpClosed *state, const LensUnit *unit)
{
  const LensRange *payload = &unit->segment->header.payload;
  LensCarrier *carrier = use (ledger, unit, after_reset, payload->offset, payload->length);

  if (state->behind == NULL)
    {
      state->behind = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      state->heard = g_hash_table_new (NULL, NULL);
    }
  if (g_hash_table_contains (state->behind, unit->side->flow)
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->behind), MAX_RESET))
    return;
  Behind *behind = g_new0 (Behind, 1);
  *behind = (Behind){ carrier, unit->segment->position };
  g_hash_table_insert (state->behind, unit->side->flow, behind);
}

/* Who acknowledges what follows a RST has not heeded it. */
static void
look_at_answer (const TcpClosed *state, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  const Behind *behind
      = state->behind != NULL ? g_hash_table_lookup (state->behind, unit->side->flow) : NULL;

  if (behind != NULL && segment->peer_stream != NULL
      && (segment->header.tcp_flags & (LENS_TCP_ACK | LENS_TCP_RST)) == LENS_TCP_ACK
      && lens_tcp_stream_position (segment->peer_stream, segment->header.acknowledgement)
             > behind->position)
    g_hash_table_add (state->heard, behind->carrier);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TcpClosed *state = data;
  const LensSegment *segment = unit->segment;

  if (segment->stream == NULL)
    return;
  if (segment->peer.reset)
    look_at_answer (state, unit);
  if (segment->header.payload.length == 0 || (segment->header.tcp_flags & LENS_TCP_SYN) != 0)
    return;
  if ((segment->header.tcp_flags & LENS_TCP_RST) != 0)
    look_at_reset (ledger, state, unit);
  else if (!look_behind_fin (ledger, unit) && segment->own.reset)
    look_behind_reset (ledger, state, unit);
}

/* --- the end --- */

static gboolean
has (GHashTable *carriers, LensCarrier *carrier)
{
  return carriers != NULL && g_hash_table_contains (carriers, carrier);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  TcpClosed *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, channel_id))
        continue;
      if (g_strcmp0 (carrier->subject, after_reset) == 0 && has (state->heard, carrier))
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "The other end did not heed the reset, and acknowledged the data: "
                          "somebody between the two may have sent it.");
      else if (g_strcmp0 (carrier->subject, in_reset) == 0 && carrier->uses <= NOTES
               && !has (state->not_text, carrier))
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_LOW,
                          "A reset of a TCP connection carries text.",
                          "A host may say so why it resets a connection (RFC 9293 section 3.5.3).");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  TcpClosed *state = data;

  g_clear_pointer (&state->behind, g_hash_table_unref);
  g_clear_pointer (&state->heard, g_hash_table_unref);
  g_clear_pointer (&state->not_text, g_hash_table_unref);
}

/* --- seeds --- */

/* Behind a FIN, or in a RST of its own. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensTransport header;
  guint8 octets[64];

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      lens_transport_parse (LENS_PROTOCOL_TCP, place.octets + place.start, place.end - place.start,
                            &header);
      if ((header.tcp_flags & LENS_TCP_FIN) == 0)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      guint32 next = header.sequence + (guint32)header.payload.length + 1;
      gboolean reset = lens_seed_bed_below (bed, 2) == 1;
      if (count > 0)
        lens_seed_bed_send_segment (
            bed, reset ? LENS_TCP_RST | LENS_TCP_ACK : LENS_TCP_ACK | LENS_TCP_PSH, next, octets,
            count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_closed = {
  .name = "tcp-closed",
  .question = "Does anything follow the end of a TCP connection?",
  .source = "RFC 9293 sections 3.5.3 and 3.6",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpClosed),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
