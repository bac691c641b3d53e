/* Frame numbers, times and lengths are those that tshark shows: of captures with everything that
 * the formats allow, and of real ones where they are present. */
#include "wire/layers.h"

#include "capture-octets.h"
#include "captures.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* --- captures with everything --- */

static const guint8 frame[] = {
  0x02, 0,    0, 0,  0, 1, 0x44, 0x19, 0xb6, 0,  0, 1, 0x08, 0x00, /* Ethernet */
  0x45, 0,    0, 28, 0, 1, 0,    0,    64,   17, 0, 0, 192,  0,    2, 100, 192, 0, 2, 1, /* IPv4 */
  0x9c, 0x40, 0, 9,  0, 8, 0,    0,                                                      /* UDP */
};

static void
put64 (GByteArray *into, guint64 value, gboolean big)
{
  put32 (into, (guint32)(big ? value >> 32 : value), big);
  put32 (into, (guint32)(big ? value : value >> 32), big);
}

static void
put_section (GByteArray *into, guint64 length, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, 0x1a2b3c4d, big);
  put16 (body, 1, big);
  put16 (body, 0, big);
  put64 (body, length, big);
  put_block (into, 0x0a0d0d0a, body, big);
}

typedef struct
{
  guint16 linktype;
  guint32 snaplen;
  gint resolution; /* if_tsresol; -1: not said */
  gint64 offset;   /* if_tsoffset, seconds; 0: not said */
} Interface;

static void
put_interface (GByteArray *into, const Interface *interface, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 resolution = (guint8)interface->resolution;
  gint64 offset = big ? GINT64_TO_BE (interface->offset) : GINT64_TO_LE (interface->offset);

  put16 (body, interface->linktype, big);
  put16 (body, 0, big);
  put32 (body, interface->snaplen, big);
  put_option (body, 1, "a comment", 9, big);
  put_option (body, 2, "eth0", 4, big);
  if (interface->resolution >= 0)
    put_option (body, 9, &resolution, 1, big);
  put_option (body, 11, "\0udp", 4, big); /* if_filter */
  if (interface->offset != 0)
    put_option (body, 14, &offset, 8, big);
  put_option (body, 0, NULL, 0, big);
  put_block (into, 1, body, big);
}

/* As an enhanced packet block or, with @drops 0 and more, as an obsolete one. */
static void
put_packet (GByteArray *into, guint16 interface, guint64 time, gsize captured, gint drops,
            gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (drops < 0)
    put32 (body, interface, big);
  else
    {
      put16 (body, interface, big);
      put16 (body, (guint16)drops, big);
    }
  put32 (body, (guint32)(time >> 32), big);
  put32 (body, (guint32)time, big);
  put32 (body, (guint32)captured, big);
  put32 (body, sizeof frame, big);
  put_padded (body, frame, captured);
  put_option (body, 1, "one comment", 11, big);
  put_option (body, 1, "and another", 11, big);
  put_option (body, 0, NULL, 0, big);
  put_block (into, drops < 0 ? 6 : 2, body, big);
}

static void
put_simple (GByteArray *into, gsize captured, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, sizeof frame, big);
  put_padded (body, frame, captured);
  put_block (into, 3, body, big);
}

/* Blocks that are no packets: some of them take a frame number all the same. */
static void
put_others (GByteArray *into, gboolean big)
{
  static const char journal[] = "__REALTIME_TIMESTAMP=1404101101501873\nMESSAGE=hello\n";
  const struct
  {
    guint32 type;
    const void *octets;
    gsize length;
  } blocks[] = {
    { 4, "\0\0\0\0", 4 },                      /* name resolution: its end only */
    { 0x0a, "TLSK\4\0\0\0abc", 12 },           /* decryption secrets */
    { 0xbad, "\x39\x30\0\0 custom", 12 },      /* custom: of 12345 */
    { 0x40000bad, "\x39\x30\0\0 custom", 12 }, /* the same, not to be copied */
    { 9, journal, sizeof journal - 1 },        /* systemd journal */
    { 7, "irig time stamps", 16 },             /* of a standard that nobody reads */
    { 0x80000042, "for local use", 13 },       /* as it says */
    { 0x2f2f2f2f, "nobody knows", 12 },        /* unassigned */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autoptr (GByteArray) body = g_byte_array_new ();
      put_padded (body, blocks[i].octets, blocks[i].length);
      if (big
          && (blocks[i].type == 0x0a || blocks[i].type == 0xbad || blocks[i].type == 0x40000bad))
        continue; /* what is in them has an order, too */
      put_block (into, blocks[i].type, body, big);
    }
}

