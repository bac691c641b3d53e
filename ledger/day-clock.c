#include "ledger/day-clock.h"

enum
{
  DAY = 24 * 60 * 60,
  WITHIN = 2, /* seconds */
};

gboolean
lens_day_clock_goes_on (LensDayClock *clock, gint64 seconds, gint64 now_ns)
{
  gint64 arrival = now_ns / G_GINT64_CONSTANT (1000000000);
  gint64 apart = (seconds - clock->clock - (arrival - clock->arrival) + WITHIN) % DAY;
  gboolean on = !clock->set || (apart + DAY) % DAY <= 2 * WITHIN;

  *clock = (LensDayClock){ TRUE, seconds, arrival };
  return on;
}
