#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/**
 * LensRbsp:
 * Reads the bits of a NAL unit without its emulation prevention octets (ITU-T H.264 7.3.1
 * and 7.4.1, the same in H.265), and knows where in the NAL unit it stands.
 *
 * Borrows the octets.  The first read past the end sets @short_read and yields 0, as every
 * later read does.
 */
typedef struct
{
  const guint8 *octets; /* the NAL unit, header included */
  gsize length;
  gsize position; /* octet that holds the next bit, before an emulation octet is passed over */
  guint bit;      /* bits of it already read: 0-7 */
  guint zeros;    /* zero octets just before @position */
  gsize stop;     /* octet and bit of the rbsp_stop_one_bit */
  guint stop_bit;
  gboolean short_read;
} LensRbsp;

/* Reads the NAL unit from octet @start on: 1 behind an H.264 header, 2 behind an H.265 one, or
 * any octet in the middle. */
LensRbsp lens_rbsp_over (const guint8 *octets, gsize length, gsize start);

guint32 lens_rbsp_u (LensRbsp *rbsp, guint bits); /* at most 32 bits */
gboolean lens_rbsp_flag (LensRbsp *rbsp);         /* one bit */
guint32 lens_rbsp_ue (LensRbsp *rbsp);            /* Exp-Golomb, 9.1 */
gint32 lens_rbsp_se (LensRbsp *rbsp);             /* 9.1.1 */

/* Passes over whole octets; FALSE, at the end, when there are fewer. */
gboolean lens_rbsp_skip (LensRbsp *rbsp, gsize octets);

/* more_rbsp_data() (7.2): bits are left before the stop bit. */
gboolean lens_rbsp_more_data (const LensRbsp *rbsp);

/* Where the next bit lies: the octet of the NAL unit; its bit is rbsp->bit, 0 the highest. */
gsize lens_rbsp_offset (const LensRbsp *rbsp);

/* From octet @from to the one that holds the last bit read. */
LensRange lens_rbsp_range (const LensRbsp *rbsp, gsize from);

/**
 * LensRbspEnd:
 * Where the syntax of a NAL unit ends.
 *
 * @short_read: the octets ended inside a field; the fields from there on are 0.  @odd: the
 * syntax ends, but not in a stop bit and zero bits up to the next octet (7.3.2.11).
 */
typedef struct
{
  gsize end; /* first octet behind rbsp_trailing_bits(); the length where there is none */
  gboolean short_read;
  gboolean odd;
} LensRbspEnd;

/* The end of a syntax that was read up to where @rbsp stands. */
LensRbspEnd lens_rbsp_end (LensRbsp *rbsp);

/**
 * lens_rbsp_filler_difference:
 * The first octet at or behind @from that is not what a filler NAL unit (H.264 7.3.2.7,
 * H.265 7.3.2.8) must hold: 0xFF, and 0x80 in the last place.  @length when there is none.
 */
gsize lens_rbsp_filler_difference (const guint8 *octets, gsize length, gsize from);

G_END_DECLS
