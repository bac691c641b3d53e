#include "wire/capture-file.h"
#include "wire/fcs.h"
#include "wire/linktype.h"

#include <errno.h>

#include "capture-octets.h"

static const guint8 sixteen[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void
put_pcap_header (GByteArray *into, guint32 magic, guint16 minor, guint32 network, gboolean big)
{
  put32 (into, magic, big);
  put16 (into, 2, big);
  put16 (into, minor, big);
  put32 (into, 0, big);     /* time zone */
  put32 (into, 0, big);     /* significant figures */
  put32 (into, 65535, big); /* snap length */
  put32 (into, network, big);
}

static void
put_pcap_record (GByteArray *into, guint32 third, guint32 fourth, gsize octets, gboolean big)
{
  put32 (into, 0x80000001, big); /* seconds: after 2038 */
  put32 (into, 7, big);          /* micro- or nanoseconds */
  put32 (into, third, big);      /* captured */
  put32 (into, fourth, big);     /* original */
  g_byte_array_append (into, sixteen, (guint)octets);
}

static void
put_section (GByteArray *into, gint64 length, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, 0x1a2b3c4d, big);
  put16 (body, 1, big); /* version 1.0 */
  put16 (body, 0, big);
  put32 (body, big ? (guint32)(length >> 32) : (guint32)length, big);
  put32 (body, big ? (guint32)length : (guint32)(length >> 32), big);
  put_block (into, 0x0a0d0d0a, body, big);
}

static void
put_interface (GByteArray *into, guint16 linktype, guint32 snaplen, const GByteArray *options,
               gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put16 (body, linktype, big);
  put16 (body, 0, big); /* reserved */
  put32 (body, snaplen, big);
  if (options != NULL)
    g_byte_array_append (body, options->data, options->len);
  put_block (into, 1, body, big);
}

static void
put_packet (GByteArray *into, guint32 interface, guint64 time, guint32 captured, guint32 original,
            const GByteArray *options, gboolean big)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  put32 (body, interface, big);
  put32 (body, (guint32)(time >> 32), big);
  put32 (body, (guint32)time, big);
  put32 (body, captured, big);
  put32 (body, original, big);
  put_padded (body, sixteen, MIN (captured, sizeof sixteen));
  if (options != NULL)
    g_byte_array_append (body, options->data, options->len);
  put_block (into, 6, body, big);
}

static void
put_unknown (GByteArray *into, guint32 type, gsize octets)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  g_byte_array_append (body, sixteen, (guint)octets);
  put_block (into, type, body, FALSE);
}

/* A reader over @octets in pieces of @chunk octets; @stream must outlive it. */
static LensCaptureFile *
reader (Stream *stream, const GByteArray *octets, gsize chunk)
{
  *stream = (Stream){ octets->data, octets->len, chunk, 0 };
  return lens_capture_file_new (stream_read, stream);
}

static void
assert_damaged (LensCaptureFile *file, guint64 offset, const char *words)
{
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_DAMAGED);
  g_assert_cmpuint (lens_capture_file_offset (file), ==, offset);
  g_assert_nonnull (strstr (lens_capture_file_problem (file), words));
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_DAMAGED);
}

