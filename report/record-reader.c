#include "report/record-parts.h"

#include <math.h>

enum
{
  MAX_FRACTION = 9 /* digits: nanoseconds */
};

char *
lens_record_text (LensRecordReader *reader, LensJsonValue *object, const char *key)
{
  return g_strdup (lens_json_text (reader->json, object, key));
}

guint64
lens_record_number (LensRecordReader *reader, LensJsonValue *object, const char *key)
{
  return lens_json_uint (reader->json, object, key, G_MAXINT64);
}

guint16
lens_record_port (LensRecordReader *reader, LensJsonValue *object, const char *key)
{
  return (guint16)lens_json_uint (reader->json, object, key, G_MAXUINT16);
}

gboolean
lens_record_parse_time (const char *value, gint64 *ns)
{
  const gboolean negative = *value == '-';
  const guint64 most = (guint64)G_MAXINT64 + negative;
  guint64 total = 0;
  guint digits = 0, fraction = 0;
  gboolean after_point = FALSE;

  for (const char *at = value + negative; *at != '\0'; at++)
    {
      const guint64 digit = (guint64)g_ascii_digit_value (*at); /* -1 is above all digits */

      if (*at == '.' && !after_point)
        {
          after_point = TRUE;
          continue;
        }
      if (digit > 9 || fraction == MAX_FRACTION || total > (most - digit) / 10)
        return FALSE;
      total = 10 * total + digit;
      fraction += after_point;
      digits++;
    }
  for (; fraction < MAX_FRACTION; fraction++)
    {
      if (total > most / 10)
        return FALSE;
      total *= 10;
    }
  *ns = (gint64)(negative ? -total : total);
  return digits > 0;
}

gint64
lens_record_time (LensRecordReader *reader, LensJsonValue *object, const char *key)
{
  const char *value = lens_json_text (reader->json, object, key);
  gint64 ns = 0;

  if (value != NULL && !lens_record_parse_time (value, &ns))
    lens_json_complain (reader->json, object, key, "is not a time in seconds since the epoch");
  return ns;
}

void
lens_record_expect (LensRecordReader *reader, LensJsonValue *object, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    if (!lens_json_has (object, *keys))
      lens_json_complain (reader->json, object, *keys, "is missing");
}

double
lens_record_share (LensRecordReader *reader, LensJsonValue *object, const char *key, double most,
                   double fallback)
{
  const double value = lens_json_real (reader->json, object, key, fallback);

  if (!lens_json_has (object, key) || (isfinite (value) && value >= 0 && value <= most))
    return value;
  lens_json_complain (reader->json, object, key, "is out of range");
  return fallback;
}

/* The index of a name among @n names that @name_of gives; a complaint and 0 when unknown. */
static guint
choice (LensRecordReader *reader, LensJsonValue *object, const char *key,
        const char *(*name_of) (guint), guint n)
{
  const char *value = lens_json_text (reader->json, object, key);

  for (guint i = 0; value != NULL && i < n; i++)
    if (g_str_equal (value, name_of (i)))
      return i;
  lens_json_complain (reader->json, object, key, "is missing or has an unknown value");
  return 0;
}

static const char *
class_name (guint index)
{
  return lens_class_name ((LensClass)index);
}

static const char *
severity_name (guint index)
{
  return lens_severity_name ((LensSeverity)index);
}

static const char *
verdict_name (guint index)
{
  return lens_verdict_name ((LensVerdict)index);
}

static const char *
status_name (guint index)
{
  return lens_coverage_status_name ((LensCoverageStatus)index);
}

LensClass
lens_record_class (LensRecordReader *reader, LensJsonValue *object)
{
  return (LensClass)choice (reader, object, "class", class_name, LENS_N_CLASSES);
}

LensSeverity
lens_record_severity (LensRecordReader *reader, LensJsonValue *object)
{
  return (LensSeverity)choice (reader, object, "severity", severity_name,
                               LENS_SEVERITY_CRITICAL + 1);
}

LensVerdict
lens_record_verdict (LensRecordReader *reader, LensJsonValue *object)
{
  return (LensVerdict)choice (reader, object, "verdict", verdict_name, LENS_VERDICT_CONCEALED + 1);
}

LensCoverageStatus
lens_record_status (LensRecordReader *reader, LensJsonValue *object)
{
  return (LensCoverageStatus)choice (reader, object, "status", status_name,
                                     LENS_COVERAGE_NOT_IMPLEMENTED + 1);
}

/* Calls @read for each element of the list @key, which are objects. */
void
lens_record_each (LensRecordReader *reader, LensJsonValue *object, const char *key, gpointer into,
                  void (*read) (LensRecordReader *, LensJsonValue *, gpointer))
{
  LensJsonValue *array = lens_json_array (reader->json, object, key);

  for (guint i = 0; i < lens_json_length (array); i++)
    {
      LensJsonValue *value = lens_json_element (array, i);
      if (!lens_json_is_object (value))
        lens_json_complain (reader->json, value, NULL, "is not an object");
      read (reader, value, into);
    }
}
