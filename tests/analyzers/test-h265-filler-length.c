/* Numbers and lengths of H.265 filler NAL units; their rules have cases in
 * test-h264-filler-length.c. */
#include "tests/analyzers/build-h265.h"

enum
{
  PICTURES = 60,
  RATE = 600, /* octets per picture */
};

static guint64
put (Build *build, guint16 sequence, guint picture, gboolean marker, const char *head, guint count)
{
  GByteArray *nal = build_join (build_hex (head), build_filled (0xff, count));

  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = 3600 * picture,
                                             .ssrc = 7,
                                             .payload = build_join (nal, build_hex ("80")) }));
}

static void
numbers_of_units_without_a_rule_are_found (void)
{
  g_autoptr (Build) build = build_new ("h265-filler-length");
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint16 sequence = 0;

  build_session (build, build_sdp_h265, FALSE, "");
  for (guint i = 0; i < PICTURES; i++)
    {
      put (build, sequence++, i, FALSE, "0201d0", (guint)g_rand_int_range (random, 100, 500));
      for (gint n = g_rand_int_range (random, 1, 30); n > 0; n--)
        put (build, sequence++, i, n == 1, "4c01", 6);
    }
  g_assert_cmpuint (build_found (build, "h265-fd-nal", LENS_SEVERITY_MEDIUM)->frame_count, >,
                    PICTURES);
}

static void
a_constant_rate_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("h265-filler-length");
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint16 sequence = 0;

  build_session (build, build_sdp_h265, FALSE, "");
  for (guint i = 0; i < PICTURES; i++)
    {
      guint size = (guint)g_rand_int_range (random, 100, 500);
      put (build, sequence++, i, FALSE, "0201d0", size - 8);
      put (build, sequence++, i, TRUE, "4c01", RATE - size - 7);
    }
  build_quiet (build, "h265-fd-nal");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-filler-length/" name, function)
  CASE ("numbers-of-units-without-a-rule-are-found", numbers_of_units_without_a_rule_are_found);
  CASE ("a-constant-rate-is-quiet", a_constant_rate_is_quiet);
  return g_test_run ();
}
