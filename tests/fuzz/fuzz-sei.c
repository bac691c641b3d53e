/* SEI messages of both video codecs: they add up to the NAL unit; user data of known writers. */
#include "tests/fuzz/fuzz.h"

#include "wire/h265-sei.h"
#include "wire/sei-user-data.h"
#include "wire/sei.h"

static void
walk (const guint8 *octets, gsize length, gsize header)
{
  LensSei sei = lens_sei_over (octets, length, header);
  LensSeiMessage message;
  LensH265TimeCode code;
  gboolean proper;
  gsize at = header, end;

  while (lens_sei_next (&sei, &message))
    {
      fuzz_follows (octets, length, &at, message.head);
      fuzz_follows (octets, length, &at, message.payload);
      if (lens_h265_sei_fit (octets, &message, NULL, &end) == LENS_H265_SEI_LONGER)
        g_assert_cmpuint (end, <, at);
      LensRbsp payload = lens_rbsp_over (octets, at, message.payload.offset);
      lens_h265_time_code_read (&code, &payload);
      g_assert_cmpuint (code.n, <=, 3);
    }
  fuzz_follows (octets, length, &at, lens_sei_rest (&sei, &proper));
  g_assert_cmpuint (at, ==, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  guint64 clock_us;
  guint16 pair;
  gsize position = 0;

  if (length < 2)
    return 0;
  walk (octets, length, 1);
  walk (octets, length, 2);
  lens_sei_user_data (octets, length, &clock_us);
  if (lens_sei_is_registered (octets, length))
    while (lens_sei_caption_next (octets, length, &position, &pair))
      g_assert_cmpuint (position, <=, length);
  return 0;
}
