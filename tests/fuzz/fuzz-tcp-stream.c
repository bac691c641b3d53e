/* Segments of one direction of a connection: each payload octet is handed out exactly once, and
 * the stream's offset is what was delivered and skipped. */
#include "tests/fuzz/fuzz.h"

#include "wire/tcp-stream.h"

typedef struct
{
  LensTcpStream stream;
  guint64 delivered, skipped, repeated;
} Tally;

static void
deliver (gpointer data, const LensView *view)
{
  Tally *tally = data;

  fuzz_view (view);
  g_assert_cmpuint (lens_tcp_stream_offset (&tally->stream), ==, tally->delivered + tally->skipped);
  tally->delivered += view->length;
}

static void
duplicate (gpointer data, const LensView *view, LensTcpOverlap how)
{
  fuzz_view (view);
  ((Tally *)data)->repeated += view->length;
}

static void
gap (gpointer data, guint64 length)
{
  ((Tally *)data)->skipped += length;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const LensTcpStreamCalls calls = { deliver, duplicate, gap };
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  Tally tally = { 0 };
  guint64 fed = 0;
  guint32 seq = 0xfffff000;

  lens_tcp_stream_init (&tally.stream, &calls, &tally);
  while (fuzz_part_next (&cursor, &part))
    {
      /* Near where the last one ended, or anywhere. */
      gint16 step = (gint16)lens_cursor_u16 (&cursor);
      seq += (guint32)(part.flags & 0x40 ? step * 65536 : part.flags & 0x20 ? step : 0);
      gboolean syn = (part.flags & 1) != 0;
      if (lens_tcp_stream_is_new_connection (&tally.stream, seq, syn))
        syn = FALSE;
      fed += part.length;
      lens_tcp_stream_segment (&tally.stream, part.number * 5000000ll, seq, syn,
                               (part.flags & 2) != 0, (part.flags & 4) != 0, &part.view);
      seq += (guint32)part.length;
      if (part.flags & 8)
        lens_tcp_stream_cut (&tally.stream, seq, (guint16)step);
      if (part.flags & 0x10)
        lens_tcp_stream_acknowledged (&tally.stream, seq + (part.flags & 0x80 ? (guint32)step : 0));
      lens_tcp_stream_position (&tally.stream, seq);
      g_assert_cmpuint (lens_tcp_stream_memory (&tally.stream), <, 2 * 1024 * 1024);
    }
  if (length % 3 == 0)
    lens_tcp_stream_forget (&tally.stream);
  lens_tcp_stream_finish (&tally.stream);
  g_assert_cmpuint (fed, ==, tally.delivered + tally.repeated);
  lens_tcp_stream_clear (&tally.stream);
  return 0;
}
