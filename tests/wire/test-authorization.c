#include "wire/authorization.h"

#include <string.h>

static const char credentials[]
    = "Digest  username=\"a\\\"b\", realm = \"r, s\",nonce=x1,, stale , qop=auth ";

static void
check (const char *text, LensRange range, const char *expected)
{
  g_assert_cmpmem (text + range.offset, range.length, expected, strlen (expected));
}

static void
scheme_and_parameters_are_read (void)
{
  static const char *const expected[][2]
      = { { "username", "a\\\"b" }, { "realm", "r, s" }, { "nonce", "x1" }, { "qop", "auth" } };
  const guint8 *octets = (const guint8 *)credentials;
  LensRange scheme, left;
  LensAuthParameter parameter;

  lens_authorization_split (octets, (LensRange){ 0, strlen (credentials) }, &scheme, &left);
  check (credentials, scheme, "Digest");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (lens_authorization_next (octets, &left, &parameter));
      check (credentials, parameter.name, expected[i][0]);
      check (credentials, parameter.value, expected[i][1]);
    }
  g_assert_false (lens_authorization_next (octets, &left, &parameter));
}

static void
no_quote_or_mark_leads_outside (void)
{
  gsize whole = strlen (credentials);

  for (gsize length = 0; length <= whole; length++)
    for (gsize at = 0; at < length; at++)
      {
        g_autofree guint8 *exact = g_memdup2 (credentials, length);
        LensRange scheme, left;
        LensAuthParameter parameter;
        exact[at] = "=\",\\"[at % 4];
        lens_authorization_split (exact, (LensRange){ 0, length }, &scheme, &left);
        while (lens_authorization_next (exact, &left, &parameter))
          {
            g_assert_cmpuint (lens_range_end (parameter.name), <=, length);
            g_assert_cmpuint (lens_range_end (parameter.value), <=, length);
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/authorization/scheme-and-parameters-are-read",
                   scheme_and_parameters_are_read);
  g_test_add_func ("/wire/authorization/no-quote-or-mark-leads-outside",
                   no_quote_or_mark_leads_outside);
  return g_test_run ();
}
