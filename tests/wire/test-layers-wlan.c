#include "wire/layers.h"

#include "wire/fcs.h"
#include "wire/link-protocol.h"

#include <string.h>

/* Addresses: a station, its access point, somebody behind it. */
#define STATION 0x44, 0x19, 0xb6, 0, 0, 1
#define POINT 2, 0, 0, 0, 0, 1
#define BEHIND 2, 0, 0, 0, 0, 2

/* LLC and SNAP, and a datagram of 24 octets: IPv4 from 192.0.2.100 to 192.0.2.1. */
#define SNAP 0xaa, 0xaa, 3, 0, 0, 0, 8, 0
#define PACKET                                                                                     \
  SNAP, 0x45, 0, 0, 24, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 100, 192, 0, 2, 1, 0xa0, 0xa1, 0xa2,  \
      0xa3
#define PACKET_LENGTH 32

/* A radiotap header with time, flags and rate (bits 0, 1, 2). */
#define RADIOTAP(flags) 0, 0, 18, 0, 7, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, flags, 2
#define WITH_FCS 0x10
#define PADDED 0x20

static void
assert_spans_add_up (const LensLayers *layers, gsize captured)
{
  const LensRange spans[]
      = { layers->pseudo, layers->link, layers->network, layers->payload, layers->trailer };
  gsize at = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_assert_cmpuint (spans[i].offset, ==, at);
      at += spans[i].length;
    }
  g_assert_cmpuint (at, ==, captured);
}

static LensLayers
parse (guint16 linktype, const guint8 *octets, gsize length)
{
  LensLayers layers;

  lens_layers_parse (linktype, 0, octets, length, length, &layers);
  assert_spans_add_up (&layers, length);
  return layers;
}

static void
assert_macs (const LensLayers *layers, const guint8 *source, const guint8 *destination)
{
  g_assert_true (layers->has_source_mac && layers->has_destination_mac);
  g_assert_cmpmem (layers->source_mac, 6, source, 6);
  g_assert_cmpmem (layers->destination_mac, 6, destination, 6);
}

/* IEEE 802.11-2020 table 9-26. */
static void
addresses_stand_by_the_bits_of_the_distribution_system (void)
{
  const guint8 station[] = { STATION }, behind[] = { BEHIND };
  const guint8 frames[][24 + 6 + PACKET_LENGTH] = {
    { 0x08, 0x00, 0, 0, BEHIND, STATION, POINT, 0, 0, PACKET },        /* within a cell */
    { 0x08, 0x01, 0, 0, POINT, STATION, BEHIND, 0, 0, PACKET },        /* to the point */
    { 0x08, 0x02, 0, 0, BEHIND, POINT, STATION, 0, 0, PACKET },        /* from it */
    { 0x08, 0x03, 0, 0, POINT, POINT, BEHIND, 0, 0, STATION, PACKET }, /* between two */
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      gsize header = i < 3 ? 24 : 30;
      LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11, frames[i], header + PACKET_LENGTH);
      assert_macs (&layers, station, behind);
      g_assert_cmpint (layers.wlan, ==, LENS_WLAN_DATA);
      g_assert_cmpuint (layers.link.length, ==, header + 8);
      g_assert_cmpuint (layers.ip_version, ==, 4);
      g_assert_cmpuint (layers.payload.length, ==, 4);
    }
}

static void
headers_grow_by_what_their_bits_say (void)
{
  const guint8 qos[]
      = { RADIOTAP (0), 0x88, 0x01, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, PACKET };
  const guint8 ht[]
      = { RADIOTAP (0), 0x88, 0x81, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, 1, 2, 3, 4, PACKET };
  const guint8 padded[]
      = { RADIOTAP (PADDED), 0x88, 0x01, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, 9, 9, PACKET };
  const struct
  {
    const guint8 *octets;
    gsize length, link;
  } frames[] = { { qos, sizeof qos, 26 + 8 },
                 { ht, sizeof ht, 30 + 8 },
                 { padded, sizeof padded, 28 + 8 } };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      LensLayers layers
          = parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, frames[i].octets, frames[i].length);
      g_assert_cmpuint (layers.pseudo.length, ==, 18);
      g_assert_cmpuint (layers.link.length, ==, frames[i].link);
      g_assert_cmpuint (layers.ip_version, ==, 4);
    }
}

