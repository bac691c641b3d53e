#pragma once

#include "sandbox/worker.h"

G_BEGIN_DECLS

/**
 * LensLab:
 * A private network with one device in it, for demonstrations and tests:
 *
 *     this process, capture, DHCP, DNS, NTP, sink          the device
 *     lab0  192.0.2.1/24  ------------ veth ------------  cam0
 *
 * DHCP gives the device its address; every name is answered with LENS_LAB_SINK; every
 * connection and datagram to anywhere else ends in the sink (harness/sink.h); DNS and NTP to
 * foreign servers are answered by ours, under the foreign address.  Nothing leaves the machine,
 * nothing has a name in the file system, and all of it is gone when this process is,
 * however that ends.  Needs root or user namespaces, and the programs dnsmasq and nft.
 */
typedef struct LensLab LensLab;

#define LENS_LAB_INTERFACE "lab0"
#define LENS_LAB_DEVICE_INTERFACE "cam0"
#define LENS_LAB_ADDRESS "192.0.2.1" /* RFC 5737, as all of these */
#define LENS_LAB_DEVICE "192.0.2.100"
#define LENS_LAB_SINK "198.51.100.80"

/**
 * lens_lab_new:
 * @device_mac: hardware address of the device's end; it gets LENS_LAB_DEVICE by DHCP.
 *
 * Moves this process (one thread) into the lab's network for good, and lays the cable.  Nothing
 * answers yet, so a capture can be started first.  An error says what to do about it.
 */
LensLab *lens_lab_new (const guint8 device_mac[6], GError **error);

/* Starts DHCP, DNS, NTP and the sink.  @sink_program: path of lenscap-sink. */
gboolean lens_lab_serve (LensLab *lab, const char *sink_program, GError **error);

/* Starts a program as the device, in its network. */
gboolean lens_lab_start_device (LensLab *lab, const char *program, const char *const *argv,
                                GError **error);

/* Reads what the programs say and looks whether they live.  FALSE, with an error that names the
 * program and quotes its last words, when one has ended.  Never waits. */
gboolean lens_lab_check (LensLab *lab, GError **error);

/* The network of the device: a descriptor, owned by the lab. */
int lens_lab_device_netns (const LensLab *lab);

/* Ends all programs. */
void lens_lab_free (LensLab *lab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLab, lens_lab_free)

/* Why an ordinary user cannot make namespaces here and what to do, or NULL when the settings
 * that are known say nothing against it.  Caller frees. */
char *lens_lab_obstacle (void);

G_END_DECLS
