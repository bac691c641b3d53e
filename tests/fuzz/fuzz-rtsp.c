/* One direction of an RTSP connection: units add up to the stream, whether it comes at once or in
 * pieces; and the header fields of its messages. */
#include "tests/fuzz/fuzz.h"

#include "wire/rtsp-addresses.h"
#include "wire/rtsp-header.h"
#include "wire/rtsp-shape.h"
#include "wire/rtsp.h"
#include "wire/url-host.h"

#include <string.h>

static void
check_transport (const guint8 *octets, gsize length, LensRange value)
{
  LensRtspTransport specs[4];
  guint n = lens_rtsp_transport (octets, value, specs, G_N_ELEMENTS (specs));

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (specs));
  for (guint i = 0; i < n; i++)
    {
      const LensRange ranges[]
          = { specs[i].whole,     specs[i].protocol, specs[i].destination, specs[i].source,
              specs[i].dest_addr, specs[i].src_addr, specs[i].mode,        specs[i].unknown };
      for (gsize j = 0; j < G_N_ELEMENTS (ranges); j++)
        fuzz_inside (octets, length, ranges[j]);
      LensRtspAddresses addresses = lens_rtsp_addresses (octets, specs[i].dest_addr);
      for (guint j = 0; j < addresses.n; j++)
        fuzz_inside (octets, length, addresses.of[j].host);
    }
}

static void
check_info (const guint8 *octets, gsize length, LensRange value)
{
  LensRtspRtpInfo info;
  gsize position = 0;

  while (lens_rtsp_rtp_info_next (octets, value, &position, &info))
    {
      fuzz_inside (octets, length, info.whole);
      fuzz_inside (octets, length, info.url);
    }
}

static void
check_url (const guint8 *octets, LensRange one, LensRange other)
{
  g_autofree char *base = g_strndup ((const char *)octets + one.offset, one.length);
  g_autofree char *control = g_strndup ((const char *)octets + other.offset, other.length);
  g_autofree char *url = lens_rtsp_join_control (base, control);

  g_assert_nonnull (url);
  LensUrlHost host;
  if (lens_url_host_of (octets, other, &host) || lens_url_host_parse (octets, other, &host))
    g_assert_cmpuint (strlen (host.text), <, LENS_URL_HOST_TEXT);
}

static void
check_headers (const guint8 *octets, gsize length, LensRange headers)
{
  LensRtspHeader header;
  LensRange id, before = { 0 };
  gsize position = 0, longest;
  guint64 number;

  while (lens_rtsp_header_next (octets, headers, &position, &header))
    {
      fuzz_inside (octets, length, header.line);
      fuzz_inside (octets, length, header.name);
      fuzz_inside (octets, length, header.value);
      lens_rtsp_header_nature (octets, header.name);
      lens_rtsp_header_shape (octets, &header, &longest);
      g_assert_cmpuint (longest, <=, header.value.length);
      lens_rtsp_time_of_day (octets, header.value);
      lens_rtsp_number (octets, header.value, &number);
      check_transport (octets, length, header.value);
      check_info (octets, length, header.value);
      check_url (octets, before, header.value);
      before = header.value;
    }
  lens_rtsp_cseq (octets, headers, &number);
  if (lens_rtsp_session (octets, headers, &id, &number))
    fuzz_inside (octets, length, id);
}

static void
check_unit (const guint8 *octets, const LensRtspUnit *unit)
{
  gsize at = 0;

  fuzz_touch (octets, unit->length);
  if (unit->kind == LENS_RTSP_INTERLEAVED)
    {
      fuzz_inside (octets, unit->length, unit->data);
      return;
    }
  if (unit->kind != LENS_RTSP_REQUEST && unit->kind != LENS_RTSP_RESPONSE)
    return;
  fuzz_follows (octets, unit->length, &at, unit->start_line);
  fuzz_follows (octets, unit->length, &at, unit->headers);
  fuzz_follows (octets, unit->length, &at, unit->body);
  g_assert_cmpuint (at, ==, unit->length);
  const LensRange words[] = { unit->method, unit->uri, unit->version, unit->reason };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    fuzz_inside (octets, unit->length, words[i]);
  check_headers (octets, unit->length, unit->headers);
}

/* Reads the stream as it would come, @step octets at a time. */
static guint
walk (const guint8 *octets, gsize length, gsize step, gboolean lost)
{
  LensRtspFramer framer = { .lost = lost };
  LensRtspUnit unit;
  gsize at = 0, there = MIN (step, length);
  guint units = 0;

  while (at < length)
    {
      LensRtspKind kind = lens_rtsp_next (&framer, octets + at, there - at, there == length, &unit);
      if (kind == LENS_RTSP_MORE)
        {
          g_assert_cmpuint (there, <, length);
          there = MIN (MAX (there + step, at + unit.needed), length);
          continue;
        }
      g_assert_cmpuint (unit.length, >, 0);
      g_assert_cmpuint (unit.length, <=, there - at);
      check_unit (octets + at, &unit);
      at += unit.length;
      units++;
    }
  return units;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  gsize scanned = 0;

  if (length == 0)
    return 0;
  for (gsize i = 1; i <= length; i = 2 * i + 1)
    if (lens_rtsp_looks_like (&scanned, octets, i) != LENS_RTSP_GUESS_UNDECIDED)
      break;
  gssize found = lens_rtsp_find_interleaved (octets, length);
  g_assert_cmpint (found, <, (gssize)length);
  walk (octets, length, length, FALSE);
  walk (octets, length, 1 + octets[0], FALSE);
  walk (octets, length, length, TRUE);
  return 0;
}
