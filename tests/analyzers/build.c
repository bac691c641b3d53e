#include "tests/analyzers/build.h"

#include "analyzers/registry.h"
#include "ledger/profile.h"
#include "tests/analyzers/keep.h"

#include <string.h>

static const guint8 macs[2][6] = { { 2, 0, 0, 0, 0, 0x10 }, { 2, 0, 0, 0, 0, 0x20 } };
static const guint8 addresses[2][4] = { { 192, 0, 2, 10 }, { 192, 0, 2, 20 } };

const char build_sdp_h264[] = "v=0\r\n"
                              "o=- 1 1 IN IP4 192.0.2.10\r\n"
                              "s=Session\r\n"
                              "t=0 0\r\n"
                              "m=video 0 RTP/AVP 96\r\n"
                              "a=rtpmap:96 H264/90000\r\n"
                              "a=fmtp:96 packetization-mode=1\r\n"
                              "a=control:track1\r\n";
const char build_sdp_h265[] = "v=0\r\n"
                              "o=- 1 1 IN IP4 192.0.2.10\r\n"
                              "s=Session\r\n"
                              "t=0 0\r\n"
                              "m=video 0 RTP/AVP 96\r\n"
                              "a=rtpmap:96 H265/90000\r\n"
                              "a=control:track1\r\n";
const char build_sdp_jpeg[] = "v=0\r\n"
                              "o=- 1 1 IN IP4 192.0.2.10\r\n"
                              "s=Session\r\n"
                              "t=0 0\r\n"
                              "m=video 0 RTP/AVP 26\r\n"
                              "a=control:track1\r\n";

static Build *
new_with (const char *analyzer, const char *device, LensProfile *profile)
{
  Build *build = g_new0 (Build, 1);
  LensLedgerOptions options = { .device = device, .logged = TRUE };

  build->kept = keep_new ();
  build->profiles = options.profiles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free);
  if (profile != NULL)
    g_ptr_array_add (build->profiles, profile);
  options.analyzers = lens_analyzers;
  options.n_analyzers = lens_n_analyzers;
  if (analyzer != NULL)
    {
      build->analyzers[0] = lens_analyzer_find (analyzer);
      g_assert_nonnull (build->analyzers[0]);
      options.analyzers = build->analyzers;
      options.n_analyzers = 1;
    }
  build->ledger = lens_ledger_new (&options);
  build->now = G_GINT64_CONSTANT (1700000000) * 1000 * 1000 * 1000;
  build->step = 10 * 1000 * 1000;
  return build;
}

Build *
build_new (const char *analyzer)
{
  return new_with (analyzer, "192.0.2.10", NULL);
}

Build *
build_declared (const char *analyzer, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "[device]\nname = Camera\naddress = 192.0.2.10\nmac = 02:00:00:00:00:10\n%s", more);
  g_autoptr (GError) error = NULL;
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return new_with (analyzer, NULL, profile);
}

void
build_free (Build *build)
{
  if (build == NULL)
    return;
  keep_write (build->kept, g_test_get_path ());
  lens_ledger_free (build->ledger);
  g_clear_pointer (&build->evaluation, lens_evaluation_free);
  g_ptr_array_unref (build->profiles);
  g_free (build);
}

/* --- octets --- */

GByteArray *
build_hex (const char *digits)
{
  GByteArray *octets = g_byte_array_new ();
  guint8 octet = 0;
  guint n = 0;

  for (; *digits != '\0'; digits++)
    {
      if (*digits == ' ')
        continue;
      g_assert_true (g_ascii_isxdigit (*digits));
      octet = (guint8)(octet << 4 | g_ascii_xdigit_value (*digits));
      if (++n % 2 == 0)
        g_byte_array_append (octets, &octet, 1);
    }
  g_assert_cmpuint (n % 2, ==, 0);
  return octets;
}

GByteArray *
build_text (const char *text)
{
  GByteArray *octets = g_byte_array_new ();

  return g_byte_array_append (octets, (const guint8 *)text, (guint)strlen (text));
}

GByteArray *
build_filled (guint8 octet, gsize length)
{
  GByteArray *octets = g_byte_array_new ();

  g_byte_array_set_size (octets, (guint)length);
  if (length > 0)
    memset (octets->data, octet, length);
  return octets;
}