static void
put_statistics (GByteArray *into, guint32 interface, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, interface, big);
  put64 (body, 0, big);
  put_option (body, 5, "\0\0\0\0\0\0\0\0", 8, big);
  put_block (into, 5, body, big);
}

/* Sections of either order, interfaces of several link types, snap lengths and resolutions. */
static GByteArray *
everything (void)
{
  static const Interface interfaces[] = {
    { LENS_LINKTYPE_ETHERNET, 40, -1, 0 },
    { LENS_LINKTYPE_ETHERNET, 0, 9, 0 },
    { LENS_LINKTYPE_RAW, 262144, 3, 1700000000 },
    { LENS_LINKTYPE_ETHERNET, 65535, 0x80 | 20, -86400 },
    { LENS_LINKTYPE_LINUX_SLL, 65535, 0, 0 },
    { 215, 65535, 12, 0 }, /* IEEE 802.15.4, whose frames nobody opens here */
  };
  static const guint64 times[] = {
    1700000000123456u, 1700000000123456789u, 1234u,
    0x6553f100f0000u,  1700000001u,          1700000000123456789u,
  };
  GByteArray *file = g_byte_array_new ();

  for (int section = 0; section < 3; section++)
    {
      gboolean big = section == 1;
      put_section (file, section == 2 ? 100 : G_MAXUINT64, big); /* a length that lies */
      put_others (file, big);
      for (guint16 i = 0; i < G_N_ELEMENTS (interfaces); i++)
        {
          put_interface (file, &interfaces[i], big);
          put_packet (file, i, times[i], i % 2 == 0 ? 40 : sizeof frame, -1, big);
        }
      put_simple (file, 40, big); /* of the first interface, cut by its snap length */
      put_packet (file, 1, times[1], 20, 3, big);
      put_statistics (file, 2, big);
      put_others (file, big);
      put_packet (file, 0, times[0] + 1, 0, -1, big);
    }
  return file;
}

/* Version 2.4, or one whose lengths stand the other way around. */
static GByteArray *
pcap (guint32 magic, guint16 minor, gboolean big)
{
  GByteArray *file = g_byte_array_new ();

  put32 (file, magic, big);
  put16 (file, 2, big);
  put16 (file, minor, big);
  put32 (file, 0, big);
  put32 (file, 0, big);
  put32 (file, 65535, big);
  put32 (file, LENS_LINKTYPE_ETHERNET, big);
  for (guint32 i = 0; i < 3; i++)
    {
      guint32 captured = i == 1 ? 20 : sizeof frame;
      put32 (file, 1700000000 + i, big);
      put32 (file, 123456, big);
      put32 (file, minor == 2 ? sizeof frame : captured, big);
      put32 (file, minor == 2 ? captured : sizeof frame, big);
      if (magic == 0xa1b2cd34)
        put64 (file, 0, big); /* interface, protocol, packet type */
      g_byte_array_append (file, frame, captured);
    }
  return file;
}

/* --- beside tshark --- */

static gssize
read_octets (gpointer data, guint8 *into, gsize room)
{
  return stream_read (data, into, room);
}

/* A line for each frame, of these fields.  FALSE: tshark does not read it, or gave up on it. */
static gboolean
tshark_reads (const char *path, const char *const *fields, char ***lines)
{
  g_autofree char *tshark = g_find_program_in_path ("tshark");
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *const fixed[] = { tshark, "-n", "-r", path, "-T", "fields" };
  g_autofree char *output = NULL;
  int status;

  if (tshark == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (arguments, (gpointer)fixed[i]);
  for (gsize i = 0; fields[i] != NULL; i++)
    {
      g_ptr_array_add (arguments, (gpointer) "-e");
      g_ptr_array_add (arguments, (gpointer)fields[i]);
    }
  g_ptr_array_add (arguments, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **)arguments->pdata, NULL, G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, &output, NULL, &status, NULL));
  *lines = g_strsplit (output, "\n", -1);
  return status == 0;
}

