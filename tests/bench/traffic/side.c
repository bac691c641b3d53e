#include "tests/bench/traffic/side.h"

#include <string.h>

#define DHCP_OCTETS 300
#define NTP_OCTETS 48
#define SECONDS_1900_TO_1970 G_GUINT64_CONSTANT (2208988800)
#define ANSWER_US 400

typedef struct
{
  guint8 octets[1400];
  guint8 *end;
} Message;

static void
put_text (Message *message, const char *text)
{
  gsize length = strlen (text);

  memcpy (message->end, text, length);
  message->end += length;
}

static gint64
say (BenchWorld *world, BenchTalk *talk, guint from, gint64 at_us, const Message *message)
{
  return bench_udp (world->frames, talk, from, at_us, message->octets,
                    (gsize)(message->end - message->octets));
}

gint64
bench_side_arp (BenchWorld *world, BenchHost *host, BenchHost *whom, gint64 at_us)
{
  gint64 asked_us = bench_arp (world->frames, host, whom, FALSE, at_us);

  return bench_arp (world->frames, whom, host, TRUE, asked_us + ANSWER_US);
}

static void
put_option (Message *message, guint8 code, const void *octets, gsize length)
{
  *message->end++ = code;
  *message->end++ = (guint8)length;
  memcpy (message->end, octets, length);
  message->end += length;
}

static void
put_address (Message *message, guint8 code, guint32 address)
{
  guint8 octets[4];

  bench_put32 (octets, address);
  put_option (message, code, octets, sizeof octets);
}

/* RFC 2131 section 2, RFC 2132.  @type: 1 discover, 2 offer, 3 request, 5 ack. */
static void
make_dhcp (Message *message, BenchWorld *world, const BenchHost *host, const char *name, guint32 id,
           guint8 type)
{
  gboolean is_answer = type == 2 || type == 5;
  guint8 *octets = message->octets;

  memset (message, 0, sizeof *message);
  bench_put32 (octets, 0x00010600u | (is_answer ? 2u : 1u) << 24);
  bench_put32 (octets + 4, id);
  if (is_answer)
    bench_put32 (octets + 16, host->address);
  memcpy (octets + 28, host->mac, sizeof host->mac);
  message->end = bench_put32 (octets + 236, 0x63825363);
  put_option (message, 53, &type, 1);
  if (is_answer)
    {
      put_address (message, 54, world->router.address);
      put_address (message, 51, 86400);
      put_address (message, 1, 0xffffff00);
      put_address (message, 3, world->router.address);
      put_address (message, 6, world->router.address);
      put_address (message, 42, world->router.address);
    }
  else
    {
      if (type == 3)
        {
          put_address (message, 50, host->address);
          put_address (message, 54, world->router.address);
        }
      put_option (message, 12, name, strlen (name));
      put_option (message, 55, "\x01\x03\x06\x0c\x0f\x1c\x2a", 7);
    }
  *message->end++ = 255;
  message->end = MAX (message->end, octets + DHCP_OCTETS);
}

gint64
bench_side_lease (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us)
{
  static const guint8 types[] = { 1, 2, 3, 5 };
  guint32 id = (guint32)lens_dice_roll (&world->dice);
  BenchHost nameless = *host, everybody = world->everybody;
  BenchTalk asks, answers;
  Message message;

  nameless.address = 0;
  bench_talk_init (&asks, &nameless, 68, &everybody, 67, &world->dice);
  bench_talk_init (&answers, &world->router, 67, host, 68, &world->dice);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      make_dhcp (&message, world, host, name, id, types[i]);
      at_us = say (world, i % 2 == 0 ? &asks : &answers, 0, at_us + ANSWER_US, &message);
    }
  return at_us;
}

/* RFC 1035 section 3.1. */
static void
put_name (Message *message, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (char **label = labels; *label != NULL; label++)
    {
      *message->end++ = (guint8)strlen (*label);
      put_text (message, *label);
    }
  *message->end++ = 0;
}

