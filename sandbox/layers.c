#include "sandbox/layers.h"

#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define NOBODY 65534

static const char *const names[] = {
  "no new privileges",  "seccomp",
  "resource limits",    "not dumpable",
  "descriptors closed", "user namespace",
  "pid namespace",      "network namespace",
  "empty root",         "ipc namespace",
  "uts namespace",      "cgroup namespace",
  "user id dropped",    "no capabilities",
  "landlock files",     "landlock tcp",
  "landlock scopes",    "memory-deny-write-execute",
};

G_STATIC_ASSERT ((G_GUINT64_CONSTANT (1) << G_N_ELEMENTS (names)) - 1 == LENS_LAYERS_ALL);

const char *
lens_layer_name (LensLayer layer)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if ((guint32)layer == 1u << i)
      return names[i];
  return NULL;
}

char *
lens_layers_describe (LensLayerSet layers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if ((layers & (1u << i)) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", names[i]);
  return g_string_free (text, FALSE);
}

/* Who we may be. */

static gboolean
is_mapped (const char *map_file, guint32 id)
{
  g_autofree char *map = NULL;

  if (!g_file_get_contents (map_file, &map, NULL, NULL))
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (map, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      unsigned int inside, outside, count;
      if (sscanf (*line, "%u %u %u", &inside, &outside, &count) == 3 && id >= inside
          && id - inside < count)
        return TRUE;
    }
  return FALSE;
}

guint32
lens_layers_worker_id (void)
{
  if (geteuid () == 0 && is_mapped ("/proc/self/uid_map", NOBODY)
      && is_mapped ("/proc/self/gid_map", NOBODY))
    return NOBODY;
  return geteuid ();
}

gboolean
lens_layers_root_is_somebody_else (void)
{
  /* Only the first user namespace maps every id. */
  return geteuid () != 0 || !is_mapped ("/proc/self/uid_map", G_MAXUINT32 - 1);
}

static gboolean
become_user (guint32 id)
{
  if (geteuid () == id)
    return TRUE;
  return setgroups (0, NULL) == 0 && setresgid (id, id, id) == 0 && setresuid (id, id, id) == 0;
}

gboolean
lens_layers_user_namespace_works (guint32 id)
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    _exit (become_user (id) && unshare (CLONE_NEWUSER) == 0 ? 0 : 1);
  return child > 0 && waitpid (child, &status, 0) == child && WIFEXITED (status)
         && WEXITSTATUS (status) == 0;
}

static gboolean
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  gboolean written = write (fd, text, strlen (text)) == (gssize)strlen (text);
  close (fd);
  return written;
}

/* Inside it we are 0, so that the kernel gives us the rights to build the other namespaces;
 * outside we are who we were. */
static gboolean
enter_user_namespace (guint32 id)
{
  guint32 group;
  char map[48];

  if (geteuid () == 0 && id != 0 && !lens_layers_user_namespace_works (id))
    return FALSE; /* as root the step down has no way back: only if it leads somewhere */
  if (!become_user (id))
    return FALSE;
  group = getegid ();
  /* A process that changed its user, or was given rights by its file, owns no /proc/self. */
  prctl (PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (unshare (CLONE_NEWUSER) != 0)
    return FALSE;
  write_text ("/proc/self/setgroups", "deny");
  g_snprintf (map, sizeof map, "0 %u 1", id);
  if (!write_text ("/proc/self/uid_map", map))
    return FALSE;
  g_snprintf (map, sizeof map, "0 %u 1", group);
  return write_text ("/proc/self/gid_map", map);
}

/* In a user namespace of ours, nobody makes another namespace of @kind: most ways into the
 * kernel's less known parts begin with one (user_namespaces(7), namespaces(7)). */
static void
forbid_another (const char *kind)
{
  char path[64];

  g_snprintf (path, sizeof path, "/proc/sys/user/max_%s_namespaces", kind);
  write_text (path, "0");
}

/* An empty, read-only directory becomes the root; the old one is no longer reachable. */
static gboolean
empty_root (gboolean for_good)
{
  static const char *const places[] = { "/tmp", "/proc", "/dev" };
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  const char *place = NULL;

  if (unshare (CLONE_NEWNS) != 0)
    return FALSE;
  if (for_good)
    forbid_another ("mnt");
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return FALSE;
  for (gsize i = 0; place == NULL && i < G_N_ELEMENTS (places); i++)
    if (mount ("none", places[i], "tmpfs", flags, "size=4k,nr_inodes=2,mode=0555") == 0)
      place = places[i];
  return place != NULL && chdir (place) == 0 && syscall (SYS_pivot_root, ".", ".") == 0
         && umount2 (".", MNT_DETACH) == 0 && chdir ("/") == 0
         && mount (NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) == 0;
}

/* What we may do. */

static gboolean
close_all_but (const int *keep, gsize n_keep)
{
  unsigned int from = 0;

  for (gsize i = 0; i < n_keep; i++)
    {
      unsigned int kept = (unsigned int)keep[i];
      if (kept > from && close_range (from, kept - 1, 0) != 0)
        return FALSE;
      from = MAX (from, kept + 1);
    }
  return close_range (from, ~0u, 0) == 0;
}

static gboolean
limit (int resource, rlim_t most)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0)
    return FALSE;
  now.rlim_max = MIN (now.rlim_max, most);
  now.rlim_cur = MIN (now.rlim_cur, now.rlim_max);
  return setrlimit (resource, &now) == 0;
}