static void
reads_pcap_of_either_order_and_precision (void)
{
  for (int variant = 0; variant < 4; variant++)
    {
      gboolean big = (variant & 1) != 0;
      gboolean nano = (variant & 2) != 0;
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      put_pcap_header (octets, nano ? 0xa1b23c4d : 0xa1b2c3d4, 4, LENS_LINKTYPE_RAW, big);
      put_pcap_record (octets, 16, 100, 16, big);
      put_pcap_record (octets, 0, 0, 0, big);
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, octets, 5);
      LensRecord record;

      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_true (lens_capture_file_recognised (file));
      g_assert_cmpuint (record.frame, ==, 1);
      g_assert_cmpuint (record.linktype, ==, LENS_LINKTYPE_RAW);
      g_assert_true (record.has_time);
      g_assert_cmpint (record.time_ns, ==,
                       0x80000001 * G_GINT64_CONSTANT (1000000000) + (nano ? 7 : 7000));
      g_assert_cmpmem (record.octets, record.captured, sixteen, 16);
      g_assert_cmpuint (record.original, ==, 100);
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.frame, ==, 2);
      g_assert_cmpuint (record.captured, ==, 0);
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
      g_assert_cmpuint (lens_capture_file_offset (file), ==, octets->len);
      g_assert_null (lens_capture_file_problem (file));
      g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, -1);
      g_assert_cmpuint (lens_capture_file_interface (file, 0)->snaplen, ==, 65535);
    }
}

static void
reads_the_longer_record_header_of_kuznetzov (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  put_pcap_header (octets, 0xa1b2cd34, 4, LENS_LINKTYPE_ETHERNET, FALSE);
  for (int i = 0; i < 2; i++)
    {
      put_pcap_record (octets, 16, 16, 0, FALSE);
      put32 (octets, 1, FALSE);      /* interface */
      put32 (octets, 0x0800, FALSE); /* protocol, packet type, padding */
      g_byte_array_append (octets, sixteen, 16);
    }
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  for (guint64 frame = 1; frame <= 2; frame++)
    {
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.frame, ==, frame);
      g_assert_cmpmem (record.octets, record.captured, sixteen, 16);
    }
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
}

static void
knows_which_versions_of_pcap_swapped_the_lengths (void)
{
  static const struct
  {
    guint16 minor;
    guint32 third, fourth, captured, original;
  } rows[] = {
    { 2, 100, 16, 16, 100 }, /* before 2.3: original first */
    { 3, 16, 100, 16, 100 }, /* 2.3: the smaller one is captured */
    { 3, 100, 16, 16, 100 },
    { 4, 16, 8, 16, 8 }, /* 2.4 as it stands: captured may be the larger */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      put_pcap_header (octets, 0xa1b2c3d4, rows[i].minor, 1, FALSE);
      put_pcap_record (octets, rows[i].third, rows[i].fourth, 16, FALSE);
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
      LensRecord record;

      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.captured, ==, rows[i].captured);
      g_assert_cmpuint (record.original, ==, rows[i].original);
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
    }
}

static void
takes_the_check_sequence_from_the_link_type_field (void)
{
  static const struct
  {
    guint32 network;
    guint16 linktype;
    guint8 fcs;
  } rows[] = {
    { 0x24000001, 1, 4 }, /* two units of 16 bits, and the flag says so */
    { 0x30000001, 1, 0 }, /* no flag */
    { 0x00010001, LENS_LINKTYPE_UNKNOWN, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      put_pcap_header (octets, 0xa1b2c3d4, 4, rows[i].network, FALSE);
      put_pcap_record (octets, 16, 16, 16, FALSE);
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
      LensRecord record;

      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.linktype, ==, rows[i].linktype);
      g_assert_cmpuint (record.fcs, ==, rows[i].fcs);
    }
}

