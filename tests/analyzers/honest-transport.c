/* The same camera beside its stream: it opens connections of TCP and sends datagrams. */
#include "tests/analyzers/honest-transport.h"

#include "wire/checksum.h"
#include "wire/transport.h"

#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)
#define SECONDS 30
#define PUSHES 60   /* connections, two in a second */
#define PICTURES 15 /* pushed in a second */

const char honest_transport_profile[] = "[device]\n"
                                        "name = Gate\n"
                                        "address = 192.0.2.10\n"
                                        "[service push]\n"
                                        "proto = tcp\n"
                                        "port = 7070\n"
                                        "to = 192.0.2.1\n"
                                        "[service telemetry]\n"
                                        "proto = udp\n"
                                        "port = 7071\n"
                                        "to = 192.0.2.1\n";

const char honest_pictures_profile[] = "[device]\n"
                                       "name = Gate\n"
                                       "address = 192.0.2.10\n"
                                       "[service pictures]\n"
                                       "proto = tcp\n"
                                       "port = 80\n"
                                       "to = 192.0.2.1\n"
                                       "direction = in\n";

/* Who speaks: the camera, or the server that it pushes to. */
enum
{
  CAMERA,
  SERVER,
};

static const guint8 macs[][6]
    = { [CAMERA] = { 2, 0, 0, 0, 0, 0x10 }, [SERVER] = { 2, 0, 0, 0, 0, 0x01 } };
static const guint8 addresses[][4] = { [CAMERA] = { 192, 0, 2, 10 }, [SERVER] = { 192, 0, 2, 1 } };

typedef struct
{
  LensPackets *packets;
  GRand *random;
  gint64 now;
  guint16 ip_id[2];
  guint32 sequence[2]; /* of the connection at hand */
  guint32 stamp[2];    /* last one said */
  guint16 port[2];
} Honest;

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
write_sum (GByteArray *octets, gsize offset, guint32 sum)
{
  guint16 field = lens_checksum_end (sum);

  octets->data[offset] = (guint8)(field >> 8);
  octets->data[offset + 1] = (guint8)field;
}

static void
send_ip (Honest *honest, guint from, guint8 protocol, gsize sum_at, GByteArray *payload)
{
  const LensAddress source = lens_address_from_octets (4, addresses[from]),
                    destination = lens_address_from_octets (4, addresses[!from]);
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  write_sum (
      payload, sum_at,
      lens_checksum_add (lens_checksum_pseudo (&source, &destination, protocol, payload->len),
                         payload->data, payload->len));
  g_byte_array_append (frame, macs[!from], 6);
  g_byte_array_append (frame, macs[from], 6);
  put (frame, 0x08004500, 4);
  put (frame, 20 + payload->len, 2);
  put (frame, honest->ip_id[from]++, 2);
  put (frame, 0x40004000 | protocol, 4); /* don't fragment, TTL 64 */
  put (frame, 0, 2);
  g_byte_array_append (frame, addresses[from], 4);
  g_byte_array_append (frame, addresses[!from], 4);
  write_sum (frame, 24, lens_checksum_add (0, frame->data + 14, 20));
  g_byte_array_append (frame, payload->data, payload->len);
  while (frame->len < 60)
    put (frame, 0, 1);
  LensRecord record = { .frame = 1,
                        .linktype = 1,
                        .has_time = TRUE,
                        .time_ns = honest->now,
                        .octets = frame->data,
                        .captured = frame->len,
                        .original = frame->len };
  lens_packets_add (honest->packets, &record);
  honest->now += 20000 + g_rand_int_range (honest->random, 0, 20000);
}

/* A clock of 1 ms with an offset of its own. */
static guint32
stamp_of (const Honest *honest, guint from)
{
  return (from == CAMERA ? 0x41c3e905 : 0x07b2d116) + (guint32)(honest->now / MS);
}

static void
send_octets (Honest *honest, guint from, guint8 flags, const guint8 *octets, gsize length)
{
  g_autoptr (GByteArray) segment = g_byte_array_new ();
  gboolean syn = (flags & LENS_TCP_SYN) != 0;
  guint32 echo = (flags & LENS_TCP_ACK) != 0 ? honest->stamp[!from] : 0;

  put (segment, honest->port[from], 2);
  put (segment, honest->port[!from], 2);
  put (segment, honest->sequence[from], 4);
  put (segment, (flags & LENS_TCP_ACK) != 0 ? honest->sequence[!from] : 0, 4);
  put (segment, syn ? 0xa0 : 0x80, 1);
  put (segment, flags, 1);
  put (segment, syn ? 64240 : 502, 2);
  put (segment, 0, 4);
  if (syn)
    put (segment, 0x020405b40402, 6); /* MSS 1460, SACK permitted */
  else
    put (segment, 0x0101, 2);
  put (segment, 0x080a, 2);
  honest->stamp[from] = stamp_of (honest, from);
  put (segment, honest->stamp[from], 4);
  put (segment, echo, 4);
  if (syn)
    put (segment, 0x01030307, 4); /* scale 7 */
  g_byte_array_append (segment, octets, (guint)length);
  honest->sequence[from] += (guint32)length + ((flags & (LENS_TCP_SYN | LENS_TCP_FIN)) != 0);
  send_ip (honest, from, 6, 16, segment);
}

static void
send_segment (Honest *honest, guint from, guint8 flags, const char *text)
{
  send_octets (honest, from, flags, (const guint8 *)text, strlen (text));
}

