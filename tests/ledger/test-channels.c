#include "ledger/channels.h"

#include <string.h>

static void
every_channel_is_found_by_its_id (void)
{
  g_assert_cmpuint (lens_n_channels, >, 200);
  for (gsize i = 0; i < lens_n_channels; i++)
    g_assert_true (lens_channel_find (lens_channels[i].id) == &lens_channels[i]);
  g_assert_null (lens_channel_find (""));
  g_assert_null (lens_channel_find ("rtp-padding"));
}

/* What the record's readers rely on: ids are lower case words, types are one of three. */
static void
every_channel_says_where_its_rule_comes_from (void)
{
  for (gsize i = 0; i < lens_n_channels; i++)
    {
      const LensChannel *channel = &lens_channels[i];
      const char *const cells[] = { channel->layer,    channel->carrier, channel->pattern,
                                    channel->capacity, channel->benign,  channel->test,
                                    channel->minimum,  channel->mitre,   channel->source };

      g_assert_cmpuint (strspn (channel->id, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==,
                        strlen (channel->id));
      for (guint j = 0; j < G_N_ELEMENTS (cells); j++)
        {
          g_assert_cmpuint (strlen (cells[j]), >, 0);
          g_assert_true (g_utf8_validate (cells[j], -1, NULL));
        }
      g_assert_true (g_str_equal (channel->type, "storage") || g_str_equal (channel->type, "timing")
                     || g_str_equal (channel->type, "both"));
    }
}

static void
the_product_s_own_channels_are_there (void)
{
  static const char *const ids[] = {
    "evaluator-redirect",     "evaluator-steer",
    "evaluator-credentials",  "evaluator-crash",
    "evaluator-blind",        "witness-difference",
    "ledger-unexplained",     "content-media",
    "content-identifier",     "content-credential",
    "encapsulation",          "declaration-wildcard",
    "rtsp-bytes-between",     "rtp-padding-content",
    "update-unauthenticated", "flow-undeclared-destination",
    "tim-clock-skew",         "content-copy",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_nonnull (lens_channel_find (ids[i]));
  g_assert_cmpstr (lens_channel_find ("ip4-reserved-flag")->source, ==, "RFC 791 section 3.1");
}

static void
patterns_are_found_by_their_code (void)
{
  const LensPattern *unused = lens_pattern_find ("P7"), *size = lens_pattern_find ("EN5.1");

  g_assert_cmpstr (unused->name, ==, "Reserved/Unused");
  g_assert_cmpstr (size->name, ==, "Size Feature Modulation");
  g_assert_nonnull (strstr (lens_pattern_paper (unused), "2015"));
  g_assert_nonnull (strstr (lens_pattern_paper (size), "2021"));
  g_assert_null (lens_pattern_find ("P12"));
  g_assert_null (lens_pattern_find (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/channels/every-channel-is-found-by-its-id",
                   every_channel_is_found_by_its_id);
  g_test_add_func ("/ledger/channels/every-channel-says-where-its-rule-comes-from",
                   every_channel_says_where_its_rule_comes_from);
  g_test_add_func ("/ledger/channels/the-product-s-own-channels-are-there",
                   the_product_s_own_channels_are_there);
  g_test_add_func ("/ledger/channels/patterns-are-found-by-their-code",
                   patterns_are_found_by_their_code);
  return g_test_run ();
}
