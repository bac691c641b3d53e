#include "wire/rtp-fragment.h"

#include "wire/cursor.h"

enum
{
  H264_FU_A = 28,
  H264_FU_B = 29,
  H265_FU = 49,
  JPEG_HEAD = 8,
};

static LensFragmentPlace
place_of (guint8 fu_header)
{
  switch (fu_header >> 6)
    {
    case 3:
      return LENS_FRAGMENT_ONLY;
    case 2:
      return LENS_FRAGMENT_FIRST;
    case 1:
      return LENS_FRAGMENT_LAST;
    default:
      return LENS_FRAGMENT_MIDDLE;
    }
}

/* H.264 Table 7-1: 1 to 5 and 20 are slices. */
static gboolean
is_h264_picture (guint8 type)
{
  return (type >= 1 && type <= 5) || (type >= 19 && type <= 21);
}

static LensRtpFragment
read_h264 (const guint8 *payload, gsize length)
{
  LensRtpFragment fragment = { .place = LENS_FRAGMENT_WHOLE, .of = LENS_FRAGMENT_OF_H264 };

  fragment.unit = payload[0] & 0x1f;
  if (fragment.unit == H264_FU_A || fragment.unit == H264_FU_B)
    {
      fragment.head = fragment.unit == H264_FU_A ? 2 : 4;
      if (length < fragment.head)
        return (LensRtpFragment){ .place = LENS_FRAGMENT_UNKNOWN };
      fragment.place = place_of (payload[1]);
      fragment.unit = payload[1] & 0x1f;
    }
  fragment.parameter = !is_h264_picture (fragment.unit);
  return fragment;
}

/* H.265 Table 7-1: below 32 are slices. */
static LensRtpFragment
read_h265 (const guint8 *payload, gsize length)
{
  LensRtpFragment fragment = { .place = LENS_FRAGMENT_WHOLE, .of = LENS_FRAGMENT_OF_H265 };

  if (length < 2)
    return (LensRtpFragment){ .place = LENS_FRAGMENT_UNKNOWN };
  fragment.unit = payload[0] >> 1 & 0x3f;
  if (fragment.unit == H265_FU)
    {
      if (length < 3)
        return (LensRtpFragment){ .place = LENS_FRAGMENT_UNKNOWN };
      fragment.head = 3;
      fragment.place = place_of (payload[2]);
      fragment.unit = payload[2] & 0x3f;
    }
  fragment.parameter = fragment.unit >= 32;
  return fragment;
}

/* RFC 2435 sections 3.1.7 (restart header: types 64-127) and 3.1.8 (tables: Q of 128 and more,
 * in the first fragment). */
static LensRtpFragment
read_jpeg (const guint8 *payload, gsize length)
{
  LensRtpFragment fragment
      = { .place = LENS_FRAGMENT_FIRST, .of = LENS_FRAGMENT_OF_JPEG, .head = JPEG_HEAD };
  LensCursor cursor = lens_cursor_over (payload, length);

  lens_cursor_u8 (&cursor);
  fragment.position = lens_cursor_u24 (&cursor);
  guint8 type = lens_cursor_u8 (&cursor), q = lens_cursor_u8 (&cursor);
  lens_cursor_u16 (&cursor);
  if (type >= 64 && type <= 127)
    {
      lens_cursor_u32 (&cursor);
      fragment.head += 4;
    }
  if (fragment.position > 0)
    fragment.place = LENS_FRAGMENT_MIDDLE;
  else if (q >= 128)
    {
      lens_cursor_u16 (&cursor);
      fragment.head += 4u + lens_cursor_u16 (&cursor);
    }
  if (cursor.short_read || fragment.head > length)
    return (LensRtpFragment){ .place = LENS_FRAGMENT_UNKNOWN };
  return fragment;
}

LensFragmentOf
lens_fragment_of (const char *codec)
{
  if (g_strcmp0 (codec, "H264") == 0)
    return LENS_FRAGMENT_OF_H264;
  if (g_strcmp0 (codec, "H265") == 0)
    return LENS_FRAGMENT_OF_H265;
  return g_strcmp0 (codec, "JPEG") == 0 ? LENS_FRAGMENT_OF_JPEG : LENS_FRAGMENT_OF_NOTHING;
}

LensRtpFragment
lens_rtp_fragment (LensFragmentOf of, const guint8 *payload, gsize length)
{
  if (length > 0)
    switch (of)
      {
      case LENS_FRAGMENT_OF_H264:
        return read_h264 (payload, length);
      case LENS_FRAGMENT_OF_H265:
        return read_h265 (payload, length);
      case LENS_FRAGMENT_OF_JPEG:
        return read_jpeg (payload, length);
      case LENS_FRAGMENT_OF_NOTHING:
        break;
      }
  return (LensRtpFragment){ .place = LENS_FRAGMENT_UNKNOWN };
}
