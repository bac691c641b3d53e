/* Sender reports that fit what is sent, and others. */
#include "tests/analyzers/build.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

/* What a report says; all of it grows by one second's worth. */
typedef struct
{
  guint32 seconds, fraction, stamp, packets, octets;
} Says;

static GByteArray *
report (guint32 ssrc, const Says *says)
{
  const guint32 words[] = { 0x80c80006,  ssrc,          says->seconds, says->fraction,
                            says->stamp, says->packets, says->octets };
  GByteArray *packet = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      guint32 wire = GUINT32_TO_BE (words[i]);
      g_byte_array_append (packet, (const guint8 *)&wire, sizeof wire);
    }
  return packet;
}

typedef void (*Change) (GRand *random, guint second, Says *says);

/* Twelve seconds of 20 packets of 4 octets, and a report behind each. */
static guint64
stream (Build *build, Change change, gsize *offset)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  guint64 last = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 s = 1; s <= 12; s++)
    {
      Says says = { 3900000000u + s, 0x40000000, 90000 * s, 20 * s, 80 * s };
      gint64 start = build->now;
      for (guint16 i = 0; i < 20; i++)
        build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 96,
                                            .sequence = (guint16)(20 * s + i),
                                            .timestamp = 90000 * s + 4500u * i,
                                            .ssrc = 0xaaaa,
                                            .payload = build_hex ("419a5c5c") }));
      change (random, s, &says);
      last = build_media (build, CAMERA, 0, TRUE, report (0xaaaa, &says));
      build->now = start + SECOND;
    }
  *offset = build->offset;
  return last;
}

static void
counts (GRand *random, guint second, Says *says)
{
  says->packets = g_rand_int (random);
  says->octets = g_rand_int (random);
}

static void
forged_counts_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");
  gsize offset;

  guint64 last = stream (build, counts, &offset);
  const LensFindingRow *finding = build_found (build, "rtcp-sr-fields", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 12);
  build_assert_octets (finding, finding->octets->len - 1, last, offset + 24, 4);
}

static void
stamps (GRand *random, guint second, Says *says)
{
  if (second % 2 == 0)
    says->stamp = g_rand_int (random);
}

static void
forged_stamps_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");
  gsize offset;

  guint64 last = stream (build, stamps, &offset);
  const LensFindingRow *finding = build_found (build, "rtcp-sr-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, finding->octets->len - 1, last, offset + 16, 4);
}

static void
honest (GRand *random, guint second, Says *says)
{
}

static void
from_before (GRand *random, guint second, Says *says)
{
  says->packets += 123456;
  says->octets += 0xfffff000;
}

static void
in_thirds (GRand *random, guint second, Says *says)
{
  says->packets /= 3;
  says->octets = says->octets * 11 / 10;
}

static void
anew (GRand *random, guint second, Says *says)
{
  says->packets -= second > 6 ? 120 : 0;
  says->octets -= second > 6 ? 480 : 0;
}

static void
nothing (GRand *random, guint second, Says *says)
{
  *says = (Says){ .stamp = says->stamp };
}

static void
set_once (GRand *random, guint second, Says *says)
{
  says->seconds += second > 5 ? 7200 : 0;
}

static void
uneven (GRand *random, guint second, Says *says)
{
  says->stamp += (guint32)g_rand_int_range (random, 0, 4500);
}

static void
an_honest_sender_has_no_finding (gconstpointer change)
{
  static const Change changes[]
      = { honest, from_before, in_thirds, anew, nothing, set_once, uneven };
  g_autoptr (Build) build = build_new ("rtcp-sr");
  gsize offset;

  stream (build, changes[GPOINTER_TO_UINT (change)], &offset);
  g_assert_null (build_finding (build, "rtcp-sr-fields"));
}

/* One packet in four is sent again by a source of its own, which reports on itself. */
static void
a_second_source_counts_for_itself (void)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 0; i < 400; i++)
    {
      const guint32 sent = i + 1, again = i / 4 + 1, stamp = 900u * i;
      const Says says[]
          = { { 3900000000u + i / 100, (guint32)(i % 100) * 42949672u, stamp, 12 * sent,
                40000 * sent },
              { 3900000000u + i / 100, (guint32)(i % 100) * 42949672u, stamp, again, 4 * again } };
      for (guint k = 0; k < 12; k++)
        build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 96,
                                            .sequence = (guint16)(12 * i + k),
                                            .timestamp = stamp,
                                            .ssrc = 0xaaaa,
                                            .payload = build_filled (0x41, 3333 + (k >= 8)) }));
      if (i % 4 == 0)
        build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 97,
                                            .sequence = i / 4,
                                            .timestamp = stamp,
                                            .ssrc = 0xbbbb,
                                            .payload = build_hex ("00014141") }));
      if (i % 50 == 49)
        for (guint k = 0; k < 2; k++)
          build_media (build, CAMERA, 0, TRUE, report (k == 0 ? 0xaaaa : 0xbbbb, &says[k]));
    }
  g_assert_null (build_finding (build, "rtcp-sr-fields"));
}

