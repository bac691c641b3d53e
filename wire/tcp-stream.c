#include "wire/tcp-stream.h"
#include "wire/tcp-tail.h"

#include <string.h>

#define HOLD_OCTETS (256 * 1024)
#define HOLD_SEGMENTS 128
#define REACH (4 * 1024 * 1024) /* octets a segment may lie away and still be believed */
#define FAR_RUN 3

G_STATIC_ASSERT (sizeof (LensTcpStream) <= 80);

typedef struct _Held
{
  struct _Held *next;
  gint64 position;
  gint64 time_ns;
  guint8 *octets;
  gsize length;
  gsize n_pieces;
  guint8 notes;
  LensPiece pieces[]; /* then the octets */
} Held;

/* How long an acknowledged hole is left open: so much capture time, so many segments. */
#define PATIENT_NS (20 * 1000 * 1000)
#define PATIENT_SEGMENTS 64

struct _LensTcpHold
{
  Held *first; /* by position, never overlapping, all beyond the stream's next */
  gsize octets;
  guint segments;
};

/* What most streams never have. */
struct _LensTcpOdd
{
  gint64 gap_start, gap_end;  /* the last gap */
  guint32 far_start, far_end; /* sequence numbers of the run of OUTSIDE segments */
  guint8 far_count;
};

void
lens_tcp_stream_init (LensTcpStream *stream, const LensTcpStreamCalls *calls, gpointer data)
{
  *stream = (LensTcpStream){
    .calls = calls,
    .data = data,
    .acked = G_MININT64,
    .fin = G_MAXINT64,
  };
}

static LensTcpOdd *
odd (LensTcpStream *stream)
{
  if (stream->odd == NULL)
    stream->odd = g_new0 (LensTcpOdd, 1);
  return stream->odd;
}

static void
end_far_run (LensTcpStream *stream)
{
  if (stream->odd != NULL)
    stream->odd->far_count = 0;
}

static Held *
first_held (const LensTcpStream *stream)
{
  return stream->hold != NULL ? stream->hold->first : NULL;
}

static gsize
held_cost (gsize length, gsize n_pieces)
{
  return length + n_pieces * sizeof (LensPiece);
}

static Held *
pop_held (LensTcpStream *stream)
{
  Held *held = stream->hold->first;

  stream->hold->first = held->next;
  stream->hold->octets -= held_cost (held->length, held->n_pieces);
  stream->hold->segments--;
  if (stream->hold->first == NULL)
    g_clear_pointer (&stream->hold, g_free);
  return held;
}

void
lens_tcp_stream_clear (LensTcpStream *stream)
{
  while (first_held (stream) != NULL)
    g_free (pop_held (stream));
  lens_tcp_stream_forget (stream);
  g_clear_pointer (&stream->odd, g_free);
}

void
lens_tcp_stream_forget (LensTcpStream *stream)
{
  g_clear_pointer (&stream->tail, lens_tcp_tail_free);
}

static guint32
sequence_of_next (const LensTcpStream *stream)
{
  return stream->base + (guint32)stream->next;
}

/* The position nearest to the expected one that @seq can mean (RFC 9293 3.4). */
static gint64
unwrap (const LensTcpStream *stream, guint32 seq)
{
  return stream->next + (gint32)(seq - sequence_of_next (stream));
}

gint64
lens_tcp_stream_position (const LensTcpStream *stream, guint32 seq)
{
  return stream->started ? unwrap (stream, seq) : 0;
}

/* Reporting.  The whole view is passed on as it is; a part needs pieces of its own. */

typedef void (*Report) (LensTcpStream *stream, const LensView *view, LensTcpOverlap how);

static void
report_part (LensTcpStream *stream, const LensView *view, gsize from, gsize length, Report report,
             LensTcpOverlap how)
{
  if (from == 0 && length == view->length)
    report (stream, view, how);
  else if (view->n_pieces == 1)
    {
      const LensPiece piece = {
        .frame = view->pieces->frame,
        .offset = view->pieces->offset + (guint32)from,
        .length = (guint32)length,
      };
      const LensView part = { view->octets + from, length, &piece, 1 };
      report (stream, &part, how);
    }
  else
    {
      g_auto (LensPieces) scratch = { 0 };
      const LensView part = lens_view_slice (view, from, length, &scratch);
      report (stream, &part, how);
    }
}

static void
report_duplicate (LensTcpStream *stream, const LensView *view, LensTcpOverlap how)
{
  if (stream->calls->duplicate != NULL)
    stream->calls->duplicate (stream->data, view, how);
}

