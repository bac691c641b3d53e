/* What a confined process is for, and what it may therefore still ask of the kernel.
 *
 * The table in roles.c is the whole policy, as data: one row per system call and form, each
 * with its roles, the check of its arguments and the reason.  Whatever no row names ends the
 * process (SECCOMP_RET_KILL_PROCESS).  filter.c turns rows into a filter; README.md prints them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_ROLE_NONE,           /* unconfined: a program of the lab (dnsmasq, the simulated camera) */
  LENS_ROLE_CAPTURE,        /* packets from the kernel's ring to a pipe */
  LENS_ROLE_PULL_OPENING,   /* libavformat until PLAY; its sockets come from the broker */
  LENS_ROLE_PULL_STREAMING, /* libavformat after PLAY */
  LENS_ROLE_ANALYZE,        /* a capture in, a record out */
  LENS_ROLE_CARVE,          /* a capture and findings in, evidence out */
  LENS_ROLE_REPORT,         /* a record in, pages out */
  LENS_ROLE_SINK,           /* the lab's end of the world: takes everything, keeps nothing */
  LENS_N_ROLES
} LensRole;

/* How the media of a puller travel.  What a transport needs of the kernel beyond the others is in
 * rows of its own, and only a puller of that transport has them. */
typedef enum
{
  LENS_PULL_TCP,       /* interleaved in the RTSP connection (RFC 2326 section 10.12) */
  LENS_PULL_UDP,       /* RTP and RTCP as datagrams */
  LENS_PULL_MULTICAST, /* the same, to a group */
  LENS_PULL_HTTP,      /* RTSP in two HTTP connections */
  LENS_PULL_TLS,       /* rtsps, interleaved */
  LENS_PULL_N_TRANSPORTS
} LensPullTransport;

/* "tcp" ...; NULL for no transport at all. */
const char *lens_pull_transport_name (LensPullTransport transport);

/* "capture", "pull-opening" ...; "none" for LENS_ROLE_NONE, NULL for no role at all. */
const char *lens_role_name (LensRole role);

typedef enum
{
  LENS_ANSWER_ALLOW,  /* the kernel does it */
  LENS_ANSWER_BROKER, /* the supervisor is asked and does it on its own copy (broker.h) */
  LENS_ANSWER_ERRNO,  /* refused with @error, so that a library goes on; nothing is done */
} LensAnswer;

typedef enum
{
  LENS_FDS_ANY,
  LENS_FDS_READ,  /* argument 0 is one of the descriptors handed for reading */
  LENS_FDS_WRITE, /* argument 0 is one of those handed for writing, or standard error */
} LensFds;

/* (argument & @mask) == @value.  A mask of 0 ends a list. */
typedef struct
{
  guint argument; /* from 0 */
  guint64 mask;
  guint64 value;
} LensCompare;

#define LENS_COMPARES_MAX 3

typedef struct
{
  int call;         /* system call number of this machine's ABI */
  guint roles;      /* bits 1u << LensRole */
  guint transports; /* bits 1u << LensPullTransport; 0: all of them, and all roles without one */
  LensAnswer answer;
  int error; /* for LENS_ANSWER_ERRNO; 0 answers "done" without doing it */
  LensFds fds;
  LensCompare compare[LENS_COMPARES_MAX + 1]; /* all must hold */
  const char *check;                          /* the same in words; NULL: no check */
  const char *reason;
} LensCallRow;

/* The policy; @rows receives its length. */
const LensCallRow *lens_roles_table (gsize *rows);

/* Builds with sanitizers only, else NULL: rows that replace those of the same call above. */
const LensCallRow *lens_roles_sanitizer_table (gsize *rows);

/* The name of a system call number of this machine ("openat"), or NULL. Caller frees. */
char *lens_roles_call_name (int call);

/* TRUE if a process of @role has @row.  @transport counts for pullers only. */
gboolean lens_roles_row_is_for (const LensCallRow *row, LensRole role, LensPullTransport transport);

/* How many different system calls @role may make, those of the broker included. */
guint lens_roles_count (LensRole role, LensPullTransport transport);

/* FALSE in builds with sanitizers, whose run-time library needs calls of its own. */
gboolean lens_roles_filter_is_shipped (void);

/* TRUE where reading the clock is a system call (no vDSO clock source, e.g. acpi_pm or xen):
 * clock_gettime is then added to every role that has a clock to read. */
gboolean lens_roles_clock_needs_kernel (void);

G_END_DECLS
