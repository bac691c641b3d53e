/* Checksums that are wrong on purpose, or not. */
#include "tests/analyzers/build-network.h"

typedef enum
{
  RIGHT,
  WRONG,
  LEFT_TO_CARD, /* the sum of the pseudo-header: what Linux leaves there */
} Sum;

static guint64
say (Build *build, Sum sum)
{
  GByteArray *data = build_hex ("00000000");

  data->data[0] = (guint8)(build->frame >> 8);
  data->data[1] = (guint8)build->frame;
  GByteArray *datagram = build_datagram (CAMERA, 6000, 5000, data);
  if (sum == WRONG)
    datagram->data[6] ^= 0x5a;
  if (sum == LEFT_TO_CARD)
    {
      /* c000020a + c0000214 + protocol 17 + length 12, folded: 843c */
      datagram->data[6] = 0x84;
      datagram->data[7] = 0x3c;
    }
  return build_ip4 (build, CAMERA,
                    (BuildIp4){ .protocol = 17, .id = (guint16)build->frame, .payload = datagram });
}

static void
wrong_ones_among_right_ones_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-checksum");
  guint64 first = 0;

  for (guint i = 0; i < 60; i++)
    {
      guint64 frame = say (build, i % 10 == 5 ? WRONG : RIGHT);
      first = i == 5 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "ip4-bad-checksum", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 16);
  build_assert_octets (finding, 0, first, 34 + 6, 2);
}

static void
headers_that_are_wrong_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-checksum");

  for (guint i = 0; i < 60; i++)
    build_ip4 (build, CAMERA,
               (BuildIp4){ .protocol = 253,
                           .id = (guint16)i,
                           .wrong_sum = i % 10 == 5,
                           .payload = build_hex ("0011") });
  build_found (build, "ip4-bad-checksum", LENS_SEVERITY_MEDIUM);
}

static void
what_the_card_fills_in_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-checksum");

  for (guint i = 0; i < 60; i++)
    say (build, i % 10 == 5 ? LEFT_TO_CARD : RIGHT);
  g_assert_null (build_quiet (build, "ip4-bad-checksum"));
}

static void
wrong_as_a_rule_is_room (void)
{
  g_autoptr (Build) build = build_new ("ip-checksum");

  for (guint i = 0; i < 60; i++)
    say (build, i % 10 == 5 ? RIGHT : WRONG);
  g_assert_nonnull (build_quiet (build, "ip4-bad-checksum"));
}

static void
a_little_noise_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-checksum");

  for (guint i = 0; i < 200; i++)
    say (build, i % 100 == 50 ? WRONG : RIGHT);
  g_assert_null (build_quiet (build, "ip4-bad-checksum"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip-checksum/" name, function)
  CASE ("wrong-ones-among-right-ones-are-found", wrong_ones_among_right_ones_are_found);
  CASE ("headers-that-are-wrong-are-found", headers_that_are_wrong_are_found);
  CASE ("what-the-card-fills-in-is-quiet", what_the_card_fills_in_is_quiet);
  CASE ("wrong-as-a-rule-is-room", wrong_as_a_rule_is_room);
  CASE ("a-little-noise-is-quiet", a_little_noise_is_quiet);
  return g_test_run ();
}
