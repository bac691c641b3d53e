#include "ledger/fill-sizes.h"

enum
{
  FEW = 40,        /* surprises of a device's life */
  SURPRISING = 50, /* percent of the filled units */
  ABOVE = 20,      /* percent of the surprises */
  ROUNDED = 4,     /* octets that an encoder may round up to */
};

gboolean
lens_fill_sizes_take (LensFillSizes *sizes, gsize size, gsize fill)
{
  sizes->units++;
  sizes->octets += size;
  if (fill == 0)
    return FALSE;
  if (sizes->filled++ == 0)
    sizes->first = (guint32)size;
  sizes->differ |= sizes->first ^ (guint32)size;
  if (lens_familiar_take (&sizes->familiar, size))
    return FALSE;
  sizes->surprises++;
  sizes->above += size * sizes->units > sizes->octets;
  return TRUE;
}

gboolean
lens_fill_sizes_speak (const LensFillSizes *sizes)
{
  return sizes->surprises >= FEW
         && (guint64)sizes->surprises * 100 >= (guint64)sizes->filled * SURPRISING
         && (guint64)sizes->above * 100 >= (guint64)sizes->surprises * ABOVE
         && (sizes->differ & (ROUNDED - 1)) != 0;
}
