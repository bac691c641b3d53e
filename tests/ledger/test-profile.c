#include "ledger/profile-grammar.h"

#include <string.h>

#define DEVICE "[device]\nname = Door\naddress = 192.0.2.100, fd00::100\n"
#define STREAM DEVICE "[stream main]\n"
#define URL "url = rtsp://192.0.2.100/1\n"
#define SERVICE DEVICE "[service ntp]\n"

static LensProfile *
accepted (const char *text)
{
  g_autoptr (GError) error = NULL;
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (profile);
  return profile;
}

/* Every error is compared as a whole: it is what the owner reads. */
static void
refused (const char *text, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensProfile) profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_null (profile);
  g_assert_error (error, LENS_PROFILE_ERROR, LENS_PROFILE_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, says);
}

static LensProfile *
example (char **text, gsize *length)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "example.profile", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, text, length, &error));
  LensProfile *profile = lens_profile_parse (*text, *length, &error);
  g_assert_no_error (error);
  return profile;
}

static void
is_address (const LensAddress *address, const char *text)
{
  char into[LENS_ADDRESS_TEXT];

  g_assert_cmpstr (lens_address_text (address, into), ==, text);
}

static void
the_example_loads_as_it_stands (void)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (LensProfile) profile = example (&text, &length);

  g_assert_cmpstr (profile->name, ==, "Entrance camera");
  g_assert_cmpuint (profile->addresses->len, ==, 2);
  is_address (&g_array_index (profile->addresses, LensAddress, 0), "192.0.2.100");
  is_address (&g_array_index (profile->addresses, LensAddress, 1), "fd00::100");
  g_assert_true (profile->has_mac);
  g_assert_cmpmem (profile->mac, 6, "\x44\x19\xb6\x00\x00\x01", 6);
  g_assert_cmpstr (profile->kind, ==, "camera");
  g_assert_null (profile->vendor);
  g_assert_cmpuint (profile->viewers->len, ==, 1);
  g_assert_cmpstr (profile->interface, ==, "eth1");
  g_assert_cmpuint (profile->max_bytes, ==, 50000000000);
  g_assert_cmpuint (profile->rotate_bytes, ==, 1000000000);
  g_assert_cmpuint (profile->idle_s, ==, 60);
  g_assert_cmpuint (profile->stream_s, ==, 120);
  g_assert_cmpuint (profile->after_s, ==, 60);
  g_assert_cmpuint (profile->stimuli->len, ==, 1);
  const LensStimulus *light = g_ptr_array_index (profile->stimuli, 0);
  g_assert_cmpstr (light->name, ==, "light");
  g_assert_cmpstr (light->command, ==, "./light.sh");
  g_assert_cmpuint (light->blocks, ==, 12);
  g_assert_cmpstr (profile->laboratory, ==, "Example lab");
  g_assert_cmpstr (profile->evaluator, ==, "E. Xample");
  g_assert_cmpstr (profile->reference, ==, "2026-014");
  g_assert_true (profile->has_dns);
  g_assert_true (profile->has_discovery);
  g_assert_cmpuint (profile->discovery, ==,
                    LENS_DISCOVERY_ARP | LENS_DISCOVERY_ND | LENS_DISCOVERY_DHCP
                        | LENS_DISCOVERY_IGMP | LENS_DISCOVERY_MDNS | LENS_DISCOVERY_SSDP
                        | LENS_DISCOVERY_WSD);
}

