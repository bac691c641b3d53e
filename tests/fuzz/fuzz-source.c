/* The files of one capture, told apart in what comes: live ones, and frames of a set. */
#include "tests/fuzz/fuzz.h"

#include "harness/parts.h"
#include "harness/source.h"

#include <string.h>

typedef struct
{
  const guint8 *octets;
  gsize left, step;
} Stream;

static gssize
give (gpointer data, guint8 *into, gsize room)
{
  Stream *stream = data;
  gsize count = MIN (MIN (room, stream->left), stream->step);

  memcpy (into, stream->octets, count);
  stream->octets += count;
  stream->left -= count;
  return (gssize)count;
}

static void
read_all (LensSourceKind kind, const guint8 *octets, gsize length, gsize step)
{
  Stream stream = { octets, length, step };
  g_autoptr (LensSource) source = lens_source_new (kind, give, &stream);
  g_autoptr (LensParts) parts = lens_parts_new (NULL);
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensRecord record = { .has_time = TRUE };
  guint8 buffer[100];

  do
    {
      gssize count;
      lens_parts_begin (parts);
      while ((count = lens_source_read (source, buffer, sizeof buffer)) > 0)
        {
          lens_parts_feed (parts, buffer, (gsize)count);
          memcpy (&record.time_ns, buffer, MIN (sizeof record.time_ns, (gsize)count));
          record.frame++;
          lens_parts_packet (parts, &record);
        }
    }
  while (lens_source_next (source));
  lens_parts_end (parts, evaluation);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  if (length == 0)
    return 0;
  read_all (LENS_SOURCE_LIVE, octets + 1, length - 1, 1 + octets[0]);
  read_all (LENS_SOURCE_SET, octets + 1, length - 1, 1 + octets[0]);
  read_all (LENS_SOURCE_FILE, octets + 1, length - 1, 1 + octets[0]);
  return 0;
}
