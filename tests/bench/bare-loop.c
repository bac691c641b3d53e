/* What everything else is compared with: libpcap reads a capture, nobody looks at it. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

int
main (int argc, char **argv)
{
  char problem[PCAP_ERRBUF_SIZE];
  pcap_t *capture = argc == 2 ? pcap_open_offline (argv[1], problem) : NULL;
  unsigned long long packets = 0, octets = 0;
  struct pcap_pkthdr *header;
  const u_char *frame;

  if (capture == NULL)
    {
      fprintf (stderr, "bare-loop: %s\n", argc == 2 ? problem : "one capture");
      return EXIT_FAILURE;
    }
  while (pcap_next_ex (capture, &header, &frame) == 1)
    {
      packets++;
      octets += header->caplen;
    }
  printf ("%llu packets, %llu octets\n", packets, octets);
  pcap_close (capture);
  return EXIT_SUCCESS;
}
