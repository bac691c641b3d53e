#include "wire/rtp.h"

#include <string.h>

#include "real-capture.h"

/* V=2 P=1 X=1 CC=2, M=1 PT=96, one extension word, 5 octets of payload, 3 of padding. */
static const guint8 full[] = {
  0xb2, 0xe0, 0x12, 0x34,               /* V P X CC, M PT, sequence */
  0x00, 0x01, 0x00, 0x02,               /* timestamp */
  0xde, 0xad, 0xbe, 0xef,               /* SSRC */
  0x00, 0x00, 0x00, 0x01, 0,   0, 0, 2, /* two CSRCs */
  0xab, 0xac, 0x00, 0x01,               /* profile 0xABAC, one word */
  0x01, 0x02, 0x03, 0x04,               /* the word */
  'h',  'e',  'l',  'l',  'o',          /* payload */
  0x77, 0x00, 0x03,                     /* padding, count 3 */
};

static void
assert_adds_up (const LensRtp *rtp, gsize length)
{
  const LensRange parts[] = { rtp->header, rtp->csrc, rtp->extension, rtp->payload, rtp->padding };
  gsize position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_assert_cmpuint (parts[i].offset, ==, position);
      position += parts[i].length;
    }
  g_assert_cmpuint (position, ==, length);
}

static void
every_part_is_named (void)
{
  LensRtp rtp;

  g_assert_true (lens_rtp_parse (full, sizeof full, &rtp));
  g_assert_true (rtp.padding_bit && rtp.extension_bit && rtp.marker);
  g_assert_cmpuint (rtp.payload_type, ==, 96);
  g_assert_cmpuint (rtp.sequence, ==, 0x1234);
  g_assert_cmpuint (rtp.timestamp, ==, 0x10002);
  g_assert_cmpuint (rtp.ssrc, ==, 0xdeadbeef);
  g_assert_cmpuint (rtp.csrc_count, ==, 2);
  g_assert_cmpuint (rtp.extension_profile, ==, 0xabac);
  g_assert_cmpuint (rtp.extension.length, ==, 8);
  g_assert_cmpuint (rtp.payload.offset, ==, 28);
  g_assert_cmpuint (rtp.payload.length, ==, 5);
  g_assert_cmpuint (rtp.padding.length, ==, 3);
  g_assert_cmpuint (rtp.odd, ==, 0);
  assert_adds_up (&rtp, sizeof full);
}

static void
a_malformed_padding_count_leaves_the_octets_in_the_payload (void)
{
  guint8 octets[sizeof full];
  LensRtp rtp;

  memcpy (octets, full, sizeof full);
  octets[sizeof full - 1] = 9; /* payload and padding are 8 */
  g_assert_true (lens_rtp_parse (octets, sizeof octets, &rtp));
  g_assert_cmpuint (rtp.odd, ==, LENS_RTP_PADDING_BEYOND);
  g_assert_cmpuint (rtp.padding.length, ==, 0);
  g_assert_cmpuint (rtp.payload.length, ==, 8);
  assert_adds_up (&rtp, sizeof octets);

  octets[sizeof full - 1] = 0;
  g_assert_true (lens_rtp_parse (octets, sizeof octets, &rtp));
  g_assert_cmpuint (rtp.odd, ==, LENS_RTP_PADDING_ZERO);
  g_assert_cmpuint (rtp.payload.length, ==, 8);

  octets[sizeof full - 1] = 8;
  g_assert_true (lens_rtp_parse (octets, sizeof octets, &rtp));
  g_assert_cmpuint (rtp.odd, ==, 0);
  g_assert_cmpuint (rtp.payload.length, ==, 0);
}

static void
a_cut_packet_still_adds_up (void)
{
  LensRtp rtp;

  for (gsize length = 0; length <= sizeof full; length++)
    {
      gboolean parsed = lens_rtp_parse (full, length, &rtp);
      g_assert_cmpint (parsed, ==, length >= 12);
      if (!parsed)
        continue;
      assert_adds_up (&rtp, length);
      g_assert_cmpint ((rtp.odd & LENS_RTP_CSRC_CUT) != 0, ==, length < 20);
      g_assert_cmpint ((rtp.odd & LENS_RTP_EXTENSION_CUT) != 0, ==, length < 28);
    }
}

