/* lenscap-capture: see harness/capture.h.  Activates as whoever started it, then may only
 * poll, write and read its drop counters. */
#include "harness/capture.h"

#include "harness/capture-look.h"
#include "harness/version.h"
#include "sandbox/become.h"
#include "wire/capture-writer.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (1 << 20) /* written out before it holds more */
#define PACKET_OVERHEAD 64     /* more than a block has beside the packet */
#define DRAIN_QUIET_MS 250     /* longer than the ring holds a block back */
#define DRAIN_LONGEST_MS 2000
#define RETIRE_MS 100 /* the ring hands a block over when it is full or this old */

typedef struct
{
  const char *interface;
  pcap_t *handle;
  guint time_unit_ns; /* of struct timeval's second field */
  gboolean is_ethernet;
  GByteArray *blocks; /* whole ones; never grows, for then the heap is closed */
  LensMessageWriter *messages;
  LensCaptureBeat beat;
  LensCaptureLook look;
  gint64 stop_ns;             /* Unix time: what comes later is not ours; 0: not stopping */
  gint64 flushed_us, beat_us; /* monotonic */
} Capture;

G_GNUC_PRINTF (2, 3)
G_GNUC_NORETURN static void
leave (int status, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fputc ('\n', stderr);
  exit (status);
}

static void
flush (Capture *capture)
{
  gsize done = 0;

  while (done < capture->blocks->len)
    {
      ssize_t wrote
          = write (LENS_CAPTURE_PACKETS, capture->blocks->data + done, capture->blocks->len - done);
      if (wrote < 0 && errno != EINTR)
        _exit (LENS_CAPTURE_EXIT_FAILED); /* nobody reads any more */
      done += MAX (wrote, 0);
    }
  g_byte_array_set_size (capture->blocks, 0);
  capture->flushed_us = g_get_monotonic_time ();
}

static void
take_packet (guchar *data, const struct pcap_pkthdr *header, const guchar *octets)
{
  Capture *capture = (Capture *)(gpointer)data;
  gint64 time_ns
      = (gint64)header->ts.tv_sec * 1000000000 + (gint64)header->ts.tv_usec * capture->time_unit_ns;

  if (capture->stop_ns != 0 && time_ns > capture->stop_ns)
    return;
  if (capture->look.looked < LENS_CAPTURE_LOOK_PACKETS)
    lens_capture_look (&capture->look, octets, header->caplen, capture->is_ethernet, time_ns);
  const LensRecord record = {
    .time_ns = time_ns,
    .octets = octets,
    .captured = header->caplen,
    .original = header->len,
  };
  if (capture->blocks->len + header->caplen + PACKET_OVERHEAD > BUFFER_BYTES)
    flush (capture);
  lens_capture_writer_packet (capture->blocks, &record);
  capture->beat.packets++;
  capture->beat.bytes += header->caplen;
}

static guint64
read_statistics (Capture *capture)
{
  struct pcap_stat statistics = { 0 };

  pcap_stats (capture->handle, &statistics);
  capture->beat.kernel_drops = statistics.ps_drop;
  capture->beat.interface_drops = statistics.ps_ifdrop;
  return statistics.ps_recv;
}

static void
send_beat (Capture *capture)
{
  read_statistics (capture);
  capture->beat.looked = capture->look.looked;
  capture->beat.tagged = capture->look.tagged;
  capture->beat.duplicates = capture->look.duplicates;
  capture->beat_us = g_get_monotonic_time ();
  if (!lens_message_write (capture->messages, LENS_CAPTURE_MESSAGE_BEAT, &capture->beat,
                           sizeof capture->beat, NULL))
    _exit (LENS_CAPTURE_EXIT_FAILED);
}

static void
explain (Capture *capture, int failure)
{
  const char *interface = capture->interface;

  switch (failure)
    {
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_IFACE_NOT_UP:
      leave (LENS_CAPTURE_EXIT_NO_INTERFACE,
             failure == PCAP_ERROR_IFACE_NOT_UP
                 ? "interface %s is down: run 'ip link set %s up' first"
                 : "there is no interface %s: 'ip link' lists those that there are",
             interface, interface);
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      leave (LENS_CAPTURE_EXIT_NO_PERMISSION,
             "no permission to capture on %s: run as root, or run 'setcap cap_net_raw+ep' on "
             "lenscap-capture once",
             interface);
    default:
      leave (LENS_CAPTURE_EXIT_FAILED, "cannot capture on %s: %s", interface,
             pcap_geterr (capture->handle));
    }
}

