#include "ledger/extension-law.h"

#define URN "urn:ietf:params:rtp-hdrext:"

static const LensExtensionLaw laws[] = {
  { URN "ssrc-audio-level", LENS_EXTENSION_FREE, 1, 1, 0 },
  { URN "csrc-audio-level", LENS_EXTENSION_FREE, 1, 15, 0 },
  { URN "toffset", LENS_EXTENSION_FREE, 3, 3, 0 },
  { URN "ntp-64", LENS_EXTENSION_CLOCK, 8, 8, 1 / 4294967296.0 },
  { URN "ntp-56", LENS_EXTENSION_CLOCK, 7, 7, 1 / 4294967296.0 },
  { URN "sdes:cname", LENS_EXTENSION_TEXT, 0, 255, 0 },
  { URN "sdes:mid", LENS_EXTENSION_TEXT, 0, 255, 0 },
  { URN "sdes:rtp-stream-id", LENS_EXTENSION_TEXT, 0, 255, 0 },
  { URN "sdes:repaired-rtp-stream-id", LENS_EXTENSION_TEXT, 0, 255, 0 },
  { URN "sdes:CaptId", LENS_EXTENSION_TEXT, 0, 255, 0 },
  { "urn:3gpp:video-orientation", LENS_EXTENSION_FREE, 1, 1, 0 },
  { "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", LENS_EXTENSION_CLOCK, 3, 3,
    1 / 262144.0 },
  { "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", LENS_EXTENSION_FREE, 3, 3, 0 },
};

const LensExtensionLaw *
lens_extension_law (const char *uri)
{
  for (guint i = 0; uri != NULL && i < G_N_ELEMENTS (laws); i++)
    if (g_str_equal (laws[i].uri, uri))
      return &laws[i];
  return NULL;
}

double
lens_extension_elapsed (const LensExtensionLaw *law, guint64 before, guint64 now, gsize length)
{
  if (length == 0 || length > 8)
    return 0;
  /* The difference's sign is that of the clock's own width. */
  guint shift = 64 - 8 * (guint)length;
  gint64 steps = (gint64)((now - before) << shift) / ((gint64)1 << shift);

  return (double)steps * law->unit;
}
