/* RTP payloads of RFC 3640: sections add up, headers lie inside them, units come out. */
#include "tests/fuzz/fuzz.h"

#include "wire/rfc3640.h"

static void
see_unit (const LensView *unit, gpointer user)
{
  fuzz_view (unit);
}

static void
see_span (LensAuSpanKind kind, const LensView *octets, gpointer user)
{
  fuzz_view (octets);
}

static void
check_packet (const LensAuFormat *format, const guint8 *octets, gsize length)
{
  LensAuPacket packet = lens_au_packet_over (format, octets, length);
  LensAuHeader header;
  gsize at = 0, headers = 0;

  fuzz_follows (octets, length, &at, packet.headers);
  fuzz_follows (octets, length, &at, packet.auxiliary);
  fuzz_follows (octets, length, &at, packet.data);
  g_assert_cmpuint (at, ==, length);
  for (at = 0; lens_au_header_next (format, &packet, octets, &at, &header); headers++)
    {
      g_assert_cmpuint (header.start, <=, header.end);
      g_assert_cmpuint (header.end, <=, 8 * lens_range_end (packet.headers));
      g_assert_cmpuint (headers, <=, 8 * length);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const char *const formats[]
      = { "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3",
          "mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2",
          "sizelength=9;indexlength=7;ctsdeltalength=11;dtsdeltalength=5;randomaccessindication=1;"
          "streamstateindication=3;auxiliarydatasizelength=6",
          "constantsize=5", NULL };
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  LensAuFormat format = lens_au_format (formats[lens_cursor_u8 (&cursor) % G_N_ELEMENTS (formats)]);
  g_autoptr (LensAus) aus = lens_aus_new (&format, see_unit, see_span, NULL);
  guint16 sequence = 65530;

  while (fuzz_part_next (&cursor, &part))
    {
      sequence = (guint16)(sequence + 1 - (part.flags & 0x30) / 16);
      check_packet (&format, part.octets, part.length);
      lens_aus_push (aus, &part.view, sequence, part.flags & 0x0f, (part.flags & 0x80) != 0);
    }
  lens_aus_flush (aus);
  return 0;
}
