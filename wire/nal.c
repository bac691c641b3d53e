#include "wire/nal.h"

#include "wire/octets.h"

/* The first start code (00 00 01) from @from on, or @length; the first two zeros. */
static gsize
find_start_code (const guint8 *octets, gsize length, gsize from, gsize *zeros)
{
  gsize at = lens_octets_two_zeros (octets, length, from);

  *zeros = at;
  while ((at = lens_octets_two_zeros (octets, length, at)) + 2 < length)
    {
      if (octets[at + 2] == 1)
        return at;
      at++;
    }
  return length;
}

gboolean
lens_nal_split (const guint8 *octets, gsize length, gsize *at, LensRange *part, gsize *zeros)
{
  while (*at < length)
    {
      gsize start = *at;
      gsize end = find_start_code (octets, length, start, zeros);
      *at = end + 3;
      if (start == 0 && end == length)
        {
          *part = (LensRange){ 0, length }; /* alone: its zeros are its own */
          return TRUE;
        }
      while (end > start && octets[end - 1] == 0)
        end--;
      *part = (LensRange){ start, end - start };
      *zeros = MIN (*zeros - start, part->length);
      if (part->length > 0)
        return TRUE;
    }
  return FALSE;
}

gsize
lens_nal_odd_zeros (const guint8 *octets, gsize length, gsize from, gsize *next)
{
  for (gsize at; (at = lens_octets_two_zeros (octets, length, from)) + 2 < length; from = *next)
    {
      guint8 third = octets[at + 2];
      gboolean odd = third < 3 || (third == 3 && at + 3 < length && octets[at + 3] > 3);
      *next = third == 0 ? at + 1 : at + 3;
      if (odd)
        return at + 2;
    }
  return length;
}

gboolean
lens_nal_has_room (const LensAssembly *assembly, const LensView *view)
{
  return assembly->octets->len + view->length <= LENS_NAL_MAX_LENGTH
         && assembly->pieces->len + view->n_pieces <= LENS_NAL_MAX_PIECES;
}