static void
only_version_2_is_rtp (void)
{
  guint8 octets[sizeof full];
  LensRtp rtp;

  memcpy (octets, full, sizeof full);
  octets[0] = 0x72; /* version 1 */
  g_assert_false (lens_rtp_parse (octets, sizeof octets, &rtp));
}

static void
one_byte_elements_are_walked (void)
{
  static const guint8 octets[] = {
    0x90, 0x60, 0,    1,    0, 0, 0, 1, 0, 0, 0, 1, /* header with X */
    0xbe, 0xde, 0x00, 0x03,                         /* three words */
    0x10, 0xaa,                                     /* id 1, one octet */
    0x00, 0x00,                                     /* padding */
    0x22, 1,    2,    3,                            /* id 2, three octets */
    0xf0, 0x61, 0x62, 0x63,                         /* id 15: stop */
  };
  LensRtp rtp;
  LensRtpElements elements;
  LensRtpElement element;

  g_assert_true (lens_rtp_parse (octets, sizeof octets, &rtp));
  g_assert_true (lens_rtp_elements_init (&elements, octets, &rtp));
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpint (element.kind, ==, LENS_RTP_ELEMENT_DATA);
  g_assert_cmpuint (element.id, ==, 1);
  g_assert_cmpuint (element.data.offset, ==, 17);
  g_assert_cmpuint (element.data.length, ==, 1);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpint (element.kind, ==, LENS_RTP_ELEMENT_PADDING);
  g_assert_cmpuint (element.whole.length, ==, 2);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpuint (element.id, ==, 2);
  g_assert_cmpuint (element.data.length, ==, 3);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpint (element.kind, ==, LENS_RTP_ELEMENT_STOPPED);
  g_assert_cmpuint (element.whole.offset, ==, 24);
  g_assert_cmpuint (element.whole.length, ==, 4);
  g_assert_false (lens_rtp_elements_next (&elements, &element));
}

static void
two_byte_elements_are_walked (void)
{
  static const guint8 octets[] = {
    0x90, 0x60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, /* header with X */
    0x10, 0x05, 0, 2,                         /* appbits 5, two words */
    0x20, 0x00,                               /* id 32, empty */
    0x07, 0x02, 9, 9,                         /* id 7, two octets */
    0x08, 0x05,                               /* id 8, five octets that are not there */
  };
  LensRtp rtp;
  LensRtpElements elements;
  LensRtpElement element;

  g_assert_true (lens_rtp_parse (octets, sizeof octets, &rtp));
  g_assert_true (lens_rtp_elements_init (&elements, octets, &rtp));
  g_assert_cmpuint (elements.appbits, ==, 5);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpuint (element.id, ==, 32);
  g_assert_cmpuint (element.data.length, ==, 0);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpuint (element.id, ==, 7);
  g_assert_cmpuint (element.data.length, ==, 2);
  g_assert_true (lens_rtp_elements_next (&elements, &element));
  g_assert_cmpint (element.kind, ==, LENS_RTP_ELEMENT_CUT);
  g_assert_cmpuint (element.whole.length, ==, 2);
  g_assert_false (lens_rtp_elements_next (&elements, &element));
}

static void
rtcp_and_noise_are_not_plausible_rtp (void)
{
  static const guint8 media[13] = { 0x80, 0x60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff };
  static const guint8 receiver_report[13] = { 0x80, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0xff };
  static const guint8 zeros[13] = { 0x80 };

  g_assert_true (lens_rtp_plausible (media, sizeof media));
  g_assert_false (lens_rtp_plausible (media, 12)); /* no payload */
  g_assert_false (lens_rtp_plausible (receiver_report, sizeof receiver_report));
  g_assert_false (lens_rtp_plausible (zeros, sizeof zeros));
}

static void
random_octets_always_add_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint parsed = 0;

  for (guint round = 0; round < 100000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 90);
      g_autofree guint8 *octets = g_malloc (length + 1);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, 256);
      octets[0] = (octets[0] & 0x3f) | 0x80;
      if (length > 16 && round % 2 == 0)
        {
          octets[0] = 0x90;
          octets[12] = 0xbe;
          octets[13] = 0xde;
          octets[14] = 0;
        }
      LensRtp rtp;
      if (!lens_rtp_parse (octets, length, &rtp))
        continue;
      parsed++;
      assert_adds_up (&rtp, length);
      LensRtpElements elements;
      LensRtpElement element;
      gsize sum = 4;
      if (!lens_rtp_elements_init (&elements, octets, &rtp))
        continue;
      while (lens_rtp_elements_next (&elements, &element))
        sum += element.whole.length;
      g_assert_cmpuint (sum, ==, rtp.extension.length);
    }
  g_assert_cmpuint (parsed, >, 50000);
}

