/* Pings as programs send them are quiet; data of one's own in them, or in a quote, is found. */
#include "tests/analyzers/build.h"

#define SECOND (G_GINT64_CONSTANT (1000) * 1000 * 1000)

/* @from .. @to - 1, counting up */
static GByteArray *
count (guint from, guint to)
{
  GByteArray *octets = g_byte_array_new ();

  for (guint i = from; i < to; i++)
    {
      const guint8 octet = (guint8)i;
      g_byte_array_append (octets, &octet, 1);
    }
  return octets;
}

/* A struct timeval of a 64-bit system, @ms after the camera's start in 1970. */
static GByteArray *
timeval (guint ms)
{
  guint64 words[2] = { GUINT64_TO_LE (77 + ms / 1000), GUINT64_TO_LE (ms % 1000 * 1000) };
  GByteArray *octets = g_byte_array_new ();

  return g_byte_array_append (octets, (const guint8 *)words, sizeof words);
}

static void
data_in_a_ping_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");
  guint64 frame = build_echo (build, CAMERA, 8, 1, 1, build_text ("not a ping program's words"));
  gsize offset = build->offset;

  const LensFindingRow *finding = build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 26);
  g_assert_cmpuint (finding->used_bits, ==, 26 * 8);
  g_assert_true (finding->hides);
}

static void
iputils_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 5; i++)
    build_echo (build, CAMERA, 8, 7, i, build_join (timeval (1000u * i + i), count (16, 56)));
  g_assert_cmpuint (build_quiet (build, "icmp-echo-payload")->room_bits, ==, 5 * 56 * 8);
}

static void
a_time_that_jumps_about_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  build_echo (build, CAMERA, 8, 7, 0, build_join (timeval (0), count (16, 56)));
  /* a clock may be set, once */
  build_echo (build, CAMERA, 8, 7, 1, build_join (timeval (99000), count (16, 56)));
  build_echo (build, CAMERA, 8, 7, 2, build_join (timeval (12000), count (16, 56)));
  g_assert_cmpuint (build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM)->frame_count, ==,
                    1);
}

/* Counted octets, as many as a message says. */
static void
lengths_that_follow_no_step_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND / 4;
  for (guint16 i = 0; i < 80; i++)
    build_echo (build, CAMERA, 8, 7, i, count (0, 56 + (i + 1) * 0x9e3779b1u % 127));
  build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM);
}

/* ping -g; several programs, each with a length of its own. */
static void
lengths_that_rise_or_stay_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 100; i++)
    build_echo (build, CAMERA, 8, 7, i, count (0, 20 + 2 * i));
  for (guint16 i = 0; i < 100; i++)
    build_echo (build, CAMERA, 8, 7, i, count (0, i % 3 == 0 ? 32 : i % 3 == 1 ? 56 : 200));
  build_quiet (build, "icmp-echo-payload");
}

static void
a_clock_that_goes_back_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND / 4;
  for (guint16 i = 0; i < 80; i++)
    build_echo (build, CAMERA, 8, 7, i,
                build_join (timeval (i / 4 * 1000u + (i + 1) * 0x9e3779b1u % 524), count (16, 56)));
  build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM);
}

static void
windows_and_zeros_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build_echo (build, CAMERA, 8, 1, 1, build_text ("abcdefghijklmnopqrstuvwabcdefghi"));
  build_echo (build, CAMERA, 8, 1, 2, build_filled (0, 56));
  build_echo (build, CAMERA, 8, 1, 3, build_hex (""));
  build_quiet (build, "icmp-echo-payload");
}

static void
busybox_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 4; i++)
    {
      /* microseconds that wrap, in the byte order of the host */
      guint32 us = GUINT32_TO_BE (0xffe00000u + 1000000u * i);
      GByteArray *data = g_byte_array_new ();
      g_byte_array_append (data, (const guint8 *)&us, 4);
      build_echo (build, CAMERA, 8, 3, i, build_join (data, build_filled (0, 52)));
    }
  build_quiet (build, "icmp-echo-payload");
}

