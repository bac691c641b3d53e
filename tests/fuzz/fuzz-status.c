/* What a worker says on its short line before it is confined, and by which descriptor the broker's
 * end comes: records one by one, no descriptor that is not handed on, none left open. */
#include "tests/fuzz/fuzz.h"

#include "sandbox/status.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS 16 /* a worker may send with one record */

/* @rights descriptors of any file come along. */
static void
say (int socket, const FuzzPart *part, guint rights)
{
  struct iovec vector = { part->octets, part->length };
  union
  {
    struct cmsghdr header;
    char octets[CMSG_SPACE (DESCRIPTORS * sizeof (int))];
  } control = { 0 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

  if (rights > 0)
    {
      message.msg_control = control.octets;
      message.msg_controllen = CMSG_SPACE (rights * sizeof (int));
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (rights * sizeof (int));
      for (guint i = 0; i < rights; i++)
        memcpy (CMSG_DATA (&control.header) + i * sizeof (int), &socket, sizeof (int));
    }
  if (part->length > 0)
    (void)sendmsg (socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int
next_descriptor (void)
{
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  close (fd);
  return fd;
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_auto (FuzzPart) part = { 0 };
  LensCursor cursor = lens_cursor_over (octets, length);
  LensStatus status;
  int line[2], fd;
  LensStatusGot got = LENS_STATUS_NOTHING;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line), ==, 0);
  int before = next_descriptor ();
  while (got != LENS_STATUS_END && fuzz_part_next (&cursor, &part))
    {
      say (line[1], &part, part.flags % (DESCRIPTORS + 1));
      while ((got = lens_status_receive (line[0], &status, &fd)) == LENS_STATUS_ONE)
        {
          fuzz_touch ((const guint8 *)&status, sizeof status);
          g_assert_true (fd < 0 || fcntl (fd, F_GETFD) == FD_CLOEXEC);
          if (fd >= 0)
            close (fd);
        }
      g_assert_cmpint (fd, ==, -1);
    }
  g_assert_cmpint (next_descriptor (), ==, before);
  close (line[1]);
  close (line[0]);
  return 0;
}
