#include "wire/g711.h"

guint
lens_g711_segment (gboolean a_law, guint8 code)
{
  return (code ^ (a_law ? 0x55 : 0x7f)) >> 4 & 7;
}

gboolean
lens_g711_is_silent (gboolean a_law, guint8 code)
{
  return (code & 0x7e) == (a_law ? 0x54 : 0x7e);
}
