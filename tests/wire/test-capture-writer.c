#include "wire/capture-writer.h"
#include "wire/linktype.h"

#include "capture-octets.h"

static const guint8 octets[5] = { 1, 2, 3, 4, 5 };

static void
put_everything (GByteArray *into)
{
  const LensCaptureInterface interface = {
    .linktype = LENS_LINKTYPE_ETHERNET, .snaplen = 262144, .fcs = 4, .name = "eth1",
    .filter = "not port 22", .comment = "a tap"
  };
  const LensRecord packet = { .time_ns = G_GINT64_CONSTANT (1700000000123456789),
                              .octets = octets,
                              .captured = 5,
                              .original = 60,
                              .comment = "F001 frame 7" };

  lens_capture_writer_section (into, "lenscap 0.1.0", "of traffic.pcap");
  lens_capture_writer_interface (into, &interface);
  lens_capture_writer_statistics (into, 0, 1700000000000000001, -1, -1,
                                  "lenscap phase stream start");
  lens_capture_writer_packet (into, &packet);
  lens_capture_writer_statistics (into, 0, 1700000001000000000, 1, 2, NULL);
}

static void
what_it_writes_can_be_read (void)
{
  g_autoptr (GByteArray) written = g_byte_array_new ();
  put_everything (written);
  Stream stream = { written->data, written->len, 9, 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_MARK);
  g_assert_cmpstr (record.comment, ==, "lenscap phase stream start");
  g_assert_cmpint (record.time_ns, ==, 1700000000000000001);
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, -1);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.frame, ==, 1);
  g_assert_cmpint (record.time_ns, ==, 1700000000123456789);
  g_assert_cmpmem (record.octets, record.captured, octets, 5);
  g_assert_cmpuint (record.original, ==, 60);
  g_assert_cmpuint (record.fcs, ==, 4);
  g_assert_cmpstr (record.comment, ==, "F001 frame 7");
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_MARK);
  g_assert_null (record.comment);
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, 2);
  g_assert_cmpstr (lens_capture_file_interface (file, 0)->name, ==, "eth1");
  g_assert_cmpstr (lens_capture_file_interface (file, 0)->filter, ==, "not port 22");
  g_assert_cmpstr (lens_capture_file_interface (file, 0)->comment, ==, "a tap");
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
}

static void
a_packet_block_has_these_octets (void)
{
  static const guint8 expected[] = {
    0x06, 0, 0, 0, 0x34, 0,   0, 0,                /* enhanced packet, 52 octets */
    0x00, 0, 0, 0, 0x00, 0,   0, 0, 0x07, 0, 0, 0, /* interface 0, 7 ns */
    0x05, 0, 0, 0, 0x3c, 0,   0, 0,                /* captured 5 of 60 */
    0x01, 2, 3, 4, 0x05, 0,   0, 0,                /* packet, padded */
    0x01, 0, 2, 0, 'h',  'i', 0, 0, 0x00, 0, 0, 0, /* comment, end of options */
    0x34, 0, 0, 0,
  };
  g_autoptr (GByteArray) written = g_byte_array_new ();
  const LensRecord packet
      = { .time_ns = 7, .octets = octets, .captured = 5, .original = 60, .comment = "hi" };

  lens_capture_writer_packet (written, &packet);
  g_assert_cmpmem (written->data, written->len, expected, sizeof expected);
}

static void
a_long_comment_is_cut_between_characters (void)
{
  g_autoptr (GByteArray) written = g_byte_array_new ();
  g_autoptr (GString) comment = g_string_new (NULL);
  const LensRecord packet = { .octets = octets, .captured = 5, .original = 5 };
  const LensCaptureInterface interface = { .linktype = 1 };
  while (comment->len < 70000)
    g_string_append (comment, "\xe2\x82\xac"); /* three octets */

  lens_capture_writer_section (written, NULL, NULL);
  lens_capture_writer_interface (written, &interface);
  LensRecord commented = packet;
  commented.comment = comment->str;
  lens_capture_writer_packet (written, &commented);
  Stream stream = { written->data, written->len, 4096, 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
  LensRecord record;
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (strlen (record.comment), ==, 65535);
  g_assert_true (g_utf8_validate (record.comment, -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/capture-writer/what-it-writes-can-be-read", what_it_writes_can_be_read);
  g_test_add_func ("/wire/capture-writer/a-packet-block-has-these-octets",
                   a_packet_block_has_these_octets);
  g_test_add_func ("/wire/capture-writer/a-long-comment-is-cut-between-characters",
                   a_long_comment_is_cut_between_characters);
  return g_test_run ();
}
