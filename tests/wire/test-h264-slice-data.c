/* Slices of many kinds, made by x264: each walk must end exactly in the stop bit, and the walks
 * of a picture must cover it.  That proves the tables: a wrong entry loses the way. */
#include "tests/wire/h264-encode.h"

typedef struct
{
  LensH264Sets *sets;
  LensH264Walker *walker;
  guint slices, macroblocks, pcm;
  guint32 expected; /* first_mb_in_slice of the next slice; 0: a new picture */
  guint fields, pairs, cabac, b;
} Tally;

static void
check_whole (const LensH264Slice *slice, const LensH264Walk *walk, gsize length)
{
  if (walk->status != LENS_H264_WALK_WHOLE)
    g_error ("status %d after %u macroblocks of slice type %d", walk->status, walk->n_macroblocks,
             slice->slice_type);
  g_assert_cmpuint (walk->end, ==, length);
  g_assert_cmpuint (walk->rest, ==, length);
  g_assert_cmpuint (walk->stop, ==, length - 1);
  /* x264 sets the last bit behind CABAC slices of some pictures. */
  g_assert_cmpuint (walk->alignment, <=, walk->bins > 0 ? 1 : 0);
}

static void
check_nal (const guint8 *nal, gsize length, gpointer user)
{
  Tally *tally = user;
  LensH264Slice slice;
  LensH264Walk walk;

  lens_h264_sets_take (tally->sets, nal, length);
  if ((nal[0] & 0x1f) != 1 && (nal[0] & 0x1f) != 5)
    return;
  g_assert_true (lens_h264_slice_parse (&slice, tally->sets, nal, length));
  g_assert_cmpuint (slice.first_mb, ==, tally->expected);
  lens_h264_walker_walk (tally->walker, &slice, nal, length, 0, &walk);
  check_whole (&slice, &walk, length);
  guint32 picture = lens_h264_slice_picture_size (&slice) / (slice.mbaff ? 2 : 1);
  tally->expected = walk.next_mb == picture ? 0 : walk.next_mb;
  tally->slices++;
  tally->macroblocks += walk.n_macroblocks;
  tally->pcm += walk.n_pcm;
  tally->fields += slice.field_pic;
  tally->pairs += slice.mbaff;
  tally->cabac += walk.bins > 0;
  tally->b += slice.slice_type == LENS_H264_B;
}

/* Walks what x264 makes with @options. */
static Tally
walk_all (const char *options, guint frames)
{
  g_autoptr (GByteArray) stream = encode_stream (options, frames);
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
  Tally tally = { .sets = sets, .walker = walker };

  g_test_message ("%s", options);
  encode_each (stream, check_nal, &tally);
  g_assert_cmpuint (tally.expected, ==, 0);
  g_assert_cmpuint (tally.slices, >=, frames);
  return tally;
}

static gboolean
skip_without_encoder (void)
{
  if (encode_possible ())
    return FALSE;
  g_test_skip ("x264 is not installed");
  return TRUE;
}

static void
cavlc_slices_end_at_their_stop_bit (void)
{
  static const char *const options[] = {
    "--profile baseline --qp 30",
    "--profile baseline --qp 12 --keyint 3",
    "--profile baseline --crf 40 --partitions all --ref 4",
    "--profile main --no-cabac --bframes 3 --b-adapt 0 --qp 24 --weightp 2",
    "--profile high --no-cabac --8x8dct --bframes 2 --partitions all --qp 20 --subme 9",
    "--profile high --no-cabac --slices 4 --bframes 1 --crf 25",
    "--profile high --no-cabac --slice-max-size 300 --crf 25",
    "--no-cabac --qp 1 --partitions all",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      Tally tally = walk_all (options[i], 12);
      g_assert_cmpuint (tally.cabac, ==, 0);
      g_assert_cmpuint (tally.macroblocks, ==, 12 * 13 * 9);
    }
}

static void
cabac_slices_end_at_their_stop_bit (void)
{
  static const char *const options[] = {
    "--profile main --qp 30",
    "--profile main --qp 10 --keyint 3 --bframes 0",
    "--profile main --bframes 3 --b-adapt 0 --qp 24 --ref 5 --partitions all --subme 9",
    "--profile main --bframes 3 --direct temporal --b-pyramid strict --crf 34",
    "--profile high --8x8dct --partitions all --subme 10 --trellis 2 --qp 16",
    "--profile high --slices 4 --bframes 2 --crf 45",
    "--profile high --slice-max-size 300 --cqm jvt",
    "--nal-hrd cbr --bitrate 300 --vbv-maxrate 300 --vbv-bufsize 100 --intra-refresh",
    "--tune stillimage --crf 51",
    "--qp 0",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      Tally tally = walk_all (options[i], 12);
      g_assert_cmpuint (tally.cabac, ==, tally.slices);
      g_assert_cmpuint (tally.macroblocks, ==, 12 * 13 * 9);
    }
}

