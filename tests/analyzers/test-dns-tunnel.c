/* Names that carry data, and names that only look as if they did. */
#include "tests/analyzers/build-names.h"
#include "tests/analyzers/build-network.h"

#include <string.h>

#define MINUTE_NS (G_GINT64_CONSTANT (60) * 1000 * 1000 * 1000)

static void
ask (Build *build, const char *below, const char *domain)
{
  g_autofree char *name = g_strconcat (below, ".", domain, NULL);

  build_query (build, name, 1);
}

static void
ask_noise (Build *build, guint count, gsize length, const char *domain)
{
  for (guint i = 0; i < count; i++)
    {
      char label[64] = "";
      build_noise (i, label, length);
      ask (build, label, domain);
    }
}

static void
encoded_names_of_one_domain_are_a_tunnel (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  ask_noise (build, 10, 32, "tunnel.example.net");
  const LensFindingRow *finding = build_found (build, "dns-qname-tunnel", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->ranges->len, ==, 1);
  build_assert_octets (finding, 0, 1, build->offset + 12, 1 + 32 + 1 + 6 + 1 + 7 + 1 + 3 + 1);
  g_assert_null (build_finding (build, "dns-low-throughput"));
}

/* Somebody else asks below the same domain, before the camera does. */
static void
each_asker_is_told_of_by_itself (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  build_udp (build, VIEWER, 45000, 53, build_query_message ("www.example.net", 1, NULL));
  ask_noise (build, 10, 32, "example.net");
  const LensFindingRow *finding = build_found (build, "dns-qname-tunnel", LENS_SEVERITY_HIGH);
  g_assert_true (g_str_has_prefix (finding->detail, "10 names under example.net"));
  g_assert_cmpstr (finding->name, ==, "example.net");
}

static void
one_very_long_name_is_enough (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  build_query (
      build, "h4sicn03*2qaa3rlc3qudhh0aavjycxwakjeehleu5kluuoowozjxulgag.4s2fgaaaa==.test.txt", 1);
  build_found (build, "dns-qname-tunnel", LENS_SEVERITY_MEDIUM);
}

static void
small_portions_have_a_channel_of_their_own (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  ask_noise (build, 200, 5, "example.net");
  build_found (build, "dns-low-throughput", LENS_SEVERITY_HIGH);
  g_assert_null (build_finding (build, "dns-qname-tunnel"));
}

static void
one_query_an_hour_is_found (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  build->step = 60 * MINUTE_NS;
  ask_noise (build, 12, 16, "example.net");
  build_found (build, "dns-low-throughput", LENS_SEVERITY_MEDIUM);
}

static void
names_made_of_words_are_found (void)
{
  static const char *const words[] = { "river", "house", "green", "seven", "paper", "stone",
                                       "light", "horse", "bread", "cloud", "table", "winter" };
  g_autoptr (Build) build = build_new ("dns-tunnel");

  build->step = MINUTE_NS;
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *label = g_strjoin ("-", words[i % 12], words[i * 7 / 12 % 12],
                                          words[i * 5 % 11], words[i % 7], NULL);
      ask (build, label, "example.net");
    }
  build_found (build, "dns-low-throughput", LENS_SEVERITY_MEDIUM);
}

static void
names_without_a_domain_are_one_group (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  for (guint i = 0; i < 20; i++)
    {
      char label[33] = "";
      g_autofree char *name = NULL;
      build_noise (i, label, 32);
      label[31] = '7';
      name = g_strconcat ("dnscat.", label, NULL);
      build_query (build, name, 16);
    }
  build_found (build, "dns-qname-tunnel", LENS_SEVERITY_HIGH);
}

/* What phones, hubs and cameras ask for. */
static void
ordinary_names_are_quiet (void)
{
  static const char *const names[] = {
    "time.windows.com",
    "0.pool.ntp.org",
    "1.pool.ntp.org",
    "euw1-api.tplinkra.com",
    "n-deventry.tplinkcloud.com",
    "a1b2c3d4e5f6g7-ats.iot.eu-west-1.amazonaws.com",
    "rr3---sn-4g5e6nsz.googlevideo.com",
    "d3a8xyzq1k0vbn.cloudfront.net",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301.eu.api.example.com",
    "_ldap._tcp.dc._msdcs.example.com",
    "gsp85-ssl.ls.apple.com",
    "10.2.0.192.in-addr.arpa",
    "b._dns-sd._udp.0.2.0.192.in-addr.arpa",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
    "wpad",
    "camera.lan",
    "xkqjwzbtrp",
    "qwhjzkxmvb.lan",
    "zkxvqbwjhg",
  };
  g_autoptr (Build) build = build_new ("dns-tunnel");

  build->step = MINUTE_NS;
  for (guint i = 0; i < 20 * G_N_ELEMENTS (names); i++)
    build_query (build, names[i % G_N_ELEMENTS (names)], i % 2 == 0 ? 1 : 28);
  /* A network that gives each of its machines a name. */
  ask_noise (build, 60, 12, "googlevideo.com");
  build_quiet (build, "dns-qname-tunnel");
  build_quiet (build, "dns-low-throughput");
}

