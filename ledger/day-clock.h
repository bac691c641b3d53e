#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A clock that tells the time of day, beside the capture's.  Zero to begin with. */
typedef struct
{
  gboolean set;
  gint64 clock, arrival; /* seconds */
} LensDayClock;

/* Whether the clock, @seconds of its day, goes on as the capture's (@now_ns) does: to the length
 * of a day, and to two seconds.  The first time always does. */
gboolean lens_day_clock_goes_on (LensDayClock *clock, gint64 seconds, gint64 now_ns);

G_END_DECLS