static void
the_example_declares_a_stream_and_two_services (void)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (LensProfile) profile = example (&text, &length);

  g_assert_cmpuint (profile->streams->len, ==, 1);
  const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, 0);
  g_assert_cmpstr (stream->name, ==, "main");
  g_assert_cmpstr (stream->url, ==, "rtsp://192.0.2.100:554/Streaming/Channels/101");
  g_assert_cmpstr (stream->host, ==, "192.0.2.100");
  is_address (&stream->address, "192.0.2.100");
  g_assert_cmpuint (stream->port, ==, 554);
  g_assert_cmpstr (lens_stream_transport_name (stream->transport), ==, "tcp");
  g_assert_cmpuint (stream->tracks->len, ==, 2);
  g_assert_cmpstr (stream->tracks->pdata[1], ==, "audio");
  g_assert_cmpstr (stream->credentials, ==, "env:CAMERA_PASSWORD");
  g_assert_false (stream->allow_basic);

  g_assert_cmpuint (profile->services->len, ==, 2);
  const LensDeclaredService *ntp = g_ptr_array_index (profile->services, 0);
  g_assert_cmpstr (ntp->name, ==, "ntp");
  g_assert_cmpuint (ntp->protocol, ==, 17);
  g_assert_cmpint (ntp->port, ==, 123);
  g_assert_cmpint (ntp->direction, ==, LENS_DIRECTION_OUT);
  g_assert_cmpuint (ntp->max_bytes_per_day, ==, 20000);
  const LensPeer *peer = g_ptr_array_index (ntp->to, 0);
  is_address (&peer->network.address, "192.0.2.1");
  g_assert_cmpuint (peer->network.prefix, ==, 32);
  g_assert_null (peer->name);
  const LensDeclaredService *onvif = g_ptr_array_index (profile->services, 1);
  g_assert_cmpint (onvif->direction, ==, LENS_DIRECTION_IN);
  g_assert_cmpuint (onvif->max_bytes_per_day, ==, 0);
}

static void
groups_are_declared_with_multicast (void)
{
  char text[LENS_ADDRESS_TEXT];
  g_autoptr (LensProfile) profile
      = accepted (STREAM URL "transport = multicast\ngroup = 239.1.2.3, ff15::3\n"
                             "[stream other]\nurl = rtsp://192.0.2.100/2\ntransport = multicast\n");
  const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, 0);

  g_assert_cmpuint (stream->groups->len, ==, 2);
  g_assert_cmpstr (lens_address_text (&g_array_index (stream->groups, LensAddress, 0), text), ==,
                   "239.1.2.3");
  g_assert_cmpstr (lens_address_text (&g_array_index (stream->groups, LensAddress, 1), text), ==,
                   "ff15::3");
  stream = g_ptr_array_index (profile->streams, 1);
  g_assert_null (stream->groups);
}

static void
what_is_left_out_has_its_default (void)
{
  g_autoptr (LensProfile) profile
      = accepted (STREAM "url = RTSPS://CAM.example.net./a?b=c\n[stream  sub]\n"
                         "url = rtsp://[fd00::100]\ntransport = http\ntracks = audio,\n"
                         "[service any]\nproto = 47\ndirection = both\n"
                         "[capture]\nmax-bytes = 5000\n[report]\nnotes = a\\nb\n");

  g_assert_cmpstr (profile->kind, ==, "camera");
  g_assert_false (profile->has_mac);
  g_assert_false (profile->has_dns);
  g_assert_false (profile->has_discovery);
  g_assert_cmpuint (profile->discovery, ==, LENS_DISCOVERY_ALL);
  g_assert_cmpuint (profile->viewers->len, ==, 0);
  g_assert_cmpuint (profile->rotate_bytes, ==, 5000);
  g_assert_cmpstr (profile->notes, ==, "a\nb");
  const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, 0);
  g_assert_cmpstr (stream->host, ==, "cam.example.net");
  g_assert_cmpuint (stream->address.version, ==, 0);
  g_assert_cmpuint (stream->port, ==, 322);
  g_assert_cmpint (stream->transport, ==, LENS_STREAM_OVER_TLS);
  g_assert_null (stream->credentials);
  stream = g_ptr_array_index (profile->streams, 1);
  g_assert_cmpstr (stream->name, ==, "sub");
  g_assert_cmpstr (stream->host, ==, "fd00::100");
  g_assert_cmpuint (stream->port, ==, 554);
  g_assert_cmpint (stream->transport, ==, LENS_STREAM_OVER_HTTP);
  g_assert_cmpuint (stream->tracks->len, ==, 1);
  const LensDeclaredService *service = g_ptr_array_index (profile->services, 0);
  g_assert_cmpint (service->port, ==, -1);
  g_assert_cmpuint (service->protocol, ==, 47);
  g_assert_cmpint (service->direction, ==, LENS_DIRECTION_BOTH);
  g_assert_cmpuint (service->to->len, ==, 0);
}