static void
begin_dns (Message *message, guint id, guint flags, guint questions, guint answers)
{
  message->end = bench_put16 (bench_put16 (message->octets, id), flags);
  message->end = bench_put16 (bench_put16 (message->end, questions), answers);
  message->end = bench_put32 (message->end, 0);
}

static void
put_record (Message *message, guint type, guint class, guint32 ttl, gsize length)
{
  message->end = bench_put32 (message->end, type << 16 | class);
  message->end = bench_put32 (message->end, ttl);
  message->end = bench_put16 (message->end, (guint)length);
}

gint64
bench_side_name (BenchWorld *world, BenchHost *host, const char *name, guint32 answer, gint64 at_us)
{
  guint id = (guint)lens_dice_roll (&world->dice) & 0xffff;
  BenchTalk talk;
  Message message;

  bench_talk_init (&talk, host, bench_port (host), &world->router, 53, &world->dice);
  begin_dns (&message, id, 0x0100, 1, 0);
  put_name (&message, name);
  message.end = bench_put32 (message.end, 0x00010001);
  at_us = say (world, &talk, 0, at_us, &message);

  bench_put16 (message.octets + 2, 0x8180);
  bench_put16 (message.octets + 6, 1);
  message.end = bench_put16 (message.end, 0xc00c);
  put_record (&message, 1, 1, 300, 4);
  message.end = bench_put32 (message.end, answer);
  return say (world, &talk, 1, at_us + ANSWER_US, &message);
}

