/* What a query has no use for. */
#include "tests/analyzers/build-names.h"

#include <string.h>

static void
octets_behind_a_query_speak (void)
{
  g_autoptr (Build) build = build_new ("dns-message");

  build_query (build, "time.example", 1);
  build_dns (build, build_query_message ("time.example", 1, build_text ("hi")));
  const LensFindingRow *finding = build_found (build, "dns-header-bits", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 2, build->offset + 12 + 14 + 4, 2);
}

static void
reserved_bits_speak (void)
{
  g_autoptr (Build) build = build_new ("dns-message");
  GByteArray *query = build_query_message ("time.example", 1, NULL);
  const LensFindingRow *finding;

  query->data[3] = 0x40; /* Z */
  build_dns (build, query);
  finding = build_found (build, "dns-header-bits", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + 3, 1);
}

static void
a_class_that_is_none_speaks (void)
{
  g_autoptr (Build) build = build_new ("dns-message");
  GByteArray *query = build_query_message ("time.example", 1, NULL);

  query->data[query->len - 1] = 0x77;
  build_dns (build, query);
  build_found (build, "dns-header-bits", LENS_SEVERITY_MEDIUM);
}

static void
null_and_private_types_speak (void)
{
  g_autoptr (Build) build = build_new ("dns-message");

  for (guint type = 65300; type < 65320; type++)
    build_query (build, "time.example", (guint16)type);
  const LensFindingRow *finding = build_found (build, "dns-qtype-null-txt", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + 12 + 14, 2);
}

static void
ordinary_queries_are_quiet (void)
{
  static const guint16 types[] = { 1, 28, 12, 33, 65, 16, 255, 43 };
  g_autoptr (Build) build = build_new ("dns-message");

  for (guint i = 0; i < 80; i++)
    {
      GByteArray *query = build_query_message ("time.example", types[i % 8], NULL);
      query->data[3] = i == 17 ? 0x20 : 0; /* AD: somebody ran dig */
      build_dns (build, query);
    }
  GByteArray *update = build_query_message ("example.lan", 6, NULL);
  update->data[2] = 0x28;
  build_dns (build, update);
  build_quiet (build, "dns-header-bits");
  build_quiet (build, "dns-qtype-null-txt");
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-message/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("octets-behind-a-query-speak", octets_behind_a_query_speak);
  CASE ("reserved-bits-speak", reserved_bits_speak);
  CASE ("a-class-that-is-none-speaks", a_class_that_is_none_speaks);
  CASE ("null-and-private-types-speak", null_and_private_types_speak);
  CASE ("ordinary-queries-are-quiet", ordinary_queries_are_quiet);
  return g_test_run ();
}
