/* What the coverage table promises.  A channel that it calls examined is written into an honest
 * camera's traffic by its own analyzer, and must then be found: there, and nowhere else. */
#include "analyzers/registry.h"
#include "ledger/channels.h"
#include "ledger/detection-limit.h"
#include "ledger/profile.h"
#include "tests/analyzers/honest-link.h"
#include "tests/analyzers/honest-network.h"
#include "tests/analyzers/honest-transport.h"
#include "tests/analyzers/honest.h"
#include "tests/analyzers/keep.h"

#include <string.h>

#define SEEDS 5
#define RATE 64 /* bit/s */

/* An honest stream, told to the ledger with or without a profile. */
typedef struct
{
  const char *name;
  const char *channels; /* of its rows: a regular expression; NULL: all */
  LensPackets *packets;
  GPtrArray *profiles;
  LensLedgerOptions options;
  LensSeedGround *ground;
} Base;

typedef struct
{
  const Base *base;
  const LensAnalyzer *analyzer;
  const char *channel;
  gboolean examined; /* says the coverage table */
} Row;

/* By all analyzers, or by @only one (an analyzer finds the same whoever looks beside it). */
static LensEvaluation *
evaluate (const Base *base, const LensAnalyzer *only, const LensPackets *packets)
{
  g_autofree char *problem = NULL;
  LensLedgerOptions options = base->options;

  if (only != NULL)
    {
      options.analyzers = &only;
      options.n_analyzers = 1;
    }
  LensEvaluation *evaluation = lens_packets_evaluate (packets, &options, &problem);

  g_assert_cmpstr (problem, ==, NULL);
  return evaluation;
}

static Base *
base_new (const char *name, LensPackets *packets, const char *profile)
{
  g_autoptr (GError) error = NULL;
  Base *base = g_new0 (Base, 1);

  base->name = name;
  base->packets = packets;
  base->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free);
  if (profile != NULL)
    g_ptr_array_add (base->profiles, lens_profile_parse (profile, strlen (profile), &error));
  g_assert_no_error (error);
  base->options = (LensLedgerOptions){ .profiles = base->profiles,
                                       .analyzers = lens_analyzers,
                                       .n_analyzers = lens_n_analyzers };
  base->ground = lens_seed_ground_new (base->packets, &base->options);
  return base;
}

static void
base_free (Base *base)
{
  lens_seed_ground_free (base->ground);
  lens_packets_free (base->packets);
  g_ptr_array_unref (base->profiles);
  g_free (base);
}

static void
without_a_seed_nothing_is_found (gconstpointer data)
{
  const Base *base = data;
  g_autoptr (LensEvaluation) evaluation = evaluate (base, NULL, base->packets);

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      if (row->severity >= LENS_SEVERITY_LOW)
        g_test_message ("%s: %s (%s)", row->channel, row->summary, row->detail);
      g_assert_cmpint (row->severity, <, LENS_SEVERITY_LOW);
    }
}

/* --- a row of the coverage table --- */

static GHashTable *
set_of (const GArray *frames)
{
  GHashTable *set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < frames->len; i++)
    g_hash_table_add (set, &g_array_index (frames, guint64, i));
  return set;
}

/* The frames of all findings of @channel, low or above; the worst of them. */
static GArray *
found_frames (const LensEvaluation *evaluation, const char *channel, LensSeverity *worst)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (guint64));

  *worst = LENS_SEVERITY_INFO;
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      if (row->severity < LENS_SEVERITY_LOW || !g_str_equal (row->channel, channel))
        continue;
      *worst = MAX (*worst, row->severity);
      for (guint r = 0; r < row->ranges->len; r++)
        {
          const LensFrameRange *range = &g_array_index (row->ranges, LensFrameRange, r);
          for (guint64 frame = range->first; frame <= range->last; frame++)
            g_array_append_val (frames, frame);
        }
    }
  return frames;
}

static void
assert_each_in (const GArray *frames, const GArray *others, const char *what)
{
  g_autoptr (GHashTable) set = set_of (others);

  for (guint i = 0; i < frames->len; i++)
    {
      const guint64 *frame = &g_array_index (frames, guint64, i);
      if (!g_hash_table_contains (set, frame))
        g_test_message ("frame %" G_GUINT64_FORMAT " %s", *frame, what);
      g_assert_true (g_hash_table_contains (set, frame));
    }
}