#define ALL_GROUPS                                                                                 \
  "[device], [stream NAME], [viewer], [service NAME], [dns], [discovery], [capture], [phases], "   \
  "[stimulus NAME], [report]"
#define ADDRESSES "IPv4 or IPv6 addresses of the device, separated by commas; no names, no networks"
#define TEXT "text of 1 to 1024 characters without control characters"
#define URLS                                                                                       \
  "rtsp://host[:port]/path or rtsps://..., at most 2000 octets, port 1 to 65535, without user "    \
  "information"
#define PEERS                                                                                      \
  "addresses, networks (address/prefix) or host names, separated by commas; "                      \
  "without the key: anybody"
#define NAMES "host names or *.suffix (every name below it), separated by commas; empty: none"

static void
groups_and_keys_nobody_knows_are_refused (void)
{
  refused ("", "[device]: missing; allowed: one group with name and address");
  refused ("[capture]\n", "[device]: missing; allowed: one group with name and address");
  refused (DEVICE "[vlan]\n", "[vlan]: no such group; allowed: " ALL_GROUPS);
  refused (DEVICE "[streams main]\n", "[streams main]: no such group; allowed: " ALL_GROUPS);
  refused (DEVICE "[stream]\n", "[stream]: has no name; allowed: [stream NAME]");
  refused (DEVICE "[viewer x]\n", "[viewer x]: takes no name; allowed: [viewer]");
  refused (DEVICE "[service 0123456789012345678901234567890123456789012345678901234567890123x]\n",
           "[service 0123456789012345678901234567890123456789012345678901234567890123x]: "
           "the name is too long; allowed: 64 characters");
  refused (DEVICE "colour = red\n",
           "[device] colour: no such key; allowed: name, address, mac, kind, vendor, model, "
           "firmware, serial, site, owner, asset");
  refused (DEVICE "name[de] = T\xc3\xbcr\n",
           "[device] name[de]: no such key; allowed: name, address, mac, kind, vendor, model, "
           "firmware, serial, site, owner, asset");
  refused (STREAM URL "password = hunter2\n",
           "[stream main] password: no such key; allowed: url, transport, tracks, credentials, "
           "allow-basic, group");
}

static void
what_is_said_twice_is_refused (void)
{
  refused (DEVICE DEVICE, "[device]: line 4: a second group of that name; allowed: one");
  refused (DEVICE "name = Gate\n", "[device] name: line 4: given a second time; allowed: once");
  refused (STREAM URL "[stream  main]\n" URL,
           "[stream  main]: a second group of that name; allowed: one");
}

static void
what_is_missing_is_named (void)
{
  refused ("[device]\naddress = 192.0.2.1\n", "[device] name: missing; allowed: " TEXT);
  refused ("[device]\nname = x\n", "[device] address: missing; allowed: " ADDRESSES);
  refused (STREAM, "[stream main] url: missing; allowed: " URLS);
  refused (SERVICE "port = 1\n",
           "[service ntp] proto: missing; allowed: udp, tcp, icmp, icmpv6 or a number from 0 to "
           "255");
  refused (DEVICE "[viewer]\n",
           "[viewer] address: missing; allowed: addresses or networks (address/prefix), separated "
           "by commas; no names");
  refused (DEVICE "[dns]\n", "[dns] names: missing; allowed: " NAMES);
  refused (DEVICE "[discovery]\n",
           "[discovery] allow: missing; allowed: arp, nd, dhcp, igmp, mld, mdns, ssdp, "
           "ws-discovery, lldp, cdp, nbns, llmnr and vendor, separated by commas; empty: none");
  refused (DEVICE "[stimulus light]\n",
           "[stimulus light] command: missing; allowed: a command line, or ask");
}

/* One bad value of a key of [device]. */
static void
device_refuses (const char *key, const char *value, const char *allowed)
{
  g_autofree char *text = g_strdup_printf ("[device]\n%s = %s\n", key, value);
  g_autofree char *says
      = g_strdup_printf ("[device] %s: \"%s\" is not allowed; allowed: %s", key, value, allowed);

  refused (text, says);
}

