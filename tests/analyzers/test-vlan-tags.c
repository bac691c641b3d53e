/* Tags of 802.1Q. */
#include "tests/analyzers/build.h"

#include "wire/checksum.h"

#define NO_TAG G_MAXUINT16

/* A datagram of the camera with tag control @tag, or without a tag. */
static guint64
send (Build *build, guint16 tag, guint16 sport, guint16 id)
{
  GByteArray *frame = build_hex ("020000000020 020000000010 8100 0000 0800"
                                 "45000020 00000000 40110000 c000020a c0000214"
                                 "0000 1388 000c 0000 61626364"
                                 "00000000000000000000");

  frame->data[14] = (guint8)(tag >> 8);
  frame->data[15] = (guint8)tag;
  frame->data[18 + 4] = (guint8)(id >> 8);
  frame->data[18 + 5] = (guint8)id;
  frame->data[18 + 20] = (guint8)(sport >> 8);
  frame->data[18 + 21] = (guint8)sport;
  guint16 sum = lens_checksum_end (lens_checksum_add (0, frame->data + 18, 20));
  frame->data[18 + 10] = (guint8)(sum >> 8);
  frame->data[18 + 11] = (guint8)sum;
  if (tag == NO_TAG)
    g_byte_array_remove_range (frame, 12, 4);
  return build_frame (build, frame);
}

static void
priorities_that_change_are_found (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");
  guint8 message[] = { 5, 1, 7, 0, 3, 6, 2, 4 };
  guint64 first = 0;

  for (guint16 i = 0; i < 100; i++)
    {
      gboolean speaks = i % 4 == 3;
      guint64 frame
          = send (build, speaks ? (guint16)(message[i / 4 % 8] << 13 | 20) : 0xa014, 6000, i);
      first = i == 7 ? frame : first; /* the one before has the usual priority */
    }
  const LensFindingRow *finding
      = build_found (build, "eth-vlan-tag-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 14, 2);
}

static void
a_number_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");

  for (guint16 i = 0; i < 100; i++)
    send (build, i % 2 == 1 ? (guint16)(100 + i * i % 977) : 20, 6000, i);
  const LensFindingRow *finding
      = build_found (build, "eth-vlan-tag-modulation", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 50);
}

static void
a_priority_for_each_service_is_room (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");

  for (guint16 i = 0; i < 200; i++)
    send (build, i % 3 == 0 ? 0xa014 : 0x0014, i % 3 == 0 ? 6000 : 554, i);
  const LensFindingRow *room = build_quiet (build, "eth-vlan-tag-modulation");
  g_assert_cmpuint (room->used_bits, ==, 0);
  g_assert_cmpuint (room->room_bits, ==, 200 * 16);
}

/* A mirror of two VLANs that a bridge joins; one of the copies is sometimes lost. */
static void
the_same_frame_in_two_networks_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");

  for (guint16 i = 0; i < 200; i++)
    {
      if (i % 5 != 3)
        send (build, 20, 6000, i);
      if (i % 7 != 3)
        send (build, 30, 6000, i);
    }
  g_assert_cmpuint (build_quiet (build, "eth-vlan-tag-modulation")->used_bits, ==, 0);
}

static void
a_switch_that_is_set_up_anew_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");

  for (guint16 i = 0; i < 200; i++)
    send (build, i < 50 ? 20 : 30, 6000, i);
  build_quiet (build, "eth-vlan-tag-modulation");
}

static void
tags_that_come_and_go_are_found (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags");
  guint64 first = 0;

  for (guint16 i = 0; i < 300; i++)
    {
      guint64 frame = send (build, i % 3 == 2 && i % 7 != 0 ? 0 : NO_TAG, 6000, i);
      first = i == 2 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (build, "eth-vlan-tag-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 12, 4);
}

/* A mirror that shows what comes in with a tag and what goes out without, or the other way round;
 * some copies are lost.  And a port that is moved to another network. */
static void
a_tag_on_one_side_of_a_switch_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("vlan-tags"), moved = build_new ("vlan-tags");

  for (guint16 i = 0; i < 300; i++)
    {
      if (i % 5 != 3)
        send (build, NO_TAG, 6000, i);
      if (i % 7 != 3)
        send (build, 20, 6000, i);
      send (moved, i < 100 ? NO_TAG : 20, 6000, i);
    }
  g_assert_cmpuint (build_quiet (build, "eth-vlan-tag-modulation")->used_bits, <=, 1);
  build_quiet (moved, "eth-vlan-tag-modulation");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/vlan-tags/" name, function)
  CASE ("priorities-that-change-are-found", priorities_that_change_are_found);
  CASE ("a-number-that-changes-is-found", a_number_that_changes_is_found);
  CASE ("a-priority-for-each-service-is-room", a_priority_for_each_service_is_room);
  CASE ("the-same-frame-in-two-networks-is-quiet", the_same_frame_in_two_networks_is_quiet);
  CASE ("a-switch-that-is-set-up-anew-is-quiet", a_switch_that_is_set_up_anew_is_quiet);
  CASE ("tags-that-come-and-go-are-found", tags_that_come_and_go_are_found);
  CASE ("a-tag-on-one-side-of-a-switch-is-quiet", a_tag_on_one_side_of_a_switch_is_quiet);
  return g_test_run ();
}
