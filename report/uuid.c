#include "report/uuid.h"

#include <string.h>

enum
{
  SHA1_OCTETS = 20
};

const LensUuid lens_uuid_url = { { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00,
                                   0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };

LensUuid
lens_uuid_of_name (const LensUuid *space, const char *name)
{
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[SHA1_OCTETS];
  gsize length = sizeof digest;
  LensUuid uuid;

  g_checksum_update (hash, space->octets, sizeof space->octets);
  g_checksum_update (hash, (const guchar *)name, (gssize)strlen (name));
  g_checksum_get_digest (hash, digest, &length);
  memcpy (uuid.octets, digest, sizeof uuid.octets);
  uuid.octets[6] = (uuid.octets[6] & 0x0f) | 0x50; /* version 5 */
  uuid.octets[8] = (uuid.octets[8] & 0x3f) | 0x80; /* variant of RFC 9562 */
  return uuid;
}

void
lens_uuid_text (const LensUuid *uuid, char text[LENS_UUID_TEXT])
{
  const guint8 *o = uuid->octets;

  g_snprintf (text, LENS_UUID_TEXT,
              "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", o[0], o[1],
              o[2], o[3], o[4], o[5], o[6], o[7], o[8], o[9], o[10], o[11], o[12], o[13], o[14],
              o[15]);
}