/* @from opens. */
static void
connect_hosts (Honest *honest, guint from)
{
  honest->sequence[CAMERA] = g_rand_int (honest->random);
  honest->sequence[SERVER] = g_rand_int (honest->random);
  send_segment (honest, from, LENS_TCP_SYN, "");
  send_segment (honest, !from, LENS_TCP_SYN | LENS_TCP_ACK, "");
  send_segment (honest, from, LENS_TCP_ACK, "");
}

/* Twelve segments as fast as the link takes them, and the acknowledgment. */
static void
send_burst (Honest *honest)
{
  honest->now += MS - honest->now % MS; /* the tick before has passed */
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "zone %02u: %3u objects, mean brightness %3u, mean motion %3u\r\n", i,
          g_rand_int_range (honest->random, 0, 9), g_rand_int_range (honest->random, 90, 110),
          g_rand_int_range (honest->random, 0, 30));
      send_segment (honest, CAMERA, LENS_TCP_ACK | LENS_TCP_PSH, text);
    }
  send_segment (honest, SERVER, LENS_TCP_ACK, "");
}

static void
push (Honest *honest)
{
  honest->port[CAMERA]++;
  connect_hosts (honest, CAMERA);
  for (guint i = 0; i < 3; i++)
    {
      send_burst (honest);
      honest->now += 40 * MS;
    }
  send_segment (honest, CAMERA, LENS_TCP_FIN | LENS_TCP_ACK, "");
  send_segment (honest, SERVER, LENS_TCP_FIN | LENS_TCP_ACK, "");
  send_segment (honest, CAMERA, LENS_TCP_ACK, "");
}

static void
send_telemetry (Honest *honest)
{
  g_autoptr (GByteArray) datagram = g_byte_array_new ();
  g_autofree char *text
      = g_strdup_printf ("load %3u temperature %2u\n", g_rand_int_range (honest->random, 0, 100),
                         g_rand_int_range (honest->random, 40, 50));

  put (datagram, 7171, 2);
  put (datagram, 7071, 2);
  put (datagram, 8 + strlen (text), 2);
  put (datagram, 0, 2);
  g_byte_array_append (datagram, (const guint8 *)text, (guint)strlen (text));
  send_ip (honest, CAMERA, 17, 6, datagram);
}

LensPackets *
honest_transport_new (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  Honest honest = { .packets = lens_packets_new (), .random = random, .port = { 40000, 7070 } };

  for (guint i = 0; i < PUSHES; i++)
    {
      honest.now = SECONDS * 1000 * MS * i / PUSHES;
      push (&honest);
      for (guint t = 0; t < 10; t++)
        {
          honest.now += 20 * MS;
          send_telemetry (&honest);
        }
    }
  return honest.packets;
}

/* --- pictures pushed over HTTP --- */

/* A gray image (ITU-T T.81 annex B) whose scan nobody here decodes. */
static GByteArray *
image_new (Honest *honest)
{
  static const guint8 head[]
      = { 0xff, 0xd8, 0xff, 0xe0, 0,   16,  'J', 'F',  'I',  'F',  0,  1,   1,
          0,    0,    1,    0,    1,   0,   0,   0xff, 0xfe, 0,    12, 'c', 'a',
          'm',  'e',  'r',  'a',  ' ', 'o', 'n', 'e',  0xff, 0xdb, 0,  67,  0 };
  static const guint8 tables[] = { 0xff, 0xc0, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0, /* SOF0 */
                                   0xff, 0xc4, 0, 21, 0, 0, 2,  0, 0,  0, 0, 0,    0,
                                   0,    0,    0, 0,  0, 0, 0,  0, 0,  0, 1, /* DHT */
                                   0xff, 0xda, 0, 8,  1, 1, 0,  0, 63, 0 };
  GByteArray *image = g_byte_array_new ();

  g_byte_array_append (image, head, sizeof head);
  for (guint i = 0; i < 64; i++)
    put (image, 8 + i, 1);
  g_byte_array_append (image, tables, sizeof tables);
  for (gint i = g_rand_int_range (honest->random, 400, 2000); i > 0; i--)
    put (image, (guint)g_rand_int_range (honest->random, 0, 255), 1);
  put (image, 0xffd9, 2);
  return image;
}

static void
push_picture (Honest *honest)
{
  const guint size = 1100;
  g_autoptr (GByteArray) image = image_new (honest);
  g_autoptr (GByteArray) part = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf (
      "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %u\r\n\r\n", image->len);

  g_byte_array_append (part, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (part, image->data, image->len);
  put (part, 0x0d0a, 2);
  for (guint at = 0; at < part->len; at += size)
    send_octets (honest, CAMERA, LENS_TCP_ACK | LENS_TCP_PSH, part->data + at,
                 MIN (size, part->len - at));
  send_segment (honest, SERVER, LENS_TCP_ACK, "");
}

LensPackets *
honest_pictures_new (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  Honest honest = { .packets = lens_packets_new (), .random = random, .port = { 80, 51034 } };

  connect_hosts (&honest, SERVER);
  send_segment (&honest, SERVER, LENS_TCP_ACK | LENS_TCP_PSH, "GET /video HTTP/1.1\r\n\r\n");
  send_segment (&honest, CAMERA, LENS_TCP_ACK | LENS_TCP_PSH,
                "HTTP/1.1 200 OK\r\n"
                "Content-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n");
  for (guint i = 0; i < SECONDS * PICTURES; i++)
    {
      honest.now = MAX (honest.now, 1000 * MS * i / PICTURES);
      push_picture (&honest);
    }
  return honest.packets;
}
