#include "wire/tcp-tail.h"

#include <string.h>

#define STEP 32   /* octets that room of less than SMALL grows by ... */
#define SMALL 512 /* ... and above it doubles */
#define USUAL (16 * 1024)
#define LARGEST (256 * 1024)

/* As long as not all of it is taken, what was kept first lies in front: a ring it is only with
 * USUAL octets or more, and then their number is a power of two. */
struct _LensTcpTail
{
  gint64 end;   /* position behind the last octet */
  guint32 size; /* octets of room */
  guint32 kept; /* of them, the last ones before @end */
  guint8 octets[];
};

/* Where the octet at @position lies, one that is kept or the next one. */
static gsize
place (const LensTcpTail *tail, gint64 position)
{
  return tail->size < USUAL ? (gsize)(position - (tail->end - tail->kept))
                            : (gsize)position & (tail->size - 1);
}

static void
store (LensTcpTail *tail, gint64 position, const guint8 *octets, gsize length)
{
  gsize at = place (tail, position);
  gsize first = MIN (length, tail->size - at);

  memcpy (tail->octets + at, octets, first);
  memcpy (tail->octets, octets + first, length - first);
}

/* Room for so many octets, or as many as are kept at most. */
static guint32
wanted_size (gsize kept, gint64 in_flight)
{
  gsize limit = (gsize)CLAMP (in_flight, USUAL, LARGEST);
  guint32 size = SMALL;

  kept = MIN (kept, limit);
  if (kept <= SMALL)
    return (guint32)(kept + STEP - 1) & ~(STEP - 1u);
  while (size < kept)
    size *= 2;
  return size;
}

static LensTcpTail *
grow (LensTcpTail *tail, gint64 position, guint32 size)
{
  LensTcpTail *larger = g_malloc (sizeof (LensTcpTail) + size);
  gint64 start = lens_tcp_tail_start (tail, position);

  *larger = (LensTcpTail){ .end = position, .size = size, .kept = (guint32)(position - start) };
  for (gint64 at = start; at < position;)
    {
      gsize run = MIN (tail->size - place (tail, at), (gsize)(position - at));
      store (larger, at, tail->octets + place (tail, at), run);
      at += (gint64)run;
    }
  g_free (tail);
  return larger;
}

LensTcpTail *
lens_tcp_tail_keep (LensTcpTail *tail, gint64 position, const guint8 *octets, gsize length,
                    gint64 in_flight)
{
  gsize kept = tail != NULL ? tail->kept : 0;
  /* Of a ring that is full nobody knows how much was there before. */
  gboolean full = kept >= USUAL && kept == tail->size;
  guint32 size = wanted_size (full ? LARGEST : kept + length, in_flight);

  g_assert (tail == NULL || tail->end == position);
  if (tail == NULL || tail->size < size)
    tail = grow (tail, position, size);
  gsize skipped = length > tail->size ? length - tail->size : 0;
  store (tail, position + (gint64)skipped, octets + skipped, length - skipped);
  tail->end = position + (gint64)length;
  tail->kept = (guint32)MIN (kept + length, tail->size);
  return tail;
}

gint64
lens_tcp_tail_start (const LensTcpTail *tail, gint64 next)
{
  return tail != NULL ? tail->end - (gint64)tail->kept : next;
}

gboolean
lens_tcp_tail_equals (const LensTcpTail *tail, gint64 position, const guint8 *octets, gsize length)
{
  gsize at = place (tail, position);
  gsize first = MIN (length, tail->size - at);

  return memcmp (tail->octets + at, octets, first) == 0
         && memcmp (tail->octets, octets + first, length - first) == 0;
}

void
lens_tcp_tail_free (LensTcpTail *tail)
{
  g_free (tail);
}

gsize
lens_tcp_tail_memory (const LensTcpTail *tail)
{
  return tail != NULL ? sizeof (LensTcpTail) + tail->size : 0;
}
