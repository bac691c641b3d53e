#include "tests/analyzers/honest-link.h"

#include "tests/analyzers/honest.h"

#include <string.h>

#define PERIOD (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)
#define VLAN 0x0014     /* 20 */
#define PRIORITY 0xa000 /* 5: video */

static const guint8 camera[] = { 2, 0, 0, 0, 0, 0x10 };
static const guint8 port[] = { 2, 0, 0, 0, 0, 0x30 };

static void
put (GByteArray *into, const char *hex)
{
  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2)
    {
      guint8 octet = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (into, &octet, 1);
    }
}

static void
put_text (GByteArray *into, const char *text)
{
  g_byte_array_append (into, (const guint8 *)text, (guint)strlen (text));
}

static void
send_frame (LensPackets *packets, gint64 time_ns, const char *to, const guint8 from[6],
            const GByteArray *rest)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  static const guint8 zeros[60];

  put (frame, to);
  g_byte_array_append (frame, from, 6);
  g_byte_array_append (frame, rest->data, rest->len);
  if (frame->len < 60)
    g_byte_array_append (frame, zeros, 60 - frame->len);
  LensRecord record = { .frame = 1,
                        .linktype = 1,
                        .has_time = TRUE,
                        .time_ns = time_ns,
                        .octets = frame->data,
                        .captured = frame->len,
                        .original = frame->len };
  lens_packets_add (packets, &record);
}

/* IEEE 802.1AB: chassis, port, time to live, name, system, power by LLDP-MED, end. */
static void
send_lldp (LensPackets *packets, gint64 time_ns)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  put (rest, "88cc"
             "020704020000000010"
             "040703020000000010"
             "06020078"
             "0a04");
  put_text (rest, "Gate");
  put (rest, "0c14");
  put_text (rest, "IP camera, build 1.7");
  put (rest, "fe070012bb0443002c"
             "0000");
  send_frame (packets, time_ns, "0180c200000e", camera, rest);
}

/* Version 2; device, port, software, platform, power. */
static void
send_cdp (LensPackets *packets, gint64 time_ns)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  put (rest, "004c"
             "aaaa0300000c2000"
             "02b40000"
             "00010008");
  put_text (rest, "Gate");
  put (rest, "00030008");
  put_text (rest, "eth0");
  put (rest, "00050023");
  put_text (rest, "camera software 1.7, 2025-03-14");
  put (rest, "00060007");
  put_text (rest, "CAM");
  put (rest, "0010000617d4");
  send_frame (packets, time_ns, "01000ccccccc", camera, rest);
}

/* An answer to the switch's question. */
static void
send_identity (LensPackets *packets, gint64 time_ns)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  put (rest, "888e"
             "01000015"
             "0201001501");
  put_text (rest, "gate.example.cam");
  send_frame (packets, time_ns, "0180c2000003", camera, rest);
}

/* Linux asks again, by unicast, whom it knows (RFC 826; RFC 1122 section 2.3.2.1). */
static void
send_request (LensPackets *packets, gint64 time_ns)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  put (rest, "0806"
             "0001080006040001"
             "020000000010c000020a"
             "000000000000c0000214");
  send_frame (packets, time_ns, "020000000020", camera, rest);
}

/* IEEE 802.1D section 9.3.1. */
static void
send_tree (LensPackets *packets, gint64 time_ns)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  put (rest, "0026"
             "424203"
             "0000000000"
             "8000020000000030"
             "00000000"
             "8000020000000030"
             "8001"
             "0000"
             "1400"
             "0200"
             "0f00");
  send_frame (packets, time_ns, "0180c2000000", port, rest);
}

static void
add_tagged (LensPackets *packets, const LensRecord *record)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  gboolean is_media
      = record->captured > 36 && record->octets[23] == 17 && record->octets[34] == 6000 >> 8;
  guint16 control = VLAN | (is_media ? PRIORITY : 0);
  const guint8 tag[] = { 0x81, 0x00, (guint8)(control >> 8), (guint8)control };

  g_byte_array_append (frame, record->octets, 12);
  g_byte_array_append (frame, tag, sizeof tag);
  g_byte_array_append (frame, record->octets + 12, record->captured - 12);
  LensRecord tagged = *record;
  tagged.octets = frame->data;
  tagged.captured = tagged.original = frame->len;
  lens_packets_add (packets, &tagged);
}

LensPackets *
honest_link_new (void)
{
  g_autoptr (LensPackets) plain = honest_new (FALSE);
  LensPackets *packets = lens_packets_new ();
  gint64 next = lens_packets_at (plain, 0)->time_ns;

  for (guint i = 0; i < lens_packets_n (plain); i++)
    {
      const LensRecord *record = lens_packets_at (plain, i);
      if (record->time_ns >= next)
        {
          send_tree (packets, next);
          send_lldp (packets, next);
          send_cdp (packets, next);
          send_identity (packets, next);
          send_request (packets, next);
          next += PERIOD;
        }
      add_tagged (packets, record);
    }
  return packets;
}
