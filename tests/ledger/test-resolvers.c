/* Name servers that anybody may ask. */
#include "ledger/resolvers.h"

static const char *
at (const char *text)
{
  LensAddress address;

  g_assert_true (lens_address_parse (text, &address));
  return lens_resolver_at (&address);
}

static void
resolvers_are_known_by_address (void)
{
  g_assert_cmpstr (at ("9.9.9.9"), ==, "Quad9");
  g_assert_cmpstr (at ("2606:4700:4700::1111"), ==, "Cloudflare");
  g_assert_null (at ("192.0.2.53"));
}

static void
resolvers_are_known_by_name (void)
{
  g_assert_cmpstr (lens_resolver_named ("dns.google"), ==, "Google");
  g_assert_cmpstr (lens_resolver_named ("mozilla.cloudflare-dns.com"), ==, "Cloudflare");
  g_assert_null (lens_resolver_named ("www.example.org"));
  g_assert_null (lens_resolver_named (""));
}

/* Each address of the table is one; an operator has addresses or names. */
static void
each_row_can_be_found (void)
{
  for (const LensResolver *row = lens_resolvers; row->owner != NULL; row++)
    {
      g_assert_true ((row->address == NULL) != (row->name == NULL));
      if (row->address != NULL)
        g_assert_nonnull (at (row->address));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/resolvers/resolvers-are-known-by-address",
                   resolvers_are_known_by_address);
  g_test_add_func ("/ledger/resolvers/resolvers-are-known-by-name", resolvers_are_known_by_name);
  g_test_add_func ("/ledger/resolvers/each-row-can-be-found", each_row_can_be_found);
  return g_test_run ();
}
