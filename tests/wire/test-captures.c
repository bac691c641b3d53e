/* Real captures, where they are present: the frame numbers and the captured octets must be those
 * that tshark shows.  Custom blocks are frames to tshark, not packets: the sum leaves them out. */
#include "captures.h"

typedef struct
{
  guint64 last_frame;
  guint64 packets;
  guint64 octets;
} Sum;

static Sum
as_we_read_it (const char *path)
{
  FILE *stream = fopen (path, "rbe");
  LensRecord record;
  Sum sum = { 0 };

  g_assert_nonnull (stream);
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (captures_read, stream);
  LensCaptureEvent event;
  while ((event = lens_capture_file_next (file, &record)) <= LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      {
        sum.last_frame = record.frame;
        sum.packets++;
        sum.octets += record.captured;
      }
  fclose (stream);
  return sum;
}

/* Lines of frame number, captured length, link type; what is no packet has no link type. */
static Sum
as_tshark_reads_it (const char *tshark, const char *path)
{
  const char *arguments[] = {
    tshark, "-n",
    "-r",   path,
    "-T",   "fields",
    "-e",   "frame.number",
    "-e",   "frame.cap_len",
    "-e",   "frame.encap_type",
    NULL,
  };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  Sum sum = { 0 };

  g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output,
                NULL, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 3);
      if (g_strv_length (fields) < 3 || fields[2][0] == '\0')
        continue;
      sum.last_frame = g_ascii_strtoull (fields[0], NULL, 10);
      sum.packets++;
      sum.octets += g_ascii_strtoull (fields[1], NULL, 10);
    }
  return sum;
}

static void
frames_and_octets_are_those_tshark_shows (void)
{
  g_autofree char *tshark = g_find_program_in_path ("tshark");
  g_autoptr (GPtrArray) paths = captures_there ();

  if (paths->len == 0 || tshark == NULL)
    {
      g_test_skip ("no captures, or no tshark");
      return;
    }
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      Sum ours = as_we_read_it (path);
      Sum theirs = as_tshark_reads_it (tshark, path);
      g_test_message ("%s: %" G_GUINT64_FORMAT " packets", path, ours.packets);
      g_assert_cmpuint (ours.packets, ==, theirs.packets);
      g_assert_cmpuint (ours.last_frame, ==, theirs.last_frame);
      g_assert_cmpuint (ours.octets, ==, theirs.octets);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/captures/frames-and-octets-are-those-tshark-shows",
                   frames_and_octets_are_those_tshark_shows);
  return g_test_run ();
}