GByteArray *
build_join (GByteArray *head, GByteArray *tail)
{
  if (tail == NULL)
    return head;
  g_byte_array_append (head, tail->data, tail->len);
  g_byte_array_unref (tail);
  return head;
}

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
set16 (GByteArray *octets, gsize offset, guint16 value)
{
  octets->data[offset] = (guint8)(value >> 8);
  octets->data[offset + 1] = (guint8)value;
}

/* RFC 1071, over @octets and what @sum begins with. */
static guint16
checksum (guint32 sum, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    sum += i % 2 == 0 ? (guint32)octets[i] << 8 : octets[i];
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16)~sum;
}

/* The pseudo-header of UDP and TCP, not yet folded. */
static guint32
pseudo_sum (guint8 protocol, gsize length)
{
  guint32 sum = protocol + (guint32)length;

  for (guint i = 0; i < 2; i++)
    sum += (guint32)(addresses[i][0] << 8 | addresses[i][1])
           + (guint32)(addresses[i][2] << 8 | addresses[i][3]);
  return sum;
}

/* --- frames --- */

guint64
build_frame (Build *build, GByteArray *frame)
{
  LensRecord record = { .frame = ++build->frame,
                        .linktype = 1,
                        .has_time = TRUE,
                        .time_ns = build->now,
                        .octets = frame->data,
                        .captured = frame->len,
                        .original = frame->len };

  lens_ledger_packet (build->ledger, &record);
  keep_packet (build->kept, &record);
  build->now += build->step;
  g_byte_array_unref (frame);
  return build->frame;
}

guint64
build_ethernet (Build *build, BuildSpeaker speaker, guint16 ethertype, GByteArray *payload,
                GByteArray *trailer)
{
  GByteArray *frame = g_byte_array_new ();

  g_byte_array_append (frame, macs[!speaker], 6);
  g_byte_array_append (frame, macs[speaker], 6);
  put (frame, ethertype, 2);
  build->offset = frame->len;
  return build_frame (build, build_join (build_join (frame, payload), trailer));
}

guint64
build_announce (Build *build)
{
  return build_ethernet (build, CAMERA, 0x0806,
                         build_hex ("0001 0800 06 04 0001 020000000010 c000020a"
                                    "000000000000 c000020a"),
                         build_filled (0, 18));
}

guint64
build_ip (Build *build, BuildSpeaker speaker, guint8 protocol, GByteArray *payload,
          GByteArray *trailer)
{
  GByteArray *packet = build_hex ("4500");

  put (packet, 20 + payload->len, 2);
  put (packet, build->frame + 1, 2); /* identification */
  put (packet, 0x4000, 2);           /* don't fragment */
  put (packet, 64, 1);
  put (packet, protocol, 1);
  put (packet, 0, 2);
  g_byte_array_append (packet, addresses[speaker], 4);
  g_byte_array_append (packet, addresses[!speaker], 4);
  set16 (packet, 10, checksum (0, packet->data, packet->len));
  guint64 frame = build_ethernet (build, speaker, 0x0800, build_join (packet, payload), trailer);
  build->offset += 20;
  return frame;
}

GByteArray *
build_datagram (BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port, GByteArray *data)
{
  GByteArray *datagram = g_byte_array_new ();
  gsize length = 8 + data->len;

  put (datagram, speaker == CAMERA ? camera_port : viewer_port, 2);
  put (datagram, speaker == CAMERA ? viewer_port : camera_port, 2);
  put (datagram, length, 2);
  put (datagram, 0, 2);
  datagram = build_join (datagram, data);
  set16 (datagram, 6, checksum (pseudo_sum (17, length), datagram->data, datagram->len));
  return datagram;
}

guint64
build_udp (Build *build, BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port,
           GByteArray *data)
{
  guint64 frame = build_ip (build, speaker, 17,
                            build_datagram (speaker, camera_port, viewer_port, data), NULL);

  build->offset += 8;
  return frame;
}

guint64
build_echo (Build *build, BuildSpeaker speaker, guint8 type, guint16 identifier, guint16 sequence,
            GByteArray *data)
{
  GByteArray *message = g_byte_array_new ();

  put (message, (guint32)type << 24, 4);
  put (message, identifier, 2);
  put (message, sequence, 2);
  message = build_join (message, data);
  set16 (message, 2, checksum (0, message->data, message->len));
  guint64 frame = build_ip (build, speaker, 1, message, NULL);
  build->offset += 8;
  return frame;
}