static void
report_delivery (LensTcpStream *stream, const LensView *view, LensTcpOverlap how)
{
  guint8 notes = stream->notes;

  if (stream->next >= stream->fin)
    stream->notes |= LENS_TCP_NOTE_AFTER_FIN;
  if (stream->calls->deliver != NULL)
    stream->calls->deliver (stream->data, view);
  stream->notes = notes;

  gint64 in_flight = 0;
  if (stream->acked != G_MININT64)
    in_flight = stream->next + (gint64)view->length - stream->acked;
  stream->tail
      = lens_tcp_tail_keep (stream->tail, stream->next, view->octets, view->length, in_flight);
  stream->next += (gint64)view->length;
}

/* @view is the next of the stream; what lies beyond a FIN is delivered apart. */
static void
deliver (LensTcpStream *stream, const LensView *view, gsize from, gsize length)
{
  gint64 end = stream->next + (gint64)length;
  gsize before = length;

  end_far_run (stream);
  stream->provisional = FALSE;
  if (stream->next < stream->fin && end > stream->fin)
    before = (gsize)(stream->fin - stream->next);
  report_part (stream, view, from, before, report_delivery, 0);
  if (before < length)
    report_part (stream, view, from + before, length - before, report_delivery, 0);
}

/* The stream goes on at @position; what lies between was not captured.  A FIN among it takes
 * a position but is no octet. */
static void
skip_to (LensTcpStream *stream, gint64 position)
{
  guint64 length = (guint64)(position - stream->next);
  gboolean over_fin = stream->next <= stream->fin && stream->fin < position;

  if (over_fin)
    length--;
  if (length > 0 && stream->calls->gap != NULL)
    stream->calls->gap (stream->data, length);
  if (over_fin)
    stream->fin_absorbed = TRUE;
  if (odd (stream)->gap_end != stream->next)
    stream->odd->gap_start = stream->next;
  stream->odd->gap_end = position;
  stream->next = position;
  lens_tcp_stream_forget (stream);
}

/* Delivers the held octets that are next. */
static void
drain (LensTcpStream *stream)
{
  gint64 time_ns = stream->time_ns;
  guint8 notes = stream->notes;

  while (first_held (stream) != NULL)
    {
      if (stream->next == stream->fin && first_held (stream)->position == stream->fin + 1)
        skip_to (stream, stream->fin + 1);
      if (first_held (stream)->position != stream->next)
        break;
      g_autofree Held *held = pop_held (stream);
      const LensView view = { held->octets, held->length, held->pieces, held->n_pieces };
      stream->time_ns = held->time_ns;
      stream->notes = held->notes | LENS_TCP_NOTE_HELD;
      deliver (stream, &view, 0, view.length);
    }
  stream->time_ns = time_ns;
  stream->notes = notes;
}

/* A capture may have an acknowledgement before the segment that it acknowledges (two taps, a
 * mirror port): what fills the hole may still come. */
static gboolean
may_still_come (const LensTcpStream *stream)
{
  return stream->hold->segments < PATIENT_SEGMENTS
         && stream->time_ns - first_held (stream)->time_ns < PATIENT_NS;
}

/* The holes below what the peer acknowledged are the capture's, not the connection's. */
static void
settle (LensTcpStream *stream)
{
  while (first_held (stream) != NULL && stream->next < stream->acked && !may_still_come (stream))
    {
      skip_to (stream, MIN (stream->acked, first_held (stream)->position));
      drain (stream);
    }
}

/* Copies @length octets from @from of @view, which lie at @position, into the hold. */
static void
hold (LensTcpStream *stream, gint64 position, const LensView *view, gsize from, gsize length)
{
  g_auto (LensPieces) scratch = { 0 };
  const LensView part = lens_view_slice (view, from, length, &scratch);
  gsize pieces_size = part.n_pieces * sizeof (LensPiece);
  Held *held = g_malloc (sizeof (Held) + pieces_size + length);

  *held = (Held){
    .position = position,
    .time_ns = stream->time_ns,
    .octets = (guint8 *)held->pieces + pieces_size,
    .length = length,
    .n_pieces = part.n_pieces,
    .notes = stream->notes,
  };
  if (pieces_size > 0)
    memcpy (held->pieces, part.pieces, pieces_size);
  memcpy (held->octets, part.octets, length);

  if (stream->hold == NULL)
    stream->hold = g_new0 (LensTcpHold, 1);
  Held **at = &stream->hold->first;
  while (*at != NULL && (*at)->position < position)
    at = &(*at)->next;
  held->next = *at;
  *at = held;
  stream->hold->octets += held_cost (length, part.n_pieces);
  stream->hold->segments++;
}

static gboolean
has_room (const LensTcpStream *stream, gsize length, gsize n_pieces)
{
  gsize octets = stream->hold != NULL ? stream->hold->octets : 0;
  guint segments = stream->hold != NULL ? stream->hold->segments : 0;

  return segments < HOLD_SEGMENTS && octets + held_cost (length, n_pieces) <= HOLD_OCTETS;
}

