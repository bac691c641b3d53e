#include "report/uuid.h"

static void
assert_uuid (const LensUuid *space, const char *name, const char *expected)
{
  const LensUuid uuid = lens_uuid_of_name (space, name);
  char text[LENS_UUID_TEXT];

  lens_uuid_text (&uuid, text);
  g_assert_cmpstr (text, ==, expected);
}

/* RFC 9562 appendix A.4: the UUID of www.example.com in the namespace of domain names. */
static void
it_is_that_of_the_rfc (void)
{
  const LensUuid domain_names = { { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
                                    0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };

  assert_uuid (&domain_names, "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

/* As Python's uuid.uuid5 (uuid.NAMESPACE_URL, ...) gives them. */
static void
names_that_differ_have_uuids_that_differ (void)
{
  assert_uuid (&lens_uuid_url, "https://example.com/", "dd2c1780-811a-5296-81c5-178a0ef488bc");
  assert_uuid (&lens_uuid_url, "", "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/uuid/it-is-that-of-the-rfc", it_is_that_of_the_rfc);
  g_test_add_func ("/report/uuid/names-that-differ-have-uuids-that-differ",
                   names_that_differ_have_uuids_that_differ);
  return g_test_run ();
}