static void
the_device_is_one_host (void)
{
  static const char *const addresses[] = { "192.0.2.0/24",
                                           "camera.example.net",
                                           "192.0.2.256",
                                           "224.0.0.1",
                                           "255.255.255.255",
                                           "0.0.0.0",
                                           "::",
                                           "ff02::1",
                                           "fe80::1%eth0",
                                           "192.0.2.1 192.0.2.2" };
  static const char *const macs[] = { "44:19:b6:00:00",    "44:19:b6:00:00:0g", "45:19:b6:00:00:01",
                                      "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    device_refuses ("address", addresses[i], ADDRESSES);
  for (guint i = 0; i < G_N_ELEMENTS (macs); i++)
    device_refuses ("mac", macs[i], "the address of one network card, like 44:19:b6:00:00:01");
  device_refuses ("kind", "toaster", "camera, recorder, intercom, entry or other");
  device_refuses ("kind", "Camera", "camera, recorder, intercom, entry or other");
  device_refuses ("name", "", TEXT);
  device_refuses ("vendor", "", TEXT);
  refused ("[device]\nname = a\\nb\n", "[device] name: \"a\\nb\" is not allowed; allowed: " TEXT);
  refused ("[device]\naddress = 192.0.2.1,,192.0.2.2\n",
           "[device] address: \"192.0.2.1,,192.0.2.2\" has an empty entry; allowed: " ADDRESSES);
  refused ("[device]\naddress =\n",
           "[device] address: \"\" has an empty entry; allowed: " ADDRESSES);
  refused ("[device]\nname = a\\qb\n", "[device] name: a backslash that escapes nothing; "
                                       "allowed: \\s \\n \\t \\r \\\\");
}

static void
a_long_value_is_quoted_in_part (void)
{
  g_autofree char *long_name = g_strnfill (1025, 'x');
  g_autofree char *text = g_strdup_printf ("[device]\nname = %s\n", long_name);

  long_name[60] = '\0';
  g_autofree char *says
      = g_strdup_printf ("[device] name: \"%s\"... is not allowed; allowed: " TEXT, long_name);
  refused (text, says);
}

static void
a_stream_s_url_is_whole_and_holds_no_secret (void)
{
  static const char *const urls[] = { "rtsp://192.0.2.100:0/",
                                      "rtsp://192.0.2.100:65536/",
                                      "rtsp://192.0.2.100:/a b",
                                      "http://192.0.2.100/",
                                      "192.0.2.100",
                                      "rtsp:///1",
                                      "rtsp://192.0.2.100/#x",
                                      "rtsp://192.0.2.300/",
                                      "rtsp://[fd00::100/",
                                      "rtsp://[fd00::zz]/",
                                      "rtsp://[fe80::1%25eth0]/",
                                      "rtsp://\xc3\xa4.example/",
                                      "rtsp://-a.example/",
                                      "",
                                      "rtspu://192.0.2.100/" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *text = g_strconcat (STREAM "url = ", urls[i], "\n", NULL);
      refused (text, "[stream main] url: this value is not allowed; allowed: " URLS);
    }
  refused (STREAM "url = rtsp://admin:hunter2@192.0.2.100/1\n",
           "[stream main] url: this value holds user information; allowed: " URLS);
  refused (STREAM "url = rtsp://admin@192.0.2.100/1\n",
           "[stream main] url: this value holds user information; allowed: " URLS);
  g_autofree char *path = g_strnfill (2001 - strlen ("rtsp://192.0.2.100/"), 'x');
  g_autofree char *text = g_strconcat (STREAM "url = rtsp://192.0.2.100/", path, "\n", NULL);
  refused (text, "[stream main] url: this value is not allowed; allowed: " URLS);
  path[strlen (path) - 1] = '\0';
  g_autofree char *fits = g_strconcat (STREAM "url = rtsp://192.0.2.100/", path, "\n", NULL);
  g_autoptr (LensProfile) profile = accepted (fits);
  g_assert_cmpuint (profile->streams->len, ==, 1);
  refused (STREAM "url = rtsp://192.0.2.7/1\n",
           "[stream main] url: 192.0.2.7 is not the device's; allowed: an address of [device], "
           "or a host name");
}

static void
a_stream_s_keys_take_only_their_words (void)
{
#define TRANSPORTS "tcp, udp, multicast, http or tls"
#define TRACKS "video, audio and metadata, each at most once, separated by commas"
#define CREDENTIALS                                                                                \
  "[stream main] credentials: this value is not allowed; allowed: env:NAME, file:PATH or ask; "    \
  "never the secret itself"
  refused (STREAM URL "transport = sctp\n",
           "[stream main] transport: \"sctp\" is not allowed; allowed: " TRANSPORTS);
  refused (STREAM URL "transport = tls\n", "[stream main] transport: does not fit the url; "
                                           "allowed for rtsp: tcp, udp, multicast or http");
  refused (STREAM "url = rtsps://192.0.2.100/\ntransport = tcp\n",
           "[stream main] transport: does not fit the url; allowed for rtsps: tls");
  refused (STREAM URL "transport = multicast\ngroup = 239.1.2.3, 192.0.2.1\n",
           "[stream main] group: \"239.1.2.3, 192.0.2.1\" is not allowed; allowed: IPv4 or IPv6 "
           "multicast addresses, separated by commas");
  refused (STREAM URL "group = 239.1.2.3\n",
           "[stream main] group: does not fit the transport; allowed for multicast only");
  refused (STREAM "tracks = video, video\n",
           "[stream main] tracks: \"video, video\" is not allowed; allowed: " TRACKS);
  refused (STREAM "tracks = text\n",
           "[stream main] tracks: \"text\" is not allowed; allowed: " TRACKS);
  refused (STREAM "tracks =\n", "[stream main] tracks: \"\" has an empty entry; allowed: " TRACKS);
  refused (STREAM "credentials = admin:hunter2\n", CREDENTIALS);
  refused (STREAM "credentials = env:\n", CREDENTIALS);
  refused (STREAM "credentials = env:1ST\n", CREDENTIALS);
  refused (STREAM "credentials = env:A-B\n", CREDENTIALS);
  refused (STREAM "credentials = file:\n", CREDENTIALS);
  refused (STREAM "credentials = ask me\n", CREDENTIALS);
  refused (STREAM "credentials =\n", CREDENTIALS);
  refused (STREAM "allow-basic = true\n",
           "[stream main] allow-basic: \"true\" is not allowed; allowed: yes or no");
}

static void
a_service_s_keys_take_only_their_words (void)
{
#define PORTS "a number from 1 to 65535; without the key: any port"
  refused (SERVICE "proto = gre\n", "[service ntp] proto: \"gre\" is not allowed; allowed: udp, "
                                    "tcp, icmp, icmpv6 or a number from 0 to 255");
  refused (SERVICE "proto = 256\n", "[service ntp] proto: \"256\" is not allowed; allowed: udp, "
                                    "tcp, icmp, icmpv6 or a number from 0 to 255");
  refused (SERVICE "port = 0\n", "[service ntp] port: \"0\" is not allowed; allowed: " PORTS);
  refused (SERVICE "port = 65536\n",
           "[service ntp] port: \"65536\" is not allowed; allowed: " PORTS);
  refused (SERVICE "port = +1\n", "[service ntp] port: \"+1\" is not allowed; allowed: " PORTS);
  refused (SERVICE "port = 80, 81\n",
           "[service ntp] port: \"80, 81\" is not allowed; allowed: " PORTS);
  refused (SERVICE "to = any\n", "[service ntp] to: \"any\" is not allowed; allowed: " PEERS);
  refused (SERVICE "to = *\n", "[service ntp] to: \"*\" is not allowed; allowed: " PEERS);
  refused (SERVICE "to = 192.0.2.0/33\n",
           "[service ntp] to: \"192.0.2.0/33\" is not allowed; allowed: " PEERS);
  refused (SERVICE "to = 192.0.2.1;192.0.2.2\n",
           "[service ntp] to: \"192.0.2.1;192.0.2.2\" is not allowed; allowed: " PEERS);
  refused (SERVICE "to = 192.0.2.300\n",
           "[service ntp] to: \"192.0.2.300\" is not allowed; allowed: " PEERS);
  refused (SERVICE "to = \n", "[service ntp] to: \"\" has an empty entry; allowed: " PEERS);
  refused (SERVICE "direction = up\n",
           "[service ntp] direction: \"up\" is not allowed; allowed: out, in or both");
  refused (SERVICE "max-bytes-per-day = 0\n",
           "[service ntp] max-bytes-per-day: \"0\" is not allowed; allowed: a number of at least "
           "1; without the key: no limit");
  refused (SERVICE "max-bytes-per-day = 9223372036854775808\n",
           "[service ntp] max-bytes-per-day: \"9223372036854775808\" is not allowed; allowed: a "
           "number of at least 1; without the key: no limit");
  refused (SERVICE "proto = icmp\nport = 1\n",
           "[service ntp] port: this proto has no ports; allowed with: tcp, udp, 33, 132 or 136");
  refused (SERVICE "proto = icmp\nto = fd00::1\n",
           "[service ntp] to: an IPv6 address; allowed for icmp: IPv4 addresses and host names");
  refused (SERVICE "proto = icmpv6\nto = 192.0.2.1\n",
           "[service ntp] to: an IPv4 address; allowed for icmpv6: IPv6 addresses and host names");
}

static void
the_other_groups_take_only_their_words (void)
{
#define VIEWERS "addresses or networks (address/prefix), separated by commas; no names"
  refused (DEVICE "[viewer]\naddress = nvr.example.net\n",
           "[viewer] address: \"nvr.example.net\" is not allowed; allowed: " VIEWERS);
  refused (DEVICE "[viewer]\naddress =\n",
           "[viewer] address: \"\" has an empty entry; allowed: " VIEWERS);
  refused (DEVICE "[dns]\nnames = *\n", "[dns] names: \"*\" is not allowed; allowed: " NAMES);
  refused (DEVICE "[dns]\nnames = a.*.example\n",
           "[dns] names: \"a.*.example\" is not allowed; allowed: " NAMES);
  refused (DEVICE "[dns]\nnames = a, , b\n",
           "[dns] names: \"a, , b\" has an empty entry; allowed: " NAMES);
  refused (DEVICE "[discovery]\nallow = arp, bonjour\n",
           "[discovery] allow: \"arp, bonjour\" is not allowed; allowed: arp, nd, dhcp, igmp, mld, "
           "mdns, ssdp, ws-discovery, lldp, cdp, nbns, llmnr and vendor, separated by commas; "
           "empty: none");
  refused (DEVICE "[capture]\ninterface = eth0/1\n",
           "[capture] interface: \"eth0/1\" is not allowed; allowed: the name of a network "
           "interface");
  refused (DEVICE "[capture]\ninterface = sixteen-letters0\n",
           "[capture] interface: \"sixteen-letters0\" is not allowed; allowed: the name of a "
           "network interface");
  refused (DEVICE "[capture]\nmax-bytes = 1e9\n",
           "[capture] max-bytes: \"1e9\" is not allowed; allowed: a number of at least 1");
  refused (DEVICE "[capture]\nrotate-bytes = -1\n",
           "[capture] rotate-bytes: \"-1\" is not allowed; allowed: a number of at least 1, at "
           "most max-bytes");
  refused (DEVICE "[capture]\nmax-bytes = 10\nrotate-bytes = 11\n",
           "[capture] rotate-bytes: more than max-bytes; allowed: at most max-bytes (50000000000 "
           "when not given)");
  refused (DEVICE "[capture]\nrotate-bytes = 50000000001\n",
           "[capture] rotate-bytes: more than max-bytes; allowed: at most max-bytes (50000000000 "
           "when not given)");
  refused (DEVICE "[phases]\nidle = 1.5\n",
           "[phases] idle: \"1.5\" is not allowed; allowed: whole seconds, 0 to 2678400");
  refused (DEVICE "[phases]\nafter = 2678401\n",
           "[phases] after: \"2678401\" is not allowed; allowed: whole seconds, 0 to 2678400");
  refused (DEVICE "[phases]\nstream = 0\n", "[phases] stream: 0 seconds; allowed: 1 to 2678400");
  refused (DEVICE "[stimulus x]\ncommand =\n",
           "[stimulus x] command: \"\" is not allowed; allowed: a command line, or ask");
  refused (DEVICE "[stimulus x]\nblocks = 0\n",
           "[stimulus x] blocks: \"0\" is not allowed; allowed: a number from 1 to 1000");
  refused (DEVICE "[report]\nevaluator =\n",
           "[report] evaluator: \"\" is not allowed; allowed: " TEXT);
}

static void
a_text_that_is_no_key_file_is_refused (void)
{
  refused (DEVICE "hunter2\n", "line 4: allowed: [group], key = value, or a # comment");
  refused ("\xef\xbb\xbf" DEVICE, "starts with a byte order mark; allowed: UTF-8 without one");
}

static void
a_declared_name_may_stand_for_all_below_it (void)
{
  g_autoptr (LensProfile) profile
      = accepted (DEVICE "[dns]\nnames = Updates.Example.NET., *.pool.example\n");
  g_autoptr (LensProfile) none = accepted (DEVICE "[dns]\nnames =\n");

  g_assert_true (lens_profile_permits_name (profile, "updates.example.net"));
  g_assert_true (lens_profile_permits_name (profile, "0.pool.example"));
  g_assert_true (lens_profile_permits_name (profile, "a.b.pool.example"));
  g_assert_false (lens_profile_permits_name (profile, "pool.example"));
  g_assert_false (lens_profile_permits_name (profile, ".pool.example"));
  g_assert_false (lens_profile_permits_name (profile, "carpool.example"));
  g_assert_false (lens_profile_permits_name (profile, "x.updates.example.net"));
  g_assert_false (lens_profile_permits_name (profile, ""));
  g_assert_true (none->has_dns);
  g_assert_false (lens_profile_permits_name (none, "pool.example"));
}

static void
splits (const char *secret, const char *user, const char *password)
{
  g_autofree char *got_user = NULL, *got_password = NULL;

  lens_credentials_split (secret, &got_user, &got_password);
  g_assert_cmpstr (got_user, ==, user);
  g_assert_cmpstr (got_password, ==, password);
}

static void
a_secret_is_a_user_and_a_password (void)
{
  splits ("root:pass", "root", "pass");
  splits ("root:a:b\n", "root", "a:b");
  splits ("pass\r\n", "admin", "pass");
  splits (":pass", "", "pass");
  splits ("first\nuser:second", "admin", "first");
  splits ("", "admin", "");
}

/* Whatever the octets: a profile or an error of one line, never a crash. */
static void
damaged_profiles_end_in_a_profile_or_an_error (void)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (LensProfile) whole = example (&text, &length);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2326);
  guint refusals = 0;

  g_assert_nonnull (whole);
  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *damaged = g_memdup2 (text, length);
      g_autoptr (GError) error = NULL;
      gsize size = round % 3 == 0 ? (gsize)g_rand_int_range (rand, 0, (gint32)length) : length;

      for (guint i = g_rand_int_range (rand, 0, 4); i > 0; i--)
        damaged[g_rand_int_range (rand, 0, (gint32)length)]
            ^= (char)(1 << g_rand_int_range (rand, 0, 8));
      g_autoptr (LensProfile) profile = lens_profile_parse (damaged, size, &error);
      g_assert_true ((profile == NULL) == (error != NULL));
      if (error == NULL)
        continue;
      refusals++;
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (strlen (error->message), <, 1000);
      g_assert_null (strchr (error->message, '\n'));
    }
  g_assert_cmpuint (refusals, >, 5000);
  g_assert_cmpuint (refusals, <, 20000);
}

