/* Numbers of packets that are in order by their content. */
#include "tests/analyzers/build-network.h"

enum
{
  PACKETS = 300,
};

/* A packet of RTP with the sequence number @sequence and the identification @id. */
static guint64
say (Build *build, guint16 sequence, guint16 id)
{
  g_autofree char *digits
      = g_strdup_printf ("1770 1388 0018 0000 8060 %04x 00001000 00000007 01020304", sequence);

  return build_ip4 (
      build, CAMERA,
      (BuildIp4){ .protocol = 17, .id = id, .fragment = 0x4000, .payload = build_hex (digits) });
}

static void
numbers_that_change_places_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);

  for (guint i = 0; i < PACKETS; i += 2)
    {
      guint swap = (guint)g_rand_int_range (random, 0, 2);
      say (build, (guint16)i, (guint16)(500 + i + swap));
      say (build, (guint16)(i + 1), (guint16)(501 + i - swap));
    }
  build_found (build, "ip4-id", LENS_SEVERITY_HIGH);
}

/* On their way: with their content. */
static void
packets_that_change_places_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);

  for (guint i = 0; i < PACKETS; i += 2)
    {
      guint swap = (guint)g_rand_int_range (random, 0, 2);
      say (build, (guint16)(i + swap), (guint16)(500 + i + swap));
      say (build, (guint16)(i + 1 - swap), (guint16)(501 + i - swap));
    }
  build_quiet (build, "ip4-id");
}

static void
one_of_two_steps_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);
  guint16 id = 500;

  for (guint i = 0; i < PACKETS; i++)
    {
      id += g_rand_int_range (random, 0, 2) != 0 ? 9 : 1;
      say (build, (guint16)i, id);
    }
  build_found (build, "ip4-id", LENS_SEVERITY_MEDIUM);
}

/* Linux: a random number up to the ticks since; here up to 8, of packets that come in bursts. */
static void
a_counter_that_leaps_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);
  guint16 id = 500;

  for (guint i = 0; i < PACKETS; i++)
    {
      id += 1 + (i % 2 == 0 ? g_rand_int_range (random, 0, 8) : 0);
      say (build, (guint16)i, id);
    }
  build_quiet (build, "ip4-id");
}

/* Two packets to somebody else, now and then. */
static void
a_counter_that_others_share_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");
  guint16 id = 500;

  for (guint i = 0; i < PACKETS; i++)
    {
      for (guint other = 0; i % 3 == 0 && other < 2; other++)
        build_ip4 (build, CAMERA,
                   (BuildIp4){ .protocol = 17,
                               .id = ++id,
                               .to = "192.0.2.99",
                               .payload = build_hex ("1772 138a 000a 0000 abcd") });
      say (build, (guint16)i, ++id);
    }
  build_quiet (build, "ip4-id");
}

static void
numbers_that_are_left_out_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");

  for (guint i = 0; i < PACKETS; i++)
    say (build, (guint16)i, i % 7 < 2 ? 0 : (guint16)(500 + i));
  build_found (build, "ip4-id", LENS_SEVERITY_MEDIUM);
}

/* A socket that is connected half way numbers from then on. */
static void
no_numbers_at_first_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-id-order");

  for (guint i = 0; i < PACKETS; i++)
    say (build, (guint16)i, i < PACKETS / 2 ? 0 : (guint16)(500 + i));
  build_quiet (build, "ip4-id");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip4-id-order/" name, function)
  CASE ("numbers-that-change-places-are-found", numbers_that_change_places_are_found);
  CASE ("packets-that-change-places-are-quiet", packets_that_change_places_are_quiet);
  CASE ("one-of-two-steps-is-found", one_of_two_steps_is_found);
  CASE ("a-counter-that-leaps-is-quiet", a_counter_that_leaps_is_quiet);
  CASE ("a-counter-that-others-share-is-quiet", a_counter_that_others_share_is_quiet);
  CASE ("numbers-that-are-left-out-are-found", numbers_that_are_left_out_are_found);
  CASE ("no-numbers-at-first-are-quiet", no_numbers_at_first_are_quiet);
  return g_test_run ();
}
