/* Where makers' devices go. */
#include "ledger/endpoints.h"

static void
makers_are_known_by_name_and_by_address (void)
{
  LensAddress address;

  g_assert_cmpstr (lens_endpoint_find ("www.easy4ipcloud.com", NULL)->vendor, ==, "Dahua");
  g_assert_cmpstr (lens_endpoint_find ("p2p7.reolink.com", NULL)->vendor, ==, "Reolink");
  g_assert_true (lens_address_parse ("120.92.92.241", &address));
  g_assert_cmpstr (lens_endpoint_find (NULL, &address)->vendor, ==, "Xiongmai");
  g_assert_null (lens_endpoint_find ("www.example.org", NULL));
}

/* Each address of the table is one, and is found. */
static void
each_row_can_be_found (void)
{
  for (const LensEndpoint *row = lens_endpoints; row->vendor != NULL; row++)
    {
      LensAddress address;
      g_assert_true ((row->address == NULL) != (row->name == NULL));
      g_assert_nonnull (row->role);
      if (row->address == NULL)
        continue;
      g_assert_true (lens_address_parse (row->address, &address));
      g_assert_nonnull (lens_endpoint_find (NULL, &address));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/endpoints/makers-are-known-by-name-and-by-address",
                   makers_are_known_by_name_and_by_address);
  g_test_add_func ("/ledger/endpoints/each-row-can-be-found", each_row_can_be_found);
  return g_test_run ();
}