static void
random_octets_are_refused (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3550);

  for (guint round = 0; round < 5000; round++)
    {
      static const char letters[] = "[]=#\n\r ab,\\\xc3\xa4";
      char noise[200];
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < sizeof noise; i++)
        noise[i] = round % 2 == 0 ? (char)g_rand_int (rand)
                                  : letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
      g_assert_null (lens_profile_parse (noise, sizeof noise, &error));
      g_assert_nonnull (error);
    }
}

static char *
manual (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "lenscap-profile.5.scd", NULL);
  g_autoptr (GError) error = NULL;
  char *page;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  return page;
}

static void
the_manual_names_every_group_and_key (void)
{
  g_autofree char *page = manual ();

  for (const LensProfileGroup *group = lens_profile_groups; group->name != NULL; group++)
    {
      g_autofree char *heading
          = g_strdup_printf ("## [%s%s]\n", group->name, group->named ? " NAME" : "");
      const char *section = strstr (page, heading);
      g_assert_nonnull (section);
      const char *next = strstr (section + 1, "\n#");
      g_autofree char *text = g_strndup (section, (gsize)(next - section));
      for (const LensProfileKey *key = group->keys; key->name != NULL; key++)
        {
          /* "*vendor*, *model*, *firmware*=..." names several. */
          g_autofree char *pattern
              = g_strdup_printf ("^(\\*[a-z]+\\*, )*\\*%s\\*(, \\*[a-z]+\\*)*=", key->name);
          g_assert_true (g_regex_match_simple (pattern, text, G_REGEX_MULTILINE, 0));
        }
    }
}

