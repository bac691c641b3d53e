#pragma once

#include "ledger/analyzer.h"

#include "wire/h264-slice.h"

G_BEGIN_DECLS

/**
 * LensH264Watch:
 * Follows one track's NAL units: which parameter sets are in force (those of the description at
 * first), what the slice at hand says, and where a picture begins.  Zero to begin with; to be
 * cleared.
 *
 * A picture is a frame or a field; it begins where the time stamp or what ITU-T H.264 7.4.1.2.4
 * names changes.
 */
struct LensH264Watch
{
  LensH264Sets *sets;
  gboolean started;
  guint16 sequence;  /* of the last unit's last packet */
  guint32 timestamp; /* of the last unit */

  gboolean lost;          /* packets are missing between the unit before and this one */
  gboolean new_timestamp; /* the unit is the first of its time stamp */
  gboolean is_slice;      /* the unit is of type 1, 2 or 5, and @slice says what could be read */
  gboolean new_picture;   /* ... and the first of its picture, or no one can tell */
  LensH264Slice slice;

  guint64 pictures;
  /* How frame_num of this picture goes on from the last reference picture, modulo its range: 1,
   * as 7.4.3 has it, unless someone lies.  Only where @counts: between frames of one sequence
   * without loss, gaps or a memory_management_control_operation of 5.  One picture that lies does
   * not make the next one a liar: it may go on from what was said or from what was expected. */
  gboolean counts;
  guint32 ahead;
  gboolean has_before;  /* @before is the last slice, and no packet is missing since */
  LensH264Slice before; /* its sets may be gone: read numbers only */
  guint32 reference;    /* private: frame_num that the last reference picture had */
  guint32 other;        /* private: ... or should have had */
  gboolean countable;   /* private: the picture before can be counted from */
};

/* A unit of kind LENS_UNIT_NAL, each one that there is. */
void lens_h264_watch_take (LensH264Watch *watch, const LensUnit *unit);
void lens_h264_watch_clear (LensH264Watch *watch);

/**
 * lens_h264_sprop:
 * The NAL units of sprop-parameter-sets (RFC 6184 section 8.1) in what the description says of
 * the track's H.264: GBytes, in order.  Empty where it says nothing.  Transfer full.
 */
GPtrArray *lens_h264_sprop (const LensTrack *track);

G_END_DECLS
