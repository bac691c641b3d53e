#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensH264Bits:
 * An RBSP without its emulation prevention octets (ITU-T H.264 7.3.1), read many bits at a
 * time: for slice data, where LensRbsp would be slow.
 *
 * Holds a copy, until it is let go.  What lies behind the end reads as zeros;
 * lens_h264_bits_over() says when that happened.
 */
typedef struct
{
  GByteArray *octets; /* zeros follow */
  GArray *emulations; /* guint32: where in the NAL unit the octets were that are left out */
  gsize length;       /* octets without the zeros */
  gsize position;     /* bits */
  gsize stop;         /* the last bit that is set */
} LensH264Bits;

void lens_h264_bits_init (LensH264Bits *bits);
void lens_h264_bits_clear (LensH264Bits *bits);

/* Frees the copy: few of many streams are walked at the same time. */
void lens_h264_bits_let_go (LensH264Bits *bits);

/* Takes the NAL unit from octet 1 on and stands at bit @bit of its octet @offset. */
void lens_h264_bits_take (LensH264Bits *bits, const guint8 *nal, gsize length, gsize offset,
                          guint bit);

/* The octet of the NAL unit that octet @index of the RBSP was. */
gsize lens_h264_bits_nal_offset (const LensH264Bits *bits, gsize index);

guint32 lens_h264_bits_ue (LensH264Bits *bits);

static inline gboolean
lens_h264_bits_over (const LensH264Bits *bits)
{
  return bits->position > 8 * bits->length;
}

/* The next 32 bits, not passed over. */
static inline guint32
lens_h264_bits_peek (const LensH264Bits *bits)
{
  gsize at = MIN (bits->position >> 3, bits->length);
  guint64 word;

  __builtin_memcpy (&word, bits->octets->data + at, sizeof word);
  return (guint32)(GUINT64_FROM_BE (word) << (bits->position & 7) >> 32);
}

/* 1-32 bits; 0 bits are 0. */
static inline guint32
lens_h264_bits_u (LensH264Bits *bits, guint count)
{
  guint32 value = count > 0 ? lens_h264_bits_peek (bits) >> (32 - count) : 0;

  bits->position += count;
  return value;
}

/* more_rbsp_data() (7.2) */
static inline gboolean
lens_h264_bits_more (const LensH264Bits *bits)
{
  return bits->position < bits->stop;
}

G_END_DECLS
