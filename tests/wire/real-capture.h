#pragma once

/* Just enough of pcap, pcapng, Ethernet, IPv4, UDP and TCP to hand the payloads of real
 * captures to the parsers under test.  The captures do not belong to the project: the tests
 * look for them in LENSCAP_CAPTURES or beside the source tree and skip without them. */

#include <glib.h>

typedef struct
{
  guint64 frame;   /* from 1 */
  guint8 protocol; /* 6 or 17 */
  guint32 source, destination;
  guint16 source_port, destination_port;
  guint32 tcp_sequence;
  const guint8 *payload;
  gsize length;
} RealPayload;

typedef void (*RealPayloadFunc) (const RealPayload *payload, gpointer user);

static inline guint32
real_read (const guint8 *at, gsize length, gboolean swap)
{
  guint32 value = 0;

  for (gsize i = 0; i < length; i++)
    value |= (guint32)at[i] << 8 * (swap ? length - 1 - i : i);
  return value;
}

static inline void
real_ipv4 (const guint8 *ip, gsize length, guint64 frame, RealPayloadFunc func, gpointer user)
{
  if (length < 20 || ip[0] >> 4 != 4 || (real_read (ip + 6, 2, TRUE) & 0x1fff) != 0)
    return;
  gsize head = 4 * (ip[0] & 0x0fu);
  gsize total = MIN (length, real_read (ip + 2, 2, TRUE));
  if (total < head + 8 || (ip[9] == 6 && total < head + 20))
    return;
  const guint8 *l4 = ip + head;
  gsize l4_head = ip[9] == 6 ? 4 * (gsize)(l4[12] >> 4) : 8;
  if ((ip[9] != 6 && ip[9] != 17) || head + l4_head > total)
    return;
  const RealPayload payload = {
    .frame = frame,
    .protocol = ip[9],
    .source = real_read (ip + 12, 4, TRUE),
    .destination = real_read (ip + 16, 4, TRUE),
    .source_port = (guint16)real_read (l4, 2, TRUE),
    .destination_port = (guint16)real_read (l4 + 2, 2, TRUE),
    .tcp_sequence = ip[9] == 6 ? real_read (l4 + 4, 4, TRUE) : 0,
    .payload = l4 + l4_head,
    .length = total - head - l4_head,
  };
  func (&payload, user);
}

static inline void
real_frame (const guint8 *octets, gsize length, guint32 link_type, guint64 frame,
            RealPayloadFunc func, gpointer user)
{
  gsize head = link_type == 1 ? 14 : link_type == 113 ? 16 : 0;

  if (length > head && (head == 0 || real_read (octets + head - 2, 2, TRUE) == 0x0800))
    real_ipv4 (octets + head, length - head, frame, func, user);
}

static inline void
real_pcap (const guint8 *file, gsize length, RealPayloadFunc func, gpointer user)
{
  guint32 magic = real_read (file, 4, FALSE);
  gboolean swap = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
  guint32 link_type = real_read (file + 20, 4, swap);
  guint64 frame = 0;

  for (gsize at = 24; at + 16 <= length;)
    {
      gsize captured = real_read (file + at + 8, 4, swap);
      at += 16;
      if (captured > length - at)
        return;
      real_frame (file + at, captured, link_type, ++frame, func, user);
      at += captured;
    }
}

static inline void
real_pcapng (const guint8 *file, gsize length, RealPayloadFunc func, gpointer user)
{
  gboolean swap = real_read (file + 8, 4, FALSE) != 0x1a2b3c4d;
  guint32 link_type = 1;
  guint64 frame = 0;

  for (gsize at = 0; at + 12 <= length;)
    {
      guint32 type = real_read (file + at, 4, swap);
      gsize block = real_read (file + at + 4, 4, swap);
      if (block < 12 || block > length - at)
        return;
      if (type == 1)
        link_type = real_read (file + at + 8, 2, swap);
      gsize captured = type == 6 && block >= 32 ? real_read (file + at + 20, 4, swap) : 0;
      if (captured > 0 && captured <= block - 32)
        real_frame (file + at + 28, captured, link_type, ++frame, func, user);
      at += block;
    }
}

static inline char *
real_capture_path (const char *name)
{
  const char *folder = g_getenv ("LENSCAP_CAPTURES");
  const char *root = g_getenv ("LENSCAP_SOURCE_ROOT");

  if (folder != NULL)
    return g_build_filename (folder, name, NULL);
  return g_build_filename (root != NULL ? root : ".", "..", "shared", "captures", name, NULL);
}

/* FALSE, with the test marked as skipped, when the capture is not there. */
static inline gboolean
real_capture_walk (const char *name, RealPayloadFunc func, gpointer user)
{
  g_autofree char *path = real_capture_path (name);
  g_autofree char *file = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &file, &length, NULL) || length < 28)
    {
      g_test_skip ("the real captures are not here");
      return FALSE;
    }
  if (real_read ((const guint8 *)file, 4, FALSE) == 0x0a0d0d0a)
    real_pcapng ((const guint8 *)file, length, func, user);
  else
    real_pcap ((const guint8 *)file, length, func, user);
  return TRUE;
}
