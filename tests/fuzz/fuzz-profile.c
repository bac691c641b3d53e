/* A profile, and lists of makers' endpoints and resolvers: read or refused, never half. */
#include "tests/fuzz/fuzz.h"

#include "ledger/key-file.h"
#include "ledger/own-names.h"
#include "ledger/profile.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autofree char *user = NULL, *password = NULL;
  g_autofree char *secret = g_strndup ((const char *)octets, length);
  g_autoptr (GError) error = NULL, other = NULL;
  g_autoptr (LensOwnNames) names = lens_own_names_new ();
  g_autoptr (LensProfile) profile = lens_profile_parse ((const char *)octets, length, &error);

  g_assert_true ((profile == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  if (profile != NULL)
    {
      g_assert_nonnull (profile->name);
      lens_profile_permits_name (profile, "updates.example.net");
      for (guint i = 0; i < profile->streams->len; i++)
        {
          const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
          g_assert_true (stream->url != NULL && stream->host != NULL);
        }
    }
  lens_credentials_split (secret, &user, &password);
  g_assert_true (user != NULL && password != NULL);
  lens_own_names_add_endpoints (names, (const char *)octets, length, NULL);
  if (!lens_own_names_add_resolvers (names, (const char *)octets, length, &other))
    g_assert_nonnull (other);
  lens_own_names_endpoint (names, "a.example.net", NULL);
  lens_own_names_resolver_named (names, "dns.example.net");
  return 0;
}
