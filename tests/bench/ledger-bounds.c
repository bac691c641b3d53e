/* How time and memory of a ledger grow: each crowd at one size and at twice that size.  A ratio
 * well above 2 is work that grows faster than the capture.  Prints; judges nothing.  An argument
 * picks crowds by a part of their name; BARE in the environment leaves the analyzers out. */
#include "analyzers/registry.h"
#include "ledger/ledger.h"

#include "wire/checksum.h"

#include <malloc.h>
#include <string.h>

typedef struct
{
  LensLedger *ledger;
  guint64 frame;
  gint64 now;
  guint32 next[2];
} Feed;

static void
put (guint8 *into, guint64 value, guint octets)
{
  for (guint i = 0; i < octets; i++)
    into[i] = (guint8)(value >> 8 * (octets - 1 - i));
}

/* A frame from (or, @back, to) 192.0.2.10, with @length octets behind the IPv4 header. */
static void
feed_ip (Feed *feed, gboolean back, guint32 peer, guint8 protocol, guint16 flags_and_offset,
         guint16 id, const guint8 *payload, gsize length)
{
  guint8 frame[2048];
  const LensRecord record = { .frame = ++feed->frame,
                              .linktype = 1,
                              .has_time = TRUE,
                              .time_ns = feed->now += 1000,
                              .octets = frame,
                              .captured = (guint32)(34 + length),
                              .original = (guint32)(34 + length) };

  put (frame, back ? 0x020000000010 : 0x020000000001, 6);
  put (frame + 6, back ? 0x020000000001 : 0x020000000010, 6);
  put (frame + 12, 0x0800, 2);
  put (frame + 14, 0x4500, 2);
  put (frame + 16, 20 + length, 2);
  put (frame + 18, id, 2);
  put (frame + 20, flags_and_offset, 2);
  put (frame + 22, 64, 1);
  put (frame + 23, protocol, 1);
  put (frame + 24, 0, 2);
  put (frame + (back ? 30 : 26), 0xc000020a, 4);
  put (frame + (back ? 26 : 30), peer, 4);
  memcpy (frame + 34, payload, length);
  lens_ledger_packet (feed->ledger, &record);
}

static void
feed_udp (Feed *feed, gboolean back, guint32 peer, guint16 own_port, guint16 peer_port,
          const guint8 *data, gsize length)
{
  guint8 datagram[2048];

  put (datagram, back ? peer_port : own_port, 2);
  put (datagram + 2, back ? own_port : peer_port, 2);
  put (datagram + 4, 8 + length, 2);
  put (datagram + 6, 0, 2);
  memcpy (datagram + 8, data, length);
  feed_ip (feed, back, peer, 17, 0, (guint16)feed->frame, datagram, 8 + length);
}

static void
feed_tcp (Feed *feed, gboolean back, guint32 peer, guint16 own_port, guint16 peer_port,
          guint8 flags, const void *data, gsize length)
{
  guint8 segment[2048] = { 0 };

  put (segment, back ? peer_port : own_port, 2);
  put (segment + 2, back ? own_port : peer_port, 2);
  put (segment + 4, feed->next[back], 4);
  put (segment + 8, feed->next[!back], 4);
  put (segment + 12, 0x50, 1);
  put (segment + 13, flags, 1);
  memcpy (segment + 20, data, length);
  feed->next[back] += (guint32)length + ((flags & 2) != 0);
  feed_ip (feed, back, peer, 6, 0, (guint16)feed->frame, segment, 20 + length);
}

static void
many_udp_flows (Feed *feed, guint n)
{
  guint8 data[20];

  for (guint i = 0; i < n; i++)
    {
      memset (data, (int)(i & 0x3f), sizeof data);
      feed_udp (feed, FALSE, 0xcb000000 + i / 1000, (guint16)(1024 + i % 1000), 9000, data, 20);
      feed_udp (feed, TRUE, 0xcb000000 + i / 1000, (guint16)(1024 + i % 1000), 9000, data, 20);
    }
}

static void
many_tcp_flows (Feed *feed, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint32 peer = 0xcb000000 + i / 1000;
      guint16 port = (guint16)(1024 + i % 1000);
      feed->next[0] = feed->next[1] = i * 1000;
      feed_tcp (feed, FALSE, peer, port, 443, 0x02, "", 0);
      feed_tcp (feed, TRUE, peer, port, 443, 0x12, "", 0);
      feed_tcp (feed, FALSE, peer, port, 443, 0x18, "0123456789", 10);
      feed_tcp (feed, TRUE, peer, port, 443, 0x18, "0123456789", 10);
    }
}