static void
a_check_sequence_that_is_said_is_cut_off (void)
{
  guint8 octets[]
      = { RADIOTAP (WITH_FCS), 0x08, 0x01, 0, 0, POINT, STATION, BEHIND, 0, 0, PACKET, 0, 0, 0, 0 };
  lens_fcs_write (octets + 18, sizeof octets - 18);
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, octets, sizeof octets);

  g_assert_cmpuint (layers.fcs_length, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 4);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  g_assert_false (layers.wlan_damaged);

  octets[sizeof octets - 6] ^= 1;
  layers = parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, octets, sizeof octets);
  g_assert_true (layers.wlan_damaged);
  g_assert_false (layers.has_source_mac || layers.has_destination_mac);
  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 0);

  /* Of a frame that was cut nobody knows. */
  lens_layers_parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, 0, octets, sizeof octets - 6, sizeof octets,
                     &layers);
  assert_spans_add_up (&layers, sizeof octets - 6);
  g_assert_false (layers.wlan_damaged);
  g_assert_cmpuint (layers.fcs_length, ==, 0);
}

/* Sequence 0xabc; the first of several, without QoS, and the last. */
static void
fragments_are_left_and_have_numbers (void)
{
  const guint8 station[] = { STATION }, behind[] = { BEHIND };
  const guint8 first[] = { 0x08, 0x05, 0, 0, POINT, STATION, BEHIND, 0xc0, 0xab, PACKET };
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11, first, sizeof first);
  g_assert_true (layers.wlan_fragment && layers.wlan_more);
  g_assert_cmpuint (layers.wlan_number, ==, 0);
  g_assert_cmpuint (layers.wlan_sequence, ==, 0xabc);
  g_assert_cmpuint (layers.wlan_tid, ==, 16);
  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, PACKET_LENGTH);

  const guint8 last[] = { 0x88, 0x01, 0, 0, POINT, STATION, BEHIND, 0xc2, 0xab, 5, 0, PACKET };
  layers = parse (LENS_LINKTYPE_IEEE802_11, last, sizeof last);
  g_assert_true (layers.wlan_fragment && !layers.wlan_more);
  g_assert_cmpuint (layers.wlan_number, ==, 2);
  g_assert_cmpuint (layers.wlan_tid, ==, 5);

  LensLayers whole;
  const guint8 packet[] = { PACKET };
  lens_layers_parse_msdu (packet, sizeof packet, &layers, &whole);
  assert_macs (&whole, station, behind);
  assert_spans_add_up (&whole, sizeof packet);
  g_assert_cmpuint (whole.ip_version, ==, 4);
  g_assert_cmpuint (whole.payload.length, ==, 4);
}

static void
what_is_encrypted_is_not_opened (void)
{
  const guint8 data[] = { 0x88, 0x41, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, PACKET };
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11, data, sizeof data);
  g_assert_true (layers.wlan_sealed);
  g_assert_cmpuint (layers.link.length, ==, sizeof data);
  g_assert_true (layers.has_source_mac);

  const guint8 deauthentication[] = { 0xc0, 0x40, 0, 0, POINT, STATION, POINT, 0, 0, 1, 2, 3 };
  layers = parse (LENS_LINKTYPE_IEEE802_11, deauthentication, sizeof deauthentication);
  g_assert_true (layers.wlan_sealed);
  g_assert_cmpint (layers.wlan, ==, LENS_WLAN_MANAGEMENT);
  g_assert_cmpuint (layers.payload.length, ==, 0);
}