static void
says_where_a_pcap_record_is_damaged (void)
{
  g_autoptr (GByteArray) lie = g_byte_array_new ();
  put_pcap_header (lie, 0xa1b2c3d4, 4, 1, FALSE);
  put_pcap_record (lie, 16, 16, 16, FALSE);
  put_pcap_record (lie, 0xffffffff, 60, 16, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, lie, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  assert_damaged (file, 24 + 32, "4294967295");

  g_autoptr (GByteArray) cut = g_byte_array_new ();
  put_pcap_header (cut, 0xa1b2c3d4, 4, 1, FALSE);
  put_pcap_record (cut, 16, 16, 15, FALSE);
  Stream cut_stream;
  g_autoptr (LensCaptureFile) cut_file = reader (&cut_stream, cut, 64);
  assert_damaged (cut_file, 24, "ends inside a packet");
}

static void
reads_sections_of_either_order_and_numbers_interfaces_over_all (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) naming = g_byte_array_new ();
  g_autoptr (GByteArray) comment = g_byte_array_new ();
  put_option (naming, 2, "eth1", 4, TRUE);        /* if_name */
  put_option (naming, 9, "\x09", 1, TRUE);        /* if_tsresol: nanoseconds */
  put_option (comment, 1, "finding", 7, TRUE);    /* opt_comment */
  put_option (comment, 2, "\0\0\0\x80", 4, TRUE); /* epb_flags: 4 octets of FCS */
  put_section (octets, -1, FALSE);
  put_interface (octets, LENS_LINKTYPE_ETHERNET, 0, NULL, FALSE);
  put_packet (octets, 0, 1000000, 13, 60, NULL, FALSE); /* microseconds: 1 s */
  put_section (octets, 4242, TRUE);
  put_interface (octets, LENS_LINKTYPE_NULL, 96, NULL, TRUE);
  put_interface (octets, LENS_LINKTYPE_RAW, 96, naming, TRUE);
  put_packet (octets, 1, 2000000000, 16, 16, comment, TRUE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 7);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.interface, ==, 0);
  g_assert_cmpint (record.time_ns, ==, 1000000000);
  g_assert_cmpuint (record.captured, ==, 13);
  g_assert_null (record.comment);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.frame, ==, 2);
  g_assert_cmpuint (record.interface, ==, 2);
  g_assert_cmpuint (record.linktype, ==, LENS_LINKTYPE_RAW);
  g_assert_cmpuint (record.fcs, ==, 4);
  g_assert_cmpint (record.time_ns, ==, 2000000000);
  g_assert_cmpstr (record.comment, ==, "finding");
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
  g_assert_cmpuint (lens_capture_file_n_interfaces (file), ==, 3);
  g_assert_cmpuint (lens_capture_file_interface (file, 2)->section, ==, 1);
  g_assert_cmpstr (lens_capture_file_interface (file, 2)->name, ==, "eth1");
}

static gint64
time_with (guint8 resolution, gint64 offset, guint64 units)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) options = g_byte_array_new ();
  gint64 little = GINT64_TO_LE (offset);
  put_option (options, 9, &resolution, 1, FALSE);
  put_option (options, 14, &little, 8, FALSE);
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 0, options, FALSE);
  put_packet (octets, 0, units, 4, 4, NULL, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  return record.time_ns;
}

static void
knows_every_resolution_of_time (void)
{
  const guint64 units = G_GUINT64_CONSTANT (1) << 40;

  g_assert_cmpint (time_with (0, 0, 3), ==, 3000000000);
  g_assert_cmpint (time_with (9, 0, units), ==, 1099511627776);
  g_assert_cmpint (time_with (12, 0, units), ==, 1099511627);
  g_assert_cmpint (time_with (28, 0, G_MAXUINT64), ==, 1);
  g_assert_cmpint (time_with (127, 0, G_MAXUINT64), ==, 0);
  g_assert_cmpint (time_with (0x80 | 10, 0, 1536), ==, 1500000000);
  g_assert_cmpint (time_with (0x80 | 32, 0, units), ==, 256000000000);
  g_assert_cmpint (time_with (0xff, 0, G_MAXUINT64), ==, 0);
  g_assert_cmpint (time_with (6, 1000, 1500000), ==, 1001500000000);
  g_assert_cmpint (time_with (6, -1000, 1500000), ==, -998500000000);
  g_assert_cmpint (time_with (0, 0, G_MAXUINT64), ==,
                   LENS_CAPTURE_TIME_MAX); /* held, not wrapped */
  g_assert_cmpint (time_with (0, G_MININT64, 0), ==, LENS_CAPTURE_TIME_MIN);
}

