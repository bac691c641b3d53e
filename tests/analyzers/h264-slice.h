#pragma once

#include <glib.h>

/* Slices that can be read to their end: CAVLC (ITU-T H.264 7.3.4, 7.3.5 and 9.1), 4:2:0, one
 * reference picture, without any transform coefficient. */

typedef struct
{
  GByteArray *octets; /* the RBSP */
  guint bits;         /* of the last octet */
} H264SliceBits;

static inline void
h264_slice_u (H264SliceBits *slice, guint32 value, guint bits)
{
  for (guint i = bits; i > 0; i--)
    {
      const guint8 empty = 0;
      if (slice->bits % 8 == 0)
        g_byte_array_append (slice->octets, &empty, 1);
      slice->octets->data[slice->octets->len - 1]
          |= (guint8)((value >> (i - 1) & 1) << (7 - slice->bits % 8));
      slice->bits++;
    }
}

static inline void
h264_slice_ue (H264SliceBits *slice, guint32 value)
{
  h264_slice_u (slice, value + 1, 2 * g_bit_storage (value + 1) - 1);
}

/* Of a P slice: a block that moved, by lot. */
static inline void
h264_slice_put_moved (H264SliceBits *slice, GRand *random)
{
  h264_slice_ue (slice, 0);                                          /* mb_skip_run */
  h264_slice_ue (slice, 0);                                          /* P_L0_16x16 */
  h264_slice_ue (slice, (guint32)g_rand_int_range (random, 0, 300)); /* mvd_l0 */
  h264_slice_ue (slice, (guint32)g_rand_int_range (random, 0, 300));
  h264_slice_ue (slice, 0); /* coded_block_pattern: nothing */
}

/* Of an I slice: @fine, sixteen predictions by lot; else one. */
static inline void
h264_slice_put_intra (H264SliceBits *slice, gboolean fine, GRand *random)
{
  h264_slice_ue (slice, fine ? 0 : (guint32)g_rand_int_range (random, 1, 5)); /* mb_type */
  for (guint i = 0; fine && i < 16; i++)
    h264_slice_u (slice, (guint32)g_rand_int_range (random, 0, 8), 4);
  h264_slice_ue (slice, (guint32)g_rand_int_range (random, 0, 4)); /* intra_chroma_pred_mode */
  if (fine)
    h264_slice_ue (slice, 3); /* coded_block_pattern: nothing */
  else
    h264_slice_u (slice, 3, 2); /* mb_qp_delta 0, no coefficients */
}

/**
 * h264_slice_new:
 * All @macroblocks of a picture behind the slice's header @bits ("0" and "1"), in about @length
 * octets; @header is the NAL unit's.  With emulation prevention (7.4.1).
 */
static inline GByteArray *
h264_slice_new (guint8 header, const char *bits, guint macroblocks, gsize length, GRand *random)
{
  g_autoptr (GByteArray) rbsp = g_byte_array_new ();
  H264SliceBits slice = { rbsp, 0 };
  GByteArray *nal = g_byte_array_new ();
  gboolean intra = (header & 0x1f) == 5;
  guint done = 0, zeros = 0;

  for (; *bits != '\0'; bits++)
    h264_slice_u (&slice, *bits == '1', 1);
  for (; intra && done < macroblocks; done++)
    h264_slice_put_intra (&slice, rbsp->len + macroblocks - done < length, random);
  for (; done < macroblocks && rbsp->len + 8 < length; done++)
    h264_slice_put_moved (&slice, random);
  if (done < macroblocks)
    h264_slice_ue (&slice, macroblocks - done);
  h264_slice_u (&slice, 1, 1);
  g_byte_array_append (nal, &header, 1);
  for (guint i = 0; i < rbsp->len; i++)
    {
      static const guint8 prevention = 3;
      if (zeros == 2 && rbsp->data[i] <= 3)
        {
          g_byte_array_append (nal, &prevention, 1);
          zeros = 0;
        }
      g_byte_array_append (nal, &rbsp->data[i], 1);
      zeros = rbsp->data[i] == 0 ? zeros + 1 : 0;
    }
  return nal;
}
