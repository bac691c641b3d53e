#include "tests/ledger/scene.h"

#include "wire/checksum.h"

#include <string.h>

const Host camera = { "02:00:00:00:00:10", "192.0.2.10" };
const Host viewer = { "02:00:00:00:00:20", "192.0.2.20" };
const Host router = { "02:00:00:00:00:01", "192.0.2.1" };
const Host bystander = { "02:00:00:00:00:99", "192.0.2.99" };
const Host server = { "02:00:00:00:00:01", "198.51.100.7" };
const Host stranger = { "02:00:00:00:00:01", "203.0.113.66" };
const Host everyone = { "ff:ff:ff:ff:ff:ff", "255.255.255.255" };

#define START (G_GINT64_CONSTANT (1700000000) * 1000 * 1000 * 1000)

static const char camera_group[] = "[device]\nname = Camera\naddress = 192.0.2.10\n";

Scene *
scene_new (const char *profile)
{
  Scene *scene = g_new0 (Scene, 1);

  scene->options.profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free);
  scene->packets = lens_packets_new ();
  scene->now = START;
  scene->step = 10 * 1000 * 1000;
  scene->linktype = 1;
  if (profile != NULL)
    scene_add_profile (scene, profile);
  return scene;
}

Scene *
scene_of_camera (const char *more)
{
  g_autofree char *text = g_strconcat (camera_group, more, NULL);

  return scene_new (text);
}

void
scene_add_profile (Scene *scene, const char *text)
{
  g_autoptr (GError) error = NULL;
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_ptr_array_add (scene->options.profiles, profile);
}

void
scene_free (Scene *scene)
{
  if (scene == NULL)
    return;
  g_ptr_array_unref (scene->options.profiles);
  lens_packets_free (scene->packets);
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  g_free ((gpointer)scene->options.analyzers);
  g_free (scene);
}

/* --- an analyzer for tests --- */

static const LensChannelText watch_channels[] = {
  { .id = "icmp-payload", .summary = "The word was there.", .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
watch_see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  static const char word[] = "HIDE";
  const guint8 *octets = unit->view.octets;
  const guint8 *found;
  gsize from = 0;

  while (from < unit->view.length
         && (found = memmem (octets + from, unit->view.length - from, word, 4)) != NULL)
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, "icmp-payload", unit, NULL);
      gsize at = (gsize)(found - octets);
      /* What follows the word differs from use to use, or does not. */
      lens_ledger_use (ledger, carrier, unit, 8 * MIN (unit->view.length - at, 8), at,
                       MIN (unit->view.length - at, 8));
      from = at + 4;
    }
}

#define WATCHER(kind)                                                                              \
  {                                                                                                \
    .name = "watch", .question = "?", .source = "-", .units = kind, .channels = watch_channels,    \
    .see = watch_see                                                                               \
  }

static const LensAnalyzer watchers[] = {
  WATCHER (LENS_UNIT_CONTENT),
  WATCHER (LENS_UNIT_FRAME),
  WATCHER (LENS_UNIT_RTP),
  WATCHER (LENS_UNIT_RTSP),
};

void
scene_watch (Scene *scene, guint units)
{
  const LensAnalyzer **list = g_new0 (const LensAnalyzer *, G_N_ELEMENTS (watchers));

  for (guint i = 0; i < G_N_ELEMENTS (watchers); i++)
    if (watchers[i].units & units)
      list[scene->options.n_analyzers++] = &watchers[i];
  scene->options.analyzers = list;
}

/* --- octets --- */

static gsize
put (guint8 *into, guint64 value, guint octets)
{
  for (guint i = 0; i < octets; i++)
    into[i] = (guint8)(value >> 8 * (octets - 1 - i));
  return octets;
}

static gsize
put_mac (guint8 *into, const char *text)
{
  g_assert_true (lens_mac_parse (text, into));
  return 6;
}

static LensAddress
address_of (const char *text)
{
  LensAddress address;

  g_assert_true (lens_address_parse (text, &address));
  return address;
}

static gsize
put_address (guint8 *into, const char *text)
{
  LensAddress address = address_of (text);
  gsize length = address.version == 4 ? 4 : 16;

  memcpy (into, address.octets, length);
  return length;
}

