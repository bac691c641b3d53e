#include "harness/roles.h"
#include "harness/set-order.h"
#include "harness/source.h"

static void
ask (gpointer writer)
{
  lens_message_write (writer, LENS_MESSAGE_HUNGRY, NULL, 0, NULL);
}

static void
take_time (LensFileTimes *times, gint64 time_ns)
{
  times->first = times->known ? times->first : time_ns;
  times->last = times->known ? MAX (times->last, time_ns) : time_ns;
  times->known = TRUE;
}

/* A mark may have the time when the capture began: it counts only where there is no packet. */
static LensFileTimes
times_of (LensSource *source, gboolean whole)
{
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (lens_source_read, source);
  LensFileTimes packets = { 0 }, marks = { 0 };
  LensCaptureEvent event;
  LensRecord record;

  while ((whole || !packets.known)
         && ((event = lens_capture_file_next (file, &record)) == LENS_CAPTURE_PACKET
             || event == LENS_CAPTURE_MARK))
    if (record.has_time)
      take_time (event == LENS_CAPTURE_PACKET ? &packets : &marks, record.time_ns);
  packets.last = whole ? packets.last : 0;
  return packets.known ? packets : marks;
}

void
lens_set_times_answer (LensMessageWriter *writer, gboolean whole, LensReadFunc read)
{
  g_autoptr (LensSource) source = lens_source_new (LENS_SOURCE_SET, read, NULL);
  guint8 rest[1024];

  do
    {
      lens_source_set_hungry (source, ask, writer);
      const LensFileTimes times = times_of (source, whole);
      lens_source_set_hungry (source, NULL, NULL);
      if (!lens_message_write (writer, LENS_MESSAGE_TIMES, &times, sizeof times, NULL))
        return;
      while (lens_source_read (source, rest, sizeof rest) > 0)
        ;
    }
  while (lens_source_next (source));
}
