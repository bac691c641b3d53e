#include "harness/capture-look.h"

#define DUPLICATE_NS (100 * G_GINT64_CONSTANT (1000000))
#define HASHED 512 /* octets; longer frames that begin alike and have one length count as one */

/* FNV-1a: only few packets are looked at, so simplicity wins. */
static guint64
hash_octets (const guint8 *octets, guint32 length)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (guint32 i = 0; i < MIN (length, HASHED); i++)
    hash = (hash ^ octets[i]) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

static gboolean
is_tagged (const guint8 *octets, guint32 length)
{
  if (length < 14)
    return FALSE;
  guint type = octets[12] << 8 | octets[13];
  return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

void
lens_capture_look (LensCaptureLook *look, const guint8 *octets, guint32 length,
                   gboolean is_ethernet, gint64 time_ns)
{
  guint64 hash = hash_octets (octets, length);
  gsize known = MIN (look->looked, LENS_CAPTURE_LOOK_BACK);

  for (gsize i = 0; i < known; i++)
    if (look->recent[i].hash == hash && look->recent[i].length == length
        && time_ns - look->recent[i].time_ns < DUPLICATE_NS)
      {
        look->duplicates++;
        break;
      }
  look->tagged += is_ethernet && is_tagged (octets, length);
  gsize at = look->looked++ % LENS_CAPTURE_LOOK_BACK;
  look->recent[at].hash = hash;
  look->recent[at].time_ns = time_ns;
  look->recent[at].length = length;
}
