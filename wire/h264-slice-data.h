#pragma once

#include "wire/h264-slice.h"

G_BEGIN_DECLS

/* Where a slice really ends: slice_data() of ITU-T H.264 (08/2021) 7.3.4, walked macroblock by
 * macroblock, in CAVLC and CABAC, frames, fields and MBAFF, of all chroma formats.  Nothing is
 * decoded but what the syntax depends on. */

typedef enum
{
  LENS_H264_WALK_WHOLE,       /* the end was found */
  LENS_H264_WALK_BROKEN,      /* the bits are no slice of these parameter sets */
  LENS_H264_WALK_UNSUPPORTED, /* SP, SI, slice groups, partitions, pictures beyond
                                 level 6.2, or a header not read */
} LensH264WalkStatus;

typedef struct
{
  LensH264WalkStatus status;
  guint32 n_macroblocks; /* walked */
  guint32 next_mb;       /* address behind the last one, as first_mb_in_slice counts */
  const LensRange *pcm;  /* samples of I_PCM macroblocks, in octets of the NAL unit; the walker's */
  guint n_pcm;
  guint64 bins; /* CABAC: DecodeBin calls (7.4.2.10) */

  /* Only where whole. */
  gsize stop; /* octet with rbsp_stop_one_bit, and the bit, 0 the highest */
  guint stop_bit;
  guint8 alignment;   /* the bits behind it in that octet, which ought to be 0 */
  gsize end;          /* first octet behind the trailing bits */
  guint n_zero_words; /* cabac_zero_words from there on */
  gsize rest;         /* first octet behind them; the length where nothing follows */
} LensH264Walk;

/**
 * LensH264Walker:
 * Walks one slice after another; keeps no more than its buffers between them, which grow with
 * the picture's width and the NAL unit.
 *
 * A walk takes time in proportion to the NAL unit's octets and the macroblocks walked; skipped
 * ones take hardly an octet, so callers who budget should count both.
 */
typedef struct _LensH264Walker LensH264Walker;

LensH264Walker *lens_h264_walker_new (void);
void lens_h264_walker_free (LensH264Walker *walker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH264Walker, lens_h264_walker_free)

/**
 * lens_h264_walker_walk:
 * Walks the slice whose header is @slice in the NAL unit @octets.
 *
 * CABAC says where it ends.  CAVLC ends where no bits are left, or at the end of the picture; so
 * octets behind a slice that is not its picture's last are seen only with @end_mb, the
 * first_mb_in_slice of the next one.  0: not known.
 */
void lens_h264_walker_walk (LensH264Walker *walker, const LensH264Slice *slice,
                            const guint8 *octets, gsize length, guint32 end_mb, LensH264Walk *walk);

G_END_DECLS
