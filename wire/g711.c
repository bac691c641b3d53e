#include "wire/g711.h"

gboolean
lens_g711_is_silent (gboolean a_law, guint8 code)
{
  return (code & 0x7e) == (a_law ? 0x54 : 0x7e);
}

gint16
lens_g711_sample (gboolean a_law, guint8 code)
{
  gint segment = (gint)lens_g711_segment (a_law, code), step, value;

  if (a_law)
    {
      step = (code ^ 0x55) & 0x0f;
      value = segment == 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1);
      return (gint16)((code & 0x80) != 0 ? value : -value);
    }
  step = ~code & 0x0f;
  value = (((step << 3) + 0x84) << segment) - 0x84;
  return (gint16)((code & 0x80) != 0 ? value : -value);
}
