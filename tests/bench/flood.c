/* Datagrams at an even pace: bench-flood ADDRESS PORT PER_SECOND SECONDS OCTETS.  Prints how many
 * were sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum
{
  BURST = 100,
  MAX_OCTETS = 1472
};

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Each burst begins when it is due, however long the one before took. */
static unsigned long
send_all (int fd, struct mmsghdr *burst, double per_second, double seconds)
{
  unsigned long sent = 0, all = (unsigned long)(per_second * seconds);
  double begin = now ();

  while (sent < all)
    {
      double due = begin + (double)sent / per_second - now ();
      if (due > 0)
        usleep ((useconds_t)(due * 1e6));
      int count = sendmmsg (fd, burst, BURST, 0);
      if (count < 0 && errno != ENOBUFS && errno != ECONNREFUSED)
        break;
      sent += count > 0 ? (unsigned long)count : 0;
    }
  return sent;
}

int
main (int argc, char **argv)
{
  static char octets[MAX_OCTETS];
  struct sockaddr_in to = { .sin_family = AF_INET };
  struct iovec piece = { octets, 0 };
  struct mmsghdr burst[BURST];

  if (argc != 6 || inet_pton (AF_INET, argv[1], &to.sin_addr) != 1)
    {
      fprintf (stderr, "usage: bench-flood ADDRESS PORT PER_SECOND SECONDS OCTETS\n");
      return EXIT_FAILURE;
    }
  to.sin_port = htons ((unsigned short)atoi (argv[2]));
  piece.iov_len = strtoul (argv[5], NULL, 10);
  if (piece.iov_len > MAX_OCTETS)
    piece.iov_len = MAX_OCTETS;
  memset (burst, 0, sizeof burst);
  for (int i = 0; i < BURST; i++)
    burst[i].msg_hdr = (struct msghdr){
      .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1
    };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  printf ("%lu\n", send_all (fd, burst, atof (argv[3]), atof (argv[4])));
  return EXIT_SUCCESS;
}
