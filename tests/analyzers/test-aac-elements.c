#include "tests/analyzers/aac.h"

static Build *
session (void)
{
  Build *build = build_new ("aac-elements");

  build_session (build, aac_sdp, TRUE, "");
  aac_send_silence (build, 0, 20);
  return build;
}

/* A unit of one channel and one fill element. */
static guint64
send_fill (Build *build, guint16 sequence, guint8 first, GByteArray *octets)
{
  AacBits bits = { 0 };

  aac_put_channel (&bits, FALSE, 0);
  aac_put_fill (&bits, first, octets);
  return aac_send (build, sequence, aac_end (&bits, 0));
}

static void
a_data_stream_is_found (void)
{
  g_autoptr (Build) build = session ();
  AacBits bits = { 0 };

  aac_put_channel (&bits, FALSE, 0);
  aac_put_data (&bits, build_text ("hello"));
  guint64 frame = aac_send (build, 20, aac_end (&bits, 0));
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-dse", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 40);
  /* From the octet that holds bit 29, behind an interleaved frame's head, RTP and AU headers; to
   * the one with bit 29 + 16 + 40 - 1. */
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 3, 8);
}

static void
encoders_fill_and_name_themselves (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 30; i++)
    {
      send_fill (build, (guint16)(20 + 3 * i), 0x00, build_filled (0, 1 + i));
      send_fill (build, (guint16)(21 + 3 * i), 0x10, build_filled (0xa5, 3));
      /* 29 bits of channel, 7 + 4 of the element: the name stands on octet 5 */
      AacBits bits = { 0 };
      GByteArray *name = build_text ("Lavc59.37.100");
      aac_put_channel (&bits, FALSE, 0);
      aac_put (&bits, 6 << 4 | 15, 7); /* FIL, escaped */
      aac_put (&bits, 1, 8);           /* 15 octets */
      aac_put (&bits, 0, 4);
      while (bits.bit != 0)
        aac_put (&bits, 0, 1);
      gsize written = 8 * bits.octets->len - 29 - 15;
      for (guint k = 0; k < name->len; k++)
        aac_put (&bits, name->data[k], 8);
      aac_put (&bits, 0, (guint)(8 * 15 - written - 8 * name->len));
      g_byte_array_unref (name);
      aac_send (build, (guint16)(22 + 3 * i), aac_end (&bits, 0));
    }
  build_conclude (build);
  const LensFindingRow *finding = build_quiet (build, "aac-fil");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->room_bits, >, 0);
  g_assert_cmpuint (finding->used_bits, ==, 0);
}

static void
fill_of_another_kind_is_found (void)
{
  static const struct
  {
    guint8 first;
    const char *octets;
  } rows[] = {
    { 0x00, "01020304" },         /* fill that is not constant */
    { 0x10, "a5a5a4" },           /* fill data that is not 0xA5 */
    { 0x11, "a5a5a5" },           /* ... and its four bits */
    { 0x20, "02cafe" },           /* ancillary data */
    { 0x50, "1122" },             /* a type that is not defined */
    { 0xd0, "deadbeefdeadbeef" }, /* bandwidth extension, where there was none */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Build) build = session ();
      guint64 frame = send_fill (build, 20, rows[i].first, build_hex (rows[i].octets));
      build_conclude (build);
      const LensFindingRow *finding = build_found (build, "aac-fil", LENS_SEVERITY_MEDIUM);
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, 0);
      g_assert_cmpuint (range->first, ==, frame);
    }
}

static void
a_name_that_changes_is_found (void)
{
  g_autoptr (Build) build = session ();

  /* the same place as above, another number each time */
  for (guint i = 0; i < 4; i++)
    {
      AacBits bits = { 0 };
      g_autofree char *text = g_strdup_printf ("Lavc59.%u", 10 + i);
      aac_put_channel (&bits, FALSE, 0);
      aac_put (&bits, 6 << 4 | 10, 7);
      aac_put (&bits, 0, 4);
      for (const char *at = text; *at != '\0'; at++)
        aac_put (&bits, (guint8)*at, 8);
      aac_put (&bits, 0, 4);
      aac_send (build, (guint16)(20 + i), aac_end (&bits, 0));
    }
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-fil", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 3);
}

static void
bandwidth_extension_from_the_start_is_sound (void)
{
  g_autoptr (Build) build = build_new ("aac-elements");

  build_session (build, aac_sdp, TRUE, "");
  for (guint16 i = 0; i < 50; i++)
    send_fill (build, i, 0xd1, build_filled ((guint8)(i * 37), 11));
  build_conclude (build);
  build_quiet (build, "aac-fil");
}

static void
reserved_bits_and_tags_are_found (void)
{
  g_autoptr (Build) build = session (), other = session ();
  AacBits bits = { 0 };

  aac_put_channel (&bits, TRUE, 0);
  guint64 frame = aac_send (build, 20, aac_end (&bits, 0));
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-reserved", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 1, 1);

  for (guint i = 0; i < 10; i++)
    {
      AacBits tagged = { 0 };
      aac_put_channel (&tagged, FALSE, (guint8)(7 * i * i % 16));
      aac_send (other, (guint16)(20 + i), aac_end (&tagged, 0));
    }
  build_conclude (other);
  build_found (other, "aac-reserved", LENS_SEVERITY_MEDIUM);
}

static void
a_restart_changes_a_tag_once (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 30; i++)
    {
      AacBits bits = { 0 };
      aac_put_channel (&bits, FALSE, 1);
      aac_send (build, (guint16)(20 + i), aac_end (&bits, 0));
    }
  build_conclude (build);
  build_quiet (build, "aac-reserved");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/aac-elements/a-data-stream-is-found", a_data_stream_is_found);
  g_test_add_func ("/analyzers/aac-elements/encoders-fill-and-name-themselves",
                   encoders_fill_and_name_themselves);
  g_test_add_func ("/analyzers/aac-elements/fill-of-another-kind-is-found",
                   fill_of_another_kind_is_found);
  g_test_add_func ("/analyzers/aac-elements/a-name-that-changes-is-found",
                   a_name_that_changes_is_found);
  g_test_add_func ("/analyzers/aac-elements/bandwidth-extension-from-the-start-is-sound",
                   bandwidth_extension_from_the_start_is_sound);
  g_test_add_func ("/analyzers/aac-elements/reserved-bits-and-tags-are-found",
                   reserved_bits_and_tags_are_found);
  g_test_add_func ("/analyzers/aac-elements/a-restart-changes-a-tag-once",
                   a_restart_changes_a_tag_once);
  return g_test_run ();
}
