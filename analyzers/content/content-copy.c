/* content-copy: does the declared media leave a second time?
 *
 * Whatever carries a copy (RTP to another port, FLV, MP4, a transport stream, an unknown
 * protocol), the coded picture stays the same octets.  Windows of 32 octets are hashed as they
 * roll by, and those whose hash ends in zeros are kept, of both sides: wherever a copy is cut,
 * the same windows are chosen again (content-defined sampling, Manber 1994).
 *
 * Windows of few different octets or steps are passed over: silence, filler and test patterns
 * are alike everywhere.  A copy is told by at least MIN_HITS windows.
 *
 *   use    8 bits for each octet of the units that hold such a window
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  WINDOW = 32,       /* octets */
  SAMPLE = 15,       /* one window in 16 */
  FRONT = 256,       /* of a declared payload, so many octets are looked at */
  SLOTS = 1 << 15,   /* of each table, a power of two: the last windows */
  MIN_DISTINCT = 14, /* different octets of a window; random ones have 30 */
  MIN_HITS = 3,
};

#define FACTOR 0x9e3779b97f4a7c15u

/* A window that left outside the declared streams. */
typedef struct
{
  guint64 hash; /* 0: empty */
  LensSide *side;
  gint64 time_ns;
  LensPiece piece; /* its first octets in one frame */
} Window;

typedef struct
{
  guint64 *inside; /* windows of declared streams, by hash */
  Window *outside;
  guint64 drop; /* FACTOR ^ WINDOW */
} ContentCopy;

static const LensChannelText channels[] = {
  { .id = "content-copy",
    .summary = "The declared pictures or sound leave the device a second time, to a place that "
               "nobody declared.",
    .reference = "contract: ledger rule 9",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
start (ContentCopy *copy)
{
  if (copy->inside != NULL)
    return;
  copy->inside = g_new0 (guint64, SLOTS);
  copy->outside = g_new0 (Window, SLOTS);
  copy->drop = 1;
  for (guint i = 0; i < WINDOW; i++)
    copy->drop *= FACTOR;
}

/* A hash of good low bits; never 0. */
static guint64
stir (guint64 hash)
{
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93u;
  return (hash ^ hash >> 32) | 1u << 31;
}

/* Different values among @count octets, or among the steps from each to the next. */
static guint
count_distinct (const guint8 *octets, guint count, gboolean of_steps)
{
  guint64 seen[4] = { 0 };
  guint distinct = 0;

  for (guint i = 0; i < count; i++)
    {
      guint8 value = of_steps ? (guint8)(octets[i + 1] - octets[i]) : octets[i];
      guint64 bit = G_GUINT64_CONSTANT (1) << (value & 63);
      distinct += (seen[value >> 6] & bit) == 0;
      seen[value >> 6] |= bit;
    }
  return distinct;
}

/* Filler is few values, a test pattern counts up. */
static gboolean
is_telling (const guint8 *window)
{
  return count_distinct (window, WINDOW, FALSE) >= MIN_DISTINCT
         && count_distinct (window, WINDOW - 1, TRUE) >= MIN_DISTINCT;
}

/* The next chosen window at or behind *at; FALSE at the end.  @rolling goes on from call to
 * call; *at is where the window begins. */
static gboolean
next_window (const ContentCopy *copy, const guint8 *octets, gsize length, gsize *end,
             guint64 *rolling, guint64 *hash)
{
  while (*end < length)
    {
      *rolling = *rolling * FACTOR + octets[*end] + 1;
      if (*end >= WINDOW)
        *rolling -= copy->drop * (octets[*end - WINDOW] + 1u);
      (*end)++;
      if (*end < WINDOW)
        continue;
      *hash = stir (*rolling);
      if ((*hash & SAMPLE) == 0 && is_telling (octets + *end - WINDOW))
        return TRUE;
    }
  return FALSE;
}

static LensCarrier *
carrier_of (LensLedger *ledger, LensSide *side)
{
  return lens_carriers_get (lens_ledger_carriers (ledger), "content-copy", "content-copy", side,
                            NULL, NULL);
}

static void
see_declared (LensLedger *ledger, ContentCopy *copy, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets + unit->rtp->payload.offset;
  gsize length = MIN (unit->rtp->payload.length, FRONT), end = 0;
  guint64 rolling = 0, hash;

  while (next_window (copy, octets, length, &end, &rolling, &hash))
    {
      guint slot = hash >> 4 & (SLOTS - 1);
      copy->inside[slot] = hash;
      Window *window = &copy->outside[slot];
      if (window->hash != hash)
        continue;
      /* The copy went before. */
      const LensView view = { NULL, 0, &window->piece, 1 };
      lens_carrier_note (lens_ledger_carriers (ledger), carrier_of (ledger, window->side),
                         window->time_ns, 8 * WINDOW, &view);
      window->hash = 0;
    }
}

static void
see_outside (LensLedger *ledger, ContentCopy *copy, const LensUnit *unit, LensRange range)
{
  const guint8 *octets = unit->view.octets + range.offset;
  guint64 rolling = 0, hash;
  gsize end = 0;
  gboolean hit = FALSE;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  while (next_window (copy, octets, range.length, &end, &rolling, &hash))
    {
      guint slot = hash >> 4 & (SLOTS - 1);
      if (copy->inside[slot] == hash)
        {
          hit = TRUE;
          continue;
        }
      LensView view = lens_view_slice (&unit->view, range.offset + end - WINDOW, WINDOW, pieces);
      copy->outside[slot] = (Window){ hash, unit->side, unit->time_ns, view.pieces[0] };
    }
  if (!hit)
    return;
  LensView whole = lens_view_slice (&unit->view, range.offset, range.length, pieces);
  lens_carrier_note (lens_ledger_carriers (ledger), carrier_of (ledger, unit->side), unit->time_ns,
                     8 * range.length, &whole);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  ContentCopy *copy = state;

  start (copy);
  if (unit->kind == LENS_UNIT_CONTENT)
    see_outside (ledger, copy, unit, (LensRange){ 0, unit->view.length });
  else if (unit->track->guessed)
    see_outside (ledger, copy, unit, unit->rtp->payload);
  else
    see_declared (ledger, copy, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-copy") || carrier->uses < MIN_HITS)
        continue;
      gboolean undeclared = lens_ledger_undeclared_octets (ledger, carrier->side) > 0;
      g_autofree char *detail = g_strdup_printf (
          "%" G_GUINT64_FORMAT " packets hold octets of a declared stream.", carrier->uses);
      lens_ledger_find (ledger, carrier, undeclared ? LENS_SEVERITY_CRITICAL : LENS_SEVERITY_INFO,
                        NULL, detail);
    }
}

static void
clear (gpointer state)
{
  ContentCopy *copy = state;

  g_clear_pointer (&copy->inside, g_free);
  g_clear_pointer (&copy->outside, g_free);
}

/* Packets of the stream once more, each behind a head that is the message, to a port that
 * nobody named. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[1400];
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));
  guint16 dport = (guint16)(1024 + lens_seed_bed_below (bed, 0xfc00));
  const gsize head = 24;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gsize length = MIN (place.end - place.start, sizeof octets - head);
      if (length < FRONT || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets, head);
      if (count == 0)
        continue;
      memcpy (octets + count, place.octets + place.start, length);
      lens_seed_bed_send_udp (bed, NULL, sport, dport, octets, count + length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_content_copy = {
  .name = "content-copy",
  .question = "Does the declared media leave a second time?",
  .source = "contract: ledger rule 9",
  .units = LENS_UNIT_CONTENT | LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (ContentCopy),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
