/* MUD files (RFC 8520): what they declare, and what in them cannot be followed. */
#include "tests/ledger/scene.h"

#include "ledger/mud.h"

#include <string.h>

/* A file whose one list of what leaves, and one of what comes, hold these entries. */
static char *
file_of (const char *from, const char *to)
{
  return g_strdup_printf (
      "{\"ietf-mud:mud\": {\"mud-version\": 1, \"mud-url\": \"https://example.net/c.json\","
      "\"last-update\": \"2026-01-01T00:00:00+00:00\", \"is-supported\": true,"
      "\"systeminfo\": \"A camera\","
      "\"from-device-policy\": {\"access-lists\": {\"access-list\": [{\"name\": \"from\"}]}},"
      "\"to-device-policy\": {\"access-lists\": {\"access-list\": [{\"name\": \"to\"}]}}},"
      "\"ietf-access-control-list:acls\": {\"acl\": ["
      "{\"name\": \"to\", \"type\": \"ipv4-acl-type\", \"aces\": {\"ace\": [%s]}},"
      "{\"name\": \"from\", \"type\": \"ipv4-acl-type\", \"aces\": {\"ace\": [%s]}}]}}",
      to, from);
}

static char *
entry (const char *name, const char *matches)
{
  return g_strdup_printf ("{\"name\": \"%s\", \"matches\": {%s},"
                          "\"actions\": {\"forwarding\": \"accept\"}}",
                          name, matches);
}

static LensMud *
parse (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = file_of (from, to);
  LensMud *mud = lens_mud_parse ((const guint8 *)text, strlen (text), &error);

  g_assert_no_error (error);
  return mud;
}

/* The one entry of what leaves that matches so. */
static LensMud *
parse_entry (const char *matches)
{
  g_autofree char *text = entry ("one", matches);

  return parse (text, "");
}

static const LensMudRule *
rule_of (const LensMud *mud, guint index)
{
  g_assert_cmpuint (index, <, mud->rules->len);
  return g_ptr_array_index (mud->rules, index);
}

/* --- reading --- */

static void
an_entry_is_a_rule (void)
{
  g_autoptr (LensMud) mud = parse_entry (
      "\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"Updates.Example.NET.\", \"protocol\": 6},"
      "\"tcp\": {\"ietf-mud:direction-initiated\": \"from-device\","
      "\"destination-port\": {\"operator\": \"eq\", \"port\": 443}}");
  const LensMudRule *rule = rule_of (mud, 0);

  g_assert_cmpstr (mud->systeminfo, ==, "A camera");
  g_assert_cmpstr (mud->url, ==, "https://example.net/c.json");
  g_assert_cmpuint (mud->problems->len, ==, 0);
  g_assert_cmpstr (rule->acl, ==, "from");
  g_assert_cmpstr (rule->name, ==, "one");
  g_assert_true (rule->from_device && rule->accept);
  g_assert_cmpint (rule->protocol, ==, 6);
  g_assert_cmpint (rule->initiator, ==, LENS_MUD_BY_DEVICE);
  g_assert_cmpint (rule->peer, ==, LENS_MUD_NAME);
  g_assert_cmpstr (rule->peer_name, ==, "updates.example.net");
  g_assert_cmpuint (rule->peer_ports.first, ==, 443);
  g_assert_cmpuint (rule->peer_ports.last, ==, 443);
  g_assert_cmpuint (rule->device_ports.first, ==, 0);
  g_assert_cmpuint (rule->device_ports.last, ==, 65535);
  g_assert_false (lens_mud_rule_is_wildcard (rule));
}

static void
the_names_of_the_draft_are_taken (void)
{
  static const char text[]
      = "{\"mud\": {\"from-device-policy\": {\"access-lists\": {\"access-list\": "
        "[{\"name\": \"a\"}]}}}, \"ietf-access-control-list:access-lists\": {\"acl\": "
        "[{\"name\": \"a\", \"type\": \"ethernet-acl-type\", \"aces\": {\"ace\": [{\"name\": "
        "\"x\", \"matches\": {\"eth\": {\"ethertype\": \"0x888e\"}}, \"actions\": "
        "{\"forwarding\": \"ietf-access-control-list:accept\"}}]}}]}}";
  g_autoptr (LensMud) mud = lens_mud_parse ((const guint8 *)text, strlen (text), NULL);

  g_assert_nonnull (mud);
  g_assert_cmpint (rule_of (mud, 0)->ethertype, ==, 0x888e);
  g_assert_true (rule_of (mud, 0)->accept);
}