guint64
scene_octets (Scene *scene, gconstpointer octets, gsize length)
{
  LensRecord record = { .frame = ++scene->frame,
                        .interface = scene->interface,
                        .linktype = scene->linktype,
                        .fcs = scene->fcs,
                        .has_time = TRUE,
                        .time_ns = scene->now,
                        .octets = octets,
                        .captured = (guint32)length,
                        .original = (guint32)length };

  if (scene->cut > 0)
    record.captured = MIN (record.captured, scene->cut);
  lens_packets_add (scene->packets, &record);
  scene->now += scene->step;
  return scene->frame;
}

guint64
scene_hex (Scene *scene, const char *digits)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  guint n = 0;
  guint8 octet = 0;

  for (; *digits != '\0'; digits++)
    {
      if (*digits == ' ')
        continue;
      octet = (guint8)(octet << 4 | g_ascii_xdigit_value (*digits));
      if (++n % 2 == 0)
        g_byte_array_append (octets, &octet, 1);
    }
  return scene_octets (scene, octets->data, octets->len);
}

guint64
scene_ether (Scene *scene, const Host *from, const Host *to, guint16 ethertype,
             gconstpointer payload, gsize length)
{
  g_autofree guint8 *frame = g_malloc (14 + length);

  put_mac (frame, to->mac);
  put_mac (frame + 6, from->mac);
  put (frame + 12, ethertype, 2);
  if (length > 0)
    memcpy (frame + 14, payload, length);
  return scene_octets (scene, frame, 14 + length);
}

static gsize
put_ip4 (guint8 *into, const Host *from, const Host *to, guint8 protocol, guint32 id,
         guint16 flags_and_offset, gsize length)
{
  put (into, 0x4500, 2);
  put (into + 2, 20 + length, 2);
  put (into + 4, id, 2);
  put (into + 6, flags_and_offset, 2);
  put (into + 8, 64, 1);
  put (into + 9, protocol, 1);
  put (into + 10, 0, 2);
  put_address (into + 12, from->address);
  put_address (into + 16, to->address);
  put (into + 10, lens_checksum_end (lens_checksum_add (0, into, 20)), 2);
  return 20;
}

static gsize
put_ip6 (guint8 *into, const Host *from, const Host *to, guint8 next, gsize length)
{
  put (into, 0x60000000, 4);
  put (into + 4, length, 2);
  put (into + 6, next, 1);
  put (into + 7, 64, 1);
  put_address (into + 8, from->address);
  put_address (into + 24, to->address);
  return 40;
}

guint64
scene_ip (Scene *scene, const Host *from, const Host *to, guint8 protocol, gconstpointer payload,
          gsize length)
{
  g_autofree guint8 *packet = g_malloc (40 + length);
  gboolean is_4 = address_of (from->address).version == 4;
  gsize head = is_4 ? put_ip4 (packet, from, to, protocol, (guint32)scene->frame + 1, 0, length)
                    : put_ip6 (packet, from, to, protocol, length);

  if (length > 0)
    memcpy (packet + head, payload, length);
  return scene_ether (scene, from, to, is_4 ? 0x0800 : 0x86dd, packet, head + length);
}

guint64
scene_fragment (Scene *scene, const Host *from, const Host *to, guint8 protocol, guint32 id,
                guint32 offset, gboolean more, gconstpointer payload, gsize length)
{
  g_autofree guint8 *packet = g_malloc (48 + length);
  gboolean is_4 = address_of (from->address).version == 4;
  gsize head;

  if (is_4)
    head = put_ip4 (packet, from, to, protocol, id, (guint16)(offset / 8 | (more ? 0x2000 : 0)),
                    length);
  else
    {
      /* The fragment header: RFC 8200 section 4.5. */
      head = put_ip6 (packet, from, to, 44, 8 + length);
      head += put (packet + head, protocol, 1);
      head += put (packet + head, 0, 1);
      head += put (packet + head, offset | (more ? 1u : 0u), 2);
      head += put (packet + head, id, 4);
    }
  memcpy (packet + head, payload, length);
  return scene_ether (scene, from, to, is_4 ? 0x0800 : 0x86dd, packet, head + length);
}

