#include "tests/analyzers/build.h"

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"
                          "m=audio 0 RTP/AVP 99\r\na=rtpmap:99 opus/48000/2\r\n"
                          "a=control:track1\r\n";

static guint64
send (Build *build, guint16 sequence, const char *digits)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 99,
                                             .sequence = sequence,
                                             .timestamp = 960u * sequence,
                                             .ssrc = 7,
                                             .payload = build_hex (digits) }));
}

static Build *
session (gboolean padded)
{
  Build *build = build_new ("opus-padding");

  build_session (build, sdp, TRUE, "");
  for (guint16 i = 0; i < 20; i++)
    send (build, i, i % 2 == 0 || !padded ? "f8 010203" : "fb 41 03 010203 000000");
  return build;
}

static void
zeros_pad (void)
{
  g_autoptr (Build) build = session (TRUE);

  build_conclude (build);
  g_assert_cmpuint (build_quiet (build, "opus-padding")->room_bits, ==, 10 * 24);
}

static void
what_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = session (TRUE);
  guint64 frame = send (build, 20, "fb 41 03 010203 00ca fe");

  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "opus-padding", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 16);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 6, 3);
}

static void
packets_that_are_none_are_found_when_there_are_many (void)
{
  g_autoptr (Build) build = session (FALSE), other = session (FALSE);

  send (build, 20, "f9 010203");
  build_conclude (build);
  build_quiet (build, "opus-padding");
  for (guint16 i = 0; i < 4; i++)
    {
      g_autofree char *digits = g_strdup_printf ("f9 %06x", 0x123456 * (i + 1) & 0xffffff);
      send (other, (guint16)(20 + i), digits);
    }
  build_conclude (other);
  build_found (other, "opus-padding", LENS_SEVERITY_MEDIUM);
}

/* @sound octets, padded by @fill. */
static void
send_padded (Build *build, guint16 sequence, guint sound, guint fill)
{
  g_autoptr (GString) digits = g_string_new ("fb 41 ");

  g_string_append_printf (digits, "%02x", fill);
  for (guint i = 0; i < sound + fill; i++)
    g_string_append (digits, i < sound ? "5c" : "00");
  send (build, sequence, digits->str);
}

static void
sizes_of_padding_are_found_where_no_rate_explains_them (void)
{
  g_autoptr (Build) build = build_new ("opus-padding"), other = build_new ("opus-padding");
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  build_session (build, sdp, TRUE, "");
  build_session (other, sdp, TRUE, "");
  for (guint16 i = 0; i < 200; i++)
    {
      guint fill = (guint)g_rand_int_range (random, 1, 32);
      send_padded (build, i, 40, fill);
      send_padded (other, i, 40 - fill, fill);
    }
  build_conclude (build);
  build_conclude (other);
  g_assert_cmpuint (build_quiet (other, "opus-padding")->room_bits, >, 0);
  gboolean found = FALSE;
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      found |= row->severity >= LENS_SEVERITY_MEDIUM && row->frame_count > 100;
    }
  g_assert_true (found);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/opus-padding/zeros-pad", zeros_pad);
  g_test_add_func ("/analyzers/opus-padding/what-is-not-zero-is-found", what_is_not_zero_is_found);
  g_test_add_func ("/analyzers/opus-padding/packets-that-are-none-are-found-when-there-are-many",
                   packets_that_are_none_are_found_when_there_are_many);
  g_test_add_func ("/analyzers/opus-padding/sizes-of-padding-are-found-where-no-rate-explains-them",
                   sizes_of_padding_are_found_where_no_rate_explains_them);
  return g_test_run ();
}