/* The octets from @from of @view lie at @position, before the expected one.  Reports as many
 * as have one fate and returns their number. */
static gsize
take_old (LensTcpStream *stream, gint64 position, const LensView *view, gsize from)
{
  gint64 end = MIN (position + (gint64)(view->length - from), stream->next);
  gint64 kept = lens_tcp_tail_start (stream->tail, stream->next);
  gint64 gap_start = stream->odd != NULL ? stream->odd->gap_start : 0;
  gint64 gap_end = stream->odd != NULL ? stream->odd->gap_end : 0;
  LensTcpOverlap how = LENS_TCP_OVERLAP_UNKNOWN;

  if (position >= kept)
    how = lens_tcp_tail_equals (stream->tail, position, view->octets + from,
                                (gsize)(end - position))
              ? LENS_TCP_OVERLAP_SAME
              : LENS_TCP_OVERLAP_DIFFERENT;
  else if (gap_start <= position && position < gap_end)
    {
      how = LENS_TCP_OVERLAP_LATE;
      end = MIN (end, gap_end);
    }
  else
    end = MIN (end, position < gap_start ? gap_start : kept);

  guint8 notes = stream->notes;
  if (position >= stream->fin)
    stream->notes |= LENS_TCP_NOTE_AFTER_FIN;
  report_part (stream, view, from, (gsize)(end - position), report_duplicate, how);
  stream->notes = notes;
  return (gsize)(end - position);
}

/* As take_old, for octets at or beyond the expected position. */
static gsize
take_new (LensTcpStream *stream, gint64 position, const LensView *view, gsize from)
{
  gint64 end = position + (gint64)(view->length - from);
  Held *held = first_held (stream);

  while (held != NULL && held->position + (gint64)held->length <= position)
    held = held->next;
  if (held != NULL && held->position <= position)
    {
      end = MIN (end, held->position + (gint64)held->length);
      gsize length = (gsize)(end - position);
      gboolean same
          = memcmp (held->octets + (position - held->position), view->octets + from, length) == 0;
      report_part (stream, view, from, length, report_duplicate,
                   same ? LENS_TCP_OVERLAP_SAME : LENS_TCP_OVERLAP_DIFFERENT);
      return length;
    }
  if (held != NULL)
    end = MIN (end, held->position);

  gsize length = (gsize)(end - position);
  if (stream->next == stream->fin && position == stream->fin + 1)
    skip_to (stream, position);
  if (position == stream->next)
    {
      deliver (stream, view, from, length);
      drain (stream);
      return length;
    }
  if (has_room (stream, length, view->n_pieces))
    {
      hold (stream, position, view, from, length);
      return length;
    }
  held = first_held (stream);
  skip_to (stream, held != NULL ? MIN (held->position, position) : position);
  drain (stream);
  return 0; /* the caller looks again: the octets may now be next, or late */
}

/* The stream goes on at sequence number @seq, wherever that is. */
static void
resume_at (LensTcpStream *stream, guint32 seq)
{
  while (first_held (stream) != NULL)
    {
      skip_to (stream, first_held (stream)->position);
      drain (stream);
    }
  gint64 position = unwrap (stream, seq);
  if (position > stream->next)
    skip_to (stream, position);
  else
    {
      if (stream->calls->gap != NULL)
        stream->calls->gap (stream->data, 0);
      stream->base = seq - (guint32)stream->next;
      odd (stream)->gap_start = odd (stream)->gap_end = stream->next;
      lens_tcp_stream_forget (stream);
    }
  stream->acked = MIN (stream->acked, stream->next);
  end_far_run (stream);
}

static void
take_outside (LensTcpStream *stream, guint32 seq, const LensView *payload)
{
  report_duplicate (stream, payload, LENS_TCP_OVERLAP_OUTSIDE);
  LensTcpOdd *run = odd (stream);
  if (run->far_count == 0 || seq != run->far_end)
    {
      run->far_start = seq;
      run->far_count = 0;
    }
  run->far_end = seq + (guint32)payload->length;
  if (run->far_count < FAR_RUN)
    run->far_count++;
  if (run->far_count == FAR_RUN && stream->acked == G_MININT64)
    resume_at (stream, run->far_end);
}

/* RFC 9293 3.8.4.  An equal octet that is still in flight is a retransmission, as of a
 * zero-window probe. */
static gboolean
take_keepalive (LensTcpStream *stream, gint64 position, const LensView *payload)
{
  if (payload->length != 1 || position != stream->next - 1)
    return FALSE;

  gboolean kept = position >= lens_tcp_tail_start (stream->tail, stream->next);
  gboolean equal = kept && lens_tcp_tail_equals (stream->tail, position, payload->octets, 1);
  if (equal && stream->acked != G_MININT64 && stream->acked < stream->next)
    return FALSE;
  if (equal)
    stream->notes |= LENS_TCP_NOTE_LAST_OCTET;
  report_duplicate (stream, payload, LENS_TCP_OVERLAP_KEEPALIVE);
  return TRUE;
}

