#include "wire/rtp-jpeg.h"

#include <string.h>

typedef struct
{
  guint frames;
  GByteArray *octets; /* of the last */
  GArray *pieces, *packets;
  gsize scan_length, cut;
  guint flags;
  gboolean walked;
} Heard;

static void
hear (const LensRtpJpeg *jpeg, gpointer user)
{
  Heard *heard = user;
  gsize sum = 0;

  heard->frames++;
  g_byte_array_set_size (heard->octets, 0);
  g_byte_array_append (heard->octets, jpeg->view.octets, (guint)jpeg->view.length);
  g_array_set_size (heard->pieces, 0);
  g_array_append_vals (heard->pieces, jpeg->view.pieces, (guint)jpeg->view.n_pieces);
  g_array_set_size (heard->packets, 0);
  g_array_append_vals (heard->packets, jpeg->packets, jpeg->n_packets);
  for (guint i = 0; i < heard->pieces->len; i++)
    sum += g_array_index (heard->pieces, LensPiece, i).length;
  g_assert_cmpuint (sum, ==, jpeg->view.length);
  heard->scan_length = jpeg->scan_length;
  heard->flags = jpeg->flags;
  heard->walked = jpeg->walked;
}

static void
hear_cut (const LensView *payload, gpointer user)
{
  ((Heard *)user)->cut += payload->length;
}

static LensRtpJpegReader *
listen_to (Heard *heard)
{
  *heard = (Heard){ 0 };
  heard->octets = g_byte_array_new ();
  heard->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  heard->packets = g_array_new (FALSE, FALSE, sizeof (LensRtpJpegPacket));
  return lens_rtp_jpeg_reader_new (hear, hear_cut, heard);
}

static void
forget (Heard *heard)
{
  g_byte_array_unref (heard->octets);
  g_array_unref (heard->pieces);
  g_array_unref (heard->packets);
}

static void
push (LensRtpJpegReader *reader, const void *octets, gsize length, guint16 sequence,
      guint32 timestamp, gboolean marker)
{
  const LensPiece piece = { sequence, 54, (guint32)length };
  const LensView view = { octets, length, &piece, 1 };

  lens_rtp_jpeg_push (reader, &view, sequence, timestamp, marker, FALSE);
}

#define PUSH(octets, sequence, timestamp, marker)                                                  \
  push (reader, octets, sizeof octets - 1, sequence, timestamp, marker)

static void
a_frame_is_its_scan_and_then_its_heads (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  /* type-specific 0, offset 0, type 65, Q 255, 16 x 8 pixels; interval 5, word 0xffff; MBZ 0,
   * precision 0, two octets of tables; the scan. */
  static const char first[] = "\0\0\0\0\x41\xff\2\1"
                              "\0\5\xff\xff"
                              "\0\0\0\2qt"
                              "scan";
  static const char second[] = "\0\0\0\4\x41\xff\2\1"
                               "\0\5\xff\xff"
                               "more";

  PUSH (first, 1, 90, FALSE);
  PUSH (second, 2, 90, TRUE);
  g_assert_cmpuint (heard.frames, ==, 1);
  g_assert_cmpuint (heard.flags, ==, 0);
  g_assert_cmpuint (heard.scan_length, ==, 8);
  g_assert_cmpmem (heard.octets->data, 8, "scanmore", 8);
  g_assert_cmpuint (heard.octets->len, ==, 8 + 18 + 12);

  const LensRtpJpegPacket *packets = (const LensRtpJpegPacket *)(gconstpointer)heard.packets->data;
  g_assert_cmpuint (heard.packets->len, ==, 2);
  g_assert_cmpuint (packets[0].head.offset, ==, 8);
  g_assert_cmpuint (packets[0].head.length, ==, 18);
  g_assert_cmpuint (packets[0].restart_interval, ==, 5);
  g_assert_cmpuint (packets[0].tables.offset, ==, 8 + 16);
  g_assert_cmpuint (packets[0].tables.length, ==, 2);
  g_assert_cmpmem (heard.octets->data + packets[0].tables.offset, 2, "qt", 2);
  g_assert_cmpuint (packets[1].fragment_offset, ==, 4);
  g_assert_cmpuint (packets[1].expected_offset, ==, 4);
  g_assert_cmpuint (packets[1].table_header.length, ==, 0);
  /* The scan of the first packet lies 18 octets into its payload. */
  const LensPiece *piece = &g_array_index (heard.pieces, LensPiece, 0);
  g_assert_cmpuint (piece->frame, ==, 1);
  g_assert_cmpuint (piece->offset, ==, 54 + 18);
  g_assert_cmpuint (piece->length, ==, 4);
  forget (&heard);
}

