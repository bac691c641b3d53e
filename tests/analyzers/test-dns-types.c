/* Which types of records a device asks for. */
#include "tests/analyzers/build-names.h"

#define SECOND_NS (G_GINT64_CONSTANT (1000000000))

static const guint16 all[] = { 1, 28, 65, 64, 33, 15, 2, 6, 16, 257, 35, 43, 46, 48, 52, 99 };

static guint64
ask (Build *build, guint number, guint16 type)
{
  GByteArray *query = build_query_message ("time.example", type, NULL);

  query->data[0] = (guint8)(number >> 8);
  query->data[1] = (guint8)number;
  return build_dns (build, query);
}

static void
types_that_are_chosen_spell (void)
{
  g_autoptr (Build) build = build_new ("dns-types");
  guint32 drawn = 7;

  build->step = SECOND_NS / 4;
  for (guint i = 0; i < 120; i++)
    {
      drawn = drawn * 1664525u + 1013904223u;
      ask (build, i, all[drawn >> 28]);
    }
  const LensFindingRow *finding = build_found (build, "dns-qtype-null-txt", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 60);
}

/* Addresses in any order, and asked again. */
static void
addresses_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("dns-types");
  guint32 drawn = 7;

  build->step = SECOND_NS / 4;
  for (guint i = 0; i < 200; i++)
    {
      drawn = drawn * 1664525u + 1013904223u;
      ask (build, i, all[drawn >> 30]);
    }
  build_quiet (build, "dns-qtype-null-txt");
}

/* Twice in a minute, in the same order; and a validator that comes back after its time. */
static void
lists_and_resolvers_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("dns-types"), slow = build_new ("dns-types");
  guint32 drawn = 7;

  build->step = SECOND_NS / 4;
  slow->step = 300 * SECOND_NS;
  for (guint i = 0; i < 10 * G_N_ELEMENTS (all); i++)
    {
      drawn = drawn * 1664525u + 1013904223u;
      ask (build, i, all[i % G_N_ELEMENTS (all)]);
      ask (slow, i, all[drawn >> 28]);
    }
  build_quiet (build, "dns-qtype-null-txt");
  build_quiet (slow, "dns-qtype-null-txt");
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-types/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("types-that-are-chosen-spell", types_that_are_chosen_spell);
  CASE ("addresses-are-quiet", addresses_are_quiet);
  CASE ("lists-and-resolvers-are-quiet", lists_and_resolvers_are_quiet);
  return g_test_run ();
}