/* Both clocks go on, but not together while the viewer pauses. */
static void
a_pause_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");
  guint32 stamp = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 i = 0; i < 5; i++)
    {
      const Says says = { 3900000000u + 10 * i, 0, stamp, 20 * (i + 1), 80 * (i + 1) };
      for (guint16 k = 0; k < 20; k++)
        build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 96,
                                            .sequence = (guint16)(20 * i + k),
                                            .timestamp = stamp + 4500u * k,
                                            .ssrc = 0xaaaa,
                                            .payload = build_hex ("419a5c5c") }));
      build_media (build, CAMERA, 0, TRUE, report (0xaaaa, &says));
      build_request (build, "PAUSE", "", "", "");
      build_request (build, "PLAY", "", "", "");
      build->now += 9 * SECOND;
      stamp += 90000 * (1 + i % 3);
    }
  g_assert_null (build_finding (build, "rtcp-sr-fields"));
}

/* Four reports a second, each of them so often, perhaps in frames that are the same. */
static void
report_often (Build *build, guint (*how_often) (GRand *random), gboolean identical)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 i = 0; i < 100; i++)
    {
      Says says = { 3900000000u + i / 4, (i % 4) << 30, 22500 * i, 5 * (i + 1), 20 * (i + 1) };
      gint64 start = build->now;
      for (guint32 k = 0; k < 5; k++)
        build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 96,
                                            .sequence = (guint16)(5 * i + k),
                                            .timestamp = 22500 * i + 4500 * k,
                                            .ssrc = 0xaaaa,
                                            .payload = build_hex ("419a5c5c") }));
      for (guint k = how_often (random); k > 0; k--)
        {
          build_media (build, CAMERA, 0, TRUE, report (0xaaaa, &says));
          /* The next IP packet has the same identification. */
          build->frame += identical && k > 1 ? 0xffff : 0;
        }
      build->now = start + SECOND / 4;
    }
}

static guint
as_it_likes (GRand *random)
{
  return (guint)g_rand_int_range (random, 0, 5);
}

static guint
twice (GRand *random)
{
  return 2;
}

static guint
seldom_twice (GRand *random)
{
  return g_rand_int_range (random, 0, 20) == 0 ? 2 : 1;
}

static void
reports_given_as_often_as_one_likes_are_found (gconstpointer identical)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");

  report_often (build, as_it_likes, GPOINTER_TO_INT (identical));
  g_assert_cmpuint (build_found (build, "rtcp-sr-fields", LENS_SEVERITY_MEDIUM)->frame_count, >,
                    50);
}

static void
reports_that_a_mirror_repeats_are_quiet (gconstpointer identical)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");

  report_often (build, twice, GPOINTER_TO_INT (identical));
  build_quiet (build, "rtcp-sr-fields");
}

static void
reports_that_the_network_repeats_are_quiet (gconstpointer identical)
{
  g_autoptr (Build) build = build_new ("rtcp-sr");

  report_often (build, seldom_twice, GPOINTER_TO_INT (identical));
  build_quiet (build, "rtcp-sr-fields");
}

int
main (int argc, char **argv)
{
  static const char *const names[]
      = { "that-counts-what-it-sends", "that-began-earlier", "that-counts-something-else",
          "that-counts-anew",          "that-says-nothing",  "whose-clock-is-set",
          "whose-stamps-are-uneven" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/rtcp-sr/forged-counts-are-found", forged_counts_are_found);
  g_test_add_func ("/analyzers/rtcp-sr/forged-stamps-are-found", forged_stamps_are_found);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name
          = g_strconcat ("/analyzers/rtcp-sr/a-sender-", names[i], "-has-no-finding", NULL);
      g_test_add_data_func (name, GUINT_TO_POINTER (i), an_honest_sender_has_no_finding);
    }
  g_test_add_func ("/analyzers/rtcp-sr/a-second-source-counts-for-itself",
                   a_second_source_counts_for_itself);
  g_test_add_func ("/analyzers/rtcp-sr/a-pause-has-no-finding", a_pause_has_no_finding);
#define BOTH(name, function)                                                                       \
  g_test_add_data_func ("/analyzers/rtcp-sr/" name, GINT_TO_POINTER (FALSE), function);            \
  g_test_add_data_func ("/analyzers/rtcp-sr/" name "-in-the-same-frame", GINT_TO_POINTER (TRUE),   \
                        function)
  BOTH ("reports-given-as-often-as-one-likes-are-found",
        reports_given_as_often_as_one_likes_are_found);
  BOTH ("reports-that-a-mirror-repeats-are-quiet", reports_that_a_mirror_repeats_are_quiet);
  BOTH ("reports-that-the-network-repeats-are-quiet", reports_that_the_network_repeats_are_quiet);
  return g_test_run ();
}
