/* Landlock by its raw system calls: headers of Debian 12 know its first version only.
 *
 * No rule is ever added, so a right the kernel knows is a right nobody has any more.
 * Source: Documentation/userspace-api/landlock.rst (versions 1 to 7).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The kernel's Landlock version, or 0 where there is none. */
int lens_landlock_version (void);

typedef struct
{
  gboolean files;  /* no path can be opened, made, removed, executed (version 1) */
  gboolean tcp;    /* no TCP port can be bound or connected (version 4) */
  gboolean scopes; /* no abstract unix socket, no signal to processes outside (version 6) */
} LensLandlock;

/* Denies what of @wanted the kernel can deny; no way back.  Needs no_new_privs.  Says what is in
 * force. */
LensLandlock lens_landlock_deny (LensLandlock wanted);

G_END_DECLS
