/* H.265 parameter sets that change, and that no slice needs. */
#include "tests/analyzers/build-h265.h"

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("h265-parameter-sets"), 0 };

  build_session (stream.build, build_sdp_h265, FALSE, "");
  build_nal (stream.build, ++stream.sequence, UNIT (h265_vps));
  build_nal (stream.build, ++stream.sequence, UNIT (h265_sps));
  build_nal (stream.build, ++stream.sequence, UNIT (h265_pps));
  build_nal (stream.build, ++stream.sequence, UNIT (h265_idr));
  return stream;
}

/* A VPS with another octet at its end, then a picture; the set's frame. */
static guint64
put_vps (Stream *stream, guint8 octet)
{
  GByteArray *vps = UNIT (h265_vps);

  vps->data[vps->len - 2] = octet;
  guint64 frame = build_nal (stream->build, ++stream->sequence, vps);
  build_nal (stream->build, ++stream->sequence, UNIT (h265_idr));
  return frame;
}

static void
a_set_that_changes_again_and_again_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint64 first = 0;

  for (guint i = 0; i < 20; i++)
    {
      guint64 frame = put_vps (&stream, (guint8)(0x80 | i));
      first = first > 0 ? first : frame;
    }
  const LensFindingRow *finding = build_found (build, "h265-ps-churn", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  build_assert_octets (finding, 0, first, build->offset + 12 + sizeof h265_vps - 2, 1);
}

static void
sets_that_no_slice_names_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  /* Identifiers 15 to 30 (000010000 to 000011111), then the first sequence's set. */
  for (guint i = 0; i < 32; i++)
    {
      GByteArray *pps = build_hex ("4401 08c3 2040");
      pps->data[2] = (guint8)(0x08 | (i % 16) >> 1);
      pps->data[3] = (guint8)((i & 1) << 7 | 0x43);
      build_nal (build, ++stream.sequence, pps);
      build_nal (build, ++stream.sequence, UNIT (h265_p));
    }
  g_assert_cmpuint (build_found (build, "h265-ps-churn", LENS_SEVERITY_MEDIUM)->frame_count, >, 25);
}

static void
the_same_sets_again_and_a_few_changes_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 60; i++)
    {
      put_vps (&stream, (guint8)(0x80 | i / 20));
      build_nal (build, ++stream.sequence, UNIT (h265_sps));
      build_nal (build, ++stream.sequence, UNIT (h265_pps));
    }
  build_quiet (build, "h265-ps-churn");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-parameter-sets/" name, function)
  CASE ("a-set-that-changes-again-and-again-is-found", a_set_that_changes_again_and_again_is_found);
  CASE ("sets-that-no-slice-names-are-found", sets_that_no_slice_names_are_found);
  CASE ("the-same-sets-again-and-a-few-changes-are-quiet",
        the_same_sets_again_and_a_few_changes_are_quiet);
  return g_test_run ();
}
