/* What a client tells about itself, and tells otherwise the next time. */
#include "tests/analyzers/build-names.h"

static void
a_host_name_that_changes_speaks (void)
{
  g_autoptr (Build) build = build_client ("dhcp-options");

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("0c 05 %010x", i * 40503u + 7);
      build_dhcp (build, build_dhcp_message (1, name));
    }
  const LensFindingRow *finding = build_found (build, "dhcp-options", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, 2, build->offset + 245, 5);
}

static void
a_long_option_that_nobody_defined_speaks (void)
{
  g_autoptr (Build) build = build_client ("dhcp-options");
  GByteArray *message = build_dhcp_message (1, "");

  g_byte_array_set_size (message, message->len - 4);
  message = build_join (message, build_hex ("c0 30"));
  message = build_join (message, build_filled (0x41, 48));
  build_dhcp (build, build_join (message, build_hex ("ff")));
  build_found (build, "dhcp-options", LENS_SEVERITY_MEDIUM);
}

/* Boots, renews, is renamed once; another client is another client. */
static void
ordinary_clients_are_quiet (void)
{
  g_autoptr (Build) build = build_client ("dhcp-options");

  for (guint i = 0; i < 40; i++)
    {
      const char *name
          = i < 20 ? "0c0363616d 3c0c756463702031 2e31322e31 00 370401030602 3d0701020000000010"
                   : "0c04646f6f72 3c0c756463702031 2e31322e31 00 370401030602";
      build_dhcp (build, build_dhcp_message (i % 2 == 0 ? 1 : 3, name));
      GByteArray *other = build_dhcp_message (1, "0c0370686f");
      other->data[33] = 0x77;
      build_dhcp (build, other);
    }
  const LensFindingRow *room = build_quiet (build, "dhcp-options");
  g_assert_nonnull (room);
  g_assert_cmpuint (room->room_bits, >, 0);
}

#define CASE(name, function) g_test_add_func ("/analyzers/dhcp-options/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("a-host-name-that-changes-speaks", a_host_name_that_changes_speaks);
  CASE ("a-long-option-that-nobody-defined-speaks", a_long_option_that_nobody_defined_speaks);
  CASE ("ordinary-clients-are-quiet", ordinary_clients_are_quiet);
  return g_test_run ();
}
