#include "tests/analyzers/build-network.h"

#include "wire/address.h"
#include "wire/checksum.h"

static const char *const usual_4[] = { [CAMERA] = "192.0.2.10", [VIEWER] = "192.0.2.20" };
static const char *const usual_6[] = { [CAMERA] = "fd00::10", [VIEWER] = "fd00::20" };

static void
put (GByteArray *into, guint32 value, guint octets)
{
  for (guint i = octets; i > 0; i--)
    {
      guint8 octet = (guint8)(value >> 8 * (i - 1));
      g_byte_array_append (into, &octet, 1);
    }
}

static void
set_sum (GByteArray *octets, gsize at, guint32 sum)
{
  guint16 field = lens_checksum_end (sum);

  octets->data[at] = (guint8)(field >> 8);
  octets->data[at + 1] = (guint8)field;
}

static LensAddress
address_of (const char *text, const char *usual)
{
  LensAddress address;

  g_assert_true (lens_address_parse (text != NULL ? text : usual, &address));
  return address;
}

guint64
build_ip4 (Build *build, BuildSpeaker speaker, BuildIp4 ip)
{
  LensAddress source = address_of (ip.source, usual_4[speaker]);
  LensAddress to = address_of (ip.to, usual_4[!speaker]);
  guint options = ip.options != NULL ? ip.options->len : 0;
  GByteArray *packet = g_byte_array_new ();

  put (packet, 0x40 | (5 + options / 4), 1);
  put (packet, ip.tos, 1);
  put (packet, 20 + options + (ip.payload != NULL ? ip.payload->len : 0), 2);
  put (packet, ip.id, 2);
  put (packet, ip.fragment, 2);
  put (packet, ip.ttl != 0 ? ip.ttl : 64, 1);
  put (packet, ip.protocol, 1);
  put (packet, 0, 2);
  g_byte_array_append (packet, source.octets, 4);
  g_byte_array_append (packet, to.octets, 4);
  if (ip.options != NULL)
    packet = build_join (packet, ip.options);
  set_sum (packet, 10, lens_checksum_add (0, packet->data, packet->len));
  packet->data[10] ^= ip.wrong_sum ? 0x55 : 0;
  if (ip.payload != NULL)
    packet = build_join (packet, ip.payload);
  guint64 frame = build_ethernet (build, speaker, 0x0800, packet, NULL);
  build->offset += 20 + options;
  return frame;
}

guint64
build_ip6 (Build *build, BuildSpeaker speaker, BuildIp6 ip)
{
  LensAddress source = address_of (ip.source, usual_6[speaker]);
  LensAddress to = address_of (ip.to, usual_6[!speaker]);
  GByteArray *packet = g_byte_array_new ();

  put (packet, 6u << 28 | (guint32)ip.traffic_class << 20 | ip.flow_label, 4);
  put (packet, ip.payload != NULL ? ip.payload->len : 0, 2);
  put (packet, ip.next, 1);
  put (packet, ip.hop_limit != 0 ? ip.hop_limit : 64, 1);
  g_byte_array_append (packet, source.octets, 16);
  g_byte_array_append (packet, to.octets, 16);
  if (ip.payload != NULL)
    packet = build_join (packet, ip.payload);
  guint64 frame = build_ethernet (build, speaker, 0x86dd, packet, NULL);
  build->offset += 40;
  return frame;
}

guint64
build_icmp6 (Build *build, BuildSpeaker speaker, const char *source, const char *to,
             guint8 hop_limit, GByteArray *message)
{
  LensAddress from = address_of (source, usual_6[speaker]);
  LensAddress at = address_of (to, usual_6[!speaker]);
  const guint8 rest[] = { (guint8)(message->len >> 8), (guint8)message->len, 0, 58 };

  guint32 sum = lens_checksum_add (0, from.octets, 16);
  sum = lens_checksum_add (sum, at.octets, 16);
  sum = lens_checksum_add (sum, rest, sizeof rest);
  set_sum (message, 2, lens_checksum_add (sum, message->data, message->len));
  return build_ip6 (
      build, speaker,
      (BuildIp6){
          .hop_limit = hop_limit, .next = 58, .source = source, .to = to, .payload = message });
}

void
build_claim_6 (Build *build)
{
  build_ethernet (build, CAMERA, 0x0806,
                  build_hex ("0001 0800 06 04 0002 020000000010 c000020a 020000000020 c0000214"),
                  NULL);
  build_icmp6 (build, CAMERA, NULL, NULL, 255,
               build_hex ("8800 0000 60000000 fd000000000000000000000000000010 0201 020000000010"));
}

GByteArray *
build_summed (GByteArray *message)
{
  set_sum (message, 2, lens_checksum_add (0, message->data, message->len));
  return message;
}

guint64
build_igmp (Build *build, const char *digits)
{
  return build_ip4 (build, CAMERA,
                    (BuildIp4){ .protocol = 2,
                                .ttl = 1,
                                .id = (guint16)build->frame,
                                .to = "224.0.0.22",
                                .options = build_hex ("94040000"),
                                .payload = build_summed (build_hex (digits)) });
}
