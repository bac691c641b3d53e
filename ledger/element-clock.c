#include "ledger/element-clock.h"

enum
{
  FEW = 8,          /* values that are elsewhere, or off the grid, and ... */
  SHARE = 50,       /* ... one in so many */
  ENOUGH = 64,      /* values that show a resolution */
  MAX_SPOTS = 4096, /* of each kind */
  LOW_BITS = 8,     /* of a binary resolution, always 0 */
  BINARY = 0,       /* grids */
  MICROSECONDS = 1,
  GRIDS = 2,
};

/* How far the clock may run apart from the capture's: bursts and stalls. */
#define APART 2.0 /* s */
#define NTP_SECOND 4294967296.0
#define MICRO (NTP_SECOND / 1e6)

static guint64
value_of (const guint8 *octets, LensRange data)
{
  guint64 value = 0;

  for (gsize i = 0; i < data.length; i++)
    value = value << 8 | octets[data.offset + i];
  return value;
}

static gboolean
goes_on (const LensExtensionLaw *law, gsize length, guint64 before, gint64 before_ns, guint64 now,
         gint64 now_ns)
{
  double elapsed = lens_extension_elapsed (law, before, now, length);
  double apart = elapsed - (double)(now_ns - before_ns) / 1e9;

  return ABS (apart) <= APART;
}

static void
keep (GArray **spots, const LensUnit *unit, LensRange data, gsize length)
{
  LensSpot spot = lens_spot_at (unit, lens_range_end (data) - length, length);

  if (*spots == NULL)
    *spots = g_array_new (FALSE, FALSE, sizeof (LensSpot));
  if ((*spots)->len < MAX_SPOTS)
    g_array_append_val (*spots, spot);
}

static gboolean
is_on (guint64 value, guint grid)
{
  double fraction = (double)(guint32)value, steps = (double)(guint64)(fraction / MICRO + 0.5);

  return grid == BINARY ? (value & ((1u << LOW_BITS) - 1)) == 0
                        : ABS (fraction - steps * MICRO) <= 1;
}

void
lens_element_clock_take (LensElementClock *clock, const LensExtensionLaw *law, const LensUnit *unit,
                         LensRange data)
{
  guint64 value = value_of (unit->view.octets, data);
  gint64 now = unit->time_ns;
  gboolean fits
      = !clock->any || goes_on (law, data.length, clock->good, clock->good_ns, value, now);

  clock->seen++;
  if (!fits)
    keep (&clock->elsewhere, unit, data, MIN (data.length, 4));
  /* Two values that fit each other: it was set. */
  if (fits || goes_on (law, data.length, clock->last, clock->last_ns, value, now))
    {
      clock->good = value;
      clock->good_ns = now;
    }
  clock->last = value;
  clock->last_ns = now;
  clock->any = TRUE;
  /* Coarser ones have no low bits to spare. */
  for (guint grid = 0; data.length >= 7 && grid < GRIDS; grid++)
    if (is_on (value, grid))
      clock->n_on[grid]++;
    else
      keep (&clock->off_grid[grid], unit, data, 2);
}

static void
use_all (const GArray *spots, LensLedger *ledger, const char *channel, LensTrack *track)
{
  for (guint i = 0; i < spots->len; i++)
    {
      const LensSpot *spot = &g_array_index (spots, LensSpot, i);
      lens_spot_use (spot, ledger, channel, track, 8 * spot->length);
    }
}

static gboolean
are_many (const LensElementClock *clock, const GArray *spots)
{
  return spots != NULL && spots->len >= FEW && spots->len * SHARE >= clock->seen;
}

void
lens_element_clock_use (const LensElementClock *clock, LensLedger *ledger, const char *channel,
                        LensTrack *track)
{
  if (are_many (clock, clock->elsewhere))
    {
      use_all (clock->elsewhere, ledger, channel, track);
      return;
    }
  for (guint grid = 0; clock->seen >= ENOUGH && grid < GRIDS; grid++)
    if (2 * clock->n_on[grid] >= clock->seen && are_many (clock, clock->off_grid[grid]))
      {
        use_all (clock->off_grid[grid], ledger, channel, track);
        return;
      }
}

void
lens_element_clock_clear (LensElementClock *clock)
{
  g_clear_pointer (&clock->elsewhere, g_array_unref);
  for (guint grid = 0; grid < GRIDS; grid++)
    g_clear_pointer (&clock->off_grid[grid], g_array_unref);
}
