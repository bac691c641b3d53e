#include "report/words.h"

#include <math.h>

enum
{
  CHARACTER = 8,           /* bits */
  MESSAGE = 160 * 8,       /* bits: a text message */
  PAGE = 2000 * 8,         /* bits: a page of text */
  PICTURE = 100000 * 8,    /* bits: a JPEG of 100 kB */
  SPEECH = 8000,           /* bit/s: ITU-T G.729 */
  VIDEO = 500000,          /* bit/s: small, but live */
  VIDEO_MINUTE = 60000000, /* bits: a minute at 1 Mbit/s */
};

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0
#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)

void
lens_words_decimal (GString *into, double value, guint decimals)
{
  static const char *const formats[] = { "%.0f", "%.1f", "%.2f", "%.3f" };
  char digits[512]; /* the largest double has 309 digits before the point */

  g_assert (decimals < G_N_ELEMENTS (formats));
  g_string_append (into, g_ascii_formatd (digits, sizeof digits, formats[decimals],
                                          isfinite (value) ? value : 0));
}

void
lens_words_count (GString *into, guint64 count)
{
  char digits[32];
  const gint length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);

  for (gint i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (into, ',');
      g_string_append_c (into, digits[i]);
    }
}

void
lens_words_some (GString *into, guint64 count, const char *one)
{
  lens_words_count (into, count);
  g_string_append_printf (into, " %s%s", one, count == 1 ? "" : "s");
}

/* Three significant digits with a prefix of SI. */
static void
append_scaled (GString *into, double value, const char *unit)
{
  static const char *const prefixes[] = { "", "k", "M", "G", "T", "P", "E" };
  guint step = 0;

  while (value >= 999.5 && step + 1 < G_N_ELEMENTS (prefixes))
    {
      value /= 1000;
      step++;
    }
  lens_words_decimal (into, value, value >= 99.95 ? 0 : value >= 9.995 || step == 0 ? 1 : 2);
  g_string_append_printf (into, " %s%s", prefixes[step], unit);
}

void
lens_words_size (GString *into, guint64 octets)
{
  if (octets < 1000)
    lens_words_some (into, octets, "octet");
  else
    append_scaled (into, (double)octets, "B");
}

void
lens_words_rate (GString *into, double bits_per_second)
{
  if (bits_per_second > 0 && bits_per_second < 0.01)
    g_string_append (into, "below 0.01 bit/s");
  else if (bits_per_second < 1)
    {
      lens_words_decimal (into, bits_per_second, bits_per_second > 0 ? 2 : 0);
      g_string_append (into, " bit/s");
    }
  else if (bits_per_second < 1e18)
    append_scaled (into, bits_per_second, "bit/s");
  else
    g_string_append (into, "beyond 1 Ebit/s");
}

/* "20 minutes", "hour": in the largest unit that is not far off. */
static void
append_period (GString *into, double seconds)
{
  static const struct
  {
    double seconds;
    const char *name;
  } units[] = { { DAY, "day" }, { HOUR, "hour" }, { MINUTE, "minute" }, { 1, "second" } };
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (units) && seconds < 1.5 * units[i].seconds
         && !(seconds > 0.8 * units[i].seconds && seconds < 1.25 * units[i].seconds))
    i++;
  const double count = floor (seconds / units[i].seconds + 0.5);
  if (count <= 1)
    g_string_append (into, units[i].name);
  else
    lens_words_some (into, (guint64)count, units[i].name);
}

void
lens_words_rate_meaning (GString *into, double bits_per_second)
{
  if (!(bits_per_second > 0))
    g_string_append (into, "nothing");
  else if (bits_per_second >= VIDEO)
    g_string_append (into, "enough for live video");
  else if (bits_per_second >= SPEECH)
    g_string_append (into, "enough for live speech");
  else if (PICTURE / bits_per_second <= 7 * DAY)
    {
      g_string_append (into, "about one JPEG picture (100 kB) every ");
      append_period (into, PICTURE / bits_per_second);
    }
  else if (PAGE / bits_per_second <= 30 * DAY)
    {
      g_string_append (into, "about one page of text every ");
      append_period (into, PAGE / bits_per_second);
    }
  else
    g_string_append (into, "less than a page of text in a month");
}

