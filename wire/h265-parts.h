#pragma once

#include "wire/rbsp.h"

G_BEGIN_DECLS

/* What H.265 parameter sets share: fields that the standard reserves, which a reader must
 * ignore, extensions, and lists that nobody here needs. */

typedef enum
{
  LENS_H265_RESERVED_PROFILE,   /* profile_tier_level() and vps_reserved_0xffff_16bits */
  LENS_H265_RESERVED_EXTENSION, /* the extensions of parameter sets */
} LensH265ReservedKind;

typedef struct
{
  LensH265ReservedKind kind;
  guint bits;  /* how many there are */
  guint wrong; /* of these, not what they must be */
  LensRange at;
} LensH265Reserved;

enum
{
  LENS_H265_MAX_RESERVED = 48,
};

/* The reserved fields of one NAL unit, in the order of its octets. */
typedef struct
{
  guint n;
  LensH265Reserved fields[LENS_H265_MAX_RESERVED];
} LensH265ReservedList;

/* Reads @bits (at most 32) that must be @expected. */
void lens_h265_reserved_read (LensH265ReservedList *list, LensH265ReservedKind kind, LensRbsp *rbsp,
                              guint bits, guint32 expected);
void lens_h265_reserved_add (LensH265ReservedList *list, LensH265ReservedKind kind, guint bits,
                             guint wrong, LensRange at);

/* One flag of an extension; where @plain, it must be 0. */
gboolean lens_h265_extension_flag (LensH265ReservedList *list, LensRbsp *rbsp, gboolean plain);
/* extension_data_flag bits up to the stop bit: whatever they say, nobody reads them. */
void lens_h265_skip_extension_data (LensH265ReservedList *list, LensRbsp *rbsp);

/* scaling_list_data(), 7.3.4 */
void lens_h265_skip_scaling_list (LensRbsp *rbsp);
void lens_h265_skip_ue (LensRbsp *rbsp, guint count);

G_END_DECLS