static guint8 *
put_ntp_time (guint8 *to, gint64 at_us)
{
  guint64 us = (guint64)at_us;

  to = bench_put32 (to, (guint32)(us / G_USEC_PER_SEC + SECONDS_1900_TO_1970));
  return bench_put32 (to, (guint32)(((us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC));
}

/* RFC 4330 section 5, RFC 5905 section 7.3. */
gint64
bench_side_time (BenchWorld *world, BenchHost *host, gint64 at_us)
{
  BenchTalk talk;
  Message message = { .octets = { 0x23 } };

  bench_talk_init (&talk, host, bench_port (host), &world->router, 123, &world->dice);
  put_ntp_time (message.octets + 40, at_us);
  message.end = message.octets + NTP_OCTETS;
  at_us = say (world, &talk, 0, at_us, &message);

  bench_put32 (message.octets, 0x240206e9);
  bench_put32 (bench_put32 (message.octets + 4, 0x00000120), 0x00000340);
  bench_put32 (message.octets + 12, world->web_server.address);
  put_ntp_time (message.octets + 16, at_us / (64 * G_USEC_PER_SEC) * 64 * G_USEC_PER_SEC + 1234);
  memcpy (message.octets + 24, message.octets + 40, 8);
  put_ntp_time (put_ntp_time (message.octets + 32, at_us + 90), at_us + 120);
  return say (world, &talk, 1, at_us + ANSWER_US, &message);
}

gint64
bench_side_announce (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us)
{
  g_autofree char *instance = g_strdup_printf ("%s._rtsp._tcp.local", name);
  g_autofree char *machine = g_strdup_printf ("%s.local", name);
  gsize instance_octets = strlen (instance) + 2, machine_octets = strlen (machine) + 2;
  BenchTalk talk;
  Message message;

  bench_talk_init (&talk, host, 5353, &world->mdns, 5353, &world->dice);
  begin_dns (&message, 0, 0x8400, 0, 4);
  put_name (&message, "_rtsp._tcp.local");
  put_record (&message, 12, 1, 4500, instance_octets);
  put_name (&message, instance);
  put_name (&message, instance);
  put_record (&message, 33, 0x8001, 120, 6 + machine_octets);
  message.end = bench_put32 (bench_put16 (message.end, 0), 554);
  put_name (&message, machine);
  put_name (&message, instance);
  put_record (&message, 16, 0x8001, 4500, 1);
  *message.end++ = 0;
  put_name (&message, machine);
  put_record (&message, 1, 0x8001, 120, 4);
  message.end = bench_put32 (message.end, host->address);
  return say (world, &talk, 0, at_us, &message);
}

static char *
dotted (guint32 address)
{
  return g_strdup_printf ("%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                          address & 255);
}

gint64
bench_side_hello (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us)
{
  g_autofree char *address = dotted (host->address);
  guint64 one = lens_dice_roll (&world->dice), two = lens_dice_roll (&world->dice);
  BenchTalk talk;
  Message message;

  bench_talk_init (&talk, host, 3702, &world->discovery, 3702, &world->dice);
  g_autofree char *text = g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
      " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""
      " xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\"><s:Header>"
      "<a:MessageID>urn:uuid:%08x-%04x-4%03x-a%03x-%012" G_GINT64_MODIFIER "x</a:MessageID>"
      "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
      "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action>"
      "<d:AppSequence InstanceId=\"%u\" MessageNumber=\"1\"/></s:Header><s:Body><d:Hello>"
      "<a:EndpointReference><a:Address>urn:uuid:5f5a69c2-e0ae-504f-829b-%02x%02x%02x%02x%02x%02x"
      "</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>"
      "<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming"
      " onvif://www.onvif.org/hardware/IPC-720 onvif://www.onvif.org/name/%s</d:Scopes>"
      "<d:XAddrs>http://%s/onvif/device_service</d:XAddrs>"
      "<d:MetadataVersion>1</d:MetadataVersion></d:Hello></s:Body></s:Envelope>",
      (guint32)one, (guint)(one >> 32) & 0xffff, (guint)(one >> 48) & 0xfff, (guint)two & 0xfff,
      two >> 16, (guint)(at_us / G_USEC_PER_SEC), host->mac[0], host->mac[1], host->mac[2],
      host->mac[3], host->mac[4], host->mac[5], name, address);
  message.end = message.octets;
  put_text (&message, text);
  return say (world, &talk, 0, at_us, &message);
}

static gint64
exchange (BenchWorld *world, BenchTcp *tcp, const char *request, const char *answer, gint64 at_us)
{
  at_us = bench_tcp_send (tcp, world->frames, 0, at_us, request, strlen (request));
  return bench_tcp_send (tcp, world->frames, 1, at_us + 2000 + bench_world_jitter (world, 3000),
                         answer, strlen (answer));
}

#define SOAP                                                                                       \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope"                                          \
  " xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""                                           \
  " xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\""                                          \
  " xmlns:tt=\"http://www.onvif.org/ver10/schema\"><s:Body>%s</s:Body></s:Envelope>"

#define TYPE "Content-Type: application/soap+xml; charset=utf-8\r\n"

static char *
answer_time (gint64 at_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autofree char *body = g_strdup_printf (
      "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
      "<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
      "<tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time><tt:Hour>%d</tt:Hour>"
      "<tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time><tt:Date><tt:Year>%d</tt:Year>"
      "<tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date></tt:UTCDateTime>"
      "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>",
      g_date_time_get_hour (now), g_date_time_get_minute (now), g_date_time_get_second (now),
      g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now));

  return g_strdup_printf (SOAP, body);
}

gint64
bench_side_poll (BenchWorld *world, BenchHost *camera, gint64 at_us)
{
  g_autofree char *address = dotted (camera->address), *told = answer_time (at_us);
  g_autofree char *asked = g_strdup_printf (SOAP, "<tds:GetSystemDateAndTime/>");
  g_autofree char *request = g_strdup_printf (
      "POST /onvif/device_service HTTP/1.1\r\nHost: %s\r\nUser-Agent: gSOAP/2.8\r\n" TYPE
      "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
      address, strlen (asked), asked);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nServer: gSOAP/2.8\r\n" TYPE
                                             "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                                             strlen (told), told);
  BenchTcp tcp;

  bench_talk_init (&tcp.talk, &world->viewer, bench_port (&world->viewer), camera, 80,
                   &world->dice);
  bench_tcp_open (&tcp, world->frames, &world->dice, at_us);
  at_us = exchange (world, &tcp, request, answer, tcp.done_us + 200);
  bench_tcp_close (&tcp, world->frames, 1, at_us + 100);
  return tcp.done_us;
}
