/* Objects behind ICMP errors. */
#include "tests/analyzers/build-network.h"

/* "Port unreachable" with a quote of 128 octets, and @extensions behind it. */
static guint64
send_error (Build *build, const char *extensions)
{
  static const char front[] = "0303 0000 0020 0000 4500 001c 0007 0000 4011 0000 c0000214 c000020a"
                              "9c40 270f 0008 0000";
  GByteArray *message = build_join (build_hex (front), build_filled (0, 100));

  return build_ip4 (
      build, CAMERA,
      (BuildIp4){ .protocol = 1,
                  .payload = build_summed (build_join (message, build_hex (extensions))) });
}

static void
labels_that_are_no_stack_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-extensions");

  guint64 frame = send_error (build, "2000 0000 000c 01 01 73656372 65747321");
  const LensFindingRow *finding = build_found (build, "icmp-error-quote", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 34 + 8 + 128 + 8, 8);
}

static void
objects_that_are_new_each_time_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-extensions");

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *object = g_strdup_printf ("2000 0000 0008 02 08 %08x", 2654435761u * i);
      send_error (build, object);
    }
  build_found (build, "icmp-error-quote", LENS_SEVERITY_HIGH);
}

static void
octets_that_no_length_counts_are_found (void)
{
  g_autoptr (Build) build = build_new ("icmp-extensions");

  guint64 frame = send_error (build, "2000 0000 0008 02 08 00000001 7365");
  const LensFindingRow *finding = build_found (build, "icmp-error-quote", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 34 + 8 + 128 + 12, 2);
}

/* Two paths, two labels each. */
static void
labels_of_paths_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("icmp-extensions");

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *stack = g_strdup_printf ("2000 0000 000c 01 01 %05x0%02x 00fff1%02x",
                                                i % 2 == 0 ? 24001 : 24017, 1 + i, 1 + i);
      send_error (build, stack);
    }
  build_quiet (build, "icmp-error-quote");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/icmp-extensions/" name, function)
  CASE ("labels-that-are-no-stack-are-found", labels_that_are_no_stack_are_found);
  CASE ("objects-that-are-new-each-time-are-found", objects_that_are_new_each_time_are_found);
  CASE ("octets-that-no-length-counts-are-found", octets_that_no_length_counts_are_found);
  CASE ("labels-of-paths-are-quiet", labels_of_paths_are_quiet);
  return g_test_run ();
}
