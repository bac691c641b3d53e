#include "wire/domain.h"

#include <string.h>

static LensDomainTold
told (const char *text)
{
  return lens_domain_told (text, strlen (text));
}

static void
a_domain_is_what_somebody_registered (void)
{
  g_assert_cmpstr (lens_domain_of ("a.b.example.org"), ==, "example.org");
  g_assert_cmpstr (lens_domain_of ("example.org"), ==, "example.org");
  g_assert_cmpstr (lens_domain_of ("www.shop.co.uk"), ==, "shop.co.uk");
  g_assert_cmpstr (lens_domain_of ("cam.house.duckdns.org"), ==, "house.duckdns.org");
  g_assert_cmpstr (lens_domain_of ("x.t.co"), ==, "t.co");
  g_assert_null (lens_domain_of ("localhost"));
  g_assert_null (lens_domain_of (""));
  g_assert_null (lens_domain_of ("dnscat.00ff17"));
  g_assert_null (lens_domain_of ("."));
  g_assert_true (lens_domain_is_large ("in-addr.arpa"));
  g_assert_false (lens_domain_is_large ("example.org"));
}

static void
words_are_told_from_what_is_encoded (void)
{
  static const char *const words[]
      = { "connectivitycheck", "configuration", "scontent-fra3-1", "security-app", "n-deventry" };
  static const char *const encoded[]
      = { "laegpumiplhhpz12ynd1efljwlkjcgwy", "7cd501a621c362010a",
          "05e100a621c3620001636f6e736f6c65202873697276696d65732900" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_false (told (words[i]).dense);
  for (guint i = 0; i < G_N_ELEMENTS (encoded); i++)
    g_assert_true (told (encoded[i]).dense);
  /* Four or five bits of a character, not more: base 32 has no more. */
  g_assert_cmpuint (told (encoded[0]).bits, <=, 5 * 32);
  g_assert_cmpuint (told (encoded[0]).bits, >=, 4 * 32);
}

static void
escaped_octets_count_once (void)
{
  const LensDomainTold odd = told ("a\\.b\\255=");

  g_assert_cmpuint (odd.octets, ==, 5);
  g_assert_cmpuint (odd.odd, ==, 3);
  g_assert_cmpuint (told ("").bits, ==, 0);
  g_assert_cmpuint (told ("\\").octets, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/domain/a-domain-is-what-somebody-registered",
                   a_domain_is_what_somebody_registered);
  g_test_add_func ("/wire/domain/words-are-told-from-what-is-encoded",
                   words_are_told_from_what_is_encoded);
  g_test_add_func ("/wire/domain/escaped-octets-count-once", escaped_octets_count_once);
  return g_test_run ();
}