static void
management_and_control_are_told_apart (void)
{
  const guint8 station[] = { STATION }, point[] = { POINT };
  const guint8 probe[] = { 0x40, 0, 0, 0, POINT, STATION, POINT, 0, 0, 0, 1, 'a' };
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11, probe, sizeof probe);
  g_assert_cmpint (layers.wlan, ==, LENS_WLAN_MANAGEMENT);
  assert_macs (&layers, station, point);
  g_assert_cmpuint (layers.payload.length, ==, 3);
  g_assert_true (lens_link_is_upkeep (&layers, probe + layers.payload.offset));

  const guint8 vendor[] = { 0xd0, 0, 0, 0, POINT, STATION, POINT, 0, 0, 127, 0x18, 0xfe, 0x34 };
  layers = parse (LENS_LINKTYPE_IEEE802_11, vendor, sizeof vendor);
  g_assert_false (lens_link_is_upkeep (&layers, vendor + layers.payload.offset));

  const guint8 request_to_send[] = { 0xb4, 0, 0, 0, POINT, STATION };
  layers = parse (LENS_LINKTYPE_IEEE802_11, request_to_send, sizeof request_to_send);
  g_assert_cmpint (layers.wlan, ==, LENS_WLAN_CONTROL);
  assert_macs (&layers, station, point);
  g_assert_cmpuint (layers.link.length, ==, sizeof request_to_send);

  const guint8 acknowledgement[] = { 0xd4, 0, 0, 0, STATION };
  layers = parse (LENS_LINKTYPE_IEEE802_11, acknowledgement, sizeof acknowledgement);
  g_assert_true (layers.has_destination_mac && !layers.has_source_mac);

  const guint8 nothing[] = { 0x48, 0x01, 0, 0, POINT, STATION, POINT, 0, 0 };
  layers = parse (LENS_LINKTYPE_IEEE802_11, nothing, sizeof nothing);
  g_assert_cmpint (layers.wlan, ==, LENS_WLAN_DATA);
  g_assert_false (layers.header_cut);
}

/* Section 9.3.2.2: each but the last is filled up to a multiple of four octets. */
static void
an_aggregate_is_walked (void)
{
  const guint8 frame[] = { 0x88,
                           0x01,
                           0,
                           0,
                           POINT,
                           STATION,
                           POINT,
                           0,
                           0,
                           0x80,
                           0,
                           BEHIND,
                           STATION,
                           0,
                           PACKET_LENGTH,
                           PACKET,
                           0,
                           0, /* 46 and 2 */
                           BEHIND,
                           STATION,
                           0,
                           PACKET_LENGTH,
                           PACKET };
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11, frame, sizeof frame), inner;
  const guint8 *payload = frame + layers.payload.offset;
  LensRange subframe;
  gsize at = 0;

  g_assert_true (layers.wlan_aggregate);
  g_assert_cmpuint (layers.link.length, ==, 26);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (
          lens_layers_next_msdu (payload, layers.payload.length, 0, &at, &subframe, &inner));
      g_assert_cmpuint (subframe.length, ==, i == 0 ? 48 : 46);
      assert_spans_add_up (&inner, subframe.length);
      g_assert_cmpuint (inner.link.length, ==, 14 + 8);
      g_assert_cmpuint (inner.ip_version, ==, 4);
      g_assert_cmpuint (inner.trailer.length, ==, i == 0 ? 2 : 0);
    }
  g_assert_false (
      lens_layers_next_msdu (payload, layers.payload.length, 0, &at, &subframe, &inner));

  /* Whatever the lengths say, the subframes are those octets. */
  for (gsize length = 1; length <= layers.payload.length; length++)
    {
      gsize sum = 0;
      at = 0;
      while (lens_layers_next_msdu (payload, length, 5, &at, &subframe, &inner))
        {
          assert_spans_add_up (&inner, subframe.length);
          sum += subframe.length;
        }
      g_assert_cmpuint (sum, ==, length);
    }
}

