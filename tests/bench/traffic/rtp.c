#include "tests/bench/traffic/rtp.h"

#include <string.h>

#define RTP_OCTETS 12
#define PAYLOAD_OCTETS 1400
#define SECONDS_1900_TO_1970 G_GUINT64_CONSTANT (2208988800)

enum
{
  SENDER_REPORT = 200,
  RECEIVER_REPORT = 201,
  DESCRIPTION = 202,
  GOODBYE = 203,
};

/* Duration of a unit on the track's clock. */
static guint
unit_ticks (const BenchTrack *track)
{
  switch (track->media->codec)
    {
    case BENCH_G711:
      return 160;
    case BENCH_AAC:
      return 1024;
    case BENCH_H264:
    case BENCH_H265:
      break;
    }
  return 3600;
}

gint64
bench_track_due (const BenchTrack *track)
{
  return track->started_us + track->units * unit_ticks (track) * G_USEC_PER_SEC / track->clock_hz;
}

guint32
bench_track_stamp (const BenchTrack *track)
{
  return track->first_stamp + (guint32)(track->units * unit_ticks (track));
}

/* To the other side: a datagram, or RFC 2326 section 10.12 inside the viewer's connection.
 * @from: 0 the camera, 1 the viewer. */
static gint64
carry (BenchTrack *track, guint from, gboolean is_rtcp, gint64 at_us, guint8 *framed, gsize length)
{
  if (track->tcp == NULL)
    return bench_udp (track->frames, is_rtcp ? &track->rtcp : &track->rtp, from, at_us, framed + 4,
                      length);
  framed[0] = '$';
  framed[1] = (guint8)(track->channel + is_rtcp);
  bench_put16 (framed + 2, (guint)length);
  return bench_tcp_send (track->tcp, track->frames, !from, at_us, framed, 4 + length);
}

typedef struct
{
  BenchTrack *track;
  GByteArray *out; /* interleaved packets that leave together */
  gint64 at_us;
} Burst;

static void
packet (Burst *burst, gboolean marker, const guint8 *head, gsize head_length, const guint8 *body,
        gsize body_length)
{
  BenchTrack *track = burst->track;
  guint8 framed[4 + RTP_OCTETS + PAYLOAD_OCTETS + 8];
  guint8 *rtp = framed + 4;
  gsize length = RTP_OCTETS + head_length + body_length;

  rtp[0] = 0x80;
  rtp[1] = (guint8)((marker ? 0x80 : 0) | track->payload_type);
  bench_put16 (rtp + 2, track->sequence);
  bench_put32 (bench_put32 (rtp + 4, bench_track_stamp (track)), track->ssrc);
  if (head_length > 0)
    memcpy (rtp + RTP_OCTETS, head, head_length);
  memcpy (rtp + RTP_OCTETS + head_length, body, body_length);
  track->cycles += ++track->sequence == 0;
  track->packets++;
  track->octets += (guint32)(head_length + body_length);
  if (track->tcp == NULL)
    {
      carry (track, 0, FALSE, burst->at_us, framed, length);
      return;
    }
  framed[0] = '$';
  framed[1] = (guint8)track->channel;
  bench_put16 (framed + 2, (guint)length);
  g_byte_array_append (burst->out, framed, (guint)(4 + length));
}

/* RFC 6184 section 5.8 (FU-A), RFC 7798 section 4.4.3 (FU). */
static void
fragments (Burst *burst, const BenchPart *part)
{
  gboolean is_h265 = burst->track->media->codec == BENCH_H265;
  const guint8 *nal = burst->track->media->octets + part->offset;
  gsize skip = is_h265 ? 2 : 1, room = PAYLOAD_OCTETS - skip - 1;
  guint8 head[3];

  for (gsize at = skip; at < part->length; at += room)
    {
      gsize taken = MIN (room, part->length - at);
      gboolean is_last = at + taken == part->length;
      guint mark = (at == skip ? 0x80u : 0) | (is_last ? 0x40u : 0);
      if (is_h265)
        {
          head[0] = (guint8)((nal[0] & 0x81) | 49 << 1);
          head[1] = nal[1];
          head[2] = (guint8)(mark | (nal[0] >> 1 & 0x3f));
        }
      else
        {
          head[0] = (guint8)((nal[0] & 0x60) | 28);
          head[1] = (guint8)(mark | (nal[0] & 0x1f));
        }
      packet (burst, is_last && part->ends_unit, head, skip + 1, nal + at, taken);
    }
}