static void
take (LensTcpStream *stream, gint64 position, const LensView *payload)
{
  gsize from = 0;

  while (from < payload->length)
    {
      gint64 at = position + (gint64)from;
      from += at < stream->next ? take_old (stream, at, payload, from)
                                : take_new (stream, at, payload, from);
    }
  settle (stream);
}

/* A capture that starts in the middle may first show a segment without octets: a plain
 * acknowledgement, or a keep-alive at SND.NXT-1.  The first octets then say where we are. */
static void
place_start (LensTcpStream *stream, guint32 seq, gboolean syn, const LensView *payload)
{
  if (!stream->started)
    {
      stream->started = TRUE;
      stream->base = seq;
      stream->provisional = !syn && payload->length == 0;
    }
  else if (stream->provisional && payload->length > 0)
    {
      gint64 position = unwrap (stream, seq);
      if (position <= 1 && position > -REACH)
        stream->base = seq;
    }
}

void
lens_tcp_stream_segment (LensTcpStream *stream, gint64 time_ns, guint32 seq, gboolean syn,
                         gboolean fin, gboolean rst, const LensView *payload)
{
  stream->time_ns = time_ns;
  stream->notes = syn ? LENS_TCP_NOTE_IN_SYN : 0;
  if (rst)
    {
      if (payload->length > 0)
        report_duplicate (stream, payload, LENS_TCP_OVERLAP_RESET);
      return;
    }
  if (syn)
    seq++;
  place_start (stream, seq, syn, payload);

  gint64 position = unwrap (stream, seq);
  gint64 end = position + (gint64)payload->length;
  if (position > stream->next + REACH || end < stream->next - REACH)
    {
      if (payload->length > 0)
        take_outside (stream, seq, payload);
      return;
    }
  if (fin && stream->fin == G_MAXINT64)
    stream->fin = end;
  if (syn || fin || !take_keepalive (stream, position, payload))
    take (stream, position, payload);
}

void
lens_tcp_stream_cut (LensTcpStream *stream, guint32 seq, guint32 missing)
{
  if (!stream->started || unwrap (stream, seq) != stream->next)
    return;
  gint64 end = stream->next + (gint64)missing;
  const Held *held = first_held (stream);
  skip_to (stream, held != NULL ? MIN (held->position, end) : end);
  drain (stream);
}

void
lens_tcp_stream_acknowledged (LensTcpStream *stream, guint32 ack)
{
  if (!stream->started)
    return;
  stream->notes = 0;
  const LensTcpOdd *run = stream->odd;
  if (run != NULL && run->far_count > 0 && ack - run->far_start - 1 < run->far_end - run->far_start)
    resume_at (stream, run->far_end);

  gint64 position = unwrap (stream, ack);
  if (position > stream->next + REACH || position < stream->next - REACH)
    return;
  if (stream->fin < position && position == stream->fin + 1)
    position = stream->fin;
  stream->acked = MAX (stream->acked, position);
  settle (stream);
}

void
lens_tcp_stream_give_up (LensTcpStream *stream)
{
  stream->notes = 0;
  while (first_held (stream) != NULL)
    {
      skip_to (stream, first_held (stream)->position);
      drain (stream);
    }
  lens_tcp_stream_forget (stream);
}

void
lens_tcp_stream_finish (LensTcpStream *stream)
{
  lens_tcp_stream_give_up (stream);
  /* One acknowledged position beyond the end may be a FIN that was not captured. */
  if (stream->acked > stream->next + 1)
    skip_to (stream, stream->acked);
  if (stream->fin != G_MAXINT64 && stream->fin > stream->next)
    skip_to (stream, stream->fin);
  lens_tcp_stream_forget (stream);
  g_clear_pointer (&stream->odd, g_free);
}

gboolean
lens_tcp_stream_is_new_connection (const LensTcpStream *stream, guint32 seq, gboolean syn)
{
  return syn && stream->started && seq != stream->base - 1;
}

guint64
lens_tcp_stream_offset (const LensTcpStream *stream)
{
  return (guint64)stream->next - stream->fin_absorbed;
}

gboolean
lens_tcp_stream_ended (const LensTcpStream *stream)
{
  return stream->started && stream->next >= stream->fin;
}

gsize
lens_tcp_stream_memory (const LensTcpStream *stream)
{
  gsize held = stream->hold != NULL ? stream->hold->octets + sizeof (LensTcpHold) : 0;
  guint segments = stream->hold != NULL ? stream->hold->segments : 0;

  return held + segments * sizeof (Held) + lens_tcp_tail_memory (stream->tail);
}
