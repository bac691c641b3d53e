/* Frames that carry neither IP nor ARP. */
#include "tests/analyzers/build.h"

static Build *
new_build (void)
{
  Build *build = build_new ("link-types");

  build_announce (build);
  return build;
}

/* 802.3: a length, and what it counts. */
static guint64
send_llc (Build *build, const char *llc, GByteArray *trailer)
{
  GByteArray *octets = build_hex (llc);

  return build_ethernet (build, CAMERA, (guint16)octets->len, octets, trailer);
}

static void
a_type_that_nobody_registered_is_found (void)
{
  g_autoptr (Build) build = new_build ();
  guint64 frame = build_ethernet (build, CAMERA, 0x88b5, build_text ("hidden words"), NULL);

  const LensFindingRow *finding
      = build_found (build, "eth-unknown-ethertype", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 12, 14);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 14);
}

static void
an_undefined_number_is_found (void)
{
  g_autoptr (Build) build = new_build ();

  build_ethernet (build, CAMERA, 0x05e0, build_text ("x"), NULL);
  build_found (build, "eth-unknown-ethertype", LENS_SEVERITY_MEDIUM);
}

static void
what_links_know_is_named (void)
{
  static const guint16 types[] = { 0x8899, 0x9000, 0x88e1, 0x893a, 0x8033, 0x88f7 };
  g_autoptr (Build) build = new_build ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    build_ethernet (build, CAMERA, types[i], build_filled (0x41, 46), NULL);
  build_conclude (build);
  guint named = 0;
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      g_assert_cmpint (row->severity, ==, LENS_SEVERITY_INFO);
      g_assert_cmpuint (row->used_bits, ==, 0);
      named += g_str_equal (row->channel, "eth-unknown-ethertype");
    }
  g_assert_cmpuint (named, ==, G_N_ELEMENTS (types));
}

static void
an_access_point_that_nobody_has_is_found (void)
{
  g_autoptr (Build) build = new_build ();
  guint64 frame = send_llc (build, "161603 68656c6c6f", build_filled (0, 38));

  const LensFindingRow *finding = build_found (build, "eth-llc-snap-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14, 8);
}

static void
a_snap_identifier_that_nobody_has_is_found (void)
{
  g_autoptr (Build) build = new_build ();
  guint64 frame = send_llc (build, "aaaa03 123456 0001 68656c6c6f", build_filled (0, 33));

  const LensFindingRow *finding = build_found (build, "eth-llc-snap-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14, 13);
}

/* Spanning tree, as a camera with two ports sends it; XID, as an access point does for it. */
#define TREE "424203 0000000000 8000020000000010 00000000 8000020000000010 8001 0000 1400 0200 0f00"

static void
what_keeps_the_link_up_is_quiet (void)
{
  g_autoptr (Build) build = build_declared ("link-types", "");

  build_announce (build);
  send_llc (build, TREE, build_filled (0, 8));
  send_llc (build, "0001af 810102", build_filled (0, 40));
  build_quiet (build, "eth-llc-snap-payload");
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
octets_behind_a_tree_message_are_found (void)
{
  g_autoptr (Build) build = new_build ();
  guint64 frame = send_llc (build, TREE "736563726574", NULL);

  const LensFindingRow *finding = build_found (build, "eth-llc-snap-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 38, 6);
}

static void
octets_behind_the_stated_length_are_found (void)
{
  g_autoptr (Build) build = new_build ();
  guint64 frame = send_llc (build, TREE, build_text ("secret!!"));

  const LensFindingRow *finding = build_worst (build, "eth-llc-snap-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 38, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/link-types/" name, function)
  CASE ("a-type-that-nobody-registered-is-found", a_type_that_nobody_registered_is_found);
  CASE ("an-undefined-number-is-found", an_undefined_number_is_found);
  CASE ("what-links-know-is-named", what_links_know_is_named);
  CASE ("an-access-point-that-nobody-has-is-found", an_access_point_that_nobody_has_is_found);
  CASE ("a-snap-identifier-that-nobody-has-is-found", a_snap_identifier_that_nobody_has_is_found);
  CASE ("what-keeps-the-link-up-is-quiet", what_keeps_the_link_up_is_quiet);
  CASE ("octets-behind-a-tree-message-are-found", octets_behind_a_tree_message_are_found);
  CASE ("octets-behind-the-stated-length-are-found", octets_behind_the_stated_length_are_found);
  return g_test_run ();
}
