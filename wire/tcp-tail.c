#include "wire/tcp-tail.h"

#include <string.h>

#define SMALLEST 64
#define USUAL (16 * 1024)
#define LARGEST (256 * 1024)

struct _LensTcpTail
{
  gint64 start; /* position of the first octet ever kept here */
  gint64 end;
  guint32 size; /* a power of two; position p lies at p modulo size */
  guint8 octets[];
};

static gsize
place (const LensTcpTail *tail, gint64 position)
{
  return (gsize)position & (tail->size - 1);
}

static void
store (LensTcpTail *tail, gint64 position, const guint8 *octets, gsize length)
{
  gsize at = place (tail, position);
  gsize first = MIN (length, tail->size - at);

  memcpy (tail->octets + at, octets, first);
  memcpy (tail->octets, octets + first, length - first);
}

static guint32
wanted_size (gint64 kept, gint64 in_flight)
{
  gint64 limit = CLAMP (in_flight, USUAL, LARGEST);
  guint32 size = SMALLEST;

  while (size < LARGEST && size < MIN (kept, limit))
    size *= 2;
  return size;
}

static LensTcpTail *
grow (LensTcpTail *tail, gint64 position, guint32 size)
{
  LensTcpTail *larger = g_malloc (sizeof (LensTcpTail) + size);

  larger->size = size;
  larger->start = lens_tcp_tail_start (tail, position);
  larger->end = position;
  for (gint64 at = larger->start; at < position;)
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
  gint64 start = tail != NULL ? tail->start : position;
  guint32 size = wanted_size (position - start + (gint64)length, in_flight);

  g_assert (tail == NULL || tail->end == position);
  if (tail == NULL || tail->size < size)
    tail = grow (tail, position, size);
  tail->end = position + (gint64)length;
  if (length > tail->size)
    {
      octets += length - tail->size;
      position += (gint64)(length - tail->size);
      length = tail->size;
    }
  store (tail, position, octets, length);
  return tail;
}

gint64
lens_tcp_tail_start (const LensTcpTail *tail, gint64 next)
{
  return tail != NULL ? MAX (tail->start, tail->end - (gint64)tail->size) : next;
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