/* Pairs of macroblocks that are frame or field by turns. */
static void
adaptive_slices_end_at_their_stop_bit (void)
{
  static const char *const options[] = {
    "--interlaced --qp 26 --bframes 0",
    "--interlaced --qp 20 --bframes 2 --b-adapt 0 --partitions all --8x8dct",
    "--interlaced --qp 34 --bframes 2 --slices 3",
    "--bff --no-cabac --qp 26 --bframes 2 --b-adapt 0 --partitions all",
    "--interlaced --no-cabac --qp 38 --bframes 0",
    "--interlaced --qp 42 --bframes 3 --direct temporal",
    "--interlaced --crf 51 --bframes 3",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      Tally tally = walk_all (options[i], 12);
      g_assert_cmpuint (tally.pairs, ==, tally.slices);
      g_assert_cmpuint (tally.macroblocks, ==, 12 * 13 * 10);
    }
}

static void
other_formats_end_at_their_stop_bit (void)
{
  static const char *const options[] = {
    "--input-csp i422 --output-csp i422 --qp 22 --bframes 2",
    "--input-csp i422 --output-csp i422 --qp 22 --bframes 2 --no-cabac",
    "--input-csp i422 --output-csp i422 --qp 22 --interlaced",
    "--input-csp i422 --output-csp i422 --qp 22 --interlaced --no-cabac",
    "--input-csp i400 --output-csp i400 --qp 22 --bframes 2",
    "--input-csp i400 --output-csp i400 --qp 22 --no-cabac",
    "--output-depth 10 --qp 20 --bframes 2 --partitions all",
    "--output-depth 10 --qp 20 --no-cabac",
    "--input-csp i444 --output-csp i444 --qp 24 --bframes 2 --partitions all",
    "--input-csp i444 --output-csp i444 --qp 24 --bframes 2 --no-cabac --partitions all",
    "--input-csp i444 --output-csp i444 --qp 36 --bframes 2 --slices 2 --no-8x8dct",
    "--input-csp i444 --output-csp i444 --qp 18 --interlaced",
    "--input-csp i444 --output-csp i444 --qp 4 --subme 8 --no-psy --trellis 0",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_assert_cmpuint (walk_all (options[i], 6).slices, >=, 6);
}

/* Noise at the finest step costs more than its samples. */
static void
samples_sent_as_they_are_are_counted (void)
{
  if (skip_without_encoder ())
    return;
  g_assert_cmpuint (walk_all ("--qp 4 --subme 8 --no-psy --trellis 0", 4).pcm, >=, 4 * 12);
  g_assert_cmpuint (walk_all ("--qp 4 --subme 8 --no-psy --no-cabac", 4).pcm, >=, 4 * 12);
}

/* A slice, and the first_mb_in_slice of the next one. */
typedef struct
{
  LensH264Sets *sets;
  LensH264Walker *walker;
  GByteArray *last;
  guint tried;
  guint32 dice;
} Tail;

/* Octets behind the slice before, which ended where this one begins. */
static void
check_tail (const guint8 *nal, gsize length, gpointer user)
{
  static const guint8 tails[][10] = {
    "\x01leaked\x80",
    "\xff\xff\xff\xff\xff\xff\xff\xff",
    "\x80\x80\x80\x80\x80\x80\x80\x80",
    "\x10\x20\x30\x40\x50\x60\x70\x80",
  };
  Tail *tail = user;
  LensH264Slice slice, next;
  LensH264Walk walk;

  lens_h264_sets_take (tail->sets, nal, length);
  if ((nal[0] & 0x1f) != 1 && (nal[0] & 0x1f) != 5)
    return;
  g_assert_true (lens_h264_slice_parse (&next, tail->sets, nal, length));
  for (guint i = 0; i < G_N_ELEMENTS (tails) && tail->last->len > 0; i++)
    {
      g_autoptr (GByteArray) longer = g_byte_array_new ();
      g_byte_array_append (longer, tail->last->data, tail->last->len);
      g_byte_array_append (longer, tails[i], 8);
      g_assert_true (lens_h264_slice_parse (&slice, tail->sets, longer->data, longer->len));
      lens_h264_walker_walk (tail->walker, &slice, longer->data, longer->len, next.first_mb, &walk);
      tail->tried++;
      g_assert_cmpint (walk.status, ==, LENS_H264_WALK_WHOLE);
      g_assert_cmpuint (walk.end, ==, tail->last->len);
      g_assert_cmpuint (walk.rest, ==, tail->last->len);
    }
  g_byte_array_set_size (tail->last, 0);
  g_byte_array_append (tail->last, nal, (guint)length);
}

static void
octets_behind_a_slice_are_behind_its_end (void)
{
  static const char *const options[] = {
    "--slices 3 --qp 30 --bframes 1",
    "--slices 3 --qp 30 --no-cabac --bframes 1",
    "--qp 40 --no-cabac --interlaced",
    "--qp 40 --interlaced",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (GByteArray) stream = encode_stream (options[i], 4);
      g_autoptr (GByteArray) last = g_byte_array_new ();
      g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
      g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
      Tail tail = { .sets = sets, .walker = walker, .last = last };
      encode_each (stream, check_tail, &tail);
      g_assert_cmpuint (tail.tried, >=, 12);
    }
}

/* Bits turned, cut, and noise: every walk ends, inside the picture and the octets. */
static void
check_broken (const guint8 *nal, gsize length, gpointer user)
{
  Tail *tail = user;
  LensH264Slice slice;
  LensH264Walk walk;

  lens_h264_sets_take (tail->sets, nal, length);
  if ((nal[0] & 0x1f) != 1 && (nal[0] & 0x1f) != 5)
    return;
  g_autofree guint8 *octets = g_memdup2 (nal, length);
  for (guint i = 0; i < 60; i++)
    {
      tail->dice = tail->dice * 1664525u + 1013904223u;
      gsize at = 1 + (tail->dice >> 8) % MIN (length - 1, i % 2 != 0 ? 40 : length - 1);
      octets[at] ^= (guint8)(1u << (tail->dice >> 5 & 7));
      gsize cut = i % 3 == 0 ? 1 + (tail->dice >> 9) % length : length;
      g_autofree guint8 *exact = g_memdup2 (octets, cut);
      tail->tried++;
      if (!lens_h264_slice_parse (&slice, tail->sets, exact, cut))
        continue;
      lens_h264_walker_walk (tail->walker, &slice, exact, cut, 0, &walk);
      g_assert_cmpuint (walk.n_macroblocks, <=, lens_h264_slice_picture_size (&slice));
      if (walk.status == LENS_H264_WALK_WHOLE)
        g_assert_cmpuint (walk.end, <=, cut);
      for (guint j = 0; j < walk.n_pcm; j++)
        g_assert_cmpuint (lens_range_end (walk.pcm[j]), <=, cut);
      if (i % 10 == 9)
        memcpy (octets, nal, length);
    }
}

static void
broken_slices_do_no_harm (void)
{
  static const char *const options[] = {
    "--qp 34 --bframes 2",
    "--qp 34 --bframes 2 --no-cabac",
    "--qp 34 --bframes 2 --interlaced",
    "--qp 34 --bframes 2 --interlaced --no-cabac",
    "--qp 4 --subme 8 --no-psy --trellis 0",
    "--qp 34 --input-csp i422 --output-csp i422 --no-cabac",
  };

  if (skip_without_encoder ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (GByteArray) stream = encode_stream (options[i], 6);
      g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
      g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
      Tail tail = { .sets = sets, .walker = walker, .dice = 7 };
      encode_each (stream, check_broken, &tail);
      g_assert_cmpuint (tail.tried, >=, 6 * 60);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h264-slice-data/" name, function)
  CASE ("cavlc-slices-end-at-their-stop-bit", cavlc_slices_end_at_their_stop_bit);
  CASE ("cabac-slices-end-at-their-stop-bit", cabac_slices_end_at_their_stop_bit);
  CASE ("adaptive-slices-end-at-their-stop-bit", adaptive_slices_end_at_their_stop_bit);
  CASE ("other-formats-end-at-their-stop-bit", other_formats_end_at_their_stop_bit);
  CASE ("samples-sent-as-they-are-are-counted", samples_sent_as_they_are_are_counted);
  CASE ("octets-behind-a-slice-are-behind-its-end", octets_behind_a_slice_are_behind_its_end);
  CASE ("broken-slices-do-no-harm", broken_slices_do_no_harm);
  return g_test_run ();
}
