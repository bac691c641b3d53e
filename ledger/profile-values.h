#pragma once

#include "ledger/profile.h"

G_BEGIN_DECLS

/**
 * LensProfileValue:
 * One value on its way into the profile.  A taker says whether it may stand there; @problem
 * is set only where more can be said than "not allowed".
 */
typedef struct
{
  LensProfile *profile;
  gpointer target; /* the struct its group fills */
  const char *text;
  const char *problem;
} LensProfileValue;

/**
 * LensProfileTaker:
 * Puts a value (UTF-8, no white space around it) where it belongs in the profile; FALSE when
 * it may not stand there.  @offset is that of the field in @target, for takers of many keys.
 * A taker is called once for a field, and what it stored is freed with the profile even when
 * it refuses.
 */
typedef gboolean LensProfileTaker (LensProfileValue *value, gsize offset);

LensProfileTaker lens_profile_take_text;
LensProfileTaker lens_profile_take_notes;
LensProfileTaker lens_profile_take_bytes;
LensProfileTaker lens_profile_take_seconds;
LensProfileTaker lens_profile_take_viewers;
LensProfileTaker lens_profile_take_peers;
LensProfileTaker lens_profile_take_names;
LensProfileTaker lens_profile_take_discovery;
LensProfileTaker lens_profile_take_addresses;
LensProfileTaker lens_profile_take_mac;
LensProfileTaker lens_profile_take_kind;
LensProfileTaker lens_profile_take_url;
LensProfileTaker lens_profile_take_transport;
LensProfileTaker lens_profile_take_groups;
LensProfileTaker lens_profile_take_tracks;
LensProfileTaker lens_profile_take_credentials;
LensProfileTaker lens_profile_take_allow_basic;
LensProfileTaker lens_profile_take_proto;
LensProfileTaker lens_profile_take_port;
LensProfileTaker lens_profile_take_direction;
LensProfileTaker lens_profile_take_interface;
LensProfileTaker lens_profile_take_blocks;

G_END_DECLS