static gboolean
limit_all (guint64 file_octets)
{
  return limit (RLIMIT_CORE, 0) && limit (RLIMIT_FSIZE, file_octets) && limit (RLIMIT_NPROC, 0)
         && limit (RLIMIT_MEMLOCK, 0) && limit (RLIMIT_MSGQUEUE, 0) && limit (RLIMIT_NOFILE, 64);
}

/* The set that bounds all others goes first: emptying it needs a capability of its own. */
static void
bound_capabilities (void)
{
  for (unsigned long capability = 0; prctl (PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       capability++)
    prctl (PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl (PR_SET_SECUREBITS,
         SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP
             | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE
             | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
         0, 0, 0);
  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static gboolean
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { 0 };

  if (syscall (SYS_capset, &header, data) != 0 || syscall (SYS_capget, &header, data) != 0)
    return FALSE;
  return (data[0].effective | data[0].permitted | data[0].inheritable | data[1].effective
          | data[1].permitted | data[1].inheritable)
         == 0;
}

static LensLayerSet
isolate (LensLayerSet wanted, LensLayerSet have, guint32 id)
{
  static const struct
  {
    LensLayer layer;
    int flag;
    const char *kind;
  } plain[] = {
    { LENS_LAYER_NETWORK, CLONE_NEWNET, "net" },
    { LENS_LAYER_IPC, CLONE_NEWIPC, "ipc" },
    { LENS_LAYER_HOSTNAME, CLONE_NEWUTS, "uts" },
    { LENS_LAYER_CGROUP, CLONE_NEWCGROUP, "cgroup" },
  };
  LensLayerSet missing = wanted & ~have;
  gboolean own;

  if ((missing & LENS_LAYER_USER) != 0 && enter_user_namespace (id))
    have |= LENS_LAYER_USER;
  own = (wanted & have & LENS_LAYER_USER) != 0;
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    {
      if ((missing & plain[i].layer) != 0 && unshare (plain[i].flag) == 0)
        have |= plain[i].layer;
      if (own)
        forbid_another (plain[i].kind);
    }
  if (own)
    {
      forbid_another ("user");
      forbid_another ("pid");
      forbid_another ("time");
    }
  if ((missing & LENS_LAYER_ROOT) != 0 && empty_root (own))
    have |= LENS_LAYER_ROOT;
  return have;
}

static LensLayerSet
surrender (LensLayerSet wanted, LensLayerSet have, guint32 id)
{
  if ((wanted & LENS_LAYER_CAPABILITIES) != 0)
    bound_capabilities ();
  if ((wanted & LENS_LAYER_IDENTITY) != 0 && (have & LENS_LAYER_IDENTITY) == 0 && id != 0)
    {
      /* In a user namespace of our own the step was made before it was entered. */
      if ((have & LENS_LAYER_USER) != 0 || become_user (id))
        have |= LENS_LAYER_IDENTITY;
    }
  if ((wanted & LENS_LAYER_CAPABILITIES) != 0 && drop_capabilities ())
    have |= LENS_LAYER_CAPABILITIES;
  return have;
}

static LensLayerSet
promise (LensLayerSet wanted)
{
  LensLayerSet have = 0;

  if ((wanted & LENS_LAYER_NO_NEW_PRIVILEGES) != 0 && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    have |= LENS_LAYER_NO_NEW_PRIVILEGES;
  if ((wanted & LENS_LAYERS_LANDLOCK) != 0)
    {
      LensLandlock landlock = lens_landlock_deny ((LensLandlock){
          (wanted & LENS_LAYER_LANDLOCK_FILES) != 0, (wanted & LENS_LAYER_LANDLOCK_TCP) != 0,
          (wanted & LENS_LAYER_LANDLOCK_SCOPES) != 0 });
      have |= landlock.files ? LENS_LAYER_LANDLOCK_FILES : 0;
      have |= landlock.tcp ? LENS_LAYER_LANDLOCK_TCP : 0;
      have |= landlock.scopes ? LENS_LAYER_LANDLOCK_SCOPES : 0;
    }
  if ((wanted & LENS_LAYER_NO_NEW_CODE) != 0
      && prctl (PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0)
    have |= LENS_LAYER_NO_NEW_CODE;
  if ((wanted & LENS_LAYER_NOT_DUMPABLE) != 0 && prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    have |= LENS_LAYER_NOT_DUMPABLE;
  /* Last: a change of user id takes it away. */
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  return have;
}

LensLayerSet
lens_layers_apply (LensLayerSet wanted, LensLayerSet have, const int *keep, gsize n_keep,
                   guint64 file_octets)
{
  guint32 id = (have & LENS_LAYER_USER) != 0 ? 0 : lens_layers_worker_id ();

  if (lens_layers_root_is_somebody_else ())
    have |= LENS_LAYER_IDENTITY;

  if ((wanted & LENS_LAYER_DESCRIPTORS) != 0 && close_all_but (keep, n_keep))
    have |= LENS_LAYER_DESCRIPTORS;
  have = isolate (wanted, have, id);
  have = surrender (wanted, have, id);
  if ((wanted & LENS_LAYER_LIMITS) != 0 && limit_all (file_octets))
    have |= LENS_LAYER_LIMITS;
  return have | promise (wanted);
}