static void
a_simple_packet_is_cut_by_the_snap_length_and_has_no_time (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 10, NULL, FALSE);
  put32 (body, 60, FALSE); /* original length */
  put_padded (body, sixteen, 10);
  put_block (octets, 3, body, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpmem (record.octets, record.captured, sixteen, 10);
  g_assert_cmpuint (record.original, ==, 60);
  g_assert_false (record.has_time);
}

static void
an_obsolete_packet_block_names_interface_and_losses (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 0, NULL, FALSE);
  put16 (body, 0, FALSE); /* interface */
  put16 (body, 3, FALSE); /* lost before this one */
  put32 (body, 0, FALSE);
  put32 (body, 5, FALSE); /* 5 us */
  put32 (body, 16, FALSE);
  put32 (body, 20, FALSE);
  g_byte_array_append (body, sixteen, 16);
  put_block (octets, 2, body, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpmem (record.octets, record.captured, sixteen, 16);
  g_assert_cmpint (record.time_ns, ==, 5000);
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, 3);
}

static void
a_statistics_block_is_a_mark_without_a_frame_number (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  const guint64 two = GUINT64_TO_LE (2), forty = GUINT64_TO_LE (40);
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 0, NULL, FALSE);
  put_packet (octets, 0, 1, 16, 16, NULL, FALSE);
  put32 (body, 0, FALSE);
  put32 (body, 0, FALSE);
  put32 (body, 9, FALSE); /* 9 us */
  put_option (body, 1, "lenscap phase stream start", 26, FALSE);
  put_option (body, 5, &forty, 8, FALSE); /* isb_ifdrop */
  put_option (body, 7, &two, 8, FALSE);   /* isb_osdrop */
  put_block (octets, 5, body, FALSE);
  put_packet (octets, 0, 10, 16, 16, NULL, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_MARK);
  g_assert_cmpuint (record.frame, ==, 0);
  g_assert_cmpint (record.time_ns, ==, 9000);
  g_assert_cmpstr (record.comment, ==, "lenscap phase stream start");
  g_assert_cmpint (lens_capture_file_interface (file, 0)->dropped, ==, 42);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.frame, ==, 2);
}

static void
blocks_that_wireshark_numbers_take_a_number (void)
{
  static const struct
  {
    guint32 type;
    guint64 next_frame;
  } rows[] = {
    { 0x00000bad, 2 }, { 0x40000bad, 2 },                /* custom */
    { 9, 2 },                                            /* systemd journal entry */
    { 0x204, 2 },      { 0x216, 2 },      { 0x221, 2 },  /* sysdig events */
    { 4, 1 },          { 10, 1 },         { 0x7777, 1 }, /* names, secrets, unknown */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      put_section (octets, -1, FALSE);
      put_interface (octets, 1, 0, NULL, FALSE);
      put_unknown (octets, rows[i].type, 16);
      put_packet (octets, 0, 1, 16, 16, NULL, FALSE);
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
      LensRecord record;

      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.frame, ==, rows[i].next_frame);
    }
}

static void
says_where_a_block_is_damaged (void)
{
  static const struct
  {
    guint32 type, length, trailer;
    const char *words;
  } rows[] = {
    { 0x7777, 8, 28, "length of 8" },
    { 0x7777, 30, 30, "length of 30" },
    { 0x7777, 0xfffffffc, 28, "length of 4294967292" },
    { 0x7777, 28, 32, "ends with 32" },
    { 0x7777, 32, 32, "ends inside a block" },
    { 6, 28, 28, "only 28" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) octets = g_byte_array_new ();
      put_section (octets, -1, FALSE);
      put_interface (octets, 1, 0, NULL, FALSE);
      guint64 offset = octets->len;
      put32 (octets, rows[i].type, FALSE);
      put32 (octets, rows[i].length, FALSE);
      g_byte_array_append (octets, sixteen, 16);
      put32 (octets, rows[i].trailer, FALSE);
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
      assert_damaged (file, offset, rows[i].words);
    }
}

