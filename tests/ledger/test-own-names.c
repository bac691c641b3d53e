/* Endpoints and resolvers that a user adds. */
#include "ledger/own-names.h"

#include <string.h>

#define ENDPOINTS "vendor\tnames\taddresses\trole\tsource\n"
#define RESOLVERS "operator\taddresses\tnames\tsource\n"

static LensAddress
address (const char *text)
{
  LensAddress made;

  g_assert_true (lens_address_parse (text, &made));
  return made;
}

static gboolean
add_endpoints (LensOwnNames *names, const char *text, GError **error)
{
  return lens_own_names_add_endpoints (names, text, strlen (text), error);
}

static gboolean
add_resolvers (LensOwnNames *names, const char *text, GError **error)
{
  return lens_own_names_add_resolvers (names, text, strlen (text), error);
}

static void
rows_of_the_user_come_first (void)
{
  g_autoptr (LensOwnNames) names = lens_own_names_new ();
  const LensAddress there = address ("2001:db8::7"), google = address ("8.8.8.8");

  g_assert_true (add_endpoints (names,
                                ENDPOINTS "# mine\nAcme\t*.ACME.example dev.hik-connect.com\t"
                                          "2001:0db8::0007 203.0.113.9\tits cloud\tus\r\n",
                                NULL));
  g_assert_true (add_resolvers (names, RESOLVERS "Acme\t203.0.113.53\t-\tus\n", NULL));
  g_assert_cmpstr (lens_own_names_endpoint (names, "a.acme.example", NULL)->vendor, ==, "Acme");
  g_assert_cmpstr (lens_own_names_endpoint (names, NULL, &there)->role, ==, "its cloud");
  g_assert_cmpstr (lens_own_names_endpoint (names, "dev.hik-connect.com", NULL)->vendor, ==,
                   "Acme");
  g_assert_cmpstr (lens_own_names_endpoint (names, "litedev.hik-connect.com", NULL)->vendor, ==,
                   "Hikvision");
  const LensAddress own = address ("203.0.113.53");
  g_assert_cmpstr (lens_own_names_resolver_at (names, &own), ==, "Acme");
  g_assert_cmpstr (lens_own_names_resolver_at (names, &google), ==, "Google");
  g_assert_null (lens_own_names_resolver_at (names, &there));
}

static void
without_rows_those_of_the_product_hold (void)
{
  g_assert_cmpstr (lens_own_names_resolver_named (NULL, "dns.google"), ==, "Google");
  g_assert_nonnull (lens_own_names_endpoint (NULL, "dev.hik-connect.com", NULL));
}

static void
what_is_no_list_is_refused (void)
{
  static const struct
  {
    const char *text, *word;
  } rows[] = {
    { "", "columns" },
    { "vendor\tnames\n", "columns" },
    { ENDPOINTS "Acme\tx\n", "line 2: a row has as many cells" },
    { ENDPOINTS "Acme\tx\t-\t\ts\n", "line 2: no cell is empty" },
    { ENDPOINTS "\nAcme\tx\t300.1.1.1\tr\ts\n", "line 3: \"300.1.1.1\" is no address" },
    { "\xff", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LensOwnNames) names = lens_own_names_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (add_endpoints (names, rows[i].text, &error));
      g_assert_error (error, LENS_OWN_NAMES_ERROR, LENS_OWN_NAMES_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, rows[i].word));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/own-names/rows of the user come first", rows_of_the_user_come_first);
  g_test_add_func ("/ledger/own-names/without rows those of the product hold",
                   without_rows_those_of_the_product_hold);
  g_test_add_func ("/ledger/own-names/what is no list is refused", what_is_no_list_is_refused);
  return g_test_run ();
}
