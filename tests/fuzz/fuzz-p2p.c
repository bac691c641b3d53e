/* One message of a protocol by which makers reach their cameras: PPPP, Kalay, PTCP, DHIP, DVRIP,
 * Baichuan, RTMP, SRT, MQTT, AMQP, FTP, SMTP, SMB, syslog, SNMP traps, SIP; QUIC, STUN and TURN. */
#include "tests/fuzz/fuzz.h"

#include "wire/discovery.h"
#include "wire/media-mux.h"
#include "wire/p2p.h"
#include "wire/quic.h"
#include "wire/stun.h"

static void
check_stun (const guint8 *octets, gsize length)
{
  LensStun stun;
  LensRange value, padding, data;
  guint16 type;

  if (lens_turn_channel (octets, length, &data))
    fuzz_inside (octets, length, data);
  if (!lens_stun_parse (octets, length, &stun))
    return;
  fuzz_inside (octets, length, stun.attributes);
  for (LensRange left = stun.attributes;
       lens_stun_attribute_next (octets, &left, &type, &value, &padding);)
    {
      fuzz_inside (octets, length, value);
      fuzz_inside (octets, length, padding);
      fuzz_inside (octets, length, left);
      lens_stun_is_known (type);
    }
}

static void
check_quic (const guint8 *octets, gsize length)
{
  LensQuic quic;

  if (!lens_quic_parse (octets, length, &quic))
    return;
  fuzz_inside (octets, length, quic.destination_id);
  fuzz_inside (octets, length, quic.source_id);
  lens_quic_is_known (quic.version);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const guint16 ports[]
      = { 0,   554, 32100, 10240, 37777, 34567, 9000,  1935, 9710, 1883, 5672, 21,   25,   445,
          514, 162, 7660,  5060,  443,   3478,  37810, 8800, 53,   80,   8000, 6789, 2049, 1024 };
  LensCursor cursor = lens_cursor_over (octets, length);
  gboolean udp = lens_cursor_u8 (&cursor) & 1;
  guint16 source = ports[lens_cursor_u8 (&cursor) % G_N_ELEMENTS (ports)];
  guint16 destination = ports[lens_cursor_u8 (&cursor) % G_N_ELEMENTS (ports)];
  LensP2pMessage message;

  if (cursor.short_read)
    return 0;
  octets += 3;
  length -= 3;
  if (lens_p2p_parse (udp, source, destination, octets, length, &message))
    {
      fuzz_inside (octets, length, message.data);
      g_assert_nonnull (lens_p2p_name (message.protocol));
      lens_p2p_is_makers (message.protocol);
    }
  check_stun (octets, length);
  check_quic (octets, length);
  return 0;
}
