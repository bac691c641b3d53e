/* Packets inside packets. */
#include "tests/analyzers/build.h"

#include <string.h>

/* A UDP datagram of the camera (192.0.2.10) to 192.0.2.99, as the inside of a packet. */
static GByteArray *
inner (const char *text)
{
  gsize length = strlen (text);
  GByteArray *packet
      = build_hex ("45000000 00000000 40110000 c000020a c0000263 1f90 2328 0000 0000");

  packet->data[3] = (guint8)(28 + length);
  packet->data[25] = (guint8)(8 + length);
  return build_join (packet, build_text (text));
}

static const LensFlowRow *
flow_to (Build *build, const char *address)
{
  const LensEvaluation *evaluation = build_conclude (build);

  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      const LensFlowRow *row = g_ptr_array_index (evaluation->flows, i);
      if (g_str_equal (row->dst, address))
        return row;
    }
  return NULL;
}

static void
gre_is_named_and_opened (void)
{
  g_autoptr (Build) build = build_new ("encapsulation");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame
      = build_ip (build, CAMERA, 47, build_join (build_hex ("0000 0800"), inner ("inside")), NULL);
  const LensFindingRow *finding = build_found (build, "encapsulation", LENS_SEVERITY_INFO);
  g_assert_nonnull (strstr (finding->summary, "GRE"));
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, frame);
  const LensFlowRow *flow = flow_to (build, "192.0.2.99");
  g_assert_nonnull (flow);
  g_assert_cmpuint (flow->dport, ==, 9000);
  g_assert_cmpuint (flow->payload, ==, strlen ("inside"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, strlen ("inside"));
}

/* The way is nobody's: then all that goes on it is, heads and all, whoever it says it is from. */
static void
an_owner_who_did_not_declare_the_way_declared_nothing_on_it (void)
{
  g_autoptr (Build) build = build_declared (
      "encapsulation", "[service in]\nproto = udp\nport = 9000\nto = 192.0.2.99\n");
  GByteArray *packet = inner ("inside");

  build_ip (build, CAMERA, 4, packet, NULL);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 28 + strlen ("inside"));
}

static void
a_way_that_was_declared_is_judged_by_what_goes_on_it (void)
{
  g_autoptr (Build) build = build_declared (
      "encapsulation", "[service way]\nproto = 4\nto = 192.0.2.20\n"
                       "[service in]\nproto = udp\nport = 9000\nto = 192.0.2.99\n");

  build_ip (build, CAMERA, 4, inner ("inside"), NULL);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
  g_assert_cmpuint (build_class (build, LENS_CLASS_DECLARED_SERVICE), ==, strlen ("inside"));
}

/* From and to hosts that are nobody's: still the camera's words. */
static void
strange_addresses_inside_do_not_make_it_another_hosts (void)
{
  g_autoptr (Build) build = build_declared ("encapsulation", "");
  GByteArray *packet = inner ("inside");

  packet->data[12] = packet->data[16] = 203;
  build_ip (build, CAMERA, 4, packet, NULL);
  g_assert_cmpuint (build_class (build, LENS_CLASS_OTHER_HOST), ==, 0);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 28 + strlen ("inside"));
}

static void
reserved_bits_speak (void)
{
  g_autoptr (Build) build = build_new ("encapsulation");
  guint64 first = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint i = 0; i < 4; i++)
    {
      GByteArray *head = build_hex ("0000 0800");
      head->data[0] = (guint8)(1 + i);
      guint64 frame = build_ip (build, CAMERA, 47, build_join (head, inner ("inside")), NULL);
      first = first == 0 ? frame : first;
    }
  build_conclude (build);
  const LensFindingRow *found = NULL;
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      if (row->severity == LENS_SEVERITY_MEDIUM)
        found = row;
    }
  g_assert_nonnull (found);
  build_assert_octets (found, 0, first, 34, 4);
  g_assert_cmpuint (found->frame_count, ==, 4);
}

/* What agreed on ports outside did not agree on them inside: a copy of the stream on its way
 * to somebody else. */
static void
a_stream_inside_is_not_the_stream_outside (void)
{
  g_autoptr (Build) build = build_new ("encapsulation");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 10, 1, 0xaaaa);
  guint64 declared = build_class (build, LENS_CLASS_DECLARED_VIDEO);
  g_autoptr (Build) other = build_new ("encapsulation");
  build_session (other, build_sdp_h264, FALSE, "");
  build_video (other, 10, 1, 0xaaaa);
  for (guint i = 0; i < 4; i++)
    {
      GByteArray *packet = inner ("abcdefghijklmnopqrst");
      /* To the viewer, from 6000 to 5000: as the session agreed. */
      memcpy (packet->data + 16, "\xc0\x00\x02\x14\x17\x70\x13\x88", 8);
      memcpy (packet->data + 28, "\x80\x60\x00", 3);
      build_ip (other, CAMERA, 4, packet, NULL);
    }
  g_assert_cmpuint (build_class (other, LENS_CLASS_DECLARED_VIDEO), ==, declared);
  g_assert_cmpuint (build_class (other, LENS_CLASS_UNDECLARED), ==, 4 * 20);
}

