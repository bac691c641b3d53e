#include "tests/analyzers/honest-network.h"

#include "wire/address.h"
#include "wire/checksum.h"

#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)
#define SECONDS 30
#define FRAGMENT 1480 /* octets of a full fragment */

const char honest_network_profile[] = "[device]\n"
                                      "name = Gate\n"
                                      "address = 192.0.2.10, fd00::10, fe80::10\n"
                                      "[service readings]\n"
                                      "proto = udp\n"
                                      "port = 5140\n"
                                      "to = 192.0.2.20, fd00::20\n"
                                      "direction = out\n"
                                      "[service echo]\n"
                                      "proto = icmp\n"
                                      "to = 192.0.2.20\n"
                                      "direction = both\n";

typedef struct
{
  LensPackets *packets;
  GRand *random;
  gint64 now;
  guint16 ip_id[2];
  guint readings;
} Network;

typedef enum
{
  CAMERA,
  VIEWER,
} Host;

static void
put (GByteArray *into, guint64 value, guint octets)
{
  for (guint i = octets; i > 0; i--)
    {
      guint8 octet = (guint8)(value >> 8 * (i - 1));
      g_byte_array_append (into, &octet, 1);
    }
}

static void
put_address (GByteArray *into, const char *text)
{
  LensAddress address;

  g_assert_true (lens_address_parse (text, &address));
  g_byte_array_append (into, address.octets, address.version == 4 ? 4 : 16);
}

static void
put_array (GByteArray *into, const GByteArray *array)
{
  g_byte_array_append (into, array->data, array->len);
}

static void
set_sum (GByteArray *octets, gsize at, guint32 sum)
{
  guint16 field = lens_checksum_end (sum);

  octets->data[at] = (guint8)(field >> 8);
  octets->data[at + 1] = (guint8)field;
}

static guint32
pseudo_sum (const char *from, const char *to, guint8 protocol, guint length)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();

  put_address (header, from);
  put_address (header, to);
  put (header, protocol, 2);
  put (header, length, 2);
  return lens_checksum_add (0, header->data, header->len);
}

/* --- frames --- */

/* RFC 2464 section 7, RFC 1112 section 6.4. */
static guint64
group_mac (guint16 type, const guint8 *header)
{
  const guint8 *end = header + (type == 0x86dd ? 40 : 20);
  guint32 low = (guint32)end[-4] << 24 | (guint32)end[-3] << 16 | (guint32)end[-2] << 8 | end[-1];

  return type == 0x86dd ? 0x333300000000 | low : 0x01005e000000 | (low & 0x7fffff);
}

static void
send_frame (Network *network, Host from, guint16 type, gboolean to_many, const GByteArray *payload)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  static const guint64 macs[] = { 0x020000000010, 0x020000000020 };

  put (frame, to_many ? group_mac (type, payload->data) : macs[!from], 6);
  put (frame, macs[from], 6);
  put (frame, type, 2);
  put_array (frame, payload);
  while (frame->len < 60)
    put (frame, 0, 1);
  LensRecord record = { .frame = 1,
                        .linktype = 1,
                        .has_time = TRUE,
                        .time_ns = network->now,
                        .octets = frame->data,
                        .captured = frame->len,
                        .original = frame->len };
  lens_packets_add (network->packets, &record);
  network->now += 20000 + g_rand_int_range (network->random, 0, 20000);
}

/* @fragment: octets 6 and 7; @options: of IGMP. */
static void
send_4 (Network *network, Host from, const char *to, guint8 protocol, guint16 fragment,
        const guint8 *payload, guint length)
{
  static const char *const hosts[] = { "192.0.2.10", "192.0.2.20" };
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  gboolean igmp = protocol == 2;
  guint header = igmp ? 24 : 20;

  put (packet, igmp ? 0x46c0 : 0x4500, 2);
  put (packet, header + length, 2);
  put (packet, network->ip_id[from], 2);
  put (packet, fragment, 2);
  put (packet, igmp ? 1 : 64, 1);
  put (packet, protocol, 1);
  put (packet, 0, 2);
  put_address (packet, hosts[from]);
  put_address (packet, to != NULL ? to : hosts[!from]);
  if (igmp)
    put (packet, 0x94040000, 4);
  set_sum (packet, 10, lens_checksum_add (0, packet->data, packet->len));
  g_byte_array_append (packet, payload, length);
  network->ip_id[from] += (fragment & 0x2000) == 0;
  send_frame (network, from, 0x0800, to != NULL, packet);
}