static void
many_scans (Feed *feed, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      feed->next[0] = i;
      feed_tcp (feed, FALSE, 0xcb000000 + i / 1000, (guint16)(1024 + i % 1000), 23, 0x02, "", 0);
    }
}

static void
many_setups (Feed *feed, guint n)
{
  char text[300];

  feed_tcp (feed, TRUE, 0xc0000214, 554, 40000, 0x02, "", 0);
  feed_tcp (feed, FALSE, 0xc0000214, 554, 40000, 0x12, "", 0);
  for (guint i = 0; i < n; i++)
    {
      int length = g_snprintf (text, sizeof text,
                               "SETUP rtsp://192.0.2.10/%u RTSP/1.0\r\nCSeq: %u\r\n"
                               "Transport: RTP/AVP;unicast;client_port=%u-%u\r\n\r\n",
                               i, i, 1024 + 2 * (i % 30000), 1025 + 2 * (i % 30000));
      feed_tcp (feed, TRUE, 0xc0000214, 554, 40000, 0x18, text, (gsize)length);
      length = g_snprintf (text, sizeof text,
                           "RTSP/1.0 200 OK\r\nCSeq: %u\r\n"
                           "Transport: RTP/AVP;unicast;client_port=%u-%u\r\n\r\n",
                           i, 1024 + 2 * (i % 30000), 1025 + 2 * (i % 30000));
      feed_tcp (feed, FALSE, 0xc0000214, 554, 40000, 0x18, text, (gsize)length);
    }
}

static void
many_answers (Feed *feed, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 message[64] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0 };
      char label[9];
      g_snprintf (label, sizeof label, "%08x", i);
      gsize at = 12;
      message[at++] = 8;
      memcpy (message + at, label, 8);
      at += 8;
      put (message + at, 0, 1);
      put (message + at + 1, 0x00010001, 4);
      put (message + at + 5, 0xc00c, 2);
      put (message + at + 7, 0x00010001, 4);
      put (message + at + 11, 60, 4);
      put (message + at + 15, 4, 2);
      put (message + at + 17, 0xcb000000 + i % 4, 4);
      feed_udp (feed, TRUE, 0xc0000201, 5353, 53, message, at + 21);
    }
}

static void
many_fragments (Feed *feed, guint n)
{
  guint8 octets[8] = { 0 };

  for (guint i = 0; i < n; i++)
    feed_ip (feed, FALSE, 0xcb007142, 17, (guint16)(0x2000 | (i / 7 % 8000)), (guint16)(i % 5000),
             octets, 8);
}

static void
one_flow (Feed *feed, guint n)
{
  guint8 data[1200] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      put (data, i, 4);
      feed_udp (feed, FALSE, 0xcb007142, 5000, 9000, data, sizeof data);
    }
}

static void
one_connection (Feed *feed, guint n)
{
  guint8 data[1200] = { 0 };

  feed_tcp (feed, FALSE, 0xcb007142, 5000, 9000, 0x02, "", 0);
  feed_tcp (feed, TRUE, 0xcb007142, 5000, 9000, 0x12, "", 0);
  for (guint i = 0; i < n; i++)
    {
      put (data, i, 4);
      feed_tcp (feed, FALSE, 0xcb007142, 5000, 9000, 0x18, data, sizeof data);
      if (i % 2)
        feed_tcp (feed, TRUE, 0xcb007142, 5000, 9000, 0x10, "", 0);
    }
}

/* To each peer some datagrams with a checksum and some without. */
static void
many_odd_sums (Feed *feed, guint n)
{
  const LensAddress own = { .version = 4, .octets = { 192, 0, 2, 10 } };

  for (guint i = 0; i < 20 * n; i++)
    {
      LensAddress peer = { .version = 4 };
      guint8 datagram[12] = { 0 };
      put (peer.octets, 0xcb000000 + i / 20, 4);
      put (datagram, 0x13881389000c0000, 8);
      guint32 sum = lens_checksum_pseudo (&own, &peer, 17, sizeof datagram);
      if (i % 2 != 0)
        put (datagram + 6, lens_checksum_end (lens_checksum_add (sum, datagram, sizeof datagram)),
             2);
      feed_ip (feed, FALSE, 0xcb000000 + i / 20, 17, 0, (guint16)i, datagram, sizeof datagram);
    }
}

