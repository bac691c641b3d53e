/* Parameter sets in descriptions: those of the video, and others. */
#include "tests/analyzers/build.h"

#include <string.h>

/* The sets of tests/wire/h265-octets.h. */
#define VPS "QAEMAf//AWAAAAMAkAAAAwAAAwAelZgJ"
#define SPS "QgEBAWAAAAMAkAAAAwAAAwAeoCCBBZZWaSTK8BaAgAAAAwCAAAAMsAZGLwAw0ADDUQ=="
#define PPS "RAHBcrQiQA=="

static Build *
session (const char *parameters)
{
  Build *build = build_new ("h265-sprop");
  g_autofree char *sdp = g_strdup_printf ("%sa=fmtp:96 %s\r\n", build_sdp_h265, parameters);

  build_session (build, sdp, FALSE, "");
  return build;
}

static void
the_video_s_own_sets_are_room (void)
{
  g_autoptr (Build) build = session ("sprop-vps=" VPS ";sprop-sps=" SPS ";sprop-pps=" PPS);

  g_assert_cmpuint (build_quiet (build, "sdp-sprop-mismatch")->room_bits, ==, 8 * (24 + 49 + 7));
}

static void
units_of_another_type_are_found (void)
{
  g_autoptr (Build) build = session ("sprop-vps=" VPS ",UgFsZWFr;sprop-sps=" SPS);

  g_assert_cmpuint (build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    8 * 6);
}

static void
octets_behind_a_set_are_found (void)
{
  g_autoptr (Build) build = session (
      "sprop-sps="
      "QgEBAWAAAAMAkAAAAwAAAwAeoCCBBZZWaSTK8BaAgAAAAwCAAAAMsAZGLwAw0ADDUWxlYWtlZCB3b3Jkcw==");

  g_assert_cmpuint (build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    8 * strlen ("leaked words"));
}

/* SEI as x265 writes it, and under a UUID that nobody knows. */
static void
messages_of_no_known_encoder_are_found (void)
{
  g_autoptr (Build) honest = session ("sprop-sei=TgGQBAPoAZCA");
  g_autoptr (Build) build = session ("sprop-sei=TgEFFAARIjNEVWZ3iJmqu8zd7v9sZWFrgA==");

  build_quiet (honest, "sdp-sprop-mismatch");
  g_assert_cmpuint (build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    8 * 25);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-sprop/" name, function)
  CASE ("the-video-s-own-sets-are-room", the_video_s_own_sets_are_room);
  CASE ("units-of-another-type-are-found", units_of_another_type_are_found);
  CASE ("octets-behind-a-set-are-found", octets_behind_a_set_are_found);
  CASE ("messages-of-no-known-encoder-are-found", messages_of_no_known_encoder_are_found);
  return g_test_run ();
}
