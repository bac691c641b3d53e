#include "wire/rtcp.h"

#include <string.h>

/* SR with one block and a profile extension, SDES with two chunks, APP, BYE with a reason,
 * then three stray octets. */
static const guint8 compound[] = {
  0x81, 200,  0x00, 0x0d,                         /* V=2 RC=1, SR, 14 words */
  0,    0,    0,    1,                            /* sender */
  0xe0, 0,    0,    0,    0x80, 0,    0,    0,    /* NTP */
  0,    0,    0,    9,                            /* RTP timestamp */
  0,    0,    0,    7,    0,    0,    1,    0,    /* 7 packets, 256 octets */
  0,    0,    0,    2,    0x40, 0xff, 0xff, 0xfe, /* block: SSRC, fraction, lost -2 */
  0,    1,    0,    5,    0,    0,    0,    6,    /* highest sequence, jitter */
  0,    0,    0,    7,    0,    0,    0,    8,    /* LSR, DLSR */
  0xca, 0xfe, 0xca, 0xfe,                         /* profile extension */
  0x82, 202,  0x00, 0x06,                         /* SC=2, SDES, 7 words */
  0,    0,    0,    1,    1,    4,    'c',  'a',  /* chunk, CNAME */
  'm',  '1',  0,    0,                            /* ... end and fill */
  0,    0,    0,    2,    6,    1,    'x',  0,    /* chunk, TOOL, end */
  0,    0,    0,    0,                            /* not asked for by SC */
  0x85, 204,  0x00, 0x03,                         /* subtype 5, APP, 4 words */
  0,    0,    0,    1,    'L',  'E',  'N',  'S',
  1,    2,    3,    4,    0xa1, 203,  0x00, 0x04, /* P, SC=1, BYE, 5 words */
  0,    0,    0,    1,    3,    'o',  'f',  'f',  /* reason */
  0,    0,    0,    0,    0x55, 0,    0,    4,    /* fill; padding, count 4 */
  9,    9,    9,                                  /* stray */
};

static gsize
next (LensRtcp *rtcp, LensRtcpPacket *packet, guint8 type)
{
  g_assert_true (lens_rtcp_next (rtcp, packet));
  g_assert_cmpuint (packet->type, ==, type);
  g_assert_cmpuint (packet->odd, ==, 0);
  return packet->whole.length;
}

static void
a_compound_is_walked_to_its_stray_octets (void)
{
  LensRtcp rtcp = lens_rtcp_over (compound, sizeof compound);
  LensRtcpPacket packet;
  gsize sum = 0;

  sum += next (&rtcp, &packet, LENS_RTCP_SR);
  g_assert_cmpuint (packet.ssrc, ==, 1);
  sum += next (&rtcp, &packet, LENS_RTCP_SDES);
  sum += next (&rtcp, &packet, LENS_RTCP_APP);
  g_assert_cmpuint (packet.count, ==, 5);
  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (packet.type, ==, LENS_RTCP_BYE);
  sum += packet.whole.length;
  g_assert_cmpuint (packet.padding.length, ==, 4);
  g_assert_false (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (lens_rtcp_stray (&rtcp).length, ==, 3);
  g_assert_cmpuint (sum + 3, ==, sizeof compound);
}

static void
a_report_has_blocks_and_a_profile_extension (void)
{
  LensRtcp rtcp = lens_rtcp_over (compound, sizeof compound);
  LensRtcpPacket packet;
  LensRtcpReport report;

  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_true (lens_rtcp_report (compound, &packet, &report));
  g_assert_cmpuint (report.ntp, ==, G_GUINT64_CONSTANT (0xe000000080000000));
  g_assert_cmpuint (report.rtp_timestamp, ==, 9);
  g_assert_cmpuint (report.packets, ==, 7);
  g_assert_cmpuint (report.octets, ==, 256);
  g_assert_cmpuint (report.n_blocks, ==, 1);
  g_assert_cmpuint (report.extension.offset, ==, 52);
  g_assert_cmpuint (report.extension.length, ==, 4);

  LensRtcpBlock block = lens_rtcp_block (compound, &report, 0);
  g_assert_cmpuint (block.ssrc, ==, 2);
  g_assert_cmpuint (block.fraction_lost, ==, 0x40);
  g_assert_cmpint (block.lost, ==, -2);
  g_assert_cmpuint (block.highest_sequence, ==, 0x10005);
  g_assert_cmpuint (block.delay_since_last_sr, ==, 8);
}

static void
a_description_has_chunks_and_items (void)
{
  static const struct
  {
    LensRtcpSdesKind kind;
    gsize length;
    guint32 ssrc;
  } expected[] = {
    { LENS_RTCP_SDES_SOURCE, 4, 1 }, { LENS_RTCP_SDES_ITEM, 6, 1 }, { LENS_RTCP_SDES_END, 2, 1 },
    { LENS_RTCP_SDES_SOURCE, 4, 2 }, { LENS_RTCP_SDES_ITEM, 3, 2 }, { LENS_RTCP_SDES_END, 1, 2 },
    { LENS_RTCP_SDES_REST, 4, 2 },
  };
  LensRtcp rtcp = lens_rtcp_over (compound, sizeof compound);
  LensRtcpPacket packet;
  LensRtcpSdesPart part;

  g_assert_true (lens_rtcp_next (&rtcp, &packet) && lens_rtcp_next (&rtcp, &packet));
  LensRtcpSdes sdes = lens_rtcp_sdes_over (compound, &packet);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (lens_rtcp_sdes_next (&sdes, &part));
      g_assert_cmpint (part.kind, ==, expected[i].kind);
      g_assert_cmpuint (part.whole.length, ==, expected[i].length);
      g_assert_cmpuint (part.ssrc, ==, expected[i].ssrc);
      if (i == 1)
        g_assert_cmpmem (compound + part.text.offset, part.text.length, "cam1", 4);
    }
  g_assert_false (lens_rtcp_sdes_next (&sdes, &part));
}

