/* A compound RTCP packet: its packets and what is left add up to it, and so do their parts. */
#include "tests/fuzz/fuzz.h"

#include "wire/rtcp.h"

static void
check_report (const guint8 *octets, gsize length, const LensRtcpPacket *packet)
{
  LensRtcpReport report;
  gsize at = packet->body.offset;

  if (!lens_rtcp_report (octets, packet, &report))
    return;
  at += MIN (packet->body.length, 4);
  fuzz_follows (octets, length, &at, report.sender_info);
  fuzz_follows (octets, length, &at, report.blocks);
  fuzz_follows (octets, length, &at, report.extension);
  g_assert_cmpuint (at, ==, lens_range_end (packet->body));
  for (guint i = 0; i < report.n_blocks; i++)
    fuzz_inside (octets, length, lens_rtcp_block (octets, &report, i).whole);
}

static void
check_others (const guint8 *octets, gsize length, const LensRtcpPacket *packet)
{
  LensRtcpSdes sdes = lens_rtcp_sdes_over (octets, packet);
  LensRtcpSdesPart part;
  LensRtcpApp app;
  LensRtcpBye bye;
  gsize at = packet->body.offset;

  if (packet->type == LENS_RTCP_SDES)
    {
      while (lens_rtcp_sdes_next (&sdes, &part))
        {
          fuzz_follows (octets, length, &at, part.whole);
          fuzz_inside (octets, length, part.text);
        }
      g_assert_cmpuint (at, ==, lens_range_end (packet->body));
    }
  if (lens_rtcp_app (packet, &app))
    {
      fuzz_inside (octets, length, app.name);
      fuzz_inside (octets, length, app.data);
    }
  if (lens_rtcp_bye (octets, packet, &bye))
    {
      at = packet->body.offset;
      fuzz_follows (octets, length, &at, bye.sources);
      fuzz_follows (octets, length, &at, bye.reason_length);
      fuzz_follows (octets, length, &at, bye.reason);
      fuzz_follows (octets, length, &at, bye.rest);
      g_assert_cmpuint (at, ==, lens_range_end (packet->body));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensRtcp rtcp = lens_rtcp_over (octets, length);
  LensRtcpPacket packet;
  gsize at = 0;

  lens_rtcp_plausible (octets, length);
  while (lens_rtcp_next (&rtcp, &packet))
    {
      gsize inside = packet.whole.offset + 4;
      fuzz_follows (octets, length, &at, packet.whole);
      fuzz_follows (octets, length, &inside, packet.body);
      fuzz_follows (octets, length, &inside, packet.padding);
      g_assert_cmpuint (inside, ==, at);
      check_report (octets, length, &packet);
      check_others (octets, length, &packet);
    }
  fuzz_follows (octets, length, &at, lens_rtcp_stray (&rtcp));
  g_assert_cmpuint (at, ==, length);
  return 0;
}
