#include "sandbox/landlock.h"

#include <linux/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1u

/* struct landlock_ruleset_attr of version 6; older kernels take a shorter one. */
typedef struct
{
  guint64 handled_access_fs;
  guint64 handled_access_net; /* version 4 */
  guint64 scoped;             /* version 6 */
} Ruleset;

/* File system rights grew: 13 in version 1, refer in 2, truncate in 3, ioctl in 5. */
static guint64
file_rights (int version)
{
  const guint rights[] = { 0, 13, 14, 15, 15, 16 };

  return (G_GUINT64_CONSTANT (1) << rights[MIN (version, 5)]) - 1;
}

int
lens_landlock_version (void)
{
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

  return version < 0 ? 0 : (int)version;
}

LensLandlock
lens_landlock_deny (LensLandlock wanted)
{
  const LensLandlock nothing = { 0 };
  int version = lens_landlock_version ();
  LensLandlock can
      = { wanted.files && version >= 1, wanted.tcp && version >= 4, wanted.scopes && version >= 6 };
  Ruleset ruleset = { .handled_access_fs = can.files ? file_rights (version) : 0,
                      .handled_access_net = can.tcp ? 3 : 0, /* bind, connect */
                      .scoped = can.scopes ? 3 : 0 };        /* abstract unix sockets, signals */
  gsize size = version >= 6   ? sizeof ruleset
               : version >= 4 ? G_STRUCT_OFFSET (Ruleset, scoped)
                              : G_STRUCT_OFFSET (Ruleset, handled_access_net);

  if (!can.files && !can.tcp && !can.scopes)
    return nothing;
  int fd = (int)syscall (SYS_landlock_create_ruleset, &ruleset, size, 0);
  if (fd < 0)
    return nothing;
  gboolean entered = syscall (SYS_landlock_restrict_self, fd, 0) == 0;
  close (fd);
  return entered ? can : nothing;
}