gsize
scene_put_udp (guint8 *into, guint16 sport, guint16 dport, gconstpointer data, gsize length)
{
  put (into, sport, 2);
  put (into + 2, dport, 2);
  put (into + 4, 8 + length, 2);
  put (into + 6, 0, 2);
  if (length > 0)
    memcpy (into + 8, data, length);
  return 8 + length;
}

guint64
scene_udp (Scene *scene, const Host *from, const Host *to, guint16 sport, guint16 dport,
           gconstpointer data, gsize length)
{
  g_autofree guint8 *datagram = g_malloc (8 + length);

  scene_put_udp (datagram, sport, dport, data, length);
  return scene_ip (scene, from, to, 17, datagram, 8 + length);
}

guint64
scene_udp_text (Scene *scene, const Host *from, const Host *to, guint16 sport, guint16 dport,
                const char *text)
{
  return scene_udp (scene, from, to, sport, dport, text, strlen (text));
}

guint64
scene_tcp (Scene *scene, const Host *from, const Host *to, guint16 sport, guint16 dport,
           guint32 seq, guint32 ack, guint8 flags, gconstpointer data, gsize length)
{
  g_autofree guint8 *segment = g_malloc0 (20 + length);

  put (segment, sport, 2);
  put (segment + 2, dport, 2);
  put (segment + 4, seq, 4);
  put (segment + 8, ack, 4);
  put (segment + 12, 0x50, 1);
  put (segment + 13, flags, 1);
  put (segment + 14, 0xffff, 2);
  if (length > 0)
    memcpy (segment + 20, data, length);
  return scene_ip (scene, from, to, 6, segment, 20 + length);
}

guint64
scene_arp (Scene *scene, const Host *from)
{
  guint8 body[28] = { 0, 1, 8, 0, 6, 4, 0, 1 }; /* a request, RFC 826 */

  put_mac (body + 8, from->mac);
  put_address (body + 14, from->address);
  put_address (body + 24, from->address);
  return scene_ether (scene, from, &everyone, 0x0806, body, sizeof body);
}

guint64
scene_lease (Scene *scene, const Host *client, const Host *dns, const Host *ntp)
{
  guint8 message[300] = { 2, 1, 6, 0 }; /* BOOTREPLY, RFC 2131 */
  gsize at = 236;

  put_address (message + 16, client->address);
  put_mac (message + 28, client->mac);
  at += put (message + at, 0x63825363, 4);
  at += put (message + at, 0x350105, 3); /* message type: ACK */
  at += put (message + at, 0x3604, 2);   /* who gives it */
  at += put_address (message + at, router.address);
  at += put (message + at, 0x0604, 2);
  at += put_address (message + at, dns->address);
  at += put (message + at, 0x2a04, 2);
  at += put_address (message + at, ntp->address);
  put (message + at, 0xff, 1);
  return scene_udp (scene, &router, client, 67, 68, message, sizeof message);
}

static gsize
put_name (guint8 *into, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);
  gsize at = 0;

  for (guint i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);
      into[at++] = (guint8)length;
      memcpy (into + at, labels[i], length);
      at += length;
    }
  into[at++] = 0;
  return at;
}

guint64
scene_dns (Scene *scene, const Host *from, const Host *to, const char *name, const char *alias,
           const char *address)
{
  guint8 message[512] = { 0 };
  guint8 target[256];
  gsize at = 12;

  put (message, 0x1234, 2);
  put (message + 2, 0x8180, 2); /* a response, no error */
  put (message + 4, 1, 2);
  put (message + 6, alias != NULL ? 2 : 1, 2);
  at += put_name (message + at, name);
  at += put (message + at, 0x00010001, 4);
  if (alias != NULL)
    {
      gsize length = put_name (target, alias);
      at += put_name (message + at, name);
      at += put (message + at, 0x00050001, 4); /* CNAME */
      at += put (message + at, 60, 4);
      at += put (message + at, length, 2);
      memcpy (message + at, target, length);
      at += length;
    }
  at += put_name (message + at, alias != NULL ? alias : name);
  at += put (message + at, 0x00010001, 4); /* A */
  at += put (message + at, 60, 4);
  at += put (message + at, 4, 2);
  at += put_address (message + at, address);
  return scene_udp (scene, from, to, 53, 40053, message, at);
}

void
scene_mark (Scene *scene, const char *comment)
{
  LensRecord record = {
    .has_time = TRUE, .time_ns = scene->now, .octets = (const guint8 *)"", .comment = comment
  };

  record.time_ns -= 1000 * 1000;

  lens_packets_add (scene->packets, &record);
}

