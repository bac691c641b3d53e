#include "wire/discovery.h"

static const char *
name_of (const char *destination, guint16 port, gboolean to_all)
{
  LensAddress address;

  g_assert_true (lens_address_parse (destination, &address));
  const LensDiscovery *found = lens_discovery_of_datagram (&address, port, to_all);
  return found != NULL ? found->name : NULL;
}

static void
a_group_and_a_port_make_discovery (void)
{
  g_assert_cmpstr (name_of ("224.0.0.251", 5353, FALSE), ==, "mdns");
  g_assert_cmpstr (name_of ("ff02::fb", 5353, FALSE), ==, "mdns");
  g_assert_cmpstr (name_of ("239.255.255.250", 1900, FALSE), ==, "ssdp");
  g_assert_cmpstr (name_of ("239.255.255.250", 3702, FALSE), ==, "ws-discovery");
  g_assert_cmpstr (name_of ("239.255.255.250", 37020, FALSE), ==, "sadp");
  g_assert_cmpstr (name_of ("239.255.255.251", 37810, FALSE), ==, "dhip");
  g_assert_null (name_of ("239.255.255.251", 5353, FALSE));
  g_assert_null (name_of ("224.0.0.251", 53, FALSE));
}

static void
unicast_is_no_discovery (void)
{
  guint count;
  const LensDiscovery *all = lens_discovery_all (&count);

  for (guint i = 0; i < count; i++)
    {
      g_assert_null (name_of ("192.0.2.1", all[i].port, FALSE));
      g_assert_null (name_of ("fd00::1", all[i].port, FALSE));
    }
}

static void
broadcast_is_discovery_where_the_protocol_uses_it (void)
{
  g_assert_cmpstr (name_of ("255.255.255.255", 37810, FALSE), ==, "dhip");
  g_assert_cmpstr (name_of ("192.0.2.255", 137, TRUE), ==, "nbns");
  g_assert_null (name_of ("192.0.2.255", 137, FALSE));
  g_assert_null (name_of ("255.255.255.255", 5353, FALSE));
}

static void
every_group_is_a_multicast_address_as_it_is_written (void)
{
  guint count;
  const LensDiscovery *all = lens_discovery_all (&count);

  for (guint i = 0; i < count; i++)
    {
      g_assert_nonnull (all[i].source);
      g_assert_true (all[i].broadcast || all[i].groups[0] != NULL);
      for (guint k = 0; k < G_N_ELEMENTS (all[i].groups) && all[i].groups[k] != NULL; k++)
        {
          LensAddress address;
          g_assert_true (lens_address_parse (all[i].groups[k], &address));
          g_assert_true (lens_address_is_multicast (&address));
          g_assert_true (lens_discovery_of_datagram (&address, all[i].port, FALSE) == &all[i]);
        }
    }
}

static void
frames_without_ip_are_named_by_their_type (void)
{
  const guint8 group[6] = { 0x01, 0x80, 0xc2, 0, 0, 0x0e };
  const guint8 single[6] = { 0x44, 0x19, 0xb6, 0, 0, 1 };
  const guint8 cdp[] = { 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 2, 180 };
  const guint8 spanning_tree[] = { 0x42, 0x42, 3, 0, 0, 0, 0, 0 };

  g_assert_cmpstr (lens_discovery_of_frame (group, 0x88cc, NULL, 0), ==, "lldp");
  g_assert_null (lens_discovery_of_frame (single, 0x88cc, NULL, 0));
  g_assert_cmpstr (lens_discovery_of_frame (group, 0, cdp, sizeof cdp), ==, "cdp");
  g_assert_null (lens_discovery_of_frame (group, 0, cdp, 7));
  g_assert_null (lens_discovery_of_frame (group, 0, spanning_tree, sizeof spanning_tree));
  g_assert_cmpstr (lens_discovery_of_frame (group, 0x8033, NULL, 0), ==, "sadp");
  g_assert_null (lens_discovery_of_frame (group, 0x88b5, NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/discovery/" name, function)
  ADD ("a-group-and-a-port-make-discovery", a_group_and_a_port_make_discovery);
  ADD ("unicast-is-no-discovery", unicast_is_no_discovery);
  ADD ("broadcast-is-discovery-where-the-protocol-uses-it",
       broadcast_is_discovery_where_the_protocol_uses_it);
  ADD ("every-group-is-a-multicast-address-as-it-is-written",
       every_group_is_a_multicast_address_as_it_is_written);
  ADD ("frames-without-ip-are-named-by-their-type", frames_without_ip_are_named_by_their_type);
  return g_test_run ();
}
