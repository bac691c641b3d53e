/* Segments that are sent again, and differ. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

static void
open_both (Build *build)
{
  BuildTcp tcp;

  build_connect (build, &tcp, 80, 40000); /* the camera goes on at 5001, the viewer at 1001 */
}

static guint64
say (Build *build, guint32 sequence, GByteArray *data, gboolean wrong_sum)
{
  return build_tcp (build, CAMERA, 80, 40000,
                    (BuildSegment){ .flags = LENS_TCP_ACK,
                                    .sequence = sequence,
                                    .acknowledgement = 1001,
                                    .data = data,
                                    .wrong_sum = wrong_sum });
}

static void
listen (Build *build, guint32 acknowledgement)
{
  build_tcp (build, VIEWER, 80, 40000,
             (BuildSegment){
                 .flags = LENS_TCP_ACK, .sequence = 1001, .acknowledgement = acknowledgement });
}

static void
talk (Build *build)
{
  open_both (build);
  for (guint i = 0; i < 5; i++)
    say (build, 5001 + 8 * i, build_text ("honestly"), FALSE);
}

static void
a_copy_that_differs_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-overlap");

  talk (build);
  guint64 frame = say (build, 5033, build_text ("hiddenly"), FALSE);
  const LensFindingRow *finding
      = build_found (build, "tcp-retransmission-different", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 20, 8);
}

static void
a_copy_cut_in_another_way_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-overlap");

  talk (build);
  say (build, 5025, build_text ("honestlyhone"), FALSE);
  say (build, 5037, build_text ("stly and on"), FALSE);
  g_assert_null (build_finding (build, "tcp-retransmission-different"));
}

static void
a_damaged_copy_or_two_are_quiet_and_many_are_not (void)
{
  for (guint count = 2; count <= 4; count += 2)
    {
      g_autoptr (Build) build = build_new ("tcp-overlap");
      talk (build);
      for (guint i = 0; i < count; i++)
        {
          GByteArray *data = build_text ("honestly");
          data->data[3] = (guint8)(data->data[3] + 1 + i);
          say (build, 5033, data, TRUE);
        }
      if (count > 2)
        build_found (build, "tcp-retransmission-different", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "tcp-retransmission-different");
    }
}

static void
where_no_checksum_is_right_none_is_an_excuse (void)
{
  g_autoptr (Build) build = build_new ("tcp-overlap");

  open_both (build);
  for (guint i = 0; i < 5; i++)
    say (build, 5001 + 8 * i, build_text ("honestly"), TRUE);
  say (build, 5033, build_text ("hiddenly"), TRUE);
  build_found (build, "tcp-retransmission-different", LENS_SEVERITY_MEDIUM);
}

static void
keepalives_with_changing_octets_are_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-overlap");

  talk (build);
  listen (build, 5041);
  guint64 frame = say (build, 5040, build_text ("A"), FALSE);
  say (build, 5040, build_text ("B"), FALSE);
  say (build, 5040, build_text ("C"), FALSE);
  const LensFindingRow *finding = build_found (build, "tcp-keepalive-byte", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 20, 1);
  g_assert_cmpuint (finding->used_bits, ==, 24);
}

static void
honest_keepalives_are_quiet (void)
{
  static const char *const octets[] = { "00", "79", "ff" }; /* zero, the last one, garbage */

  for (guint i = 0; i < G_N_ELEMENTS (octets); i++)
    {
      g_autoptr (Build) build = build_new ("tcp-overlap");
      talk (build);
      listen (build, 5041);
      for (guint k = 0; k < 5; k++)
        say (build, 5040, build_hex (octets[i]), FALSE);
      if (i < 2)
        build_quiet (build, "tcp-keepalive-byte");
      else
        build_found (build, "tcp-keepalive-byte", LENS_SEVERITY_LOW);
    }
}

static void
a_keepalive_captured_before_its_octet_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-overlap");

  talk (build);
  say (build, 5048, build_hex ("00"), FALSE);
  say (build, 5041, build_text ("honestly"), FALSE);
  build_quiet (build, "tcp-retransmission-different");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-overlap/a-copy-that-differs-is-found",
                   a_copy_that_differs_is_found);
  g_test_add_func ("/analyzers/tcp-overlap/a-copy-cut-in-another-way-is-quiet",
                   a_copy_cut_in_another_way_is_quiet);
  g_test_add_func ("/analyzers/tcp-overlap/a-damaged-copy-or-two-are-quiet-and-many-are-not",
                   a_damaged_copy_or_two_are_quiet_and_many_are_not);
  g_test_add_func ("/analyzers/tcp-overlap/where-no-checksum-is-right-none-is-an-excuse",
                   where_no_checksum_is_right_none_is_an_excuse);
  g_test_add_func ("/analyzers/tcp-overlap/keepalives-with-changing-octets-are-found",
                   keepalives_with_changing_octets_are_found);
  g_test_add_func ("/analyzers/tcp-overlap/honest-keepalives-are-quiet",
                   honest_keepalives_are_quiet);
  g_test_add_func ("/analyzers/tcp-overlap/a-keepalive-captured-before-its-octet-is-quiet",
                   a_keepalive_captured_before_its_octet_is_quiet);
  return g_test_run ();
}
