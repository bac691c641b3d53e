#include "wire/h265-profile.h"

#define LAST_PROFILE 11 /* profile_idc of A.3 */

static void
read_zeros (LensH265ReservedList *list, LensRbsp *rbsp, guint bits)
{
  for (guint take; bits > 0; bits -= take)
    {
      take = MIN (bits, 32);
      lens_h265_reserved_read (list, LENS_H265_RESERVED_PROFILE, rbsp, take, 0);
    }
}

/* Whether the profile, or one that it says it is compatible with, is one of @profiles, a mask of
 * 1 << profile_idc. */
static gboolean
is_one_of (const LensH265Profile *profile, guint32 profiles)
{
  for (guint i = 1; i <= LAST_PROFILE; i++)
    if ((profiles >> i & 1) != 0
        && (profile->profile_idc == i || (profile->compatibility << i & 0x80000000u) != 0))
      return TRUE;
  return FALSE;
}

/* Flags of profiles that A.3 does not define are 0 (7.4.4).  The compatibility flags themselves
 * were read before: @at is where. */
static void
judge_compatibility (const LensH265Profile *profile, LensH265ReservedList *list, LensRange at)
{
  guint32 undefined = 0x80000000u | ((1u << (31 - LAST_PROFILE)) - 1);

  lens_h265_reserved_add (list, LENS_H265_RESERVED_PROFILE, (guint)__builtin_popcount (undefined),
                          (guint)__builtin_popcount (profile->compatibility & undefined), at);
}

/* The 88 bits of one profile: without its level. */
static void
read_profile (LensH265Profile *profile, LensH265ReservedList *list, LensRbsp *rbsp)
{
  const guint32 range = 0xff0, /* 4 to 11 */
      high_throughput = 1u << 5 | 1u << 9 | 1u << 10 | 1u << 11, main_10 = 1u << 2,
                inbld = 0x3eu | 1u << 9 | 1u << 11;

  profile->profile_space = (guint8)lens_rbsp_u (rbsp, 2);
  profile->high_tier = lens_rbsp_flag (rbsp);
  profile->profile_idc = (guint8)lens_rbsp_u (rbsp, 5);
  gsize from = lens_rbsp_offset (rbsp);
  profile->compatibility = lens_rbsp_u (rbsp, 32);
  if (!rbsp->short_read)
    judge_compatibility (profile, list, lens_rbsp_range (rbsp, from));
  lens_rbsp_u (rbsp, 4); /* progressive, interlaced, non packed, frame only */
  if (is_one_of (profile, range))
    {
      lens_rbsp_u (rbsp, is_one_of (profile, high_throughput) ? 10 : 9);
      read_zeros (list, rbsp, is_one_of (profile, high_throughput) ? 33 : 34);
    }
  else if (is_one_of (profile, main_10))
    {
      read_zeros (list, rbsp, 7);
      lens_rbsp_u (rbsp, 1); /* one_picture_only */
      read_zeros (list, rbsp, 35);
    }
  else
    read_zeros (list, rbsp, 43);
  if (is_one_of (profile, inbld))
    lens_rbsp_u (rbsp, 1);
  else
    read_zeros (list, rbsp, 1);
}

void
lens_h265_profile_read (LensH265Profile *profile, LensH265ReservedList *reserved, LensRbsp *rbsp,
                        guint max_sub_layers)
{
  gboolean has_profile[LENS_H265_MAX_SUB_LAYERS], has_level[LENS_H265_MAX_SUB_LAYERS];
  guint below = MIN (max_sub_layers, LENS_H265_MAX_SUB_LAYERS) - 1;
  LensH265Profile sub_layer;

  read_profile (profile, reserved, rbsp);
  profile->level_idc = (guint8)lens_rbsp_u (rbsp, 8);
  for (guint i = 0; i < below; i++)
    {
      has_profile[i] = lens_rbsp_flag (rbsp);
      has_level[i] = lens_rbsp_flag (rbsp);
    }
  if (below > 0)
    read_zeros (reserved, rbsp, 2 * (8 - below));
  for (guint i = 0; i < below; i++)
    {
      if (has_profile[i])
        read_profile (&sub_layer, reserved, rbsp);
      if (has_level[i])
        lens_rbsp_u (rbsp, 8);
    }
}
