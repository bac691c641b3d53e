/* Transport stream packets by hand (H.222.0 2.4.3.2). */
#include "wire/ts.h"

#include <string.h>

static void
pid_seen (guint16 pid, gboolean is_table, gpointer user)
{
  g_string_append_printf (user, "%x%s ", pid, is_table ? "t" : "");
}

static void
parts_of_a_packet_are_named (void)
{
  guint8 octets[LENS_TS_LENGTH] = {
    0x47, 0x41, 0x00, 0x37,       /* unit start, PID 0x100, adaptation and payload, counter 7 */
    14,   0x92,                   /* 14 octets; discontinuity, PCR, private data */
    1,    2,    3,    4,    5, 6, /* PCR */
    2,    'a',  'b',              /* private data */
    0xff, 0xff, 0xff, 0xff,       /* stuffing */
    0,    0,    1,                /* payload */
  };
  LensTs ts;

  g_assert_true (lens_ts_parse (octets, sizeof octets, &ts));
  g_assert_true (ts.unit_start && ts.discontinuity && !ts.error && !ts.reserved);
  g_assert_cmpuint (ts.pid, ==, 0x100);
  g_assert_cmpuint (ts.continuity, ==, 7);
  g_assert_cmpuint (ts.adaptation.offset, ==, 4);
  g_assert_cmpuint (ts.adaptation.length, ==, 15);
  g_assert_cmpuint (ts.private_data.offset, ==, 13);
  g_assert_cmpuint (ts.private_data.length, ==, 2);
  g_assert_cmpuint (ts.stuffing.offset, ==, 15);
  g_assert_cmpuint (ts.stuffing.length, ==, 4);
  g_assert_cmpuint (ts.payload.offset, ==, 19);
  octets[0] = 0x48;
  g_assert_false (lens_ts_parse (octets, sizeof octets, &ts));
  octets[0] = 0x47;
  g_assert_false (lens_ts_parse (octets, sizeof octets - 1, &ts));
}

static void
tables_declare_their_pids (void)
{
  guint8 pat[LENS_TS_LENGTH] = { 0x47, 0x40, 0x00, 0x10, 0, /* pointer */
                                 0x00, 0xb0, 13,            /* PAT, 13 octets follow */
                                 0,    1,    0xc1, 0,    0, /* id, version, numbers */
                                 0,    1,    0xf0, 0x00,    /* program 1: PID 0x1000 */
                                 1,    2,    3,    4 };     /* CRC */
  guint8 pmt[LENS_TS_LENGTH] = { 0x47, 0x50, 0x00, 0x10, 0, 0x02, 0xb0, 24,
                                 0,    1,    0xc1, 0,    0, 0xe1, 0x01,    /* clock: 0x101 */
                                 0xf0, 6,    9,    4,    0, 0,    0xe2, 0, /* access: 0x200 */
                                 0x1b, 0xe1, 0x00, 0xf0, 0,                /* H.264: 0x100 */
                                 1,    2,    3,    4 };
  g_autoptr (GString) seen = g_string_new (NULL);
  LensTsSection section;
  LensTs ts;

  g_assert_true (lens_ts_parse (pat, sizeof pat, &ts));
  g_assert_true (lens_ts_section (pat, &ts, 5, &section));
  g_assert_cmpuint (section.whole.length, ==, 16);
  g_assert_true (lens_ts_walk_section (pat, &section, pid_seen, seen));
  g_assert_true (lens_ts_parse (pmt, sizeof pmt, &ts));
  g_assert_true (lens_ts_section (pmt, &ts, 5, &section));
  g_assert_true (lens_ts_walk_section (pmt, &section, pid_seen, seen));
  g_assert_cmpstr (seen->str, ==, "1000t 101 200 100 ");
  pmt[6] = 0xbf; /* a section that goes on in the next packets */
  g_assert_true (lens_ts_section (pmt, &ts, 5, &section));
  g_assert_false (lens_ts_walk_section (pmt, &section, pid_seen, seen));
}

static void
pes_headers_are_read (void)
{
  guint8 octets[LENS_TS_LENGTH] = { 0x47, 0x41, 0x00, 0x10, 0, 0, 1, 0xc0, 0, 60, /* audio */
                                    0x80, 0x81, 25,            /* PTS, extension */
                                    0x21, 0,    1,    0,    1, /* PTS */
                                    0x8e };                    /* private data */
  LensTs ts;
  LensTsPes pes;

  memset (octets + 19 + 16, 0xff, 3);
  g_assert_true (lens_ts_parse (octets, sizeof octets, &ts));
  g_assert_true (lens_ts_pes (octets, &ts, &pes));
  g_assert_cmpuint (pes.length, ==, 60);
  g_assert_cmpuint (pes.pts_field.offset, ==, 13);
  g_assert_cmpuint (pes.pts_field.length, ==, 5);
  g_assert_cmpuint (pes.pts, ==, 0);
  g_assert_cmpuint (pes.dts_field.length, ==, 0);
  memcpy (octets + 13, "\x2f\x80\x01\x00\x03", 5);
  g_assert_true (lens_ts_pes (octets, &ts, &pes));
  g_assert_cmphex (pes.pts, ==, G_GUINT64_CONSTANT (0x1e0000001));
  g_assert_cmpuint (pes.private_data.offset, ==, 19);
  g_assert_cmpuint (pes.private_data.length, ==, 16);
  g_assert_cmpuint (pes.stuffing.offset, ==, 35);
  g_assert_cmpuint (pes.stuffing.length, ==, 3);
  g_assert_cmpuint (pes.data.offset, ==, 38);
  octets[7] = 0xbe; /* the padding stream has no such header */
  g_assert_true (lens_ts_pes (octets, &ts, &pes) && pes.is_padding);
  g_assert_cmpuint (pes.data.offset, ==, 10);
  octets[6] = 2;
  g_assert_false (lens_ts_pes (octets, &ts, &pes));
}

static void
inside (LensRange range)
{
  g_assert_cmpuint (lens_range_end (range), <=, LENS_TS_LENGTH);
}

static void
no_part_leaves_the_packet (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint round = 0; round < 50000; round++)
    {
      guint8 octets[LENS_TS_LENGTH] = { 0x47, 0x40, 0 };
      LensTsSection section;
      LensTsPes pes;
      LensTs ts;
      for (gsize i = 3; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, i < 40 ? 256 : 20);
      if ((octets[3] & 0x20) == 0 && round % 2 == 0)
        memcpy (octets + 4, "\0\0\1", 3);
      g_assert_true (lens_ts_parse (octets, sizeof octets, &ts));
      inside (ts.adaptation);
      inside (ts.private_data);
      inside (ts.stuffing);
      inside (ts.payload);
      if (lens_ts_section (octets, &ts, ts.payload.offset, &section))
        {
          inside (section.whole);
          inside (section.inside);
          lens_ts_walk_section (octets, &section, pid_seen, seen);
        }
      if (!lens_ts_pes (octets, &ts, &pes))
        continue;
      inside (pes.private_data);
      inside (pes.pack);
      inside (pes.extension);
      inside (pes.stuffing);
      inside (pes.pts_field);
      inside (pes.dts_field);
      inside (pes.data);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/ts/parts-of-a-packet-are-named", parts_of_a_packet_are_named);
  g_test_add_func ("/wire/ts/tables-declare-their-pids", tables_declare_their_pids);
  g_test_add_func ("/wire/ts/pes-headers-are-read", pes_headers_are_read);
  g_test_add_func ("/wire/ts/no-part-leaves-the-packet", no_part_leaves_the_packet);
  return g_test_run ();
}
