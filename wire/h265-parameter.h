#pragma once

#include "wire/h265-pps.h"
#include "wire/h265-profile.h"
#include "wire/h265-ref-set.h"
#include "wire/h265-vui.h"

G_BEGIN_DECLS

/* H.265 parameter sets, read whole: ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3, extensions
 * included but for those of several layers and of depth, which have documents of their own
 * (annexes F to I).  Fields have the standard's names; what it writes as _minus1 and the like is
 * kept as the value that is meant.
 *
 * @valid: every field that is needed to read on lies in its range, and the octets did not end
 * inside one.  @unread: an extension of annexes F to I begins here; what follows is not read,
 * and @end is the end of the octets. */

typedef struct
{
  guint8 id; /* 0-15 */
  gboolean base_layer_internal, base_layer_available;
  guint max_layers;     /* 1-64 */
  guint max_sub_layers; /* 1-7 */
  LensH265Profile profile;
  LensH265ReservedList reserved;
  gboolean valid, unread;
  LensRbspEnd end;
} LensH265Vps;

typedef struct
{
  guint8 vps_id;
  guint32 id;           /* 0-15 */
  guint max_sub_layers; /* 1-7 */
  LensH265Profile profile;
  guint32 chroma_format_idc; /* 0-3 */
  gboolean separate_colour_plane;
  guint32 width, height; /* luma samples */
  guint32 bit_depth_luma, bit_depth_chroma;
  guint32 log2_max_poc_lsb; /* 4-16 */
  guint log2_min_cb, log2_ctb, log2_min_tb, log2_max_tb;
  guint32 max_transform_depth_inter, max_transform_depth_intra;
  gboolean scaling_list_enabled;
  gboolean amp, sao;
  gboolean pcm; /* pcm_enabled_flag */
  guint8 pcm_bit_depth_luma, pcm_bit_depth_chroma;
  guint log2_min_pcm, log2_max_pcm;
  guint n_ref_sets;
  LensH265RefSet ref_sets[LENS_H265_MAX_REF_SETS];
  gboolean long_term_refs;
  guint n_long_term; /* num_long_term_ref_pics_sps, 0-32 */
  guint32 long_term_used;
  gboolean temporal_mvp;
  LensH265Vui vui;
  gboolean extended;       /* sps_extension_present_flag */
  guint16 range_flags;     /* sps_range_extension(), the first flag the highest of 9 bits */
  gboolean screen_content; /* sps_scc_extension() */
  gboolean curr_pic_ref;
  guint8 motion_vector_resolution_control_idc;
  LensH265ReservedList reserved;
  gboolean valid, unread;
  LensRbspEnd end;
} LensH265Sps;

/* The octets are those of the NAL unit, header included. */
void lens_h265_vps_parse (LensH265Vps *vps, const guint8 *octets, gsize length);
void lens_h265_sps_parse (LensH265Sps *sps, const guint8 *octets, gsize length);

/* Profiles for which every extension flag must be 0, so that extensions are for nobody:
 * general_profile_idc 0 to 3 (A.3.2 to A.3.4). */
gboolean lens_h265_is_plain (const LensH265Profile *profile);

/* ChromaArrayType (7.4.3.2.1); coding tree blocks of a picture. */
guint lens_h265_sps_chroma_array_type (const LensH265Sps *sps);
guint32 lens_h265_sps_ctbs (const LensH265Sps *sps);

/**
 * LensH265Sets:
 * The parameter sets in force on one track, by their ids.  A set that comes again takes the
 * place of the one before.
 */
typedef struct _LensH265Sets LensH265Sets;

LensH265Sets *lens_h265_sets_new (void);
void lens_h265_sets_free (LensH265Sets *sets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH265Sets, lens_h265_sets_free)

/* A NAL unit of type 32, 33 or 34 of layer 0; others, and sets that are not valid, change
 * nothing. */
void lens_h265_sets_take (LensH265Sets *sets, const guint8 *octets, gsize length);

/* NULL where none is known.  Valid until the next lens_h265_sets_take(). */
const LensH265Vps *lens_h265_sets_vps (const LensH265Sets *sets, guint32 id);
const LensH265Sps *lens_h265_sets_sps (const LensH265Sets *sets, guint32 id);
const LensH265Pps *lens_h265_sets_pps (const LensH265Sets *sets, guint32 id);

G_END_DECLS
