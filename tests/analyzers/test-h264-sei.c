/* SEI messages: what known encoders write is room, anything else is found. */
#include "tests/analyzers/build.h"

#include <string.h>

#define X264_UUID "dc45e9bde6d948b7962cd820d923eeef"
#define X264_HEAD                                                                                  \
  "x264 - core 164 r3095 baee400 - H.264/MPEG-4 AVC codec - Copyleft 2003-2022 - "                 \
  "http://www.videolan.org/x264.html - options: cabac=1 ref=3 deblock=1:0:0 analyse=0x3:0x113 "    \
  "chroma_qp_offset=-2 qcomp=0.60"

static Build *
session (void)
{
  Build *build = build_new ("h264-sei");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

/* One message of at most 254 + 255 octets, with the trailing bits. */
static GByteArray *
sei (guint8 type, GByteArray *payload)
{
  GByteArray *nal = build_hex ("06");
  guint left = payload->len;
  const guint8 full = 0xff;

  g_byte_array_append (nal, &type, 1);
  for (; left >= 255; left -= 255)
    g_byte_array_append (nal, &full, 1);
  const guint8 last = (guint8)left;
  g_byte_array_append (nal, &last, 1);
  return build_join (build_join (nal, payload), build_hex ("80"));
}

static GByteArray *
user_data (const char *uuid, const char *text)
{
  return sei (5, build_join (build_hex (uuid), build_text (text)));
}

static void
user_data_of_no_known_encoder_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (
      build, 1, user_data ("00112233445566778899aabbccddeeff", "any words may stand here"));

  const LensFindingRow *finding
      = build_found (build, "h264-sei-unregistered", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 16 + 24);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 40);
  g_assert_true (
      g_str_has_prefix (finding->detail, "UUID 00112233445566778899aabbccddeeff (1 time)."));
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 40);
}

static void
emulation_prevention_is_no_content (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (
      build, 1, build_hex ("06 05 14 00112233445566778899aabbccddeeff 00 00 03 01 61 80"));

  const LensFindingRow *finding
      = build_found (build, "h264-sei-unregistered", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 21);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 20);
}

static void
the_text_of_x264_is_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 4; i++)
    build_nal (build, i, user_data (X264_UUID, X264_HEAD));

  g_assert_cmpuint (build_quiet (build, "h264-sei-unregistered")->room_bits, ==,
                    4 * 8 * (16 + strlen (X264_HEAD)));
}

static void
a_known_uuid_is_no_proof_of_origin (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, user_data (X264_UUID, X264_HEAD));
  guint64 frame = build_nal (build, 2, user_data (X264_UUID, "x264 - core 164 and other words"));

  const LensFindingRow *finding
      = build_found (build, "h264-sei-unregistered", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 16 + 31);
}

static void
options_that_change_are_found (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf (X264_HEAD " crf=23.%u", i);
      build_nal (build, i, user_data (X264_UUID, text));
    }
  g_assert_cmpuint (build_found (build, "h264-sei-unregistered", LENS_SEVERITY_HIGH)->frame_count,
                    ==, 8);
}

static void
an_encoder_that_is_set_up_anew_is_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 12; i++)
    build_nal (build, i, user_data (X264_UUID, i < 6 ? X264_HEAD : X264_HEAD " crf=30.0"));
  g_assert_nonnull (build_quiet (build, "h264-sei-unregistered"));
}

static void
a_signature_is_room_without_arbitrary_data (void)
{
  g_autoptr (Build) build = session ();

  /* ONVIF Media Signing: flags 0, hash list of two octets, signature of two */
  build_nal (build, 1,
             sei (5, build_hex ("005bc93f2d715e95ada4796f90877a6f 00 02 0002 aabb 03 0002 ccdd")));
  g_assert_cmpuint (build_quiet (build, "h264-sei-unregistered")->room_bits, ==, 8 * 27);
}

static void
arbitrary_data_beside_a_signature_is_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (
      build, 1,
      sei (5, build_hex ("005bc93f2d715e95ada4796f90877a6f 00 07 0004 6c65616b 03 0002 ccdd")));
  build_found (build, "h264-sei-unregistered", LENS_SEVERITY_MEDIUM);
}

/* 2020-01-01 and @ms, as MISB ST 0604 puts it. */
static GByteArray *
misb (guint64 microseconds)
{
  GByteArray *payload = build_hex ("4d4953506d6963726f73656374696d65 1f");
  const guint8 guard = 0xff;

  for (guint i = 0; i < 8; i++)
    {
      guint8 octet = (guint8)(microseconds >> 8 * (7 - i));
      g_byte_array_append (payload, &octet, 1);
      if (i % 2 == 1 && i < 7)
        g_byte_array_append (payload, &guard, 1);
    }
  return sei (5, payload);
}

static void
a_time_that_goes_on_is_room (void)
{
  g_autoptr (Build) build = session ();
  const guint64 start = G_GUINT64_CONSTANT (0x5b1e3f2a4c5d6);

  for (guint16 i = 0; i < 5; i++)
    build_nal (build, i, misb (start + 10000u * i));
  g_assert_nonnull (build_quiet (build, "h264-sei-unregistered"));
}

