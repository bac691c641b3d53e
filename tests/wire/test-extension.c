/* Extension headers of IPv6 and their options. */
#include "wire/extension.h"

static void
headers_follow_each_other (void)
{
  /* hop by hop: Router Alert, padding; fragment; then UDP */
  static const guint8 octets[] = { 44, 0, 5, 2, 0, 0, 1, 0, 17, 0, 0, 1, 0, 0, 0, 9, 0xab };
  LensRange left = { 0, sizeof octets };
  LensExtension extension;
  LensExtensionOption option;
  guint8 next = LENS_EXTENSION_HOP_BY_HOP;

  g_assert_true (lens_extension_next (octets, &left, &next, &extension));
  g_assert_cmpuint (next, ==, LENS_EXTENSION_FRAGMENT);
  LensRange options = extension.options;
  g_assert_true (lens_extension_option_next (octets, &options, &option));
  g_assert_cmpuint (option.type, ==, LENS_EXTENSION_ROUTER_ALERT);
  g_assert_cmpuint (option.data.length, ==, 2);
  g_assert_true (lens_extension_option_next (octets, &options, &option));
  g_assert_cmpuint (option.type, ==, LENS_EXTENSION_PAD_N);
  g_assert_cmpuint (option.data.length, ==, 0);
  g_assert_false (lens_extension_option_next (octets, &options, &option));
  g_assert_true (lens_extension_next (octets, &left, &next, &extension));
  g_assert_cmpuint (next, ==, 17);
  g_assert_false (lens_extension_next (octets, &left, &next, &extension));
  g_assert_cmpuint (left.length, ==, 1);
}

/* Every length of octets that count more than there is. */
static void
what_is_cut_stays_inside (void)
{
  guint8 octets[40];

  for (guint first = 0; first < 256; first++)
    for (gsize length = 0; length <= sizeof octets; length++)
      {
        LensRange left = { 0, length };
        LensExtension extension;
        LensExtensionOption option;
        guint8 next = LENS_EXTENSION_DESTINATION;
        for (gsize i = 0; i < sizeof octets; i++)
          octets[i] = (guint8)(i < 2 ? 60 * (i == 0) : first + i);
        while (lens_extension_next (octets, &left, &next, &extension))
          {
            LensRange options = extension.options;
            g_assert_cmpuint (lens_range_end (extension.whole), <=, length);
            while (lens_extension_option_next (octets, &options, &option))
              g_assert_cmpuint (lens_range_end (option.whole), <=,
                                lens_range_end (extension.whole));
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/extension/" name, function)
  CASE ("headers-follow-each-other", headers_follow_each_other);
  CASE ("what-is-cut-stays-inside", what_is_cut_stays_inside);
  return g_test_run ();
}
