/* Time stamps of clocks, and of clocks with a message on top. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, guint16 sequence, guint32 stamp, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = stamp,
                                             .ssrc = 0xaaaa,
                                             .payload = build_hex (payload) }));
}

static Build *
start (gboolean over_tcp)
{
  Build *build = build_new ("rtp-timestamp");

  build_session (build, build_sdp_h264, over_tcp, "");
  return build;
}

static void
low_bits_of_some_pictures_are_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = start (GPOINTER_TO_INT (over_tcp));
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint64 first = 0;
  gsize offset = 0;
  guint count = 0;

  for (guint16 i = 0; i < 300; i++)
    {
      guint32 value = i % 3 == 2 ? (guint32)g_rand_int_range (random, 1, 200) : 0;
      guint64 frame = send (build, i, 3600u * i + value, "419a5c5c");
      if (value != 0 && count++ == 0)
        {
          first = frame;
          offset = build->offset;
        }
    }
  const LensFindingRow *finding = build_found (build, "rtp-timestamp-lsb", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, count);
  build_assert_octets (finding, 0, first, offset + 4, 4);
}

static void
low_bits_of_all_pictures_are_found (void)
{
  g_autoptr (Build) build = start (FALSE);
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint16 i = 0; i < 300; i++)
    send (build, i, (3600u * i & ~63u) | (g_rand_int (random) & 63), "419a5c5c");

  g_assert_cmpuint (build_found (build, "rtp-timestamp-lsb", LENS_SEVERITY_HIGH)->used_bits, ==,
                    6 * 300);
}

/* Three fragments have one time. */
static void
fragments_of_other_times_are_found (void)
{
  g_autoptr (Build) build = start (FALSE);
  guint16 sequence = 0;

  for (guint32 i = 0; i < 60; i++)
    {
      send (build, sequence++, 3600 * i, "7c85 0102");
      send (build, sequence++, 3600 * i + (i % 4 == 0 ? 77 : 0), "7c05 0304");
      send (build, sequence++, 3600 * i, "7c45 0506");
    }
  const LensFindingRow *finding = build_found (build, "rtp-timestamp-lsb", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 15);
}

/* A third of the packets are lost, and some come late. */
static void
loss_and_disorder_have_no_finding (void)
{
  g_autoptr (Build) build = start (FALSE);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint16 i = 0; i < 600; i++)
    {
      guint16 number = i % 10 == 3 ? (guint16)(i + 1) : i % 10 == 4 ? (guint16)(i - 1) : i;
      if (g_rand_int_range (random, 0, 3) > 0)
        send (build, number, 3003u * number, "419a5c5c");
    }
  g_assert_null (build_finding (build, "rtp-timestamp-lsb"));
}

static void
a_clock_that_jitters_has_no_finding (void)
{
  g_autoptr (Build) build = start (FALSE);
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  guint32 stamp = 0;

  for (guint16 i = 0; i < 600; i++)
    send (build, i, stamp += (guint32)g_rand_int_range (random, 3400, 3800), "419a5c5c");

  g_assert_null (build_finding (build, "rtp-timestamp-lsb"));
}

/* What stamps the later fragments runs faster by a thousandth. */
static void
fragments_by_another_clock_have_no_finding (void)
{
  g_autoptr (Build) build = start (FALSE);
  guint16 sequence = 0;

  for (guint32 i = 0; i < 60; i++)
    {
      send (build, sequence++, 3600 * i, "7c85 0102");
      send (build, sequence++, 3600 * i, "7c05 0304");
      send (build, sequence++, 3600 * i + 36 * i / 10, "7c45 0506");
    }
  g_assert_null (build_finding (build, "rtp-timestamp-lsb"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtp-timestamp/low-bits-of-some-pictures-are-found-over-udp",
                        GINT_TO_POINTER (FALSE), low_bits_of_some_pictures_are_found);
  g_test_add_data_func ("/analyzers/rtp-timestamp/low-bits-of-some-pictures-are-found-over-tcp",
                        GINT_TO_POINTER (TRUE), low_bits_of_some_pictures_are_found);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-timestamp/" name, function)
  CASE ("low-bits-of-all-pictures-are-found", low_bits_of_all_pictures_are_found);
  CASE ("fragments-of-other-times-are-found", fragments_of_other_times_are_found);
  CASE ("loss-and-disorder-have-no-finding", loss_and_disorder_have_no_finding);
  CASE ("a-clock-that-jitters-has-no-finding", a_clock_that_jitters_has_no_finding);
  CASE ("fragments-by-another-clock-have-no-finding", fragments_by_another_clock_have_no_finding);
  return g_test_run ();
}