static void
assert_found (const Row *row, const LensEvaluation *evaluation, const LensSeedTruth *truth)
{
  LensSeverity worst;
  g_autoptr (GArray) found = found_frames (evaluation, row->channel, &worst);

  g_assert_true (lens_evaluation_adds_up (evaluation));
  /* Who declared nothing cannot be told that much of it was broken. */
  g_assert_cmpint (worst, >=,
                   row->base->profiles->len > 0 ? LENS_SEVERITY_MEDIUM : LENS_SEVERITY_LOW);
  assert_each_in (truth->telling, found, "carries the message and was not found");
  assert_each_in (found, truth->frames, "was found and carries nothing");
  g_assert_true (lens_detection_found (evaluation, row->channel, truth));
  /* It broke no stream: what has no place is its own (zeros behind a frame, for one). */
  g_autoptr (GArray) unexplained = found_frames (evaluation, "ledger-unexplained", &worst);
  assert_each_in (unexplained, truth->frames, "has octets without a place");
}

static void
keep (const Row *row, const LensPackets *packets)
{
  GByteArray *kept = keep_new ();
  g_autofree char *name = g_strdup_printf ("seed-%s-%s", row->base->name, row->channel);

  for (guint i = 0; kept != NULL && i < lens_packets_n (packets); i++)
    keep_packet (kept, lens_packets_at (packets, i));
  keep_write (kept, name);
}

/* FALSE: the stream has no place for it. */
static gboolean
seed_and_find (const Row *row, guint32 seed)
{
  g_autoptr (LensSeedBed) bed = lens_seed_bed_new (row->base->ground, seed, RATE);
  LensSeedTruth truth;

  if (!row->analyzer->seed (bed, row->channel))
    return FALSE;
  g_autoptr (LensPackets) packets = lens_seed_bed_finish (bed, &truth);
  g_test_message ("seed %u: %" G_GUINT64_FORMAT " bits in %u frames", seed, truth.bits,
                  truth.frames->len);
  g_assert_cmpuint (truth.frames->len, >, 0);
  if (seed == 1)
    keep (row, packets);
  g_autoptr (LensEvaluation) evaluation = evaluate (row->base, row->analyzer, packets);
  assert_found (row, evaluation, &truth);
  lens_seed_truth_clear (&truth);
  return TRUE;
}

static void
a_seed_is_found (gconstpointer data)
{
  const Row *row = data;
  guint places = 0;

  for (guint32 seed = 1; seed <= SEEDS; seed++)
    places += seed_and_find (row, seed);
  if (places == 0)
    g_test_skip ("this stream has no place for it");
}

static gboolean
has_place (const Row *row)
{
  for (guint32 seed = 1; row->analyzer->seed != NULL && seed <= SEEDS; seed++)
    {
      g_autoptr (LensSeedBed) bed = lens_seed_bed_new (row->base->ground, seed, RATE);
      if (row->analyzer->seed (bed, row->channel))
        return TRUE;
    }
  return FALSE;
}

/* A stream may have no place for a channel that others have, but none is only talked about. */
static void
what_is_called_examined_can_be_seeded (gconstpointer data)
{
  const GPtrArray *rows = data;
  g_autoptr (GHashTable) seeded = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = g_ptr_array_index (rows, i);
      if (has_place (row))
        g_hash_table_add (seeded, (gpointer)row->channel);
    }
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = g_ptr_array_index (rows, i);
      /* What the owner declared is nothing that a device could be given, and an attack on the
       * viewer hides no message. */
      const char *layer = lens_channel_find (row->channel)->layer;
      if (!row->examined || g_hash_table_contains (seeded, row->channel)
          || g_str_equal (layer, "declaration") || g_str_equal (layer, "evaluator"))
        continue;
      g_test_message ("%s is called examined and has no seed that finds a place", row->channel);
      g_test_fail ();
    }
}

/* --- the limit of detection --- */

static void
the_limit_depends_on_the_capture_only (gconstpointer data)
{
  const Base *base = data;
  double limit = lens_detection_limit (base->ground, &base->options, "rtp-padding-content", 20);

  /* Within half a minute a few octets are seen; less than one octet cannot be written. */
  g_test_message ("%g bit/s", limit);
  g_assert_cmpfloat (limit, >=, 8.0 / 32);
  g_assert_cmpfloat (limit, <=, RATE);
  g_assert_true (limit
                 == lens_detection_limit (base->ground, &base->options, "rtp-padding-content", 20));
  /* Nobody looks for that, so nothing is promised. */
  g_assert_true (lens_detection_limit (base->ground, &base->options, "tcp-isn", 20) < 0);
}

/* --- all rows --- */

/* The channel's name in the analyzer's own table, which stays; NULL: it is not there. */
static const char *
text_id (const LensAnalyzer *analyzer, const char *channel)
{
  for (const LensChannelText *text = analyzer->channels; text->id != NULL; text++)
    if (g_str_equal (text->id, channel))
      return text->id;
  return NULL;
}