static void
activate (Capture *capture)
{
  char problem[PCAP_ERRBUF_SIZE] = "";

  capture->handle = pcap_create (capture->interface, problem);
  if (capture->handle == NULL)
    leave (LENS_CAPTURE_EXIT_FAILED, "cannot capture on %s: %s", capture->interface, problem);
  pcap_set_snaplen (capture->handle, LENS_CAPTURE_SNAP_LENGTH);
  pcap_set_promisc (capture->handle, 1);
  /* No immediate mode: it would select TPACKET_V2, which loses packets. */
  pcap_set_timeout (capture->handle, RETIRE_MS);
  pcap_set_buffer_size (capture->handle, LENS_CAPTURE_RING_BYTES);
  pcap_set_tstamp_precision (capture->handle, PCAP_TSTAMP_PRECISION_NANO);
  int failure = pcap_activate (capture->handle);
  if (failure < 0)
    explain (capture, failure);
  if (pcap_setnonblock (capture->handle, 1, problem) != 0)
    leave (LENS_CAPTURE_EXIT_FAILED, "cannot poll %s: %s", capture->interface, problem);
  capture->time_unit_ns
      = pcap_get_tstamp_precision (capture->handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
  capture->is_ethernet = pcap_datalink (capture->handle) == DLT_EN10MB;
}

static guint16
linktype_of (pcap_t *handle)
{
  int datalink = pcap_datalink (handle);

  /* The DLT values of this system and LINKTYPE values differ for raw IP only. */
  return datalink == DLT_RAW ? 101 : datalink;
}

/* Returns how many packets came. */
static int
turn (Capture *capture, int wait_ms)
{
  struct pollfd polled[2] = {
    { .fd = pcap_get_selectable_fd (capture->handle), .events = POLLIN },
    { .fd = capture->stop_ns == 0 ? LENS_CAPTURE_CONTROL : -1, .events = POLLIN },
  };
  int packets = 0;

  if (poll (polled, 2, wait_ms) > 0 && polled[0].revents != 0)
    packets = pcap_dispatch (capture->handle, -1, take_packet, (guchar *)capture);
  if (packets < 0 || (polled[0].revents & (POLLERR | POLLNVAL)) != 0)
    {
      /* The interface went away: what was seen stays good. */
      flush (capture);
      leave (LENS_CAPTURE_EXIT_FAILED, "the capture on %s broke off: %s", capture->interface,
             pcap_geterr (capture->handle));
    }
  if (polled[1].revents != 0)
    capture->stop_ns = g_get_real_time () * 1000;
  gint64 now_us = g_get_monotonic_time ();
  if (now_us - capture->flushed_us >= LENS_CAPTURE_FLUSH_MS / 2 * 1000)
    flush (capture);
  if (now_us - capture->beat_us >= G_USEC_PER_SEC)
    send_beat (capture);
  return packets;
}

static void
drain (Capture *capture)
{
  gint64 begun_us = g_get_monotonic_time ();
  gint64 quiet_us = begun_us;
  gint64 now_us = begun_us;

  while (now_us - quiet_us < DRAIN_QUIET_MS * 1000 && now_us - begun_us < DRAIN_LONGEST_MS * 1000)
    {
      guint64 before = capture->beat.packets;
      turn (capture, RETIRE_MS / 2);
      now_us = g_get_monotonic_time ();
      if (capture->beat.packets != before)
        quiet_us = now_us;
    }
}

static void
write_statistics (Capture *capture)
{
  flush (capture);
  gint64 received = read_statistics (capture);
  lens_capture_writer_statistics (capture->blocks, 0, g_get_real_time () * 1000, received,
                                  capture->beat.kernel_drops + capture->beat.interface_drops, NULL);
  flush (capture);
  send_beat (capture);
}

static void
confine (Capture *capture)
{
  const int control = LENS_CAPTURE_CONTROL;
  const int out[] = { LENS_CAPTURE_PACKETS, LENS_CAPTURE_MESSAGES };
  const int ring = pcap_get_selectable_fd (capture->handle);
  const int others[] = { control, ring };
  LensBecome wish = {
    .role = LENS_ROLE_CAPTURE,
    .write_fds = out,
    .n_write_fds = G_N_ELEMENTS (out),
    .other_fds = others,
    .n_other_fds = G_N_ELEMENTS (others),
  };
  g_autoptr (GError) error = NULL;

  if (!lens_sandbox_become (&wish, NULL, &error))
    leave (LENS_CAPTURE_EXIT_UNCONFINED, "capture is not confined: %s", error->message);
}

static void
write_header (Capture *capture)
{
  const LensCaptureInterface interface = {
    .linktype = linktype_of (capture->handle),
    .snaplen = LENS_CAPTURE_SNAP_LENGTH,
    .name = capture->interface,
  };

  lens_capture_writer_section (capture->blocks, "lenscap " LENSCAP_VERSION, NULL);
  lens_capture_writer_interface (capture->blocks, &interface);
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    leave (LENS_CAPTURE_EXIT_USAGE,
           "usage: lenscap-capture INTERFACE (started by lenscap, with its pipes at 0, 1 and 3)");
  Capture capture = {
    .interface = argv[1],
    .blocks = g_byte_array_sized_new (BUFFER_BYTES),
    .messages = lens_message_writer_new (LENS_CAPTURE_MESSAGES),
  };
  activate (&capture);
  write_header (&capture);
  confine (&capture);
  flush (&capture);
  send_beat (&capture);
  while (capture.stop_ns == 0)
    turn (&capture, LENS_CAPTURE_FLUSH_MS / 2);
  drain (&capture);
  write_statistics (&capture);
  return LENS_CAPTURE_EXIT_DONE;
}
