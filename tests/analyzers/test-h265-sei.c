/* SEI messages of H.265. */
#include "tests/analyzers/build-h265.h"

#include <string.h>

static Build *
session (void)
{
  Build *build = build_new ("h265-sei");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
user_data_of_no_known_encoder_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1,
                             build_join (build_hex ("4e01 05 14 00112233445566778899aabbccddeeff"),
                                         build_join (build_text ("leak"), build_hex ("80"))));

  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4, 20);
  g_assert_true (
      g_str_has_prefix (finding->detail, "UUID 00112233445566778899aabbccddeeff (1 time)."));
}

static void
types_are_defined_for_their_place (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);
  GByteArray *hash = UNIT (h265_sei_hash);

  hash->data[0] = 0x4e; /* a hash before its picture */
  guint64 frame = build_nal (build, sequence++, hash);
  build_nal (build, sequence++, build_hex ("5001 93 01 10 80")); /* 147 behind it */
  build_nal (build, sequence++, build_hex ("4e01 f0 02 6162 80"));
  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4, 13);
  g_assert_cmpuint (finding->used_bits, ==, 8 * (13 + 1 + 2));
}

static void
a_message_longer_than_its_syntax_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  /* the timing of two octets, and three more */
  guint64 frame = build_nal (build, sequence++, build_hex ("4e01 01 05 0014 616263 80"));
  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 6, 3);
  g_assert_true (g_str_has_prefix (finding->detail, "Payload type 1 (1 time)."));
}

static void
a_description_that_keeps_changing_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  for (guint i = 0; i < 20; i++)
    {
      GByteArray *light = build_hex ("4e01 90 04 03e80190 80"); /* content_light_level_info */
      light->data[5] = (guint8)(i * i * 37);
      build_nal (build, sequence++, light);
    }
  build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
}

static void
an_encoder_s_own_messages_are_room (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  for (guint i = 0; i < 20; i++)
    build_nal (build, sequence++, build_hex ("4e01 90 04 03e80190 80"));
  g_assert_nonnull (build_quiet (build, "h265-sei-prefix-suffix"));
}

/* Behind x265's version message and its trailing bits, what lay in a buffer of @length more. */
static GByteArray *
version_with_leavings (guint length)
{
  static const char text[] = "x265 (build 199) - 3.5 - H.265/HEVC codec - Copyright - options: "
                             "cpuid=1 no-wpp";
  GByteArray *unit
      = build_join (build_hex ("4e01 05 00 2ca2de09b51747dbbb55a4fe7fc2fc4e"), build_text (text));

  unit->data[3] = (guint8)(16 + strlen (text));
  return build_join (unit, build_join (build_hex ("80"), build_filled (0x80, length)));
}

static void
leavings_behind_the_version_are_room (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  build_nal (build, sequence,
             version_with_leavings (12 + sizeof h265_vps + sizeof h265_sps + sizeof h265_pps));
  g_assert_nonnull (build_quiet (build, "h265-sei-prefix-suffix"));
}

/* With more messages, the last of them has what is too much. */
static void
leavings_behind_the_last_message_are_room (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);
  GByteArray *version = version_with_leavings (0);
  BuildRtp rtp
      = { .payload_type = 96, .sequence = sequence, .ssrc = 0x11223344, .timestamp = 7200 };

  rtp.payload = version;
  build_media (build, CAMERA, 0, FALSE, build_rtp (rtp));
  rtp.sequence++;
  rtp.payload = build_join (build_hex ("4e01 81 01 0f 80"), build_filled ('x', 30));
  build_media (build, CAMERA, 0, FALSE, build_rtp (rtp));
  build_quiet (build, "h265-sei-prefix-suffix");
}

static void
longer_leavings_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  build_nal (build, sequence,
             version_with_leavings (13 + sizeof h265_vps + sizeof h265_sps + sizeof h265_pps));
  build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
}

static void
a_tone_mapping_must_end_where_its_model_does (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  /* model 1: sigmoid_midpoint and sigmoid_width */
  build_nal (build, sequence++, build_hex ("4e01 17 0b a14108000100000300040002 80"));
  guint64 frame
      = build_nal (build, sequence, build_hex ("4e01 17 0e a14108000100000300040002 616263 80"));
  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 12, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-sei/" name, function)
  CASE ("user-data-of-no-known-encoder-is-found", user_data_of_no_known_encoder_is_found);
  CASE ("types-are-defined-for-their-place", types_are_defined_for_their_place);
  CASE ("a-message-longer-than-its-syntax-is-found", a_message_longer_than_its_syntax_is_found);
  CASE ("a-description-that-keeps-changing-is-found", a_description_that_keeps_changing_is_found);
  CASE ("an-encoder-s-own-messages-are-room", an_encoder_s_own_messages_are_room);
  CASE ("leavings-behind-the-version-are-room", leavings_behind_the_version_are_room);
  CASE ("leavings-behind-the-last-message-are-room", leavings_behind_the_last_message_are_room);
  CASE ("longer-leavings-are-found", longer_leavings_are_found);
  CASE ("a-tone-mapping-must-end-where-its-model-does",
        a_tone_mapping_must_end_where_its_model_does);
  return g_test_run ();
}