const char *
lens_words_rate_band (double bits_per_second)
{
  return bits_per_second > 100   ? "above 100 bit/s: high"
         : bits_per_second > 1   ? "1 to 100 bit/s: more than most environments accept"
         : bits_per_second > 0.1 ? "0.1 to 1 bit/s: acceptable in most environments if audited"
         : bits_per_second > 0   ? "below 0.1 bit/s: acceptable without audit"
                                 : "nothing";
}

void
lens_words_amount_meaning (GString *into, guint64 bits)
{
  static const struct
  {
    guint64 below, unit;
    const char *name;
    const char *suffix;
  } scale[] = {
    { MESSAGE, CHARACTER, "character", "" },
    { PAGE, MESSAGE, "text message", "" },
    { PICTURE, PAGE, "page", " of text" },
    { G_GUINT64_CONSTANT (1000) * PICTURE, PICTURE, "JPEG picture", " (100 kB each)" },
    { G_GUINT64_CONSTANT (120) * VIDEO_MINUTE, VIDEO_MINUTE, "minute", " of video" },
    { G_MAXUINT64, G_GUINT64_CONSTANT (60) * VIDEO_MINUTE, "hour", " of video" },
  };
  guint i = 0;

  if (bits < CHARACTER)
    {
      g_string_append (into, bits == 0 ? "nothing" : "less than a character");
      return;
    }
  while (bits >= scale[i].below && i + 1 < G_N_ELEMENTS (scale))
    i++;
  g_string_append (into, "about ");
  lens_words_some (into, bits / scale[i].unit + (bits % scale[i].unit >= scale[i].unit / 2),
                   scale[i].name);
  g_string_append (into, scale[i].suffix);
}

void
lens_words_duration (GString *into, gint64 ns)
{
  const guint64 size = ns < 0 ? -(guint64)ns : (guint64)ns;
  const guint64 seconds = size / NS_PER_SECOND;

  if (ns < 0)
    g_string_append (into, "-");
  if (seconds < 10)
    {
      lens_words_decimal (into, (double)size / NS_PER_SECOND, 3);
      g_string_append (into, " s");
    }
  else if (seconds < 60)
    g_string_append_printf (into, "%" G_GUINT64_FORMAT " s", seconds);
  else if (seconds < 3600)
    g_string_append_printf (into, "%" G_GUINT64_FORMAT " min %" G_GUINT64_FORMAT " s", seconds / 60,
                            seconds % 60);
  else if (seconds < 86400)
    g_string_append_printf (into, "%" G_GUINT64_FORMAT " h %" G_GUINT64_FORMAT " min",
                            seconds / 3600, seconds % 3600 / 60);
  else
    g_string_append_printf (into, "%" G_GUINT64_FORMAT " d %" G_GUINT64_FORMAT " h",
                            seconds / 86400, seconds % 86400 / 3600);
}

void
lens_words_time (GString *into, gint64 ns)
{
  const gint64 seconds = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  if (time == NULL)
    {
      g_string_append (into, "out of the calendar");
      return;
    }
  g_string_append_printf (into, "%04d-%02d-%02d %02d:%02d:%02d UTC", g_date_time_get_year (time),
                          g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}

void
lens_words_share (GString *into, guint64 part, guint64 whole)
{
  const double share = whole > 0 ? 100 * (double)part / (double)whole : 0;

  if (part == 0 || whole == 0)
    g_string_append (into, "0 %");
  else if (part > whole)
    g_string_append (into, "above 100 %");
  else if (share < 0.1)
    g_string_append (into, "below 0.1 %");
  else if (part < whole && share > 99.9)
    g_string_append (into, "above 99.9 %");
  else
    {
      lens_words_decimal (into, share, 1);
      g_string_append (into, " %");
    }
}
