#include "ledger/spots.h"

#include <string.h>

/* What is another than that of the spot before. */
enum
{
  SIDE = 1 << 0,
  OFFSET = 1 << 1,
  SHAPE = 1 << 2, /* how long it is, and what lies in a second frame */
  OCTETS = 1 << 3,
  WHOLE_US = 1 << 4, /* the time, as most captures have it: microseconds follow, not nanoseconds */
  FRAMES_SHIFT = 5,  /* above: how many frames on, if those are ... */
  FRAMES_MAX = 7,    /* ... 1 to so many; 0: a number follows */
};

enum
{
  NUMBER_MAX = 10, /* octets of a number */
  SPOT_MAX = 4 + sizeof (LensSide *) + 6 * NUMBER_MAX,
  ROOM_FIRST = 48,
  ROOM_MAX = 1008, /* with its head, what malloc hands out whole */
};

struct LensSpotsBlock
{
  LensSpotsBlock *next;
  guint room;
  guint8 octets[];
};

static void
add_block (LensSpots *spots)
{
  guint room = spots->end == NULL ? ROOM_FIRST : MIN (2 * spots->end->room, (guint)ROOM_MAX);
  LensSpotsBlock *block = g_malloc (sizeof *block + room);

  block->next = NULL;
  block->room = room;
  if (spots->end == NULL)
    spots->first = block;
  else
    spots->end->next = block;
  spots->end = block;
  spots->used = 0;
}

static void
put (LensSpots *spots, const guint8 *octets, gsize length)
{
  spots->length += length;
  while (length > 0)
    {
      if (spots->end == NULL || spots->used == spots->end->room)
        add_block (spots);
      gsize n = MIN (length, spots->end->room - spots->used);
      memcpy (spots->end->octets + spots->used, octets, n);
      spots->used += (guint)n;
      octets += n;
      length -= n;
    }
}

/* Returns where it ends. */
static guint8 *
put_number (guint8 *into, gint64 number)
{
  gboolean more;

  do
    {
      guint8 low = (guint8)(number & 0x7f);
      number >>= 7;
      more = number != ((low & 0x40) != 0 ? -1 : 0);
      *into++ = (guint8)(low | (more ? 0x80 : 0));
    }
  while (more);
  return into;
}

void
lens_spots_add_number (LensSpots *spots, gint64 number)
{
  guint8 octets[NUMBER_MAX];

  put (spots, octets, (gsize)(put_number (octets, number) - octets));
}

/* Fields that count go on by small steps. */
static guint32
value_of (const LensSpot *spot)
{
  guint32 value;

  memcpy (&value, spot->octets, sizeof value);
  return GUINT32_FROM_BE (value);
}

static gboolean
same_shape (const LensSpot *a, const LensSpot *b)
{
  return a->length == b->length && a->in_first == b->in_first && a->in_rest == b->in_rest
         && a->rest_frame == b->rest_frame && a->rest_offset == b->rest_offset;
}

static guint8 *
put_shape (guint8 *into, const LensSpot *spot)
{
  *into++ = spot->length;
  *into++ = spot->in_first;
  *into++ = spot->in_rest;
  into = put_number (into, spot->rest_frame);
  return put_number (into, spot->rest_offset);
}

void
lens_spots_add (LensSpots *spots, const LensSpot *spot)
{
  const LensSpot *last = &spots->last;
  const gint64 passed = spot->time_ns - last->time_ns;
  const guint64 frames = spot->frame - last->frame;
  const guint8 changes
      = (guint8)((spot->side != last->side ? SIDE : 0) | (spot->offset != last->offset ? OFFSET : 0)
                 | (!same_shape (spot, last) ? SHAPE : 0)
                 | (memcmp (spot->octets, last->octets, 4) != 0 ? OCTETS : 0)
                 | (passed % 1000 == 0 ? WHOLE_US : 0)
                 | (frames <= FRAMES_MAX ? frames << FRAMES_SHIFT : 0));
  guint8 octets[SPOT_MAX], *end = octets;

  *end++ = changes;
  end = put_number (end, changes & WHOLE_US ? passed / 1000 : passed);
  if (changes >> FRAMES_SHIFT == 0)
    end = put_number (end, (gint64)frames);
  if (changes & SIDE)
    {
      memcpy (end, &spot->side, sizeof spot->side);
      end += sizeof spot->side;
    }
  if (changes & OFFSET)
    end = put_number (end, spot->offset);
  if (changes & SHAPE)
    end = put_shape (end, spot);
  if (changes & OCTETS)
    end = put_number (end, (gint64)value_of (spot) - value_of (last));
  put (spots, octets, (gsize)(end - octets));
  spots->last = *spot;
  spots->n++;
}

void
lens_spots_clear (LensSpots *spots)
{
  for (LensSpotsBlock *block = spots->first, *next; block != NULL; block = next)
    {
      next = block->next;
      g_free (block);
    }
  *spots = (LensSpots){ 0 };
}

/* --- reading --- */

LensSpotsReader
lens_spots_reader (const LensSpots *spots)
{
  return (LensSpotsReader){ .block = spots->first };
}

static void
take (LensSpotsReader *reader, gpointer into, gsize length)
{
  guint8 *octets = into;

  reader->octets += length;
  for (gsize i = 0; i < length; i++)
    {
      if (reader->block != NULL && reader->at == reader->block->room)
        {
          reader->block = reader->block->next;
          reader->at = 0;
        }
      g_assert (reader->block != NULL);
      octets[i] = reader->block->octets[reader->at++];
    }
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
  spot->time_ns += lens_spots_next_number (reader) * (changes & WHOLE_US ? 1000 : 1);
  guint frames = changes >> FRAMES_SHIFT;
  spot->frame += frames > 0 ? frames : (guint64)lens_spots_next_number (reader);
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
    {
      guint32 value = value_of (spot) + (guint32)lens_spots_next_number (reader);
      value = GUINT32_TO_BE (value);
      memcpy (spot->octets, &value, sizeof value);
    }
  return *spot;
}
