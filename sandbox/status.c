#include "sandbox/status.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0x7453634c /* "LcSt" */

/* Room for one descriptor, aligned as the kernel wants it; a second one fits into that. */
typedef union
{
  struct cmsghdr header;
  char octets[CMSG_SPACE (sizeof (int))];
} Rights;

gboolean
lens_status_send (int socket, LensStatusKind kind, guint32 value, guint32 step, int fd)
{
  LensStatus status = { MAGIC, kind, value, step };
  gssize sent;

  if (fd < 0)
    {
      /* write: the one call every role has; SIGPIPE is ignored there. */
      do
        sent = write (socket, &status, sizeof status);
      while (sent < 0 && errno == EINTR);
      return sent == (gssize)sizeof status;
    }
  struct iovec vector = { &status, sizeof status };
  Rights rights = { 0 };
  struct msghdr message = { .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = rights.octets,
                            .msg_controllen = sizeof rights.octets };
  struct cmsghdr *control = CMSG_FIRSTHDR (&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN (sizeof (int));
  memcpy (CMSG_DATA (control), &fd, sizeof fd);
  do
    sent = sendmsg (socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == (gssize)sizeof status;
}

/* The first descriptor that came along, or -1; others are closed. */
static int
take_descriptor (struct msghdr *message)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (message);
  int fds[CMSG_SPACE (sizeof (int)) / sizeof (int)];

  if (control == NULL || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
    return -1;
  gsize octets = MIN (control->cmsg_len - CMSG_LEN (0), sizeof fds);
  memcpy (fds, CMSG_DATA (control), octets);
  for (gsize i = 1; i < octets / sizeof (int); i++)
    close (fds[i]);
  return octets >= sizeof (int) ? fds[0] : -1;
}

LensStatusGot
lens_status_receive (int socket, LensStatus *status, int *fd)
{
  struct iovec vector = { status, sizeof *status };
  Rights rights = { 0 };
  struct msghdr message = { .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = rights.octets,
                            .msg_controllen = sizeof rights.octets };
  gssize got;

  *fd = -1;
  do
    got = recvmsg (socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return LENS_STATUS_NOTHING;
  if (got >= 0)
    *fd = take_descriptor (&message);
  if (got == (gssize)sizeof *status && status->magic == MAGIC)
    return LENS_STATUS_ONE;
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  return LENS_STATUS_END;
}