/* The first that has the channel, and those that have no other, find their own seeds. */
static void
add_row (const Base *base, GPtrArray *rows, const LensAnalyzer *analyzer, const char *channel,
         gboolean examined, gboolean as_test)
{
  Row *row = g_new0 (Row, 1);

  *row = (Row){ base, analyzer, channel, examined };
  g_ptr_array_add (rows, row);
  if (!as_test || analyzer->seed == NULL)
    return;
  g_autofree char *name = g_strdup_printf ("/analyzers/seeds/%s/a-seed-is-found/%s/%s", base->name,
                                           channel, analyzer->name);
  g_test_add_data_func (name, row, a_seed_is_found);
}

static void
add_rows (const Base *base, GPtrArray *rows, gboolean as_tests)
{
  g_autoptr (LensEvaluation) evaluation = evaluate (base, NULL, base->packets);
  g_autofree char *quiet
      = g_strdup_printf ("/analyzers/seeds/%s/without-a-seed-nothing-is-found", base->name);

  if (as_tests)
    g_test_add_data_func (quiet, base, without_a_seed_nothing_is_found);
  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *covered = g_ptr_array_index (evaluation->coverage, i);
      gboolean examined = covered->status == LENS_COVERAGE_EXAMINED;
      if (!examined && covered->status != LENS_COVERAGE_NOT_PRESENT)
        continue;
      if (base->channels != NULL && !g_regex_match_simple (base->channels, covered->channel, 0, 0))
        continue;
      gboolean first = TRUE;
      for (guint a = 0; a < lens_n_analyzers; a++)
        {
          const LensAnalyzer *analyzer = lens_analyzers[a];
          const char *channel = text_id (analyzer, covered->channel);
          if (channel == NULL || (!first && analyzer->channels[1].id != NULL))
            continue;
          first = FALSE;
          add_row (base, rows, analyzer, channel, examined, as_tests);
        }
    }
}

static Base *
base_of (const char *name)
{
  if (g_str_equal (name, "tcp"))
    return base_new (name, honest_new (TRUE), honest_profile);
  if (g_str_equal (name, "udp"))
    return base_new (name, honest_new (FALSE), honest_profile);
  if (g_str_equal (name, "no-profile"))
    return base_new (name, honest_new (TRUE), NULL);
  if (g_str_equal (name, "jpeg"))
    return base_new (name, honest_jpeg_new (FALSE), honest_profile);
  if (g_str_equal (name, "network"))
    return base_new (name, honest_network_new (), honest_network_profile);
  if (g_str_equal (name, "link"))
    return base_new (name, honest_link_new (), honest_profile);
  if (g_str_equal (name, "hevc"))
    return base_new (name, honest_hevc_new (FALSE), honest_profile);
  if (g_str_equal (name, "pictures"))
    {
      Base *pictures = base_new (name, honest_pictures_new (), honest_pictures_profile);
      pictures->channels = "^(http-multipart|mjpeg-com-app)";
      return pictures;
    }
  if (g_str_equal (name, "h264"))
    {
      Base *coded = base_new (name, honest_coded_new (FALSE), honest_profile);
      coded->channels = "^h264-(?!cabac)"; /* its slices are coded without */
      return coded;
    }
  /* Short connections: what needs a long one has no place there. */
  Base *base = base_new (name, honest_transport_new (), honest_transport_profile);
  base->channels = "^tcp-";
  return base;
}

/* The name of a base: its rows.  None: what is asked of all of them together. */
int
main (int argc, char **argv)
{
  static const char *const names[] = { "tcp",     "udp",  "no-profile", "jpeg", "hevc",
                                       "network", "link", "transport",  "h264", "pictures" };
  Base *bases[G_N_ELEMENTS (names)];
  guint n_bases = 0;

  g_test_init (&argc, &argv, NULL);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (argc < 2 || g_str_equal (argv[1], names[i]))
      {
        bases[n_bases] = base_of (names[i]);
        add_rows (bases[n_bases++], rows, argc >= 2);
      }
  g_assert_cmpuint (n_bases, >, 0);
  if (argc < 2)
    {
      g_test_add_data_func ("/analyzers/seeds/what-is-called-examined-can-be-seeded", rows,
                            what_is_called_examined_can_be_seeded);
      g_test_add_data_func ("/analyzers/seeds/the-limit-depends-on-the-capture-only", bases[0],
                            the_limit_depends_on_the_capture_only);
    }
  int result = g_test_run ();
  for (guint i = 0; i < n_bases; i++)
    base_free (bases[i]);
  return result;
}