static void
a_retry_is_the_same_frame (void)
{
  const guint8 first[] = { RADIOTAP (0), 0x08, 0x01, 0x2c, 0, POINT, STATION, BEHIND, 0, 0 };
  const guint8 again[] = { RADIOTAP (0), 0x08, 0x09, 0x30, 1, POINT, STATION, BEHIND, 0, 0 };
  g_autofree guint8 *one = g_memdup2 (first, sizeof first);
  g_autofree guint8 *other = g_memdup2 (again, sizeof again);
  LensLayers layers = parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, again, sizeof again);

  lens_layers_unretry (&layers, one);
  lens_layers_unretry (&layers, other);
  g_assert_cmpmem (one, sizeof first, other, sizeof again);
}

static void
other_headers_of_captures_are_passed (void)
{
  const guint8 frame[] = { 0x08, 0x01, 0, 0, POINT, STATION, BEHIND, 0, 0, PACKET, 0, 0, 0, 0 };
  /* PPI: its length, 802.11; a field of type 2 and 20 octets, whose flags stand at octet 8. */
  const guint8 ppi[32] = { 0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
  const guint8 avs[64] = { 0x80, 0x21, 0x10, 0x01, 0, 0, 0, 64 };
  const guint8 prism[144] = { 0x44, 0, 0, 0, 144, 0, 0, 0 };
  const struct
  {
    guint16 linktype;
    const guint8 *octets;
    gsize length, check;
  } headers[] = { { LENS_LINKTYPE_PPI, ppi, sizeof ppi, 4 },
                  { LENS_LINKTYPE_IEEE802_11_AVS, avs, sizeof avs, 0 },
                  { LENS_LINKTYPE_IEEE802_11_PRISM, avs, sizeof avs, 0 },
                  { LENS_LINKTYPE_IEEE802_11_PRISM, prism, sizeof prism, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      g_byte_array_append (octets, headers[i].octets, (guint)headers[i].length);
      g_byte_array_append (octets, frame, sizeof frame);
      lens_fcs_write (octets->data + headers[i].length, sizeof frame);
      LensLayers layers = parse (headers[i].linktype, octets->data, octets->len);
      g_assert_cmpuint (layers.pseudo.length, ==, headers[i].length);
      g_assert_cmpuint (layers.fcs_length, ==, headers[i].check);
      g_assert_cmpuint (layers.ip_version, ==, 4);
      g_assert_cmpuint (layers.payload.length, ==, 4);
    }
}

static void
cut_frames_and_lengths_that_lie_stay_inside (void)
{
  static const guint16 linktypes[] = { LENS_LINKTYPE_IEEE802_11, LENS_LINKTYPE_IEEE802_11_RADIOTAP,
                                       LENS_LINKTYPE_PPI, LENS_LINKTYPE_IEEE802_11_AVS };
  g_autoptr (GRand) random = g_rand_new_with_seed (20261127);
  guint8 octets[120];

  for (int round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof octets + 1);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, i < 8 ? 40 : 256);
      LensLayers layers = parse (linktypes[round % 4], octets, length);
      g_assert_cmpuint (layers.fcs_length, <=, layers.trailer.length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/layers-wlan/" name, function)
  ADD ("addresses-stand-by-the-bits-of-the-distribution-system",
       addresses_stand_by_the_bits_of_the_distribution_system);
  ADD ("headers-grow-by-what-their-bits-say", headers_grow_by_what_their_bits_say);
  ADD ("a-check-sequence-that-is-said-is-cut-off", a_check_sequence_that_is_said_is_cut_off);
  ADD ("fragments-are-left-and-have-numbers", fragments_are_left_and_have_numbers);
  ADD ("what-is-encrypted-is-not-opened", what_is_encrypted_is_not_opened);
  ADD ("management-and-control-are-told-apart", management_and_control_are_told_apart);
  ADD ("an-aggregate-is-walked", an_aggregate_is_walked);
  ADD ("a-retry-is-the-same-frame", a_retry_is_the_same_frame);
  ADD ("other-headers-of-captures-are-passed", other_headers_of_captures_are_passed);
  ADD ("cut-frames-and-lengths-that-lie-stay-inside", cut_frames_and_lengths_that_lie_stay_inside);
  return g_test_run ();
}