/* A record without time has none there either. */
static void
assert_alike (const char *line, const LensRecord *record)
{
  g_auto (GStrv) words = g_strsplit (line, "\t", 4);

  g_assert_cmpuint (g_ascii_strtoull (words[0], NULL, 10), ==, record->frame);
  if (record->has_time && record->time_ns >= 0)
    {
      g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT,
                                               record->time_ns / G_GINT64_CONSTANT (1000000000),
                                               record->time_ns % G_GINT64_CONSTANT (1000000000));
      g_assert_cmpstr (words[1], ==, time);
    }
  g_assert_cmpuint (g_ascii_strtoull (words[2], NULL, 10), ==, record->captured);
  g_assert_cmpuint (g_ascii_strtoull (words[3], NULL, 10), ==, record->original);
}

/* How many packets were compared.  Lines between ours are frames that are no packets. */
static guint
compare (const char *path, const guint8 *octets, gsize length)
{
  Stream stream = { octets, length, G_MAXSIZE, 0 };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (read_octets, &stream);
  g_auto (GStrv) lines = NULL;
  LensCaptureEvent event;
  LensRecord record;
  guint packets = 0;

  static const char *const fields[]
      = { "frame.number", "frame.time_epoch", "frame.cap_len", "frame.len", NULL };

  if (!tshark_reads (path, fields, &lines))
    return 0;
  guint there = g_strv_length (lines) - 1;
  while ((event = lens_capture_file_next (file, &record)) <= LENS_CAPTURE_MARK)
    if (event == LENS_CAPTURE_PACKET)
      {
        g_assert_cmpuint (record.frame, <=, there);
        assert_alike (lines[record.frame - 1], &record);
        packets++;
      }
  g_assert_cmpstr (lens_capture_file_problem (file), ==, NULL);
  return packets;
}

static char *
written (const GByteArray *octets)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("lenscap-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, octets->data, octets->len), ==, octets->len);
  close (fd);
  return path;
}

static guint
compare_octets (const GByteArray *octets)
{
  g_autofree char *path = written (octets);
  guint packets = compare (path, octets->data, octets->len);

  g_unlink (path);
  return packets;
}

static gboolean
skipped (void)
{
  g_autofree char *tshark = g_find_program_in_path ("tshark");

  if (tshark == NULL)
    g_test_skip ("no tshark");
  return tshark == NULL;
}

static void
sections_interfaces_and_odd_blocks (void)
{
  g_autoptr (GByteArray) octets = everything ();

  if (!skipped ())
    g_assert_cmpuint (compare_octets (octets), ==, 3 * (6 + 3));
}

static void
variants_of_pcap (void)
{
  static const guint32 magics[] = { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34 };

  for (gsize i = 0; i < G_N_ELEMENTS (magics) && !skipped (); i++)
    for (guint16 minor = 2; minor <= 4; minor++)
      for (int big = 0; big <= 1; big++)
        {
          g_autoptr (GByteArray) octets = pcap (magics[i], minor, big);
          g_assert_cmpuint (compare_octets (octets), ==, 3);
        }
}

/* --- 802.11: whose frames they are, and what is in them --- */

#define STATION 0x44, 0x19, 0xb6, 0, 0, 1
#define POINT 2, 0, 0, 0, 0, 1
#define BEHIND 2, 0, 0, 0, 0, 2
#define PACKET                                                                                     \
  0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 100, 192, 0,  \
      2, 1, 0x9c, 0x40, 0, 9, 0, 8, 0, 0