static void
send_6 (Network *network, Host from, const char *source, const char *to, guint8 hops, guint8 next,
        const GByteArray *payload)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();

  put (packet, 0x60000000 | (next == 17 ? 0x5a1b7 : 0), 4);
  put (packet, payload->len, 2);
  put (packet, next, 1);
  put (packet, hops, 1);
  put_address (packet, source);
  put_address (packet, to);
  put_array (packet, payload);
  send_frame (network, from, 0x86dd, g_str_has_prefix (to, "ff"), packet);
}

/* --- readings --- */

static GByteArray *
reading_new (Network *network, gboolean six, guint length)
{
  g_autofree char *text = g_strdup_printf ("reading %06u of sensor 3\n", network->readings++);
  GByteArray *datagram = g_byte_array_new ();

  put (datagram, 40000, 2);
  put (datagram, 5140, 2);
  put (datagram, 8 + length, 2);
  put (datagram, 0, 2);
  for (guint i = 0; i < length; i++)
    put (datagram, (guint8)text[i % strlen (text)], 1);
  guint32 sum = pseudo_sum (six ? "fd00::10" : "192.0.2.10", six ? "fd00::20" : "192.0.2.20", 17,
                            datagram->len);
  set_sum (datagram, 6, lens_checksum_add (sum, datagram->data, datagram->len));
  return datagram;
}

static void
send_reading_4 (Network *network, guint length)
{
  g_autoptr (GByteArray) datagram = reading_new (network, FALSE, length);

  if (datagram->len <= FRAGMENT)
    send_4 (network, CAMERA, NULL, 17, 0x4000, datagram->data, datagram->len);
  for (guint at = 0; datagram->len > FRAGMENT && at < datagram->len; at += FRAGMENT)
    {
      guint part = MIN (FRAGMENT, datagram->len - at);
      guint16 more = at + part < datagram->len ? 0x2000 : 0;
      send_4 (network, CAMERA, NULL, 17, (guint16)(more | at / 8), datagram->data + at, part);
    }
}

static void
send_reading_6 (Network *network)
{
  g_autoptr (GByteArray) datagram = reading_new (network, TRUE, 40);

  send_6 (network, CAMERA, "fd00::10", "fd00::20", 64, 17, datagram);
}

/* --- echoes --- */

/* As iputils fills them: a time, then octets that count up. */
static void
send_echo (Network *network, Host from, guint16 sequence, gint64 asked)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  put (message, from == CAMERA ? 0x08000000 : 0, 4);
  put (message, 0x2f31, 2);
  put (message, sequence, 2);
  put (message, GUINT64_SWAP_LE_BE ((guint64)(asked / MS / 1000)), 8);
  put (message, GUINT64_SWAP_LE_BE ((guint64)(asked / 1000 % 1000000)), 8);
  for (guint i = 0; i < 40; i++)
    put (message, 0x10 + i, 1);
  set_sum (message, 2, lens_checksum_add (0, message->data, message->len));
  send_4 (network, from, NULL, 1, from == CAMERA ? 0x4000 : 0, message->data, message->len);
}

static void
exchange_echoes (Network *network, guint16 sequence)
{
  gint64 asked = network->now;

  send_echo (network, CAMERA, sequence, asked);
  send_echo (network, VIEWER, sequence, asked);
}

/* --- groups --- */

/* RFC 9776 section 4.2: one record, "no source is left out", and a report of version 2. */
static void
join_4 (Network *network)
{
  g_autoptr (GByteArray) report = g_byte_array_new ();
  g_autoptr (GByteArray) older = g_byte_array_new ();

  put (report, 0x22000000, 4);
  put (report, 1, 4);
  put (report, 0x04000000, 4);
  put_address (report, "239.255.255.250");
  set_sum (report, 2, lens_checksum_add (0, report->data, report->len));
  send_4 (network, CAMERA, "224.0.0.22", 2, 0x4000, report->data, report->len);
  put (older, 0x16000000, 4);
  put_address (older, "239.255.255.250");
  set_sum (older, 2, lens_checksum_add (0, older->data, older->len));
  send_4 (network, CAMERA, "239.255.255.250", 2, 0x4000, older->data, older->len);
}