typedef struct
{
  GHashTable *last; /* direction of a flow -> LensRtp */
  guint types[128]; /* plausible packets by payload type */
  guint continuing;
} Tally;

static void
count_rtp (const RealPayload *payload, gpointer user)
{
  Tally *tally = user;
  LensRtp rtp;

  if (payload->protocol != 17 || !lens_rtp_plausible (payload->payload, payload->length)
      || !lens_rtp_parse (payload->payload, payload->length, &rtp))
    return;
  assert_adds_up (&rtp, payload->length);
  tally->types[rtp.payload_type]++;

  char *key = g_strdup_printf ("%x %x %x %x", payload->source, payload->destination,
                               payload->source_port, payload->destination_port);
  const LensRtp *before = g_hash_table_lookup (tally->last, key);
  if (before != NULL && lens_rtp_continues (before, &rtp))
    tally->continuing++;
  g_hash_table_replace (tally->last, key, g_memdup2 (&rtp, sizeof rtp));
}

static gboolean
tally_capture (const char *name, Tally *tally)
{
  *tally = (Tally){ .last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  gboolean there = real_capture_walk (name, count_rtp, tally);
  g_hash_table_unref (tally->last);
  return there;
}

static void
undeclared_streams_of_real_captures_are_recognised (void)
{
  /* As tshark --enable-heuristic rtp_udp counts them; one flow each. */
  static const struct
  {
    const char *capture;
    guint8 payload_type;
    guint packets;
  } cases[] = {
    { "SIPp_sipp__g711a.pcap", 8, 236 },
    { "dkozyr_tau__wilson.pcap", 104, 407 },
    { "netham45_screamrouter__rtp.pcap", 127, 399 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Tally tally;
      if (!tally_capture (cases[i].capture, &tally))
        return;
      g_assert_cmpuint (tally.types[cases[i].payload_type], ==, cases[i].packets);
      g_assert_cmpuint (tally.continuing, ==, cases[i].packets - 1);
    }
}

/* Peer-to-peer video, DNS, a DNS tunnel, syslog: one packet may look like RTP, none goes on. */
static void
other_real_traffic_does_not_continue_like_rtp (void)
{
  static const char *const captures[]
      = { "NEU-SNS_intl-iot__yi_camera_sample.pcap", "ntop_nDPI__bad-dns-traffic.pcap",
          "ntop_nDPI__dns-tunnel-iodine.pcap", "ntop_nDPI__syslog.pcap" };

  for (guint i = 0; i < G_N_ELEMENTS (captures); i++)
    {
      Tally tally;
      if (!tally_capture (captures[i], &tally))
        return;
      g_assert_cmpuint (tally.continuing, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtp/every-part-is-named", every_part_is_named);
  g_test_add_func ("/wire/rtp/a-malformed-padding-count-leaves-the-octets-in-the-payload",
                   a_malformed_padding_count_leaves_the_octets_in_the_payload);
  g_test_add_func ("/wire/rtp/a-cut-packet-still-adds-up", a_cut_packet_still_adds_up);
  g_test_add_func ("/wire/rtp/only-version-2-is-rtp", only_version_2_is_rtp);
  g_test_add_func ("/wire/rtp/one-byte-elements-are-walked", one_byte_elements_are_walked);
  g_test_add_func ("/wire/rtp/two-byte-elements-are-walked", two_byte_elements_are_walked);
  g_test_add_func ("/wire/rtp/rtcp-and-noise-are-not-plausible-rtp",
                   rtcp_and_noise_are_not_plausible_rtp);
  g_test_add_func ("/wire/rtp/random-octets-always-add-up", random_octets_always_add_up);
  g_test_add_func ("/wire/rtp/undeclared-streams-of-real-captures-are-recognised",
                   undeclared_streams_of_real_captures_are_recognised);
  g_test_add_func ("/wire/rtp/other-real-traffic-does-not-continue-like-rtp",
                   other_real_traffic_does_not_continue_like_rtp);
  return g_test_run ();
}
