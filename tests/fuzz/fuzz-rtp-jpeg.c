/* RTP payloads of JPEG put together into frames, and their entropy-coded data walked. */
#include "tests/fuzz/fuzz.h"

#include "wire/rtp-jpeg.h"

static void
see_frame (const LensRtpJpeg *jpeg, gpointer user)
{
  gsize length = jpeg->view.length;

  fuzz_view (&jpeg->view);
  g_assert_cmpuint (jpeg->scan_length, <=, length);
  for (guint i = 0; i < jpeg->n_packets; i++)
    {
      const LensRtpJpegPacket *packet = &jpeg->packets[i];
      const LensRange ranges[]
          = { packet->head, packet->restart, packet->table_header, packet->tables, packet->scan };
      for (gsize j = 0; j < G_N_ELEMENTS (ranges); j++)
        fuzz_inside (jpeg->view.octets, length, ranges[j]);
    }
  if (jpeg->walked)
    g_assert_cmpuint (jpeg->end.end, <=, jpeg->scan_length);
  if (jpeg->walked && jpeg->entropy != NULL)
    lens_jpeg_entropy_walk (jpeg->entropy, jpeg->view.octets, jpeg->scan_length,
                            MIN (jpeg->units, 4096), 3);
}

static void
see_cut (const LensView *payload, gpointer user)
{
  fuzz_view (payload);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (LensRtpJpegReader) reader = lens_rtp_jpeg_reader_new (see_frame, see_cut, NULL);
  guint16 sequence = 65530;

  while (fuzz_part_next (&cursor, &part))
    {
      sequence = (guint16)(sequence + 1 - (part.flags & 0x30) / 16);
      lens_rtp_jpeg_push (reader, &part.view, sequence, part.flags & 0x0f, (part.flags & 0x80) != 0,
                          (part.flags & 0x40) != 0);
    }
  lens_rtp_jpeg_flush (reader);
  return 0;
}
