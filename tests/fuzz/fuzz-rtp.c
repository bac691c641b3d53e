/* RTP packets of one stream: their parts add up, and so do the elements of their extensions; and
 * what is guessed of packets that nobody announced. */
#include "tests/fuzz/fuzz.h"

#include "wire/media-guess.h"
#include "wire/media-mux.h"
#include "wire/rtp-fragment.h"
#include "wire/rtp.h"

static void
check_elements (const guint8 *octets, gsize length, const LensRtp *rtp)
{
  LensRtpElements elements;
  LensRtpElement element;
  gsize at = rtp->extension.offset + 4;

  if (!lens_rtp_elements_init (&elements, octets, rtp))
    return;
  while (lens_rtp_elements_next (&elements, &element))
    {
      fuzz_follows (octets, length, &at, element.whole);
      fuzz_inside (octets, length, element.data);
    }
  if (rtp->extension.length >= 4)
    g_assert_cmpuint (at, ==, lens_range_end (rtp->extension));
}

static void
packet (const guint8 *octets, gsize length, LensMediaGuess *guess, LensRtp *before)
{
  static const char *const codecs[] = { "H264", "H265", "JPEG", NULL };
  LensRange free_octets;
  LensRtp rtp;
  gsize at = 0;

  lens_media_mux (octets, length);
  lens_rtp_plausible (octets, length);
  if (lens_rtp_keep_alive (octets, length, &free_octets))
    fuzz_inside (octets, length, free_octets);
  if (!lens_rtp_parse (octets, length, &rtp))
    return;
  fuzz_follows (octets, length, &at, rtp.header);
  fuzz_follows (octets, length, &at, rtp.csrc);
  fuzz_follows (octets, length, &at, rtp.extension);
  fuzz_follows (octets, length, &at, rtp.payload);
  fuzz_follows (octets, length, &at, rtp.padding);
  g_assert_cmpuint (at, ==, length);
  check_elements (octets, length, &rtp);
  const guint8 *payload = octets + rtp.payload.offset;
  lens_media_guess_take (guess, &rtp, payload, rtp.payload.length);
  lens_media_guess_name (guess);
  lens_media_guess_is_sound (guess);
  lens_rtp_continues (before, &rtp);
  *before = rtp;
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    {
      LensRtpFragment fragment
          = lens_rtp_fragment (lens_fragment_of (codecs[i]), payload, rtp.payload.length);
      g_assert_cmpuint (fragment.head, <=, rtp.payload.length);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  LensMediaGuess guess = { 0 };
  LensRtp before = { 0 };

  while (fuzz_part_next (&cursor, &part))
    packet (part.octets, part.length, &guess, &before);
  return 0;
}