/* --- TCP --- */

static guint64
send_segment (Build *build, BuildTcp *tcp, BuildSpeaker speaker, guint8 flags, GByteArray *data)
{
  GByteArray *segment = g_byte_array_new ();
  guint length = data->len;

  put (segment, speaker == CAMERA ? tcp->camera_port : tcp->viewer_port, 2);
  put (segment, speaker == CAMERA ? tcp->viewer_port : tcp->camera_port, 2);
  put (segment, tcp->sequence[speaker], 4);
  put (segment, (flags & 0x10) != 0 ? tcp->sequence[!speaker] : 0, 4);
  put (segment, 0x50, 1);
  put (segment, flags, 1);
  put (segment, 0xffff, 2); /* window */
  put (segment, 0, 4);      /* checksum, urgent pointer */
  segment = build_join (segment, data);
  set16 (segment, 16, checksum (pseudo_sum (6, segment->len), segment->data, segment->len));
  tcp->sequence[speaker] += length + ((flags & 0x02) != 0);
  guint64 frame = build_ip (build, speaker, 6, segment, NULL);
  build->offset += 20;
  return frame;
}

void
build_connect (Build *build, BuildTcp *tcp, guint16 camera_port, guint16 viewer_port)
{
  *tcp = (BuildTcp){ camera_port, viewer_port, { 1000, 5000 } };
  send_segment (build, tcp, VIEWER, 0x02, g_byte_array_new ());
  send_segment (build, tcp, CAMERA, 0x12, g_byte_array_new ());
  send_segment (build, tcp, VIEWER, 0x10, g_byte_array_new ());
}

guint64
build_segment (Build *build, BuildTcp *tcp, BuildSpeaker speaker, GByteArray *data)
{
  return send_segment (build, tcp, speaker, 0x18, data);
}

guint64
build_tcp (Build *build, BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port,
           BuildSegment segment)
{
  GByteArray *octets = g_byte_array_new ();
  guint options = segment.options != NULL ? segment.options->len : 0;

  put (octets, speaker == CAMERA ? camera_port : viewer_port, 2);
  put (octets, speaker == CAMERA ? viewer_port : camera_port, 2);
  put (octets, segment.sequence, 4);
  put (octets, segment.acknowledgement, 4);
  put (octets, (5 + options / 4) << 12 | segment.flags, 2);
  put (octets, segment.window, 2);
  put (octets, 0, 2);
  put (octets, segment.urgent, 2);
  if (segment.options != NULL)
    octets = build_join (octets, segment.options);
  if (segment.data != NULL)
    octets = build_join (octets, segment.data);
  set16 (octets, 16, checksum (pseudo_sum (6, octets->len), octets->data, octets->len));
  octets->data[16] ^= segment.wrong_sum ? 0xff : 0;
  return build_ip (build, speaker, 6, octets, NULL);
}

/* --- RTSP --- */

static guint64
request_of (Build *build, const char *method, const char *control, const char *headers,
            const char *reply_headers, const char *body)
{
  g_autofree char *ask
      = g_strdup_printf ("%s rtsp://192.0.2.10/live%s RTSP/1.0\r\nCSeq: %u\r\n%s\r\n", method,
                         control, ++build->cseq, headers);
  g_autofree char *length
      = *body != '\0' ? g_strdup_printf ("Content-Length: %zu\r\n", strlen (body)) : g_strdup ("");
  g_autofree char *answer = g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %u\r\n%s%s\r\n%s",
                                             build->cseq, reply_headers, length, body);

  build_segment (build, &build->rtsp, VIEWER, build_text (ask));
  return build_segment (build, &build->rtsp, CAMERA, build_text (answer));
}

guint64
build_request (Build *build, const char *method, const char *headers, const char *reply_headers,
               const char *body)
{
  return request_of (build, method, "", headers, reply_headers, body);
}

guint64
build_answer (Build *build, const char *method, const char *uri, const char *status,
              const char *headers)
{
  guint cseq = ++build->cseq;
  g_autofree char *request
      = g_strdup_printf ("%s %s RTSP/1.0\r\nCSeq: %u\r\n\r\n", method, uri, cseq);
  g_autofree char *reply
      = g_strdup_printf ("RTSP/1.0 %s\r\nCSeq: %u\r\n%s\r\n", status, cseq, headers);

  build_segment (build, &build->rtsp, VIEWER, build_text (request));
  return build_segment (build, &build->rtsp, CAMERA, build_text (reply));
}

