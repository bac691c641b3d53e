/* Fields of TCP headers that mean nothing. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

enum
{
  SYN = LENS_TCP_SYN,
  ACK = LENS_TCP_ACK,
  ECN = LENS_TCP_ECE | LENS_TCP_CWR,
  ACC_ECN = LENS_TCP_AE | LENS_TCP_ECE | LENS_TCP_CWR,
};

/* The viewer opens with @offer, the camera answers with @answer; both have said 1000 octets. */
static void
open_with (Build *build, guint16 offer, guint16 answer)
{
  build_tcp (build, VIEWER, 80, 40000, (BuildSegment){ .flags = SYN | offer, .sequence = 999 });
  build_tcp (
      build, CAMERA, 80, 40000,
      (BuildSegment){ .flags = SYN | ACK | answer, .sequence = 4999, .acknowledgement = 1000 });
  build_tcp (build, VIEWER, 80, 40000,
             (BuildSegment){ .flags = ACK, .sequence = 1000, .acknowledgement = 5000 });
}

/* The camera's next segment, of 4 octets. */
static guint64
say (Build *build, guint index, guint16 flags, guint16 urgent)
{
  return build_tcp (build, CAMERA, 80, 40000,
                    (BuildSegment){ .flags = ACK | flags,
                                    .sequence = 5000 + 4 * index,
                                    .acknowledgement = 1000,
                                    .urgent = urgent,
                                    .data = build_text ("data") });
}

static void
reserved_bits_are_found_at_the_first_segment (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  open_with (build, 0, 0);
  say (build, 0, 0, 0);
  guint64 frame = say (build, 1, 0x400, 0);
  const LensFindingRow *finding = build_found (build, "tcp-reserved-bits", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 1);
}

static void
a_bit_that_some_segments_have_is_a_message (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  open_with (build, 0, 0);
  for (guint i = 0; i < 20; i++)
    say (build, i, i % 3 == 0 ? 0x800 : 0, 0);
  build_found (build, "tcp-reserved-bits", LENS_SEVERITY_MEDIUM);
}

static void
a_bit_that_all_segments_have_is_a_habit (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  for (guint i = 0; i < 20; i++)
    say (build, i, 0x800, 0);
  build_found (build, "tcp-reserved-bits", LENS_SEVERITY_LOW);
}

static void
offers_of_ecn_and_their_answers_are_quiet (void)
{
  static const guint16 offers[][2] = { { ECN, LENS_TCP_ECE }, /* RFC 3168 */
                                       { ECN, 0 },
                                       { ECN, ECN }, /* returned as it came */
                                       { ACC_ECN, LENS_TCP_CWR },
                                       { ACC_ECN, LENS_TCP_ECE },
                                       { ACC_ECN, LENS_TCP_AE },
                                       { ACC_ECN, ACC_ECN },
                                       { ACC_ECN, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      g_autoptr (Build) build = build_new ("tcp-header");
      open_with (build, offers[i][0], offers[i][1]);
      build_quiet (build, "tcp-reserved-bits");
      g_assert_null (build_finding (build, "tcp-reserved-bits"));
    }
}

static void
an_answer_to_no_offer_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  open_with (build, 0, LENS_TCP_ECE);
  build_found (build, "tcp-reserved-bits", LENS_SEVERITY_MEDIUM);
}

static void
ecn_that_nobody_agreed_on_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  open_with (build, ECN, 0);
  guint64 frame = say (build, 0, LENS_TCP_CWR, 0);
  build_assert_octets (build_found (build, "tcp-reserved-bits", LENS_SEVERITY_MEDIUM), 0, frame,
                       build->offset + 12, 2);
}

/* With AccECN the three bits count marks from 5 on. */
static void
a_counter_that_stands_is_quiet_and_one_that_jumps_is_found (void)
{
  for (guint jumps = 0; jumps < 2; jumps++)
    {
      g_autoptr (Build) build = build_new ("tcp-header");
      open_with (build, ACC_ECN, LENS_TCP_CWR);
      for (guint i = 0; i < 60; i++)
        say (build, i, jumps == 1 && i * i % 7 == 4 ? LENS_TCP_ECE : LENS_TCP_AE | LENS_TCP_ECE, 0);
      if (jumps == 1)
        build_found (build, "tcp-reserved-bits", LENS_SEVERITY_MEDIUM);
      else
        g_assert_null (build_finding (build, "tcp-reserved-bits"));
    }
}

