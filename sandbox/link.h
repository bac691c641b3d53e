/* Links, addresses and routes of our own networks, by rtnetlink (RFC 3549), so that the lab
 * needs no ip(8).  Each call takes the namespace it acts in: a descriptor, or 0 for our own.
 * Errors are LENS_SANDBOX_ERROR_NAMESPACE. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A veth pair: @name in @netns_fd, @peer in @peer_netns_fd. */
gboolean lens_link_pair (int netns_fd, const char *name, int peer_netns_fd, const char *peer,
                         GError **error);

/* Moves a link to another namespace; it arrives down and without addresses. */
gboolean lens_link_move (int netns_fd, const char *name, int to_netns_fd, GError **error);

gboolean lens_link_up (int netns_fd, const char *name, GError **error);

/* @mac: six octets.  The link must be down on some hardware; not on veth. */
gboolean lens_link_set_mac (int netns_fd, const char *name, const guint8 mac[6], GError **error);

/* @address: text of an IPv4 or IPv6 address.  IPv6 skips duplicate detection: usable at once. */
gboolean lens_link_add_address (int netns_fd, const char *name, const char *address,
                                guint prefix_bits, GError **error);

/* The default route by way of @gateway (IPv4 or IPv6). */
gboolean lens_link_add_default_route (int netns_fd, const char *gateway, GError **error);

/* The index of the link by which our own network reaches @address (IPv4 or IPv6); 0: it does not.
 */
guint lens_link_towards (const char *address);

/* Packets with firewall mark @mark are for this host, whatever their IPv4 destination (for nft's
 * tproxy): a rule for the mark, and a local route to everywhere in @table. */
gboolean lens_link_deliver_marked (int netns_fd, guint32 mark, guint8 table, GError **error);

G_END_DECLS
