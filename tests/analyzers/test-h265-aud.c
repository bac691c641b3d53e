/* Delimiters against the pictures behind them. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-aud");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static GByteArray *
delimiter (guint pic_type)
{
  GByteArray *nal = build_hex ("4601 10");

  nal->data[2] |= (guint8)(pic_type << 5);
  return nal;
}

/* A delimiter and a picture as one time. */
static guint64
build_picture (Build *build, guint16 sequence, guint pic_type, GByteArray *slice)
{
  GByteArray *payload = build_hex ("6001 0003");

  payload = build_join (payload, delimiter (pic_type));
  const guint8 size[] = { 0, (guint8)slice->len };
  g_byte_array_append (payload, size, 2);
  return build_nal (build, sequence, build_join (payload, slice));
}

static void
a_delimiter_that_does_not_fit_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  build_picture (build, sequence++, 1, UNIT (h265_p));
  gsize offset = build->offset + 12 + 2 + 2 + 2;
  guint64 frame = build_picture (build, sequence++, 0, UNIT (h265_p)); /* I, but it is P */
  build_picture (build, sequence++, 6, UNIT (h265_p));                 /* reserved */
  build_picture (build, sequence++, 1, UNIT (h265_p));
  const LensFindingRow *finding = build_found (build, "h265-aud-pcm", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 1);
  g_assert_cmpuint (finding->frame_count, ==, 2);
}

static void
a_choice_that_is_no_habit_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  for (guint i = 0; i < 60; i++)
    build_picture (build, sequence++, 1 + (i * i / 3) % 2, UNIT (h265_p));
  build_found (build, "h265-aud-pcm", LENS_SEVERITY_MEDIUM);
}

static void
delimiters_of_one_habit_are_room (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  for (guint i = 0; i < 30; i++)
    {
      build_picture (build, sequence++, 2, UNIT (h265_b));
      build_picture (build, sequence++, 1, UNIT (h265_p));
    }
  g_assert_nonnull (build_quiet (build, "h265-aud-pcm"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-aud/" name, function)
  CASE ("a-delimiter-that-does-not-fit-is-found", a_delimiter_that_does_not_fit_is_found);
  CASE ("a-choice-that-is-no-habit-is-found", a_choice_that_is_no_habit_is_found);
  CASE ("delimiters-of-one-habit-are-room", delimiters_of_one_habit_are_room);
  return g_test_run ();
}