static void
an_urgent_pointer_without_its_bit_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  open_with (build, 0, 0);
  guint64 frame = say (build, 0, 0, 0x4142);
  const LensFindingRow *finding = build_found (build, "tcp-urgent-no-urg", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 18, 2);
}

static void
urgent_data_is_quiet_and_a_pointer_far_beyond_is_not (void)
{
  g_autoptr (Build) build = build_new ("tcp-header"), other = build_new ("tcp-header");

  open_with (build, 0, 0);
  say (build, 0, LENS_TCP_URG, 4);
  g_assert_null (build_finding (build, "tcp-urgent-no-urg"));

  open_with (other, 0, 0);
  say (other, 0, LENS_TCP_URG, 0x4142);
  build_found (other, "tcp-urgent-no-urg", LENS_SEVERITY_MEDIUM);
}

static void
a_number_that_acknowledges_nothing_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  guint64 frame
      = build_tcp (build, CAMERA, 50000, 443,
                   (BuildSegment){ .flags = SYN, .sequence = 7, .acknowledgement = 0x41424344 });
  const LensFindingRow *finding = build_found (build, "tcp-ack-no-ackflag", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 8, 4);
}

static void
a_reset_may_repeat_a_number_of_its_connection (void)
{
  for (guint strange = 0; strange < 2; strange++)
    {
      g_autoptr (Build) build = build_new ("tcp-header");
      open_with (build, 0, 0);
      say (build, 0, 0, 0);
      build_tcp (build, CAMERA, 80, 40000,
                 (BuildSegment){ .flags = LENS_TCP_RST,
                                 .sequence = 5004,
                                 .acknowledgement = strange ? 0x12345678 : 1000 });
      if (strange)
        build_found (build, "tcp-ack-no-ackflag", LENS_SEVERITY_MEDIUM);
      else
        g_assert_null (build_finding (build, "tcp-ack-no-ackflag"));
    }
}

static void
what_a_peer_sends_is_no_more_than_a_note (void)
{
  g_autoptr (Build) build = build_new ("tcp-header");

  build_session (build, build_sdp_h264, TRUE, "");
  build_tcp (build, VIEWER, 80, 40001, (BuildSegment){ .flags = SYN | 0x200, .sequence = 1 });
  build_quiet (build, "tcp-reserved-bits");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-header/reserved-bits-are-found-at-the-first-segment",
                   reserved_bits_are_found_at_the_first_segment);
  g_test_add_func ("/analyzers/tcp-header/a-bit-that-some-segments-have-is-a-message",
                   a_bit_that_some_segments_have_is_a_message);
  g_test_add_func ("/analyzers/tcp-header/a-bit-that-all-segments-have-is-a-habit",
                   a_bit_that_all_segments_have_is_a_habit);
  g_test_add_func ("/analyzers/tcp-header/offers-of-ecn-and-their-answers-are-quiet",
                   offers_of_ecn_and_their_answers_are_quiet);
  g_test_add_func ("/analyzers/tcp-header/an-answer-to-no-offer-is-found",
                   an_answer_to_no_offer_is_found);
  g_test_add_func ("/analyzers/tcp-header/ecn-that-nobody-agreed-on-is-found",
                   ecn_that_nobody_agreed_on_is_found);
  g_test_add_func (
      "/analyzers/tcp-header/a-counter-that-stands-is-quiet-and-one-that-jumps-is-found",
      a_counter_that_stands_is_quiet_and_one_that_jumps_is_found);
  g_test_add_func ("/analyzers/tcp-header/an-urgent-pointer-without-its-bit-is-found",
                   an_urgent_pointer_without_its_bit_is_found);
  g_test_add_func ("/analyzers/tcp-header/urgent-data-is-quiet-and-a-pointer-far-beyond-is-not",
                   urgent_data_is_quiet_and_a_pointer_far_beyond_is_not);
  g_test_add_func ("/analyzers/tcp-header/a-number-that-acknowledges-nothing-is-found",
                   a_number_that_acknowledges_nothing_is_found);
  g_test_add_func ("/analyzers/tcp-header/a-reset-may-repeat-a-number-of-its-connection",
                   a_reset_may_repeat_a_number_of_its_connection);
  g_test_add_func ("/analyzers/tcp-header/what-a-peer-sends-is-no-more-than-a-note",
                   what_a_peer_sends_is_no_more_than_a_note);
  return g_test_run ();
}
