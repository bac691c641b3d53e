#include "wire/capture-file.h"
#include "wire/linktype.h"

#include "capture-octets.h"

static const guint8 octets16[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

/* A pcap of Ethernet with one packet of 16 octets. */
static GByteArray *
pcap (guint32 seconds, gboolean big)
{
  GByteArray *file = g_byte_array_new ();

  put32 (file, 0xa1b2c3d4, big);
  put16 (file, 2, big);
  put16 (file, 4, big);
  put32 (file, 0, big);
  put32 (file, 0, big);
  put32 (file, 65535, big); /* snap length */
  put32 (file, LENS_LINKTYPE_ETHERNET, big);
  put32 (file, seconds, big);
  put32 (file, 0, big);  /* microseconds */
  put32 (file, 16, big); /* captured */
  put32 (file, 16, big); /* original */
  g_byte_array_append (file, octets16, 16);
  return file;
}

static void
put_section_header (GByteArray *file, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, 0x1a2b3c4d, big);
  put16 (body, 1, big); /* version 1.0 */
  put16 (body, 0, big);
  put32 (body, G_MAXUINT32, big); /* length unknown */
  put32 (body, G_MAXUINT32, big);
  put_block (file, 0x0a0d0d0a, body, big);
}

static void
put_named_interface (GByteArray *file, const char *name, guint32 snaplen, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put16 (body, LENS_LINKTYPE_ETHERNET, big);
  put16 (body, 0, big); /* reserved */
  put32 (body, snaplen, big);
  if (name != NULL)
    put_option (body, 2, name, (guint16)strlen (name), big);
  put_block (file, 1, body, big);
}

static void
put_packet_of (GByteArray *file, guint32 id, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, id, big);
  put32 (body, 0, big);  /* time, upper half */
  put32 (body, 7, big);  /* lower half: microseconds */
  put32 (body, 16, big); /* captured */
  put32 (body, 16, big); /* original */
  put_padded (body, octets16, 16);
  put_block (file, 6, body, big);
}

static void
put_drops (GByteArray *file, guint32 id, guint64 dropped)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, id, FALSE);
  put32 (body, 0, FALSE);
  put32 (body, 9, FALSE);
  put_option (body, 5, &dropped, 8, FALSE); /* isb_ifdrop */
  put_block (file, 5, body, FALSE);
}

/* A file that describes eth0 and then eth1, or the other way round, with a packet of each. */
static GByteArray *
two_interfaces (gboolean swapped, gboolean big)
{
  GByteArray *file = g_byte_array_new ();

  put_section_header (file, big);
  put_named_interface (file, swapped ? "eth1" : "eth0", 0, big);
  put_named_interface (file, swapped ? "eth0" : "eth1", 0, big);
  put_packet_of (file, 0, big);
  put_packet_of (file, 1, big);
  return file;
}

/* Takes @octets. */
static Stream
stream_of (GByteArray *octets)
{
  return (Stream){ .octets = octets->data, .left = octets->len, .chunk = 17 };
}

static void
next (LensCaptureFile *file, guint64 frame, guint32 interface)
{
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.frame, ==, frame);
  g_assert_cmpuint (record.interface, ==, interface);
  g_assert_cmpmem (record.octets, record.captured, octets16, 16);
}

static void
is_over (LensCaptureFile *file)
{
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
}

static void
frames_and_interfaces_run_on (void)
{
  g_autoptr (GByteArray) first = two_interfaces (FALSE, FALSE),
                         second = two_interfaces (TRUE, TRUE), third = pcap (1, TRUE);
  Stream stream = stream_of (first);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);

  next (file, 1, 0);
  next (file, 2, 1);
  is_over (file);
  stream = stream_of (second);
  lens_capture_file_join (file);
  next (file, 3, 1); /* eth1 is described first here */
  next (file, 4, 0);
  is_over (file);
  stream = stream_of (third);
  lens_capture_file_join (file);
  next (file, 5, 0); /* a pcap has no names */
  is_over (file);
  g_assert_cmpuint (lens_capture_file_offset (file), ==, third->len);
  g_assert_cmpuint (lens_capture_file_n_interfaces (file), ==, 2);
  g_assert_cmpstr (lens_capture_file_interface (file, 1)->name, ==, "eth1");
}

