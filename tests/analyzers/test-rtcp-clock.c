/* The two clocks of sender reports. */
#include "tests/analyzers/build.h"

#define CHANNEL "rtcp-sr-fields"

enum
{
  REPORTS = 120,
};

/* A report after each fifth of a second; the wall clock is @off(i) ns away from the media's. */
static Build *
session (gint64 (*off) (GRand *random, guint index), gint64 step_ns)
{
  Build *build = build_new ("rtcp-clock");
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 2, 1, 0x1234);
  build->step = step_ns;
  for (guint i = 0; i < REPORTS; i++)
    {
      gint64 time = (gint64)i * 200000000 + off (random, i);
      guint64 ntp = (guint64)3900000000u << 32 | ((guint64)(time % 1000000000) << 32) / 1000000000;
      guint32 fields[7] = { GUINT32_TO_BE (0x80c80006u),
                            GUINT32_TO_BE (0x1234u),
                            GUINT32_TO_BE ((guint32)(ntp >> 32) + (guint32)(time / 1000000000)),
                            GUINT32_TO_BE ((guint32)ntp),
                            GUINT32_TO_BE (i * 18000),
                            GUINT32_TO_BE (2),
                            GUINT32_TO_BE (100) };
      GByteArray *report
          = g_byte_array_append (g_byte_array_new (), (const guint8 *)fields, sizeof fields);
      build_media (build, CAMERA, 0, TRUE, report);
    }
  return build;
}

static gint64
none (GRand *random, guint index)
{
  return 0;
}

static gint64
message (GRand *random, guint index)
{
  return (gint64)g_rand_int_range (random, 0, 8192) * 976;
}

/* The media clock is that of the last picture. */
static gint64
picture (GRand *random, guint index)
{
  return (gint64)g_rand_int_range (random, 0, 40000) * 1000;
}

static gint64
jitter (GRand *random, guint index)
{
  gint64 sum = 8000000;

  for (guint i = 0; i < 8; i++)
    sum += g_rand_int_range (random, -400000, 400000);
  return sum;
}

/* The low 25 bits of the fraction are a message: what is added is not that, but goes from minus
 * to plus. */
static gint64
low_bits (GRand *random, guint index)
{
  const gint64 width = 7812500;
  gint64 time = (gint64)index * 200000000;

  return g_rand_int_range (random, 0, (gint32)width) - time % width;
}

/* An NTP time that ticks 128 times a second. */
static gint64
coarse (GRand *random, guint index)
{
  gint64 time = (gint64)index * 203000000;

  return time - time % 7812500 - (gint64)index * 200000000;
}

static void
clocks_are_quiet (void)
{
  gint64 (*const offs[]) (GRand *, guint) = { none, picture, jitter, coarse };

  for (guint i = 0; i < G_N_ELEMENTS (offs); i++)
    {
      g_autoptr (Build) build = session (offs[i], 200 * 1000 * 1000);
      build_quiet (build, CHANNEL);
    }
}

static void
rare_reports_are_quiet (void)
{
  g_autoptr (Build) build = session (message, G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000);

  build_quiet (build, CHANNEL);
}

static void
a_message_is_found (void)
{
  gint64 (*const offs[]) (GRand *, guint) = { message, low_bits };

  for (guint i = 0; i < G_N_ELEMENTS (offs); i++)
    {
      g_autoptr (Build) build = session (offs[i], 200 * 1000 * 1000);
      const LensFindingRow *finding = build_finding (build, CHANNEL);
      g_assert_nonnull (finding);
      g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
      g_assert_cmpuint (finding->frame_count, ==, REPORTS);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtcp-clock/" name, function)
  CASE ("clocks-are-quiet", clocks_are_quiet);
  CASE ("rare-reports-are-quiet", rare_reports_are_quiet);
  CASE ("a-message-is-found", a_message_is_found);
  return g_test_run ();
}
