/* Numbers of IPv4 datagrams. */
#include "tests/analyzers/build-network.h"

/* UDP to port 5000, with four octets that differ: what is sent twice is seen once. */
static GByteArray *
datagram_of (Build *build, guint16 port)
{
  g_autofree char *digits = g_strdup_printf ("%04x 1388 000c 0000 %08x", port, (guint)build->frame);

  return build_hex (digits);
}

static guint64
send_numbered (Build *build, guint16 id)
{
  return build_ip4 (
      build, CAMERA,
      (BuildIp4){
          .protocol = 17, .id = id, .fragment = 0x4000, .payload = datagram_of (build, 6000) });
}

static void
numbers_beside_a_counter_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");
  guint64 first = 0;

  for (guint i = 0; i < 100; i++)
    {
      gboolean odd = i >= 20 && i % 5 == 0;
      guint64 frame = send_numbered (build, odd ? (guint16)(0x7000 + 2477 * i) : (guint16)i);
      first = odd && first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "ip4-id", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 16 * 16);
  build_assert_octets (finding, 0, first, 18, 2);
}

static void
who_never_numbers_has_no_reason_to_begin (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");

  for (guint i = 0; i < 200; i++)
    send_numbered (build, i >= 20 && i % 18 == 0 ? (guint16)(0x5a17 + 2477 * i) : 0);
  build_found (build, "ip4-id", LENS_SEVERITY_MEDIUM);
}

static void
a_counter_that_leaps_or_starts_again_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");
  guint16 id = 0xff00;

  for (guint i = 0; i < 300; i++)
    {
      id = i % 100 == 99 ? (guint16)(id + 0x3000) : (guint16)(id + 1 + i % 7);
      send_numbered (build, id);
    }
  g_assert_null (build_quiet (build, "ip4-id"));
}

static void
send_icmp (Build *build, guint8 type, guint16 id)
{
  g_autofree char *digits = g_strdup_printf ("%02x00 0000 0007 %04x", type, (guint)build->frame);

  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 1, .id = id, .payload = build_summed (build_hex (digits)) });
}

/* Errors by one counter, replies by one that many others share, requests by a third. */
static void
what_kernels_send_of_themselves_may_have_counters_of_its_own (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");

  build->step = G_GINT64_CONSTANT (250000000);
  for (guint i = 0; i < 40; i++)
    {
      send_icmp (build, 3, (guint16)(0x8443 + i));
      send_icmp (build, 0, (guint16)(0x6156 + i * 97));
      send_icmp (build, 8, (guint16)(0x1771 + i));
    }
  g_assert_null (build_quiet (build, "ip4-id"));
}

static void
numbers_beside_the_counter_of_replies_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");

  for (guint i = 0; i < 100; i++)
    send_icmp (build, 0, i >= 20 && i % 5 == 0 ? (guint16)(0x7000 + 2477 * i) : (guint16)i);
  build_found (build, "ip4-id", LENS_SEVERITY_MEDIUM);
}

static void
random_numbers_are_room (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < 300; i++)
    send_numbered (build, (guint16)g_rand_int_range (random, 1, 0x10000));
  g_assert_nonnull (build_quiet (build, "ip4-id"));
}

/* @rest: how many values the low octet has; the high one is said to be random as well. */
static Build *
draw_numbers (guint rest)
{
  Build *build = build_new ("ip4-id");
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < 1200; i++)
    {
      guint low = (guint)g_rand_int_range (random, 0, (gint32)rest) * (256 / rest);
      send_numbered (build, (guint16)((guint)g_rand_int_range (random, 1, 256) << 8 | low));
    }
  return build;
}

/* One of sixteen digits in each, say. */
static void
numbers_that_are_not_drawn_evenly_are_found (void)
{
  g_autoptr (Build) build = draw_numbers (16);

  build_found (build, "ip4-id", LENS_SEVERITY_HIGH);
}

static void
many_random_numbers_are_room_with_a_bound (void)
{
  g_autoptr (Build) build = draw_numbers (256);
  double bound = 0;

  build_quiet (build, "ip4-id");
  const LensEvaluation *evaluation = build_conclude (build);
  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = g_ptr_array_index (evaluation->coverage, i);
      if (g_str_equal (row->channel, "ip4-id"))
        bound = row->bound_bps;
    }
  g_assert_cmpfloat (bound, >, 16);
}

/* No stack counts in one flow and draws lots in another. */
static void
random_numbers_of_a_host_that_counts_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id");
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < 100; i++)
    {
      build_ip4 (build, CAMERA,
                 (BuildIp4){ .protocol = 17,
                             .id = (guint16)i,
                             .fragment = 0x4000,
                             .payload = datagram_of (build, 6002) });
      send_numbered (build, (guint16)g_rand_int_range (random, 1, 0x10000));
    }
  build_found (build, "ip4-id", LENS_SEVERITY_HIGH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip4-id/" name, function)
  CASE ("numbers-beside-a-counter-are-found", numbers_beside_a_counter_are_found);
  CASE ("who-never-numbers-has-no-reason-to-begin", who_never_numbers_has_no_reason_to_begin);
  CASE ("a-counter-that-leaps-or-starts-again-is-quiet",
        a_counter_that_leaps_or_starts_again_is_quiet);
  CASE ("what-kernels-send-of-themselves-may-have-counters-of-its-own",
        what_kernels_send_of_themselves_may_have_counters_of_its_own);
  CASE ("numbers-beside-the-counter-of-replies-are-found",
        numbers_beside_the_counter_of_replies_are_found);
  CASE ("random-numbers-are-room", random_numbers_are_room);
  CASE ("numbers-that-are-not-drawn-evenly-are-found", numbers_that_are_not_drawn_evenly_are_found);
  CASE ("many-random-numbers-are-room-with-a-bound", many_random_numbers_are_room_with_a_bound);
  CASE ("random-numbers-of-a-host-that-counts-are-found",
        random_numbers_of_a_host_that_counts_are_found);
  return g_test_run ();
}
