#include "harness/recorder.h"
#include "wire/capture-writer.h"

#include "apart.h"

#include <fcntl.h>
#include <string.h>

static GByteArray *
header_blocks (void)
{
  GByteArray *blocks = g_byte_array_new ();
  const LensCaptureInterface interface = { .linktype = 1, .snaplen = 262144, .name = "eth1" };

  lens_capture_writer_section (blocks, "lenscap", NULL);
  lens_capture_writer_interface (blocks, &interface);
  return blocks;
}

static GByteArray *
packet_blocks (guint n)
{
  GByteArray *blocks = g_byte_array_new ();
  const guint8 frame[200] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      const LensRecord record = {
        .time_ns = i + 1,
        .octets = frame,
        .captured = sizeof frame,
        .original = sizeof frame,
      };
      lens_capture_writer_packet (blocks, &record);
    }
  return blocks;
}

static gssize
read_file (gpointer data, guint8 *into, gsize room)
{
  return read (GPOINTER_TO_INT (data), into, room);
}

static guint
packets_in (const char *folder, const char *name, guint *marks)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (read_file, GINT_TO_POINTER (fd));
  LensCaptureEvent event;
  LensRecord record;
  guint packets = 0;

  g_assert_cmpint (fd, >=, 0);
  while ((event = lens_capture_file_next (file, &record)) != LENS_CAPTURE_END)
    {
      g_assert_cmpint (event, !=, LENS_CAPTURE_DAMAGED);
      packets += event == LENS_CAPTURE_PACKET;
      if (event == LENS_CAPTURE_MARK)
        {
          g_assert_cmpstr (record.comment, ==, "lenscap phase idle start");
          (*marks)++;
        }
    }
  close (fd);
  return packets;
}

static void
each_rotated_file_is_a_capture (void)
{
  g_autofree char *folder = apart_folder (FALSE);
  g_autoptr (GByteArray) header = header_blocks ();
  g_autoptr (GByteArray) packets = packet_blocks (100);
  g_autoptr (GError) error = NULL;
  guint marks = 0, found = 0;

  LensRecorder *recorder = lens_recorder_new (folder, 5000, -1, header->data, header->len, &error);
  g_assert_no_error (error);
  g_assert_true (lens_recorder_mark (recorder, "lenscap phase idle start", 1, &error));
  g_assert_true (lens_recorder_write (recorder, packets->data, packets->len, &error));
  guint files = lens_recorder_files (recorder);
  g_assert_cmpuint (files, ==, 5); /* 21 packets of 232 octets fit beside the header */
  lens_recorder_free (recorder);
  for (guint i = 0; i < files; i++)
    {
      g_autofree char *name
          = i == 0 ? g_strdup ("traffic.pcapng") : g_strdup_printf ("traffic-%05u.pcapng", i);
      guint here = packets_in (folder, name, &marks);
      g_assert_cmpuint (here, <=, 21);
      found += here;
    }
  g_assert_cmpuint (found, ==, 100);
  g_assert_cmpuint (marks, ==, 1);
  apart_remove (folder);
}

static void
a_file_smaller_than_a_packet_takes_one (void)
{
  g_autofree char *folder = apart_folder (FALSE);
  g_autoptr (GByteArray) header = header_blocks ();
  g_autoptr (GByteArray) packets = packet_blocks (3);
  g_autoptr (GError) error = NULL;

  g_autoptr (LensRecorder) recorder
      = lens_recorder_new (folder, 10, -1, header->data, header->len, &error);
  g_assert_true (lens_recorder_write (recorder, packets->data, packets->len, &error));
  g_assert_cmpuint (lens_recorder_files (recorder), ==, 3);
  apart_remove (folder);
}

/* The reader sleeps until all is written: what does not fit into its pipe comes from the files. */
static void
a_slow_analysis_gets_every_octet (void)
{
  g_autofree char *folder = apart_folder (FALSE);
  g_autoptr (GByteArray) header = header_blocks ();
  g_autoptr (GByteArray) packets = packet_blocks (5000);
  g_autoptr (GByteArray) fed = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  int line[2];
  guint8 octets[65536];

  g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
  LensRecorder *recorder
      = lens_recorder_new (folder, 300000, line[1], header->data, header->len, &error);
  g_assert_true (lens_recorder_write (recorder, packets->data, packets->len, &error));
  lens_recorder_feed (recorder);
  g_assert_cmpuint (lens_recorder_lag (recorder), >, 1000000);
  while (lens_recorder_lag (recorder) > 0)
    {
      ssize_t got = read (line[0], octets, sizeof octets);
      g_assert_cmpint (got, >, 0);
      g_byte_array_append (fed, octets, got);
      lens_recorder_feed (recorder);
    }
  guint64 written = lens_recorder_bytes (recorder);
  g_assert_cmpint (lens_recorder_feed_fd (recorder), ==, -1);
  lens_recorder_free (recorder);
  for (ssize_t got; (got = read (line[0], octets, sizeof octets)) > 0;)
    g_byte_array_append (fed, octets, got);
  g_assert_cmpuint (fed->len, ==, written);
  g_assert_cmpmem (fed->data, header->len, header->data, header->len);
  close (line[0]);
  apart_remove (folder);
}

static void
a_dead_analysis_does_not_stop_the_recording (void)
{
  g_autofree char *folder = apart_folder (FALSE);
  g_autoptr (GByteArray) header = header_blocks ();
  g_autoptr (GByteArray) packets = packet_blocks (10);
  g_autoptr (GError) error = NULL;
  int line[2];

  g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
  close (line[0]);
  signal (SIGPIPE, SIG_IGN);
  g_autoptr (LensRecorder) recorder
      = lens_recorder_new (folder, 0, line[1], header->data, header->len, &error);
  lens_recorder_feed (recorder);
  g_assert_true (lens_recorder_feed_broken (recorder));
  g_assert_true (lens_recorder_write (recorder, packets->data, packets->len, &error));
  g_assert_cmpint (lens_recorder_feed_fd (recorder), ==, -1);
  apart_remove (folder);
}

static void
an_existing_capture_is_never_overwritten (void)
{
  g_autofree char *folder = apart_folder (FALSE);
  g_autoptr (GByteArray) header = header_blocks ();
  g_autoptr (GError) error = NULL;
  LensRecorder *recorder = lens_recorder_new (folder, 0, -1, header->data, header->len, &error);

  g_assert_no_error (error);
  g_assert_null (lens_recorder_new (folder, 0, -1, header->data, header->len, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  lens_recorder_free (recorder);
  apart_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/recorder/each-rotated-file-is-a-capture",
                   each_rotated_file_is_a_capture);
  g_test_add_func ("/harness/recorder/a-file-smaller-than-a-packet-takes-one",
                   a_file_smaller_than_a_packet_takes_one);
  g_test_add_func ("/harness/recorder/a-slow-analysis-gets-every-octet",
                   a_slow_analysis_gets_every_octet);
  g_test_add_func ("/harness/recorder/a-dead-analysis-does-not-stop-the-recording",
                   a_dead_analysis_does_not_stop_the_recording);
  g_test_add_func ("/harness/recorder/an-existing-capture-is-never-overwritten",
                   an_existing_capture_is_never_overwritten);
  return g_test_run ();
}