/* Behind a radiotap header of 8 octets, which says nothing. */
static const guint8 wlan_frames[][64] = {
  { 0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255, POINT, POINT, 0, 0 },   /* beacon */
  { 0x40, 0, 0, 0, 255, 255, 255, 255, 255, 255, STATION, POINT, 0, 0 }, /* probe request */
  { 0xb4, 0, 0, 0, POINT, STATION },                                     /* request to send */
  { 0xd4, 0, 0, 0, STATION },                                            /* acknowledgement */
  { 0x08, 0, 0, 0, BEHIND, STATION, POINT, 0, 0, PACKET },
  { 0x08, 1, 0, 0, POINT, STATION, BEHIND, 0, 0, PACKET },
  { 0x08, 2, 0, 0, STATION, POINT, BEHIND, 0, 0, PACKET },
  { 0x88, 1, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, PACKET },
  { 0x88, 0x41, 0, 0, POINT, STATION, BEHIND, 0, 0, 0, 0, PACKET }, /* encrypted */
  { 0x48, 1, 0, 0, POINT, STATION, POINT, 0, 0 },                   /* no data */
};
static const guint32 wlan_lengths[] = { 24 + 12, 24, 16, 10, 60, 60, 60, 62, 62, 24 };

static GByteArray *
wlan_capture (void)
{
  static const guint8 radiotap[8] = { 0, 0, 8, 0, 0, 0, 0, 0 };
  GByteArray *file = g_byte_array_new ();

  put32 (file, 0xa1b2c3d4, FALSE);
  put16 (file, 2, FALSE);
  put16 (file, 4, FALSE);
  put64 (file, 0, FALSE);
  put32 (file, 65535, FALSE);
  put32 (file, LENS_LINKTYPE_IEEE802_11_RADIOTAP, FALSE);
  for (guint32 i = 0; i < G_N_ELEMENTS (wlan_frames); i++)
    {
      put64 (file, i, FALSE);
      put32 (file, wlan_lengths[i] + 8, FALSE);
      put32 (file, wlan_lengths[i] + 8, FALSE);
      g_byte_array_append (file, radiotap, sizeof radiotap);
      g_byte_array_append (file, wlan_frames[i], wlan_lengths[i]);
    }
  return file;
}

static void
assert_mac (const char *word, gboolean is_there, const guint8 mac[6])
{
  g_autofree char *text = is_there ? lens_mac_dup_text (mac) : g_strdup ("");

  g_assert_cmpstr (word, ==, text);
}

/* A control frame names who receives and who sends; the others whose packet it is. */
static void
whose_frames_of_802_11_are (void)
{
  static const char *const fields[]
      = { "wlan.sa", "wlan.da", "wlan.ta", "wlan.ra", "ip.src", "wlan.fc.protected", NULL };
  g_autoptr (GByteArray) octets = wlan_capture ();
  g_autofree char *path = written (octets);
  g_auto (GStrv) lines = NULL;

  if (!skipped ())
    {
      g_assert_true (tshark_reads (path, fields, &lines));
      g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (wlan_frames) + 1);
      for (guint i = 0; i < G_N_ELEMENTS (wlan_frames); i++)
        {
          g_auto (GStrv) words = g_strsplit (lines[i], "\t", -1);
          LensLayers layers;
          lens_layers_parse (LENS_LINKTYPE_IEEE802_11, 0, wlan_frames[i], wlan_lengths[i],
                             wlan_lengths[i], &layers);
          guint control = layers.wlan == LENS_WLAN_CONTROL ? 2 : 0;
          assert_mac (words[control], layers.has_source_mac, layers.source_mac);
          assert_mac (words[control + 1], layers.has_destination_mac, layers.destination_mac);
          g_assert_cmpstr (words[4], ==, layers.ip_version == 4 ? "192.0.2.100" : "");
          g_assert_cmpstr (words[5], ==, layers.wlan_sealed ? "1" : "0");
        }
    }
  g_unlink (path);
}

static void
real_captures (void)
{
  g_autoptr (GPtrArray) paths = captures_there ();
  guint packets = 0;

  if (paths->len == 0)
    g_test_skip ("no captures");
  for (guint i = 0; i < paths->len && !skipped (); i++)
    {
      g_autofree char *octets = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (g_ptr_array_index (paths, i), &octets, &length, NULL));
      packets += compare (g_ptr_array_index (paths, i), (const guint8 *)octets, length);
    }
  g_test_message ("%u packets", packets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/capture-tshark/" name, function)
  ADD ("sections-interfaces-and-odd-blocks", sections_interfaces_and_odd_blocks);
  ADD ("variants-of-pcap", variants_of_pcap);
  ADD ("whose-frames-of-802-11-are", whose_frames_of_802_11_are);
  ADD ("real-captures", real_captures);
  return g_test_run ();
}
