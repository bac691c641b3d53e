/* Control messages that cameras have no reason to send. */
#include "tests/analyzers/build-network.h"

static void
ever_new_traces_are_found (void)
{
  g_autoptr (Build) build = build_new ("rare-messages");
  guint64 frame = 0;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *trace
          = g_strdup_printf ("1f20 0000 e0000000 c0000201 %08x", i * 2654435761u);
      frame = build_igmp (build, trace);
    }
  const LensFindingRow *finding = build_found (build, "igmp-extra-data", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 12);
  build_assert_octets (finding, 11, frame, 38 + 4, 12);
}

/* A routing daemon says the same each half minute. */
static void
a_daemon_of_routers_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rare-messages");

  for (guint i = 0; i < 12; i++)
    build_igmp (build, "1400 0000 0102030405060708");
  g_assert_nonnull (build_quiet (build, "igmp-extra-data"));
}

static guint64
redirect (Build *build, guint number, const char *options)
{
  g_autofree char *digits = g_strdup_printf ("8900 0000 00000000 fd0000000000000000000000%08x "
                                             "fd0000000000000000000000%08x %s",
                                             number * 2654435761u, number * 40503u, options);

  return build_icmp6 (build, CAMERA, NULL, NULL, 255, build_hex (digits));
}

static void
redirects_about_no_packet_are_found (void)
{
  g_autoptr (Build) build = build_new ("rare-messages");

  build_claim_6 (build);
  for (guint i = 1; i < 12; i++)
    redirect (build, i, "");
  build_found (build, "ip6-nd-options", LENS_SEVERITY_HIGH);
}

static void
a_redirect_with_its_quote_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rare-messages");

  build_claim_6 (build);
  for (guint i = 1; i < 12; i++)
    redirect (build, i, "0401 000000000000");
  g_assert_null (build_quiet (build, "ip6-nd-options"));
}

static void
questions_about_hosts_are_found_when_they_are_many (void)
{
  g_autoptr (Build) build = build_new ("rare-messages");

  build_claim_6 (build);
  for (guint i = 1; i < 12; i++)
    {
      g_autofree char *digits = g_strdup_printf (
          "8b00 0000 0002 0000 %08x%08x fd000000000000000000000000000020", i * 2654435761u, i);
      build_icmp6 (build, CAMERA, NULL, NULL, 255, build_hex (digits));
    }
  build_found (build, "icmp-unsolicited", LENS_SEVERITY_HIGH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rare-messages/" name, function)
  CASE ("ever-new-traces-are-found", ever_new_traces_are_found);
  CASE ("a-daemon-of-routers-is-quiet", a_daemon_of_routers_is_quiet);
  CASE ("redirects-about-no-packet-are-found", redirects_about_no_packet_are_found);
  CASE ("a-redirect-with-its-quote-is-quiet", a_redirect_with_its_quote_is_quiet);
  CASE ("questions-about-hosts-are-found-when-they-are-many",
        questions_about_hosts_are_found_when_they_are_many);
  return g_test_run ();
}
