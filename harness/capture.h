#pragma once

#include "sandbox/message.h"
#include "sandbox/status.h"

G_BEGIN_DECLS

/**
 * lenscap-capture INTERFACE: packets from the kernel's ring to a pipe, with libpcap.
 *
 * Descriptors:
 *   0  control: when the other end closes, what is in the ring is drained and the program ends
 *   1  pcapng: section header, interface, packets, and at the end interface statistics
 *   2  one line when something is wrong
 *   3  messages (sandbox/message.h) of type LENS_CAPTURE_MESSAGE_BEAT, once a second; the
 *      first as soon as the interface is being captured
 */
enum
{
  LENS_CAPTURE_CONTROL = 0,
  LENS_CAPTURE_PACKETS = 1,
  LENS_CAPTURE_MESSAGES = 3,
};

enum
{
  LENS_CAPTURE_EXIT_DONE = 0,
  LENS_CAPTURE_EXIT_USAGE = 2,
  LENS_CAPTURE_EXIT_NO_INTERFACE = 3,
  LENS_CAPTURE_EXIT_NO_PERMISSION = 4,
  LENS_CAPTURE_EXIT_FAILED = 5,
  LENS_CAPTURE_EXIT_UNCONFINED = LENS_EXIT_UNCONFINED,
};

#define LENS_CAPTURE_SNAP_LENGTH 262144
#define LENS_CAPTURE_RING_BYTES (64 << 20)
#define LENS_CAPTURE_FLUSH_MS 200

#define LENS_CAPTURE_MESSAGE_BEAT LENS_MESSAGE_OWN

/* Of the first packets some things are counted that tell how the port is wired. */
#define LENS_CAPTURE_LOOK_PACKETS 4096

typedef struct
{
  guint64 packets, bytes;     /* written so far; captured octets */
  guint64 kernel_drops;       /* no room in the ring */
  guint64 interface_drops;    /* by the card or its driver */
  guint64 looked;             /* of the first LENS_CAPTURE_LOOK_PACKETS */
  guint64 tagged, duplicates; /* with a VLAN tag; identical to one within 100 ms before */
} LensCaptureBeat;

G_END_DECLS