static void
ports_have_operators_and_bounds (void)
{
  static const struct
  {
    const char *port;
    guint16 first, last;
  } rows[] = { { "\"operator\": \"eq\", \"port\": 80", 80, 80 },
               { "\"port\": 80", 80, 80 },
               { "\"operator\": \"gte\", \"port\": 1024", 1024, 65535 },
               { "\"operator\": \"lte\", \"port\": 1023", 0, 1023 },
               { "\"lower-port\": 5000, \"upper-port\": 5010", 5000, 5010 },
               { "\"operator\": \"range\", \"lower-port\": 1, \"upper-port\": 2", 1, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *match = g_strdup_printf ("\"udp\": {\"source-port\": {%s}}", rows[i].port);
      g_autoptr (LensMud) mud = parse_entry (match);
      g_assert_cmpuint (rule_of (mud, 0)->device_ports.first, ==, rows[i].first);
      g_assert_cmpuint (rule_of (mud, 0)->device_ports.last, ==, rows[i].last);
    }
}

static void
an_entry_without_a_peer_is_a_wildcard (void)
{
  g_autoptr (LensMud) any = parse_entry ("\"ipv4\": {\"protocol\": 17}, \"udp\": "
                                         "{\"destination-port\": {\"lower-port\": 1023, "
                                         "\"upper-port\": 65535}}");
  g_autoptr (LensMud) all = parse_entry ("\"ipv4\": {\"destination-ipv4-network\": "
                                         "\"0.0.0.0/0\"}");

  g_assert_true (lens_mud_rule_is_wildcard (rule_of (any, 0)));
  g_assert_true (lens_mud_rule_is_wildcard (rule_of (all, 0)));
}

static void
what_cannot_be_followed_permits_nothing (void)
{
  static const struct
  {
    const char *matches, *word;
  } rows[] = {
    { "\"ipv4\": {\"destination-ipv4-network\": \"fd00::/8\"}", "IPv4 network" },
    { "\"ipv4\": {\"source-ipv4-network\": \"192.0.2.1/32\"}", "own address" },
    { "\"ipv4\": {\"ietf-acldns:src-dnsname\": \"x.example\"}", "itself" },
    { "\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"a.*.example\"}", "first labels" },
    { "\"ipv4\": {\"dscp\": 3}", "dscp" },
    { "\"tcp\": {\"destination-port\": {\"operator\": \"eq\", \"lower-port\": 1, "
      "\"upper-port\": 2}}",
      "two bounds" },
    { "\"tcp\": {\"destination-port\": {\"lower-port\": 9, \"upper-port\": 2}}", "no range" },
    { "\"tcp\": {\"destination-port\": {\"port\": 65536}}", "no range" },
    { "\"tcp\": {\"destination-port\": {\"port\": -1}}", "no range" },
    { "\"ipv4\": {\"protocol\": 17}, \"tcp\": {}", "contradict" },
    { "\"ietf-mud:mud\": {\"my-controller\": [null]}", "operator" },
    { "\"ietf-mud:mud\": {\"controller\": \"urn:example:mine\"}", "operator" },
    { "\"ietf-mud:mud\": {\"local-networks\": [null]}, \"ipv4\": {\"ietf-acldns:dst-dnsname\": "
      "\"x.example\"}",
      "twice" },
    { "\"sctp\": {}", "sctp" },
    { "\"tcp\": 7", "tcp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LensMud) mud = parse_entry (rows[i].matches);
      g_assert_cmpuint (mud->rules->len, ==, 0);
      g_assert_cmpuint (mud->problems->len, ==, 1);
      const LensMudProblem *problem = g_ptr_array_index (mud->problems, 0);
      g_assert_cmpstr (problem->acl, ==, "from");
      g_assert_cmpstr (problem->name, ==, "one");
      g_assert_nonnull (strstr (problem->problem, rows[i].word));
    }
}

static void
an_entry_needs_an_action (void)
{
  g_autoptr (LensMud) mud
      = parse ("{\"name\": \"x\", \"matches\": {}, \"actions\": {}}, {\"name\": \"y\"}, 7", "");

  g_assert_cmpuint (mud->rules->len, ==, 0);
  g_assert_cmpuint (mud->problems->len, ==, 3);
}

static void
what_is_no_mud_file_is_refused (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const struct
  {
    const char *text, *word;
  } rows[] = {
    { "", "JSON" },
    { "[]", "no JSON object" },
    { "{}", "ietf-mud:mud" },
    { "{\"ietf-mud:mud\": {}}", "access list" },
    { "{\"ietf-mud:mud\": {\"from-device-policy\": 3}}", "access list" },
    { "{\"a\": \"\xff\"}", "UTF-8" },
    { "{\"a\": /* no */ 1}", "character" },
    { deep, "deep" },
    { "{\"a\": 1", "JSON" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      LensMud *mud = lens_mud_parse ((const guint8 *)rows[i].text, strlen (rows[i].text), &error);
      g_assert_null (mud);
      g_assert_error (error, LENS_MUD_ERROR, LENS_MUD_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, rows[i].word));
    }
}

/* --- permitting --- */

typedef struct
{
  Scene *scene;
  LensMud *mud;
} Told;

/* The camera's traffic under these entries of what leaves. */
static Told
told (const char *from)
{
  Told made = { scene_new (NULL), parse (from, "") };

  made.scene->options.device = camera.address;
  made.scene->options.mud = made.mud;
  scene_lease (made.scene, &camera, &router, &router);
  return made;
}

static void
told_clear (Told *made)
{
  scene_free (made->scene);
  lens_mud_free (made->mud);
}

static void
a_name_permits_what_it_resolved_to (void)
{
  g_autofree char *text
      = entry ("cloud", "\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"cloud.example\"}");
  Told made = told (text);

  scene_dns (made.scene, &router, &camera, "cloud.example", NULL, server.address);
  scene_udp_text (made.scene, &camera, &server, 9000, 9000, "permitted");
  scene_udp_text (made.scene, &camera, &stranger, 9000, 9000, "no");
  g_assert_cmpuint (scene_class (made.scene, LENS_CLASS_UNDECLARED), ==, 2);
  told_clear (&made);
}

static void
an_answer_holds_for_its_time (void)
{
  g_autofree char *text
      = entry ("cloud", "\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"cloud.example\"}");
  Told made = told (text);

  scene_dns (made.scene, &router, &camera, "cloud.example", NULL, server.address);
  made.scene->now += G_GINT64_CONSTANT (3) * 86400 * 1000000000;
  scene_udp_text (made.scene, &camera, &server, 9000, 9000, "late");
  g_assert_cmpuint (scene_class (made.scene, LENS_CLASS_UNDECLARED), ==, 4);
  told_clear (&made);
}

static void
local_is_what_is_on_the_link (void)
{
  g_autofree char *text = entry ("local", "\"ietf-mud:mud\": {\"local-networks\": [null]}");
  static const Host behind = { "02:00:00:00:00:01", "192.168.7.7" }; /* the router's link address */
  Told made = told (text);

  scene_arp (made.scene, &viewer);
  scene_arp (made.scene, &router);
  scene_udp_text (made.scene, &camera, &viewer, 9000, 9000, "permitted");
  scene_udp_text (made.scene, &server, &camera, 9001, 9001, ""); /* the router forwards */
  scene_udp_text (made.scene, &behind, &camera, 9002, 9002, "");
  scene_udp_text (made.scene, &camera, &behind, 9003, 9003, "not local");
  g_assert_cmpuint (scene_class (made.scene, LENS_CLASS_UNDECLARED), ==, 9);
  told_clear (&made);
}

static void
the_first_entry_that_fits_decides (void)
{
  g_autofree char *accept = entry ("all", "\"ipv4\": {\"protocol\": 17}");
  g_autofree char *text = g_strconcat (
      "{\"name\": \"no\", \"matches\": {\"udp\": {\"destination-port\": {\"port\": 9}}},"
      "\"actions\": {\"forwarding\": \"drop\"}}, ",
      accept, NULL);
  Told made = told (text);

  scene_udp_text (made.scene, &camera, &server, 9000, 9, "dropped");
  scene_udp_text (made.scene, &camera, &server, 9000, 10, "permitted");
  g_assert_cmpuint (scene_class (made.scene, LENS_CLASS_UNDECLARED), ==, 7);
  told_clear (&made);
}

static void
who_opened_it_counts (void)
{
  g_autofree char *text
      = entry ("out", "\"tcp\": {\"ietf-mud:direction-initiated\": \"from-device\"}");
  Told made = told (text);
  Talk out = scene_connect (made.scene, &camera, 40000, &server, 443);
  Talk in = scene_connect (made.scene, &server, 40000, &camera, 80);

  scene_ask (made.scene, &out, "permitted", 9);
  scene_ask (made.scene, &in, "ask", 3);
  scene_answer (made.scene, &in, "answer", 6);
  g_assert_cmpuint (scene_class (made.scene, LENS_CLASS_UNDECLARED), ==, 9);
  told_clear (&made);
}

static void
rows_say_what_was_permitted (void)
{
  g_autofree char *used = entry ("used", "\"udp\": {\"destination-port\": {\"port\": 9}}");
  g_autofree char *unused = entry ("unused", "\"udp\": {\"destination-port\": {\"port\": 7}}");
  g_autofree char *wrong = entry ("wrong", "\"sctp\": {}");
  g_autofree char *text = g_strjoin (", ", used, unused, wrong, NULL);
  Told made = told (text);

  scene_udp_text (made.scene, &camera, &server, 9000, 9, "twelve octet");
  const LensEvaluation *evaluation = scene_conclude (made.scene);
  const LensServiceRow *row = g_ptr_array_index (evaluation->services, 0);
  g_assert_cmpstr (row->name, ==, "from/used");
  g_assert_cmpstr (row->origin, ==, "mud");
  g_assert_true (row->anybody && row->seen);
  g_assert_cmpuint (row->octets, ==, 12);
  g_assert_false (((LensServiceRow *)g_ptr_array_index (evaluation->services, 1))->seen);
  g_assert_cmpuint (evaluation->never_seen->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (evaluation->never_seen, 0), "from/unused"));
  g_assert_cmpuint (evaluation->unusable->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (evaluation->unusable, 0), "wrong"));
  g_assert_false (scene_has_reason (made.scene, "no-declaration"));
  told_clear (&made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mud/an entry is a rule", an_entry_is_a_rule);
  g_test_add_func ("/mud/the names of the draft are taken", the_names_of_the_draft_are_taken);
  g_test_add_func ("/mud/ports have operators and bounds", ports_have_operators_and_bounds);
  g_test_add_func ("/mud/an entry without a peer is a wildcard",
                   an_entry_without_a_peer_is_a_wildcard);
  g_test_add_func ("/mud/what cannot be followed permits nothing",
                   what_cannot_be_followed_permits_nothing);
  g_test_add_func ("/mud/an entry needs an action", an_entry_needs_an_action);
  g_test_add_func ("/mud/what is no MUD file is refused", what_is_no_mud_file_is_refused);
  g_test_add_func ("/mud/a name permits what it resolved to", a_name_permits_what_it_resolved_to);
  g_test_add_func ("/mud/an answer holds for its time", an_answer_holds_for_its_time);
  g_test_add_func ("/mud/local is what is on the link", local_is_what_is_on_the_link);
  g_test_add_func ("/mud/the first entry that fits decides", the_first_entry_that_fits_decides);
  g_test_add_func ("/mud/who opened it counts", who_opened_it_counts);
  g_test_add_func ("/mud/rows say what was permitted", rows_say_what_was_permitted);
  return g_test_run ();
}
