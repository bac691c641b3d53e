/* SEI messages about times. */
#include "tests/analyzers/build.h"

static Build *
session (void)
{
  Build *build = build_new ("h264-sei-timing");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

/* One message with the trailing bits. */
static guint64
put (Build *build, guint16 sequence, guint8 type, GByteArray *payload)
{
  GByteArray *nal = build_hex ("06");
  const guint8 head[] = { type, (guint8)payload->len };

  g_byte_array_append (nal, head, sizeof head);
  return build_nal (build, sequence, build_join (build_join (nal, payload), build_hex ("80")));
}

/* A parameter set that has no place for times. */
static void
put_sets (Build *build)
{
  build_nal (build, 1, build_hex ("6742c01eda0507e4"));
  build_nal (build, 2, build_hex ("68ce3c80"));
}

static void
times_longer_than_any_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = put (build, 1, 1, build_filled (0x5a, 40));

  const LensFindingRow *finding
      = build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 40);
}

static void
periods_that_stay_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 20; i++)
    put (build, (guint16)(i + 1), 0, build_hex ("8040201008"));
  g_assert_cmpuint (build_quiet (build, "h264-sei-timing-fields")->room_bits, ==, 20 * 40);
}

/* Delays that count, and begin anew every tenth. */
static void
times_out_of_place_may_count (void)
{
  g_autoptr (Build) build = session ();

  put_sets (build);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *payload = g_strdup_printf ("%06x4%02x2", 0x80 + 2 * (i % 10), 0x33);
      put (build, (guint16)(i + 3), 1, build_hex (payload));
    }
  build_quiet (build, "h264-sei-timing-fields");
}

static void
times_out_of_place_without_order_are_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  put_sets (build);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *payload = g_strdup_printf ("%08x40", g_rand_int (random) | 0x01010101u);
      put (build, (guint16)(i + 3), 1, build_hex (payload));
    }
  g_assert_cmpuint (build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_HIGH)->frame_count,
                    >, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-sei-timing/" name, function)
  CASE ("times-longer-than-any-are-found", times_longer_than_any_are_found);
  CASE ("periods-that-stay-are-room", periods_that_stay_are_room);
  CASE ("times-out-of-place-may-count", times_out_of_place_may_count);
  CASE ("times-out-of-place-without-order-are-found", times_out_of_place_without_order_are_found);
  return g_test_run ();
}