/* Two programs at a time: neither's clock is the other's. */
static void
busybox_beside_iputils_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 8; i++)
    if (i % 2 == 0)
      build_echo (build, CAMERA, 8, 7, i, build_join (timeval (1000u * i), count (16, 56)));
    else
      {
        g_autofree char *us
            = g_strdup_printf ("%08x", GUINT32_SWAP_LE_BE (5000000u + 1000000u * i));
        build_echo (build, CAMERA, 8, 3, i, build_join (build_hex (us), build_filled (0, 52)));
      }
  build_quiet (build, "icmp-echo-payload");
}

/* A time of eight octets, as 32-bit systems write it, then octets that count on. */
static void
bsd_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 6; i++)
    {
      g_autofree char *time = g_strdup_printf ("%08x 0006c989", 77u + i);
      build_echo (build, CAMERA, 8, 7, i, build_join (build_hex (time), count (8, 56)));
    }
  build_quiet (build, "icmp-echo-payload");
}

static void
traceroute_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  for (guint16 i = 0; i < 20; i++)
    build_echo (build, CAMERA, 8, 9, i, build_join (count (0x48, 0x80), count (0x40, 0x48)));
  build_quiet (build, "icmp-echo-payload");
}

/* ping -p: what somebody chose, but always the same. */
static void
a_constant_pattern_is_low (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 6; i++)
    build_echo (build, CAMERA, 8, 7, i, build_join (timeval (1000u * i), build_filled (0xff, 84)));
  const LensFindingRow *finding = build_found (build, "icmp-echo-payload", LENS_SEVERITY_LOW);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 8);
}

static void
a_pattern_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build->step = SECOND;
  for (guint16 i = 0; i < 6; i++)
    build_echo (build, CAMERA, 8, 7, i,
                build_join (timeval (1000u * i), build_filled ((guint8)(0x31 + 7 * i), 84)));
  build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM);
}

static void
a_reply_that_echoes_says_nothing (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build_echo (build, VIEWER, 8, 1, 1, build_text ("the viewer's own words"));
  build_echo (build, CAMERA, 0, 1, 1, build_text ("the viewer's own words"));
  const LensFindingRow *room = build_quiet (build, "icmp-echo-payload");
  g_assert_cmpuint (room->frame_count, ==, 1); /* the viewer's */
}

static void
a_reply_that_differs_is_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-payload");

  build_echo (build, VIEWER, 8, 1, 1, build_hex (""));
  guint64 frame = build_echo (build, CAMERA, 0, 1, 1, build_text ("the camera's own words"));
  const LensFindingRow *finding = build_found (build, "icmp-echo-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, 22);
}

/* --- errors --- */

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/icmp-payload/" name, function)
  CASE ("data-in-a-ping-is-found", data_in_a_ping_is_found);
  CASE ("iputils-is-quiet", iputils_is_quiet);
  CASE ("a-time-that-jumps-about-is-found", a_time_that_jumps_about_is_found);
  CASE ("windows-and-zeros-are-quiet", windows_and_zeros_are_quiet);
  CASE ("busybox-is-quiet", busybox_is_quiet);
  CASE ("busybox-beside-iputils-is-quiet", busybox_beside_iputils_is_quiet);
  CASE ("bsd-is-quiet", bsd_is_quiet);
  CASE ("traceroute-is-quiet", traceroute_is_quiet);
  CASE ("a-constant-pattern-is-low", a_constant_pattern_is_low);
  CASE ("a-pattern-that-changes-is-found", a_pattern_that_changes_is_found);
  CASE ("a-reply-that-echoes-says-nothing", a_reply_that_echoes_says_nothing);
  CASE ("a-reply-that-differs-is-found", a_reply_that_differs_is_found);
  CASE ("lengths-that-follow-no-step-are-found", lengths_that_follow_no_step_are_found);
  CASE ("lengths-that-rise-or-stay-are-quiet", lengths_that_rise_or_stay_are_quiet);
  CASE ("a-clock-that-goes-back-is-found", a_clock_that_goes_back_is_found);
  return g_test_run ();
}
