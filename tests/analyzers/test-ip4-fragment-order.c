/* The order of fragments. */
#include "tests/analyzers/build-network.h"

enum
{
  DATAGRAMS = 120,
};

/* One half of datagram @id, of 128 octets. */
static void
send_half (Build *build, guint id, gboolean second)
{
  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 17,
                         .id = (guint16)id,
                         .fragment = second ? 64 / 8 : 0x2000,
                         .payload = build_filled ((guint8)id, 64) });
}

static void
one_order_or_the_other_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragment-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);

  for (guint id = 0; id < DATAGRAMS; id++)
    {
      gboolean back = g_rand_int_range (random, 0, 2) != 0;
      send_half (build, id, back);
      send_half (build, id, !back);
    }
  build_found (build, "ip4-fragment-offset-overlap", LENS_SEVERITY_MEDIUM);
}

static void
always_from_the_end_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragment-order");

  for (guint id = 0; id < DATAGRAMS; id++)
    {
      send_half (build, id, TRUE);
      send_half (build, id, FALSE);
    }
  build_quiet (build, "ip4-fragment-offset-overlap");
}

/* Each fragment may be overtaken by the next one, whichever datagram it is of. */
static void
fragments_that_are_overtaken_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-fragment-order");
  g_autoptr (GRand) random = g_rand_new_with_seed (791);
  guint waiting = 0;

  for (guint next = 1; next < 2 * DATAGRAMS; next++)
    {
      guint now = waiting;
      if (g_rand_int_range (random, 0, 2) != 0)
        now = next;
      else
        waiting = next;
      send_half (build, now / 2, now % 2 != 0);
    }
  build_quiet (build, "ip4-fragment-offset-overlap");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip4-fragment-order/" name, function)
  CASE ("one-order-or-the-other-is-found", one_order_or_the_other_is_found);
  CASE ("always-from-the-end-is-quiet", always_from_the_end_is_quiet);
  CASE ("fragments-that-are-overtaken-are-quiet", fragments_that_are_overtaken_are_quiet);
  return g_test_run ();
}
