#include "ledger/spots.h"

#include <string.h>

/* What is another than that of the spot before. */
enum
{
  SIDE = 1 << 0,
  OFFSET = 1 << 1,
  SHAPE = 1 << 2, /* how long it is, and what lies in a second frame */
  OCTETS = 1 << 3,
};

static void
put (LensSpots *spots, gconstpointer octets, gsize length)
{
  g_byte_array_append (spots->octets, octets, (guint)length);
}

void
lens_spots_add_number (LensSpots *spots, gint64 number)
{
  guint8 octets[10];
  gsize n = 0;
  gboolean more;

  do
    {
      guint8 low = (guint8)(number & 0x7f);
      number >>= 7;
      more = number != ((low & 0x40) != 0 ? -1 : 0);
      octets[n++] = (guint8)(low | (more ? 0x80 : 0));
    }
  while (more);
  put (spots, octets, n);
}

static gboolean
same_shape (const LensSpot *a, const LensSpot *b)
{
  return a->length == b->length && a->in_first == b->in_first && a->in_rest == b->in_rest
         && a->rest_frame == b->rest_frame && a->rest_offset == b->rest_offset;
}

void
lens_spots_add (LensSpots *spots, const LensSpot *spot)
{
  const LensSpot *last = &spots->last;
  const guint8 changes
      = (guint8)((spot->side != last->side ? SIDE : 0) | (spot->offset != last->offset ? OFFSET : 0)
                 | (!same_shape (spot, last) ? SHAPE : 0)
                 | (memcmp (spot->octets, last->octets, 4) != 0 ? OCTETS : 0));

  if (spots->octets == NULL)
    spots->octets = g_byte_array_new ();
  put (spots, &changes, 1);
  lens_spots_add_number (spots, spot->time_ns - last->time_ns);
  lens_spots_add_number (spots, (gint64)(spot->frame - last->frame));
  if (changes & SIDE)
    put (spots, &spot->side, sizeof spot->side);
  if (changes & OFFSET)
    lens_spots_add_number (spots, spot->offset);
  if (changes & SHAPE)
    {
      const guint8 lengths[] = { spot->length, spot->in_first, spot->in_rest };
      put (spots, lengths, sizeof lengths);
      lens_spots_add_number (spots, spot->rest_frame);
      lens_spots_add_number (spots, spot->rest_offset);
    }
  if (changes & OCTETS)
    put (spots, spot->octets, sizeof spot->octets);
  spots->last = *spot;
  spots->n++;
}

void
lens_spots_empty (LensSpots *spots)
{
  if (spots->octets != NULL)
    g_byte_array_set_size (spots->octets, 0);
  spots->last = (LensSpot){ 0 };
  spots->n = 0;
}

void
lens_spots_clear (LensSpots *spots)
{
  g_clear_pointer (&spots->octets, g_byte_array_unref);
  *spots = (LensSpots){ 0 };
}

/* --- reading --- */

LensSpotsReader
lens_spots_reader (const LensSpots *spots)
{
  return (LensSpotsReader){ .spots = spots };
}

static void
take (LensSpotsReader *reader, gpointer into, gsize length)
{
  const GByteArray *octets = reader->spots->octets;

  g_assert (octets != NULL && length <= octets->len - reader->at);
  memcpy (into, octets->data + reader->at, length);
  reader->at += length;
}

gint64
lens_spots_next_number (LensSpotsReader *reader)
{
  guint64 number = 0;
  guint8 octet;

  for (guint shift = 0;; shift += 7)
    {
      take (reader, &octet, 1);
      number |= (guint64)(octet & 0x7f) << shift;
      if ((octet & 0x80) != 0)
        continue;
      if ((octet & 0x40) != 0 && shift + 7 < 64)
        number |= G_MAXUINT64 << (shift + 7);
      return (gint64)number;
    }
}

LensSpot
lens_spots_next (LensSpotsReader *reader)
{
  LensSpot *spot = &reader->last;
  guint8 changes;

  take (reader, &changes, 1);
  spot->time_ns += lens_spots_next_number (reader);
  spot->frame += (guint64)lens_spots_next_number (reader);
  if (changes & SIDE)
    take (reader, &spot->side, sizeof spot->side);
  if (changes & OFFSET)
    spot->offset = (guint32)lens_spots_next_number (reader);
  if (changes & SHAPE)
    {
      guint8 lengths[3];
      take (reader, lengths, sizeof lengths);
      spot->length = lengths[0];
      spot->in_first = lengths[1];
      spot->in_rest = lengths[2];
      spot->rest_frame = (gint16)lens_spots_next_number (reader);
      spot->rest_offset = (guint16)lens_spots_next_number (reader);
    }
  if (changes & OCTETS)
    take (reader, spot->octets, sizeof spot->octets);
  return *spot;
}