/* --- a connection --- */

Talk
scene_connect (Scene *scene, const Host *client, guint16 client_port, const Host *to,
               guint16 server_port)
{
  Talk talk = { client, to, client_port, server_port, 1001, 5001 };

  scene_tcp (scene, client, to, client_port, server_port, 1000, 0, SYN, NULL, 0);
  scene_tcp (scene, to, client, server_port, client_port, 5000, 1001, SYN | ACK, NULL, 0);
  scene_tcp (scene, client, to, client_port, server_port, 1001, 5001, ACK, NULL, 0);
  return talk;
}

guint64
scene_ask (Scene *scene, Talk *talk, gconstpointer data, gsize length)
{
  guint64 frame
      = scene_tcp (scene, talk->client, talk->server, talk->client_port, talk->server_port,
                   talk->client_next, talk->server_next, ACK | PSH, data, length);

  talk->client_next += (guint32)length;
  return frame;
}

guint64
scene_answer (Scene *scene, Talk *talk, gconstpointer data, gsize length)
{
  guint64 frame
      = scene_tcp (scene, talk->server, talk->client, talk->server_port, talk->client_port,
                   talk->server_next, talk->client_next, ACK | PSH, data, length);

  talk->server_next += (guint32)length;
  return frame;
}

/* --- RTSP and RTP --- */

#define SDP                                                                                        \
  "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"                                     \
  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"                         \
  "m=audio 0 RTP/AVP 8\r\na=control:track2\r\n"

static void
exchange (Scene *scene, Talk *talk, const char *ask, const char *answer)
{
  scene_ask (scene, talk, ask, strlen (ask));
  scene_answer (scene, talk, answer, strlen (answer));
}

void
scene_session (Scene *scene, Talk *talk, gboolean interleaved)
{
  g_autofree char *described
      = g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Base: rtsp://192.0.2.10/live/\r\n"
                         "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
                         strlen (SDP), SDP);

  exchange (scene, talk, "DESCRIBE rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n", described);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *spec
          = interleaved
                ? g_strdup_printf ("RTP/AVP/TCP;unicast;interleaved=%u-%u", 2 * i, 2 * i + 1)
                : g_strdup_printf ("RTP/AVP;unicast;client_port=%u-%u", 5000 + 2 * i, 5001 + 2 * i);
      g_autofree char *ports
          = interleaved ? g_strdup ("")
                        : g_strdup_printf (";server_port=%u-%u", 6000 + 2 * i, 6001 + 2 * i);
      g_autofree char *ask = g_strdup_printf ("SETUP rtsp://192.0.2.10/live/track%u RTSP/1.0\r\n"
                                              "CSeq: %u\r\nTransport: %s\r\n\r\n",
                                              i + 1, 2 + i, spec);
      g_autofree char *answer = g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %u\r\n"
                                                 "Session: 7\r\nTransport: %s%s\r\n\r\n",
                                                 2 + i, spec, ports);
      exchange (scene, talk, ask, answer);
    }
  exchange (scene, talk, "PLAY rtsp://192.0.2.10/live/ RTSP/1.0\r\nCSeq: 4\r\nSession: 7\r\n\r\n",
            "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 7\r\n\r\n");
}

gsize
scene_put_rtp (guint8 *into, guint8 payload_type, guint16 sequence, guint8 fill, gsize length)
{
  put (into, 0x80, 1);
  put (into + 1, payload_type, 1);
  put (into + 2, sequence, 2);
  put (into + 4, (guint32)sequence * 3600, 4);
  put (into + 8, payload_type == 96 ? 0x11223344 : 0x55667788, 4);
  memset (into + 12, fill, length);
  return 12 + length;
}

gsize
scene_put_report (guint8 *into)
{
  memset (into, 0x5a, 28);
  put (into, 0x80c80006, 4); /* version 2, no blocks, type 200, 7 words */
  put (into + 4, 0x11223344, 4);
  return 28;
}

