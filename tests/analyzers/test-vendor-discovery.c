/* What devices tell the link by their makers' protocols. */
#include "tests/analyzers/build-names.h"

static guint64
say (Build *build, guint16 port, GByteArray *data)
{
  return build_multicast (build, "239.255.255.250", port, port, data);
}

static GByteArray *
sadp (guint number, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "<?xml version=\"1.0\"?><ProbeMatch><Uuid>%08X-1234-4567-89AB-%08XABCD</Uuid>"
      "<Types>inquiry</Types><DeviceSN>DS-2CD0001</DeviceSN><Boot>%s</Boot>"
      "</ProbeMatch>",
      number * 2654435761u, number * 40503u, more);
  return build_text (text);
}

static void
an_element_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_new ("vendor-discovery");

  for (guint i = 0; i < 10; i++)
    {
      char noise[17] = "";
      build_noise (i, noise, 16);
      say (build, 37020, sadp (i, noise));
    }
  const LensFindingRow *finding = build_found (build, "vendor-discovery", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
}

static void
octets_that_change_speak (void)
{
  g_autoptr (Build) build = build_new ("vendor-discovery");

  for (guint i = 0; i < 10; i++)
    {
      char noise[17] = "";
      build_noise (i, noise, 16);
      say (build, 34569,
           build_join (build_hex ("ff000000 00000000 00000000 00000000"), build_text (noise)));
    }
  build_found (build, "vendor-discovery", LENS_SEVERITY_HIGH);
}

static void
what_stays_or_counts_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("vendor-discovery");

  for (guint i = 0; i < 60; i++)
    {
      GByteArray *probe = build_hex ("ff000000 00000000 00000000 00000000 7b7d");
      probe->data[8] = (guint8)i;
      say (build, 34569, probe);
      say (build, 37020, sadp (i, "2026-11-01 10:00:00"));
    }
  const LensFindingRow *room = build_quiet (build, "vendor-discovery");
  g_assert_nonnull (room);
}

#define CASE(name, function) g_test_add_func ("/analyzers/vendor-discovery/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("an-element-that-changes-speaks", an_element_that_changes_speaks);
  CASE ("octets-that-change-speak", octets_that_change_speak);
  CASE ("what-stays-or-counts-is-quiet", what_stays_or_counts_is_quiet);
  return g_test_run ();
}