static void
a_packet_needs_a_described_interface_and_its_octets (void)
{
  g_autoptr (GByteArray) stranger = g_byte_array_new ();
  put_section (stranger, -1, FALSE);
  put_interface (stranger, 1, 0, NULL, FALSE);
  put_section (stranger, -1, FALSE);
  guint64 offset = stranger->len;
  put_packet (stranger, 0, 1, 16, 16, NULL, FALSE); /* described in the other section only */
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, stranger, 64);
  assert_damaged (file, offset, "never describes");

  g_autoptr (GByteArray) lie = g_byte_array_new ();
  put_section (lie, -1, FALSE);
  put_interface (lie, 1, 0, NULL, FALSE);
  offset = lie->len;
  put_packet (lie, 0, 1, 17, 17, NULL, FALSE); /* 16 octets follow */
  Stream lie_stream;
  g_autoptr (LensCaptureFile) lie_file = reader (&lie_stream, lie, 64);
  assert_damaged (lie_file, offset, "claims 17");
}

static void
options_that_lie_cost_nothing_but_themselves (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) options = g_byte_array_new ();
  put16 (options, 1, FALSE);
  put16 (options, 500, FALSE); /* 4 octets follow */
  put32 (options, 0, FALSE);
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 0, options, FALSE);
  put_packet (octets, 0, 1, 16, 16, options, FALSE);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 64);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_null (record.comment);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_END);
}

static void
says_what_is_no_capture (void)
{
  static const struct
  {
    const char *octets;
    gsize length;
    const char *words;
  } rows[] = {
    { "", 0, "empty" },
    { "\xd4\xc3", 2, "neither" },
    { "hello, world", 12, "neither" },
    { "\x1f\x8b\x08\x00", 4, "gzip data end early" },
    { "\x28\xb5\x2f\xfd\x04", 5, "Zstandard data end early" },
    { "\xfd"
      "7zXZ\0",
      6, "(xz): unpack it first" },
    { "\n\r\r\n\x1c\0\0\0hello, world", 20, "byte-order magic" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Stream stream = { (const guint8 *)rows[i].octets, rows[i].length, 3, 0 };
      g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);
      assert_damaged (file, 0, rows[i].words);
      g_assert_false (lens_capture_file_recognised (file));
    }
}

/* A Zstandard frame of raw blocks (RFC 8878 section 3.1.1) around @octets, @each of them in one. */
static GByteArray *
frame_of (const guint8 *octets, gsize length, gsize each)
{
  GByteArray *frame = g_byte_array_new ();

  put32 (frame, 0xfd2fb528, FALSE);
  g_byte_array_append (frame, (const guint8 *)"\x00\x38", 2); /* no size; a window of 128 KiB */
  for (gsize at = 0; at < length; at += each)
    {
      gsize count = MIN (each, length - at);
      guint32 header = (guint32)count << 3 | (at + count == length);
      g_byte_array_append (frame, (const guint8 *)&header, 3); /* raw, the last one or not */
      g_byte_array_append (frame, octets + at, (guint)count);
    }
  return frame;
}

static void
a_packed_capture_is_read_as_if_it_were_not (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  put_pcap_header (octets, 0xa1b2c3d4, 4, LENS_LINKTYPE_RAW, FALSE);
  put_pcap_record (octets, 16, 100, 16, FALSE);
  put_pcap_record (octets, 16, 16, 16, FALSE);
  put_pcap_record (octets, 999999, 999999, 0, FALSE);
  g_autoptr (GByteArray) packed = frame_of (octets->data, octets->len, 10);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, packed, 7);
  LensRecord record;

  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpmem (record.octets, record.captured, sixteen, 16);
  g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
  g_assert_cmpuint (record.frame, ==, 2);
  g_assert_cmpstr (lens_capture_file_packing (file), ==, "Zstandard");
  assert_damaged (file, 24 + 32 + 32, "claims 999999");
  g_autofree char *damage = lens_capture_file_damage (file);
  g_assert_nonnull (strstr (damage, ", at offset 88 of what was unpacked"));
}