/* --- ICMPv6 on the link --- */

static void
send_icmp6 (Network *network, const char *source, const char *to, GByteArray *message)
{
  guint32 sum = pseudo_sum (source, to, 58, message->len);

  set_sum (message, 2, lens_checksum_add (sum, message->data, message->len));
  send_6 (network, CAMERA, source, to, 255, 58, message);
}

/* RFC 3810 section 5: behind a hop-by-hop header with Router Alert and padding. */
static void
join_6 (Network *network)
{
  g_autoptr (GByteArray) report = g_byte_array_new ();
  g_autoptr (GByteArray) packet = g_byte_array_new ();

  put (report, 0x8f000000, 4);
  put (report, 1, 4);
  put (report, 0x04000000, 4);
  put_address (report, "ff02::1:ff00:10");
  set_sum (report, 2,
           lens_checksum_add (pseudo_sum ("fe80::10", "ff02::16", 58, report->len), report->data,
                              report->len));
  put (packet, 0x3a00050200000100, 8);
  put_array (packet, report);
  send_6 (network, CAMERA, "fe80::10", "ff02::16", 1, 0, packet);
}

/* RFC 4861 sections 4.1, 4.3 and 4.4 */
static void
ask_router (Network *network)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  put (message, 0x8500000000000000, 8);
  put (message, 0x0101020000000010, 8);
  send_icmp6 (network, "fe80::10", "ff02::2", message);
}

static void
ask_neighbour (Network *network)
{
  g_autoptr (GByteArray) asks = g_byte_array_new ();
  g_autoptr (GByteArray) tells = g_byte_array_new ();

  put (asks, 0x8700000000000000, 8);
  put_address (asks, "fd00::20");
  put (asks, 0x0101020000000010, 8);
  send_icmp6 (network, "fd00::10", "fd00::20", asks);
  put (tells, 0x8800000060000000, 8);
  put_address (tells, "fd00::10");
  put (tells, 0x0201020000000010, 8);
  send_icmp6 (network, "fd00::10", "fd00::20", tells);
}

/* RFC 4862 section 5.4: is anybody at this address? */
static void
detect_duplicates (Network *network)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  put (message, 0x8700000000000000, 8);
  put_address (message, "fd00::10");
  send_icmp6 (network, "::", "ff02::1:ff00:10", message);
}

static void
announce (Network *network)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put (body, 0x0001080006040001, 8);
  put (body, 0x020000000010, 6);
  put_address (body, "192.0.2.10");
  put (body, 0, 6);
  put_address (body, "192.0.2.20");
  send_frame (network, CAMERA, 0x0806, FALSE, body);
}

LensPackets *
honest_network_new (void)
{
  Network network = { .packets = lens_packets_new (), .ip_id = { 0x1c07, 0x8a31 } };
  gint64 start = G_GINT64_CONSTANT (1700000000) * 1000 * MS;

  network.random = g_rand_new_with_seed (2);
  network.now = start;
  announce (&network);
  for (guint ms = 0; ms < SECONDS * 1000; ms++)
    {
      network.now = MAX (network.now, start + (100 + ms) * MS);
      if (ms % 20 == 3)
        send_reading_6 (&network);
      if (ms % 25 == 7)
        send_reading_4 (&network, 40);
      if (ms % 200 == 11)
        send_reading_4 (&network, 4000);
      if (ms % 500 == 13)
        exchange_echoes (&network, (guint16)(1 + ms / 500));
      if (ms % 1000 == 17)
        join_4 (&network);
      if (ms % 1000 == 19)
        join_6 (&network);
      if (ms % 1000 == 503)
        detect_duplicates (&network);
      if (ms % 1000 == 505)
        ask_router (&network);
      if (ms % 1000 == 507)
        ask_neighbour (&network);
    }
  g_rand_free (network.random);
  return network.packets;
}