static void
send_part (Burst *burst, const BenchPart *part)
{
  const BenchMedia *media = burst->track->media;
  const guint8 *octets = media->octets + part->offset;
  guint8 head[4] = { 0, 16 }; /* RFC 3640 section 3.2.1: sixteen bits of AU headers */

  if (media->codec == BENCH_AAC)
    {
      bench_put16 (head + 2, (guint)part->length << 3);
      packet (burst, TRUE, head, sizeof head, octets, part->length);
    }
  else if (part->length > PAYLOAD_OCTETS)
    fragments (burst, part);
  else
    packet (burst, media->codec != BENCH_G711 && part->ends_unit, NULL, 0, octets, part->length);
}

void
bench_track_send (BenchTrack *track, gint64 at_us)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Burst burst = { track, out, at_us };
  gboolean is_whole = FALSE;

  while (!is_whole)
    {
      const BenchPart *part = &g_array_index (track->media->parts, BenchPart, track->next_part);
      send_part (&burst, part);
      is_whole = part->ends_unit;
      track->next_part = (track->next_part + 1) % track->media->parts->len;
    }
  if (track->tcp != NULL)
    bench_tcp_send (track->tcp, track->frames, 1, at_us, out->data, out->len);
  track->units++;
}

static guint64
ntp (gint64 at_us)
{
  guint64 us = (guint64)at_us;

  return (us / G_USEC_PER_SEC + SECONDS_1900_TO_1970) << 32
         | ((us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;
}

/* RFC 3550 section 6.5: one chunk, CNAME only, zeros to a word. */
static guint8 *
put_description (guint8 *to, guint32 ssrc, const char *name)
{
  gsize length = strlen (name), words = (4 + 2 + length) / 4 + 1;

  memset (to, 0, 4 + 4 * words);
  bench_put32 (bench_put32 (to, 0x81000000u | DESCRIPTION << 16 | (guint32)words), ssrc);
  to[8] = 1;
  to[9] = (guint8)length;
  memcpy (to + 10, name, length);
  return to + 4 + 4 * words;
}

static guint8 *
put_sender_report (const BenchTrack *track, gint64 at_us, guint8 *to)
{
  guint64 now = ntp (at_us);
  guint32 stamp = track->first_stamp
                  + (guint32)((at_us - track->started_us) * track->clock_hz / G_USEC_PER_SEC);

  to = bench_put32 (to, 0x80000000u | SENDER_REPORT << 16 | 6);
  to = bench_put32 (to, track->ssrc);
  to = bench_put32 (bench_put32 (to, (guint32)(now >> 32)), (guint32)now);
  to = bench_put32 (bench_put32 (to, stamp), track->packets);
  to = bench_put32 (to, track->octets);
  return put_description (to, track->ssrc, track->name);
}

static guint8 *
put_receiver_report (const BenchTrack *track, gint64 at_us, guint8 *to)
{
  gint64 since_us = at_us - track->last_report_us;

  to = bench_put32 (to, 0x81000000u | RECEIVER_REPORT << 16 | 7);
  to = bench_put32 (bench_put32 (to, track->viewer_ssrc), track->ssrc);
  to = bench_put32 (to, 0); /* nothing lost */
  to = bench_put32 (to, (track->cycles << 16) + (guint16)(track->sequence - 1));
  to = bench_put32 (to, 20 + track->packets % 7); /* jitter */
  to = bench_put32 (to, (guint32)(ntp (track->last_report_us) >> 16));
  to = bench_put32 (to, (guint32)((since_us << 16) / G_USEC_PER_SEC));
  return put_description (to, track->viewer_ssrc, track->viewer_name);
}

void
bench_track_report (BenchTrack *track, gint64 at_us)
{
  guint8 framed[512];

  guint8 *end = put_sender_report (track, at_us, framed + 4);
  gint64 left_us = carry (track, 0, TRUE, at_us, framed, (gsize)(end - framed - 4));

  track->last_report_us = at_us;
  end = put_receiver_report (track, left_us + 1500, framed + 4);
  carry (track, 1, TRUE, left_us + 1500, framed, (gsize)(end - framed - 4));
}

void
bench_track_end (BenchTrack *track, gint64 at_us)
{
  guint8 framed[512];
  guint8 *end = put_sender_report (track, at_us, framed + 4);

  end = bench_put32 (end, 0x81000000u | GOODBYE << 16 | 1);
  end = bench_put32 (end, track->ssrc);
  carry (track, 0, TRUE, at_us, framed, (gsize)(end - framed - 4));
}
