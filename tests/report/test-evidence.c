#include "report/evidence.h"

#include <string.h>

/* What the sink was given, one pcapng per finding. */
typedef struct
{
  GHashTable *files; /* id to GByteArray */
} Files;

static void
keep (const char *finding, const guint8 *octets, gsize length, gpointer data)
{
  Files *files = data;
  GByteArray *file = g_hash_table_lookup (files->files, finding);

  if (file == NULL)
    {
      file = g_byte_array_new ();
      g_hash_table_insert (files->files, g_strdup (finding), file);
    }
  g_byte_array_append (file, octets, (guint)length);
}

static void
files_init (Files *files)
{
  files->files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_byte_array_unref);
}

static gsize
size_of (Files *files, const char *finding)
{
  const GByteArray *file = g_hash_table_lookup (files->files, finding);

  return file != NULL ? file->len : 0;
}

/* Reads a cut file back, as any other capture. */
typedef struct
{
  const GByteArray *file;
  gsize at;
} Source;

static gssize
read_source (gpointer data, guint8 *into, gsize room)
{
  Source *source = data;
  const gsize length = MIN (room, source->file->len - source->at);

  memcpy (into, source->file->data + source->at, length);
  source->at += length;
  return (gssize)length;
}

/* Original frame numbers of the packets, from their comments. */
static GArray *
frames_of (Files *files, const char *finding)
{
  Source source = { g_hash_table_lookup (files->files, finding), 0 };
  g_autoptr (LensCaptureFile) capture = lens_capture_file_new (read_source, &source);
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (guint64));
  LensCaptureEvent event;
  LensRecord record;

  while ((event = lens_capture_file_next (capture, &record)) == LENS_CAPTURE_PACKET)
    {
      const char *frame = strstr (record.comment, "frame ");
      const guint64 number = g_ascii_strtoull (frame + strlen ("frame "), NULL, 10);

      g_assert_true (g_str_has_prefix (record.comment, "lenscap F"));
      g_assert_true (g_str_has_prefix (record.comment + strlen ("lenscap "), finding));
      g_array_append_val (frames, number);
    }
  g_assert_cmpint (event, ==, LENS_CAPTURE_END);
  return frames;
}

static LensFindingRow *
add_finding (LensEvaluation *evaluation, const char *id, guint64 first, guint64 last)
{
  LensFindingRow *finding = lens_evaluation_add_finding (evaluation);
  const LensFrameRange range = { first, last };

  finding->id = g_strdup (id);
  finding->channel = g_strdup ("rtp-padding");
  finding->frame_count = last - first + 1;
  g_array_append_val (finding->ranges, range);
  return finding;
}

static const LensCaptureInterface ethernet = { .linktype = 1, .snaplen = 262144, .dropped = -1 };

/* Feeds frames 1 to @n of @size octets; returns how many were read before nothing was wanted. */
static guint64
feed (const LensEvaluation *evaluation, Files *files, guint64 n, guint32 size)
{
  g_autoptr (LensEvidence) evidence = lens_evidence_new (evaluation, keep, files);
  g_autofree guint8 *octets = g_malloc0 (size);
  guint64 frame = 0;
  gboolean more = TRUE;

  while (more && frame < n)
    {
      frame++;
      const LensRecord packet = { .frame = frame,
                                  .interface = (guint32)(frame % 2),
                                  .linktype = 1,
                                  .has_time = TRUE,
                                  .time_ns = (gint64)frame * 1000,
                                  .octets = octets,
                                  .captured = size,
                                  .original = size };
      more = lens_evidence_packet (evidence, &packet, &ethernet);
    }
  return frame;
}

static void
each_finding_gets_its_frames_with_comments (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensFindingRow *finding = add_finding (evaluation, "F001", 3, 5);
  const LensPiece pieces[] = { { 4, 42, 8 }, { 4, 60, 2 }, { 5, 1, 1 } };
  Files files;

  files_init (&files);
  g_array_append_vals (finding->octets, pieces, 3);
  add_finding (evaluation, "F002", 5, 5);
  evaluation->input.name = g_strdup ("a.pcap");
  g_assert_cmpuint (feed (evaluation, &files, 100, 80), ==, 5);

  g_autoptr (GArray) frames = frames_of (&files, "F001");
  g_assert_cmpuint (frames->len, ==, 3);
  g_assert_cmpuint (g_array_index (frames, guint64, 0), ==, 3);
  g_assert_cmpuint (g_array_index (frames, guint64, 2), ==, 5);
  const GByteArray *file = g_hash_table_lookup (files.files, "F001");
  const char wanted[] = "lenscap F001: 10 octets of rtp-padding, octets 42-49, 60-61 of frame 4";
  g_assert_nonnull (memmem (file->data, file->len, wanted, strlen (wanted)));
  g_autoptr (GArray) other = frames_of (&files, "F002");
  g_assert_cmpuint (other->len, ==, 1);
  g_hash_table_unref (files.files);
}

