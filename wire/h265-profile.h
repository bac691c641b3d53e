#pragma once

#include "wire/h265-parts.h"

G_BEGIN_DECLS

/* H.265 profile, tier and level: ITU-T H.265 (08/2021) 7.3.3 and 7.4.4. */

enum
{
  LENS_H265_MAX_SUB_LAYERS = 7,
};

typedef struct
{
  guint8 profile_space; /* 0; others are reserved (7.4.4) */
  gboolean high_tier;
  guint8 profile_idc;
  guint32 compatibility; /* general_profile_compatibility_flag[0] is the highest bit */
  guint8 level_idc;      /* 30 times the level */
} LensH265Profile;

/* profile_tier_level (1, @max_sub_layers - 1); the sub-layers' own are read and judged, not
 * kept. */
void lens_h265_profile_read (LensH265Profile *profile, LensH265ReservedList *reserved,
                             LensRbsp *rbsp, guint max_sub_layers);

G_END_DECLS