static guint
count_tracks (const char *sdp)
{
  guint n = 0;

  for (const char *at = sdp; (at = strstr (at, "\nm=")) != NULL; at++)
    n++;
  return n;
}

void
build_session (Build *build, const char *sdp, gboolean over_tcp, const char *more)
{
  build->over_tcp = over_tcp;
  build_connect (build, &build->rtsp, 554, 40000);
  build_request (build, "OPTIONS", "", "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", "");
  build_request (build, "DESCRIBE", "Accept: application/sdp\r\n",
                 "Content-Base: rtsp://192.0.2.10/live/\r\nContent-Type: application/sdp\r\n", sdp);
  for (guint i = 0; i < count_tracks (sdp); i++)
    {
      g_autofree char *control = g_strdup_printf ("/track%u", i + 1);
      g_autofree char *spec
          = over_tcp
                ? g_strdup_printf ("RTP/AVP/TCP;unicast;interleaved=%u-%u", 2 * i, 2 * i + 1)
                : g_strdup_printf ("RTP/AVP;unicast;client_port=%u-%u", 5000 + 2 * i, 5001 + 2 * i);
      g_autofree char *granted
          = over_tcp ? g_strdup (spec)
                     : g_strdup_printf ("%s;server_port=%u-%u", spec, 6000 + 2 * i, 6001 + 2 * i);
      g_autofree char *ask = g_strdup_printf ("Transport: %s\r\n%s", spec, more);
      g_autofree char *reply = g_strdup_printf ("Transport: %s\r\nSession: 12345678\r\n", granted);
      request_of (build, "SETUP", control, ask, reply, "");
    }
  g_autofree char *play = g_strdup_printf ("Session: 12345678\r\n%s", more);
  build_request (build, "PLAY", play, "Session: 12345678\r\n", "");
}

/* --- media --- */

GByteArray *
build_rtp (BuildRtp rtp)
{
  GByteArray *packet = g_byte_array_new ();

  put (packet,
       0x80u | (rtp.padding != NULL ? 0x20u : 0) | (rtp.extension != NULL ? 0x10u : 0)
           | (rtp.csrc != NULL ? rtp.csrc->len / 4 : 0),
       1);
  put (packet, (rtp.marker ? 0x80u : 0) | rtp.payload_type, 1);
  put (packet, rtp.sequence, 2);
  put (packet, rtp.timestamp, 4);
  put (packet, rtp.ssrc, 4);
  packet = build_join (build_join (packet, rtp.csrc), rtp.extension);
  return build_join (build_join (packet, rtp.payload), rtp.padding);
}

guint64
build_interleaved (Build *build, BuildSpeaker speaker, guint8 channel, GByteArray *data)
{
  GByteArray *unit = build_text ("$");

  put (unit, channel, 1);
  put (unit, data->len, 2);
  guint64 frame = build_segment (build, &build->rtsp, speaker, build_join (unit, data));
  build->offset += 4;
  return frame;
}

guint64
build_media (Build *build, BuildSpeaker speaker, guint track, gboolean rtcp, GByteArray *packet)
{
  guint number = 2 * track + (rtcp ? 1 : 0);

  if (build->over_tcp)
    return build_interleaved (build, speaker, (guint8)number, packet);
  return build_udp (build, speaker, (guint16)(6000 + number), (guint16)(5000 + number), packet);
}

guint64
build_nal (Build *build, guint16 sequence, GByteArray *nal)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = 3600u * sequence,
                                             .ssrc = 0x11223344,
                                             .payload = nal }));
}

void
build_video (Build *build, guint count, guint16 sequence, guint32 ssrc)
{
  for (guint i = 0; i < count; i++)
    {
      guint16 number = (guint16)(sequence + i);
      GByteArray *slice = build_join (build_hex ("41 9a"), build_filled (0x5c, 40 + i % 7));
      build_media (build, CAMERA, 0, FALSE,
                   build_rtp ((BuildRtp){ .marker = TRUE,
                                          .payload_type = 96,
                                          .sequence = number,
                                          .timestamp = 3600u * number,
                                          .ssrc = ssrc,
                                          .payload = slice }));
    }
}

