/* What devices tell the link by WS-Discovery. */
#include "tests/analyzers/build-names.h"

#include <string.h>

static guint64
hello (Build *build, guint number, const char *scopes)
{
  g_autofree char *text = g_strdup_printf (
      "<e:Envelope><e:Header><MessageID>urn:uuid:%08x-1234-4567-89ab-%08xabcd</MessageID>"
      "<Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</Action>"
      "<AppSequence InstanceId=\"1700000000\" MessageNumber=\"%u\"/></e:Header>"
      "<e:Body><Hello><Scopes>%s</Scopes></Hello></e:Body></e:Envelope>",
      number * 2654435761u, number * 40503u, number, scopes);

  return build_multicast (build, "239.255.255.250", 3702, 3702, build_text (text));
}

static void
a_scope_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_new ("wsd-text");

  for (guint i = 0; i < 10; i++)
    {
      char noise[17] = "";
      build_noise (i, noise, 16);
      hello (build, i, noise);
    }
  const LensFindingRow *finding = build_found (build, "wsd-text", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
}

/* A blank or none behind a tag: no text, but a bit. */
static void
blanks_between_elements_are_a_habit (void)
{
  g_autoptr (Build) build = build_new ("wsd-text");
  guint32 drawn = 7;

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (GString) text = g_string_new ("<e:Envelope><e:Header>");
      for (guint k = 0; k < 12; k++)
        {
          drawn = drawn * 1664525u + 1013904223u;
          g_string_append_printf (text, "%s<R/>", drawn >> 31 ? " " : "");
        }
      g_string_append (text, "</e:Header></e:Envelope>");
      build_multicast (build, "239.255.255.250", 3702, 3702, build_text (text->str));
    }
  const LensFindingRow *finding = build_found (build, "wsd-text", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "blanks"));
}

/* Identifiers of messages and their numbers are nothing to wonder about; a new place, once. */
static void
ordinary_devices_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("wsd-text");

  for (guint i = 0; i < 100; i++)
    hello (build, i,
           i < 50 ? "onvif://www.onvif.org/name/cam onvif://www.onvif.org/location/hall"
                  : "onvif://www.onvif.org/name/cam onvif://www.onvif.org/location/yard");
  const LensFindingRow *room = build_quiet (build, "wsd-text");
  g_assert_nonnull (room);
}

#define CASE(name, function) g_test_add_func ("/analyzers/wsd-text/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-scope-that-changes-speaks", a_scope_that_changes_speaks);
  CASE ("blanks-between-elements-are-a-habit", blanks_between_elements_are_a_habit);
  CASE ("ordinary-devices-are-quiet", ordinary_devices_are_quiet);
  return g_test_run ();
}
