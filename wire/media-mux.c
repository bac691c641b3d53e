#include "wire/media-mux.h"

#include "wire/stun.h"

#define DTLS_HEADER 13
#define RTCP_HEADER 8

static gboolean
is_stun (const guint8 *octets, gsize length)
{
  LensStun stun;

  return lens_stun_parse (octets, length, &stun) && !stun.cut && stun.length == length;
}

/* Records follow each other; the first must fit. */
static gboolean
is_dtls (const guint8 *octets, gsize length)
{
  return length > DTLS_HEADER && octets[1] == 0xfe && (octets[2] == 0xff || octets[2] == 0xfd)
         && DTLS_HEADER + ((gsize)octets[11] << 8 | octets[12]) <= length;
}

guint
lens_media_mux (const guint8 *octets, gsize length)
{
  if (length < RTCP_HEADER)
    return 0;
  if (octets[0] <= 3)
    return is_stun (octets, length) ? LENS_MEDIA_MUX_STUN : 0;
  if (octets[0] >= 20 && octets[0] <= 63)
    return is_dtls (octets, length) ? LENS_MEDIA_MUX_DTLS : 0;
  return octets[0] >= 128 && octets[0] <= 191 ? LENS_MEDIA_MUX_RTP : 0;
}
