/* Options of TCP that no receiver reads. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

enum
{
  SYN = LENS_TCP_SYN,
  ACK = LENS_TCP_ACK,
};

static const char usual_syn[] = "020405b4 0402 080a 000003e8 00000000 01 030307";
static const char usual[] = "0101 080a 000003e9 000007d0";

static void
open_with (Build *build, const char *viewer, const char *camera)
{
  build_tcp (build, VIEWER, 80, 40000,
             (BuildSegment){ .flags = SYN, .sequence = 999, .options = build_hex (viewer) });
  build_tcp (build, CAMERA, 80, 40000,
             (BuildSegment){ .flags = SYN | ACK,
                             .sequence = 4999,
                             .acknowledgement = 1000,
                             .options = build_hex (camera) });
  build_tcp (build, VIEWER, 80, 40000,
             (BuildSegment){ .flags = ACK,
                             .sequence = 1000,
                             .acknowledgement = 5000,
                             .data = build_text ("GET / HTTP/1.0\r\n\r\n") });
}

static guint64
say (Build *build, guint index, const char *options)
{
  return build_tcp (build, CAMERA, 80, 40000,
                    (BuildSegment){ .flags = ACK,
                                    .sequence = 5000 + 4 * index,
                                    .acknowledgement = 1000,
                                    .options = build_hex (options),
                                    .data = build_text ("data") });
}

/* One segment with @options is found, at @length octets from @offset of the options. */
static void
assert_found (const char *options, gsize offset, gsize length)
{
  g_autoptr (Build) build = build_new ("tcp-options");

  open_with (build, usual_syn, usual_syn);
  guint64 frame = say (build, 0, options);
  const LensFindingRow *finding
      = build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 20 + offset, length);
}

static void
what_no_receiver_reads_is_found (void)
{
  assert_found ("0101 080a 000003e9 000007d0 00 414243", 13, 3); /* behind the end */
  assert_found ("0101 080a 000003e9 000007d0 b1044142", 12, 4);  /* an unassigned kind */
  assert_found ("0101 080a 000003e9 000007d0 fd041234", 12, 4);  /* an unknown experiment */
  assert_found ("0101 080a 000003e9 000007d0 02044142", 12, 4);  /* MSS outside of a SYN */
}

static void
a_length_over_the_end_is_found (void)
{
  assert_found ("0101 080a 000003e9 000007d0 fe094142", 12, 4);
}

static void
blocks_of_what_nobody_sent_are_found (void)
{
  assert_found ("0101 050a 41424344 45464748", 2, 10);
}

static void
signatures_are_for_routers (void)
{
  assert_found ("0101 1312 4142434445464748 494a4b4c4d4e4f50", 2, 18);
}

static void
stamps_that_were_not_agreed_on_are_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-options");

  open_with (build, "020405b4", "020405b4");
  guint64 frame = say (build, 0, usual);
  const LensFindingRow *finding
      = build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 22, 10);
}

static void
usual_options_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-options");

  open_with (build, usual_syn, usual_syn);
  for (guint i = 0; i < 20; i++)
    say (build, i, usual);
  say (build, 20, "0101 080a 000003e9 000007d0 0101 050a 000003ee 000003f2"); /* of the request */
  say (build, 21, "0101 080a 000003e9 000007d0 00 000000");
  build_quiet (build, "tcp-option-padding-unknown");
}

static void
an_order_that_changes_often_is_found (void)
{
  for (guint often = 0; often < 2; often++)
    {
      g_autoptr (Build) build = build_new ("tcp-options");
      open_with (build, usual_syn, usual_syn);
      for (guint i = 0; i < 100; i++)
        say (build, i,
             (often == 1 && i * i % 7 == 2) || i == 50 ? "080a 000003e9 000007d0 0101" : usual);
      if (often == 1)
        build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "tcp-option-padding-unknown");
    }
}

/* Linux repeats the last stamp of the other end where it reuses a port. */
static void
an_echo_in_the_first_segment_may_be_old_a_few_times (void)
{
  for (guint count = 2; count <= 6; count += 4)
    {
      g_autoptr (Build) build = build_new ("tcp-options");
      for (guint i = 0; i < count; i++)
        {
          GByteArray *options = build_hex ("020405b4 0402 080a 000003e8 41420000 01 030307");
          options->data[14] = (guint8)(17 * i);
          build_tcp (build, CAMERA, (guint16)(50000 + i), 443,
                     (BuildSegment){ .flags = SYN, .sequence = 7, .options = options });
        }
      if (count > 2)
        build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
      else
        build_quiet (build, "tcp-option-padding-unknown");
    }
}

/* @step: how the timeout changes from segment to segment. */
static Build *
say_timeouts (guint step)
{
  Build *build = build_new ("tcp-options");

  open_with (build, "020405b4", "020405b4");
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *options = g_strdup_printf ("1c04%04x", (100 + step * i * i) & 0x7fff);
      say (build, i, options);
    }
  return build;
}

static void
timeouts_that_change_all_the_time_are_found (void)
{
  g_autoptr (Build) build = say_timeouts (37);

  build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
}

static void
one_timeout_is_quiet (void)
{
  g_autoptr (Build) build = say_timeouts (0);

  build_quiet (build, "tcp-option-padding-unknown");
}

static void
open_multipath (Build *build, const char *options)
{
  build_tcp (build, CAMERA, 40000, 443,
             (BuildSegment){ .flags = SYN, .sequence = 999, .options = build_hex (options) });
}

/* MPTCP, version 1. */
static void
a_key_before_it_is_due_is_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-options");

  open_multipath (build, "020405b4 1e0c0101 0123456789abcdef");
  build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
}

/* Without a key; and version 0, which has one. */
static void
multipath_as_it_is_defined_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("tcp-options");

  open_multipath (build, "020405b4 1e040101");
  open_multipath (build, "020405b4 1e0c0081 0123456789abcdef");
  build_quiet (build, "tcp-option-padding-unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-options/what-no-receiver-reads-is-found",
                   what_no_receiver_reads_is_found);
  g_test_add_func ("/analyzers/tcp-options/a-length-over-the-end-is-found",
                   a_length_over_the_end_is_found);
  g_test_add_func ("/analyzers/tcp-options/blocks-of-what-nobody-sent-are-found",
                   blocks_of_what_nobody_sent_are_found);
  g_test_add_func ("/analyzers/tcp-options/signatures-are-for-routers", signatures_are_for_routers);
  g_test_add_func ("/analyzers/tcp-options/stamps-that-were-not-agreed-on-are-found",
                   stamps_that_were_not_agreed_on_are_found);
  g_test_add_func ("/analyzers/tcp-options/usual-options-are-quiet", usual_options_are_quiet);
  g_test_add_func ("/analyzers/tcp-options/an-order-that-changes-often-is-found",
                   an_order_that_changes_often_is_found);
  g_test_add_func ("/analyzers/tcp-options/an-echo-in-the-first-segment-may-be-old-a-few-times",
                   an_echo_in_the_first_segment_may_be_old_a_few_times);
#define CASE(name, function) g_test_add_func ("/analyzers/tcp-options/" name, function)
  CASE ("timeouts-that-change-all-the-time-are-found", timeouts_that_change_all_the_time_are_found);
  CASE ("one-timeout-is-quiet", one_timeout_is_quiet);
  CASE ("a-key-before-it-is-due-is-found", a_key_before_it_is_due_is_found);
  CASE ("multipath-as-it-is-defined-is-quiet", multipath_as_it_is_defined_is_quiet);
  return g_test_run ();
}
