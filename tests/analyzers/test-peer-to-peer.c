/* Makers' protocols, brokers and pushes. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
say_pppp (Build *build, guint count)
{
  for (guint i = 0; i < count; i++)
    build_udp (
        build, CAMERA, 25000, 21000,
        build_join (build_hex ("f1d0 0068 d100 0001"), build_filled ((guint8)(0x80 + i), 100)));
}

static void
a_makers_protocol_that_carries_data_hides_it (void)
{
  g_autoptr (Build) build = build_new ("peer-to-peer");

  build_session (build, build_sdp_h264, FALSE, "");
  say_pppp (build, 10);
  const LensFindingRow *finding = build_found (build, "p2p-pppp", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  g_assert_cmpuint (finding->used_bits, ==, 10 * 800);
}

static void
its_greetings_alone_are_little (void)
{
  g_autoptr (Build) build = build_new ("peer-to-peer");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint i = 0; i < 5; i++)
    build_udp (build, CAMERA, 25000, 32100, build_hex ("f100 0000"));
  build_found (build, "p2p-pppp", LENS_SEVERITY_LOW);
}

/* To all on the link: IPv4 and UDP headers of @data octets, none of them checked here. */
static void
call_all (Build *build, guint number, GByteArray *data)
{
  const guint8 total = (guint8)(28 + data->len), udp = (guint8)(8 + data->len);
  g_autofree char *head
      = g_strdup_printf ("ffffffffffff 020000000010 0800 4500 00%02x 00%02x 0000 40 11"
                         " 0000 c000020a ffffffff 63a4 7d6c 00%02x 0000",
                         total, number, udp);

  build_frame (build, build_join (build_hex (head), data));
}

static void
its_call_on_the_link_is_discovery_while_it_carries_nothing (void)
{
  for (guint full = 0; full < 2; full++)
    {
      g_autoptr (Build) build = build_new ("peer-to-peer");

      build_session (build, build_sdp_h264, FALSE, "");
      for (guint i = 0; i < 5; i++)
        call_all (build, i,
                  full ? build_join (build_hex ("f1d0 0068 d100 0001"),
                                     build_filled ((guint8)(0x80 + i), 100))
                       : build_hex ("f131 0014 544e505553414500 0003784a 4453454c44000000"));
      const LensFindingRow *finding = build_finding (build, "p2p-pppp");
      g_assert_nonnull (finding);
      if (full)
        g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
      else
        g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_INFO);
      g_assert_cmpint (build->evaluation->ledger.classes[LENS_CLASS_HIDDEN].bytes > 0, ==, full);
    }
}

static void
two_datagrams_may_be_chance (void)
{
  g_autoptr (Build) build = build_new ("peer-to-peer");

  build_session (build, build_sdp_h264, FALSE, "");
  say_pppp (build, 2);
  g_assert_null (build_finding (build, "p2p-pppp"));
}

/* The camera's answers to a neighbour's client of the maker. */
static void
a_neighbour_who_asks_is_a_viewer (void)
{
  g_autoptr (Build) build = build_new ("peer-to-peer");
  BuildTcp tcp = { 0 };
  static const char login[] = "ff000000 00000000 00000000 0000 e803 04000000 7b7d0a00";

  build_session (build, build_sdp_h264, FALSE, "");
  build_connect (build, &tcp, 34567, 40000);
  build_segment (build, &tcp, VIEWER, build_hex (login));
  build_segment (build, &tcp, CAMERA, build_hex (login));
  const LensFindingRow *finding = build_finding (build, "p2p-kalay-tutk");
  g_assert_nonnull (finding);
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      g_assert_cmpint (row->severity, <=, LENS_SEVERITY_LOW);
    }
}

static void
a_broker_is_named (void)
{
  g_autoptr (Build) build = build_declared ("peer-to-peer", "");
  BuildTcp tcp = { 0 };

  build_connect (build, &tcp, 40000, 1883);
  build_segment (build, &tcp, CAMERA, build_hex ("100d 0004 4d515454 04 02 003c 0001 63"));
  build_segment (build, &tcp, CAMERA,
                 build_join (build_hex ("3064 0001 74"), build_filled (1, 97)));
  const LensFindingRow *finding = build_found (build, "mqtt-amqp-cloud", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_nonnull (strstr (finding->detail, "MQTT"));
}

static void
what_was_declared_is_named_and_quiet (void)
{
  g_autoptr (Build) build = build_declared (
      "peer-to-peer", "[service log]\nproto = udp\nport = 514\nto = 192.0.2.20\n");

  build_udp (build, CAMERA, 40000, 514, build_text ("<14>camera: motion"));
  g_assert_nonnull (build_quiet (build, "isup-ehome-rtmp-push"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/peer-to-peer/a-makers-protocol-that-carries-data-hides-it",
                   a_makers_protocol_that_carries_data_hides_it);
  g_test_add_func ("/analyzers/peer-to-peer/its-greetings-alone-are-little",
                   its_greetings_alone_are_little);
  g_test_add_func (
      "/analyzers/peer-to-peer/its-call-on-the-link-is-discovery-while-it-carries-nothing",
      its_call_on_the_link_is_discovery_while_it_carries_nothing);
  g_test_add_func ("/analyzers/peer-to-peer/two-datagrams-may-be-chance",
                   two_datagrams_may_be_chance);
  g_test_add_func ("/analyzers/peer-to-peer/a-neighbour-who-asks-is-a-viewer",
                   a_neighbour_who_asks_is_a_viewer);
  g_test_add_func ("/analyzers/peer-to-peer/a-broker-is-named", a_broker_is_named);
  g_test_add_func ("/analyzers/peer-to-peer/what-was-declared-is-named-and-quiet",
                   what_was_declared_is_named_and_quiet);
  return g_test_run ();
}
