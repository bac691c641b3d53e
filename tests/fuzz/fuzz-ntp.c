/* NTP packets: parts and extension fields add up; and what the lab's own server answers. */
#include "tests/fuzz/fuzz.h"

#include "harness/sink.h"
#include "wire/ntp.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensNtp ntp;
  LensRange value;
  guint8 answer[48];
  guint16 type;
  gsize at = 0;

  if (lens_sink_ntp_answer (octets, length, 1700000000000000, answer))
    g_assert_cmpuint (length, >=, LENS_NTP_HEADER_LENGTH);
  lens_sink_is_http (octets, length);
  if (!lens_ntp_parse (octets, length, &ntp))
    return 0;
  fuzz_follows (octets, length, &at, ntp.header);
  fuzz_follows (octets, length, &at, ntp.extensions);
  fuzz_follows (octets, length, &at, ntp.mac);
  fuzz_follows (octets, length, &at, ntp.rest);
  g_assert_cmpuint (at, ==, length);
  for (LensRange left = ntp.extensions; lens_ntp_extension_next (octets, &left, &type, &value);)
    {
      fuzz_inside (octets, length, value);
      fuzz_inside (octets, length, left);
    }
  lens_ntp_unix_ns (ntp.transmit, 1700000000000000000);
  lens_ntp_unix_ns (ntp.origin, 0);
  return 0;
}