static void
app_and_bye_name_their_octets (void)
{
  LensRtcp rtcp = lens_rtcp_over (compound, sizeof compound);
  LensRtcpPacket packet;
  LensRtcpApp app;
  LensRtcpBye bye;

  for (guint i = 0; i < 3; i++)
    g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_true (lens_rtcp_app (&packet, &app));
  g_assert_cmpmem (compound + app.name.offset, app.name.length, "LENS", 4);
  g_assert_cmpmem (compound + app.data.offset, app.data.length, "\1\2\3\4", 4);

  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_true (lens_rtcp_bye (compound, &packet, &bye));
  g_assert_cmpuint (bye.n_sources, ==, 1);
  g_assert_cmpmem (compound + bye.reason.offset, bye.reason.length, "off", 3);
  g_assert_cmpuint (bye.rest.length, ==, 4);
}

static void
what_is_odd_is_said (void)
{
  static const guint8 cut[] = { 0x80, 201, 0, 9, 0, 0, 0, 1 };
  static const guint8 inside[]
      = { 0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 201, 0, 1, 0, 0, 0, 1 };
  static const guint8 bad[] = { 0xa0, 201, 0, 1, 0, 0, 0, 9 };
  static const guint8 unusual[] = { 0x80, 96, 0, 1, 0, 0, 0, 9 };
  LensRtcpPacket packet;

  LensRtcp rtcp = lens_rtcp_over (cut, sizeof cut);
  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (packet.odd, ==, LENS_RTCP_CUT);
  g_assert_cmpuint (packet.whole.length, ==, 8);

  rtcp = lens_rtcp_over (inside, sizeof inside);
  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (packet.odd, ==, LENS_RTCP_PADDING_INSIDE);
  g_assert_cmpuint (packet.padding.length, ==, 4);

  rtcp = lens_rtcp_over (bad, sizeof bad);
  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (packet.odd, ==, LENS_RTCP_PADDING_MALFORMED);
  g_assert_cmpuint (packet.padding.length, ==, 0);

  rtcp = lens_rtcp_over (unusual, sizeof unusual);
  g_assert_true (lens_rtcp_next (&rtcp, &packet));
  g_assert_cmpuint (packet.odd, ==, LENS_RTCP_TYPE_UNUSUAL);
}

static void
media_is_not_plausible_rtcp (void)
{
  static const guint8 media[16] = { 0x80, 0x60, 0, 1 };

  g_assert_true (lens_rtcp_plausible (compound, sizeof compound));
  g_assert_false (lens_rtcp_plausible (compound, 40)); /* the SR is cut */
  g_assert_false (lens_rtcp_plausible (media, sizeof media));
}

/* Every part of every packet, whatever the octets are. */
static gsize
add_up (const guint8 *octets, gsize length)
{
  LensRtcp rtcp = lens_rtcp_over (octets, length);
  LensRtcpPacket packet;
  LensRtcpReport report;
  LensRtcpSdesPart part;
  LensRtcpBye bye;
  gsize sum = 0;

  while (lens_rtcp_next (&rtcp, &packet))
    {
      g_assert_cmpuint (packet.whole.length, ==, 4 + packet.body.length + packet.padding.length);
      gsize body = packet.body.length;
      LensRtcpSdes sdes = lens_rtcp_sdes_over (octets, &packet);
      if (lens_rtcp_report (octets, &packet, &report))
        {
          body = MIN (body, 4) + report.sender_info.length + report.blocks.length
                 + report.extension.length;
          for (guint i = 0; i < report.n_blocks; i++)
            (void)lens_rtcp_block (octets, &report, i);
        }
      else if (packet.type == LENS_RTCP_SDES)
        for (body = 0; lens_rtcp_sdes_next (&sdes, &part);)
          body += part.whole.length;
      else if (lens_rtcp_bye (octets, &packet, &bye))
        body = bye.sources.length + bye.reason_length.length + bye.reason.length + bye.rest.length;
      g_assert_cmpuint (body, ==, packet.body.length);
      sum += packet.whole.length;
    }
  return sum + lens_rtcp_stray (&rtcp).length;
}

static void
flipped_bits_always_add_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);

  for (guint round = 0; round < 100000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 1, sizeof compound + 1);
      g_autofree guint8 *octets = g_memdup2 (compound, length);
      for (guint flips = 0; flips < 4; flips++)
        octets[(gsize)g_rand_int_range (random, 0, (gint)length)]
            ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
      g_assert_cmpuint (add_up (octets, length), ==, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtcp/a-compound-is-walked-to-its-stray-octets",
                   a_compound_is_walked_to_its_stray_octets);
  g_test_add_func ("/wire/rtcp/a-report-has-blocks-and-a-profile-extension",
                   a_report_has_blocks_and_a_profile_extension);
  g_test_add_func ("/wire/rtcp/a-description-has-chunks-and-items",
                   a_description_has_chunks_and_items);
  g_test_add_func ("/wire/rtcp/app-and-bye-name-their-octets", app_and_bye_name_their_octets);
  g_test_add_func ("/wire/rtcp/what-is-odd-is-said", what_is_odd_is_said);
  g_test_add_func ("/wire/rtcp/media-is-not-plausible-rtcp", media_is_not_plausible_rtcp);
  g_test_add_func ("/wire/rtcp/flipped-bits-always-add-up", flipped_bits_always_add_up);
  return g_test_run ();
}
