/* Letters that go up and down. */
#include "tests/analyzers/build-names.h"

#include <string.h>

static void
ask (Build *build, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      char name[] = "firmware.example.org";
      for (guint c = 0; name[c] != '\0'; c++)
        if (((i * 2654435761u) >> (c + 5) & 1) != 0)
          name[c] = g_ascii_toupper (name[c]);
      build_query (build, name, 1);
    }
}

static void
changing_letters_speak (void)
{
  g_autoptr (Build) build = build_new ("dns-case");

  for (guint i = 0; i < 4; i++)
    build_query (build, "time.example.org", 1);
  ask (build, 10);
  const LensFindingRow *finding = build_found (build, "dns-qname-case-0x20", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 5, build->offset + 12, 1 + 8 + 1 + 7 + 1 + 3 + 1);
}

static void
a_name_written_two_ways_is_quiet (void)
{
  static const char *const names[]
      = { "Camera-17.example.org", "camera-17.example.org", "time.example", "DESKTOP-7.lan" };
  g_autoptr (Build) build = build_new ("dns-case");

  for (guint i = 0; i < 40; i++)
    build_query (build, names[i % 3], 1);
  build_quiet (build, "dns-qname-case-0x20");
}

static void
all_names_written_so_are_low (void)
{
  g_autoptr (Build) build = build_new ("dns-case");

  ask (build, 20);
  build_found (build, "dns-qname-case-0x20", LENS_SEVERITY_LOW);
}

static void
a_resolver_may_do_so (void)
{
  g_autoptr (Build) build = build_new ("dns-case");
  GByteArray *answer = build_query_message ("time.example", 1, NULL);

  answer->data[2] = 0x81;
  build_udp (build, CAMERA, 53, 40000, answer);
  ask (build, 20);
  build_quiet (build, "dns-qname-case-0x20");
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-case/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("changing-letters-speak", changing_letters_speak);
  CASE ("a-name-written-two-ways-is-quiet", a_name_written_two_ways_is_quiet);
  CASE ("all-names-written-so-are-low", all_names_written_so_are_low);
  CASE ("a-resolver-may-do-so", a_resolver_may_do_so);
  return g_test_run ();
}
