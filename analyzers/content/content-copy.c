/* content-copy: does the declared media leave a second time?
 *
 * Whatever carries a copy (RTP to another port, FLV, MP4, a transport stream, an unknown
 * protocol), the coded picture stays the same octets.  Windows of 32 octets are hashed as they
 * roll by, and those whose hash begins with zeros are kept, of both sides: wherever a copy is cut,
 * the same windows are chosen again (content-defined sampling, Manber 1994; the hash is the gear
 * hash of Xia et al. 2014, from which an octet has gone by itself after 32 shifts).
 *
 * Windows of few different octets or steps tell nothing: silence, filler and test patterns are
 * alike everywhere.  A copy is told by at least MIN_HITS windows.
 *
 *   use    8 bits for each octet of the units that hold such a window
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

#include <string.h>

enum
{
  WINDOW = 32,       /* octets: as many as a hash has bits */
  SAMPLE_BITS = 4,   /* one window in 2^4 */
  FRONT = 256,       /* of a declared payload, so many octets are looked at */
  SLOTS = 1 << 15,   /* of each table, a power of two: the last windows */
  MIN_DISTINCT = 14, /* different octets of a window; random ones have 30 */
  MIN_HITS = 3,
};

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
  guint32 gear[256]; /* a number for each octet */
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

/* Never 0. */
static guint64
stir (guint64 number)
{
  return lens_octets_mix (number) | 1u << 31;
}

static void
start (ContentCopy *copy)
{
  if (copy->inside != NULL)
    return;
  copy->inside = g_new0 (guint64, SLOTS);
  copy->outside = g_new0 (Window, SLOTS);
  for (guint i = 0; i < G_N_ELEMENTS (copy->gear); i++)
    copy->gear[i] = (guint32)(stir ((i + 1) * 0x9e3779b97f4a7c15u) >> 32);
}

/* Filler is few values, a test pattern counts up: alike everywhere. */
static gboolean
is_telling (const guint8 *window)
{
  guint64 values[4] = { 0 }, steps[4] = { 0 };
  guint n_values = 0, n_steps = 0;

  for (guint i = 0; i < WINDOW; i++)
    {
      guint8 value = window[i], step = (guint8)(window[i] - window[i > 0 ? i - 1 : 1]);
      values[value >> 6] |= G_GUINT64_CONSTANT (1) << (value & 63);
      steps[step >> 6] |= G_GUINT64_CONSTANT (1) << (step & 63);
    }
  for (guint i = 0; i < 4; i++)
    {
      n_values += (guint)__builtin_popcountll (values[i]);
      n_steps += (guint)__builtin_popcountll (steps[i]);
    }
  return n_values >= MIN_DISTINCT && n_steps >= MIN_DISTINCT;
}

static guint64
hash_of (const guint8 *window)
{
  guint64 hash = 0, word;

  for (guint i = 0; i < WINDOW; i += sizeof word)
    {
      memcpy (&word, window + i, sizeof word);
      hash = stir (hash ^ word);
    }
  return hash;
}

/* The next chosen window; FALSE at the end.  @rolling and *end, where the window ends, go on from
 * call to call. */
static gboolean
next_window (const ContentCopy *copy, const guint8 *octets, gsize length, gsize *end,
             guint32 *rolling, guint64 *hash)
{
  guint32 gear = *rolling;
  gsize at = *end;

  while (at < MIN (length, WINDOW - 1))
    gear = (gear << 1) + copy->gear[octets[at++]];
  while (at < length)
    {
      gear = (gear << 1) + copy->gear[octets[at++]];
      if (gear >> (32 - SAMPLE_BITS) != 0)
        continue;
      *rolling = gear;
      *end = at;
      *hash = hash_of (octets + at - WINDOW);
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
  guint32 rolling = 0;
  guint64 hash;

  while (next_window (copy, octets, length, &end, &rolling, &hash))
    {
      guint slot = hash & (SLOTS - 1);
      copy->inside[slot] = hash;
      Window *window = &copy->outside[slot];
      if (window->hash != hash || !is_telling (octets + end - WINDOW))
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
  guint32 rolling = 0;
  guint64 hash;
  gsize end = 0;
  gboolean hit = FALSE;
  g_auto (LensPieces) pieces = { 0 };

  while (next_window (copy, octets, range.length, &end, &rolling, &hash))
    {
      guint slot = hash & (SLOTS - 1);
      if (copy->inside[slot] == hash)
        {
          hit = hit || is_telling (octets + end - WINDOW);
          continue;
        }
      LensView view = lens_view_slice (&unit->view, range.offset + end - WINDOW, WINDOW, &pieces);
      copy->outside[slot] = (Window){ hash, unit->side, unit->time_ns, view.pieces[0] };
    }
  if (!hit)
    return;
  LensView whole = lens_view_slice (&unit->view, range.offset, range.length, &pieces);
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