static void
a_time_that_jumps_is_found (void)
{
  g_autoptr (Build) build = session ();
  const guint64 start = G_GUINT64_CONSTANT (0x5b1e3f2a4c5d6);

  build_nal (build, 1, misb (start));
  /* a clock may be set, once */
  build_nal (build, 2, misb (start + 0x6c65616b));
  build_nal (build, 3, misb (start + 0x6b616c65));
  g_assert_cmpuint (build_found (build, "h264-sei-unregistered", LENS_SEVERITY_MEDIUM)->frame_count,
                    ==, 1);
}

static void
registered_data_of_no_provider_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, sei (4, build_hex ("b5 1234 6c65616b6c65616b")));

  const LensFindingRow *finding = build_found (build, "h264-sei-registered", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 11);
}

static void
captions_of_their_length_are_room (void)
{
  g_autoptr (Build) build = session ();

  /* GA94, type 3, one pair, its three octets, marker */
  build_nal (build, 1, sei (4, build_hex ("b5 0031 47413934 03 41 ff fc8080 ff")));
  g_assert_nonnull (build_quiet (build, "h264-sei-registered"));
}

static void
a_private_type_is_found_and_a_habit_is_named (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, sei (240, build_hex ("0102030405060708")));
  gsize offset = build->offset + 12 + 3;

  build_nal (build, 2, sei (240, build_hex ("0102030405060708")));
  const LensFindingRow *finding
      = build_found (build, "h264-sei-private-type", LENS_SEVERITY_LOW); /* it stays the same */
  build_assert_octets (finding, 0, frame, offset, 8);
  g_assert_nonnull (strstr (finding->detail, "Payload type 240 (2 times). Yi cameras"));
}

static void
filler_payload_of_other_octets_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, sei (3, build_hex ("ffff6162ffff")));

  const LensFindingRow *finding
      = build_found (build, "h264-sei-filler-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 6);
  g_assert_cmpuint (finding->used_bits, ==, 16);
}

/* What x264 sends at a constant rate: buffering period, picture timing, filler of 0xFF. */
static void
an_encoder_s_own_messages_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, sei (0, build_hex ("8040201008")));
  build_nal (build, 2, sei (1, build_hex ("0a0b0c")));
  build_nal (build, 3, sei (6, build_hex ("84")));
  build_nal (build, 4, sei (3, build_filled (0xff, 20)));
  build_quiet (build, "h264-sei-private-type");
  g_assert_cmpuint (build_quiet (build, "h264-sei-filler-payload")->room_bits, ==, 160);
}

/* Several NAL units in one payload, with start codes between them. */
static void
start_codes_inside_a_payload_end_a_unit (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1,
             build_hex ("67 42001e 00000001 06 06 01 84 80 00000001 65 8884ff 00000001 "
                        "06 f0 02 6162 80 00"));
  const LensFindingRow *finding
      = build_found (build, "h264-sei-private-type", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, build->frame, build->offset + 12 + 28, 2);
}

/* Pairs that are marked as none: what stood there before, and a message. */
static void
captions_that_are_none_say_nothing (void)
{
  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (Build) build = build_new ("h264-sei");
      build_session (build, build_sdp_h264, TRUE, "");
      for (guint i = 0; i < 40; i++)
        {
          g_autofree char *digits
              = g_strdup_printf ("b5 0031 47413934 03 42 ff fc8080 f8%04x ff",
                                 with ? 0x4040 | ((i * 2654435761u) >> 16 & 0x3f3f) : 0x5455);
          build_nal (build, (guint16)(i + 1), sei (4, build_hex (digits)));
        }
      build_conclude (build);
      const LensFindingRow *finding = NULL;
      for (guint i = 0; i < build->evaluation->findings->len; i++)
        {
          const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
          if (row->severity >= LENS_SEVERITY_MEDIUM)
            finding = row;
        }
      g_assert_true (with ? finding != NULL : finding == NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-sei/" name, function)
  CASE ("user-data-of-no-known-encoder-is-found", user_data_of_no_known_encoder_is_found);
  CASE ("emulation-prevention-is-no-content", emulation_prevention_is_no_content);
  CASE ("the-text-of-x264-is-room", the_text_of_x264_is_room);
  CASE ("an-encoder-that-is-set-up-anew-is-quiet", an_encoder_that_is_set_up_anew_is_quiet);
  CASE ("a-known-uuid-is-no-proof-of-origin", a_known_uuid_is_no_proof_of_origin);
  CASE ("options-that-change-are-found", options_that_change_are_found);
  CASE ("a-signature-is-room-without-arbitrary-data", a_signature_is_room_without_arbitrary_data);
  CASE ("arbitrary-data-beside-a-signature-is-found", arbitrary_data_beside_a_signature_is_found);
  CASE ("a-time-that-goes-on-is-room", a_time_that_goes_on_is_room);
  CASE ("a-time-that-jumps-is-found", a_time_that_jumps_is_found);
  CASE ("registered-data-of-no-provider-is-found", registered_data_of_no_provider_is_found);
  CASE ("captions-that-are-none-say-nothing", captions_that_are_none_say_nothing);
  CASE ("captions-of-their-length-are-room", captions_of_their_length_are_room);
  CASE ("a-private-type-is-found-and-a-habit-is-named",
        a_private_type_is_found_and_a_habit_is_named);
  CASE ("filler-payload-of-other-octets-is-found", filler_payload_of_other_octets_is_found);
  CASE ("an-encoder-s-own-messages-are-quiet", an_encoder_s_own_messages_are_quiet);
  CASE ("start-codes-inside-a-payload-end-a-unit", start_codes_inside_a_payload_end_a_unit);
  return g_test_run ();
}