static void
what_was_packed_before_damage_is_read (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  put_pcap_header (octets, 0xa1b2c3d4, 4, LENS_LINKTYPE_RAW, FALSE);
  put_pcap_record (octets, 16, 16, 16, FALSE);
  put_pcap_record (octets, 16, 16, 16, FALSE);
  g_autoptr (GByteArray) packed = frame_of (octets->data, octets->len, octets->len / 2);
  LensRecord record;
  Stream stream;

  for (guint cut = packed->len / 2 + 16; cut < packed->len; cut++)
    {
      g_byte_array_set_size (packed, cut);
      g_autoptr (LensCaptureFile) file = reader (&stream, packed, 3);
      while (lens_capture_file_next (file, &record) == LENS_CAPTURE_PACKET)
        g_assert_cmpmem (record.octets, record.captured, sixteen, 16);
      g_autofree char *damage = lens_capture_file_damage (file);
      g_autofree char *wanted = g_strdup_printf ("the Zstandard data end early, at offset %u", cut);
      g_assert_cmpstr (damage, ==, wanted);
      g_assert_cmpuint (lens_capture_file_input_offset (file), ==, cut);
      g_assert_true (lens_capture_file_recognised (file));
    }
}

static void
what_is_packed_twice_is_refused (void)
{
  g_autoptr (GByteArray) packed = frame_of ((const guint8 *)"\x1f\x8b\x08\0\0\0", 6, 6);
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, packed, 100);

  assert_damaged (file, 0, "a compressed file (gzip) in a compressed file");
}

static void
a_failed_read_is_told_from_the_end (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  put_pcap_header (octets, 0xa1b2c3d4, 4, 1, FALSE);
  Stream stream = { octets->data, octets->len, 64, EIO };
  g_autoptr (LensCaptureFile) file = lens_capture_file_new (stream_read, &stream);

  assert_damaged (file, 24, "reading failed");
  g_assert_true (lens_capture_file_recognised (file));
}

static void
a_packet_larger_than_the_first_buffer_is_whole (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  put_pcap_header (octets, 0xa1b2c3d4, 4, 1, FALSE);
  for (int i = 0; i < 3; i++)
    {
      put_pcap_record (octets, 200000, 200000, 0, FALSE);
      for (guint32 at = 0; at < 200000; at += 4)
        put32 (octets, at, TRUE);
    }
  Stream stream;
  g_autoptr (LensCaptureFile) file = reader (&stream, octets, 4096);
  LensRecord record;

  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpint (lens_capture_file_next (file, &record), ==, LENS_CAPTURE_PACKET);
      g_assert_cmpuint (record.captured, ==, 200000);
      g_assert_cmpmem (record.octets, record.captured, octets->data + 24 + 16, 200000);
    }
}

