#pragma once

#include "wire/h265-slice.h"

G_BEGIN_DECLS

/* Where a slice segment really ends: slice_segment_data() of ITU-T H.265 (08/2021) 7.3.8, walked
 * coding tree unit by coding tree unit, of all chroma formats and depths, with tiles, wavefronts
 * and dependent slice segments.  Nothing is decoded but what the syntax depends on.
 *
 * Proven on what x265 makes, which has neither tiles nor dependent segments. */

typedef enum
{
  LENS_H265_WALK_WHOLE,       /* the end was found */
  LENS_H265_WALK_BROKEN,      /* the bits are no slice of these parameter sets */
  LENS_H265_WALK_UNSUPPORTED, /* tools of annexes and extensions, pictures beyond level 6.2, or a
                                 dependent segment without the one before it */
} LensH265WalkStatus;

typedef struct
{
  LensH265WalkStatus status;
  guint32 n_ctbs;       /* walked */
  guint32 next_ctb;     /* address behind the last one; that of no one at the picture's end */
  const LensRange *pcm; /* pcm_sample(), in octets of the NAL unit; the walker's */
  guint n_pcm;

  /* Only where whole. */
  gsize stop; /* octet with rbsp_stop_one_bit, and the bit, 0 the highest */
  guint stop_bit;
  guint8 alignment;   /* the bits behind it in that octet, which ought to be 0 */
  gsize end;          /* first octet behind the trailing bits */
  guint n_zero_words; /* cabac_zero_words from there on */
  gsize rest;         /* first octet behind them; the length where nothing follows */
} LensH265Walk;

/**
 * LensH265Walker:
 * Walks one slice segment after another, in the order of the stream; keeps the header of the
 * slice and its contexts for dependent ones, and no more than its buffers, which grow with the
 * picture and the NAL unit.
 *
 * A walk takes time in proportion to the NAL unit's octets and the coding tree units walked.
 */
typedef struct _LensH265Walker LensH265Walker;

LensH265Walker *lens_h265_walker_new (void);
void lens_h265_walker_free (LensH265Walker *walker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH265Walker, lens_h265_walker_free)

/* Walks the slice segment whose header is @slice (valid) in the NAL unit @octets. */
void lens_h265_walker_walk (LensH265Walker *walker, const LensH265Slice *slice,
                            const guint8 *octets, gsize length, LensH265Walk *walk);
/* Segments were left out: a dependent one cannot be walked next. */
void lens_h265_walker_skip (LensH265Walker *walker);

G_END_DECLS
