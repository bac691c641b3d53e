/* Checksums of UDP. */
#include "tests/analyzers/build.h"

/* A datagram of the camera's with its checksum, another number in its place, or none (0). */
static guint64
say_from (Build *build, guint16 port, gboolean changed, guint16 sum)
{
  GByteArray *datagram = build_datagram (CAMERA, port, 7001, build_text ("temperature 21"));

  if (changed)
    {
      datagram->data[6] = (guint8)(sum >> 8);
      datagram->data[7] = (guint8)sum;
    }
  return build_ip (build, CAMERA, 17, datagram, NULL);
}

static guint64
say (Build *build, gboolean changed, guint16 sum)
{
  return say_from (build, 7000, changed, sum);
}

static void
sockets_with_and_without_are_quiet (void)
{
  for (guint none = 0; none < 2; none++)
    {
      g_autoptr (Build) build = build_new ("udp-checksum");
      for (guint i = 0; i < 50; i++)
        say (build, none, 0);
      g_assert_null (build_finding (build, "udp-zero-checksum"));
    }
}

static void
a_socket_that_makes_some_is_found (void)
{
  g_autoptr (Build) build = build_new ("udp-checksum");
  guint64 first = 0;

  for (guint i = 0; i < 100; i++)
    {
      guint64 frame = say (build, i % 7 == 3, 0);
      first = i == 3 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "udp-zero-checksum", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, build->offset + 6, 2);
  g_assert_cmpuint (finding->frame_count, ==, 14);
}

/* RTCP of the system beside RTP of a signal processor, on one port. */
static void
one_now_and_then_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("udp-checksum");

  for (guint i = 0; i < 2000; i++)
    say (build, i % 200 != 3, 0);
  build_quiet (build, "udp-zero-checksum");
}

/* 9 of 1,000 between the two hosts, though 8 of 300 on one port. */
static void
sockets_between_two_hosts_are_judged_together (void)
{
  g_autoptr (Build) build = build_new ("udp-checksum");

  for (guint i = 0; i < 300; i++)
    say (build, i > 100 && i <= 108, 0);
  for (guint i = 0; i < 700; i++)
    say_from (build, 7002, i == 100, 0);
  build_quiet (build, "udp-zero-checksum");
}

static void
wrong_sums_among_right_ones_are_found (void)
{
  for (guint count = 2; count <= 5; count += 3)
    {
      g_autoptr (Build) build = build_new ("udp-checksum");
      for (guint i = 0; i < 60; i++)
        say (build, i >= 20 && i < 20 + count, (guint16)(0x4142 + 17 * i));
      if (count > 2)
        build_found (build, "udp-zero-checksum", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "udp-zero-checksum");
    }
}

/* c000:020a + c000:0214 + 17 + 22, as RFC 768 has it before the card adds the rest. */
static void
sums_that_the_card_makes_later_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("udp-checksum");

  for (guint i = 0; i < 60; i++)
    say (build, i % 2 == 0, 0x8446);
  g_assert_null (build_finding (build, "udp-zero-checksum"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/udp-checksum/sockets-with-and-without-are-quiet",
                   sockets_with_and_without_are_quiet);
  g_test_add_func ("/analyzers/udp-checksum/a-socket-that-makes-some-is-found",
                   a_socket_that_makes_some_is_found);
  g_test_add_func ("/analyzers/udp-checksum/one-now-and-then-is-quiet", one_now_and_then_is_quiet);
  g_test_add_func ("/analyzers/udp-checksum/sockets-between-two-hosts-are-judged-together",
                   sockets_between_two_hosts_are_judged_together);
  g_test_add_func ("/analyzers/udp-checksum/wrong-sums-among-right-ones-are-found",
                   wrong_sums_among_right_ones_are_found);
  g_test_add_func ("/analyzers/udp-checksum/sums-that-the-card-makes-later-are-quiet",
                   sums_that_the_card_makes_later_are_quiet);
  return g_test_run ();
}
