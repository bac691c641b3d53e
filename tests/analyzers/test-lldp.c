/* LLDP of the camera. */
#include "tests/analyzers/build.h"

/* Chassis, port, time to live, then @more, and the end; padded to 60 octets. */
static guint64
announce (Build *build, GByteArray *more, GByteArray *padding)
{
  GByteArray *octets = build_hex ("020704020000000010 040703020000000010 06020078");

  octets = build_join (build_join (octets, more), build_hex ("0000"));
  if (octets->len < 46 && padding == NULL)
    octets = build_join (octets, build_filled (0, 46 - octets->len));
  if (padding != NULL)
    octets = build_join (octets, padding);
  return build_frame (build, build_join (build_hex ("0180c200000e 020000000010 88cc"), octets));
}

static GByteArray *
text (guint8 type, const char *string)
{
  GByteArray *octets = build_text (string);
  const guint8 head[] = { (guint8)(type << 1), (guint8)octets->len };

  g_byte_array_prepend (octets, head, sizeof head);
  return octets;
}

static void
what_is_always_the_same_is_room (void)
{
  g_autoptr (Build) build = build_declared ("lldp", "");

  build_announce (build);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *power = g_strdup_printf ("fe070012bb04430%03x", i < 10 ? 0x02cu : 0x041u);
      announce (build,
                build_join (text (6, "IP camera, build 1.7"),
                            build_join (build_hex (power), build_hex ("fe0600aabb010203"))),
                NULL);
    }
  build_quiet (build, "lldp-tlv");
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
a_text_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("lldp");
  guint64 second = 0;

  build_announce (build);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("camera %04x", 0x1234u * (i + 1) & 0xffff);
      guint64 frame = announce (build, text (5, name), NULL);
      second = i == 1 ? frame : second;
    }
  const LensFindingRow *finding = build_found (build, "lldp-tlv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, second, 14 + 22 + 2, 11);
}

/* Three TLVs in all their orders. */
static void
an_order_that_changes_is_found (void)
{
  static const guint8 orders[][3]
      = { { 4, 5, 6 }, { 4, 6, 5 }, { 5, 4, 6 }, { 5, 6, 4 }, { 6, 4, 5 }, { 6, 5, 4 } };
  g_autoptr (Build) build = build_new ("lldp"), other = build_new ("lldp");

  build_announce (build);
  build_announce (other);
  for (guint i = 0; i < 24; i++)
    {
      const guint8 *order = orders[i % 6];
      announce (build,
                build_join (text (order[0], "text"),
                            build_join (text (order[1], "text"), text (order[2], "text"))),
                NULL);
      /* With and without a TLV, each in its order. */
      announce (other,
                i % 3 == 0 ? text (5, "text") : build_join (text (4, "text"), text (5, "text")),
                NULL);
    }
  build_found (build, "lldp-tlv", LENS_SEVERITY_MEDIUM);
  build_quiet (other, "lldp-tlv");
}

static void
a_new_name_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("lldp");

  build_announce (build);
  for (guint i = 0; i < 20; i++)
    announce (build, text (5, i < 10 ? "camera" : "Front gate"), NULL);
  build_quiet (build, "lldp-tlv");
}

static void
a_reserved_type_is_found (void)
{
  g_autoptr (Build) build = build_new ("lldp");
  guint64 frame = announce (build, text (77, "secret"), NULL);

  build_announce (build);
  const LensFindingRow *finding = build_found (build, "lldp-tlv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 22, 8);
}

static void
octets_behind_the_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("lldp");
  guint64 frame = announce (build, text (5, "camera"), build_text ("secret words here"));

  build_announce (build);
  const LensFindingRow *finding = build_worst (build, "lldp-tlv", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 22 + 8 + 2, 17);
}

static void
a_device_that_leaves_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("lldp");

  build_announce (build);
  for (guint i = 0; i < 10; i++)
    announce (build, text (5, "camera"), NULL);
  build_frame (build, build_hex ("0180c200000e 020000000010 88cc"
                                 "020704020000000010 040703020000000010 06020000 0000"
                                 "0000000000000000000000000000000000000000"));
  build_quiet (build, "lldp-tlv");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/lldp/" name, function)
  CASE ("what-is-always-the-same-is-room", what_is_always_the_same_is_room);
  CASE ("a-text-that-changes-is-found", a_text_that_changes_is_found);
  CASE ("an-order-that-changes-is-found", an_order_that_changes_is_found);
  CASE ("a-new-name-is-quiet", a_new_name_is_quiet);
  CASE ("a-reserved-type-is-found", a_reserved_type_is_found);
  CASE ("octets-behind-the-end-are-found", octets_behind_the_end_are_found);
  CASE ("a-device-that-leaves-is-quiet", a_device_that_leaves_is_quiet);
  return g_test_run ();
}
