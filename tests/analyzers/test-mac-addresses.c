/* Link addresses of frames that carry IP. */
#include "tests/analyzers/build.h"

#include "wire/checksum.h"

#include <string.h>

/* A datagram of the camera (its network address stays) from @source to @destination on the link,
 * both low octets of 02:00:00:00:00:xx. */
static guint64
send (Build *build, guint8 source, guint8 destination, guint8 ttl, guint16 id)
{
  GByteArray *frame = build_hex ("020000000000 020000000000 0800"
                                 "45000020 00000000 00110000 c000020a c0000214"
                                 "1770 1388 000c 0000 61626364"
                                 "0000000000000000000000000000");

  frame->data[5] = destination;
  frame->data[11] = source;
  frame->data[14 + 4] = (guint8)(id >> 8);
  frame->data[14 + 5] = (guint8)id;
  frame->data[14 + 8] = ttl;
  guint16 sum = lens_checksum_end (lens_checksum_add (0, frame->data + 14, 20));
  frame->data[14 + 10] = (guint8)(sum >> 8);
  frame->data[14 + 11] = (guint8)sum;
  return build_frame (build, frame);
}

/* To a group, with any address on the link. */
static guint64
send_group (Build *build, const char *to, const char *group)
{
  GByteArray *frame
      = build_join (build_hex (to), build_hex ("020000000010 0800"
                                               "45000020 00010000 01110000 c000020a"));

  frame = build_join (frame, build_hex (group));
  return build_frame (build, build_join (frame, build_hex ("1770 1388 000c 0000 61626364"
                                                           "0000000000000000000000000000")));
}

static void
ever_new_sources_are_found (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");
  guint64 first = 0;

  for (guint16 i = 0; i < 40; i++)
    {
      guint64 frame = send (build, i % 2 == 1 ? (guint8)(0x40 + i) : 0x10, 0x20, 64, i);
      first = i == 1 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (build, "eth-src-mac-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 6, 6);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 46);
}

/* Which of two it is, is one bit for each frame. */
static void
two_sources_in_turn_are_found (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");
  guint32 message = 0x35a7c963;

  for (guint16 i = 0; i < 200; i++)
    send (build, (message >> i % 32 & 1) != 0 && i % 3 == 0 ? 0x11 : 0x10, 0x20, 64, i);
  build_found (build, "eth-src-mac-modulation", LENS_SEVERITY_MEDIUM);
}

static void
a_host_that_comes_back_with_another_address_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");

  for (guint16 i = 0; i < 100; i++)
    send (build, i < 60 ? 0x10 : 0x11, 0x20, 64, i);
  build_quiet (build, "eth-src-mac-modulation");
}

/* A mirror port on both sides of a router shows everything twice. */
static void
what_a_router_forwards_is_not_judged (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");

  for (guint16 i = 0; i < 100; i++)
    {
      send (build, 0x10, 0x01, 64, i);
      send (build, 0x02, (guint8)(0x40 + i), 63, i);
    }
  g_assert_null (build_finding (build, "eth-src-mac-modulation"));
  g_assert_null (build_finding (build, "eth-dst-multicast-modulation"));
}

static void
ever_new_destinations_are_found (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");

  for (guint16 i = 0; i < 40; i++)
    send (build, 0x10, i % 2 == 1 ? (guint8)(0x40 + i) : 0x20, 64, i);
  const LensFindingRow *finding
      = build_found (build, "eth-dst-multicast-modulation", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  build_assert_octets (finding, 0, 2, 0, 6);
}

static void
two_routers_that_stand_in_for_each_other_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");

  for (guint16 i = 0; i < 300; i++)
    send (build, 0x10, i / 100 == 1 ? 0x02 : 0x01, 64, i);
  build_quiet (build, "eth-dst-multicast-modulation");
}

static void
a_group_s_address_is_the_map_s (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");

  send_group (build, "01005e7ffffa", "effffffa"); /* 239.255.255.250 */
  send_group (build, "ffffffffffff", "effffffa"); /* to all: some stacks do */
  send_group (build, "020000000077", "effffffa"); /* to one station: an access point */
  g_assert_null (build_finding (build, "eth-dst-multicast-modulation"));
}

static void
another_group_s_address_is_found (void)
{
  g_autoptr (Build) build = build_new ("mac-addresses");
  guint64 frame = send_group (build, "01005e616263", "effffffa");

  const LensFindingRow *finding
      = build_found (build, "eth-dst-multicast-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 3, 3);
  g_assert_cmpuint (finding->used_bits, ==, 24);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mac-addresses/" name, function)
  CASE ("ever-new-sources-are-found", ever_new_sources_are_found);
  CASE ("two-sources-in-turn-are-found", two_sources_in_turn_are_found);
  CASE ("a-host-that-comes-back-with-another-address-is-quiet",
        a_host_that_comes_back_with_another_address_is_quiet);
  CASE ("what-a-router-forwards-is-not-judged", what_a_router_forwards_is_not_judged);
  CASE ("ever-new-destinations-are-found", ever_new_destinations_are_found);
  CASE ("two-routers-that-stand-in-for-each-other-are-quiet",
        two_routers_that_stand_in_for_each_other_are_quiet);
  CASE ("a-group-s-address-is-the-map-s", a_group_s_address_is_the_map_s);
  CASE ("another-group-s-address-is-found", another_group_s_address_is_found);
  return g_test_run ();
}
