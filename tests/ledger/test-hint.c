/* Which filter a person gets, and what keeps it from showing nothing. */
#include "ledger/hint.h"

#include "ledger/track.h"

typedef struct
{
  LensSide side, outer;
  LensSideRare rare, outer_rare;
  LensStream stream;
  LensTrack track;
  LensCarrier carrier;
} Scene;

/* The camera to its viewer, in frame 7. */
static Scene *
scene_new (guint8 protocol, guint16 sport, guint16 dport)
{
  Scene *scene = g_new0 (Scene, 1);

  scene->side.key.protocol = protocol;
  scene->side.key.sport = sport;
  scene->side.key.dport = dport;
  g_assert_true (lens_address_parse ("192.0.2.100", &scene->side.key.src));
  g_assert_true (lens_address_parse ("192.0.2.1", &scene->side.key.dst));
  scene->side.key.src_mac[5] = 1;
  scene->side.key.dst_mac[5] = 2;
  scene->side.key.has_mac = 3;
  scene->side.rare = &scene->rare;
  scene->outer.rare = &scene->outer_rare;
  scene->carrier.side = &scene->side;
  scene->carrier.one_flow = scene->carrier.one_port = TRUE;
  lens_frame_set_add (&scene->carrier.frames, 7);
  return scene;
}

static void
scene_free (Scene *scene)
{
  lens_frame_set_clear (&scene->carrier.frames);
  g_free (scene);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

static void
expect (const Scene *scene, const char *wanted, gboolean ethernet, const char *filter)
{
  g_autofree char *found = lens_hint_new (wanted, &scene->carrier, ethernet);

  g_assert_cmpstr (found, ==, filter);
}

#define PAIR "ip.src == 192.0.2.100 && ip.dst == 192.0.2.1"

/* What every packet has would show them all. */
static void
test_pair (void)
{
  g_autoptr (Scene) scene = scene_new (1, 0, 0);

  expect (scene, "ip.id", TRUE, "ip.id && " PAIR);
  expect (scene, "icmp || icmpv6", TRUE, "(icmp || icmpv6) && " PAIR);
  expect (scene, NULL, TRUE, PAIR);
  scene->side.key.src.version = scene->side.key.dst.version = 0;
  expect (scene, "llc", TRUE,
          "llc && eth.src == 00:00:00:00:00:01 && eth.dst == 00:00:00:00:00:02");
  /* There link layers are told by other numbers, and Wireshark may not know one. */
  expect (scene, "llc", FALSE, "llc || frame.number == 7");
  expect (scene, NULL, FALSE, "frame.number >= 7");
}

static void
test_link (void)
{
  g_autoptr (Scene) scene = scene_new (17, 5000, 9000);

  expect (scene, "eth.padding || eth.trailer", TRUE,
          "(eth.padding || eth.trailer) && " PAIR " || frame.number == 7");
  expect (scene, "eth.padding || eth.trailer", FALSE,
          PAIR " && udp.srcport == 5000 && udp.dstport == 9000");
}

static void
test_ports (void)
{
  g_autoptr (Scene) dns = scene_new (17, 5000, 53);
  g_autoptr (Scene) odd = scene_new (17, 5000, 5354);

  expect (dns, "dns.opt", TRUE, "dns.opt && " PAIR " || frame.number == 7");
  expect (odd, "dns.opt", TRUE, PAIR " && udp.srcport == 5000 && udp.dstport == 5354");
  odd->carrier.one_flow = FALSE;
  expect (odd, "dns.opt", TRUE, PAIR " && udp.dstport == 5354");
  odd->carrier.one_port = FALSE;
  expect (odd, "dns.opt", TRUE, PAIR);
}

/* Words in quotes and operators are no fields. */
static void
test_words (void)
{
  g_autoptr (Scene) scene = scene_new (6, 80, 5000);

  expect (scene, "http.request.method in {\"POST\", \"rtsp\"}", TRUE,
          "http.request.method in {\"POST\", \"rtsp\"} && " PAIR " || frame.number == 7");
  expect (scene, "http contains \"dns\" or tcp", TRUE,
          "(http contains \"dns\" or tcp) && " PAIR " || frame.number == 7");
  expect (scene, "http || rtsp", TRUE, PAIR " && tcp.srcport == 80 && tcp.dstport == 5000");
}

static void
test_session (void)
{
  g_autoptr (Scene) scene = scene_new (17, 5000, 6000);

  scene->carrier.track = &scene->track;
  scene->track.stream = &scene->stream;
  scene->track.setup = TRUE;
  scene->stream.port = 554;
  expect (scene, "rtp.marker", TRUE, "rtp.marker && " PAIR " || frame.number == 7");
  scene->stream.port = 41554;
  expect (scene, "rtp.marker", TRUE, PAIR " && udp.srcport == 5000 && udp.dstport == 6000");
}

/* Only the last fragment of a datagram is shown as what it is. */
static void
test_fragments (void)
{
  g_autoptr (Scene) scene = scene_new (17, 5000, 9000);

  scene->side.of_fragments = TRUE;
  expect (scene, "udp && ip.len > 0", TRUE, "udp && ip.len > 0 && " PAIR " || frame.number == 7");
  expect (scene, NULL, TRUE,
          PAIR " && udp.srcport == 5000 && udp.dstport == 9000 || frame.number == 7");
  scene->side.key.sport = scene->side.key.dport = 0;
  expect (scene, NULL, TRUE, PAIR);
}

/* Nobody knows whether Wireshark opens what is inside. */
static void
test_tunnel (void)
{
  g_autoptr (Scene) scene = scene_new (1, 0, 0);

  scene->rare.outer = &scene->outer;
  expect (scene, "icmp", TRUE, "icmp && " PAIR " || frame.number == 7");
  expect (scene, "rtp", TRUE, PAIR " || frame.number == 7");
}

/* Beyond the cap a carrier stands for those of other hosts, too. */
static void
test_shared (void)
{
  g_autoptr (Scene) scene = scene_new (17, 5000, 53);

  scene->carrier.shared = TRUE;
  expect (scene, "ip.id", TRUE, "ip.id");
  expect (scene, "dns.opt", TRUE, "dns.opt || frame.number == 7");
  expect (scene, NULL, TRUE, "frame.number >= 7");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hint/of-the-pair-of-hosts", test_pair);
  g_test_add_func ("/hint/ethernet-only-where-all-is", test_link);
  g_test_add_func ("/hint/ports-where-nothing-is-dissected", test_ports);
  g_test_add_func ("/hint/fields-are-told-from-values", test_words);
  g_test_add_func ("/hint/rtp-needs-a-session-that-is-read", test_session);
  g_test_add_func ("/hint/fragments-have-the-first-frame", test_fragments);
  g_test_add_func ("/hint/a-packet-inside-another-has-it-too", test_tunnel);
  g_test_add_func ("/hint/no-hosts-where-there-are-several", test_shared);
  return g_test_run ();
}
