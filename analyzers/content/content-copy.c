/* content-copy: does the declared media leave a second time?
 *
 * Whatever carries a copy (RTP to another port, FLV, MP4, a transport stream, an unknown
 * protocol), the coded picture stays the same octets.  Windows of 32 octets are chosen by what
 * their last four octets are, and kept by hash, of both sides: wherever a copy is cut, the same
 * windows are chosen again (content-defined sampling, Manber 1994).
 *
 * Windows of few different octets or steps tell nothing: silence, filler and test patterns are
 * alike everywhere.  A copy is told by at least MIN_HITS windows.
 *
 *   use    8 bits for each octet of the units that hold such a window
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  WINDOW = 32,       /* octets */
  CHOSEN = 0xf0,     /* these bits of a sum are zero: of one window in 16 */
  LANES = 16,        /* sums at once */
  BLOCK = 64,        /* ends of windows that are looked at together */
  FRONT = 256,       /* of a declared payload, so many octets are looked at */
  SLOTS = 1 << 15,   /* of each table, a power of two: the last windows */
  TAG_AT = 48,       /* bit of a hash */
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
  guint16 *tags; /* of those outside: the upper bits of their hashes, or 0 */
} ContentCopy;

typedef guint8 Lanes __attribute__ ((vector_size (LANES)));

static const LensChannelText channels[] = {
  { .id = "content-copy",
    .summary = "The declared pictures or sound leave the device a second time, to a place that "
               "nobody declared.",
    .reference = "lenscap-case(5), the rules of the ledger: rule 9",
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
  copy->tags = g_new0 (guint16, SLOTS);
  copy->outside = g_new0 (Window, SLOTS);
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

/* Neither it nor its tag is 0.  Two halves, so that the processor need not wait for each product.
 */
static inline guint64
hash_of (const guint8 *window)
{
  const guint64 a = G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  const guint64 b = G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  guint64 words[WINDOW / 8];

  memcpy (words, window, sizeof words);
  guint64 front = words[0] * a, back = words[2] * b;
  front = ((front ^ front >> 29) + words[1]) * b;
  back = ((back ^ back >> 29) + words[3]) * a;
  guint64 hash = (front ^ front >> 32 ^ back) * a;
  return (hash ^ hash >> 32) | G_GUINT64_CONSTANT (1) << TAG_AT;
}

static guint16
tag_of (guint64 hash)
{
  return (guint16)(hash >> TAG_AT);
}

/* --- which windows are chosen --- */

static Lanes
lanes_at (const guint8 *octets)
{
  Lanes lanes;

  memcpy (&lanes, octets, sizeof lanes);
  return lanes;
}

/* Of each octet and the three before it, so that one of them weighs less than the next. */
static Lanes
sums_at (const guint8 *octets)
{
  Lanes sum = lanes_at (octets - 3);

  sum += sum + lanes_at (octets - 2);
  sum += sum + lanes_at (octets - 1);
  return sum + sum + lanes_at (octets);
}

static guint8
sum_at (const guint8 *octets)
{
  return (guint8)(octets[0] + 2 * octets[-1] + 4 * octets[-2] + 8 * octets[-3]);
}

/* One bit for each lane that is 1: a product adds them up side by side. */
static guint64
bits_of (Lanes lanes)
{
  const guint64 gather = G_GUINT64_CONSTANT (0x0102040810204080);
  guint64 words[LANES / 8];

  memcpy (words, &lanes, sizeof words);
  return GUINT64_FROM_LE (words[0]) * gather >> 56 | GUINT64_FROM_LE (words[1]) * gather >> 56 << 8;
}

/* Which of the windows that end with one of @n octets (at most BLOCK) are chosen: a bit each. */
static guint64
choose (const guint8 *octets, guint n)
{
  guint64 chosen = 0;
  guint i = 0;

  for (; i + LANES <= n; i += LANES)
    chosen |= bits_of ((Lanes)((sums_at (octets + i) & CHOSEN) == 0) & 1) << i;
  for (; i < n; i++)
    chosen |= (guint64)((sum_at (octets + i) & CHOSEN) == 0) << i;
  return chosen;
}

static LensCarrier *
carrier_of (LensLedger *ledger, LensSide *side)
{
  return lens_carriers_get (lens_ledger_carriers (ledger), "content-copy", "content-copy", side,
                            NULL, NULL);
}

static void
keep_declared (LensLedger *ledger, ContentCopy *copy, const guint8 *octets)
{
  guint64 hash = hash_of (octets);
  guint slot = hash & (SLOTS - 1);

  copy->inside[slot] = hash;
  if (copy->tags[slot] != tag_of (hash))
    return;
  Window *window = &copy->outside[slot];
  if (window->hash != hash || !is_telling (octets))
    return;
  /* The copy went before. */
  const LensView view = { NULL, 0, &window->piece, 1 };
  lens_carrier_note (lens_ledger_carriers (ledger), carrier_of (ledger, window->side),
                     window->time_ns, 8 * WINDOW, &view);
  window->hash = 0;
  copy->tags[slot] = 0;
}

static void
see_declared (LensLedger *ledger, ContentCopy *copy, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets + unit->rtp->payload.offset;
  gsize length = MIN (unit->rtp->payload.length, FRONT);

  for (gsize at = 0; at + WINDOW <= length; at += BLOCK)
    {
      guint n = (guint)MIN (length - at - WINDOW + 1, BLOCK);
      for (guint64 chosen = choose (octets + at + WINDOW - 1, n); chosen != 0; chosen &= chosen - 1)
        keep_declared (ledger, copy, octets + at + (guint)__builtin_ctzll (chosen));
    }
}

/* Whether the window at @offset of the unit was declared. */
static gboolean
keep_outside (ContentCopy *copy, const LensUnit *unit, gsize offset)
{
  guint64 hash = hash_of (unit->view.octets + offset);
  guint slot = hash & (SLOTS - 1);

  if (copy->inside[slot] == hash)
    return is_telling (unit->view.octets + offset);
  g_auto (LensPieces) pieces = { 0 };
  LensView view = lens_view_slice (&unit->view, offset, WINDOW, &pieces);
  copy->outside[slot] = (Window){ hash, unit->side, unit->time_ns, view.pieces[0] };
  copy->tags[slot] = tag_of (hash);
  return FALSE;
}

static void
see_outside (LensLedger *ledger, ContentCopy *copy, const LensUnit *unit, LensRange range)
{
  gsize end = range.offset + range.length;
  gboolean hit = FALSE;

  for (gsize at = range.offset; at + WINDOW <= end; at += BLOCK)
    {
      guint n = (guint)MIN (end - at - WINDOW + 1, BLOCK);
      for (guint64 chosen = choose (unit->view.octets + at + WINDOW - 1, n); chosen != 0;
           chosen &= chosen - 1)
        hit = keep_outside (copy, unit, at + (guint)__builtin_ctzll (chosen)) || hit;
    }
  if (!hit)
    return;
  g_auto (LensPieces) pieces = { 0 };
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
  g_clear_pointer (&copy->tags, g_free);
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
  .source = "lenscap-case(5), the rules of the ledger: rule 9",
  .severity = LENS_SEVERITY_RULE_COPY,
  .units = LENS_UNIT_CONTENT | LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (ContentCopy),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
