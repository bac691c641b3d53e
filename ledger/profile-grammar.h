#pragma once

#include "ledger/profile-values.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_PROFILE_KEY_REQUIRED = 1 << 0,
  LENS_PROFILE_KEY_SECRET = 1 << 1, /* its value may hold a secret: never quoted in an error */
} LensProfileKeyFlags;

/**
 * LensProfileKey, LensProfileGroup:
 * The grammar of lenscap-profile(5) as a table: which groups, which keys, what may stand there.
 */
typedef struct
{
  const char *name;
  guint flags;
  gsize offset; /* of the field, for the takers that serve many keys */
  LensProfileTaker *take;
  const char *allowed;
} LensProfileKey;

typedef struct
{
  const char *name;
  gboolean named; /* [name NAME], any number of them */
  const LensProfileKey *keys;
  gpointer (*begin) (LensProfile *profile, const char *name); /* NULL: the profile */
  const char *(*end) (LensProfile *profile, gpointer target); /* NULL or a problem */
} LensProfileGroup;

/* In the order of the manual page; a row without a name ends it. */
extern const LensProfileGroup lens_profile_groups[];

/* Sizes of [capture] that are still 0 become their defaults. */
void lens_profile_default_sizes (LensProfile *profile);

G_END_DECLS