/* The page's example is the file that the tests load. */
static void
the_manual_s_example_is_the_one_that_loads (void)
{
  g_autofree char *page = manual ();
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (LensProfile) profile = example (&text, &length);
  const char *start = strstr (page, "```\n");

  g_assert_nonnull (profile);
  g_assert_nonnull (start);
  start += strlen ("```\n");
  const char *end = strstr (start, "```\n");
  g_assert_nonnull (end);
  g_autofree char *shown = g_strndup (start, (gsize)(end - start));
  g_assert_cmpstr (shown, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/ledger/profile/" name, test)
  ADD ("the-example-loads-as-it-stands", the_example_loads_as_it_stands);
  ADD ("the-example-declares-a-stream-and-two-services",
       the_example_declares_a_stream_and_two_services);
  ADD ("groups-are-declared-with-multicast", groups_are_declared_with_multicast);
  ADD ("what-is-left-out-has-its-default", what_is_left_out_has_its_default);
  ADD ("groups-and-keys-nobody-knows-are-refused", groups_and_keys_nobody_knows_are_refused);
  ADD ("what-is-said-twice-is-refused", what_is_said_twice_is_refused);
  ADD ("what-is-missing-is-named", what_is_missing_is_named);
  ADD ("the-device-is-one-host", the_device_is_one_host);
  ADD ("a-long-value-is-quoted-in-part", a_long_value_is_quoted_in_part);
  ADD ("a-stream-s-url-is-whole-and-holds-no-secret", a_stream_s_url_is_whole_and_holds_no_secret);
  ADD ("a-stream-s-keys-take-only-their-words", a_stream_s_keys_take_only_their_words);
  ADD ("a-service-s-keys-take-only-their-words", a_service_s_keys_take_only_their_words);
  ADD ("the-other-groups-take-only-their-words", the_other_groups_take_only_their_words);
  ADD ("a-text-that-is-no-key-file-is-refused", a_text_that_is_no_key_file_is_refused);
  ADD ("a-declared-name-may-stand-for-all-below-it", a_declared_name_may_stand_for_all_below_it);
  ADD ("a-secret-is-a-user-and-a-password", a_secret_is_a_user_and_a_password);
  ADD ("damaged-profiles-end-in-a-profile-or-an-error",
       damaged_profiles_end_in_a_profile_or_an_error);
  ADD ("random-octets-are-refused", random_octets_are_refused);
  ADD ("the-manual-names-every-group-and-key", the_manual_names_every_group_and_key);
  ADD ("the-manual-s-example-is-the-one-that-loads", the_manual_s_example_is_the_one_that_loads);
  return g_test_run ();
}
