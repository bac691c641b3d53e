#include "report/stamp.h"

#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)

enum
{
  FRACTION = 9 /* digits: nanoseconds */
};

void
lens_stamp (GString *into, gint64 ns, guint digits, const char *zone)
{
  const gint64 seconds = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);
  gint64 fraction = ns % NS_PER_SECOND + (ns % NS_PER_SECOND < 0 ? NS_PER_SECOND : 0);
  /* 64 bits of nanoseconds are the years 1677 to 2262: all of them have a date. */
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  g_assert (time != NULL && digits <= FRACTION);
  g_string_append_printf (into, "%04d-%02d-%02dT%02d:%02d:%02d", g_date_time_get_year (time),
                          g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
  for (guint i = digits; i < FRACTION; i++)
    fraction /= 10;
  if (digits > 0)
    g_string_append_printf (into, ".%0*" G_GINT64_FORMAT, (int)digits, fraction);
  g_string_append (into, zone);
}
