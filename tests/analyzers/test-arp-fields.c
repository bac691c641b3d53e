/* The padding of ARP frames. */
#include "tests/analyzers/build.h"

static guint64
ask (Build *build, const char *padding)
{
  /* who has 192.0.2.20? */
  GByteArray *body = build_hex ("0001 0800 06 04 0001 020000000010 c000020a 000000000000 c0000214");

  return build_ethernet (build, CAMERA, 0x0806, body, build_hex (padding));
}

static void
content_in_the_padding_is_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");
  guint64 frame = ask (build, "736563726574 736563726574 736563726574");

  const LensFindingRow *finding = build_found (build, "arp-padding", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42, 18);
  g_assert_cmpuint (finding->used_bits, ==, 144);
}

static void
zeros_are_room (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  ask (build, "000000000000 000000000000 000000000000");
  ask (build, "");
  g_assert_cmpuint (build_quiet (build, "arp-padding")->room_bits, ==, 144);
}

/* As an Edimax IC-3115W does in two of its frames. */
static void
a_few_leftovers_are_named_and_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  ask (build, "016e0000f40b f48b01000000 000000000000");
  ask (build, "000000000000 000000000000 000000000000");
  ask (build, "08ba00000008 000400000004 001400030000");
  g_assert_cmpuint (build_quiet (build, "arp-padding")->used_bits, ==, 8 * 14);
}

static void
leftovers_without_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-fields");

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *padding = g_strdup_printf ("%08x0000 000000000000 000000000000", 1u + i);
      ask (build, padding);
    }
  build_found (build, "arp-padding", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/arp-fields/" name, function)
  CASE ("content-in-the-padding-is-found", content_in_the_padding_is_found);
  CASE ("zeros-are-room", zeros_are_room);
  CASE ("a-few-leftovers-are-named-and-quiet", a_few_leftovers_are_named_and_quiet);
  CASE ("leftovers-without-end-are-found", leftovers_without_end_are_found);
  return g_test_run ();
}