static void
a_damaged_file_costs_itself_only (void)
{
  g_autoptr (GByteArray) first = pcap (1, FALSE), second = pcap (2, TRUE);
  LensRecord record;

  g_byte_array_set_size (first, first->len - 1);
  Stream stream = stream_of (first);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_DAMAGED);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_DAMAGED);
  g_assert_nonnull (lens_capture_file_problem (file));
  stream = stream_of (second);
  lens_capture_file_join (file);
  g_assert_null (lens_capture_file_problem (file));
  next (file, 1, 0);
  is_over (file);
  g_assert_cmpuint (lens_capture_file_n_interfaces (file), ==, 1);
}

static void
what_is_no_capture_is_not_recognised_among_captures (void)
{
  g_autoptr (GByteArray) first = pcap (1, FALSE);
  LensRecord record;
  Stream stream = stream_of (first);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);

  next (file, 1, 0);
  is_over (file);
  g_assert_true (lens_capture_file_recognised (file));
  stream = (Stream){ .octets = octets16, .left = 16, .chunk = 3 };
  lens_capture_file_join (file);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_DAMAGED);
  g_assert_false (lens_capture_file_recognised (file));
}

/* Of two files: the second one's counter goes on, or begins anew. */
static gint64
dropped (guint64 before, guint64 after)
{
  g_autoptr (GByteArray) first = two_interfaces (FALSE, FALSE),
                         second = two_interfaces (FALSE, FALSE);
  LensRecord record;

  put_drops (first, 1, before);
  put_drops (second, 1, after);
  Stream stream = stream_of (first);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
  while (lens_capture_file_next (file, &record) != LENS_CAPTURE_END)
    ;
  stream = stream_of (second);
  lens_capture_file_join (file);
  while (lens_capture_file_next (file, &record) != LENS_CAPTURE_END)
    ;
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, -1);
  return lens_capture_file_interface (file, 1)->dropped;
}

static void
drop_counters_go_on_or_add_up (void)
{
  g_assert_cmpint (dropped (3, 5), ==, 5);
  g_assert_cmpint (dropped (3, 3), ==, 3);
  g_assert_cmpint (dropped (3, 2), ==, 5);
  g_assert_cmpint (dropped (3, 0), ==, 3);
}

static void
a_simple_packet_is_cut_by_the_snap_length_of_its_own_file (void)
{
  const guint32 snaplens[] = { 16, 4 };
  Stream stream = { 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);

  for (guint i = 0; i < G_N_ELEMENTS (snaplens); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new (), body = g_byte_array_new ();
      LensRecord record;
      put_section_header (octets, FALSE);
      put_named_interface (octets, NULL, snaplens[i], FALSE);
      put32 (body, 60, FALSE); /* original */
      put_padded (body, octets16, snaplens[i]);
      put_block (octets, 3, body, FALSE);
      stream = stream_of (octets);
      if (i > 0)
        lens_capture_file_join (file);
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.captured, ==, snaplens[i]);
      is_over (file);
    }
  g_assert_cmpuint (lens_capture_file_n_interfaces (file), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/capture-join/" name, function)
  ADD ("frames-and-interfaces-run-on", frames_and_interfaces_run_on);
  ADD ("a-damaged-file-costs-itself-only", a_damaged_file_costs_itself_only);
  ADD ("what-is-no-capture-is-not-recognised-among-captures",
       what_is_no_capture_is_not_recognised_among_captures);
  ADD ("drop-counters-go-on-or-add-up", drop_counters_go_on_or_add_up);
  ADD ("a-simple-packet-is-cut-by-the-snap-length-of-its-own-file",
       a_simple_packet_is_cut_by_the_snap_length_of_its_own_file);
  return g_test_run ();
}