guint64
build_fragments (Build *build, guint16 sequence, gsize size, GByteArray *nal)
{
  guint8 indicator = (nal->data[0] & 0xe0) | 28;
  guint64 first = 0;

  for (gsize at = 1; at < nal->len; at += size)
    {
      gsize length = MIN (size, nal->len - at);
      gboolean last = at + length == nal->len;
      guint8 head = (guint8)((at == 1 ? 0x80 : 0) | (last ? 0x40 : 0) | (nal->data[0] & 0x1f));
      GByteArray *payload = g_byte_array_new ();
      put (payload, indicator, 1);
      put (payload, head, 1);
      g_byte_array_append (payload, nal->data + at, (guint)length);
      guint64 frame = build_media (build, CAMERA, 0, FALSE,
                                   build_rtp ((BuildRtp){ .marker = last,
                                                          .payload_type = 96,
                                                          .sequence = sequence++,
                                                          .timestamp = 777,
                                                          .ssrc = 0x11223344,
                                                          .payload = payload }));
      if (first == 0)
        first = frame;
    }
  g_byte_array_unref (nal);
  return first;
}

GByteArray *
build_report (guint32 ssrc, GByteArray *more)
{
  GByteArray *report = build_hex ("80 c8 0006");

  put (report, ssrc, 4);
  put (report, G_GUINT64_CONSTANT (0xe8fe2e0080000000), 8); /* NTP time */
  put (report, 90000, 4);
  put (report, 10, 4);
  put (report, 1000, 4);
  return build_join (report, more);
}

/* --- what came of it --- */

/* The head of a capture file without packets: what the ledger asks of the file. */
static gssize
read_head (gpointer data, guint8 *into, gsize room)
{
  static const guint8 head[24]
      = { 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, [16] = 0, 4, 0, 0, [23] = 1 };
  gsize *position = data, count = MIN (room, sizeof head - *position);

  memcpy (into, head + *position, count);
  *position += count;
  return (gssize)count;
}

LensEvaluation *
build_conclude (Build *build)
{
  gsize position = 0;
  LensRecord record;
  char *problem = NULL;

  if (build->evaluation != NULL)
    return build->evaluation;
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (read_head, &position);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
  build->evaluation = lens_ledger_conclude (build->ledger, file, build->log, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_true (lens_evaluation_adds_up (build->evaluation));
  return build->evaluation;
}

const LensFindingRow *
build_finding (Build *build, const char *channel)
{
  const LensEvaluation *evaluation = build_conclude (build);

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      if (g_str_equal (row->channel, channel))
        return row;
    }
  return NULL;
}

const LensFindingRow *
build_found (Build *build, const char *channel, LensSeverity severity)
{
  const LensEvaluation *evaluation = build_conclude (build);
  const LensFindingRow *found = build_finding (build, channel);

  g_assert_nonnull (found);
  g_assert_cmpstr (lens_severity_name (found->severity), ==, lens_severity_name (severity));
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      g_assert_true (row == found || !g_str_equal (row->channel, channel));
    }
  return found;
}

const LensFindingRow *
build_worst (Build *build, const char *channel, LensSeverity severity)
{
  const LensEvaluation *evaluation = build_conclude (build);
  const LensFindingRow *worst = NULL;

  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (evaluation->findings, i);
      if (g_str_equal (row->channel, channel) && (worst == NULL || row->severity > worst->severity))
        worst = row;
    }
  g_assert_nonnull (worst);
  g_assert_cmpstr (lens_severity_name (worst->severity), ==, lens_severity_name (severity));
  return worst;
}

const LensFindingRow *
build_quiet (Build *build, const char *channel)
{
  const LensFindingRow *row = build_finding (build, channel);

  if (row != NULL)
    g_assert_cmpstr (lens_severity_name (row->severity), ==, "info");
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 0);
  return row;
}

void
build_assert_octets (const LensFindingRow *finding, guint index, guint64 frame, gsize offset,
                     gsize length)
{
  g_assert_cmpuint (finding->octets->len, >, index);
  LensPiece piece = g_array_index (finding->octets, LensPiece, index);
  g_assert_cmpuint (piece.frame, ==, frame);
  g_assert_cmpuint (piece.offset, ==, offset);
  g_assert_cmpuint (piece.length, ==, length);
}

guint64
build_class (Build *build, LensClass class_)
{
  return build_conclude (build)->ledger.classes[class_].bytes;
}