static void
a_gap_makes_a_frame_lost (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  static const char whole[] = "\0\0\0\0\1\x32\2\2scan";

  static const char rest[] = "\0\0\0\4\1\x32\2\2scan";

  /* The capture begins inside a frame. */
  PUSH (rest, 1, 90, TRUE);
  g_assert_cmpuint (heard.flags, ==, LENS_RTP_JPEG_LOST);
  PUSH (whole, 2, 180, TRUE);
  g_assert_cmpuint (heard.flags, ==, 0);
  g_assert_true (heard.walked);
  PUSH (whole, 4, 270, TRUE);
  g_assert_cmpuint (heard.flags, ==, LENS_RTP_JPEG_LOST);
  PUSH (whole, 5, 360, FALSE);
  PUSH (whole, 6, 450, TRUE);
  g_assert_cmpuint (heard.frames, ==, 5);
  g_assert_cmpuint (heard.flags, ==, 0);
  PUSH (whole, 7, 540, FALSE);
  lens_rtp_jpeg_flush (reader);
  g_assert_cmpuint (heard.frames, ==, 6);
  g_assert_cmpuint (heard.flags, ==, LENS_RTP_JPEG_LOST);
  forget (&heard);
}

static void
of_two_fragments_in_one_place_one_is_cut (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  static const char first[] = "\0\0\0\0\1\x32\2\2scan";
  static const char other[] = "\0\0\0\4\1\x32\2\2hidden";
  static const char second[] = "\0\0\0\4\1\x32\2\2goes on";
  static const char beyond[] = "\0\0\0\5\1\x32\2\2goes on";

  PUSH (first, 1, 90, FALSE);
  PUSH (other, 2, 90, FALSE);
  PUSH (second, 3, 90, TRUE);
  g_assert_cmpuint (heard.cut, ==, strlen ("hidden"));
  g_assert_cmpuint (heard.packets->len, ==, 2);
  g_assert_cmpmem (heard.octets->data, heard.scan_length, "scangoes on", 11);
  g_assert_cmpuint (heard.octets->len, ==, 11 + 3 * 8);
  /* Where nothing adds up, all of it is the scan. */
  PUSH (first, 4, 180, FALSE);
  PUSH (beyond, 5, 180, TRUE);
  g_assert_cmpuint (heard.scan_length, ==, 11);
  g_assert_cmpuint (heard.packets->len, ==, 2);
  g_assert_cmpuint (heard.cut, ==, strlen ("hidden"));
  /* Nor is anything said where packets are missing. */
  PUSH (first, 6, 270, FALSE);
  PUSH (other, 8, 270, FALSE);
  PUSH (second, 9, 270, TRUE);
  g_assert_cmpuint (heard.packets->len, ==, 3);
  forget (&heard);
}

static void
what_is_too_short_is_cut (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  static const char no_restart[] = "\0\0\0\0\x41\x32\2\2\0";

  PUSH (no_restart, 1, 90, TRUE);
  PUSH (no_restart, 2, 180, FALSE);
  PUSH (no_restart, 3, 270, FALSE);
  lens_rtp_jpeg_flush (reader);
  g_assert_cmpuint (heard.frames, ==, 0);
  g_assert_cmpuint (heard.cut, ==, 3 * 9);
  forget (&heard);
}

static void
a_frame_has_a_largest_size (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  g_autofree guint8 *large = g_malloc0 (65000);

  large[4] = 1;
  large[5] = 50;
  for (guint16 i = 0; i < 80; i++)
    push (reader, large, 65000, i, 90, i == 79);
  g_assert_cmpuint (heard.frames, ==, 1);
  g_assert_cmpuint (heard.flags & LENS_RTP_JPEG_CAPPED, !=, 0);
  g_assert_cmpuint (heard.scan_length, <=, LENS_RTP_JPEG_MAX_LENGTH);
  forget (&heard);
}

/* A head may be all of a packet: 65000 octets of quantization tables. */
static void
heads_count_for_it (void)
{
  Heard heard;
  g_autoptr (LensRtpJpegReader) reader = listen_to (&heard);
  g_autofree guint8 *tables = g_malloc0 (65000);

  tables[5] = 255;
  tables[10] = (65000 - 12) >> 8;
  tables[11] = (65000 - 12) & 0xff;
  for (guint16 i = 0; i < 80; i++)
    push (reader, tables, 65000, i, 90, i == 79);
  g_assert_cmpuint (heard.frames, ==, 1);
  g_assert_cmpuint (heard.flags & LENS_RTP_JPEG_CAPPED, !=, 0);
  g_assert_cmpuint (heard.scan_length, ==, 0);
  g_assert_cmpuint (heard.octets->len, <=, LENS_RTP_JPEG_MAX_LENGTH);
  forget (&heard);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/rtp-jpeg/" name, function)
  CASE ("a-frame-is-its-scan-and-then-its-heads", a_frame_is_its_scan_and_then_its_heads);
  CASE ("a-gap-makes-a-frame-lost", a_gap_makes_a_frame_lost);
  CASE ("of-two-fragments-in-one-place-one-is-cut", of_two_fragments_in_one_place_one_is_cut);
  CASE ("what-is-too-short-is-cut", what_is_too_short_is_cut);
  CASE ("a-frame-has-a-largest-size", a_frame_has_a_largest_size);
  CASE ("heads-count-for-it", heads_count_for_it);
  return g_test_run ();
}