/* Everything a pcapng file may hold, with bits flipped: reading ends, and inside the octets. */
static void
flipped_bits_never_lead_outside (void)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_autoptr (GByteArray) options = g_byte_array_new ();
  g_autoptr (GByteArray) statistics = g_byte_array_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20261126);
  put_option (options, 1, "text", 4, FALSE);
  put_option (options, 2, "name", 4, FALSE);
  put_option (options, 9, "\x06", 1, FALSE);
  put_option (options, 4, "\1\0\0\0\0\0\0", 8, FALSE);
  put32 (statistics, 0, FALSE);
  put32 (statistics, 0, FALSE);
  put32 (statistics, 0, FALSE);
  g_byte_array_append (statistics, options->data, options->len);
  put_section (octets, -1, FALSE);
  put_interface (octets, 1, 0, options, FALSE);
  put_packet (octets, 0, 1, 16, 60, options, FALSE);
  put_block (octets, 5, statistics, FALSE);
  put_unknown (octets, 0xbad, 16);
  put_packet (octets, 0, 1, 13, 13, options, FALSE);
  put_unknown (octets, 3, 16); /* a simple packet that claims more than it has */

  for (int round = 0; round < 20000; round++)
    {
      g_autoptr (GByteArray) flipped = g_byte_array_new ();
      g_byte_array_append (flipped, octets->data,
                           (guint)g_rand_int_range (random, 1, (gint32)octets->len + 1));
      for (int flip = 0; flip <= round % 4; flip++)
        flipped->data[g_rand_int_range (random, 0, (gint32)flipped->len)]
            ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
      Stream stream;
      g_autoptr (LensCaptureFile) file = reader (&stream, flipped, 50);
      LensRecord record;
      LensCaptureEvent event;

      while ((event = lens_capture_file_next (file, &record)) <= LENS_CAPTURE_MARK)
        (void)lens_fcs_holds (record.octets, record.captured); /* looks at every octet */
      g_assert_cmpuint (lens_capture_file_offset (file), <=, flipped->len);
      g_assert_true ((event == LENS_CAPTURE_DAMAGED) == (lens_capture_file_problem (file) != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/capture-file/" name, function)
  ADD ("reads-pcap-of-either-order-and-precision", reads_pcap_of_either_order_and_precision);
  ADD ("reads-the-longer-record-header-of-kuznetzov", reads_the_longer_record_header_of_kuznetzov);
  ADD ("knows-which-versions-of-pcap-swapped-the-lengths",
       knows_which_versions_of_pcap_swapped_the_lengths);
  ADD ("takes-the-check-sequence-from-the-link-type-field",
       takes_the_check_sequence_from_the_link_type_field);
  ADD ("says-where-a-pcap-record-is-damaged", says_where_a_pcap_record_is_damaged);
  ADD ("reads-sections-of-either-order-and-numbers-interfaces-over-all",
       reads_sections_of_either_order_and_numbers_interfaces_over_all);
  ADD ("knows-every-resolution-of-time", knows_every_resolution_of_time);
  ADD ("a-simple-packet-is-cut-by-the-snap-length-and-has-no-time",
       a_simple_packet_is_cut_by_the_snap_length_and_has_no_time);
  ADD ("an-obsolete-packet-block-names-interface-and-losses",
       an_obsolete_packet_block_names_interface_and_losses);
  ADD ("a-statistics-block-is-a-mark-without-a-frame-number",
       a_statistics_block_is_a_mark_without_a_frame_number);
  ADD ("blocks-that-wireshark-numbers-take-a-number", blocks_that_wireshark_numbers_take_a_number);
  ADD ("says-where-a-block-is-damaged", says_where_a_block_is_damaged);
  ADD ("a-packet-needs-a-described-interface-and-its-octets",
       a_packet_needs_a_described_interface_and_its_octets);
  ADD ("options-that-lie-cost-nothing-but-themselves",
       options_that_lie_cost_nothing_but_themselves);
  ADD ("says-what-is-no-capture", says_what_is_no_capture);
  ADD ("a-packed-capture-is-read-as-if-it-were-not", a_packed_capture_is_read_as_if_it_were_not);
  ADD ("what-was-packed-before-damage-is-read", what_was_packed_before_damage_is_read);
  ADD ("what-is-packed-twice-is-refused", what_is_packed_twice_is_refused);
  ADD ("a-failed-read-is-told-from-the-end", a_failed_read_is_told_from_the_end);
  ADD ("a-packet-larger-than-the-first-buffer-is-whole",
       a_packet_larger_than_the_first_buffer_is_whole);
  ADD ("flipped-bits-never-lead-outside", flipped_bits_never_lead_outside);
  return g_test_run ();
}
