/* Bridges that tell of their tree. */
#include "tests/analyzers/build.h"

/* @root: eight octets, with the cost behind it; @age and the flags change on the way. */
static guint64
tell (Build *build, guint8 port, const char *root, guint8 age)
{
  g_autofree char *digits = g_strdup_printf ("424203 0000 00 00 %02x %s "
                                             "8000020000000010 80%02x %02x00 1400 0200 0f00",
                                             age & 1, root, port, age);

  return build_ethernet (build, CAMERA, 38, build_join (build_hex (digits), build_filled (0, 8)),
                         NULL);
}

static void
ever_new_roots_are_found (void)
{
  g_autoptr (Build) build = build_new ("spanning-tree");
  guint64 frame = 0;

  build_announce (build);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *root = g_strdup_printf ("%016x 00000004", i * 2654435761u);
      frame = tell (build, 1, root, 0);
    }
  const LensFindingRow *finding = build_worst (build, "eth-llc-snap-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, finding->octets->len - 1, frame, 17 + 5, 8);
}

static void
a_tree_that_stays_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("spanning-tree");

  build_announce (build);
  for (guint8 i = 0; i < 20; i++)
    tell (build, 1 + i % 2, i < 10 ? "1000020000000001 00000004" : "0800020000000002 00000013",
          i % 4);
  build_conclude (build);
  const LensFindingRow *row = build_quiet (build, "eth-llc-snap-payload");
  g_assert_true (row == NULL || row->severity == LENS_SEVERITY_INFO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/spanning-tree/ever-new-roots-are-found", ever_new_roots_are_found);
  g_test_add_func ("/analyzers/spanning-tree/a-tree-that-stays-is-quiet",
                   a_tree_that_stays_is_quiet);
  return g_test_run ();
}
