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
lens_landlock_deny_all (void)
{
  LensLandlock in_force = { 0 };
  int version = lens_landlock_version ();
  if (version < 1)
    return in_force;

  Ruleset ruleset = { .handled_access_fs = file_rights (version) };
  gsize size = sizeof ruleset.handled_access_fs;
  if (version >= 4)
    {
      ruleset.handled_access_net = 3; /* bind, connect */
      size = G_STRUCT_OFFSET (Ruleset, scoped);
    }
  if (version >= 6)
    {
      ruleset.scoped = 3; /* abstract unix sockets, signals */
      size = sizeof ruleset;
    }
  int fd = (int)syscall (SYS_landlock_create_ruleset, &ruleset, size, 0);
  if (fd < 0)
    return in_force;
  if (syscall (SYS_landlock_restrict_self, fd, 0) == 0)
    in_force = (LensLandlock){ TRUE, version >= 4, version >= 6 };
  close (fd);
  return in_force;
}
