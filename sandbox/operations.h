/* What the matrix tries: calls and small deeds that no role may do.
 *
 * They change nothing on the machine, also when they succeed.  For those that need somebody to
 * reach, the one who tries the matrix opens ports, a name and a shared segment outside.
 */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/un.h>

G_BEGIN_DECLS

/* What is there to be reached in the process that runs the matrix. */
typedef struct
{
  struct sockaddr_in tcp, udp; /* on the loopback interface */
  struct sockaddr_un name;     /* abstract */
  socklen_t name_length;
  pid_t supervisor;
  int segment; /* of System V shared memory */
  int fds[3];
} LensOutside;

/* What cannot be opened is not an error here: the control then says so. */
void lens_outside_init (LensOutside *outside);
void lens_outside_clear (LensOutside *outside);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LensOutside, lens_outside_clear)

/* How the control, the operation tried unconfined, must come out. */
typedef enum
{
  LENS_CONTROL_WORKS,  /* for anybody: a role in which it works is broken */
  LENS_CONTROL_MAY,    /* needs rights or a kernel this machine may not have */
  LENS_CONTROL_HOLLOW, /* called such that the kernel refuses: a role in which it reaches the
                          kernel is broken */
} LensControl;

typedef struct
{
  const char *name;
  LensControl control;
  long call;                                        /* or, where one call does not do, ... */
  const void *arguments[6];                         /* pointers and small numbers */
  gboolean (*attempt) (const LensOutside *outside); /* ... what returns FALSE with errno */
} LensOperation;

/* In the process that tries: the ends of a pipe nobody handed to the role. */
enum
{
  LENS_FOREIGN_READ_FD = 28,
  LENS_FOREIGN_WRITE_FD = 29,
};

guint lens_n_operations (void);
const LensOperation *lens_operation_at (guint index);

/* FALSE with errno where the kernel refuses.  It may also end this process. */
gboolean lens_operation_attempt (const LensOperation *operation, const LensOutside *outside);

G_END_DECLS
