#include "ledger/last-heard.h"

#define MOST_SIDES 1024

typedef struct
{
  gint64 time_ns;
  LensPiece piece;
} Frame;

/* A ring. */
typedef struct
{
  guint64 n; /* that there were */
  Frame frames[LENS_LAST_HEARD_FRAMES];
} Heard;

/* A declared stream that is served where @side comes from. */
static const LensDeclaredStream *
stream_at (LensLedger *ledger, const LensSide *side, const char *name)
{
  for (guint p = 0; p < lens_ledger_n_profiles (ledger); p++)
    {
      const GPtrArray *streams = lens_ledger_profile (ledger, p)->streams;
      for (guint i = 0; i < streams->len; i++)
        {
          const LensDeclaredStream *stream = g_ptr_array_index (streams, i);
          if (stream->port == side->key.sport
              && (stream->address.version == 0
                  || lens_address_equal (&stream->address, &side->key.src))
              && (name == NULL || g_str_equal (stream->name, name)))
            return stream;
        }
    }
  return NULL;
}

void
lens_last_heard_see (LensLastHeard *heard, LensLedger *ledger, const LensUnit *unit)
{
  Heard *ring = lens_by_side_peek (&heard->sides, unit->side);
  gsize skip = unit->kind == LENS_UNIT_SEGMENT ? unit->segment->header.payload.offset : 0;

  if (!lens_ledger_is_logged (ledger) || unit->view.length <= skip || unit->view.n_pieces == 0)
    return;
  if (ring == NULL
      && (unit->kind == LENS_UNIT_SEGMENT ? stream_at (ledger, unit->side, NULL) == NULL
                                          : unit->side->rare->track == NULL))
    return;
  if (ring == NULL)
    {
      ring = lens_by_side (&heard->sides, ledger, unit->side, sizeof *ring, MOST_SIDES);
      if (ring == NULL)
        return;
      if (heard->heard == NULL)
        heard->heard = g_ptr_array_new ();
      g_ptr_array_add (heard->heard, unit->side);
    }
  Frame *frame = &ring->frames[ring->n++ % LENS_LAST_HEARD_FRAMES];
  *frame = (Frame){ unit->time_ns, unit->view.pieces[0] };
  if (frame->piece.length > skip)
    {
      frame->piece.offset += (guint32)skip;
      frame->piece.length -= (guint32)skip;
    }
}

void
lens_last_heard_clear (LensLastHeard *heard)
{
  lens_by_side_clear (&heard->sides, NULL);
  g_clear_pointer (&heard->heard, g_ptr_array_unref);
}

/* The last time before @at; -1: none. */
static gint64
time_before (const Heard *ring, gint64 at)
{
  gint64 last = -1;

  for (guint i = 0; i < MIN (ring->n, LENS_LAST_HEARD_FRAMES); i++)
    if (ring->frames[i].time_ns <= at)
      last = MAX (last, ring->frames[i].time_ns);
  return last;
}

LensSide *
lens_last_heard_before (const LensLastHeard *heard, LensLedger *ledger, const char *name, gint64 at)
{
  LensSide *best = NULL;
  gint64 last = -1;

  for (guint i = 0; heard->heard != NULL && i < heard->heard->len; i++)
    {
      LensSide *side = g_ptr_array_index (heard->heard, i);
      gint64 time = time_before (lens_by_side_peek (&heard->sides, side), at);
      if (time <= last || !lens_ledger_from_device (ledger, side)
          || stream_at (ledger, side, name) == NULL)
        continue;
      best = side;
      last = time;
    }
  return best;
}

static void
note_ring (const Heard *ring, LensLedger *ledger, LensCarrier *carrier, gint64 at)
{
  guint64 first = ring->n > LENS_LAST_HEARD_FRAMES ? ring->n - LENS_LAST_HEARD_FRAMES : 0;

  for (guint64 i = first; i < ring->n; i++)
    {
      const Frame *frame = &ring->frames[i % LENS_LAST_HEARD_FRAMES];
      const LensView view
          = { .length = frame->piece.length, .pieces = &frame->piece, .n_pieces = 1 };
      if (frame->time_ns <= at && frame->time_ns >= at - LENS_LAST_HEARD_NS)
        lens_carrier_note (lens_ledger_carriers (ledger), carrier, frame->time_ns,
                           8 * frame->piece.length, &view);
    }
}

void
lens_last_heard_note (const LensLastHeard *heard, LensLedger *ledger, LensCarrier *carrier,
                      const LensSide *side, gint64 at)
{
  for (guint i = 0; heard->heard != NULL && i < heard->heard->len; i++)
    {
      const LensSide *other = g_ptr_array_index (heard->heard, i);
      if (lens_side_hosts_equal (&other->key, &side->key))
        note_ring (lens_by_side_peek (&heard->sides, other), ledger, carrier, at);
    }
}
