#include "tests/analyzers/aac.h"

static void
one_and_many_units_in_a_packet_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("aac-framing");

  build_session (build, aac_sdp, TRUE, "");
  aac_send_silence (build, 0, 10);
  /* two units of four octets; then one in two fragments */
  aac_send_payload (build, 10, build_hex ("0020 0020 0020 00c80007 00c80007"));
  aac_send_payload (build, 11, build_hex ("0010 0020 00c8"));
  build_conclude (build);
  build_quiet (build, "aac-rfc3640-aux");
}

static void
bits_behind_the_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("aac-framing");
  AacBits bits = { 0 };

  build_session (build, aac_sdp, TRUE, "");
  aac_send_silence (build, 0, 10);
  aac_put_channel (&bits, FALSE, 0);
  aac_put_data (&bits, g_byte_array_new ()); /* so that there are bits to fill */
  aac_put (&bits, 6 << 4, 7);
  guint64 frame = aac_send (build, 10, aac_end (&bits, 1));
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-rfc3640-aux", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 6, 1);
}

static void
octets_behind_the_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("aac-framing");
  AacBits bits = { 0 };

  build_session (build, aac_sdp, TRUE, "");
  aac_put_channel (&bits, FALSE, 0);
  guint64 frame = aac_send (build, 0, build_join (aac_end (&bits, 0), build_text ("hello")));
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-rfc3640-aux", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 4, 5);
}

static void
auxiliary_data_is_found_and_its_absence_is_not (void)
{
  g_autoptr (Build) build = build_new ("aac-framing"), other = build_new ("aac-framing");

  build_session (build, aac_sdp_sections, TRUE, "");
  aac_send_payload (build, 0, build_hex ("0010 0020 00 00c80007"));
  guint64 frame = aac_send_payload (build, 1, build_hex ("0010 0020 10 cafe 00c80007"));
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-rfc3640-aux", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 5, 2);

  build_session (other, aac_sdp_sections, TRUE, "");
  aac_send_payload (other, 0, build_hex ("0010 0020 00 00c80007"));
  build_conclude (other);
  build_quiet (other, "aac-rfc3640-aux");
}

static void
indices_that_wander_are_found (void)
{
  g_autoptr (Build) build = build_new ("aac-framing");
  static const guint8 message[] = { 3, 1, 7, 2, 5, 6, 1, 4, 2, 7, 3, 6 };

  build_session (build, aac_sdp, TRUE, "");
  aac_send_silence (build, 0, 40);
  for (guint i = 0; i < G_N_ELEMENTS (message); i++)
    {
      const guint8 octets[] = { 0, 16, 0, (guint8)(4 << 3 | message[i]), 0, 0xc8, 0, 7 };
      aac_send_payload (build, (guint16)(40 + i),
                        g_byte_array_append (g_byte_array_new (), octets, sizeof octets));
    }
  build_conclude (build);
  build_found (build, "aac-rfc3640-aux", LENS_SEVERITY_MEDIUM);
}

static void
units_may_be_wrapped_in_adts (void)
{
  g_autoptr (Build) build = build_new ("aac-framing"), other = build_new ("aac-framing");

  /* syncword, no checksum; LC, 16 kHz, mono; 11 octets; fullness 0x7ff; one block */
  build_session (build, aac_sdp, TRUE, "");
  build_session (other, aac_sdp, TRUE, "");
  for (guint16 i = 0; i < 60; i++)
    {
      aac_send (build, i, build_hex ("fff1 60 40 01 7f fc 00c80007"));
      /* the private bit now and then */
      aac_send (other, i,
                i % 7 == 3 || i % 5 == 2 ? build_hex ("fff1 62 40 01 7f fc 00c80007")
                                         : build_hex ("fff1 60 40 01 7f fc 00c80007"));
    }
  build_conclude (build);
  build_quiet (build, "aac-adts-bits");
  build_quiet (build, "aac-rfc3640-aux");
  build_conclude (other);
  build_found (other, "aac-adts-bits", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/aac-framing/one-and-many-units-in-a-packet-are-quiet",
                   one_and_many_units_in_a_packet_are_quiet);
  g_test_add_func ("/analyzers/aac-framing/bits-behind-the-end-are-found",
                   bits_behind_the_end_are_found);
  g_test_add_func ("/analyzers/aac-framing/octets-behind-the-end-are-found",
                   octets_behind_the_end_are_found);
  g_test_add_func ("/analyzers/aac-framing/auxiliary-data-is-found-and-its-absence-is-not",
                   auxiliary_data_is_found_and_its_absence_is_not);
  g_test_add_func ("/analyzers/aac-framing/indices-that-wander-are-found",
                   indices_that_wander_are_found);
  g_test_add_func ("/analyzers/aac-framing/units-may-be-wrapped-in-adts",
                   units_may_be_wrapped_in_adts);
  return g_test_run ();
}