/* To each peer segments with a reserved bit and without. */
static void
many_odd_bits (Feed *feed, guint n)
{
  for (guint i = 0; i < 4 * n; i++)
    {
      guint8 segment[24] = { 0 };
      put (segment, 0x138801bb, 4);
      put (segment + 4, 4 * i, 4);
      put (segment + 12, i % 2 != 0 ? 0x5418 : 0x5018, 2);
      feed_ip (feed, FALSE, 0xcb000000 + i / 4, 6, 0, (guint16)i, segment, sizeof segment);
    }
}

/* Packets of many hosts that one router forwards. */
static void
many_routed_hosts (Feed *feed, guint n)
{
  guint8 data[20] = { 0 };

  for (guint i = 0; i < 10 * n; i++)
    feed_udp (feed, TRUE, 0xcb000000 + i * 7919 % n, 5000, 9000, data, sizeof data);
}

/* Reports of groups that nobody sends to, from many hosts. */
static void
many_groups (Feed *feed, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 report[8] = { 0x16 };
      put (report + 4, 0xe1000000 + i, 4);
      feed_ip (feed, TRUE, 0xcb000000 + i % 4096, 2, 0, (guint16)i, report, sizeof report);
    }
}

/* One octet a segment, to a port where RTSP could begin. */
static void
a_trickle (Feed *feed, guint n)
{
  guint8 octet = 0x41;

  feed->next[0] = 77;
  for (guint i = 0; i < n; i++)
    {
      octet = (guint8)(i * 7 + 1);
      feed_tcp (feed, FALSE, 0xc0000214, 554, 40000, 0x18, &octet, 1);
    }
}

/* A body as long as is read, one octet a segment. */
static void
a_slow_body (Feed *feed, guint n)
{
  static const char head[] = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 1000000\r\n\r\n";

  feed_tcp (feed, FALSE, 0xc0000214, 554, 40000, 0x18, head, sizeof head - 1);
  for (guint i = 0; i < n; i++)
    feed_tcp (feed, FALSE, 0xc0000214, 554, 40000, 0x18, "x", 1);
}

static const struct
{
  const char *name;
  void (*feed) (Feed *feed, guint n);
  guint n;
} crowds[] = {
  { "udp flows", many_udp_flows, 100000 },      { "tcp flows", many_tcp_flows, 100000 },
  { "scanned ports", many_scans, 100000 },      { "SETUPs", many_setups, 25000 },
  { "DNS answers", many_answers, 50000 },       { "tiny fragments", many_fragments, 50000 },
  { "datagrams of a flow", one_flow, 500000 },  { "segments", one_connection, 500000 },
  { "octets of a trickle", a_trickle, 50000 },  { "octets of a body", a_slow_body, 100000 },
  { "odd checksums", many_odd_sums, 10000 },    { "odd bits", many_odd_bits, 10000 },
  { "routed hosts", many_routed_hosts, 50000 }, { "groups", many_groups, 8192 },
};

static double
measure (guint crowd, guint n, gsize *memory, double *concluding)
{
  g_autoptr (GPtrArray) profiles = g_ptr_array_new ();
  const LensLedgerOptions options = { .profiles = profiles,
                                      .device = "192.0.2.10",
                                      .analyzers = lens_analyzers,
                                      .n_analyzers = g_getenv ("BARE") ? 0 : lens_n_analyzers };
  gsize before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  gint64 start = g_get_monotonic_time ();
  Feed feed = { .ledger = lens_ledger_new (&options) };
  char *problem = NULL;

  crowds[crowd].feed (&feed, n);
  *memory = mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before;
  gint64 end = g_get_monotonic_time ();
  lens_evaluation_free (lens_ledger_conclude (feed.ledger, NULL, NULL, &problem));
  g_assert_null (problem);
  *concluding = (double)(g_get_monotonic_time () - end) / 1e6;
  lens_ledger_free (feed.ledger);
  return (double)(end - start) / 1e6;
}

int
main (int argc, char **argv)
{
  g_print ("%-22s %8s %8s %8s %8s %10s\n", "crowd", "n", "s", "s at 2n", "end s", "octets each");
  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    {
      gsize less, more;
      double end;
      if (argc > 1 && strstr (crowds[i].name, argv[1]) == NULL)
        continue;
      double once = measure (i, crowds[i].n, &less, &end);
      double twice = measure (i, 2 * crowds[i].n, &more, &end);
      g_print ("%-22s %8u %8.2f %8.2f %8.2f %10.0f\n", crowds[i].name, crowds[i].n, once, twice,
               end, ((double)more - (double)less) / crowds[i].n);
    }
  return 0;
}
