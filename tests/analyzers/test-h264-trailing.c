/* What lies behind the end of units that are no slices. */
#include "tests/analyzers/build.h"

#define SPS "6742c01eda0507e4"
#define PPS "68ce3c80"

static Build *
session (void)
{
  Build *build = build_new ("h264-trailing");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

static void
octets_behind_a_parameter_set_are_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex (SPS));
  build_nal (build, 2, build_hex (PPS));
  guint64 frame = build_nal (build, 3, build_hex (SPS "6c65616b"));
  gsize offset = build->offset;
  build_nal (build, 4, build_hex (PPS "00aa"));

  const LensFindingRow *finding
      = build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset + 12 + 8, 4);
  build_assert_octets (finding, 1, frame + 1, build->offset + 12 + 4, 2);
  g_assert_cmpuint (finding->used_bits, ==, 48);
}

static void
octets_behind_messages_marks_and_ends_are_found (void)
{
  static const char *const units[] = { "06 010180 80 6162", "09f0 61", "0a 61", "0b 62" };
  static const gsize ends[] = { 5, 2, 1, 1 };
  g_autoptr (Build) build = session ();
  guint64 frame = 0;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    frame = build_nal (build, (guint16)(i + 1), build_hex (units[i]));
  const LensFindingRow *finding
      = build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    build_assert_octets (finding, i, frame - 3 + i, build->offset + 12 + ends[i], i == 0 ? 2 : 1);
}

/* A maker whose parameter set always has the same octets behind it. */
static void
the_same_octets_everywhere_are_low (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 5; i++)
    build_nal (build, (guint16)(i + 1), build_hex (SPS "0001020304"));
  build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_LOW);
}

static void
units_that_end_where_they_say_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex (SPS));
  build_nal (build, 2, build_hex (PPS));
  build_nal (build, 3, build_hex ("06 050361626380"));
  build_nal (build, 4, build_hex ("0910"));
  build_nal (build, 5, build_hex ("0a"));
  g_assert_null (build_quiet (build, "h264-bytes-after-trailing"));
}

/* The same number for each type, or up to a multiple of four. */
static void
zeros_that_are_foreseen_are_room (void)
{
  g_autoptr (Build) fixed = session ();
  g_autoptr (Build) round = session ();
  static const char *const messages[] = { "06 0101 80 80 000000", "06 010261 80 80 0000",
                                          "06 0103 616280 80 00", "06 0104 61626380 80" };

  for (guint i = 0; i < 40; i++)
    {
      build_nal (fixed, (guint16)(i + 1), build_hex (i % 2 == 0 ? SPS "0000" : PPS "00"));
      build_nal (round, (guint16)(i + 1), build_hex (messages[i * 7 / 3 % 4]));
    }
  g_assert_cmpuint (build_quiet (fixed, "h264-bytes-after-trailing")->room_bits, ==, 120);
  build_quiet (round, "h264-bytes-after-trailing");
}

static void
zeros_without_a_rule_are_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint i = 0; i < 60; i++)
    {
      GByteArray *nal = build_hex (PPS);
      build_nal (build, (guint16)(i + 1),
                 build_join (nal, build_filled (0, (gsize)g_rand_int_range (random, 0, 8))));
    }
  build_found (build, "h264-bytes-after-trailing", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-trailing/" name, function)
  CASE ("octets-behind-a-parameter-set-are-found", octets_behind_a_parameter_set_are_found);
  CASE ("octets-behind-messages-marks-and-ends-are-found",
        octets_behind_messages_marks_and_ends_are_found);
  CASE ("the-same-octets-everywhere-are-low", the_same_octets_everywhere_are_low);
  CASE ("units-that-end-where-they-say-are-quiet", units_that_end_where_they_say_are_quiet);
  CASE ("zeros-that-are-foreseen-are-room", zeros_that_are_foreseen_are_room);
  CASE ("zeros-without-a-rule-are-found", zeros_without_a_rule_are_found);
  return g_test_run ();
}
