#include "tests/bench/traffic/frames.h"

#include <errno.h>
#include <string.h>

#define SNAPLEN 262144
#define LINKTYPE_ETHERNET 1

typedef struct
{
  gint64 at_us;
  guint64 serial; /* frames of one time stay in the order they came */
  guint32 length;
  guint8 octets[];
} Frame;

struct BenchFrames
{
  FILE *to;
  GPtrArray *heap; /* Frame, the earliest first */
  guint64 serial, size;
  int problem; /* errno of the first write that failed */
};

typedef struct
{
  guint32 magic;
  guint16 major, minor;
  guint32 zone, accuracy, snaplen, linktype;
} FileHeader;

typedef struct
{
  guint32 seconds, microseconds, captured, length;
} RecordHeader;

static void
put (BenchFrames *frames, const void *octets, gsize length)
{
  if (frames->problem == 0 && fwrite (octets, 1, length, frames->to) != length)
    frames->problem = errno;
}

BenchFrames *
bench_frames_new (FILE *to)
{
  const FileHeader header = {
    .magic = 0xa1b2c3d4, .major = 2, .minor = 4, .snaplen = SNAPLEN, .linktype = LINKTYPE_ETHERNET
  };
  BenchFrames *frames = g_new0 (BenchFrames, 1);

  frames->to = to;
  frames->heap = g_ptr_array_new ();
  frames->size = sizeof header;
  put (frames, &header, sizeof header);
  return frames;
}

static gboolean
is_before (const Frame *one, const Frame *other)
{
  return one->at_us != other->at_us ? one->at_us < other->at_us : one->serial < other->serial;
}

static void
swap (gpointer *heap, guint one, guint other)
{
  gpointer kept = heap[one];

  heap[one] = heap[other];
  heap[other] = kept;
}

static void
rise (gpointer *heap, guint at)
{
  while (at > 0 && is_before (heap[at], heap[(at - 1) / 2]))
    {
      swap (heap, at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
}

static void
sink (gpointer *heap, guint length)
{
  for (guint at = 0;;)
    {
      guint least = at;
      for (guint child = 2 * at + 1; child <= 2 * at + 2 && child < length; child++)
        if (is_before (heap[child], heap[least]))
          least = child;
      if (least == at)
        return;
      swap (heap, at, least);
      at = least;
    }
}

void
bench_frames_add (BenchFrames *frames, gint64 at_us, const guint8 *octets, gsize length)
{
  Frame *frame = g_malloc (sizeof *frame + length);

  frame->at_us = at_us;
  frame->serial = frames->serial++;
  frame->length = (guint32)length;
  memcpy (frame->octets, octets, length);
  g_ptr_array_add (frames->heap, frame);
  rise (frames->heap->pdata, frames->heap->len - 1);
  frames->size += sizeof (RecordHeader) + length;
}

static void
write_first (BenchFrames *frames)
{
  g_autofree Frame *frame = frames->heap->pdata[0];
  const RecordHeader header
      = { (guint32)(frame->at_us / G_USEC_PER_SEC), (guint32)(frame->at_us % G_USEC_PER_SEC),
          frame->length, frame->length };

  put (frames, &header, sizeof header);
  put (frames, frame->octets, frame->length);
  g_ptr_array_remove_index_fast (frames->heap, 0);
  sink (frames->heap->pdata, frames->heap->len);
}

void
bench_frames_settle (BenchFrames *frames, gint64 at_us)
{
  while (frames->heap->len > 0 && ((const Frame *)frames->heap->pdata[0])->at_us < at_us)
    write_first (frames);
}

guint64
bench_frames_size (const BenchFrames *frames)
{
  return frames->size;
}

gboolean
bench_frames_end (BenchFrames *frames)
{
  bench_frames_settle (frames, G_MAXINT64);
  if (fflush (frames->to) != 0 && frames->problem == 0)
    frames->problem = errno;
  int problem = frames->problem;
  g_ptr_array_unref (frames->heap);
  g_free (frames);
  errno = problem;
  return problem == 0;
}
