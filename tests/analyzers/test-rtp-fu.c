/* Headers of fragments: what they repeat, and what they say beside it. */
#include "tests/analyzers/build.h"

/* One payload of track 0, numbered like its frame: any other frame makes a gap. */
static guint64
send (Build *build, guint32 timestamp, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = (guint16)build->frame,
                                             .timestamp = timestamp,
                                             .ssrc = 0xaaaa,
                                             .payload = build_hex (payload) }));
}

static Build *
start (void)
{
  Build *build = build_new ("rtp-fu");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

/* FU indicator: NRI 3, type 28; FU header: S, E, R, type 5. */
static void
a_reserved_bit_is_found (void)
{
  g_autoptr (Build) build = start ();

  send (build, 0, "7c85 0102");
  guint64 frame = send (build, 0, "7c25 0304");
  gsize offset = build->offset + 12 + 1;
  send (build, 0, "7c45 0506");

  const LensFindingRow *finding = build_found (build, "rtp-fu-header", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 1);
  build_assert_octets (finding, 0, frame, offset, 1);
}

static void
an_indicator_that_differs_is_found (void)
{
  g_autoptr (Build) build = start ();

  send (build, 0, "7c85 0102");
  guint64 frame = send (build, 0, "1c05 0304");
  send (build, 0, "7c45 0506");

  const LensFindingRow *finding = build_found (build, "rtp-fu-header", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 2);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 12, 2);
}

/* All other NAL units of the type have NRI 3, so it was the first that spoke. */
static void
a_first_indicator_that_differs_is_found_itself (void)
{
  g_autoptr (Build) build = start ();

  for (guint32 i = 0; i < 10; i++)
    {
      send (build, i, "7c85 0102");
      send (build, i, "7c45 0506");
    }
  guint64 frame = send (build, 10, "5c85 0102");
  send (build, 10, "7c05 0304");
  send (build, 10, "7c45 0506");

  const LensFindingRow *finding = build_found (build, "rtp-fu-header", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 12, 2);
}

static void
ends_that_are_no_ends_are_found (void)
{
  g_autoptr (Build) build = start ();

  for (guint32 i = 0; i < 40; i++)
    {
      send (build, i, "7c85 0102");
      send (build, i, i % 4 == 0 ? "7c45 0304" : "7c05 0304");
      send (build, i, "7c45 0506");
    }
  const LensFindingRow *finding = build_found (build, "rtp-fu-header", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
}

/* CostarHD: S and E for whatever fits one packet. */
static void
a_fragment_alone_is_a_habit (void)
{
  g_autoptr (Build) build = start ();

  for (guint32 i = 0; i < 100; i++)
    send (build, i, "7cc1 0102");

  g_assert_null (build_finding (build, "rtp-fu-header"));
}

static void
a_fragment_alone_now_and_then_is_found (void)
{
  g_autoptr (Build) build = start ();

  for (guint32 i = 0; i < 100; i++)
    send (build, i, i * i % 3 == 0 ? "7cc1 0102" : "61 0102");

  build_found (build, "rtp-fu-header", LENS_SEVERITY_MEDIUM);
}

/* A lost fragment explains a start without an end. */
static void
what_loss_explains_is_quiet (void)
{
  g_autoptr (Build) build = start ();

  for (guint32 i = 0; i < 100; i++)
    {
      send (build, i, "7c85 0102");
      build_echo (build, VIEWER, 8, 1, (guint16)i, build_filled (0, 8));
      send (build, i, i % 2 == 0 ? "7c85 0304" : "5c05 0304");
    }
  g_assert_null (build_finding (build, "rtp-fu-header"));
}

static void
honest_fragments_are_quiet (void)
{
  g_autoptr (Build) build = start ();

  for (guint16 i = 0; i < 20; i++)
    build_fragments (build, (guint16)(10 * i), 100, build_filled (0x65, 500));

  g_assert_null (build_finding (build, "rtp-fu-header"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-fu/" name, function)
  CASE ("a-reserved-bit-is-found", a_reserved_bit_is_found);
  CASE ("an-indicator-that-differs-is-found", an_indicator_that_differs_is_found);
  CASE ("a-first-indicator-that-differs-is-found-itself",
        a_first_indicator_that_differs_is_found_itself);
  CASE ("ends-that-are-no-ends-are-found", ends_that_are_no_ends_are_found);
  CASE ("a-fragment-alone-is-a-habit", a_fragment_alone_is_a_habit);
  CASE ("a-fragment-alone-now-and-then-is-found", a_fragment_alone_now_and_then_is_found);
  CASE ("what-loss-explains-is-quiet", what_loss_explains_is_quiet);
  CASE ("honest-fragments-are-quiet", honest_fragments_are_quiet);
  return g_test_run ();
}
