#pragma once

#include "ledger/analyzer.h"

#include "wire/h265-slice.h"

G_BEGIN_DECLS

/**
 * LensH265Watch:
 * Follows one track's NAL units of layer 0: which parameter sets are in force (those of the
 * description at first), and whether packets are missing.  Zero to begin with; to be cleared.
 */
typedef struct
{
  LensH265Sets *sets;
  guint max_sub_layers; /* of the SPS that came last; 0: none yet */
  guint max_layers;     /* of the VPS that came last; 0: none yet */
  gboolean started;
  guint16 sequence;  /* of the last unit's last packet */
  guint32 timestamp; /* of the last unit */

  gboolean lost;          /* packets are missing between the unit before and this one */
  gboolean new_timestamp; /* the unit is the first of its time stamp */
} LensH265Watch;

/* A unit of kind LENS_UNIT_HEVC_NAL, each one that there is. */
void lens_h265_watch_take (LensH265Watch *watch, const LensUnit *unit);
void lens_h265_watch_clear (LensH265Watch *watch);

/* Whether the unit is of layer 0, and of a type that decoders read. */
gboolean lens_h265_is_base (const LensH265Nal *nal);

/* The SPS that came last, or NULL. */
const LensH265Sps *lens_h265_watch_sps (const LensH265Watch *watch);

/**
 * lens_h265_sprop:
 * The NAL units of @name (sprop-vps, sprop-sps, sprop-pps or sprop-sei; RFC 7798 section 7.1) in
 * what the description says of the track's H.265: GBytes, in order.  Empty where it says nothing.
 * Transfer full.
 */
GPtrArray *lens_h265_sprop (const LensTrack *track, const char *name);

G_END_DECLS
