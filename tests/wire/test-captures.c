/* Real captures, where they are present: the frame numbers and the captured octets must be those
 * that tshark shows.  Custom blocks are frames to tshark, not packets: the sum leaves them out. */
#include "wire/layers.h"
#include "wire/transport.h"

#include "capture-octets.h"
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

static void
assert_every_octet_is_named_once (const LensRecord *record)
{
  LensLayers layers;
  LensTransport transport;

  lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                     record->original, &layers);
  const LensRange spans[]
      = { layers.pseudo, layers.link, layers.network, layers.payload, layers.trailer };
  gsize at = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_assert_cmpuint (spans[i].offset, ==, at);
      at += spans[i].length;
    }
  g_assert_cmpuint (at, ==, record->captured);

  lens_transport_parse (layers.protocol, record->octets + layers.payload.offset,
                        layers.payload.length, &transport);
  g_assert_cmpuint (transport.header.length + transport.payload.length + transport.slack.length, ==,
                    layers.payload.length);
}

/* Reads all there is; returns the packets. */
static guint64
read_through (const guint8 *octets, gsize length, gsize chunk)
{
  Stream stream = { octets, length, chunk, 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
  guint64 packets = 0;
  LensRecord record;
  LensCaptureEvent event;

  while ((event = lens_capture_file_next (file, &record)) <= LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      {
        packets++;
        assert_every_octet_is_named_once (&record);
      }
  g_assert_cmpuint (lens_capture_file_offset (file), <=, length);
  g_assert_true ((event == LENS_CAPTURE_DAMAGED) == (lens_capture_file_problem (file) != NULL));
  return packets;
}

static void
every_octet_of_every_frame_is_named_once (void)
{
  g_autoptr (GPtrArray) paths = captures_there ();

  if (paths->len == 0)
    g_test_skip ("no captures");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *octets = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (g_ptr_array_index (paths, i), &octets, &length, NULL));
      guint64 whole = read_through ((const guint8 *)octets, length, G_MAXSIZE);
      g_assert_cmpuint (read_through ((const guint8 *)octets, length, 1000), ==, whole);
    }
}

static void
flipped_bits_and_cut_ends_do_no_harm (void)
{
  g_autoptr (GPtrArray) paths = captures_there ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20261126);

  if (paths->len == 0)
    g_test_skip ("no captures");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *octets = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (g_ptr_array_index (paths, i), &octets, &length, NULL));
      for (int round = 0; round < 40; round++)
        {
          gsize kept = (gsize)g_rand_int_range (random, 1, (gint32)MIN (length, 20000) + 1);
          g_autofree guint8 *flipped = g_memdup2 (octets, kept);
          for (int flip = 0; flip < 20; flip++)
            flipped[g_rand_int_range (random, flip < 10 ? 0 : (gint32)kept / 2, (gint32)kept)]
                ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
          /* most flips in a file header only end the reading: keep it for half of the rounds */
          if (round % 2 == 0)
            memcpy (flipped, octets, MIN (kept, 140));
          (void)read_through (flipped, kept, 777);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/captures/frames-and-octets-are-those-tshark-shows",
                   frames_and_octets_are_those_tshark_shows);
  g_test_add_func ("/wire/captures/every-octet-of-every-frame-is-named-once",
                   every_octet_of_every_frame_is_named_once);
  g_test_add_func ("/wire/captures/flipped-bits-and-cut-ends-do-no-harm",
                   flipped_bits_and_cut_ends_do_no_harm);
  return g_test_run ();
}