/* --- on the link --- */

static const LensFindingRow *
named (Build *build, const char *name)
{
  const LensFindingRow *finding = build_found (build, "encapsulation", LENS_SEVERITY_INFO);

  g_assert_nonnull (strstr (finding->summary, name));
  return finding;
}

static void
labels_are_passed_to_what_they_carry (void)
{
  g_autoptr (Build) build = build_declared (
      "encapsulation", "[service in]\nproto = udp\nport = 9000\nto = 192.0.2.99\n");

  build_ethernet (build, CAMERA, 0x8847, build_join (build_hex ("00021140"), inner ("inside")),
                  build_filled (0, 10));
  g_assert_cmpuint (named (build, "MPLS")->room_bits, ==, 31);
  g_assert_cmpuint (build_class (build, LENS_CLASS_DECLARED_SERVICE), ==, strlen ("inside"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
both_ways_round_a_ring_are_one_frame (void)
{
  g_autoptr (Build) build = build_declared (
      "encapsulation", "[service in]\nproto = udp\nport = 9000\nto = 192.0.2.99\n");

  build->step = 1000;
  build_ethernet (build, CAMERA, 0x892f,
                  build_join (build_hex ("0028 0007 0800"), inner ("inside")), NULL);
  build_ethernet (build, CAMERA, 0x892f,
                  build_join (build_hex ("1028 0007 0800"), inner ("inside")), NULL);
  /* Another number: another frame. */
  build_ethernet (build, CAMERA, 0x892f,
                  build_join (build_hex ("1028 0008 0800"), inner ("inside")), NULL);
  g_assert_cmpuint (named (build, "HSR")->frame_count, ==, 2);
  g_assert_cmpuint (build_class (build, LENS_CLASS_DECLARED_SERVICE), ==, 2 * strlen ("inside"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
both_networks_of_a_pair_are_one (void)
{
  g_autoptr (Build) build
      = build_declared (NULL, "[service in]\nproto = udp\nport = 9000\nto = 192.0.2.99\n");

  build->step = 1000;
  for (guint i = 0; i < 20; i++)
    for (guint lan = 0xa; lan <= 0xb; lan++)
      {
        GByteArray *trailer = build_hex ("000000000000 0000 0034 88fb");
        trailer->data[7] = (guint8)i;
        trailer->data[8] = (guint8)(lan << 4);
        build_ethernet (build, CAMERA, 0x0800, build_join (inner ("inside"), build_filled (0, 6)),
                        trailer);
      }
  g_assert_cmpuint (named (build, "PRP")->frame_count, ==, 20);
  g_assert_cmpuint (named (build, "PRP")->room_bits, ==, 20 * 16);
  g_assert_null (build_finding (build, "eth-trailer-oversize"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_DECLARED_SERVICE), ==, 20 * strlen ("inside"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/encapsulation/gre-is-named-and-opened", gre_is_named_and_opened);
  g_test_add_func (
      "/analyzers/encapsulation/an-owner-who-did-not-declare-the-way-declared-nothing-on-it",
      an_owner_who_did_not_declare_the_way_declared_nothing_on_it);
  g_test_add_func ("/analyzers/encapsulation/a-way-that-was-declared-is-judged-by-what-goes-on-it",
                   a_way_that_was_declared_is_judged_by_what_goes_on_it);
  g_test_add_func ("/analyzers/encapsulation/strange-addresses-inside-do-not-make-it-another-hosts",
                   strange_addresses_inside_do_not_make_it_another_hosts);
  g_test_add_func ("/analyzers/encapsulation/reserved-bits-speak", reserved_bits_speak);
  g_test_add_func ("/analyzers/encapsulation/a-stream-inside-is-not-the-stream-outside",
                   a_stream_inside_is_not_the_stream_outside);
  g_test_add_func ("/analyzers/encapsulation/labels-are-passed-to-what-they-carry",
                   labels_are_passed_to_what_they_carry);
  g_test_add_func ("/analyzers/encapsulation/both-ways-round-a-ring-are-one-frame",
                   both_ways_round_a_ring_are_one_frame);
  g_test_add_func ("/analyzers/encapsulation/both-networks-of-a-pair-are-one",
                   both_networks_of_a_pair_are_one);
  return g_test_run ();
}