/* The camera has @name resolved to @address by its server, and speaks to it. */
static void
visit_name (Build *build, const char *name, const char *address)
{
  LensAddress where;
  GByteArray *answer = build_query_message (name, 1, build_hex ("c00c 0001 0001 0000003c 0004"));

  g_assert_true (lens_address_parse (address, &where));
  g_byte_array_append (answer, where.octets, 4);
  answer->data[2] |= 0x80;
  answer->data[7] = 1;
  build_query (build, name, 1);
  build_udp (build, VIEWER, 40123, 53, answer);
  BuildIp4 packet = { .to = address, .protocol = 17 };
  packet.payload = build_hex ("9000 01bb 000c 0000 61626364");
  build_ip4 (build, CAMERA, packet);
}

/* Names of a large operator's machines: a few visits elsewhere, and none of them there; or each. */
static void
whoever_asks_for_machines_goes_there (void)
{
  for (guint goes = 0; goes < 2; goes++)
    {
      g_autoptr (Build) build = build_new ("dns-tunnel");
      visit_name (build, "api.example.com", "198.51.100.7");
      for (guint i = 0; i < 60; i++)
        {
          char label[13] = "";
          g_autofree char *name = NULL, *address = g_strdup_printf ("203.0.113.%u", i + 1);
          build_noise (i, label, 12);
          name = g_strconcat ("d", label, ".cloudfront.net", NULL);
          if (goes == 1)
            visit_name (build, name, address);
          else
            build_query (build, name, 1);
        }
      if (goes == 1)
        build_quiet (build, "dns-qname-tunnel");
      else
        build_found (build, "dns-qname-tunnel", LENS_SEVERITY_HIGH);
    }
}

/* Whose the domain is does not matter: makers of several countries, large and small. */
static void
a_tunnel_is_found_under_any_makers_name (void)
{
  static const char *const makers[]
      = { "example.net",   "hikvision.com", "dahuasecurity.com", "axis.com",
          "netatmo.net",   "samsung.com",   "xiaomi.com",        "mi.com",
          "google.com",    "amazon.com",    "apple.com",         "hicloud.com",
          "microsoft.com", "roku.com",      "tplinkcloud.com",   "boschsecurity.com" };

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      g_autoptr (Build) build = build_new ("dns-tunnel");
      ask_noise (build, 10, 32, makers[i]);
      build_found (build, "dns-qname-tunnel", LENS_SEVERITY_HIGH);
    }
}

/* Made of words: @goes to the addresses of each of so many names, or to none. */
static void
ask_words (Build *build, guint count, gboolean goes, const char *domain)
{
  static const char *const words[] = { "entrance", "camera", "garden",  "picture", "window",
                                       "weather",  "update", "station", "account", "service" };

  visit_name (build, "api.example.com", "198.51.100.7");
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strconcat (words[i % 10], "-", words[i / 10 % 10], "-",
                                           words[(i + i / 10) % 10], ".", domain, NULL);
      g_autofree char *address = g_strdup_printf ("203.0.113.%u", i + 1);
      if (goes)
        visit_name (build, name, address);
      else
        build_query (build, name, 1);
    }
}

static void
many_words_are_quiet_where_the_asker_goes_whoever_they_belong_to (void)
{
  static const char *const domains[] = { "example.net", "samsung.com", "hikvision.com" };

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autoptr (Build) goes = build_new ("dns-tunnel");
      g_autoptr (Build) stays = build_new ("dns-tunnel");
      ask_words (goes, 40, TRUE, domains[i]);
      ask_words (stays, 40, FALSE, domains[i]);
      build_quiet (goes, "dns-low-throughput");
      build_quiet (goes, "dns-qname-tunnel");
      g_assert_true (build_finding (stays, "dns-low-throughput") != NULL
                     || build_finding (stays, "dns-qname-tunnel") != NULL);
    }
}

static void
answers_are_no_questions (void)
{
  g_autoptr (Build) build = build_new ("dns-tunnel");

  for (guint i = 0; i < 20; i++)
    {
      char label[33] = "";
      g_autofree char *name = NULL;
      build_noise (i, label, 32);
      name = g_strconcat (label, ".example.net", NULL);
      GByteArray *answer = build_query_message (name, 1, NULL);
      answer->data[2] = 0x81;
      build_udp (build, CAMERA, 53, 40000, answer);
    }
  g_assert_null (build_finding (build, "dns-qname-tunnel"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/dns-tunnel/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("encoded-names-of-one-domain-are-a-tunnel", encoded_names_of_one_domain_are_a_tunnel);
  CASE ("each-asker-is-told-of-by-itself", each_asker_is_told_of_by_itself);
  CASE ("one-very-long-name-is-enough", one_very_long_name_is_enough);
  CASE ("small-portions-have-a-channel-of-their-own", small_portions_have_a_channel_of_their_own);
  CASE ("one-query-an-hour-is-found", one_query_an_hour_is_found);
  CASE ("names-made-of-words-are-found", names_made_of_words_are_found);
  CASE ("names-without-a-domain-are-one-group", names_without_a_domain_are_one_group);
  CASE ("ordinary-names-are-quiet", ordinary_names_are_quiet);
  CASE ("whoever-asks-for-machines-goes-there", whoever_asks_for_machines_goes_there);
  CASE ("a-tunnel-is-found-under-any-makers-name", a_tunnel_is_found_under_any_makers_name);
  CASE ("many-words-are-quiet-where-the-asker-goes-whoever-they-belong-to",
        many_words_are_quiet_where_the_asker_goes_whoever_they_belong_to);
  CASE ("answers-are-no-questions", answers_are_no_questions);
  return g_test_run ();
}
