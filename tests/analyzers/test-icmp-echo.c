/* Numbers of pings, and what nobody asked for. */
#include "tests/analyzers/build-network.h"

#include <string.h>

static guint64
ping (Build *build, guint16 identifier, guint16 sequence)
{
  return build_echo (build, CAMERA, 8, identifier, sequence, build_filled (0, 8));
}

static void
numbers_that_do_not_go_on_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");
  guint64 odd = 0;

  build->step = 250 * 1000 * 1000;
  for (guint i = 0; i < 20; i++)
    {
      guint64 frame = ping (build, 0x1234, (guint16)(i % 2 == 0 ? 1 + i : 0x5000 + 7919 * i));
      odd = i == 1 ? frame : odd;
    }
  const LensFindingRow *finding = build_found (build, "icmp-echo-id-seq", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 10 * 16);
  build_assert_octets (finding, 0, odd, 34 + 6, 2);
}

static void
ever_new_identifiers_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");

  build->step = 250 * 1000 * 1000;
  for (guint i = 0; i < 30; i++)
    ping (build, (guint16)(0x1234 + 7919 * i), 1);
  build_found (build, "icmp-echo-id-seq", LENS_SEVERITY_MEDIUM);
}

static void
ping_programs_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");

  build->step = 500 * 1000 * 1000;
  for (guint i = 0; i < 40; i++)
    {
      ping (build, 0x4711, (guint16)(1 + i + i / 9)); /* some are lost */
      ping (build, 0x0001, GUINT16_SWAP_LE_BE ((guint16)(0x3f0 + i)));
      ping (build, (guint16)(0x2000 + 3 * i), 1); /* started anew each time */
    }
  g_assert_null (build_quiet (build, "icmp-echo-id-seq"));
}

/* @size: of the steps that @often in a hundred requests take. */
static Build *
ping_by_steps (guint size, gint often)
{
  Build *build = build_new ("icmp-echo");
  g_autoptr (GRand) random = g_rand_new_with_seed (792);
  guint16 sequence = 0;

  for (guint i = 0; i < 300; i++)
    {
      sequence += g_rand_int_range (random, 0, 100) < often ? size : 1;
      ping (build, 0x4711, sequence);
    }
  return build;
}

static void
numbers_left_out_all_the_time_are_found (void)
{
  g_autoptr (Build) build = ping_by_steps (2, 50);

  build_found (build, "icmp-echo-id-seq", LENS_SEVERITY_MEDIUM);
}

static void
numbers_that_were_lost_or_went_elsewhere_are_quiet (void)
{
  g_autoptr (Build) lossy = ping_by_steps (2, 10), others = ping_by_steps (5, 97);

  build_quiet (lossy, "icmp-echo-id-seq");
  build_quiet (others, "icmp-echo-id-seq");
}

static void
rare_pings_of_new_programs_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");

  build->step = G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000;
  for (guint i = 0; i < 30; i++)
    ping (build, (guint16)(0x1234 + 7919 * i), 0);
  g_assert_null (build_quiet (build, "icmp-echo-id-seq"));
}

static void
replies_that_nobody_asked_for_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");
  guint64 frame = 0;

  build->step = 500 * 1000 * 1000;
  build_echo (build, VIEWER, 8, 8, 0, build_filled ('x', 8));
  for (guint i = 0; i < 20; i++)
    frame = build_echo (build, CAMERA, 0, 9, (guint16)i, build_filled ('x', 8));
  const LensFindingRow *finding = build_found (build, "icmp-unsolicited", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->ranges->len, >, 0);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).last, ==, frame);
}

/* Only what the camera sends was captured. */
static void
replies_in_a_capture_of_one_direction_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");

  build->step = 500 * 1000 * 1000;
  for (guint i = 0; i < 20; i++)
    build_echo (build, CAMERA, 0, 9, (guint16)i, build_filled ('x', 8));
  const LensFindingRow *finding = build_quiet (build, "icmp-unsolicited");
  g_assert_nonnull (finding);
  g_assert_nonnull (strstr (finding->detail, "nothing that was sent to the device"));
}

static void
replies_to_what_was_asked_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");

  build->step = 500 * 1000 * 1000;
  for (guint i = 0; i < 40; i++)
    {
      if (i % 30 != 7) /* the capture missed one */
        build_echo (build, VIEWER, 8, 9, (guint16)i, build_filled ('x', 8));
      build_echo (build, CAMERA, 0, 9, (guint16)i, build_filled ('x', 8));
    }
  g_assert_null (build_quiet (build, "icmp-unsolicited"));
}

static void
types_that_nobody_uses_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-echo");
  guint64 frame = build_ip4 (
      build, CAMERA,
      (BuildIp4){ .protocol = 1,
                  .payload = build_summed (build_hex ("2800 0000 01020304 05060708")) });

  const LensFindingRow *finding = build_found (build, "icmp-unsolicited", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 34, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/icmp-echo/" name, function)
  CASE ("numbers-that-do-not-go-on-are-found", numbers_that_do_not_go_on_are_found);
  CASE ("ever-new-identifiers-are-found", ever_new_identifiers_are_found);
  CASE ("ping-programs-are-quiet", ping_programs_are_quiet);
  CASE ("numbers-left-out-all-the-time-are-found", numbers_left_out_all_the_time_are_found);
  CASE ("numbers-that-were-lost-or-went-elsewhere-are-quiet",
        numbers_that_were_lost_or_went_elsewhere_are_quiet);
  CASE ("rare-pings-of-new-programs-are-quiet", rare_pings_of_new_programs_are_quiet);
  CASE ("replies-that-nobody-asked-for-are-found", replies_that_nobody_asked_for_are_found);
  CASE ("replies-in-a-capture-of-one-direction-are-quiet",
        replies_in_a_capture_of_one_direction_are_quiet);
  CASE ("replies-to-what-was-asked-are-quiet", replies_to_what_was_asked_are_quiet);
  CASE ("types-that-nobody-uses-are-found", types_that_nobody_uses_are_found);
  return g_test_run ();
}
