/* From rows of the table to a filter the kernel takes.  The only file that knows libseccomp's
 * rules and BPF.  Filters are built while the process may still allocate and open a memory
 * file, kept as plain memory, and entered by one seccomp(2). */
#pragma once

#include "sandbox/roles.h"

G_BEGIN_DECLS

/* The descriptors a worker was handed, by use.  Borrowed. */
typedef struct
{
  const int *read_fds;
  gsize n_read_fds;
  const int *write_fds;
  gsize n_write_fds;
} LensHanded;

struct sock_filter; /* <linux/filter.h> */

typedef struct _LensFilter LensFilter;

typedef enum
{
  LENS_UNLISTED_KILL, /* the process ends by SIGSYS, its caller learns no more */
  LENS_UNLISTED_TRAP, /* a handler learns the number first: diagnosis only */
} LensUnlisted;

/**
 * lens_filter_new_for_role:
 * @transport: what a puller pulls; of no meaning to other roles.
 * @brokered: whether somebody answers the broker's calls; if not, they are refused (EACCES).
 *
 * Every row of @role; whatever is not in it, other architectures included, is @unlisted.
 */
LensFilter *lens_filter_new_for_role (LensRole role, LensPullTransport transport,
                                      const LensHanded *handed, gboolean brokered,
                                      LensUnlisted unlisted, GError **error);

/* Sends the broker's calls of @role to a listener and lets everything else pass: it is entered
 * before the filter of the role, so that the listener can still be handed over. */
LensFilter *lens_filter_new_for_broker (LensRole role, LensPullTransport transport, GError **error);

/* No way back.  @listener receives the listening descriptor of a broker's filter; else NULL.
 * Makes no other system call than seccomp(2).  Returns FALSE with errno set. */
gboolean lens_filter_enter (const LensFilter *filter, int *listener);

/* The program itself, for those who walk it; @length receives the number of instructions. */
const struct sock_filter *lens_filter_code (const LensFilter *filter, gsize *length);

/* What the kernel would answer to @call with @arguments on @architecture (AUDIT_ARCH_*):
 * a SECCOMP_RET_* value, found by running the instructions here. */
guint32 lens_filter_verdict (const LensFilter *filter, guint32 architecture, int call,
                             const guint64 arguments[6]);

void lens_filter_free (LensFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensFilter, lens_filter_free)

G_END_DECLS
