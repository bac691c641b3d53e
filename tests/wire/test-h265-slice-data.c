/* Slices of many kinds, made by x265: each walk must end exactly in the stop bit, and the walks
 * of a picture must cover it.  That proves the tables: a wrong entry loses the way. */
#include "tests/wire/h265-encode.h"

#include "wire/h265.h"

typedef struct
{
  LensH265Sets *sets;
  LensH265Walker *walker;
  guint slices, pcm;
  guint32 expected; /* slice_segment_address of the next one; 0: a new picture */
} Tally;

static void
check_nal (const guint8 *nal, gsize length, gpointer user)
{
  Tally *tally = user;
  LensH265Slice slice;
  LensH265Walk walk;

  lens_h265_sets_take (tally->sets, nal, length);
  if (!lens_h265_is_slice (nal[0] >> 1 & 0x3f))
    return;
  g_assert_true (lens_h265_slice_parse (&slice, tally->sets, nal, length));
  g_assert_cmpuint (slice.address, ==, tally->expected);
  lens_h265_walker_walk (tally->walker, &slice, nal, length, &walk);
  if (walk.status != LENS_H265_WALK_WHOLE)
    g_error ("status %d after %u units of slice %u, type %d, %" G_GSIZE_FORMAT " octets",
             walk.status, walk.n_ctbs, tally->slices, slice.slice_type, length);
  g_assert_cmpuint (walk.end, ==, length);
  g_assert_cmpuint (walk.rest, ==, length);
  g_assert_cmpuint (walk.stop, ==, length - 1);
  g_assert_cmpuint (walk.alignment, ==, 0);
  tally->expected = walk.next_ctb == lens_h265_sps_ctbs (slice.sps) ? 0 : walk.next_ctb;
  tally->slices++;
  tally->pcm += walk.n_pcm;
}

/* Walks what @program makes with @options. */
static Tally
walk_all (const char *program, const char *options, guint frames)
{
  g_autoptr (GByteArray) stream = encode_h265_stream (program, options, frames);
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  g_autoptr (LensH265Walker) walker = lens_h265_walker_new ();
  Tally tally = { .sets = sets, .walker = walker };

  g_test_message ("%s", options);
  encode_each (stream, check_nal, &tally);
  g_assert_cmpuint (tally.expected, ==, 0);
  g_assert_cmpuint (tally.slices, >=, frames);
  return tally;
}

static gboolean
skip_without (const char *program)
{
  if (encode_h265_possible (program))
    return FALSE;
  g_test_skip ("the encoder is not installed");
  return TRUE;
}

static void
check_all (const char *const *options, guint n, guint frames)
{
  if (skip_without ("x265"))
    return;
  for (guint i = 0; i < n; i++)
    walk_all ("x265", options[i], frames);
}

static void
slices_end_at_their_stop_bit (void)
{
  static const char *const options[] = {
    "--preset ultrafast --no-wpp --qp 30",
    "--preset ultrafast --wpp --qp 30 --ctu 16 --min-cu-size 16",
    "--preset ultrafast --tune zerolatency --bitrate 250",
    "--preset superfast --no-wpp --keyint 3 --qp 12 --ctu 32",
    "--preset medium --no-wpp --bframes 0 --crf 40 --ctu 64",
    "--preset medium --wpp --ctu 16 --bframes 3 --b-adapt 0 --crf 24",
    "--preset slow --rect --amp --bframes 3 --crf 26",
    "--preset slow --rect --amp --limit-modes --ctu 64 --qp 20 --no-sao",
    "--preset fast --tskip --crf 22 --rdoq-level 0",
    "--preset medium --lossless",
    "--preset medium --cu-lossless --qp 8",
    "--preset ultrafast --slices 3 --wpp --ctu 16 --crf 20",
    "--preset ultrafast --slices 2 --ctu 16 --bframes 2",
    "--preset medium --weightp --weightb --bframes 4 --b-pyramid --ref 5",
    "--preset fast --no-signhide --no-sao --no-strong-intra-smoothing --crf 30",
    "--preset fast --constrained-intra --intra-refresh --bframes 0 --crf 34",
    "--preset fast --aq-mode 2 --qg-size 16 --bitrate 200 --vbv-maxrate 200 --vbv-bufsize 100",
    "--preset fast --aq-mode 3 --qg-size 8 --ctu 32 --crf 20 --aq-strength 3",
    "--preset veryslow --tu-intra-depth 4 --tu-inter-depth 4 --limit-tu 0 --crf 28",
    "--preset fast --max-tu-size 8 --ctu 32 --crf 28",
    "--preset fast --max-merge 1 --ref 1 --no-temporal-mvp --crf 28",
    "--preset medium --qp 1",
    "--preset medium --qp 51 --early-skip",
    "--temporal-layers --bframes 3 --hrd --vbv-maxrate 300 --vbv-bufsize 300 --bitrate 250",
  };

  check_all (options, G_N_ELEMENTS (options), 8);
}

static void
slices_of_other_formats_end_there_too (void)
{
  static const char *const options[] = {
    "--preset medium --output-depth 10 --crf 24",
    "--preset fast --output-depth 12 --wpp --ctu 16 --qp 10",
    "--preset medium --input-csp i400 --crf 28",
    "--preset slow --input-csp i422 --crf 22 --rect --amp",
    "--preset fast --input-csp i422 --output-depth 10 --qp 12 --ctu 16 --tskip",
    "--preset slow --input-csp i444 --crf 22 --rect --amp",
    "--preset ultrafast --input-csp i444 --wpp --qp 8",
    "--preset fast --input-csp i444 --tskip --bframes 3 --crf 30 --tu-intra-depth 3",
  };

  check_all (options, G_N_ELEMENTS (options), 6);
}

typedef struct
{
  LensH265Sets *sets;
  LensH265Walker *walker;
  guint changed;
} Damage;

/* Ends, whatever the octets are, and says no more than there is. */
static void
damage_nal (const guint8 *nal, gsize length, gpointer user)
{
  Damage *damage = user;
  LensH265Slice slice;
  LensH265Walk walk;

  lens_h265_sets_take (damage->sets, nal, length);
  if (!lens_h265_is_slice (nal[0] >> 1 & 0x3f))
    return;
  for (gsize i = 8; i < length; i += 1 + length / 40)
    {
      g_autofree guint8 *copy = g_memdup2 (nal, length);
      copy[i] ^= (guint8)(1 + 37 * i);
      if (!lens_h265_slice_parse (&slice, damage->sets, copy, length - i % 3))
        continue;
      lens_h265_walker_walk (damage->walker, &slice, copy, length - i % 3, &walk);
      damage->changed++;
      if (walk.status == LENS_H265_WALK_WHOLE)
        g_assert_cmpuint (walk.rest, <=, length - i % 3);
    }
}

static void
damaged_slices_end (void)
{
  if (skip_without ("x265"))
    return;
  g_autoptr (GByteArray) stream = encode_h265_stream (
      "x265", "--preset slow --rect --amp --tskip --wpp --ctu 32 --crf 20", 6);
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  g_autoptr (LensH265Walker) walker = lens_h265_walker_new ();
  Damage damage = { sets, walker, 0 };

  encode_each (stream, damage_nal, &damage);
  g_assert_cmpuint (damage.changed, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h265-slice-data/" name, function)
  CASE ("slices-end-at-their-stop-bit", slices_end_at_their_stop_bit);
  CASE ("slices-of-other-formats-end-there-too", slices_of_other_formats_end_there_too);
  CASE ("damaged-slices-end", damaged_slices_end);
  return g_test_run ();
}
