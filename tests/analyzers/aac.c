#include "tests/analyzers/aac.h"

#include "wire/aac.h"

#define SDP(map, parameters)                                                                       \
  "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"                                     \
  "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 " map "\r\na=fmtp:97 " parameters "\r\n"                    \
  "a=control:track1\r\n"

const char aac_sdp[] = SDP ("MPEG4-GENERIC/16000/1",
                            "streamtype=5;mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;"
                            "indexdeltalength=3");
const char aac_sdp_sections[]
    = SDP ("MPEG4-GENERIC/16000/1",
           "streamtype=5;mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3;"
           "auxiliarydatasizelength=8");
const char aac_sdp_latm[] = SDP ("MP4A-LATM/16000/1", "cpresent=0;config=400028103fc0");

void
aac_put (AacBits *bits, guint32 value, guint count)
{
  static const guint8 zero = 0;

  if (bits->octets == NULL)
    bits->octets = g_byte_array_new ();
  for (; count > 0; count--)
    {
      if (bits->bit == 0)
        g_byte_array_append (bits->octets, &zero, 1);
      if ((value >> (count - 1) & 1) != 0)
        bits->octets->data[bits->octets->len - 1] |= (guint8)(0x80 >> bits->bit);
      bits->bit = (bits->bit + 1) % 8;
    }
}

void
aac_put_channel (AacBits *bits, gboolean reserved, guint8 tag)
{
  aac_put (bits, LENS_AAC_SCE, 3);
  aac_put (bits, tag, 4);
  aac_put (bits, 100, 8); /* global_gain */
  aac_put (bits, reserved, 1);
  aac_put (bits, 0, 2 + 1 + 6); /* long window, its shape, no band */
  aac_put (bits, 0, 1 + 3);     /* no prediction, pulse, noise shaping, gain control */
}

void
aac_put_fill (AacBits *bits, guint8 first, GByteArray *octets)
{
  guint count = 1 + octets->len;

  aac_put (bits, LENS_AAC_FIL, 3);
  aac_put (bits, MIN (count, 15), 4);
  if (count >= 15)
    aac_put (bits, count - 14, 8);
  aac_put (bits, first, 8);
  for (guint i = 0; i < octets->len; i++)
    aac_put (bits, octets->data[i], 8);
  g_byte_array_unref (octets);
}

void
aac_put_data (AacBits *bits, GByteArray *octets)
{
  aac_put (bits, LENS_AAC_DSE, 3);
  aac_put (bits, 0, 4 + 1);
  aac_put (bits, octets->len, 8);
  for (guint i = 0; i < octets->len; i++)
    aac_put (bits, octets->data[i], 8);
  g_byte_array_unref (octets);
}

GByteArray *
aac_end (AacBits *bits, guint32 alignment)
{
  aac_put (bits, LENS_AAC_END, 3);
  aac_put (bits, alignment, bits->bit == 0 ? 0 : 8 - bits->bit);
  return g_steal_pointer (&bits->octets);
}

guint64
aac_send_payload (Build *build, guint16 sequence, GByteArray *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 97,
                                             .sequence = sequence,
                                             .timestamp = 1024u * sequence,
                                             .ssrc = 7,
                                             .payload = payload }));
}

guint64
aac_send (Build *build, guint16 sequence, GByteArray *unit)
{
  const guint8 head[] = { 0, 16, (guint8)(unit->len >> 5), (guint8)(unit->len << 3) };

  return aac_send_payload (
      build, sequence,
      build_join (g_byte_array_append (g_byte_array_new (), head, sizeof head), unit));
}

void
aac_send_silence (Build *build, guint16 sequence, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      AacBits bits = { 0 };
      aac_put_channel (&bits, FALSE, 0);
      aac_send (build, (guint16)(sequence + i), aac_end (&bits, 0));
    }
}
