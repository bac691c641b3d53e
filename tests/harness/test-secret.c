#include "harness/secret.h"

#include <string.h>

static void
masks_a_secret_however_it_is_written (void)
{
  const char *secret = "p/ss w%rd";
  g_autofree char *percent = g_uri_escape_string (secret, NULL, FALSE);
  g_autofree char *basic = g_base64_encode ((const guchar *)"admin:p/ss w%rd", 15);
  g_autofree char *text
      = g_strdup_printf ("a %s b %s c 702f7373207725726D d2f x %s", secret, percent, basic);
  g_autofree char *upper = g_strdup ("702F73732077257264");

  g_assert_cmpuint (lens_secret_mask (text, secret), ==, 3);
  g_assert_null (strstr (text, secret));
  g_assert_null (strstr (text, percent));
  g_assert_null (strstr (text, basic));
  g_assert_nonnull (strstr (text, "a *"));
  g_assert_nonnull (strstr (text, "702f7373207725726D")); /* not the secret: one octet differs */
  g_assert_cmpuint (lens_secret_mask (upper, secret), ==, 1);
  g_assert_cmpstr (upper, ==, "******************");
}

static void
finds_base64_at_each_alignment (void)
{
  const char *users[] = { "a", "ab", "abc", "admin", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autofree char *plain = g_strdup_printf ("%s:correct horse", users[i]);
      g_autofree char *text = g_base64_encode ((const guchar *)plain, strlen (plain));
      g_assert_cmpuint (lens_secret_mask (text, "correct horse"), ==, 1);
    }
}

static void
leaves_other_text_alone (void)
{
  g_autofree char *text = g_strdup ("method SETUP failed: 461 Unsupported Transport");
  g_autofree char *before = g_strdup (text);

  g_assert_cmpuint (lens_secret_mask (text, "secret"), ==, 0);
  g_assert_cmpuint (lens_secret_mask (text, ""), ==, 0);
  g_assert_cmpuint (lens_secret_mask (text, NULL), ==, 0);
  g_assert_cmpstr (text, ==, before);
}

static void
masks_in_a_record_what_is_free_text (void)
{
  g_autofree char *record = g_strdup ("{\n  \"name\": \"a\\\"name \",\n  \"detail\": \"p name\",\n"
                                      "  \"excerpt\": \"006e616d656e61\",\n"
                                      "  \"class\": \"name\", \"bytes\": 12\n}\n");

  lens_secret_mask_record (record, "name");
  g_assert_cmpstr (record, ==,
                   "{\n  \"name\": \"a\\\"**** \",\n  \"detail\": \"p ****\",\n"
                   "  \"excerpt\": \"002a2a2a2a6e61\",\n"
                   "  \"class\": \"name\", \"bytes\": 12\n}\n");
}

static void
masks_encodings_inside_excerpts (void)
{
  const char *secret = "correct \"horse"; /* JSON would write \" */
  const char *spelled[] = { "x=correct \"horse;",
                            "Basic YWRtaW46Y29ycmVjdCAiaG9yc2U=", "636f72726563742022686f727365",
                            "and here it is cut: correct" };

  for (gsize i = 0; i < G_N_ELEMENTS (spelled); i++)
    {
      GString *record = g_string_new ("\"excerpt\": \"");
      for (const char *at = spelled[i]; *at != '\0'; at++)
        g_string_append_printf (record, "%02x", (guchar)*at);
      g_string_append (record, "\"");
      gsize length = record->len;
      lens_secret_mask_record (record->str, secret);
      g_assert_cmpuint (strlen (record->str), ==, length);
      g_assert_nonnull (strstr (record->str, "2a2a2a2a2a2a"));
      g_assert_null (strstr (record->str, "636f7272"));         /* corr */
      g_assert_null (strstr (record->str, "59323979636d566a")); /* Y29ycmVj */
      g_assert_null (strstr (record->str, "3633366637323732")); /* 636f7272 */
      g_string_free (record, TRUE);
    }
}

static void
a_masked_record_is_known_again (void)
{
  static const char plain[] = "{ \"detail\": \"it says hunter2\", \"packets\": 12,\n"
                              "  \"excerpt\": \"0068756e7465723200\" }";
  g_autofree char *masked = g_strdup (plain);
  g_autofree char *other = NULL;

  lens_secret_mask_record (masked, "hunter2");
  g_assert_cmpstr (masked, !=, plain);
  g_assert_true (lens_secret_is_masked (masked, plain, strlen (plain)));
  g_assert_true (lens_secret_is_masked (plain, plain, strlen (plain)));
  g_assert_false (lens_secret_is_masked (plain, masked, strlen (plain)));
  for (gsize i = 0; i < strlen (plain); i++)
    {
      g_free (other);
      other = g_strdup (masked);
      other[i] = other[i] == '7' ? '8' : '7';
      g_assert_false (lens_secret_is_masked (other, plain, strlen (plain)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/secret/masks-a-secret-however-it-is-written",
                   masks_a_secret_however_it_is_written);
  g_test_add_func ("/harness/secret/finds-base64-at-each-alignment",
                   finds_base64_at_each_alignment);
  g_test_add_func ("/harness/secret/leaves-other-text-alone", leaves_other_text_alone);
  g_test_add_func ("/harness/secret/masks-in-a-record-what-is-free-text",
                   masks_in_a_record_what_is_free_text);
  g_test_add_func ("/harness/secret/masks-encodings-inside-excerpts",
                   masks_encodings_inside_excerpts);
  g_test_add_func ("/harness/secret/a-masked-record-is-known-again",
                   a_masked_record_is_known_again);
  return g_test_run ();
}
