/* CDP of the camera. */
#include "tests/analyzers/build.h"

/* Device and version @version, then @more. */
static guint64
announce (Build *build, const char *version, GByteArray *more)
{
  GByteArray *octets = build_hex ("aaaa03 00000c 2000 02b40000 0001000a");
  GByteArray *text = build_text (version);
  const guint8 head[] = { 0, 5, 0, (guint8)(4 + text->len) };

  octets = build_join (octets, build_text ("camera"));
  g_byte_array_append (octets, head, sizeof head);
  octets = build_join (octets, text);
  if (more != NULL)
    octets = build_join (octets, more);
  const guint8 length[] = { (guint8)(octets->len >> 8), (guint8)octets->len };
  g_byte_array_prepend (octets, length, sizeof length);
  octets = build_join (build_hex ("01000ccccccc 020000000010"), octets);
  if (octets->len < 60)
    octets = build_join (octets, build_filled (0, 60 - octets->len));
  return build_frame (build, octets);
}

static void
what_is_always_the_same_is_room (void)
{
  g_autoptr (Build) build = build_declared ("cdp", "");

  build_announce (build);
  for (guint i = 0; i < 20; i++)
    announce (build, "software 1.7", build_hex ("00100006 17d4 4242000a 010203040506"));
  build_quiet (build, "cdp-tlv");
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
a_version_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("cdp");
  guint64 second = 0;

  build_announce (build);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *version = g_strdup_printf ("software %04x", 0x1234u * (i + 1) & 0xffff);
      guint64 frame = announce (build, version, NULL);
      second = i == 1 ? frame : second;
    }
  const LensFindingRow *finding = build_found (build, "cdp-tlv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, second, 14 + 8 + 4 + 10 + 4, 13);
}

static void
much_that_nobody_knows_is_found (void)
{
  g_autoptr (Build) build = build_new ("cdp");

  build_announce (build);
  announce (build, "software 1.7", build_join (build_hex ("42420130"), build_filled (0x41, 300)));
  build_found (build, "cdp-tlv", LENS_SEVERITY_HIGH);
}

static void
what_is_no_tlv_is_found (void)
{
  g_autoptr (Build) build = build_new ("cdp");
  guint64 frame = announce (build, "software 1.7", build_hex ("4142"));

  build_announce (build);
  const LensFindingRow *finding = build_found (build, "cdp-tlv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 8 + 4 + 10 + 16, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/cdp/" name, function)
  CASE ("what-is-always-the-same-is-room", what_is_always_the_same_is_room);
  CASE ("a-version-that-changes-is-found", a_version_that_changes_is_found);
  CASE ("much-that-nobody-knows-is-found", much_that_nobody_knows_is_found);
  CASE ("what-is-no-tlv-is-found", what_is_no_tlv_is_found);
  return g_test_run ();
}
