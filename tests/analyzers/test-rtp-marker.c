/* The marker bit, and the habits of honest devices. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, guint16 sequence, guint32 stamp, gboolean marker, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = stamp,
                                             .ssrc = 0xaaaa,
                                             .payload = build_hex (payload) }));
}

static Build *
start (void)
{
  Build *build = build_new ("rtp-marker");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

/* Pictures of two slices; every seventh first slice has M. */
static void
markers_inside_a_picture_are_found (void)
{
  g_autoptr (Build) build = start ();
  guint64 first = 0;
  gsize offset = 0;

  for (guint16 i = 0; i < 350; i++)
    {
      guint64 frame = send (build, (guint16)(2 * i), 3600u * i, i % 7 == 0, "419a5c5c");
      if (i == 0)
        {
          first = frame;
          offset = build->offset;
        }
      send (build, (guint16)(2 * i + 1), 3600u * i, TRUE, "419b5c5c");
    }
  const LensFindingRow *finding = build_found (build, "rtp-marker", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 50);
  build_assert_octets (finding, 0, first, offset + 1, 1);
}

/* Nothing but noise: the standard says which ones speak. */
static void
markers_at_random_are_found (void)
{
  g_autoptr (Build) build = start ();
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  guint missing = 0;

  for (guint16 i = 0; i < 300; i++)
    {
      gboolean marker = g_rand_boolean (random);
      send (build, i, 3600u * i, marker, "419a5c5c");
      missing += !marker && i < 299;
    }
  g_assert_cmpuint (build_found (build, "rtp-marker", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    missing);
}

static void
send_pictures (Build *build, gboolean on_set, gboolean on_slice, gboolean on_last)
{
  guint16 sequence = 0;

  for (guint32 i = 0; i < 300; i++)
    {
      if (i % 25 == 0)
        {
          send (build, sequence++, 3600u * i, on_set, "6742c01e");
          send (build, sequence++, 3600u * i, on_set, "68ce3c80");
        }
      send (build, sequence++, 3600u * i, on_slice, "419a5c5c");
      send (build, sequence++, 3600u * i, on_last, "419b5c5c");
    }
}

static void
the_standard_has_no_finding (void)
{
  g_autoptr (Build) build = start ();

  send_pictures (build, FALSE, FALSE, TRUE);
  g_assert_null (build_finding (build, "rtp-marker"));
}

/* FLIR M400. */
static void
no_marker_ever_has_no_finding (void)
{
  g_autoptr (Build) build = start ();

  send_pictures (build, FALSE, FALSE, FALSE);
  g_assert_null (build_finding (build, "rtp-marker"));
}

/* Ivel LV-IP22IR40DVBL. */
static void
markers_on_parameter_sets_have_no_finding (void)
{
  g_autoptr (Build) build = start ();

  send_pictures (build, TRUE, FALSE, TRUE);
  g_assert_null (build_finding (build, "rtp-marker"));
}

/* The same, and never on what else goes before a picture. */
static void
markers_on_some_sets_have_no_finding (void)
{
  static const char *const units[] = { "0910", "6742c01e", "68ce3c80", "06050100", "419a5c5c" };
  g_autoptr (Build) build = start ();
  guint16 sequence = 0;

  for (guint32 i = 0; i < 60; i++)
    for (guint k = 0; k < G_N_ELEMENTS (units); k++)
      send (build, sequence++, 3600u * i, k == 1 || k == 2 || k == 4, units[k]);
  g_assert_null (build_finding (build, "rtp-marker"));
}

static void
markers_on_every_slice_have_no_finding (void)
{
  g_autoptr (Build) build = start ();

  send_pictures (build, FALSE, TRUE, TRUE);
  g_assert_null (build_finding (build, "rtp-marker"));
}

/* One packet in five is lost. */
static void
loss_has_no_finding (void)
{
  g_autoptr (Build) build = start ();

  for (guint16 i = 0; i < 600; i++)
    if (i * 7 % 5 != 0)
      send (build, i, 3600u * (i / 3), i % 3 == 2, "419a5c5c");
  g_assert_null (build_finding (build, "rtp-marker"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-marker/" name, function)
  CASE ("markers-inside-a-picture-are-found", markers_inside_a_picture_are_found);
  CASE ("markers-at-random-are-found", markers_at_random_are_found);
  CASE ("the-standard-has-no-finding", the_standard_has_no_finding);
  CASE ("no-marker-ever-has-no-finding", no_marker_ever_has_no_finding);
  CASE ("markers-on-parameter-sets-have-no-finding", markers_on_parameter_sets_have_no_finding);
  CASE ("markers-on-some-sets-have-no-finding", markers_on_some_sets_have_no_finding);
  CASE ("markers-on-every-slice-have-no-finding", markers_on_every_slice_have_no_finding);
  CASE ("loss-has-no-finding", loss_has_no_finding);
  return g_test_run ();
}
