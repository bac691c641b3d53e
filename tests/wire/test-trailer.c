/* What lies behind a frame's content: padding, surplus, check sequence. */
#include "wire/trailer.h"

#include <string.h>

/* An Ethernet frame of zeros that is @link + content + rest octets long. */
static LensTrailer
over (gsize content, gsize length)
{
  static const guint8 zeros[200];
  const LensLayers layers = { .link = { 0, 14 } };

  return lens_trailer_over (&layers, zeros, content, length);
}

static void
a_short_frame_is_padded (void)
{
  LensTrailer trailer = over (42, 60);

  g_assert_cmpuint (trailer.pad.offset, ==, 42);
  g_assert_cmpuint (trailer.pad.length, ==, 18);
  g_assert_cmpuint (trailer.surplus.length, ==, 0);
  g_assert_cmpuint (trailer.fcs.length, ==, 0);
}

static void
what_is_more_is_surplus (void)
{
  LensTrailer trailer = over (42, 70);

  g_assert_cmpuint (trailer.pad.length, ==, 18);
  g_assert_cmpuint (trailer.surplus.offset, ==, 60);
  g_assert_cmpuint (trailer.surplus.length, ==, 10);
  g_assert_cmpuint (over (100, 107).pad.length, ==, 0);
  g_assert_cmpuint (over (100, 107).surplus.length, ==, 7);
}

static void
four_zeros_more_make_room_for_a_tag (void)
{
  static const guint8 frame[64] = { [62] = 1 };
  const LensLayers layers = { .link = { 0, 14 } };

  g_assert_cmpuint (over (42, 64).pad.length, ==, 22);
  g_assert_cmpuint (over (42, 64).surplus.length, ==, 0);
  g_assert_cmpuint (lens_trailer_over (&layers, frame, 42, 64).surplus.length, ==, 4);
}

static void
a_check_sequence_that_holds_is_told (void)
{
  /* "123456789" and its CRC-32, 0xcbf43926, least significant octet first */
  static const guint8 frame[]
      = { '1', '2', '3', '4', '5', '6', '7', '8', '9', 0x26, 0x39, 0xf4, 0xcb };
  const LensLayers whole = { .link = { 0, 5 } }, cut = { .link = { 0, 5 }, .truncated = TRUE };

  LensTrailer trailer = lens_trailer_over (&whole, frame, 7, sizeof frame);
  g_assert_cmpuint (trailer.pad.length, ==, 2);
  g_assert_cmpuint (trailer.fcs.offset, ==, 9);
  g_assert_cmpuint (trailer.fcs.length, ==, 4);
  g_assert_cmpuint (lens_trailer_over (&cut, frame, 7, sizeof frame).fcs.length, ==, 0);
}

static void
a_redundant_network_adds_its_own (void)
{
  static const guint8 zeros[200];
  const LensLayers layers = { .link = { 0, 14 }, .trailer = { 42, 24 }, .prp = { 60, 6 } };
  LensTrailer trailer = lens_trailer_over (&layers, zeros, 42, 66);

  g_assert_cmpuint (trailer.pad.length, ==, 18);
  g_assert_cmpuint (trailer.surplus.length, ==, 0);
  g_assert_cmpuint (trailer.prp.offset, ==, 60);
  g_assert_cmpuint (trailer.prp.length, ==, 6);
  g_assert_cmpuint (trailer.fcs.offset, ==, 66);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/trailer/a-short-frame-is-padded", a_short_frame_is_padded);
  g_test_add_func ("/wire/trailer/what-is-more-is-surplus", what_is_more_is_surplus);
  g_test_add_func ("/wire/trailer/four-zeros-more-make-room-for-a-tag",
                   four_zeros_more_make_room_for_a_tag);
  g_test_add_func ("/wire/trailer/a-check-sequence-that-holds-is-told",
                   a_check_sequence_that_holds_is_told);
  g_test_add_func ("/wire/trailer/a-redundant-network-adds-its-own",
                   a_redundant_network_adds_its_own);
  return g_test_run ();
}
