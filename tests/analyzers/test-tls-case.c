/* Letter case of the names in greetings of TLS. */
#include "tests/analyzers/build-tls.h"

#include <string.h>

/* The camera greets "a.example", written as @written. */
static void
greet_as (Build *build, guint16 port, const char *written)
{
  GByteArray *hello = build_client_hello (QUIET_RANDOM, "1301c02f", NAMED);

  memcpy (memmem (hello->data, hello->len, "a.example", 9), written, 9);
  build_greet (build, port, hello);
}

static void
a_case_that_changes_each_time_is_found (void)
{
  static const char *const ways[] = { "a.example", "A.example", "a.eXample", "a.exaMPLE" };
  g_autoptr (Build) build = build_cloud ("tls-case");

  for (guint16 i = 0; i < G_N_ELEMENTS (ways); i++)
    greet_as (build, (guint16)(40000 + i), ways[i]);
  const LensFindingRow *finding
      = build_found (build, "tls-no-sni-or-mismatch", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 4);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 3).length, ==, 9);
}

/* Two programs, each with its own way. */
static void
two_ways_to_write_a_name_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-case");

  for (guint16 i = 0; i < 8; i++)
    greet_as (build, (guint16)(40000 + i), i % 3 == 0 ? "A.Example" : "a.example");
  g_assert_null (build_finding (build, "tls-no-sni-or-mismatch"));
}

/* What is spelt otherwise is another name. */
static void
other_names_are_quiet (void)
{
  static const char *const names[] = { "a.example", "b.example", "c.example", "d.example" };
  g_autoptr (Build) build = build_cloud ("tls-case");

  for (guint16 i = 0; i < G_N_ELEMENTS (names); i++)
    greet_as (build, (guint16)(40000 + i), names[i]);
  g_assert_null (build_finding (build, "tls-no-sni-or-mismatch"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tls-case/a-case-that-changes-each-time-is-found",
                   a_case_that_changes_each_time_is_found);
  g_test_add_func ("/analyzers/tls-case/two-ways-to-write-a-name-are-quiet",
                   two_ways_to_write_a_name_are_quiet);
  g_test_add_func ("/analyzers/tls-case/other-names-are-quiet", other_names_are_quiet);
  return g_test_run ();
}
