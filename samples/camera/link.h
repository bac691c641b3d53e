#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the network told the camera at start.  Addresses are dotted IPv4 or NULL. */
typedef struct
{
  char *address;
  char *router;
  char *resolver;    /* DHCP option 6, the first */
  char *time_server; /* DHCP option 42, the first */
} LensLease;

void lens_lease_clear (LensLease *lease);

/* Switches @interface on and waits until it exists and has a carrier.  Fails after
 * @deadline_s seconds. */
gboolean lens_link_wait (const char *interface, guint deadline_s, GError **error);

/* Writes @interface's hardware address. */
gboolean lens_link_hardware_address (const char *interface, guint8 address[6], GError **error);

/* Lets `busybox udhcpc` ask for an address; @script gives it to the interface.  @lease is
 * filled on success and is the caller's to clear. */
gboolean lens_link_lease (const char *interface, const char *script, const char *host_name,
                          const char *vendor_class, LensLease *lease, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LensLease, lens_lease_clear)

G_END_DECLS