static void
a_long_finding_gets_its_first_and_last_packets (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  Files files;

  files_init (&files);
  add_finding (evaluation, "F001", 11, 30010);
  feed (evaluation, &files, 40000, 60);
  g_autoptr (GArray) frames = frames_of (&files, "F001");
  g_assert_cmpuint (frames->len, ==, 10000);
  g_assert_cmpuint (g_array_index (frames, guint64, 0), ==, 11);
  g_assert_cmpuint (g_array_index (frames, guint64, 4999), ==, 5010);
  g_assert_cmpuint (g_array_index (frames, guint64, 5000), ==, 25011);
  g_assert_cmpuint (g_array_index (frames, guint64, 9999), ==, 30010);
  g_hash_table_unref (files.files);
}

static void
large_packets_stay_within_64_mebibytes (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  const gsize limit = 64 * 1024 * 1024;
  Files files;

  files_init (&files);
  add_finding (evaluation, "F001", 1, 3000);
  feed (evaluation, &files, 3000, 60000);
  g_autoptr (GArray) frames = frames_of (&files, "F001");
  g_assert_cmpuint (size_of (&files, "F001"), <=, limit);
  g_assert_cmpuint (size_of (&files, "F001"), >, limit - 1024 * 1024);
  g_assert_cmpuint (g_array_index (frames, guint64, 0), ==, 1);
  g_assert_cmpuint (g_array_index (frames, guint64, frames->len - 1), ==, 3000);
  g_hash_table_unref (files.files);
}

static void
an_id_that_is_no_file_name_gets_no_file (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  Files files;

  files_init (&files);
  add_finding (evaluation, "../../etc/passwd", 1, 2);
  add_finding (evaluation, "F0/1", 1, 2);
  add_finding (evaluation, "F001", 1, 2);
  add_finding (evaluation, "F001", 3, 4);
  feed (evaluation, &files, 10, 60);
  g_assert_cmpuint (g_hash_table_size (files.files), ==, 1);
  g_autoptr (GArray) frames = frames_of (&files, "F001");
  g_assert_cmpuint (frames->len, ==, 2);
  g_hash_table_unref (files.files);
}

static void
ranges_that_overlap_give_each_frame_once (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  LensFindingRow *finding = add_finding (evaluation, "F001", 5, 9);
  const LensFrameRange ranges[] = { { 2, 6 }, { 9, 9 }, { 7, 8 }, { 0, 1 } };
  Files files;

  files_init (&files);
  g_array_append_vals (finding->ranges, ranges, G_N_ELEMENTS (ranges));
  g_assert_cmpuint (feed (evaluation, &files, 50, 60), ==, 9);
  g_autoptr (GArray) frames = frames_of (&files, "F001");
  g_assert_cmpuint (frames->len, ==, 9);
  g_hash_table_unref (files.files);
}

static void
without_findings_nothing_is_read (void)
{
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();
  Files files;

  files_init (&files);
  g_assert_cmpuint (feed (evaluation, &files, 50, 60), ==, 1);
  g_assert_cmpuint (g_hash_table_size (files.files), ==, 0);
  g_hash_table_unref (files.files);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/evidence/each-finding-gets-its-frames-with-comments",
                   each_finding_gets_its_frames_with_comments);
  g_test_add_func ("/report/evidence/a-long-finding-gets-its-first-and-last-packets",
                   a_long_finding_gets_its_first_and_last_packets);
  g_test_add_func ("/report/evidence/large-packets-stay-within-64-mebibytes",
                   large_packets_stay_within_64_mebibytes);
  g_test_add_func ("/report/evidence/an-id-that-is-no-file-name-gets-no-file",
                   an_id_that_is_no_file_name_gets_no_file);
  g_test_add_func ("/report/evidence/ranges-that-overlap-give-each-frame-once",
                   ranges_that_overlap_give_each_frame_once);
  g_test_add_func ("/report/evidence/without-findings-nothing-is-read",
                   without_findings_nothing_is_read);
  return g_test_run ();
}