guint64
scene_interleave (Scene *scene, Talk *talk, guint8 channel, gconstpointer data, gsize length)
{
  g_autofree guint8 *frame = g_malloc (4 + length);

  put (frame, '$', 1);
  put (frame + 1, channel, 1);
  put (frame + 2, length, 2);
  if (length > 0)
    memcpy (frame + 4, data, length);
  return scene_answer (scene, talk, frame, 4 + length);
}

/* --- what came of it --- */

static void
check_parts (const LensEvaluation *evaluation)
{
  const LensLedgerSection *ledger = &evaluation->ledger;
  guint64 outside = ledger->classes[LENS_CLASS_OTHER_HOST].bytes;

  for (guint c = 0; c < LENS_N_CLASSES; c++)
    {
      guint64 bytes = 0, packets = 0;
      for (guint p = 0; p < ledger->parts->len; p++)
        {
          const LensLedgerPart *part = g_ptr_array_index (ledger->parts, p);
          bytes += part->classes[c].bytes;
          packets += part->classes[c].packets;
          /* A part holds octets of a class where it holds packets of it. */
          g_assert_true ((part->classes[c].bytes > 0) == (part->classes[c].packets > 0));
        }
      g_assert_cmpuint (ledger->classes[c].packets, <=, ledger->total_packets);
      if (c == LENS_CLASS_OTHER_HOST)
        g_assert_cmpuint (bytes, ==, 0);
      else if (c != LENS_CLASS_NETWORK_OVERHEAD || outside == 0)
        {
          /* Pseudo-headers of other hosts' frames are overhead of nobody. */
          g_assert_cmpuint (bytes, ==, ledger->classes[c].bytes);
          g_assert_cmpuint (packets, ==, ledger->classes[c].packets);
        }
    }
}

static void
check_timeline (const LensEvaluation *evaluation)
{
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    {
      guint64 sum = 0;
      for (guint i = 0; i < evaluation->ledger.n_bins; i++)
        sum += evaluation->ledger.timeline[c][i];
      g_assert_cmpuint (sum, ==, evaluation->ledger.classes[c].bytes);
    }
}

static void
check_unexplained (const LensEvaluation *evaluation)
{
  guint64 bits = 0;

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      g_autofree char *id = g_strdup_printf ("F%03u", i + 1);
      g_assert_cmpstr (finding->id, ==, id);
      if (g_str_equal (finding->channel, "ledger-unexplained"))
        bits += finding->used_bits;
    }
  g_assert_cmpuint (bits, ==, 8 * evaluation->ledger.classes[LENS_CLASS_UNEXPLAINED].bytes);
}

const LensEvaluation *
scene_conclude (Scene *scene)
{
  char *problem = NULL;

  if (scene->evaluation != NULL)
    return scene->evaluation;
  g_autoptr (LensLedger) ledger = lens_ledger_new (&scene->options);
  lens_packets_feed (scene->packets, ledger);
  if (scene->status != NULL)
    lens_ledger_set_status (ledger, scene->status);
  scene->evaluation = lens_ledger_conclude (ledger, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_true (lens_evaluation_adds_up (scene->evaluation));
  check_parts (scene->evaluation);
  check_timeline (scene->evaluation);
  check_unexplained (scene->evaluation);
  return scene->evaluation;
}

guint64
scene_class (Scene *scene, LensClass class_)
{
  return scene_conclude (scene)->ledger.classes[class_].bytes;
}

guint64
scene_packets (Scene *scene, LensClass class_)
{
  return scene_conclude (scene)->ledger.classes[class_].packets;
}

const LensFindingRow *
scene_finding (Scene *scene, const char *channel)
{
  const LensEvaluation *evaluation = scene_conclude (scene);

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      if (g_str_equal (finding->channel, channel))
        return finding;
    }
  return NULL;
}

gboolean
scene_has_reason (Scene *scene, const char *reason)
{
  const LensEvaluation *evaluation = scene_conclude (scene);

  for (guint i = 0; i < evaluation->reasons->len; i++)
    if (g_str_equal (g_ptr_array_index (evaluation->reasons, i), reason))
      return TRUE;
  return FALSE;
}

char *
scene_classes_text (Scene *scene)
{
  GString *text = g_string_new (NULL);

  for (guint c = 0; c < LENS_N_CLASSES; c++)
    if (scene_class (scene, c) > 0)
      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT "\n", lens_class_name (c),
                              scene_class (scene, c));
  return g_string_free (text, FALSE);
}
