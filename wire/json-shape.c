#include "wire/json-shape.h"

#include <string.h>

/* Where the string that opens at @at ends: its closing quote, or @length. */
static gsize
end_of_string (const guint8 *octets, gsize length, gsize at)
{
  for (at++; at < length && octets[at] != '"'; at++)
    if (octets[at] == '\\')
      at++;
  return MIN (at, length);
}

LensJsonShape
lens_json_shape (const guint8 *octets, gsize length, guint most_depth, gsize most_values,
                 const char **problem)
{
  guint depth = 0;
  gsize values = 1;
  gboolean closed = FALSE; /* the outermost array or object is */

  if (!g_utf8_validate ((const char *)octets, (gssize)length, NULL))
    {
      *problem = "it is not UTF-8";
      return LENS_JSON_SHAPE_MALFORMED;
    }
  for (gsize at = 0; at < length; at++)
    {
      const guint8 octet = octets[at];

      if (closed && strchr (" \t\r\n", octet) == NULL)
        {
          *problem = "it goes on after its end";
          return LENS_JSON_SHAPE_MALFORMED;
        }
      if (octet == '"')
        at = end_of_string (octets, length, at);
      else if (octet == '[' || octet == '{')
        depth++;
      else if (octet == ']' || octet == '}')
        {
          depth -= depth > 0;
          closed = depth == 0;
        }
      else if (octet == ',')
        values++;
      else if (strchr (" \t\r\n:+-.0123456789eEtrufalsn", octet) == NULL || octet == '\0')
        {
          *problem = "it holds a character that JSON does not";
          return LENS_JSON_SHAPE_MALFORMED;
        }
      if (depth > most_depth || values > most_values)
        {
          *problem = depth > most_depth ? "it is nested too deep" : "it holds too many values";
          return LENS_JSON_SHAPE_TOO_LARGE;
        }
    }
  return LENS_JSON_SHAPE_FINE;
}
